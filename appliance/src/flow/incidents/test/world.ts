/**
 * A small ISP in memory for tests: routers that answer or not, ports with states, an agent that
 * pings every second, confirms a miss with a burst, receives syslog and obeys `confirm`. Drives the
 * pure parts of alerts and incidents with a clock of its own, 50 ms per step.
 */

import { seeded } from "@ispvm/rca/random"
import { textOf } from "../../../messages/text.ts"
import {
  type AgentId,
  AlertId,
  DeviceId,
  IncidentId,
  InterfaceId,
  OrgId,
} from "../../../platform/ids.ts"
import {
  type AlertEngine,
  type AlertInput,
  createAlertEngine,
  type Transition,
} from "../../alerts/engine.ts"
import type { Topology } from "../../alerts/topology.ts"
import { createIncidentEngine, type IncidentEngine } from "../engine/engine.ts"
import type { Change, Incident, Line } from "../model.ts"
import {
  AGENT_ID,
  linksOf,
  routersOf,
  topologyOf,
  uuid,
  type WorldLink,
  type WorldOptions,
} from "./world-topology.ts"

export const START_MS = 1_800_000_000_000
const STEP_MS = 50
const BURST_MS = 700

type Due = { readonly atMs: number; readonly run: () => void }

export class World {
  nowMs = START_MS
  readonly cut = new Set<string>()
  readonly dead = new Set<string>()
  /** Links that carry nothing while their ports stay up, and routing still uses them. */
  readonly silent = new Set<string>()
  loss = 0
  agentRuns = true
  /** The agent reaches the appliance and no router. */
  isUplinkCut = false
  topology: Topology
  alertEngine: AlertEngine
  incidentEngine: IncidentEngine
  readonly lines: Line[] = []
  readonly history: Change[] = []
  readonly transitions: Transition[] = []
  readonly incidents = new Map<IncidentId, Incident>()
  /** Titles in the order in which they were published. */
  readonly titleHistory: string[] = []
  /** Incidents as they were when they opened. */
  readonly openedAs: Incident[] = []
  /** Everything that has failed so far. */
  readonly failed = new Set<string>()
  readonly confirmed: string[] = []
  readonly names: readonly string[]
  readonly #links: readonly WorldLink[]
  readonly #options: WorldOptions
  readonly #random: () => number
  readonly #agent = AGENT_ID
  readonly #offsets: readonly number[]
  /** Recovered, but no path leads through it before this time. */
  readonly #converging = new Map<string, number>()
  #due: Due[] = []
  #ids = 0
  #hasSteps = false
  #batch = empty()
  #backlog: ReturnType<typeof empty>[] = []
  #stalledUntilMs = 0
  readonly #stalled: ReturnType<typeof empty>[] = []

  constructor(options: WorldOptions) {
    this.#options = options
    this.#random = seeded(options.seed ?? 1)
    this.#links = linksOf(options)
    this.names = routersOf(options)
    this.#offsets = this.names.map((_, index) =>
      options.isRagged === true ? this.#random() * 1_000 : index * 150,
    )
    this.topology = topologyOf(options)
    this.alertEngine = this.#newAlertEngine()
    this.incidentEngine = this.newIncidentEngine()
    this.#keep(this.alertEngine.updateTopology(this.topology, this.nowMs))
  }

  #newAlertEngine(): AlertEngine {
    return createAlertEngine({
      org: OrgId.parse(uuid(4, 1)),
      newId: () => AlertId.parse(uuid(5, this.#next())),
      ...(this.#options.rules === undefined ? {} : { rules: this.#options.rules }),
    })
  }
  newIncidentEngine(): IncidentEngine {
    return createIncidentEngine(() => IncidentId.parse(uuid(6, this.#next())))
  }
  get agentId(): AgentId {
    return this.#agent
  }
  device(name: string): DeviceId {
    return DeviceId.parse(uuid(2, this.names.indexOf(name) + 1))
  }
  #next(): number {
    this.#ids += 1
    return this.#ids
  }

  // ── the state of the network ──
  /** Whether a path of working routers and links leads from the agent to this router. */
  reaches(name: string): boolean {
    if (this.isUplinkCut || this.dead.has(name)) return false
    if (this.#options.unlinked?.includes(name) === true) return true
    const at = this.#options.actualAt ?? this.#options.at
    if (at === null) return true
    if (this.dead.has(at)) return false
    const seen = new Set([at])
    const lost = new Set<string>()
    for (const here of seen) {
      if (this.#isConverging(here) && here !== at) continue
      for (const link of this.#linksInUseAt(here)) {
        const remote = link.a === here ? link.b : link.a
        if (this.dead.has(remote) || seen.has(remote)) continue
        seen.add(remote)
        // Packets take the shortest path, whatever becomes of them there.
        if (this.silent.has(link.name) || lost.has(here)) lost.add(remote)
      }
    }
    return seen.has(name) && !lost.has(name)
  }
  #linksInUseAt(name: string): readonly WorldLink[] {
    return this.#links.filter(
      (link) =>
        (link.a === name || link.b === name) &&
        !this.#isConverging(link.name) &&
        !this.cut.has(link.name),
    )
  }
  #isConverging(name: string): boolean {
    return (this.#converging.get(name) ?? 0) > this.nowMs
  }
  portUp(link: string): boolean {
    const [a = "", b = ""] = link.split("-")
    return !this.cut.has(link) && !this.dead.has(a) && !this.dead.has(b)
  }

  /** The inventory changes: no agent monitors these routers any more. */
  pause(names: readonly string[]): void {
    this.topology = topologyOf(this.#options, names)
    this.#keep(this.alertEngine.updateTopology(this.topology, this.nowMs))
    this.review()
  }

  // ── faults and repairs ──
  cutLink(link: string): void {
    this.failed.add(link.replace("-", "–"))
    this.#changePorts(() => this.cut.add(link))
  }
  repairLink(link: string): void {
    this.#converging.set(link, this.nowMs + (this.#options.convergeMs ?? 0))
    this.#changePorts(() => this.cut.delete(link))
  }
  kill(name: string): void {
    this.failed.add(name)
    this.#changePorts(() => this.dead.add(name))
  }
  revive(name: string): void {
    this.#converging.set(name, this.nowMs + (this.#options.convergeMs ?? 0))
    this.#changePorts(() => this.dead.delete(name))
  }
  stopAgent(): void {
    this.agentRuns = false
  }
  startAgent(): void {
    this.agentRuns = true
  }
  /**
   * Each port whose state has changed is reported by its router's syslog, if the router is
   * reachable.
   */
  #changePorts(change: () => void): void {
    const before = this.#links.map((link) => this.portUp(link.name))
    change()
    this.#links.forEach((link, index) => {
      const up = this.portUp(link.name)
      if (up === before[index]) return
      this.#later(30 + this.#random() * 40, () => {
        for (const [reporter, port] of [
          [link.a, `to-${link.b}`],
          [link.b, `to-${link.a}`],
        ] as const)
          this.#logPort(reporter, port, link.name)
      })
    })
  }
  #logPort(reporter: string, port: string, link: string): void {
    if (!this.#reports(reporter)) return
    const log = (): void => {
      this.#reportPort(reporter, port, this.portUp(link))
      if (this.#options.rules !== undefined && !this.portUp(link)) this.losePeer(reporter)
      this.#flush()
    }
    const delayMs = this.#options.syslogDelayMs?.(reporter) ?? 0
    if (delayMs === 0) log()
    else this.#later(delayMs, log)
  }
  #isMonitored(name: string): boolean {
    return this.topology.devices.get(this.device(name))?.agentId !== null
  }
  #reports(name: string): boolean {
    return (
      this.reaches(name) && this.#isMonitored(name) && !(this.#options.mute ?? []).includes(name)
    )
  }
  /** A router reports that it has lost a neighbour. */
  losePeer(name: string): void {
    this.#batch.events.push({
      ...{ kind: "event", id: uuid(8, this.#next()), device: this.device(name), name: "peer-down" },
      ...{ atMs: this.nowMs, source: "syslog", severity: "warning", interface: null, message: "" },
      attributes: {},
    })
  }
  #later(afterMs: number, run: () => void): void {
    this.#due.push({ atMs: this.nowMs + afterMs, run })
  }

  // ── the agent ──
  #answered(name: string): boolean {
    return this.reaches(name) && this.#random() >= this.loss && this.#random() >= this.loss
  }
  #reportPort(name: string, port: string, running: boolean): void {
    this.#batch.interfaces.push(this.portSample(name, port, running))
  }
  portSample(name: string, port: string, running: boolean): AlertInput["interfaces"][number] {
    const rates = { rxBps: null, txBps: null, rxPps: null, txPps: null }
    return {
      kind: "interface",
      device: this.device(name),
      interface: port,
      interfaceId: InterfaceId.parse(1),
      atMs: this.nowMs,
      source: "routeros-api",
      running,
      disabled: false,
      ...rates,
      ...{ errorsPs: null, dropsPs: null },
    }
  }
  #probe(name: string, sent: number, because: "round" | "missed" | "confirm"): boolean {
    let received = 0
    for (let probe = 0; probe < sent; probe += 1) if (this.#answered(name)) received += 1
    const tcp = received === 0 ? (this.reaches(name) ? "accepted" : "silent") : null
    const answers = received > 0 || (because !== "round" && tcp === "accepted")
    if (because === "round" && !answers) return false
    const icmp = { sent, received, rttUs: received > 0 ? 900 : null, jitterUs: null }
    this.#batch.pings.push({
      kind: "ping",
      device: this.device(name),
      targetId: 1,
      atMs: this.nowMs,
      answers,
      icmp,
      tcp: because === "round" ? null : tcp,
      because,
    })
    return true
  }
  #burstMs(name: string): number {
    return BURST_MS + (this.#options.burstDelayMs?.(name) ?? 0)
  }
  #round(name: string): void {
    if (this.agentRuns && this.#isMonitored(name) && !this.#probe(name, 1, "round")) {
      this.#later(this.#burstMs(name), () => {
        if (!this.agentRuns) return
        this.#probe(name, 6, "missed")
        this.#flush()
      })
    }
  }
  #pollOne(name: string): void {
    if (!this.#reports(name)) return
    for (const { name: link, a, b } of this.#links) {
      if (a === name) this.#reportPort(a, `to-${b}`, this.portUp(link))
      if (b === name) this.#reportPort(b, `to-${a}`, this.portUp(link))
    }
  }
  /** Interfaces of every router that can be read. */
  poll(): void {
    for (const link of this.#links) {
      if (this.#reports(link.a)) this.#reportPort(link.a, `to-${link.b}`, this.portUp(link.name))
      if (this.#reports(link.b)) this.#reportPort(link.b, `to-${link.a}`, this.portUp(link.name))
    }
  }
  #flush(): void {
    const batch = this.#batch
    this.#batch = empty()
    if (!this.agentRuns) this.#backlog.push(batch)
    else if (this.nowMs < this.#stalledUntilMs) this.#stalled.push(batch)
    else this.deliver(batch)
  }
  /** Until then nothing that the agent measures arrives; then all of it does, in order. */
  stall(ms: number): void {
    this.#stalledUntilMs = this.nowMs + ms
    this.#later(ms, () => {
      for (const batch of this.#stalled.splice(0)) this.deliver(batch)
    })
  }
  /** One batch arrives. */
  deliver(batch: ReturnType<typeof empty>): void {
    const seen: AlertInput = {
      agent: { id: this.#agent, key: 1, name: "agent-1" },
      router: null,
      receivedAtMs: this.nowMs,
      skewMs: 0,
      ...batch,
    }
    this.#keep(this.alertEngine.observe(seen, this.nowMs))
    this.review()
  }
  #keep(transitions: readonly Transition[]): void {
    this.transitions.push(...transitions)
    this.#hasSteps ||= transitions.length > 0
  }
  review(): void {
    const isQuiet = !this.incidentEngine.isBusy() && !this.alertEngine.hasProblems()
    if (isQuiet && !this.#hasSteps) return
    this.#hasSteps = false
    const { changed, lines, history, confirm } = this.incidentEngine.review(
      this.topology,
      this.alertEngine,
      this.nowMs,
    )
    for (const incident of changed) {
      if (!this.incidents.has(incident.id)) this.openedAs.push(incident)
      this.incidents.set(incident.id, incident)
      this.titleHistory.push(textOf(incident.title))
    }
    this.lines.push(...lines)
    this.history.push(...history)
    for (const id of confirm) {
      const name = this.names.find((one) => this.device(one) === id) ?? ""
      this.confirmed.push(name)
      this.#later(100, () => {
        if (!this.agentRuns) return
        if (this.#probe(name, 1, "round")) {
          this.#pollOne(name)
          this.#flush()
        } else
          this.#later(this.#burstMs(name), () => {
            this.#probe(name, 6, "confirm")
            this.#flush()
          })
      })
    }
  }

  // ── time ──
  /** Only time passes: timers run, nothing is observed. */
  pass(ms: number): void {
    const untilMs = this.nowMs + ms
    while (this.nowMs < untilMs) {
      this.nowMs = Math.min(untilMs, this.nowMs + 1_000)
      this.#keep(this.alertEngine.evaluateTimers(this.nowMs))
      this.review()
    }
  }
  /** The process restarts: only what is stored remains. */
  restart(): void {
    const kept = [...this.alertEngine.all()]
    const open = this.open()
    const closed = [...this.incidents.values()].filter(({ state }) => state === "closed")
    this.alertEngine = this.#newAlertEngine()
    this.alertEngine.restore(kept, this.nowMs)
    this.incidentEngine = this.newIncidentEngine()
    const last = Math.max(0, ...[...this.incidents.values()].map((incident) => incident.number))
    this.incidentEngine.restore(open, last + 1, closed)
    this.#keep(this.alertEngine.updateTopology(this.topology, this.nowMs))
  }
  run(ms: number): this {
    const untilMs = this.nowMs + ms
    const pingMs = this.#options.pingMs ?? 1_000
    while (this.nowMs < untilMs) {
      this.nowMs += STEP_MS
      const due = this.#due.filter((one) => one.atMs <= this.nowMs)
      this.#due = this.#due.filter((one) => one.atMs > this.nowMs)
      for (const one of due) one.run()
      this.names.forEach((name, index) => {
        if ((this.nowMs + (this.#offsets[index] ?? 0)) % pingMs < STEP_MS) this.#round(name)
      })
      if (this.nowMs % 10_000 < STEP_MS && this.agentRuns) this.poll()
      if (this.nowMs % 1_000 < STEP_MS) {
        this.#flush()
        if (this.agentRuns) this.#keep(this.alertEngine.markAgentSeen(this.#agent, this.nowMs))
      }
      if (this.nowMs % 500 < STEP_MS) {
        this.#keep(this.alertEngine.evaluateTimers(this.nowMs))
        this.review()
      }
    }
    return this
  }

  // ── what the operator sees ──
  open(): Incident[] {
    return [...this.incidents.values()].filter((incident) => incident.state !== "closed")
  }
  titles(): string[] {
    return this.open().map((incident) => textOf(incident.title))
  }
  phase(name: string): string | undefined {
    return this.alertEngine.of("device-unreachable", this.device(name))?.state.phase
  }
  linesOf(kind: Line["kind"]): string[] {
    return this.lines.filter((line) => line.kind === kind).map((line) => textOf(line.message))
  }
}

const empty = (): {
  pings: AlertInput["pings"][number][]
  interfaces: AlertInput["interfaces"][number][]
  events: AlertInput["events"][number][]
} => ({ pings: [], interfaces: [], events: [] })
