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
const CHANNELS = ["noc", "boss", "owner"] as const
type ChannelName = (typeof CHANNELS)[number]
const idOf = (name: ChannelName): string => uuid(10 + CHANNELS.indexOf(name))
export const makeSteps = (...steps: readonly [number, ChannelName][]): Policy["steps"] =>
  steps.map(([afterS, channel]) => ({ afterS, channels: [idOf(channel)], schedules: [] }))

export const SCHEDULE = uuid(80)

export const POLICY: Policy = {
  id: uuid(90),
  name: "first",
  isEnabled: true,
  leastSeverity: "warning",
  siteIds: [],
  about: "all",
  leastUnreachable: 0,
  delayS: 0,
  steps: makeSteps([0, "noc"]),
  repeat: null,
  hasUpdates: false,
  quietHours: null,
  isLast: false,
}

/** `taken`: delivered. `lost`: received, without an answer. `certain`: certainly not received. */
type Answer = "taken" | "lost" | "certain"
type Row = Planned & { readonly attempts: number; readonly retryAtMs: number }
type Received = { readonly channel: string; readonly kind: DeliveryKind; readonly id: string }
type Step =
  | { readonly what: "run"; readonly seconds: number }
  | { readonly what: "severity"; readonly severity: Severity }
  | { readonly what: "receiver"; readonly answer: Answer }
  | {
      readonly what:
        | "close"
        | "reopen"
        | "acknowledge"
        | "withdraw"
        | "restart"
        | "maintenance"
        | "no-maintenance"
        | "snooze"
    }

const RETRY_MS = 5_000
const EXPIRES_MS = 3_600_000

export class NotifyWorld {
  nowMs: number
  receiver: (kind: DeliveryKind) => Answer = () => "taken"
  /** Whose channels a schedule reaches. */
  onCall: (atMs: number) => readonly ChannelName[] = () => []
  policies: readonly Policy[]
  readonly received: Received[] = []
  readonly #channels: ReadonlyMap<string, ChannelFacts>
  #incident: IncidentFacts
  #rows: Row[] = []
  #decisions: Decision[] = []
  #count = 0

  constructor(policies: readonly Policy[], nowMs = Date.UTC(2026, 10, 3, 12)) {
    this.nowMs = nowMs
    this.policies = policies
    this.#channels = new Map(
      CHANNELS.map((name) => [
        idOf(name),
        { id: idOf(name), name, kind: "webhook", isEnabled: true, ownerId: null },
      ]),
    )
    this.#incident = {
      id: uuid(1),
      state: "open",
      about: "network",
      severity: "major",
      siteIds: [],
      unreachable: 0,
      openedAtMs: nowMs,
      acknowledgedAtMs: null,
      snoozedUntilMs: null,
      isInMaintenance: false,
      causeKey: "link",
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
    this.#plan()
  }

  apply(step: Step): void {
    const { state } = this.#incident
    if (step.what === "run") this.run(step.seconds)
    else if (step.what === "receiver") this.receiver = () => step.answer
    else {
      const next = this.#nextOf(step, state)
      if (next !== null) this.change(next)
    }
  }
  #nextOf(
    step: Exclude<Step, { readonly what: "run" | "receiver" }>,
    state: IncidentFacts["state"],
  ): Partial<IncidentFacts> | null {
    switch (step.what) {
      case "severity":
        return { severity: step.severity }
      case "close":
        return state === "closed" ? null : { state: "closed" }
      case "reopen":
        return state === "closed" ? { state: "open", acknowledgedAtMs: null } : null
      case "acknowledge":
        return state === "open" ? { state: "acknowledged", acknowledgedAtMs: this.nowMs } : null
      case "withdraw":
        return state === "acknowledged" ? { state: "open", acknowledgedAtMs: null } : null
      case "restart":
        return {}
      case "maintenance":
        return { isInMaintenance: true }
      case "no-maintenance":
        return { isInMaintenance: false }
      case "snooze":
        return { snoozedUntilMs: this.nowMs + 300_000 }
    }
  }

  run(seconds: number): void {
    for (let second = 0; second < seconds; second += 1) {
      this.nowMs += 1_000
      // The dispatcher plans open incidents again twice a minute.
      if (second % 30 === 0) this.#plan()
      this.#send()
    }
    this.#plan()
    this.#send()
  }

  /** The code of the stored decision of a policy; null: there is none. */
  decision(policyId: string | null): string | null {
    return this.#decisions.findLast((one) => one.policyId === policyId)?.message.code ?? null
  }
  pending(): number {
    return this.#rows.filter(({ state }) => ["waiting", "sending", "retrying"].includes(state))
      .length
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

  #plan(): void {
    const plan = planDeliveries({
      incident: this.#incident,
      policies: this.policies,
      channels: this.#channels,
      channelsOnCall: (_, atMs) => this.onCall(atMs).map(idOf),
      scheduleNames: new Map([[SCHEDULE, "NOC on call"]]),
      deliveries: this.#rows,
      decisions: this.#decisions,
      nowMs: this.nowMs,
    })
    for (const { channel, policyName: _, ...one } of plan.added) {
      assert.ok(!this.#rows.some(({ key }) => key === one.key), `${one.key} is planned twice`)
      this.#count += 1
      this.#rows.push({
        ...one,
        id: `d${this.#count}`,
        channelId: channel.id,
        state: "waiting",
        maybeDelivered: false,
        attempts: 0,
        retryAtMs: one.dueAtMs,
      })
    }
    for (const { id, state, dueAtMs } of plan.changed)
      this.#put(id, { state, dueAtMs, retryAtMs: dueAtMs })
    const changed = new Set(plan.decisions.map(({ policyId, round }) => `${policyId} ${round}`))
    if (!plan.isHeld) changed.add(`null ${plan.round}`)
    this.#decisions = [
      ...this.#decisions.filter(({ policyId, round }) => !changed.has(`${policyId} ${round}`)),
      ...plan.decisions,
    ]
  }

  #put(id: string, more: Partial<Row>): void {
    this.#rows = this.#rows.map((row) => (row.id === id ? { ...row, ...more } : row))
  }

  /** Deliveries of one channel in their order; what follows one that never arrived is cancelled. */
  #send(): void {
    for (const { id } of this.#rows) {
      const row = this.#rows.find((one) => one.id === id)
      if (row === undefined || !["waiting", "retrying"].includes(row.state)) continue
      if (row.retryAtMs > this.nowMs) continue
      const earlier = this.#rows.filter(
        (one) => one.channelId === row.channelId && one.round <= row.round && one !== row,
      )
      const isOpened = earlier.some(
        ({ kind, round, maybeDelivered }) =>
          (kind === "opened" || kind === "reminder") && round === row.round && maybeDelivered,
      )
      const before = earlier.slice(0, this.#rows.indexOf(row))
      if (
        before.some((one) => this.#isDue(one) && this.#rows.indexOf(one) < this.#rows.indexOf(row))
      )
        continue
      const isFollowUp = row.kind !== "opened" && row.kind !== "reminder"
      if (isFollowUp && !isOpened) {
        this.#put(id, { state: "cancelled" })
        continue
      }
      this.#attempt(row)
    }
  }
  #isDue(row: Row): boolean {
    return ["waiting", "sending", "retrying"].includes(row.state) && row.dueAtMs <= this.nowMs
  }
  #attempt(row: Row): void {
    const answer = this.receiver(row.kind)
    const name = CHANNELS.find((one) => idOf(one) === row.channelId) ?? ""
    if (answer !== "certain") this.received.push({ channel: name, kind: row.kind, id: row.id })
    const maybeDelivered = row.maybeDelivered || answer !== "certain"
    if (answer === "taken") {
      this.#put(row.id, { state: "delivered", maybeDelivered })
    } else {
      const isExpired = this.nowMs - row.dueAtMs > EXPIRES_MS
      const state = isExpired ? "dead" : "retrying"
      this.#put(row.id, {
        state,
        maybeDelivered,
        attempts: row.attempts + 1,
        retryAtMs: this.nowMs + RETRY_MS,
      })
    }
    this.#plan()
  }
}
