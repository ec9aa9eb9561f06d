/**
 * The data of one end for the link and interface pages: loaded for a range, then continued by the
 * stream.
 */
import type { Readings } from "@ispvm/appliance/api/live"
import type { Api } from "../../api/client.ts"
import {
  appendAt,
  columnsOf,
  NO_COLUMNS,
  probeMetrics,
  stepOf,
  type TimeColumns,
} from "../device/time-columns.ts"

/** `interfaceId` is null if the end has no interface or an unknown one. */
export type End = { readonly deviceId: string; readonly interfaceId: number | null }
export type EndSeries = {
  readonly port: TimeColumns
  readonly ping: TimeColumns
  readonly bucketMs: number
}
export const NO_END: EndSeries = { port: NO_COLUMNS, ping: NO_COLUMNS, bucketMs: 1_000 }

const POINTS = 500
const PROBES = "ping.rtt_ms,ping.loss_pct"
const TRAFFIC = "interface.rx_bps,interface.tx_bps,interface.errors,interface.drops"

export const loadEnd = async (
  api: Pick<Api, "series">,
  { deviceId, interfaceId }: End,
  span: { readonly fromMs: number; readonly toMs: number },
): Promise<EndSeries> => {
  const params = { from: Math.round(span.fromMs), to: Math.round(span.toMs), points: POINTS }
  const [ping, port] = await Promise.all([
    api.series(deviceId, { family: "ping", metrics: PROBES, ...params }),
    interfaceId === null
      ? null
      : api.series(deviceId, {
          family: "interface",
          interface: interfaceId,
          metrics: TRAFFIC,
          ...params,
        }),
  ])
  return {
    ping: columnsOf(ping),
    port: port === null ? NO_COLUMNS : columnsOf(port),
    bucketMs: ping.bucketMs,
  }
}

/**
 * Applies one message of the stream to this end, each value where it was measured, and drops points
 * before `fromMs`. `everyMs`: how often the interface is polled.
 */
export const appendEnd = (
  was: EndSeries,
  readings: Readings,
  end: End,
  { fromMs, everyMs }: { readonly fromMs: number; readonly everyMs: number },
): EndSeries => {
  const device = readings.devices.find((each) => each.id === end.deviceId)
  const port = readings.interfaces.find(
    (each) => each.id === end.interfaceId && each.deviceId === end.deviceId,
  )
  return {
    ...was,
    ping: appendAt(was.ping, device?.probedAtMs, fromMs, stepOf(was.bucketMs, 0), () =>
      device === undefined ? {} : probeMetrics(device),
    ),
    port: appendAt(was.port, port?.atMs, fromMs, stepOf(was.bucketMs, everyMs), () => ({
      "interface.rx_bps": port?.rxBps ?? null,
      "interface.tx_bps": port?.txBps ?? null,
      "interface.errors": port?.errorsPs ?? null,
      "interface.drops": port?.dropsPs ?? null,
    })),
  }
}
