/**
 * The interface of an alert kind. A kind is one file in this folder and one line in `kinds.ts`.
 * The engine, the store and incidents know nothing else about it.
 *
 * Members are methods so that a kind with its own `Memory` and `Value` fits into the list of all
 * kinds: the engine gives each kind only what the same kind has returned.
 */
import type { FAMILIES } from "@ispvm/wire/families"
import type { z } from "zod"
import type { AgentId, DeviceId } from "../../../platform/ids.ts"
import type { RejectedReading, StoredSample } from "../../ingest/model.ts"
import type { AlertInput, AlertNow, Topology } from "../model.ts"
import type { Kind, Phase, Reason, State } from "../state-machine.ts"

/** What one alert is about; the fields are those of `AlertNow`. */
export type Subject = Pick<AlertNow, "entity" | "deviceId" | "interface" | "agentId">

/** The part of an alert that changes. `memory`: what the kind needs besides the state. */
export type CurrentState<Memory = unknown> = Pick<
  AlertNow,
  "state" | "observedAtMs" | "answeredAtMs"
> & {
  readonly memory: Memory
}
export type KindAlert<Memory = unknown> = AlertNow & CurrentState<Memory>

/** One observation of one subject. `atMs` is the sender's clock; the engine converts it. */
export type Reading<Value = unknown> = {
  readonly entity: string
  readonly device: DeviceId
  readonly atMs: number
  readonly value: Value
}
type Families = (typeof FAMILIES)[number]
type SampleOf<N extends Families["name"]> = StoredSample &
  z.infer<Extract<Families, { readonly name: N }>["schema"]>

/** Samples of one of the families that are not a field of `AlertInput`, by its name. */
export const samplesOf = <N extends Families["name"]>(
  { others = [] }: AlertInput,
  name: N,
): readonly SampleOf<N>[] => others.filter(({ kind }) => kind === name) as SampleOf<N>[]

/** Who sent a message: an agent, or a router that reports itself. */
export type Sender = { readonly agent: AgentId | null; readonly router: DeviceId | null }

export type KindContext = {
  readonly topology: Topology
  readonly nowMs: number
  /** The timers ran so late that the appliance, not a sender, was inactive. */
  readonly isLate: boolean
}

export type AlertKind<Memory = unknown, Value = unknown> = Pick<
  AlertNow,
  /** Incidents use the same messages for all kinds that observe one component. */
  "observes"
> & {
  /** Stored; never reused for something else. */
  readonly id: Kind
  /** Every reason that `step` and the other methods give, and the phase it explains. */
  readonly reasons: Readonly<Record<Reason, Phase>>
  /** Parses the stored memory. Null: memory is not stored and starts empty after a restart. */
  readonly memory: z.ZodType<Memory> | null
  /**
   * Its devices are observed every few seconds: after a restart, no incident opens until each
   * known device has been observed again.
   */
  readonly delaysIncidentsAfterRestart?: boolean

  /** The alerts there are for this inventory. */
  subjects(topology: Topology): Iterable<Subject>
  /** A new alert that nothing has been observed of. */
  create(nowMs: number): CurrentState<Memory>
  /**
   * An alert after a restart; `memory` is undefined where none is stored or it cannot be read.
   * Default: the new alert with the stored state, observed when that state began.
   */
  restore?(state: State, memory: Memory | undefined, nowMs: number): CurrentState<Memory>
  /** The inventory has changed from `before` to `context.topology`. */
  updateTopology?(
    was: KindAlert<Memory>,
    before: Topology,
    context: KindContext,
  ): CurrentState<Memory>

  /** The subject that is alive because this sender sent a message; null: none. */
  senderEntity?(sender: Sender, topology: Topology): string | null
  /** The subject named by `senderEntity` has sent a message. */
  stepReceived?(was: KindAlert<Memory>, nowMs: number): CurrentState<Memory>

  /** Observations for this kind, in any order. */
  readings?(input: AlertInput): readonly Reading<Value>[]
  /** Applies one observation. `atMs` is the appliance's clock; stale ones never get here. */
  step?(was: KindAlert<Memory>, value: Value, atMs: number): CurrentState<Memory>
  /** The subject whose observation was rejected; it becomes unknown. Null: not of this kind. */
  rejectedEntity?(rejected: RejectedReading): string | null

  /** Runs twice a second for each alert. Returns `was` where time changes nothing. */
  evaluateTimer?(was: KindAlert<Memory>, context: KindContext): CurrentState<Memory>
  /** An alert not observed for longer becomes unknown. Null or no method: it does not. */
  unseenMs?(alert: KindAlert<Memory>, topology: Topology): number | null
  /**
   * When silence would make the alert down; null: silence does not. Before that time, the caller
   * checks that the appliance could receive messages at all.
   */
  offlineDueAtMs?(alert: KindAlert<Memory>, context: KindContext): number | null

  /** A figure behind the alert that people want to see; null while there is none. */
  figure?(alert: KindAlert<Memory>): number | null

  /** What cannot be observed while the alert is down. Null or no method: nothing. */
  hides?(alert: KindAlert<Memory>, context: KindContext): Hidden | null
}

/** Alerts of other kinds on these devices become unknown, with this reason, since `sinceMs`. */
export type Hidden = {
  readonly devices: Iterable<DeviceId>
  readonly sinceMs: number
  readonly reason: Reason
  /** Their reason from when the alert is no longer down until they are observed; null: unchanged. */
  readonly reasonAfter: Reason | null
}
