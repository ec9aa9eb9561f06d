import assert from "node:assert/strict"
import { test } from "node:test"
import type { Observation } from "@ispvm/appliance/cause"
import { calibrationError, f1Of, figuresOf, judge, type Verdict } from "./judge.ts"
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
const reach = (entity: string, value: "up" | "down"): Observation => ({ entity, signal: "reachable", value, from: "A" })
const hypothesis = (components: string[], probability: number, explained: number[] = []) => ({
  components,
  probability,
  classes: components.map(() => []),
  explained,
  contradicted: [],
})

test("judge: the first hypothesis that shows what the truth shows, under whichever name, and what is folded behind it", () => {
  const observations = [reach("A", "up"), reach("B", "down"), reach("C", "down"), reach("x", "down")]
  const verdict = judge(
    world,
    ["B"],
    observations,
    {
      hypotheses: [hypothesis(["B-C"], 0.5, [2]), hypothesis(["A-B", "x"], 0.4), hypothesis(["B"], 0.1)],
      recheck: [],
      suppressed: [
        { entity: "B", because: "B-C" },
        { entity: "x", because: "B-C" },
      ],
    },
    3,
  )
  assert.deepEqual(verdict, {
    rank: 1,
    f1: 0,
    probability: 0.5,
    suppressed: 2,
    wronglySuppressed: 1,
    behind: 2,
    spared: 1,
    alarms: 3,
    folded: 3,
    solveMs: 3,
  })
})
test("judge: no hypothesis at all is wrong, and sure of nothing", () => {
  const verdict = judge(world, ["B"], [reach("C", "down")], { hypotheses: [], recheck: [], suppressed: [] }, 0)
  assert.deepEqual([verdict.rank, verdict.probability, verdict.alarms, verdict.folded], [null, 0, 1, 0])
})
test("judge: F1 of the names", () => {
  assert.equal(f1Of(["A"], ["A"]), 1)
  assert.equal(f1Of(["A"], ["B"]), 0)
  assert.equal(f1Of(["A", "B", "C"], ["A"]), 0.5)
  assert.equal(f1Of([], ["A"]), 0)
  assert.equal(f1Of([], []), 1)
})
test("judge: claims are held against what came true, bin by bin", () => {
  const claim = (claimed: number, isRight: boolean) => ({ claimed, isRight })
  assert.equal(calibrationError([claim(1, true), claim(1, true)]), 0)
  assert.equal(calibrationError([claim(1, false)]), 1)
  // .85 claimed twice, once right: .35 apart; .25 claimed twice, never right: .25 apart.
  const error = calibrationError([claim(0.85, true), claim(0.85, false), claim(0.25, false), claim(0.25, false)])
  assert.ok(Math.abs(error - 0.3) < 1e-12)
})
test("judge: the figures of four answers", () => {
  const verdict = (rank: number | null, probability: number, solveMs: number): Verdict => ({
    rank,
    probability,
    solveMs,
    f1: rank === 0 ? 1 : 0.5,
    suppressed: 10,
    wronglySuppressed: rank === null ? 1 : 0,
    behind: 5,
    spared: 2,
    alarms: 4,
    folded: 3,
  })
  const figures = figuresOf([verdict(0, 1, 1), verdict(0, 0.5, 2), verdict(2, 0.5, 3), verdict(null, 0, 4)])
  assert.deepEqual(figures, {
    cases: 4,
    top1: 0.5,
    top3: 0.75,
    f1: 0.75,
    calibrationError: 0,
    brier: 0.125,
    suppressed: 40,
    wronglySuppressed: 1,
    sparedRatio: 0.4,
    foldedRatio: 0.75,
    p50Ms: 2,
    p95Ms: 4,
  })
})
