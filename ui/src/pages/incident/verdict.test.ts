import assert from "node:assert/strict"
import { test } from "node:test"
import type { Component, IncidentDetail, Recheck } from "@ispvm/appliance/api/incidents"
import { makeIncident, uuid } from "../../../test/make.ts"
import { historySteps } from "./history-steps.ts"
import { claimsOf, firstOf, lookingOf, type Manner, mannerOf, restOf } from "./verdict.ts"

const line: Component = { kind: "link", id: uuid(7_001), name: "fibre 1" }
const router: Component = { kind: "device", id: uuid(2), name: "router-2" }
const detail = (changes: Partial<IncidentDetail>): IncidentDetail => ({
  ...makeIncident(1),
  symptomList: [],
  timeline: [],
  because: [],
  hypotheses: [],
  evidence: [],
  rechecks: [],
  causeHistory: [],
  ...changes,
})

test("verdict: an incident nobody weighed says its cause, and its alternatives as what could as well be it", () =>
  assert.deepEqual(claimsOf(firstOf(detail({ causes: [line], alternatives: [router], confidence: null }))), [
    { component: line, standIns: [router] },
  ]))
test("verdict: one that was weighed says its first explanation", () =>
  assert.deepEqual(
    claimsOf(firstOf(detail({ causes: [line], hypotheses: [{ components: [router], probability: 0.7, standIns: [] }] }))),
    [{ component: router, standIns: [] }],
  ))

const manners: [Manner, Component[], Component[][]][] = [
  ["nothing", [], []],
  ["one", [line], [[]]],
  ["one-of", [line], [[router]]],
  ["all", [line, router], [[], []]],
  ["all-of-each", [line, router], [[], [line]]],
]
for (const [wanted, components, standIns] of manners)
  test(`verdict: ${components.length} things, ${standIns.flat().length} that look alike: ${wanted}`, () =>
    assert.equal(mannerOf(claimsOf({ components, probability: 0.9, standIns })), wanted))

test("verdict: what is left for other explanations is told where it is worth telling", () => {
  const guess = (probability: number) => ({ components: [line], probability, standIns: [] })
  assert.ok(Math.abs((restOf([guess(0.7), guess(0.2)]) ?? 0) - 0.1) < 1e-9)
  assert.equal(restOf([guess(0.997)]), null)
  assert.equal(restOf([]), null)
})

test("verdict: looks are under way as long as one is awaited and the incident is not over", () => {
  const answered: Recheck = { text: "", askedAtMs: 1, answeredAtMs: 2, result: "up" }
  const awaited: Recheck = { text: "", askedAtMs: 1, answeredAtMs: null, result: null }
  assert.deepEqual(lookingOf({ rechecks: [answered, awaited], state: "open" }), { answered: 1, asked: 2 })
  assert.equal(lookingOf({ rechecks: [answered], state: "open" }), null)
  assert.equal(lookingOf({ rechecks: [awaited], state: "closed" }), null)
})

test("history: newest first; it tells a change of mind from being surer of the same, whatever the order of the causes", () => {
  const steps = historySteps([
    { atMs: 3_000, causes: [router, line], confidence: 0.8, text: "" },
    { atMs: 1_000, causes: [line], confidence: 0.5, text: "" },
    { atMs: 2_000, causes: [line, router], confidence: 0.7, text: "" },
  ])
  assert.deepEqual(
    steps.map(({ kind, afterMs }) => [kind, afterMs]),
    [
      ["weighed", 2_000],
      ["changed", 1_000],
      ["first", 0],
    ],
  )
})
