/** The data of the device page: loaded for a range, then continued by the stream. */
import type { Interface } from "@ispvm/appliance/api/inventory"
import type { Readings } from "@ispvm/appliance/api/live"
import type { DeviceMetricFamily, SeriesAnswer } from "@ispvm/appliance/api/series"
import type { Api } from "../../api/client.ts"
import { IN_TABS } from "./device-tabs.ts"
import {
  append,
  appendAt,
  columnsOf,
  merge,
  NO_COLUMNS,
  probeMetrics,
  stepOf,
  type TimeColumns,
} from "./time-columns.ts"

/** Columns have the names of their metrics; those of `ports` begin with the interface's id. */
export type DeviceSeries = {
  readonly families: readonly DeviceMetricFamily[]
  readonly ping: TimeColumns
  readonly health: TimeColumns
  readonly ports: TimeColumns
  /** Every other family that the device has values of, and that no tab draws. */
  readonly others: readonly SeriesAnswer[]
  readonly bucketMs: number
}
export const NO_SERIES: DeviceSeries = {
  families: [],
  ping: NO_COLUMNS,
  health: NO_COLUMNS,
  ports: NO_COLUMNS,
  others: [],
  bucketMs: 1_000,
}

/** More lines than this make a chart unreadable. */
const PORTS_SHOWN = 4
const POINTS = 500

export const busiest = (ports: readonly Interface[]): readonly Interface[] =>
  ports
    .filter((port) => port.disabled !== true && port.rxBps !== null)
    .sort((a, b) => load(b) - load(a))
    .slice(0, PORTS_SHOWN)

const load = (port: Interface): number => (port.rxBps ?? 0) + (port.txBps ?? 0)

/** Families whose charts the stream continues; the others are as they were loaded. */
const LIVE: ReadonlySet<string> = new Set(["ping", "health", "interface"])
const metricsOf = (families: readonly DeviceMetricFamily[], name: string): string =>
  families
    .filter(({ family }) => family === name)
    .flatMap(({ charts }) => charts.flatMap(({ metrics }) => metrics))
    .join(",")
const topOf = ({ charts }: DeviceMetricFamily): number | undefined => {
  const most = Math.max(...charts.map(({ top }) => top ?? 0))
  return most === 0 ? undefined : most
}

export const loadSeries = async (
  api: Api,
  id: string,
  { families, ports }: Pick<DeviceSeries, "families"> & { readonly ports: readonly Interface[] },
  span: { readonly fromMs: number; readonly toMs: number },
): Promise<DeviceSeries> => {
  const params = { from: Math.round(span.fromMs), to: Math.round(span.toMs), points: POINTS }
  const load = (family: string, more: { interface?: number } = {}) =>
    api.series(id, { family, metrics: metricsOf(families, family), ...params, ...more })
  const [ping, health, each] = await Promise.all([
    load("ping"),
    load("health"),
    Promise.all(ports.map((port) => load("interface", { interface: port.id }))),
  ])
  return {
    families,
    ping: columnsOf(ping),
    health: columnsOf(health),
    others: [],
    ports: merge(
      each.map((data, index) => ({ prefix: `${ports[index]?.id}.`, data: columnsOf(data) })),
    ),
    bucketMs: ping.bucketMs,
  }
}

/**
 * Families that no tab draws, such as those of a later release. They are loaded by themselves: the charts of
 * probes, processor and interfaces do not wait for them, and one that fails leaves out only itself.
 */
export const loadOthers = async (
  api: Api,
  id: string,
  families: readonly DeviceMetricFamily[],
  span: { readonly fromMs: number; readonly toMs: number },
): Promise<readonly SeriesAnswer[]> => {
  const answers = await Promise.allSettled(
    families
      .filter(
        ({ family, entity, hasValues, charts }) =>
          hasValues &&
          charts.length > 0 &&
          !LIVE.has(family) &&
          !IN_TABS.has(family) &&
          entity !== "interface",
      )
      .map((family) =>
        api.series(id, {
          ...{ family: family.family, metrics: metricsOf(families, family.family), points: POINTS },
          ...{ from: Math.round(span.fromMs), to: Math.round(span.toMs), top: topOf(family) },
        }),
      ),
  )
  return answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []))
}

/** `everyMs`: how often each kind of value is collected. */
export type Moment = {
  readonly id: string
  readonly fromMs: number
  readonly everyMs: { readonly health: number; readonly interface: number }
}

/**
 * Applies one message of the stream to this device. A message repeats what is known, so each value
 * is put where it was measured; one that is known already adds nothing.
 */
export const appendReadings = (
  was: DeviceSeries,
  readings: Readings,
  { id, fromMs, everyMs }: Moment,
): DeviceSeries => {
  const device = readings.devices.find((each) => each.id === id)
  const step = stepOf(was.bucketMs, 0)
  return {
    ...was,
    ping: appendAt(was.ping, device?.probedAtMs, fromMs, step, () =>
      device === undefined ? {} : probeMetrics(device),
    ),
    health: appendAt(
      was.health,
      device?.healthAtMs,
      fromMs,
      stepOf(was.bucketMs, everyMs.health),
      () => ({
        "device.cpu_pct": device?.cpuPct ?? null,
        "device.memory_pct": device?.memoryPct ?? null,
      }),
    ),
    ports: appendPorts(was, readings, id, fromMs, stepOf(was.bucketMs, everyMs.interface)),
  }
}

const appendPorts = (
  { ports: was }: DeviceSeries,
  readings: Readings,
  id: string,
  fromMs: number,
  stepMs: number,
): TimeColumns => {
  const ports = readings.interfaces.filter(
    (each) => each.deviceId === id && was.columns[`${each.id}.interface.rx_bps`] !== undefined,
  )
  if (ports.length === 0) return was
  const values = ports.flatMap((port) => [
    [`${port.id}.interface.rx_bps`, port.rxBps] as const,
    [`${port.id}.interface.tx_bps`, port.txBps] as const,
  ])
  const atMs = Math.max(...ports.map((port) => port.atMs))
  return append(was, atMs, Object.fromEntries(values), fromMs, stepMs)
}

/** The interface list, updated by the same message. */
export const patchPorts = (
  ports: readonly Interface[],
  readings: Readings,
): readonly Interface[] => {
  const fresh = new Map(readings.interfaces.map((each) => [each.id, each]))
  return ports.some((port) => fresh.has(port.id))
    ? ports.map((port) => ({ ...port, ...fresh.get(port.id) }))
    : ports
}
