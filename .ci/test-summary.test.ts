import assert from "node:assert/strict"
import { test } from "node:test"
import type { Outcome } from "./test-run.ts"
import { summarise } from "./test-summary.ts"

const outcome = (changes: Partial<Outcome>): Outcome => ({
  group: "ui",
  ok: true,
  tookMs: 2_000,
  totals: { passed: 3, failed: 0, skipped: 0 },
  failedFiles: [],
  isHung: false,
  report: "",
  times: {},
  cpuSeconds: 1.5,
  ...changes,
})
const failed = outcome({
  ok: false,
  totals: { passed: 2, failed: 1, skipped: 0 },
  failedFiles: ["ui/test/a.test.ts"],
})

test("a group has the time of all its processes", () => {
  const { passed, lines } = summarise([outcome({}), outcome({})], [])
  assert.equal(passed, 6)
  assert.match(lines.join("\n"), /^ok {4}ui: 6 passed.*3 s of CPU, 4 s of 2 processes$/)
})

test("a file that passed when it ran again is flaky, and its test counts as passed", () => {
  const flaky = summarise([failed], ["ui/test/a.test.ts"])
  assert.deepEqual([flaky.passed, flaky.failed], [3, 0])
  assert.match(flaky.lines.join("\n"), /FLAKY ui\/test\/a\.test\.ts/)
  const bad = summarise([failed], [])
  assert.deepEqual([bad.passed, bad.failed], [2, 1])
  assert.match(bad.lines.join("\n"), /FAIL {2}ui\/test\/a\.test\.ts/)
})

test("a process that ended without a report is one failure", () => {
  const dead = outcome({ ok: false, totals: { passed: 0, failed: 0, skipped: 0 }, failedFiles: [] })
  assert.equal(summarise([dead], []).failed, 1)
})
