/** What the device page draws: loaded for a range, then carried on by the stream, second by second. */
import type { Interface } from "@ispvm/appliance/api/inventory"
import type { Readings } from "@ispvm/appliance/api/live"
import type { Api } from "../../api/client.ts"
import { append, merge, NO_COLUMNS, type TimeColumns } from "./time-columns.ts"

export type DeviceSeries = {
  readonly ping: TimeColumns
  readonly health: TimeColumns
  readonly ports: TimeColumns
  readonly sensors: TimeColumns
  readonly units: Readonly<Record<string, string>>
  readonly bucketMs: number
}
export const NO_SERIES: DeviceSeries = {
  ping: NO_COLUMNS,
  health: NO_COLUMNS,
  ports: NO_COLUMNS,
  sensors: NO_COLUMNS,
  units: {},
  bucketMs: 1_000,
}

/** More lines than this in one chart are a tangle. */
export const PORTS_SHOWN = 4
const POINTS = 500

export const busiest = (ports: readonly Interface[]): readonly Interface[] =>
  ports
    .filter((port) => port.disabled !== true && port.rxBps !== null)
    .sort((a, b) => load(b) - load(a))
    .slice(0, PORTS_SHOWN)

const load = (port: Interface): number => (port.rxBps ?? 0) + (port.txBps ?? 0)

export const loadSeries = async (
  api: Api,
  id: string,
  ports: readonly Interface[],
  span: { readonly fromMs: number; readonly toMs: number },
): Promise<DeviceSeries> => {
  const params = { from: Math.round(span.fromMs), to: Math.round(span.toMs), points: POINTS }
  const [ping, health, sensors, ...each] = await Promise.all([
    api.series(id, { kind: "ping", ...params }),
    api.series(id, { kind: "health", ...params }),
    api.series(id, { kind: "sensor", ...params }),
    ...ports.map((port) => api.series(id, { kind: "interface", interface: port.id, ...params })),
  ])
  return {
    ping,
    health,
    sensors,
    ports: merge(each.map((data, index) => ({ prefix: `${ports[index]?.id}.`, data }))),
    units: sensors.units,
    bucketMs: ping.bucketMs,
  }
}

/** Health and ports are looked at every ten seconds or so; more often the stream only repeats what is known. */
const SLOW_MS = 10_000

type Moment = {
  readonly id: string
  readonly fromMs: number
  readonly nowMs: number
  readonly isUnreachable: boolean
}

/** One message of the stream, as far as it concerns this device. Of a silent device only its silence is new. */
export const appendReadings = (
  was: DeviceSeries,
  readings: Readings,
  { id, fromMs, nowMs, isUnreachable }: Moment,
): DeviceSeries => {
  const device = readings.devices.find((each) => each.id === id)
  const step = Math.max(was.bucketMs, 1_000)
  const slow = Math.max(step, SLOW_MS * 1.5)
  const ports = readings.interfaces.filter(
    (each) => each.deviceId === id && was.ports.columns[`${each.id}.rxBps`] !== undefined,
  )
  const ofPorts = Object.fromEntries(
    ports.flatMap((port) => [
      [`${port.id}.rxBps`, port.rxBps],
      [`${port.id}.txBps`, port.txBps],
    ]),
  )
  const portsAtMs = Math.max(...ports.map((port) => port.atMs))
  const rtt = device?.rttUs ?? null
  const knownHealthMs = was.health.atMs.at(-1) ?? 0
  const isHealthDue =
    device !== undefined &&
    !isUnreachable &&
    device.cpuRatio !== null &&
    nowMs - knownHealthMs >= SLOW_MS
  return {
    ...was,
    ping:
      device === undefined
        ? was.ping
        : append(
            was.ping,
            nowMs,
            { rttUs: rtt, rttMinUs: rtt, rttMaxUs: rtt, lossRatio: device.lossRatio },
            fromMs,
            step,
          ),
    health: isHealthDue
      ? append(
          was.health,
          nowMs,
          { cpuRatio: device.cpuRatio, memoryRatio: device.memoryRatio },
          fromMs,
          slow,
        )
      : was.health,
    ports: ports.length === 0 ? was.ports : append(was.ports, portsAtMs, ofPorts, fromMs, slow),
  }
}

/** The ports' list, kept fresh by the same message. */
export const patchPorts = (
  ports: readonly Interface[],
  readings: Readings,
): readonly Interface[] => {
  const fresh = new Map(readings.interfaces.map((each) => [each.id, each]))
  return ports.some((port) => fresh.has(port.id))
    ? ports.map((port) => ({ ...port, ...fresh.get(port.id) }))
    : ports
}
