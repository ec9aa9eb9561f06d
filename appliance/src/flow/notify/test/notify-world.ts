/**
 * One incident, its policies, and receivers that take, reject or swallow what they get. Stores as
 * the database does and sends as the dispatcher does, in memory, one second per step.
 */
import assert from "node:assert/strict"
import type { Severity } from "../../../api/incidents.ts"
import type { DeliveryKind, Policy } from "../../../api/notifications.ts"
import type { ChannelFacts, Decision, IncidentFacts, Planned } from "../model.ts"
import { planDeliveries } from "../plan.ts"

export const uuid = (n: number): string =>
  `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`
export const CHANNELS = ["noc", "boss", "owner"] as const
export type ChannelName = (typeof CHANNELS)[number]
const idOf = (name: ChannelName): string => uuid(10 + CHANNELS.indexOf(name))
const NO_IMPACT = { leastUnreachable: 0, leastCustomers: 0 }
export const makeSteps = (...steps: readonly [number, ChannelName, number?][]): Policy["steps"] =>
  steps.map(([afterS, channel, leastUnreachable = 0]) => ({
    ...{ afterS, channels: [idOf(channel)], schedules: [], leastUnreachable, leastCustomers: 0 },
  }))

export const SCHEDULE = uuid(80)
export const onCallStep = (afterS: number): Policy["steps"][number] => ({
  ...{ afterS, channels: [], schedules: [SCHEDULE], ...NO_IMPACT },
})

export const POLICY: Policy = {
  ...{
    id: uuid(90),
    name: "first",
    isEnabled: true,
    leastSeverity: "warning",
    siteIds: [],
    tags: [],
  },
  ...{ about: "all", ...NO_IMPACT, delayS: 0, steps: makeSteps([0, "noc"]), repeat: null },
  ...{ hasUpdates: false, quietHours: null, isLast: false },
}

/** `taken`: delivered. `lost`: received, without an answer. `certain`: certainly not received. */
export type Answer = "taken" | "lost" | "certain"
type Row = Planned & { readonly attempts: number; readonly expiresAtMs: number }
type Received = {
  readonly channel: ChannelName
  readonly kind: DeliveryKind
  readonly id: string
  readonly atMs: number
  readonly severity: Severity
  readonly causeKey: string
}

const RETRY_MS = 5_000
const EXPIRES_MS = 3_600_000
const DEAD_AFTER = 3
const PLAN_EVERY_MS = 120_000
const PENDING = ["waiting", "sending", "retrying"]

export class NotifyWorld {
  nowMs: number
  receiver: (kind: DeliveryKind, channel: ChannelName) => Answer = () => "taken"
  /** Whose channels a schedule reaches. */
  onCall: (atMs: number) => readonly ChannelName[] = () => []
  /** Until when the schedule holds its people's messages back. */
  afterQuiet: (severity: Severity, atMs: number) => number = (_, atMs) => atMs
  policies: readonly Policy[]
  readonly received: Received[] = []
  /** By the channel that fails. */
  readonly fallbacks = new Map<ChannelName, ChannelName>()
  readonly switchedOff = new Set<ChannelName>()
  readonly #failures = new Map<string, number>()
  #incident: IncidentFacts
  #rows: Row[] = []
  #decisions: Decision[] = []
  #count = 0

  constructor(policies: readonly Policy[], nowMs = Date.UTC(2026, 10, 3, 12)) {
    this.nowMs = nowMs
    this.policies = policies
    this.#incident = {
      ...{ id: uuid(1), state: "open", about: "network", severity: "major", siteIds: [], tags: [] },
      ...{ unreachable: 0, openedAtMs: nowMs, acknowledgedAtMs: null, snoozedUntilMs: null },
      ...{ isInMaintenance: false, recoveredAtMs: null, causeKey: "link" },
    }
  }

  open(more: Partial<IncidentFacts> = {}): void {
    this.change(more)
  }
  close(): void {
    this.change({ state: "closed" })
  }
  acknowledge(): void {
    this.change({ state: "acknowledged", acknowledgedAtMs: this.nowMs })
  }
  withdraw(): void {
    this.change({ state: "open", acknowledgedAtMs: null })
  }
  change(more: Partial<IncidentFacts>): void {
    this.#incident = { ...this.#incident, ...more }
    this.plan()
  }
  get incident(): IncidentFacts {
    return this.#incident
  }

  /** The clock is set: what waits is shifted with it. */
  stepClock(byMs: number): void {
    this.nowMs += byMs
    this.#rows = this.#rows.map((row) =>
      PENDING.includes(row.state)
        ? { ...row, dueAtMs: row.dueAtMs + byMs, expiresAtMs: row.expiresAtMs + byMs }
        : row,
    )
    if (this.#incident.state !== "closed")
      this.#decisions = this.#decisions.map((one) =>
        one.matchedAtMs === null ? one : { ...one, matchedAtMs: one.matchedAtMs + byMs },
      )
    this.plan()
  }

  run(seconds: number): void {
    const endMs = this.nowMs + seconds * 1_000
    let plannedAtMs = this.nowMs
    while (this.nowMs < endMs) {
      this.nowMs = Math.min(endMs, plannedAtMs + PLAN_EVERY_MS, this.#nextDueMs())
      // All open incidents are planned again from time to time.
      if (this.nowMs - plannedAtMs >= PLAN_EVERY_MS) {
        this.plan()
        plannedAtMs = this.nowMs
      }
      this.#send()
    }
    this.plan()
    this.#send()
  }
  /** Runs until nothing is on its way; two hours at most. */
  finish(): void {
    for (let minutes = 0; minutes < 120 && this.pending() > 0; minutes += 10) this.run(600)
  }
  /** In whole seconds, so that what is due together is sent together. */
  #nextDueMs(): number {
    const due = this.#rows.flatMap(({ state, dueAtMs }) =>
      state === "waiting" || state === "retrying" ? Math.max(dueAtMs, this.nowMs + 1_000) : [],
    )
    return Math.ceil(Math.min(...due, Number.MAX_SAFE_INTEGER) / 1_000) * 1_000
  }

  /** The code of the stored decision of a policy; null: there is none. */
  decision(policyId: string | null): string | null {
    return this.#decisions.findLast((one) => one.policyId === policyId)?.message.code ?? null
  }
  pending(): number {
    return this.#rows.filter(({ state }) => PENDING.includes(state)).length
  }

  /** What has to hold of every closed incident. */
  check(): void {
    assert.equal(this.pending(), 0, "nothing waits any more")
    for (const channel of CHANNELS) {
      const got = this.received.filter((one) => one.channel === channel)
      let isOpen = false
      const seen = new Set<string>()
      for (const { kind, id } of got) {
        // The same delivery again, after an answer that was lost.
        if (seen.has(id)) continue
        seen.add(id)
        if (kind === "opened") {
          assert.equal(isOpen, false, `${channel}: opened twice`)
          isOpen = true
        } else if (kind === "resolved") {
          assert.equal(isOpen, true, `${channel}: closed and not opened`)
          isOpen = false
        } else if (kind === "reminder") isOpen = true
        else assert.equal(isOpen, true, `${channel}: ${kind} of nothing`)
      }
      assert.equal(isOpen, false, `${channel}: opened and never closed`)
    }
  }

  #channels(): ReadonlyMap<string, ChannelFacts> {
    return new Map(
      CHANNELS.map((name) => {
        const fallback = this.fallbacks.get(name)
        const facts = {
          ...{ id: idOf(name), name, kind: "webhook", ownerId: null },
          isEnabled: !this.switchedOff.has(name),
          fallbackId: fallback === undefined ? null : idOf(fallback),
          isDead: (this.#failures.get(idOf(name)) ?? 0) >= DEAD_AFTER,
        }
        return [facts.id, facts]
      }),
    )
  }
  #makePlan() {
    return planDeliveries({
      incident: this.#incident,
      policies: this.policies,
      channels: this.#channels(),
      afterQuietOf: (_, severity, atMs) => this.afterQuiet(severity, atMs),
      channelsOnCall: (_, atMs) => this.onCall(atMs).map(idOf),
      scheduleNames: new Map([[SCHEDULE, "NOC on call"]]),
      deliveries: this.#rows,
      decisions: this.#decisions,
      nowMs: this.nowMs,
    })
  }

  plan(): void {
    const plan = this.#makePlan()
    for (const { channel, policyName: _, ...one } of plan.added) {
      assert.ok(!this.#rows.some(({ key }) => key === one.key), `${one.key} is planned twice`)
      this.#count += 1
      this.#rows.push({
        ...{ ...one, id: `d${this.#count}`, channelId: channel.id, state: "waiting" },
        ...{ maybeDelivered: false, attempts: 0, expiresAtMs: one.dueAtMs + EXPIRES_MS },
      })
    }
    for (const { id, state, dueAtMs } of plan.changed)
      this.#put(id, { state, dueAtMs, expiresAtMs: dueAtMs + EXPIRES_MS })
    const changed = new Set(plan.decisions.map(({ policyId, round }) => `${policyId} ${round}`))
    if (!plan.isHeld) changed.add(`null ${plan.round}`)
    this.#decisions = [
      ...this.#decisions.filter(({ policyId, round }) => !changed.has(`${policyId} ${round}`)),
      ...plan.decisions,
    ]
    const again = this.#makePlan()
    const changes = again.added.length + again.changed.length
    assert.equal(changes, 0, `a plan made again changes nothing: ${JSON.stringify(again)}`)
  }

  #put(id: string, more: Partial<Row>): void {
    this.#rows = this.#rows.map((row) => (row.id === id ? { ...row, ...more } : row))
  }

  /** Deliveries of one channel in their order; what follows one that never arrived is cancelled. */
  #send(): void {
    for (const { id } of this.#rows) {
      const row = this.#rows.find((one) => one.id === id)
      if (row === undefined || !["waiting", "retrying"].includes(row.state)) continue
      if (row.dueAtMs > this.nowMs) continue
      if (row.expiresAtMs < this.nowMs) {
        this.#put(id, { state: "dead" })
        this.plan()
        continue
      }
      const own = this.#rows.filter((one) => one.channelId === row.channelId && one !== row)
      const before = own.filter((one) => this.#rows.indexOf(one) < this.#rows.indexOf(row))
      if (before.some((one) => this.#blocks(one))) continue
      const isOpened = own.some(
        ({ kind, round, maybeDelivered }) =>
          (kind === "opened" || kind === "reminder") && round === row.round && maybeDelivered,
      )
      const isFollowUp = row.kind !== "opened" && row.kind !== "reminder"
      const name = CHANNELS.find((one) => idOf(one) === row.channelId)
      if (name === undefined) continue
      if (isFollowUp && !isOpened) this.#put(id, { state: "cancelled" })
      else if (this.switchedOff.has(name)) this.#off(row)
      else this.#attempt(row, name)
    }
  }
  #off({ id, kind }: Row): void {
    if (kind !== "resolved") this.#put(id, { state: "cancelled" })
  }
  #blocks(row: Row): boolean {
    return (
      ["sending", "retrying"].includes(row.state) ||
      (row.state === "waiting" && row.dueAtMs <= this.nowMs)
    )
  }
  #attempt(row: Row, channel: ChannelName): void {
    const { id, kind } = row
    const answer = this.receiver(kind, channel)
    const { severity, causeKey } = this.#incident
    if (answer !== "certain")
      this.received.push({ channel, kind, id, atMs: this.nowMs, severity, causeKey })
    const maybeDelivered = row.maybeDelivered || answer !== "certain"
    const sent = { maybeDelivered, severity, causeKey, attempts: row.attempts + 1 }
    const dueAtMs = this.nowMs + RETRY_MS
    if (answer === "taken") this.#put(id, { ...sent, state: "delivered" })
    else if (dueAtMs > row.expiresAtMs) this.#put(id, { ...sent, state: "dead" })
    else this.#put(id, { ...sent, state: "retrying", dueAtMs })
    const channelId = idOf(channel)
    const failures = answer === "taken" ? 0 : (this.#failures.get(channelId) ?? 0) + 1
    this.#failures.set(channelId, failures)
    this.plan()
  }
}
