/** What arrives at a thread is what was sent, whatever is in it. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Observation } from "@ispvm/rca"
import {
  changeColumns,
  changesOf,
  degradedColumns,
  degradedOf,
  numberingOf,
  type Plan,
  planColumns,
  planOf,
} from "./columns.ts"
import { changesBetween, counted, createOutageRequests } from "./requests.ts"

const PLAN: Plan = {
  nodes: [
    { id: "r1", kind: "router", monitored: true },
    { id: "s1", kind: "switch", monitored: false },
    { id: "r2", kind: "router", monitored: true },
  ],
  links: [
    { id: "r1–s1", a: "r1", b: "s1", costs: [10, null] },
    { id: "s1–r2", a: "s1", b: "r2" },
  ],
  groups: [
    { id: "site:1", members: ["r1", "s1"] },
    { id: "site:empty", members: [] },
    { id: "site:2", members: ["r2"] },
  ],
  vantages: ["r2", "r1"],
  isPartial: true,
  mayBeUnrouted: false,
}
const OBSERVATIONS: readonly Observation[] = [
  { entity: "r1", signal: "reachable", from: "r2", value: "down" },
  { entity: "r1–s1", signal: "port", end: "r1", value: "up" },
  { entity: "s1–r2", signal: "adjacency", end: "r2", value: "down" },
]
const numbering = numberingOf(PLAN)
const ids = [...numbering.keys()]

test("a network is the same afterwards, also over a thread's channel", () => {
  assert.deepEqual(planOf(structuredClone(planColumns(PLAN, numbering))), PLAN)
  const empty = { nodes: [], links: [], groups: [], vantages: [], isPartial: false }
  const plan = { ...empty, mayBeUnrouted: true }
  assert.deepEqual(planOf(planColumns(plan, numberingOf(plan))), plan)
})

test("changes are the same afterwards; what is not in the network is left out", () => {
  const changes = OBSERVATIONS.map((observation, at) => [observation, at - 1] as const)
  const foreign = [{ entity: "gone", signal: "reachable", from: "r1", value: "up" }, 1] as const
  const columns = structuredClone(changeColumns([...changes, foreign], numbering))
  assert.deepEqual(changesOf(columns, ids), changes)
})

test("degradations are the same afterwards", () => {
  const degraded = {
    failed: ["s1"],
    strained: ["r2"],
    paths: [
      { from: "r1", to: "r2", sent: 60, lost: 3, delayMs: null },
      { from: "r2", to: "s1", sent: 12, lost: 0, delayMs: -0.5 },
    ],
    interfaces: [
      { link: "r1–s1", signal: "optics" as const, isBad: true },
      { link: "s1–r2", signal: "errors" as const, isBad: false },
    ],
  }
  assert.deepEqual(degradedOf(structuredClone(degradedColumns(degraded, numbering)), ids), degraded)
})

test("the network is sent once for each thread, and then only what has changed", () => {
  const { build, reset } = createOutageRequests("org")
  const [one, other, third] = OBSERVATIONS
  assert.ok(one !== undefined && other !== undefined && third !== undefined)
  const send = (generation: number, observations: readonly Observation[]) => {
    const request = build(PLAN, generation, () => PLAN, counted(observations))
    return [request.network !== null, changesOf(request.changes, ids).map(([, more]) => more)]
  }
  assert.deepEqual(send(1, [one, one, other]), [true, [2, 1]])
  assert.deepEqual(send(1, [one, third]), [false, [-1, -1, 1]])
  assert.deepEqual(send(2, [one, third]), [true, [1, 1]], "a thread that was started again")
  reset()
  assert.deepEqual(send(2, [one]), [true, [1]])
  assert.deepEqual(changesBetween(counted([one]), counted([one])), [])
})
