/** What follows from what systemd and the self-test say. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { decide, GATE_MS, parseUnit, type Seen, selfTestFault } from "./gate.ts"

const STARTING: Seen = {
  active: "activating",
  sub: "start",
  result: "success",
  restarts: 0,
  status: "",
  isOfRelease: true,
  countedMs: 5_000,
}
const READY: Seen = { ...STARTING, active: "active", sub: "running", status: "Serving" }

for (const [what, seen, testFault, expected] of [
  ["it starts", STARTING, null, "wait"],
  ["the release before has not stopped yet", { ...READY, isOfRelease: false }, null, "wait"],
  ["it is ready", READY, null, "test"],
  ["its self-test failed a moment ago", READY, "incident: none", "test"],
  ["it starts for a minute", { ...STARTING, countedMs: GATE_MS }, null, "not-ready"],
  ["its self-test fails for a minute", { ...READY, countedMs: GATE_MS }, "x", "self-test"],
  ["it ended", { ...STARTING, sub: "auto-restart", result: "exit-code" }, null, "not-ready"],
  ["it ended and was started again", { ...STARTING, restarts: 1 }, null, "not-ready"],
  ["it was killed for good", { ...STARTING, active: "failed" }, null, "not-ready"],
  [
    "systemd still shows how the one before ended",
    { ...STARTING, active: "failed", isOfRelease: false, countedMs: 200 },
    null,
    "wait",
  ],
] as const)
  test(`${what}: ${expected}`, () => {
    const step = decide(seen, testFault)
    assert.equal(step.kind === "failed" ? step.reason : step.kind, expected)
  })

test("the failing check is named", () => {
  const step = decide({ ...READY, countedMs: GATE_MS }, "incident: no incident within 15 s")
  assert.match(step.kind === "failed" ? step.detail : "", /60 s: incident: no incident within 15 s/)
})

test("properties of a unit are read whatever their order", () => {
  const text = "StatusText=Migrating the database\nNRestarts=2\nSubState=start\nResult=success\n"
  assert.deepEqual(parseUnit(`${text}ActiveState=activating\n`), {
    active: "activating",
    sub: "start",
    result: "success",
    restarts: 2,
    status: "Migrating the database",
  })
})

for (const [what, answer, expected] of [
  ["passed", { ok: true, checks: [{ name: "later", ok: true, detail: "", more: 1 }] }, null],
  [
    "failed",
    { ok: false, checks: [{ name: "incident", ok: false, detail: "none" }] },
    "incident: none",
  ],
  ["failed without a check", { ok: false, checks: [] }, "the self-test failed"],
  ["no answer of that kind", "no", "the self-test's answer is of another format"],
] as const)
  test(`a self-test that ${what}`, () => assert.equal(selfTestFault(answer), expected))
