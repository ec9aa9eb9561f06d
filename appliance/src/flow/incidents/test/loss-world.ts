/**
 * A small ISP whose routers are dead, lose some of their probes or are fine, probed as the agent
 * does it: a probe each second, a burst of twelve after a missed one, and what reviews request.
 */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { seeded } from "@ispvm/rca/random"
import { textOf } from "../../../messages/text.ts"
import { type AlertId, DeviceId, IncidentId, LinkId } from "../../../platform/ids.ts"
import type { StoredAlert } from "../../alerts/model.ts"
import type { RuleSet } from "../../alerts/rules/compile.ts"
import {
  AGENT,
  cpu,
  packSet,
  port,
  probe,
  ruleWorld,
  START_MS,
} from "../../alerts/rules/test/rule-world.ts"
import { buildTopology } from "../../alerts/topology.ts"
import type { AlertView } from "../engine/alert-view.ts"
import { createIncidentEngine } from "../engine/engine.ts"
import type { Regrouped } from "../engine/merge-split.ts"
import type { Incident, Line } from "../model.ts"
import { uuid } from "./world-topology.ts"

/** A─B─C─D with another router behind C, and E beside: the agent is at A. */
const LINKS = ["A-B", "B-C", "C-D", "C-F", "A-E"]
export const NAMES = ["A", "B", "C", "D", "F", "E"] as const
export type Name = (typeof NAMES)[number]
export const idOf = (name: Name): DeviceId => DeviceId.parse(uuid(2, NAMES.indexOf(name) + 1))
const nameOf = (id: string): Name | undefined => NAMES.find((name) => idOf(name) === id)

export const topology = buildTopology(
  NAMES.map((name) => ({
    ...{ id: idOf(name), name, roles: ["core"], agentId: AGENT, siteId: null, reportsEveryS: null },
  })),
  LINKS.map((name, index) => {
    const [a = "A", b = "A"] = name.split("-") as Name[]
    return {
      ...{ id: LinkId.parse(uuid(3, index + 1)), name: `${a}–${b}`, capacityBps: 1e9 },
      a: { deviceId: idOf(a), interface: `to-${b}` },
      b: { deviceId: idOf(b), interface: `to-${a}` },
    }
  }),
  [{ id: AGENT, name: "A", deviceId: idOf("A"), siteId: null }],
  [],
)

/** The share of the probes to a router that are lost; 1: it is dead. */
export type LossOf = (name: Name) => number
const STEP_MS = 500
const BURST = 12

export class LossWorld {
  nowMs = START_MS
  readonly incidents = new Map<string, Incident>()
  readonly lines: Line[] = []
  /** Routers without processor time. */
  busy: readonly Name[] = []
  readonly #rules: RuleSet
  readonly #random: () => number
  /** Without what reviews know of lost probes since a recovery. */
  readonly #isUncounted: boolean
  #alerts: ReturnType<typeof ruleWorld>
  #engine = createIncidentEngine(() => IncidentId.parse(randomUUID()))
  #requested: Name[] = []

  constructor(seed: number, { rules = packSet(), isUncounted = false } = {}) {
    this.#rules = rules
    this.#random = seeded(seed)
    this.#isUncounted = isUncounted
    this.#alerts = ruleWorld(rules, { topology })
  }

  /** One probe, and a burst of all at once if it is lost. */
  #probe(name: Name, ratio: number) {
    const lost = (): boolean => this.#random() < ratio
    if (!lost()) return probe(this.nowMs, {}, idOf(name))
    let received = 0
    for (let sent = 0; sent < BURST; sent += 1) if (!lost()) received += 1
    const hasTcp = !lost()
    const answers = received > 0 || hasTcp
    return {
      ...probe(this.nowMs, { answers, sent: BURST + 1, received }, idOf(name)),
      ...{ because: "missed", tcp: hasTcp ? "accepted" : "silent" },
    }
  }
  /** Probes until the first answer. */
  #confirm(name: Name, ratio: number) {
    for (let sent = 1; sent <= BURST; sent += 1)
      if (this.#random() >= ratio) return probe(this.nowMs, { sent }, idOf(name))
    const silent = { answers: false, sent: BURST, received: 0 }
    return { ...probe(this.nowMs, silent, idOf(name)), because: "confirm", tcp: "silent" }
  }

  /** What the agent and its routers deliver now. */
  #samples(lossOf: LossOf, cut: string | null) {
    const isNow = (everyMs: number): boolean => this.nowMs % everyMs === 0
    const alive = NAMES.filter((name) => lossOf(name) < 1)
    const ports = (a: Name, b: Name, running: boolean) =>
      alive.includes(a) ? [port(this.nowMs, { running }, `to-${b}`, idOf(a))] : []
    return [
      ...(isNow(1_000) ? NAMES.map((name) => this.#probe(name, lossOf(name))) : []),
      ...this.#requested.splice(0).map((name) => this.#confirm(name, lossOf(name))),
      ...(isNow(5_000) ? LINKS : []).flatMap((link) => {
        const [a = "A", b = "A"] = link.split("-") as Name[]
        return [...ports(a, b, link !== cut), ...ports(b, a, link !== cut)]
      }),
      ...(isNow(10_000) ? alive : []).map((name) =>
        cpu(this.busy.includes(name) ? 95 : 20, this.nowMs, idOf(name)),
      ),
    ]
  }
  /** `cut`: the link whose ports are down. */
  during(forMs: number, lossOf: LossOf, cut: string | null = null): this {
    for (const endMs = this.nowMs + forMs; this.nowMs < endMs; this.nowMs += STEP_MS) {
      this.#alerts.deliver(this.#samples(lossOf, cut), this.nowMs)
      this.#review()
    }
    return this
  }
  /** All is well until nothing is open any more; half an hour at most. */
  heal(most = 30): this {
    for (let minutes = 0; minutes < most && this.open().length > 0; minutes += 1)
      this.during(60_000, () => 0)
    return this
  }
  #review(): void {
    const { engine } = this.#alerts
    const { lossSince: _, ...uncounted } = engine
    const view: AlertView = this.#isUncounted ? uncounted : engine
    const outcome = this.#engine.review(topology, view, this.nowMs)
    for (const incident of outcome.changed) this.incidents.set(incident.id, incident)
    this.lines.push(...outcome.lines)
    this.#requested = outcome.confirm.flatMap((id) => nameOf(id) ?? [])
  }

  device(name: Name): DeviceId {
    return idOf(name)
  }
  /** As people do it: what the engine answers is stored, and given back to it. */
  merge(from: Incident, into: Incident): void {
    const { engine } = this.#alerts
    const work = { by: { name: "Ada" }, from: this.#now(from), into: this.#now(into) }
    this.#put(this.#engine.merge(topology, engine, work, this.nowMs))
  }
  split(from: Incident, alertIds: readonly AlertId[]): void {
    const { engine } = this.#alerts
    const work = { by: { name: "Ada" }, from: this.#now(from) }
    this.#put(this.#engine.split(topology, engine, work, new Set(alertIds), this.nowMs))
  }
  #now({ id }: Incident): Incident {
    return this.#engine.get(id) ?? assert.fail(`no open incident ${id}`)
  }
  #put({ changed, lines }: Regrouped): void {
    for (const incident of changed) {
      this.#engine.put(incident)
      this.incidents.set(incident.id, incident)
    }
    this.lines.push(...lines)
  }

  /** Only what is stored remains. */
  restart(): void {
    const rows: readonly StoredAlert[] = [...this.#alerts.engine.all()]
    const all = [...this.incidents.values()]
    this.#alerts = ruleWorld(this.#rules, { topology }, rows, this.nowMs)
    this.#engine = createIncidentEngine(() => IncidentId.parse(randomUUID()))
    this.#engine.restore(
      all.filter(({ state }) => state !== "closed").map((one) => ({ ...one, finding: null })),
      Math.max(0, ...all.map(({ number }) => number)) + 1,
      all.filter(({ state }) => state === "closed"),
    )
  }

  ordered(): Incident[] {
    return [...this.incidents.values()].toSorted((one, other) => one.number - other.number)
  }
  all(): string[] {
    return this.ordered().map(({ state, title }) => `${state} ${textOf(title)}`)
  }
  open(): Incident[] {
    return this.ordered().filter(({ state }) => state !== "closed")
  }
  count(kind: Line["kind"]): number {
    return this.lines.filter((one) => one.kind === kind).length
  }
  codes(): string[] {
    return this.lines.map(({ message }) => message.code)
  }
}
