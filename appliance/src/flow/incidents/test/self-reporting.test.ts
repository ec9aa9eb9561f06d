/**
 * Self-reporting routers without an agent: missing reports, and the cause that is found for them.
 */

import assert from "node:assert/strict"
import { test } from "node:test"
import { textOf } from "../../../messages/text.ts"
import { AgentId, AlertId, DeviceId, IncidentId, LinkId, OrgId } from "../../../platform/ids.ts"
import { type AlertInput, createAlertEngine } from "../../alerts/engine.ts"
import { buildTopology } from "../../alerts/topology.ts"
import { createIncidentEngine } from "../engine/engine.ts"
import type { Incident } from "../model.ts"
import { deviceStatus } from "../status.ts"

const uuid = (space: number, n: number): string =>
  `00000000-0000-4000-8${String(space).padStart(3, "0")}-${String(n).padStart(12, "0")}`
const AGENT = AgentId.parse(uuid(1, 1))
const EVERY_S = 60
const NAMES = ["core", "access", "cpe-1", "cpe-2", "far-away"] as const
type Name = (typeof NAMES)[number]
const device = (name: Name): DeviceId => DeviceId.parse(uuid(2, NAMES.indexOf(name) + 1))
const isLone = (name: Name): boolean => name !== "core" && name !== "access"

/**
 * core - access - cpe-1, cpe-2; far-away has no link. The agent is at core and pings core and
 * access.
 */
const makeTopology = (hasAgent: boolean) => {
  const line = (n: number, a: Name, b: Name) => ({
    id: LinkId.parse(uuid(3, n)),
    name: `${a}–${b}`,
    a: { deviceId: device(a), interface: `to-${b}` },
    b: { deviceId: device(b), interface: null },
  })
  return buildTopology(
    NAMES.map((name) => ({
      id: device(name),
      name,
      roles: [],
      agentId: isLone(name) || !hasAgent ? null : AGENT,
      siteId: null,
      reportsEveryS: isLone(name) ? EVERY_S : null,
    })),
    [line(1, "core", "access"), line(2, "access", "cpe-1"), line(3, "access", "cpe-2")],
    hasAgent ? [{ id: AGENT, name: "agent-1", deviceId: device("core"), siteId: null }] : [],
    [],
  )
}

/** An appliance with this network, second by second. */
const scene = (options: { agents: boolean } = { agents: true }) => {
  const topology = makeTopology(options.agents)
  let ids = 0
  const next = (): number => {
    ids += 1
    return ids
  }
  let nowMs = 1_800_000_000_000
  const offline = new Set<Name>()
  const alertEngine = createAlertEngine({
    org: OrgId.parse(uuid(4, 1)),
    newId: () => AlertId.parse(uuid(5, next())),
  })
  const incidentEngine = createIncidentEngine(() => IncidentId.parse(uuid(6, next())))
  const incidents = new Map<string, Incident>()
  const observe = (part: Partial<AlertInput>): void => {
    const none = {
      agent: null,
      router: null,
      receivedAtMs: nowMs,
      skewMs: 0,
      pings: [],
      interfaces: [],
      events: [],
    }
    alertEngine.observe({ ...none, ...part }, nowMs)
  }
  const probe = (name: Name): AlertInput["pings"][number] => ({
    kind: "ping",
    device: device(name),
    atMs: nowMs,
    answers: !offline.has(name),
    icmp: { sent: 5, received: offline.has(name) ? 0 : 5, rttUs: null, jitterUs: null },
    tcp: offline.has(name) ? "silent" : "accepted",
    because: "confirm",
    targetId: 1,
  })
  alertEngine.updateTopology(topology, nowMs)
  return {
    topology,
    alertEngine,
    offline,
    incidents,
    status: (name: Name) =>
      deviceStatus(
        { topology, view: alertEngine, incidentEngine, failingSource: () => null },
        device(name),
      ).status,
    open: () => [...incidents.values()].filter((incident) => incident.state !== "closed"),
    /** Second by second: the agent probes, and routers report every minute. */
    pass: (seconds: number): void => {
      for (let second = 0; second < seconds; second += 1) {
        nowMs += 1_000
        if (options.agents)
          observe({
            agent: { id: AGENT, key: 1, name: "agent-1" },
            pings: [probe("core"), probe("access")],
          })
        for (const [index, name] of NAMES.entries())
          if (
            isLone(name) &&
            !offline.has(name) &&
            (Math.round(nowMs / 1_000) + index * 7) % EVERY_S === 0
          )
            observe({ router: device(name) })
        alertEngine.evaluateTimers(nowMs)
        for (const incident of incidentEngine.review(topology, alertEngine, nowMs).changed)
          incidents.set(incident.id, incident)
      }
    },
  }
}

test("a self-reporting router is up while it reports, and missing reports open one incident that says so", () => {
  const { pass, offline, status, open } = scene()
  assert.equal(status("cpe-1").reason, "no-data-yet")
  pass(90)
  assert.deepEqual(
    ["cpe-1", "cpe-2", "far-away"].map((name) => status(name as Name).status),
    ["ok", "ok", "ok"],
  )
  offline.add("far-away")
  pass(85)
  assert.equal(status("far-away").status, "ok", "one report may be lost")
  pass(150)
  assert.equal(open().length, 1)
  assert.match(open().map(({ title }) => textOf(title))[0] ?? "", /far-away has stopped reporting$/)
  assert.ok((open()[0]?.confidence ?? 1) <= 0.7, "its script may merely have been taken out")
  assert.match(
    open()[0]
      ?.because.map((one) => textOf(one))
      .join(" ") ?? "",
    /revoked key/,
  )
  assert.doesNotMatch(
    open()
      .flatMap(({ because, evidence }) => [
        ...because.map((one) => textOf(one)),
        ...evidence.map(({ message }) => textOf(message)),
      ])
      .join(" "),
    /ping/,
  )
  assert.deepEqual(
    [status("far-away").status, status("far-away").reason],
    ["down", "reports-missing"],
  )
  offline.delete("far-away")
  pass(90)
  assert.deepEqual(open(), [])
  assert.equal(status("far-away").status, "ok")
})

test("what reports through a dead router is downstream of it, and no incident of its own", () => {
  const { pass, offline, status, open } = scene()
  pass(90)
  for (const name of ["access", "cpe-1", "cpe-2"] as const) offline.add(name)
  pass(300)
  assert.equal(open().length, 1, JSON.stringify(open().map(({ title }) => title)))
  assert.match(open().map(({ title }) => textOf(title))[0] ?? "", /access/)
  assert.equal(status("cpe-1").status, "unreachable")
  for (const name of ["access", "cpe-1", "cpe-2"] as const) offline.delete(name)
  pass(150)
  assert.deepEqual(open(), [])
})

test("without any agent each router is an entity of its own", () => {
  const { pass, offline, open } = scene({ agents: false })
  pass(90)
  offline.add("cpe-1")
  offline.add("far-away")
  pass(300)
  assert.equal(open().length, 2, JSON.stringify(open().map(({ title }) => title)))
})

test("before an agent is called offline, the appliance checks that it could receive messages", () => {
  const { pass, offline, status, alertEngine, open } = scene({ agents: false })
  pass(90)
  offline.add("far-away")
  assert.ok(alertEngine.maxSinceSeenMs(1_800_000_000_000 + 90_000) <= 2_000)
  let checks = 0
  for (let second = 0; second < 400; second += 1) {
    pass(1)
    const nowMs = 1_800_000_000_000 + (91 + second) * 1_000
    if (alertEngine.maxSinceSeenMs(nowMs) <= 2_000) continue
    checks += 1
    alertEngine.resetLastSeen(nowMs)
  }
  assert.ok(checks > 0)
  assert.deepEqual(open(), [], "missing reports count only from when they could be received")
  assert.equal(status("far-away").status, "ok")
})
