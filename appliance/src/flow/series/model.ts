/** Types of the series module. */

import type { Intervals } from "@ispvm/wire"
import type { PublicValue, Unit } from "@ispvm/wire/families"
import type { DeviceId } from "../../platform/ids.ts"

/**
 * `interface`: which one, of a family by interface. `name`: only this thing, of a family by name;
 * otherwise at most `top` of them. `metrics`: only these; all if omitted.
 */
export type SeriesRequest = {
  readonly device: string
  readonly family: string
  readonly interface?: number | null | undefined
  readonly name?: string | undefined
  readonly metrics?: readonly string[] | undefined
  readonly top?: number | undefined
  readonly fromMs: number
  readonly toMs: number
  readonly points: number
}
/** `name`: of a named thing. `unit`: its own, if its family leaves that to each. */
export type SeriesItem = {
  readonly name: string | null
  readonly unit: string | null
  readonly columns: Record<string, (number | null)[]>
}
/** `total`: how many things there are. `states`: code by name, of each metric that is a state. */
export type SeriesResult = {
  readonly family: string
  readonly fromMs: number
  readonly toMs: number
  readonly bucketMs: number
  readonly atMs: number[]
  readonly items: SeriesItem[]
  readonly total: number
  readonly units: Record<string, Unit>
  readonly states: Record<string, Record<string, number>>
}
export type LatestValues = {
  readonly family: string
  readonly name: string | null
  readonly unit: string | null
  readonly atMs: number
  readonly values: Readonly<Record<string, PublicValue>>
}
export type P95 = { readonly rxBps: number | null; readonly txBps: number | null }
/** The latest values: one row a device, a source, a port, a link. Null: not reported, or too old. */
export type DeviceNow = {
  readonly deviceId: string
  readonly lastSeenAtMs: number | null
  /** When the probe, the health and the traffic values were measured. */
  readonly probedAtMs: number | null
  readonly healthAtMs: number | null
  readonly trafficAtMs: number | null
  readonly rttMs: number | null
  readonly lossPct: number | null
  readonly uptimeS: number | null
  readonly cpuPct: number | null
  readonly memoryPct: number | null
  readonly rxBps: number | null
  readonly txBps: number | null
}
/** The longest intervals at which the devices of an organisation are read. */
export type PollIntervals = Readonly<Pick<Intervals, "interfaceMs" | "healthMs">>
export type SourceLast = {
  readonly deviceId: string
  readonly source: string
  readonly lastAtMs: number | null
  readonly problem: string | null
}
export type InterfaceNow = {
  readonly interfaceId: number
  readonly running: boolean
  readonly disabled: boolean
  readonly rxBps: number | null
  readonly txBps: number | null
  readonly errorsPs: number | null
  readonly dropsPs: number | null
  readonly atMs: number
}
export type LinkNow = {
  readonly linkId: string
  readonly aInterfaceId: number | null
  readonly bInterfaceId: number | null
  readonly aToBBps: number | null
  readonly bToABps: number | null
  readonly atMs: number | null
}
export type MinuteTraffic = { readonly atMs: number; readonly bps: number }
/** `message` is what the agent met; `sinceMs` when it was first said of this failure. */
export type FailingSource = {
  readonly source: string
  readonly message: string
  readonly sinceMs: number
}
export type StoredFailure = FailingSource & { readonly deviceId: string }

/** What is usual of one thing at an hour of the week. */
export type UsualValue = {
  readonly device: DeviceId
  /** Of an interface or a named thing. */
  readonly name: string | null
  readonly mean: number
  readonly deviation: number
}
