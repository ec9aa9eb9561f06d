import assert from "node:assert/strict"
import { test } from "node:test"
import type { Component } from "../../api/incidents.ts"
import { AgentId, AlertId, DeviceId, LinkId } from "../../platform/ids.ts"
import type { AlertNow } from "../alerts/alerts.ts"
import { unseen } from "../alerts/machine.ts"
import { watch } from "../alerts/watched.ts"
import type { Hypothesis, Recheck } from "./cause/cause.ts"
import { chancesOf } from "./chances.ts"
import { component, type Group } from "./groups.ts"
import { createRechecks, MOST_A_MINUTE, MOST_AT_ONCE, SAME_DEVICE_MS } from "./rechecks.ts"
import { tensed } from "./wording.ts"

const id = (space: number, n: number): string =>
  `00000000-0000-4000-8${String(space).padStart(3, "0")}-${String(n).padStart(12, "0")}`
const agent = AgentId.parse(id(1, 1))
const device = (n: number): DeviceId => DeviceId.parse(id(2, n))
const link = (n: number): LinkId => LinkId.parse(id(3, n))
const SIZE = 200
/** A chain: device n, link n to device n + 1. */
const watched = watch(
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
const say = (components: string[], probability: number, classes: string[][] = components.map(() => [])): Hypothesis => ({
  components,
  probability,
  classes,
  explained: [],
  contradicted: [],
})
const part = (found: string): Component => component(watched, found) ?? assert.fail(found)
const chances = (hypotheses: Hypothesis[], cause: string, others: string[] = [], partOf: string[] = []) => {
  const told = chancesOf(
    watched,
    hypotheses,
    { cause: part(cause), alternatives: others.map(part) },
    (one) => component(watched, one),
    (fault) => partOf.includes(fault),
  )
  return {
    confidence: told.confidence,
    rest: told.hypotheses.slice(1).map((one) => [one.components.map(({ name }) => name).join("+"), one.probability]),
  }
}

const cases: [string, ReturnType<typeof chances>, ReturnType<typeof chances>][] = [
  ["one that is alone is certain", chances([say([link(1)], 0.7)], link(1)), { confidence: 1, rest: [] }],
  [
    "what has one thing more in it says the same of this one",
    chances([say([link(1)], 0.6), say([link(1), device(9)], 0.2), say([device(2)], 0.2)], link(1)),
    { confidence: 0.8, rest: [["r2", 0.2]] },
  ],
  [
    "a stand-in says the same, whichever of the two is named first",
    chances([say([link(1)], 0.5, [[device(2)]]), say([device(2), link(7)], 0.5, [[link(1)], []])], link(1), [device(2)]),
    { confidence: 1, rest: [] },
  ],
  [
    "another fault somewhere else that is doubtful does not make this one doubtful",
    chances([say([link(1), link(7)], 0.5), say([link(1), device(8)], 0.5)], link(1)),
    { confidence: 1, rest: [] },
  ],
  [
    "and is doubtful itself",
    chances([say([link(1), link(7)], 0.5), say([link(1), device(8)], 0.5)], link(7)),
    { confidence: 0.5, rest: [["r8", 0.5]] },
  ],
  [
    "that nothing of it has failed is a hypothesis as well",
    chances([say([link(1)], 0.75), say([], 0.25)], link(1)),
    { confidence: 0.75, rest: [["", 0.25]] },
  ],
  [
    "where two are replaced by two, each takes what would account for it",
    chances([say([link(1), link(7)], 0.5), say([device(2), device(8)], 0.5)], link(7), [], [device(8)]),
    { confidence: 0.5, rest: [["r8", 0.5]] },
  ],
]
for (const [name, told, wanted] of cases) test(`chances: ${name}`, () => assert.deepEqual(told, wanted))

const groupAt = (n: number): Group => ({
  cause: part(device(n)),
  alternatives: [],
  symptoms: new Map(),
  because: tensed(() => []),
  twins: null,
  switchedOff: [],
  confidence: 0.5,
  hypotheses: [{ components: [part(device(n))], probability: 0.5, standIns: [[]] }],
  evidence: tensed(() => []),
})
/** Alerts of which only the last look counts here. */
const alertAt = (lookAtMs: number | null): AlertNow => ({
  id: AlertId.parse(id(5, 1)),
  kind: "device-unreachable",
  entity: "",
  deviceId: null,
  interface: null,
  agentId: null,
  state: unseen(0),
  lookAtMs,
  answeredAtMs: null,
})
const view = {
  of: (kind: AlertNow["kind"], entity: string) => alertAt(kind === "interface-down" && entity.endsWith("east") ? null : 1),
  all: () => [],
}
const look = (n: number): Recheck => ({ entity: device(n), signal: "reachable", from: device(0) })

test("looks that would decide are asked for within a budget: at once, of one device, in a minute", () => {
  const rechecks = createRechecks()
  const many = Array.from({ length: 40 }, (_, n) => look(n))
  assert.equal(rechecks.ask(watched, view, many, [groupAt(1)], 0).length, MOST_AT_ONCE)
  assert.deepEqual(rechecks.ask(watched, view, [look(1)], [groupAt(1)], SAME_DEVICE_MS - 1), [])
  assert.deepEqual(rechecks.ask(watched, view, [look(1)], [groupAt(1)], SAME_DEVICE_MS), [device(1)])
  let asked = 0
  for (let nowMs = 10_000; nowMs < 60_000; nowMs += 500) {
    const from = Math.floor(nowMs / 50) % 100
    asked += rechecks.ask(
      watched,
      view,
      Array.from({ length: 8 }, (_, n) => look(from + n)),
      [groupAt(1)],
      nowMs,
    ).length
  }
  assert.equal(asked, MOST_A_MINUTE - MOST_AT_ONCE - 1)
})
test("a port is looked at where it is told of, and what no agent of ours can see is not asked for", () => {
  const rechecks = createRechecks()
  const port: Recheck = { entity: link(5), signal: "port", end: device(6) }
  assert.deepEqual(rechecks.ask(watched, view, [port], [groupAt(1)], 0), [device(6)])
  const untold: Recheck = { entity: link(5), signal: "port", end: device(5) }
  assert.deepEqual(rechecks.ask(watched, view, [untold], [groupAt(1)], 0), [], "a port nobody has ever told of")
  assert.deepEqual(
    rechecks.ask(watched, view, [{ entity: device(9), signal: "reachable", from: device(3) }], [groupAt(1)], 0),
    [],
  )
})
