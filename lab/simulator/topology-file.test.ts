import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { ANATOLIA } from "./lab.ts"
import { parseTopology } from "./topology-file.ts"

const text = readFileSync(ANATOLIA, "utf8")
const lineOf = (part: string): number => text.slice(0, text.indexOf(part)).split("\n").length

const cases: [string, string, string, { at: string; key: string; message: RegExp }][] = [
  [
    "an unknown key",
    "seed: 1453",
    "seed: 1453\nsede: 2",
    { at: "seed: 1453\n", key: "sede", message: /no such key/ },
  ],
  [
    "a value of the wrong kind",
    "seed: 1453",
    "seed: many",
    { at: "seed: 1453", key: "seed", message: /number/ },
  ],
  [
    "a latitude out of range",
    "latitude: 41.0082",
    "latitude: 141.0082",
    { at: "latitude: 41.0082", key: "sites.istanbul.latitude", message: /<=90/ },
  ],
  [
    "a router on a site that does not exist",
    "tra-acc-1: { site: trabzon",
    "tra-acc-1: { site: trabzom",
    {
      at: "tra-acc-1: { site",
      key: "routers.tra-acc-1.site",
      message: /no site trabzom; did you mean trabzon\?/,
    },
  ],
  [
    "an address used twice",
    "address: 10.40.12.2",
    "address: 10.40.12.1",
    {
      at: "tra-acc-1: { site",
      key: "routers.tra-acc-1.address",
      message: /10\.40\.12\.1 is already used by tra-agg-1/,
    },
  ],
  [
    "a link to a router that does not exist",
    "b: ist-transit-1 sfp-sfpplus1",
    "b: ist-transit-9 sfp-sfpplus1",
    {
      at: "istanbul-transit: {",
      key: "links.istanbul-transit.b",
      message: /no router ist-transit-9; did you mean ist-transit-1\?/,
    },
  ],
  [
    "a port the board does not have",
    "b: tra-acc-1 ether1",
    "b: tra-acc-1 ether6",
    { at: "tra-acc-1-uplink: {", key: "links.tra-acc-1-uplink.b", message: /has no port ether6/ },
  ],
  [
    "a port used twice",
    "b: tra-acc-1 ether1",
    "b: tra-agg-1 ether12",
    {
      at: "tra-acc-1-uplink: {",
      key: "links.tra-acc-1-uplink.b",
      message: /already used by samsun-trabzon/,
    },
  ],
  [
    "an unknown persona",
    "persona: chr-7.22",
    "persona: chr-7.23",
    { at: "ank-bng-1: {", key: "routers.ank-bng-1.persona", message: /did you mean chr-7\.22\?/ },
  ],
]
for (const [name, from, to, want] of cases)
  test(`${name} is named with its line and key`, () => {
    assert.ok(text.includes(from))
    const parsed = parseTopology(text.replace(from, to))
    assert.ok(!parsed.ok)
    const error = parsed.errors.find((f) => f.key === want.key)
    assert.ok(error !== undefined, JSON.stringify(parsed.errors))
    assert.match(error.message, want.message)
    assert.equal(error.line, want.key === "sede" ? lineOf(want.at) + 1 : lineOf(want.at))
  })

test("a missing key is reported at the line of its parent", () => {
  const parsed = parseTopology(text.replace(", at: ist-core-1", ""))
  assert.ok(!parsed.ok)
  assert.deepEqual(
    parsed.errors.map((f) => [f.line, f.key]),
    [[lineOf("agent: {"), "agent.at"]],
  )
})

test("broken YAML is named with its line", () => {
  const parsed = parseTopology(text.replace("agent: {", "agent: }{"))
  assert.ok(!parsed.ok)
  assert.equal(parsed.errors[0]?.line, lineOf("agent: {"))
})
