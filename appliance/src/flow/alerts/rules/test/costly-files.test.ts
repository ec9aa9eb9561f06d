/** Files that are small and take a parser a long time, and large ones that are rules. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { parseRules } from "../parse.ts"

/** CPU time: up to 25 s of it without limits, on the machine that these were found on. */
const MAX_CPU_MS = 5_000
const FILES: Readonly<Record<string, readonly [string, RegExp]>> = {
  "open lists": ["[".repeat(200_000), /too-deep/],
  "lists in lists": ["[".repeat(100_000) + "]".repeat(100_000), /too-deep/],
  "objects in objects": ["{a: ".repeat(50_000), /too-deep/],
  "lists in a line": ["- ".repeat(100_000), /too-deep/],
  "keys in a line": ["? ".repeat(100_000), /too-deep/],
  anchors: ["&a ".repeat(60_000), /too-many-marks/],
  tags: ["!a ".repeat(60_000), /too-many-marks/],
  "many keys": [Array.from({ length: 25_000 }, (_, at) => `k${at}: 1`).join("\n"), /no-rules/],
}
for (const [name, [text, why]] of Object.entries(FILES))
  test(`a file of ${name} is rejected without the time that parsing it would take`, () => {
    const from = process.cpuUsage()
    const parsed = parseRules(text)
    const { user } = process.cpuUsage(from)
    assert.ok(!parsed.ok)
    assert.match(JSON.stringify(parsed.problems), why)
    assert.ok(parsed.problems.length <= 100)
    assert.ok(user / 1_000 < MAX_CPU_MS, `${user / 1_000} ms`)
  })

test("where a file is too deep is shown by line and column, and brackets in texts are no levels", () => {
  const parsed = parseRules(`- id: x\n  when: ${"[".repeat(60)}`)
  assert.ok(!parsed.ok)
  assert.deepEqual(
    parsed.problems.map(({ line, column }) => [line, column]),
    [[2, 59]],
  )
  const rule = `id: x\nname: "${"[".repeat(60)}"\nseverity: minor\nwhen: { metric: device.cpu_pct, above: 9 }\n`
  assert.ok(parseRules(rule).ok)
})

test("a key that a map has twice is shown where it is", () => {
  const parsed = parseRules("- id: x\n  name: a\n  id: y\n")
  assert.ok(!parsed.ok)
  assert.deepEqual(
    parsed.problems.map(({ line, column, message }) => [line, column, message]),
    [[3, 3, { code: "rule.yaml", params: { fault: "same-key" } }]],
  )
})

test("more conditions than a rule may have are named as such", () => {
  const one = "{ metric: device.cpu_pct, above: 9 }"
  const parsed = parseRules(
    `id: x\nname: x\nseverity: minor\nwhen: { all: [${Array(11).fill(one).join(", ")}] }\n`,
  )
  assert.ok(!parsed.ok)
  assert.deepEqual(
    parsed.problems.map(({ message }) => message),
    [{ code: "field.bound", params: { bound: "at-most", limit: 10, unit: "item" } }],
  )
})

test("of many problems the first hundred are shown", () => {
  const rule = (at: number) =>
    `- {id: x-${at}, name: x, severity: minor, when: {metric: device.cp, above: 1}}`
  const parsed = parseRules(Array.from({ length: 300 }, (_, at) => rule(at)).join("\n"))
  assert.ok(!parsed.ok)
  assert.equal(parsed.problems.length, 100)
  assert.equal(parsed.problems[99]?.line, 100)
})

test("a misspelled field is named, at its place", () => {
  const parsed = parseRules(
    "id: x\nname: x\nseverity: minor\nwhn: { metric: device.cpu_pct, above: 9 }\n",
  )
  assert.ok(!parsed.ok)
  assert.deepEqual(
    parsed.problems.map(({ line, message }) => [line, message]),
    [[4, { code: "rule.field-unknown", params: { field: "whn" } }]],
  )
})
