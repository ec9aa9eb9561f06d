/** Probes of services: one incident for each fault, placed by what several agents see. */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { test } from "node:test"
import { textOf } from "../../../messages/text.ts"
import { AgentId, DeviceId, IncidentId, LinkId } from "../../../platform/ids.ts"
import type { MonitoredProbe } from "../../alerts/model.ts"
import {
  AGENT,
  packSet,
  port,
  probe,
  ruleWorld,
  START_MS,
} from "../../alerts/rules/test/rule-world.ts"
import { buildTopology } from "../../alerts/topology.ts"
import { createIncidentEngine } from "../engine/engine.ts"
import type { Incident } from "../model.ts"
import { uuid } from "./world-topology.ts"

type Sample = ReturnType<typeof probe>
const MINUTE_MS = 60_000
const agentAt = (n: number) => AgentId.parse(uuid(7, n))
const deviceAt = (n: number) => DeviceId.parse(uuid(8, n))
const [CORE, BORDER, WEB] = [deviceAt(1), deviceAt(2), deviceAt(3)]
const AGENTS = [AGENT, agentAt(2)].map((id, index) => ({ id, name: `agent ${index + 1}` }))
const probesOf = (
  name: string,
  deviceId: DeviceId,
  segment: MonitoredProbe["segment"],
): MonitoredProbe[] =>
  AGENTS.map(({ id, name: agent }) => ({
    ...{ id: name, name, deviceId, segment, agentId: id },
    series: `${name} · ${agent}`,
  }))
const PROBES = [
  ...probesOf("Transit", BORDER, "upstream"),
  ...probesOf("Portal", WEB, "service"),
  ...probesOf("Resolver", CORE, "service"),
]

const setUp = (stepMs = 5_000, probes: readonly MonitoredProbe[] = PROBES) => {
  const topology = buildTopology(
    [CORE, BORDER, WEB].map((id, index) => ({
      ...{ id, name: ["core", "border", "web"][index] ?? "", roles: ["core"], siteId: null },
      agentId: AGENT,
      reportsEveryS: null,
    })),
    [
      {
        ...{ id: LinkId.parse(uuid(9, 1)), name: "core–border", capacityBps: null },
        a: { deviceId: CORE, interface: "to-border" },
        b: { deviceId: BORDER, interface: "to-core" },
      },
    ],
    AGENTS.map((agent, index) => ({
      ...agent,
      deviceId: index === 0 ? CORE : WEB,
      siteId: null,
    })),
    [],
    undefined,
    undefined,
    probes,
  )
  const world = ruleWorld(packSet(), { topology })
  const engine = createIncidentEngine(() => IncidentId.parse(randomUUID()))
  const incidents = new Map<string, Incident>()
  let nowMs = START_MS
  let lost = 0
  return {
    /** `failing`: names of series without an answer. */
    during: (
      forMs: number,
      failing: (series: string) => boolean,
      down: readonly DeviceId[] = [],
      lossToBorder = 0,
    ): void => {
      for (const endMs = nowMs + forMs; nowMs < endMs; nowMs += stepMs) {
        const services = probes.map(({ deviceId, series }): Sample => {
          const isUp = !failing(series)
          const outcome = isUp ? "ok" : "no-answer"
          return { kind: "service", device: deviceId, service: series, atMs: nowMs, isUp, outcome }
        })
        lost += lossToBorder
        const isLossy = lost >= 1
        if (isLossy) lost -= 1
        const isLost = (device: DeviceId): boolean =>
          down.includes(device) || (device === BORDER && isLossy)
        const pings = [CORE, BORDER, WEB].map((device) =>
          probe(nowMs, isLost(device) ? { answers: false, received: 0 } : {}, device),
        )
        const ports = down.includes(BORDER)
          ? [port(nowMs, { running: false }, "to-border", CORE)]
          : [port(nowMs, {}, "to-border", CORE), port(nowMs, {}, "to-core", BORDER)]
        world.engine.markAgentSeen(agentAt(2), nowMs)
        world.deliver([...services, ...pings, ...ports])
        const outcome = engine.review(topology, world.engine, nowMs)
        for (const incident of outcome.changed) incidents.set(incident.id, incident)
      }
    },
    all: () =>
      [...incidents.values()]
        .toSorted((one, other) => one.number - other.number)
        .map(({ state, causes, symptoms }) => [state, causes[0]?.name, symptoms.size]),
    reasons: () =>
      [...incidents.values()].flatMap(({ because }) => because.map((one) => textOf(one))),
  }
}
const none = (): boolean => false
const isUpstream = (series: string): boolean => !series.startsWith("Resolver")

test("a lost upstream is one incident, with the services behind it", () => {
  const { during, all, reasons } = setUp()
  during(2 * MINUTE_MS, none)
  during(5 * MINUTE_MS, isUpstream)
  assert.deepEqual(all(), [["open", "border", 4]])
  assert.ok(
    reasons().includes("agent 1 and agent 2 see Transit fail: it is upstream."),
    reasons().join("\n"),
  )
  during(5 * MINUTE_MS, none)
  assert.deepEqual(all(), [["closed", "border", 4]])
})

test("a service that fails while the upstream answers is an incident of its own device", () => {
  const { during, all } = setUp()
  during(2 * MINUTE_MS, none)
  during(5 * MINUTE_MS, (series) => series.startsWith("Portal"))
  assert.deepEqual(all(), [["open", "web", 2]])
})

test("what one agent alone does not reach is that agent's connection", () => {
  const { during, all } = setUp()
  during(2 * MINUTE_MS, none)
  during(5 * MINUTE_MS, (series) => series.endsWith("agent 2"))
  assert.deepEqual(all(), [["open", "agent 2", 3]])
})

test("an upstream that is found lost later takes the incident of the service over", () => {
  const { during, all } = setUp()
  during(2 * MINUTE_MS, none)
  during(4 * MINUTE_MS, (series) => series.startsWith("Portal"))
  assert.deepEqual(all(), [["open", "web", 2]])
  during(4 * MINUTE_MS, isUpstream)
  assert.deepEqual(all(), [["open", "border", 4]])
})

test("a router that is out of reach explains what fails upstream of it: nothing else opens", () => {
  const { during, all } = setUp()
  during(2 * MINUTE_MS, none)
  during(6 * MINUTE_MS, isUpstream, [BORDER])
  assert.deepEqual(
    all().map(([state, name]) => [state, name]),
    [["open", "core–border"]],
  )
})

/** As loss is measured. */
const SECOND_MS = 1_000
const LOSS = 0.6
test("services behind a link that loses much are part of its incident, and close with it", () => {
  const { during, all } = setUp(SECOND_MS)
  during(2 * MINUTE_MS, none)
  during(6 * MINUTE_MS, isUpstream, [], LOSS)
  assert.deepEqual(all(), [["open", "core–border", 5]])
  during(12 * MINUTE_MS, none)
  assert.deepEqual(all(), [["closed", "core–border", 5]])
})

test("services that failed before the loss was known go on in its incident", () => {
  const { during, all } = setUp(SECOND_MS)
  during(2 * MINUTE_MS, none)
  during(4 * MINUTE_MS, isUpstream)
  assert.deepEqual(all(), [["open", "border", 4]])
  during(4 * MINUTE_MS, isUpstream, [], LOSS)
  assert.deepEqual(all(), [
    ["closed", "border", 4],
    ["open", "core–border", 5],
  ])
})

test("services that still fail long after the loss are an incident of their own", () => {
  const { during, all } = setUp(SECOND_MS)
  during(2 * MINUTE_MS, none)
  during(6 * MINUTE_MS, isUpstream, [], LOSS)
  during(20 * MINUTE_MS, isUpstream)
  assert.deepEqual(all(), [
    ["closed", "core–border", 5],
    ["open", "border", 4],
  ])
})

test("a little loss explains no failed service, and no loss one that is not behind it", () => {
  const little = setUp(SECOND_MS)
  little.during(2 * MINUTE_MS, none)
  little.during(12 * MINUTE_MS, isUpstream, [], 0.1)
  assert.deepEqual(little.all(), [["open", "border", 5]])
  const elsewhere = setUp(SECOND_MS)
  elsewhere.during(2 * MINUTE_MS, none)
  elsewhere.during(6 * MINUTE_MS, (series) => series.startsWith("Portal"), [], LOSS)
  assert.deepEqual(elsewhere.all().toSorted(), [
    ["open", "core–border", 1],
    ["open", "web", 2],
  ])
})
