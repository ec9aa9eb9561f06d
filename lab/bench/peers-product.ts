/**
 * The alert engine with the default pack of rules, the incident engine and the planner of
 * notifications on the same observations: each notification that opens is a page. One agent probes
 * everything from the vantage and reads the ports of the routers that report.
 */
import { createAlertEngine, type Transition } from "@ispvm/appliance/alerts/engine"
import type { AlertInput } from "@ispvm/appliance/alerts/model"
import { compileRules } from "@ispvm/appliance/alerts/rules/compile"
import { METRICS } from "@ispvm/appliance/alerts/rules/metrics"
import { defaultPack } from "@ispvm/appliance/alerts/rules/pack"
import { buildTopology, type Topology } from "@ispvm/appliance/alerts/topology"
import { createIncidentEngine } from "@ispvm/appliance/incidents/engine/engine"
import type { Incident } from "@ispvm/appliance/incidents/model"
import {
  AgentId,
  AlertId,
  DeviceId,
  IncidentId,
  InterfaceId,
  LinkId,
  OrgId,
} from "@ispvm/appliance/platform/ids"
import type { ReportedPage } from "../eval/alerting/count.ts"
import type { Timeline } from "../eval/alerting/timeline.ts"
import type { Timing } from "../eval/alerting/timing.ts"
import { DOWN, UP, type World } from "../eval/world.ts"
import { createPager } from "./peers-pager.ts"

const START_MS = Date.UTC(2026, 0, 5)
/** Before the first fault, so that everything is known to be up. */
const WARMUP_ROUNDS = 30
/** After everything has recovered, for what still has to close: as long as the others get. */
const CLOSING_MS = 60_000
/** Of one confirmation burst. */
const BURST = 6
const [DEVICES, LINKS] = [2, 3]

const uuid = (space: number, n: number): string =>
  `00000000-0000-4000-8${space.toString(16).padStart(3, "0")}-${n.toString(16).padStart(12, "0")}`
const counter = (space: number): (() => string) => {
  let n = 0
  return () => {
    n += 1
    return uuid(space, n)
  }
}
const AGENT = AgentId.parse(uuid(1, 1))
const portName = (link: number): string => `port${link}`

/** The inventory: every node is a device, and every link has an interface at both ends. */
const topologyOf = (world: World, pollMs: number): Topology => {
  const { nodes, links, vantages } = world.plan
  const idOf = (id: string): DeviceId => DeviceId.parse(uuid(DEVICES, world.indexOf.get(id) ?? 0))
  return buildTopology(
    nodes.map(({ id }) => ({
      ...{ id: idOf(id), name: id, roles: [], agentId: AGENT, siteId: null, reportsEveryS: null },
    })),
    links.map(({ id, a, b }, at) => ({
      ...{ id: LinkId.parse(uuid(LINKS, at)), name: id },
      a: { deviceId: idOf(a), interface: portName(at) },
      b: { deviceId: idOf(b), interface: portName(at) },
    })),
    [{ id: AGENT, name: "agent", deviceId: idOf(vantages[0] ?? ""), siteId: null }],
    [],
    pollMs,
  )
}

/** What is believed of each observable: changes only after `attempts` equal readings in a row. */
const createDebounce = (size: number, attempts: number): ((readings: Uint8Array) => Uint8Array) => {
  const believed = new Uint8Array(size).fill(UP)
  const candidate = new Uint8Array(size).fill(UP)
  const run = new Uint8Array(size)
  return (readings) => {
    for (const [place, reading] of readings.entries()) {
      if (reading !== UP && reading !== DOWN) continue
      run[place] = reading === candidate[place] ? (run[place] ?? 0) + 1 : 1
      candidate[place] = reading
      if ((run[place] ?? 0) >= attempts) believed[place] = reading
    }
    return believed
  }
}

/** Reads one network for the engines. */
const createAgent = (world: World) => {
  const { nodes } = world.plan
  const pingOf = (
    node: number,
    answers: boolean,
    because: "round" | "missed" | "confirm",
    atMs: number,
  ): AlertInput["pings"][number] => {
    const sent = answers ? 1 : BURST
    return {
      ...{ kind: "ping", device: DeviceId.parse(uuid(DEVICES, node)), targetId: 1, atMs, answers },
      icmp: { sent, received: answers ? 1 : 0, rttUs: answers ? 900 : null, jitterUs: null },
      ...{ tcp: answers ? null : "silent", because: answers ? "round" : because },
    }
  }
  const portOf = (at: number, running: boolean, atMs: number): AlertInput["interfaces"][number] => {
    const { link, end } = world.ports[at] ?? { link: 0, end: 0 }
    return {
      ...{ kind: "interface", device: DeviceId.parse(uuid(DEVICES, end)), atMs, running },
      ...{ interface: portName(link - nodes.length), interfaceId: InterfaceId.parse(1) },
      ...{ source: "routeros-api", disabled: false, rxBps: null, txBps: null, rxPps: null },
      ...{ txPps: null, errorsPs: null, dropsPs: null },
    }
  }
  return {
    /** What is read of a place in a round: `seen` now, `believed` after enough equal readings. */
    read: (seen: Uint8Array, believed: Uint8Array, atMs: number): AlertInput => {
      const pings: AlertInput["pings"][number][] = []
      const interfaces: AlertInput["interfaces"][number][] = []
      for (const [place, belief] of believed.entries()) {
        const reading = seen[place]
        // A probe that went unanswered says nothing until it is confirmed.
        if (reading !== belief) continue
        if (place < nodes.length) pings.push(pingOf(place, belief === UP, "missed", atMs))
        else interfaces.push(portOf(place - nodes.length, belief === UP, atMs))
      }
      const agent = { id: AGENT, key: 1, name: "agent" }
      return {
        ...{ agent, router: null, receivedAtMs: atMs, skewMs: 0, pings, interfaces, events: [] },
      }
    },
  }
}

/** Ids of the network that an incident states as its causes. */
const namesOf = (topology: Topology, incident: Incident): string[] =>
  incident.causes.map(
    ({ id, name }) =>
      topology.devices.get(DeviceId.parse(id))?.name ??
      topology.links.get(LinkId.parse(id))?.name ??
      name,
  )

/** `onReview` gets the processor time of each review, ms. */
export const runProduct = (
  world: World,
  timeline: Timeline,
  timing: Timing,
  onReview: (tookMs: number) => void,
): ReportedPage[] => {
  const topology = topologyOf(world, timing.probeIntervalMs)
  const alerts = createAlertEngine({
    org: OrgId.parse(uuid(4, 1)),
    newId: (
      (next) => () =>
        AlertId.parse(next())
    )(counter(5)),
    rules: compileRules(
      METRICS,
      defaultPack().map(({ rule }) => rule),
    ),
  })
  const incidents = createIncidentEngine(
    (
      (next) => () =>
        IncidentId.parse(next())
    )(counter(6)),
  )
  const pager = createPager(timing.holdDown * (timing.probeIntervalMs / 1_000))
  const agent = createAgent(world)
  const debounce = createDebounce(world.observables.length, timing.attempts)
  let hasSteps = false
  const keep = (transitions: readonly Transition[]): void => {
    hasSteps ||= transitions.length > 0
  }
  const review = (nowMs: number): void => {
    if (!hasSteps && !incidents.isBusy() && !alerts.hasProblems()) return
    hasSteps = false
    const began = performance.now()
    const { changed } = incidents.review(topology, alerts, nowMs)
    onReview(performance.now() - began)
    for (const one of changed) pager.change(one, namesOf(topology, one), nowMs)
  }
  const play = (readings: Uint8Array, atMs: number): void => {
    keep(alerts.markAgentSeen(AGENT, atMs))
    keep(alerts.observe(agent.read(readings, debounce(readings), atMs), atMs))
    review(atMs)
    // The engines look at what time alone changes twice a second.
    for (const offset of [0, timing.probeIntervalMs / 2]) {
      keep(alerts.evaluateTimers(atMs + offset))
      review(atMs + offset)
      pager.send(atMs + offset)
    }
  }
  keep(alerts.updateTopology(topology, START_MS))
  const up = new Uint8Array(world.observables.length).fill(UP)
  const beganMs = START_MS + WARMUP_ROUNDS * timing.probeIntervalMs
  for (let at = START_MS; at < beganMs; at += timing.probeIntervalMs) play(up, at)
  let atMs = beganMs
  for (const readings of timeline.probeRounds) {
    play(readings, atMs)
    atMs += timing.probeIntervalMs
  }
  const endMs = atMs + CLOSING_MS
  for (; atMs < endMs && pager.isOpen(); atMs += timing.probeIntervalMs) play(up, atMs)
  return pager.pages().map((page) => ({ ...page, afterMs: page.afterMs - beganMs }))
}
