/**
 * The interface of a source of readings to the scheduler, and the readings it gives to normalize.
 *
 * A reading is what a device reported, parsed but not interpreted: counters are cumulative, and
 * numbers keep the device's unit, which is named beside them. Normalize makes rates and canonical
 * units out of them.
 */
import type { AssignedDevice, DeviceId, Intervals, Source, TestReason } from "@ispvm/wire"
import type { Counters } from "@ispvm/wire/counters"
import { FAMILIES, type Family } from "@ispvm/wire/families"
import type { TableName } from "@ispvm/wire/tables"

export type { Counter, Counters } from "@ispvm/wire/counters"

/**
 * What a collector reads: `facts`, or the name of a metric family. Of two collectors that read the
 * same, the second one is a fallback.
 */
export type Tier = string

type Common = { readonly device: DeviceId; readonly source: Source; readonly atMs: number }

/**
 * One interface at one moment. `uptimeS` is the device's, read together with the counters: if it
 * goes back, the counters restarted.
 */
export type InterfaceReading = Common & {
  readonly kind: "interface"
  readonly interface: string
  /** What the device counts the interface by: `.id` or ifIndex. Another one is another counter. */
  readonly id?: string | null
  readonly running: boolean
  readonly disabled: boolean
  /**
   * Created by the router for a session (PPPoE, L2TP …). Its counters restart with each session.
   */
  readonly dynamic: boolean
  readonly uptimeS: number | null
  readonly counters: Counters
  /** The speed of the interface, read together with the counters; omitted or null: not reported. */
  readonly speedBps?: number | null
  /**
   * When the device last interrupted counting, in its own unit: another value means that counting
   * restarted.
   */
  readonly discontinuity?: number | null
  readonly hostUptimeS?: number | null
  /** Not all interfaces of the device were read: missing ones still exist. */
  readonly isPartial?: boolean
}

/**
 * The device's resources. If only free or only used is reported, the other is null; normalize
 * subtracts.
 */
export type HealthReading = Common & {
  readonly kind: "health"
  readonly uptimeS: number | null
  /** The uptime of the host, if `uptimeS` is only that of the service (hrSystemUptime). */
  readonly hostUptimeS?: number | null
  /** One entry per core, or a single one for all; empty if not reported. */
  readonly cpuPercents: readonly number[]
  readonly memory: Store
  readonly disk: Store
}
export type Store = {
  readonly totalByte: number | null
  readonly usedByte: number | null
  readonly freeByte: number | null
}

/**
 * One sensor. `unit` is the device's term: RouterOS `C` `V` `A` `W` `RPM`, SNMP `celsius` `rpm`
 * `dV` `dA` `dW` `status` …; null if there is none.
 */
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
  /** RouterOS `.id`; omitted: the source has none. */
  readonly id?: string
  readonly dynamic: boolean
}

/** What the device reports about itself; null: this source does not report it. */
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

/**
 * Values of any other metric family, by the names of its row. `name`: of the thing or interface; ""
 * of a family by device. A bigint is a total, of which normalize makes a rate (`perCount` of the
 * row). `uptimeS` is the device's, if it was read together with totals.
 */
export type FamilyReading = Common & {
  readonly kind: "family"
  readonly family: string
  readonly name: string
  /** Of a family whose names have units of their own. */
  readonly unit?: string
  readonly uptimeS: number | null
  readonly values: Readonly<Record<string, number | bigint | boolean | string | null>>
}

/**
 * All rows of a table of the device, by the columns of its row in `agent/wire/tables`; what the
 * device does not report is null or missing. `key` identifies a row as long as it exists. With
 * `gone`, only the rows that are new or changed, and the keys of those that no longer exist.
 */
export type TableReading = Common & {
  readonly kind: "table"
  readonly table: TableName
  readonly rows: readonly {
    readonly key: string
    readonly values: Readonly<Record<string, string | number | boolean | null | undefined>>
  }[]
  readonly gone?: readonly string[]
}

export type Reading =
  | InterfaceReading
  | HealthReading
  | SensorReading
  | FactsReading
  | FamilyReading
  | TableReading

/**
 * The cost of one poll, by which the scheduler limits concurrent polls and ends polls that hang.
 */
export type Cost = {
  /** Approximate round trips of one poll. */
  readonly requests: number
  /** The poll is aborted after this time. `collect` keeps its own, shorter deadlines. */
  readonly deadlineMs: number
  /** A poll counts this often against the limit of concurrent polls. */
  readonly weight: number
}

/**
 * One way to read one kind of data. `collect` is never called twice at once for one device, throws
 * `CollectError` if the device cannot be read, and ends soon after `signal` aborts.
 */
export type Collector = {
  readonly source: Source
  readonly reads: Tier
  /** Its interval in ms, unless the assignment sets another one for this collector; 0: never. */
  readonly everyMs: (intervals: Intervals) => number
  readonly cost: Cost
  /** Whether the device has the access that this collector needs. */
  supports(device: AssignedDevice): boolean
  collect(device: AssignedDevice, signal: AbortSignal): Promise<Reading[]>
  /** A schedule of its own: ms from now until the next poll. Absent: the interval. */
  waitMs?(device: AssignedDevice, everyMs: number, after: "assigned" | "polled"): number
  /** A poll soon is requested: what a reading of several polls has read already may be old. */
  requested?(device: DeviceId): void
  /** Of a reading of several polls. Null: it goes on. Absent: each poll is one. */
  costOf?(device: DeviceId): Spent | null
}
/** What a reading has cost. */
export type Spent = { readonly tookMs: number; readonly receivedByte: number }

/** The key of a collector in `collectorIntervals` of the wire, such as `snmp.health`. */
export const collectorKey = ({ source, reads }: Pick<Collector, "source" | "reads">): string =>
  `${source}.${reads}`

/** The interval of this collector for this device in ms; 0: never. */
export const everyMsOf = (
  collector: Pick<Collector, "source" | "reads" | "everyMs">,
  { intervals, collectorIntervals }: Pick<AssignedDevice, "intervals" | "collectorIntervals">,
): number => collectorIntervals?.[collectorKey(collector)] ?? collector.everyMs(intervals)

/** Whether facts of the device are read from this source. */
export const readsFacts = (source: Source, device: AssignedDevice): boolean =>
  everyMsOf({ source, reads: "facts", everyMs: ({ factsMs }) => factsMs }, device) > 0

/** What a source knows of a device besides its readings. */
export type Observed = {
  /** Received from the device since the agent started. */
  readonly receivedByte: number
  /** Menus of a collector that this release does not have. */
  readonly missingMenus: readonly string[]
  /** Menus of a collector that the account may not read. */
  readonly forbiddenMenus: readonly string[]
}

/** A menu whose changes a device reports by itself, or why it is polled instead. */
export type StreamReport = {
  readonly name: string
  readonly menu: string
  readonly state: "listening" | "polling"
  readonly reason: string | null
  readonly rows: number
  readonly lastMs: number | null
}

/** Collectors that share open sessions or sockets between polls. */
export type Collectors = {
  readonly all: readonly Collector[]
  /** For the collector that reads this; null or absent: not measured. */
  observe?(device: DeviceId, reads: Tier): Observed | null
  /** None, or absent: the device is only polled. */
  streams?(device: DeviceId): readonly StreamReport[]
  /** The device left the assignment, or its access changed: release everything kept for it. */
  forget(device: DeviceId): void
  close(): Promise<void>
}

/**
 * Why a device could not be read, in terms of the wire, so that log, event and UI show the same.
 */
export type CollectReason = Exclude<TestReason, "ok" | "not-tried" | "icmp-unavailable">

/** `message` says what was tried; it never contains a secret. */
export class CollectError extends Error {
  override readonly name = "CollectError"
  readonly reason: CollectReason
  /** What was read before the failure. It is used, and the failure is reported as well. */
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

/** What the row of this family states of the collector that reads it from a source. */
export const familyCollector = (
  name: (typeof FAMILIES)[number]["name"],
  source: Source,
  families: readonly Family[] = FAMILIES,
): Pick<Collector, "reads" | "everyMs"> => {
  const everyMs = families.find((family) => family.name === name)?.polledBy[source] ?? 0
  return { reads: name, everyMs: () => everyMs }
}

/** A collector as its source lists it: what it reads and costs, and how it reads with a `Poll`. */
export type CollectorRow<Poll> = Pick<Collector, "reads" | "everyMs"> &
  Cost & { collect(poll: Poll): Promise<Reading[]> }
