/**
 * The data of one end for the link and interface pages: loaded for a range, then continued by the
 * stream.
 */
import type { Readings } from "@ispvm/appliance/api/live"
import type { Api } from "../../api/client.ts"
import {
  append,
  columnsOf,
  NO_COLUMNS,
  probeMetrics,
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
/** Interfaces are polled about every ten seconds. */
const PORT_STEP_MS = 15_000

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

/** Applies one message of the stream to this end and drops points before `fromMs`. */
export const appendEnd = (
  was: EndSeries,
  readings: Readings,
  end: End,
  { fromMs, nowMs }: { readonly fromMs: number; readonly nowMs: number },
): EndSeries => {
  const device = readings.devices.find((each) => each.id === end.deviceId)
  const port = readings.interfaces.find(
    (each) => each.id === end.interfaceId && each.deviceId === end.deviceId,
  )
  const step = Math.max(was.bucketMs, 1_000)
  return {
    ...was,
    ping:
      device === undefined || device.lossRatio === null
        ? was.ping
        : append(was.ping, nowMs, probeMetrics(device), fromMs, step),
    port:
      port === undefined
        ? was.port
        : append(
            was.port,
            port.atMs,
            {
              "interface.rx_bps": port.rxBps,
              "interface.tx_bps": port.txBps,
              "interface.errors": port.errorsPs,
              "interface.drops": port.dropsPs,
            },
            fromMs,
            Math.max(step, PORT_STEP_MS),
          ),
  }
}
