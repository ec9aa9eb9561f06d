import assert from "node:assert/strict"
import { test } from "node:test"
import { type Batch, LIMITS } from "@ispvm/wire"
import fc from "fast-check"
import { jsonExcess } from "./json-bounds.ts"

const BOUNDS = { depth: 4, marks: 40, members: 5 }
const excess = (text: string) => jsonExcess(Buffer.from(text), BOUNDS)

for (const [text, found] of [
  ["[[[[1]]]]", null],
  ["[[[[[1]]]]]", "too-deep"],
  ["[".repeat(9_000), "too-deep"],
  [`"${"[".repeat(100)}"`, null],
  [String.raw`["\"[[[[[[", "\\", "\\\"[[[[[["]`, null],
  [String.raw`["\\",[[[[1]]]]]`, "too-deep"],
  [`[${"1,".repeat(39)}1]`, null],
  [`[${"1,".repeat(40)}1]`, "too-many-values"],
  [`{${'"a":1,'.repeat(5)}"b":1}`, null],
  [`{${'"a":1,'.repeat(6)}"b":1}`, "too-many-values"],
  [`[{"a":[1,2,3,4,5,6,7,8]}]`, null],
  [`"never ends [[[[[[`, null],
  ["]]]][[[[[", "too-deep"],
  ["", null],
] as const)
  test(`${text.slice(0, 40)} is ${found ?? "within bounds"}`, () =>
    assert.equal(excess(text), found))

test("a text within the limits of depth and values is never rejected, and one beyond them always is", () => {
  const depthOf = (value: unknown): number =>
    typeof value !== "object" || value === null
      ? 0
      : 1 + Math.max(0, ...Object.values(value).map(depthOf))
  fc.assert(
    fc.property(fc.jsonValue({ depthSize: "large" }), (value) => {
      const found = jsonExcess(Buffer.from(JSON.stringify(value)), {
        depth: 3,
        marks: 1e9,
        members: 1e9,
      })
      assert.equal(found, depthOf(value) > 3 ? "too-deep" : null)
    }),
    { numRuns: 300 },
  )
})

test("the largest valid batch uses less than half of the limit", () => {
  const id = "00000000-0000-4000-8000-000000000001"
  const sample = (n: number) => ({
    kind: "interface",
    device: id,
    interface: `<pppoe-customer-with-a-long-name-${n}@isp.example>`,
    atMs: 1_795_987_702_181 + n,
    source: "routeros-api",
    running: true,
    disabled: false,
    rxBps: 123_456_789.123,
    txBps: 987_654_321.987,
    rxPps: 12_345.678,
    txPps: 23_456.789,
    errorsPs: 0.0001,
    dropsPs: 0.0002,
  })
  const batch: Batch = {
    protocol: 1,
    buffer: id,
    number: 1,
    sentAtMs: 1,
    items: Array.from({ length: LIMITS.batchItems }, (_, n) => sample(n)),
  }
  const bytes = Buffer.from(JSON.stringify(batch))
  assert.ok(bytes.length * 2 < LIMITS.batchBytes, `${bytes.length} bytes`)
  assert.equal(
    jsonExcess(bytes, { depth: 4, marks: LIMITS.batchMarks / 2, members: LIMITS.names / 2 }),
    null,
  )
})

test("a scan takes time in proportion to the text, whatever is in it", () => {
  const shapes = ["[", "{", '"', "\\", '\\"', '"\\\\"', "[]", '{"a":', ",", " "]
  const wide = { depth: 1e9, marks: 1e9, members: 1e9 }
  const cpuUs = (text: string, times: number): number => {
    const bytes = Buffer.from(text)
    const before = process.cpuUsage()
    for (let n = 0; n < times; n += 1) jsonExcess(bytes, wide)
    const { user, system } = process.cpuUsage(before)
    return user + system
  }
  for (const shape of shapes) {
    const [small, large] = [shape.repeat(2_000), shape.repeat(200_000)]
    cpuUs(small, 50)
    // The same number of bytes in all: a hundred small texts against one large one.
    assert.ok(cpuUs(large, 3) < 20 * cpuUs(small, 300) + 100_000, `${shape} repeated`)
  }
})
