import assert from "node:assert/strict"
import { test } from "node:test"
import type { Observation } from "@ispvm/rca"
import { calibrationError, f1Of, figuresOf, type Score, scoreAnswer } from "./score.ts"
import { makeWorld } from "./world.ts"

const router = (id: string) => ({ id, kind: "router", monitored: false })
const world = makeWorld({
  nodes: [router("A"), router("B"), router("C"), { id: "x", kind: "customer", monitored: false }],
  links: [
    { id: "A-B", a: "A", b: "B" },
    { id: "B-C", a: "B", b: "C" },
    { id: "C-x", a: "C", b: "x" },
  ],
  groups: [],
  vantages: ["A"],
})
const reach = (entity: string, value: "up" | "down"): Observation => ({
  entity,
  signal: "reachable",
  value,
  from: "A",
})
const hypothesis = (components: string[], probability: number, explained: number[] = []) => ({
  components,
  probability,
  classes: components.map(() => []),
  explained,
  contradicted: [],
})

test("score: ranks the first hypothesis with the visible effects of the truth", () => {
  const observations = [
    reach("A", "up"),
    reach("B", "down"),
    reach("C", "down"),
    reach("x", "down"),
  ]
  const score = scoreAnswer(
    world,
    ["B"],
    observations,
    {
      hypotheses: [
        hypothesis(["B-C"], 0.5, [2]),
        hypothesis(["A-B", "x"], 0.4),
        hypothesis(["B"], 0.1),
      ],
      recheck: [],
      suppressed: [
        { entity: "B", because: "B-C" },
        { entity: "x", because: "B-C" },
      ],
    },
    3,
  )
  assert.deepEqual(score, {
    rank: 1,
    f1: 0,
    probability: 0.5,
    suppressed: 2,
    falselySuppressed: 1,
    unreachable: 2,
    unreachableSuppressed: 1,
    alarms: 3,
    correlated: 3,
    solveMs: 3,
  })
})
test("score: an answer without hypotheses is wrong, with probability 0", () => {
  const score = scoreAnswer(
    world,
    ["B"],
    [reach("C", "down")],
    { hypotheses: [], recheck: [], suppressed: [] },
    0,
  )
  assert.deepEqual([score.rank, score.probability, score.alarms, score.correlated], [null, 0, 1, 0])
})
test("score: F1 of the names", () => {
  assert.equal(f1Of(["A"], ["A"]), 1)
  assert.equal(f1Of(["A"], ["B"]), 0)
  assert.equal(f1Of(["A", "B", "C"], ["A"]), 0.5)
  assert.equal(f1Of([], ["A"]), 0)
  assert.equal(f1Of([], []), 1)
})
test("score: the calibration error compares predictions with results, bin by bin", () => {
  const prediction = (predicted: number, isRight: boolean) => ({ predicted, isRight })
  assert.equal(calibrationError([prediction(1, true), prediction(1, true)]), 0)
  assert.equal(calibrationError([prediction(1, false)]), 1)
  // .85 predicted twice, once right: .35 apart; .25 predicted twice, never right: .25 apart.
  const error = calibrationError([
    prediction(0.85, true),
    prediction(0.85, false),
    prediction(0.25, false),
    prediction(0.25, false),
  ])
  assert.ok(Math.abs(error - 0.3) < 1e-12)
})
test("score: the figures of four answers", () => {
  const score = (rank: number | null, probability: number, solveMs: number): Score => ({
    rank,
    probability,
    solveMs,
    f1: rank === 0 ? 1 : 0.5,
    suppressed: 10,
    falselySuppressed: rank === null ? 1 : 0,
    unreachable: 5,
    unreachableSuppressed: 2,
    alarms: 4,
    correlated: 3,
  })
  const figures = figuresOf([score(0, 1, 1), score(0, 0.5, 2), score(2, 0.5, 3), score(null, 0, 4)])
  assert.deepEqual(figures, {
    cases: 4,
    top1: 0.5,
    top3: 0.75,
    f1: 0.75,
    calibrationError: 0,
    brier: 0.125,
    suppressed: 40,
    falselySuppressed: 1,
    suppressedRatio: 0.4,
    correlatedRatio: 0.75,
    p50Ms: 2,
    p95Ms: 4,
  })
})
