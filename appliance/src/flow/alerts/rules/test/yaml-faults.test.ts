/** What is wrong with a file that is not YAML, in words for who wrote it. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { YAML_FAULTS, YAML_LIMITS, type YamlFaultCode } from "../../../../api/rule-messages.ts"
import { textOf } from "../../../../messages/text.ts"
import { parseRules } from "../parse.ts"

const CASES: readonly (readonly [file: string, at: string, fault: YamlFaultCode])[] = [
  ["- id: *x\n", "1:1", "alias"],
  ["- id: a\n  when: { metric: x, above: 1\n", "3:1", "bracket"],
  ["- id: a\n  scope: [a, b\n  for: 3m\n", "3:3", "bracket"],
  ["{", "1:2", "bracket"],
  ['- "a"#b\n', "1:6", "character"],
  ["- id: a\n  name\n", "2:3", "colon"],
  ["a: 1\n---\nb: 2\n", "2:1", "documents"],
  ['- id: "\\q"\n', "1:8", "escape"],
  ["rules:\n  - id: a\n   name: b\n", "3:1", "indent"],
  ["- id: a\n  - b\n", "2:1", "indent"],
  ["- id: a\n  name\n  for: 1m\n", "2:3", "key-lines"],
  ["hello\n", "1:1", "no-rules"],
  ["", "1:1", "no-rules"],
  ['- id: "a\n  name: x\n', "3:1", "quote"],
  ["- id: a\n  id: b\n", "2:3", "same-key"],
  ["- id: @a\n", "1:7", "start"],
  ["rules:\n\t- id: a\n", "2:1", "tab"],
  ["- &a &b id\n", "1:6", "tag"],
  [`${"[".repeat(60)}`, "1:51", "too-deep"],
  [`# ${"x".repeat(1_000_000)}`, "1:1", "too-long"],
  [`- [${"&a ".repeat(1_001)}]`, "1:3004", "too-many-marks"],
  ["- id: a\n  message: a: b\n", "2:12", "two-colons"],
  ["- id: a\n  message: {value} is high\n", "2:20", "unexpected"],
]

test("texts name the limits as they are", () => {
  const limits: readonly (readonly [YamlFaultCode, number])[] = [
    ["too-deep", YAML_LIMITS.depth],
    ["too-many-marks", YAML_LIMITS.marks],
  ]
  for (const [fault, limit] of limits)
    for (const language of ["en", "tr"] as const)
      assert.match(
        textOf({ code: "rule.yaml", params: { fault } }, language),
        new RegExp(`\\b${limit}\\b`),
      )
})

test("each mistake is named in words, in both languages, with its place", () => {
  for (const [file, at, fault] of CASES) {
    const parsed = parseRules(file)
    assert.ok(!parsed.ok, file)
    const [problem] = parsed.problems
    assert.ok(problem !== undefined, file)
    const { line, column, message } = problem
    assert.deepEqual(
      [`${line}:${column}`, message],
      [at, { code: "rule.yaml", params: { fault } }],
      file.slice(0, 80),
    )
    for (const language of ["en", "tr"] as const)
      assert.match(textOf(message, language), /YAML.*: \S.{10}/)
  }
  assert.deepEqual(
    YAML_FAULTS.filter((each) => !CASES.some(([, , fault]) => fault === each)),
    [],
    "each has a case",
  )
})
