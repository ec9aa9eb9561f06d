/** Types of the series module. */

export type SeriesKind = "ping" | "interface" | "health" | "sensor"
export type P95 = { readonly rxBps: number | null; readonly txBps: number | null }
/** The latest values: one row a device, a source, a port, a link. Null is "not told", or too long ago to be now. */
export type DeviceNow = {
  readonly deviceId: string
  readonly lastSeenAtMs: number | null
  /** When the probe, the health and the traffic values were measured. */
  readonly probedAtMs: number | null
  readonly healthAtMs: number | null
  readonly trafficAtMs: number | null
  readonly rttUs: number | null
  readonly lossRatio: number | null
  readonly uptimeS: number | null
  readonly cpuRatio: number | null
  readonly memoryRatio: number | null
  readonly rxBps: number | null
  readonly txBps: number | null
}
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
