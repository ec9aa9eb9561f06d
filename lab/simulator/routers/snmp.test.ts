import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import {
  compareOids,
  integer,
  oid,
  oidOf,
  oidText,
  readAll,
  readElement,
  readInteger,
  readOid,
  TAG,
} from "./ber.ts"
import { answer, type Mib } from "./snmp-agent.ts"

const hex = (bytes: Uint8Array | null): string =>
  bytes === null ? "none" : Buffer.from(bytes).toString("hex")

const integers: [number | bigint, string][] = [
  [0, "020100"],
  [127, "02017f"],
  [128, "02020080"],
  [-1, "0201ff"],
  [-129, "0202ff7f"],
  [0xffff_ffff, "020500ffffffff"],
  [0xffff_ffff_ffff_ffffn, "020900ffffffffffffffff"],
]
for (const [value, bytes] of integers)
  test(`${value} is ${bytes}`, () => assert.equal(hex(integer(value)), bytes))

const oids: [string, string][] = [
  ["1.3.6.1.2.1.1.1.0", "06082b06010201010100"],
  ["1.3.6.1.4.1.14988.1", "06082b06010401f50c01"],
  ["2.999.3", "0603883703"],
  ["1.3.4294967295", "06062b8fffffff7f"],
]
for (const [text, bytes] of oids)
  test(`the OID ${text} is ${bytes}`, () => {
    assert.equal(hex(oid(oidOf(text))), bytes)
    assert.equal(oidText(readOid(readElement(Buffer.from(bytes, "hex")).body)), text)
  })

test("32-bit integers round-trip", () =>
  fc.assert(
    fc.property(fc.integer(), (value) => {
      assert.equal(readInteger(readElement(integer(value)).body), value)
    }),
  ))

const value = (n: number) => ({ kind: "integer", value: n }) as const
const mib: Mib = ["1.3.1.1", "1.3.1.2", "1.3.1.10", "1.3.2.1"].map((text, i) => ({
  oid: oidOf(text),
  read: () => value(i),
}))

/** Version 2c and a community around a PDU, all in hex, encoded by hand. */
const message = (community: string, pdu: string, version = "01"): Buffer => {
  const name = Buffer.from(community).toString("hex")
  const inner = `0201${version}04${length(name)}${name}${pdu}`
  return Buffer.from(`30${length(inner)}${inner}`, "hex")
}
const length = (text: string): string => (text.length / 2).toString(16).padStart(2, "0")
/** GET 1.3.1.2: request id 0x1234, no error, one binding of an OID and a null. */
const GET = "a013020212340201000201003007300506032b01020500"

test("a GET is answered with its value, byte for byte", () => {
  assert.equal(
    hex(answer(message("public", GET), "public", mib, 0)),
    "302302010104067075626c6963a21602021234020100020100300a300806032b0102020101",
  )
})

test("noise, a wrong community and a wrong version get no answer", () => {
  assert.equal(answer(Buffer.from("hello"), "public", mib, 0), null)
  assert.equal(answer(message("private", GET), "public", mib, 0), null)
  assert.equal(answer(message("public", GET, "00"), "public", mib, 0), null)
  assert.notEqual(answer(message("private", GET), "private", mib, 0), null)
})

/** The bindings of an answer as `OID value`, decoded by hand: response, then its last field. */
const bindingsOf = (packet: Buffer | null): string[] => {
  assert.ok(packet !== null)
  const response = readAll(readElement(packet).body)[2]
  const list = readAll(response?.body ?? Buffer.alloc(0))[3]
  return readAll(list?.body ?? Buffer.alloc(0)).map((binding) => {
    const [name, element] = readAll(binding.body)
    return `${oidText(readOid(name?.body ?? Buffer.alloc(0)))} ${element?.tag === TAG.endOfMibView ? "end" : element?.body[0]}`
  })
}

test("a GETNEXT continues by number, and the view ends after the last object", () => {
  const next = (oidHex: string) =>
    message("public", `a11302021234020100020100300730050603${oidHex}`)
  assert.deepEqual(bindingsOf(answer(next("2b0102"), "public", mib, 0)), ["1.3.1.10 2"])
  assert.deepEqual(bindingsOf(answer(next("2b0201"), "public", mib, 0)), ["1.3.2.1 end"])
})

test("a GETBULK repeats as requested, and stops at the end of the view", () => {
  const bulk = (nonRepeaters: string, repetitions: string) =>
    message("public", `a513020212340201${nonRepeaters}0201${repetitions}3007300506032b0101`)
  assert.deepEqual(bindingsOf(answer(bulk("00", "02"), "public", mib, 0)), [
    "1.3.1.2 1",
    "1.3.1.10 2",
  ])
  assert.deepEqual(bindingsOf(answer(bulk("01", "09"), "public", mib, 0)), ["1.3.1.2 1"])
  assert.deepEqual(bindingsOf(answer(bulk("00", "09"), "public", mib, 0)).at(-1), "1.3.2.1 end")
})

test("a SET is rejected, as for a read-only community", () => {
  const response = answer(message("public", `a3${GET.slice(2)}`), "public", mib, 0)
  assert.equal(
    hex(response),
    "302202010104067075626c6963a215020212340201060201013009300706032b01020500",
  )
})

test("no packet crashes the agent", () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
      answer(Buffer.from(bytes), "public", mib, 0)
    }),
    { numRuns: 2_000 },
  ))

test("mutated requests do not crash it either", () => {
  const get = message("public", GET)
  for (let at = 0; at < get.length; at++)
    for (const byte of [0, 0x7f, 0x80, 0x84, 0xff]) {
      const bad = Buffer.from(get)
      bad[at] = byte
      answer(bad, "public", mib, 0)
      answer(get.subarray(0, at), "public", mib, 0)
    }
})

test("OIDs are in order by number, not by text", () => {
  assert.ok(compareOids(oidOf("1.3.1.2"), oidOf("1.3.1.10")) < 0)
  assert.ok(compareOids(oidOf("1.3.1"), oidOf("1.3.1.0")) < 0)
})
