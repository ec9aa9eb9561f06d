import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { recordingsFolder } from "../../config.ts"
import { oidText } from "./ber.ts"
import { menuOfFile, parseApiRows, parseSnmprec } from "./recordings.ts"
import { REPLAYS, readReplays } from "./replay.ts"

const lines: [string, unknown][] = [
  ["1.3.1.1|2|-7", { kind: "integer", value: -7 }],
  ["1.3.1.1|4|a|b", { kind: "octets", value: Buffer.from("a|b") }],
  ["1.3.1.1|4x|00ff", { kind: "octets", value: Buffer.from([0, 255]) }],
  ["1.3.1.1|4e|a\\r\\nb\\x00", { kind: "octets", value: Buffer.from("a\r\nb\0") }],
  ["1.3.1.1|6|1.3.6.1", { kind: "oid", value: [1, 3, 6, 1] }],
  ["1.3.1.1|64|10.0.0.1", { kind: "ipAddress", value: Buffer.from([10, 0, 0, 1]) }],
  ["1.3.1.1|65|4294967295", { kind: "counter32", value: 4294967295 }],
  ["1.3.1.1|66|9", { kind: "gauge32", value: 9 }],
  ["1.3.1.1|67|268100", { kind: "timeTicks", value: 268100 }],
  ["1.3.1.1|70|18446744073709551615", { kind: "counter64", value: 18446744073709551615n }],
  ["1.3.1.1|65:numeric|rate=10,initial=55", { kind: "counter32", value: 55 }],
  ["1.3.1.1|4:writecache|value=up", { kind: "octets", value: Buffer.from("up") }],
]
for (const [line, value] of lines)
  test(`the line ${line} is parsed`, () => assert.deepEqual(parseSnmprec(line)[0]?.read(0), value))

test("a walk is sorted by number, and the last value of a repeated OID counts", () => {
  const mib = parseSnmprec("1.3.10|2|1\n1.3.9|2|2\n\n1.3.10|2|3\n")
  assert.deepEqual(
    mib.map((o) => [oidText(o.oid), o.read(0)]),
    [
      ["1.3.9", { kind: "integer", value: 2 }],
      ["1.3.10", { kind: "integer", value: 3 }],
    ],
  )
})

for (const [line, message] of [
  ["1.3.1|2|many", /line 1: many is no number/],
  ["1.3.1|99|1", /line 1: unknown tag 99/],
  ["hello", /line 1: hello is no OID/],
] as const)
  test(`the line ${line} is rejected with its number`, () =>
    assert.throws(() => parseSnmprec(line), message))

test("API rows are text on the wire, whatever types a client gave them", () => {
  assert.deepEqual(parseApiRows('{"data":[{".id":"*1","running":true,"rx-byte":3910}]}'), [
    { ".id": "*1", running: "true", "rx-byte": "3910" },
  ])
  assert.equal(menuOfFile("_system_routerboard_print.json"), "/system/routerboard")
  assert.equal(menuOfFile("expected_result.json"), null)
})

const recordings = recordingsFolder()
test("every recorded walk can be read, and every replay exists", {
  skip: recordings === undefined && "ISPVM_RECORDINGS is not set: 51 walks and 3 replays not read",
}, () => {
  const root = recordings ?? ""
  let walks = 0
  for (const folder of ["mikrotik", "other-vendors"])
    for (const file of readdirSync(join(root, "snmp", folder)).filter((name) =>
      name.endsWith(".snmprec"),
    )) {
      assert.ok(
        parseSnmprec(readFileSync(join(root, "snmp", folder, file), "utf8")).length > 0,
        file,
      )
      walks += 1
    }
  assert.ok(walks > 40)
  assert.equal(readReplays(root).length, REPLAYS.length)
})
