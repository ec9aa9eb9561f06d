import assert from "node:assert/strict"
import { test } from "node:test"
import { withShortHolds } from "./short-holds.ts"

test("waits of up to five minutes become short; longer ones, windows and all else stay", () => {
  const yaml = [
    "# 80 % for 10 min, 95 % for 5 min",
    "when: { metric: ping.loss_pct, over: 1m, samples: 20 }",
    "recover: 5m",
    "levels:",
    "  - { severity: major, above: 95, for: 5m }",
    "  - { severity: minor, above: 80, for: 10m }",
    "  - { severity: warning, above: 70, for: 60s }",
  ].join("\n")
  assert.deepEqual(withShortHolds(yaml).split("\n"), [
    "# 80 % for 10 min, 95 % for 5 min",
    "when: { metric: ping.loss_pct, over: 1m, samples: 20 }",
    "recover: 20s",
    "levels:",
    "  - { severity: major, above: 95, for: 20s }",
    "  - { severity: minor, above: 80, for: 10m }",
    "  - { severity: warning, above: 70, for: 20s }",
  ])
})
