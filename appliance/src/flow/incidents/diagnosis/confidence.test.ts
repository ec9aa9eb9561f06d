import assert from "node:assert/strict"
import { test } from "node:test"
import type { Hypothesis, Recheck } from "@ispvm/rca"
import type { Component } from "../../../api/incidents.ts"
import { AgentId, AlertId, DeviceId, LinkId } from "../../../platform/ids.ts"
import type { AlertNow } from "../../alerts/alerts.ts"
import { initialState } from "../../alerts/state-machine.ts"
import { buildTopology } from "../../alerts/topology.ts"
import { component } from "../engine/component.ts"
import { createRechecks, MAX_AT_ONCE, MAX_PER_MINUTE, SAME_DEVICE_MS } from "../engine/rechecks.ts"
import { tensed } from "../messages/params.ts"
import type { Group } from "../model.ts"
import { confidenceOf } from "./confidence.ts"

const id = (space: number, n: number): string =>
  `00000000-0000-4000-8${String(space).padStart(3, "0")}-${String(n).padStart(12, "0")}`
const agent = AgentId.parse(id(1, 1))
const device = (n: number): DeviceId => DeviceId.parse(id(2, n))
const link = (n: number): LinkId => LinkId.parse(id(3, n))
const SIZE = 200
/** A chain: device n, link n to device n + 1. */
const topology = buildTopology(
  Array.from({ length: SIZE }, (_, n) => ({
    id: device(n),
    name: `r${n}`,
    roles: [],
    agentId: agent,
    siteId: null,
    reportsEveryS: null,
  })),
  Array.from({ length: SIZE - 1 }, (_, n) => ({
    id: link(n),
    name: `l${n}`,
    a: { deviceId: device(n), interface: "east" },
    b: { deviceId: device(n + 1), interface: "west" },
  })),
  [{ id: agent, name: "agent", deviceId: device(0), siteId: null }],
  [],
)
const hypothesis = (
  components: string[],
  probability: number,
  classes: string[][] = components.map(() => []),
): Hypothesis => ({
  components,
  probability,
  classes,
  explained: [],
  contradicted: [],
})
const part = (found: string): Component => component(topology, found) ?? assert.fail(found)
const confidenceFor = (
  hypotheses: Hypothesis[],
  cause: string,
  others: string[] = [],
  partOf: string[] = [],
) => {
  const result = confidenceOf(
    topology,
    hypotheses,
    { cause: part(cause), alternatives: others.map(part) },
    (one) => component(topology, one),
    (fault) => partOf.includes(fault),
  )
  return {
    confidence: result.confidence,
    rest: result.hypotheses
      .slice(1)
      .map((one) => [one.components.map(({ name }) => name).join("+"), one.probability]),
  }
}

const cases: [string, ReturnType<typeof confidenceFor>, ReturnType<typeof confidenceFor>][] = [
  [
    "one that is alone is certain",
    confidenceFor([hypothesis([link(1)], 0.7)], link(1)),
    { confidence: 1, rest: [] },
  ],
  [
    "what has one thing more in it says the same of this one",
    confidenceFor(
      [
        hypothesis([link(1)], 0.6),
        hypothesis([link(1), device(9)], 0.2),
        hypothesis([device(2)], 0.2),
      ],
      link(1),
    ),
    { confidence: 0.8, rest: [["r2", 0.2]] },
  ],
  [
    "an equivalent gives the same, whichever of the two is named first",
    confidenceFor(
      [
        hypothesis([link(1)], 0.5, [[device(2)]]),
        hypothesis([device(2), link(7)], 0.5, [[link(1)], []]),
      ],
      link(1),
      [device(2)],
    ),
    { confidence: 1, rest: [] },
  ],
  [
    "another fault somewhere else that is doubtful does not make this one doubtful",
    confidenceFor(
      [hypothesis([link(1), link(7)], 0.5), hypothesis([link(1), device(8)], 0.5)],
      link(1),
    ),
    { confidence: 1, rest: [] },
  ],
  [
    "and is doubtful itself",
    confidenceFor(
      [hypothesis([link(1), link(7)], 0.5), hypothesis([link(1), device(8)], 0.5)],
      link(7),
    ),
    { confidence: 0.5, rest: [["r8", 0.5]] },
  ],
  [
    "that nothing of it has failed is a hypothesis as well",
    confidenceFor([hypothesis([link(1)], 0.75), hypothesis([], 0.25)], link(1)),
    { confidence: 0.75, rest: [["", 0.25]] },
  ],
  [
    "where two are replaced by two, each takes what would account for it",
    confidenceFor(
      [hypothesis([link(1), link(7)], 0.5), hypothesis([device(2), device(8)], 0.5)],
      link(7),
      [],
      [device(8)],
    ),
    { confidence: 0.5, rest: [["r8", 0.5]] },
  ],
]
for (const [name, found, expected] of cases)
  test(`confidence: ${name}`, () => assert.deepEqual(found, expected))

const groupAt = (n: number): Group => ({
  cause: part(device(n)),
  alternatives: [],
  symptoms: new Map(),
  incident: null,
  because: tensed(() => []),
  indistinguishable: null,
  switchedOff: [],
  confidence: 0.5,
  hypotheses: [{ components: [part(device(n))], probability: 0.5, equivalents: [[]] }],
  planned: [],
  evidence: tensed(() => []),
})
/** Alerts of which only the last look counts here. */
const alertAt = (observedAtMs: number | null): AlertNow => ({
  id: AlertId.parse(id(5, 1)),
  kind: "device-unreachable",
  observes: "device",
  entity: "",
  deviceId: null,
  interface: null,
  agentId: null,
  state: initialState(0),
  observedAtMs,
  answeredAtMs: null,
})
const view = {
  observing: (component: AlertNow["observes"], entity: string) =>
    alertAt(component === "link" && entity.endsWith("east") ? null : 1),
  all: () => [],
}
const recheck = (n: number): Recheck => ({
  entity: device(n),
  signal: "reachable",
  from: device(0),
})

test("re-checks that would decide are requested within a budget: at once, per device, per minute", () => {
  const rechecks = createRechecks()
  const many = Array.from({ length: 40 }, (_, n) => recheck(n))
  assert.equal(rechecks.request(topology, view, many, [groupAt(1)], 0).length, MAX_AT_ONCE)
  assert.deepEqual(
    rechecks.request(topology, view, [recheck(1)], [groupAt(1)], SAME_DEVICE_MS - 1),
    [],
  )
  assert.deepEqual(rechecks.request(topology, view, [recheck(1)], [groupAt(1)], SAME_DEVICE_MS), [
    device(1),
  ])
  let requested = 0
  for (let nowMs = 10_000; nowMs < 60_000; nowMs += 500) {
    const from = Math.floor(nowMs / 50) % 100
    requested += rechecks.request(
      topology,
      view,
      Array.from({ length: 8 }, (_, n) => recheck(from + n)),
      [groupAt(1)],
      nowMs,
    ).length
  }
  assert.equal(requested, MAX_PER_MINUTE - MAX_AT_ONCE - 1)
})
test("a port is re-checked where it is reported, and what no agent can reach is not requested", () => {
  const rechecks = createRechecks()
  const port: Recheck = { entity: link(5), signal: "port", end: device(6) }
  assert.deepEqual(rechecks.request(topology, view, [port], [groupAt(1)], 0), [device(6)])
  const untold: Recheck = { entity: link(5), signal: "port", end: device(5) }
  assert.deepEqual(
    rechecks.request(topology, view, [untold], [groupAt(1)], 0),
    [],
    "a port that was never reported",
  )
  assert.deepEqual(
    rechecks.request(
      topology,
      view,
      [{ entity: device(9), signal: "reachable", from: device(3) }],
      [groupAt(1)],
      0,
    ),
    [],
  )
})
