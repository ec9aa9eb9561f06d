import assert from "node:assert/strict"
import { test } from "node:test"
import type { Component, IncidentDetail, Recheck } from "@ispvm/appliance/api/incidents"
import { makeIncident, sentence, uuid } from "../../../test/make.ts"
import {
  bestHypothesis,
  type Cardinality,
  cardinalityOf,
  causeGroupsOf,
  recheckProgress,
  unlistedProbability,
} from "./diagnosis.ts"
import { historySteps } from "./history-steps.ts"

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
  diagnosisHistory: [],
  ...changes,
})

test("diagnosis: an incident without hypotheses shows its cause, and its alternatives as equivalents", () =>
  assert.deepEqual(
    causeGroupsOf(
      bestHypothesis(detail({ causes: [line], alternatives: [router], confidence: null })),
    ),
    [{ component: line, equivalents: [router] }],
  ))
test("diagnosis: one with hypotheses shows the first", () =>
  assert.deepEqual(
    causeGroupsOf(
      bestHypothesis(
        detail({
          causes: [line],
          hypotheses: [{ components: [router], probability: 0.7, equivalents: [] }],
        }),
      ),
    ),
    [{ component: router, equivalents: [] }],
  ))

const cardinalities: [Cardinality, Component[], Component[][]][] = [
  ["nothing", [], []],
  ["one", [line], [[]]],
  ["one-of", [line], [[router]]],
  ["all", [line, router], [[], []]],
  ["all-of-each", [line, router], [[], [line]]],
]
for (const [expected, components, equivalents] of cardinalities)
  test(`diagnosis: ${components.length} things, ${equivalents.flat().length} that are indistinguishable: ${expected}`, () =>
    assert.equal(
      cardinalityOf(causeGroupsOf({ components, probability: 0.9, equivalents })),
      expected,
    ))

test("diagnosis: the probability of unlisted explanations is shown where it matters", () => {
  const guess = (probability: number) => ({ components: [line], probability, equivalents: [] })
  assert.ok(Math.abs((unlistedProbability([guess(0.7), guess(0.2)]) ?? 0) - 0.1) < 1e-9)
  assert.equal(unlistedProbability([guess(0.997)]), null)
  assert.equal(unlistedProbability([]), null)
})

test("diagnosis: re-checks are in progress while one is pending and the incident is open", () => {
  const answered: Recheck = {
    message: sentence(""),
    requestedAtMs: 1,
    answeredAtMs: 2,
    result: "up",
  }
  const pending: Recheck = {
    message: sentence(""),
    requestedAtMs: 1,
    answeredAtMs: null,
    result: null,
  }
  assert.deepEqual(recheckProgress({ rechecks: [answered, pending], state: "open" }), {
    answered: 1,
    requested: 2,
  })
  assert.equal(recheckProgress({ rechecks: [answered], state: "open" }), null)
  assert.equal(recheckProgress({ rechecks: [pending], state: "closed" }), null)
})

test("history: newest first; it tells a change of mind from being surer of the same, whatever the order of the causes", () => {
  const steps = historySteps([
    { atMs: 3_000, causes: [router, line], confidence: 0.8, message: sentence("") },
    { atMs: 1_000, causes: [line], confidence: 0.5, message: sentence("") },
    { atMs: 2_000, causes: [line, router], confidence: 0.7, message: sentence("") },
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
