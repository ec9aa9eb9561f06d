/**
 * What every source of readings looks like to the scheduler, and the readings it gives to normalize.
 *
 * A reading is what a device said, parsed at this edge but not yet judged: counters stay cumulative, and numbers keep the
 * device's own unit, named beside them. Normalize makes rates and canonical units out of them.
 */
import type { AssignedDevice, DeviceId, Source, TestReason } from "@ispvm/wire"
import type { Counters } from "@ispvm/wire/counters"

export type { Counter, Counters } from "@ispvm/wire/counters"

/** The intervals of a device (`Intervals` on the wire) that a collector can be bound to. */
export type Tier = "interface" | "health" | "facts"

type Common = { readonly device: DeviceId; readonly source: Source; readonly atMs: number }

/** One port at one moment. `uptimeS` is the device's, read together with the counters: going back means they began anew. */
export type InterfaceReading = Common & {
  readonly kind: "interface"
  readonly interface: string
  readonly running: boolean
  readonly disabled: boolean
  /** Made by the router for a session (PPPoE, L2TP …); its counters begin anew with each session. */
  readonly dynamic: boolean
  readonly uptimeS: number | null
  readonly counters: Counters
  /** What the port can carry, as read together with the counters; left out or null: not told. */
  readonly speedBps?: number | null
  /** When the device last broke off counting, in a measure of its own: another value means that counting began anew. */
  readonly discontinuity?: number | null
  readonly hostUptimeS?: number | null
  /** Not all ports of the device were read: those that are missing are still there. */
  readonly isPartial?: boolean
}

/** The device's resources. Where only free or only used is told, the other is null; normalize subtracts. */
export type HealthReading = Common & {
  readonly kind: "health"
  readonly uptimeS: number | null
  /** Of the host below the service whose uptime it is, where that is told apart (hrSystemUptime). */
  readonly hostUptimeS?: number | null
  /** One entry a core, or a single one for all; empty where not told. */
  readonly cpuPercents: readonly number[]
  readonly memory: Store
  readonly disk: Store
}
export type Store = {
  readonly totalByte: number | null
  readonly usedByte: number | null
  readonly freeByte: number | null
}

/** One sensor. `unit` is the device's own word: RouterOS `C` `V` `A` `W` `RPM`, SNMP `celsius` `rpm` `dV` `dA` `dW` `status` …; null is none. */
export type SensorReading = Common & {
  readonly kind: "sensor"
  readonly sensor: string
  readonly value: number | string
  readonly unit: string | null
}

export type PortFact = {
  readonly name: string
  readonly type: string
  readonly mac: string | null
  readonly comment: string | null
  readonly mtu: number | null
  readonly speedBps: number | null
  readonly ifIndex: number | null
  readonly dynamic: boolean
}

/** What the device says it is; null is "not told by this source". */
export type FactsReading = Common & {
  readonly kind: "facts"
  readonly identity: string | null
  readonly vendor: string | null
  readonly board: string | null
  readonly version: string | null
  readonly architecture: string | null
  readonly serial: string | null
  readonly interfaces: readonly PortFact[] | null
}

export type Reading = InterfaceReading | HealthReading | SensorReading | FactsReading

/** What one look costs, so that the scheduler can cap what runs at once and cut off what hangs. */
export type Cost = {
  /** Round trips of one look, about. */
  readonly requests: number
  /** The look is given up after this long; `collect` keeps its own deadlines below it. */
  readonly deadlineMs: number
  /** A look with this weight counts so many times against the cap on looks at once. */
  readonly weight: number
}

/**
 * One way of reading one tier of one kind of device. `collect` is called for one device at most once at a time per
 * collector, throws `CollectError` when the device cannot be read, and settles soon after `signal` aborts.
 */
export type Collector = {
  readonly source: Source
  readonly every: Tier
  readonly cost: Cost
  /** Whether this device is read this way at all: the access for it is there. */
  supports(device: AssignedDevice): boolean
  collect(device: AssignedDevice, signal: AbortSignal): Promise<Reading[]>
}

/** A set of collectors sharing what is kept open between looks (sessions, sockets). */
export type Collectors = {
  readonly all: readonly Collector[]
  /** The device left the assignment, or its access changed: let go of all that is kept for it. */
  forget(device: DeviceId): void
  close(): Promise<void>
}

/** Why a device could not be read, in the words of the wire contract, so that log, event and screen all show the same one. */
export type CollectReason = Exclude<TestReason, "ok" | "not-tried" | "icmp-unavailable">

/** `message` says what was tried on what; it never holds a secret. */
export class CollectError extends Error {
  override readonly name = "CollectError"
  readonly reason: CollectReason
  /** What was read before it failed: it is used, and the failure is reported all the same. */
  readonly partial: readonly Reading[]
  constructor(
    reason: CollectReason,
    message: string,
    cause?: unknown,
    partial: readonly Reading[] = [],
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.reason = reason
    this.partial = partial
  }
}
