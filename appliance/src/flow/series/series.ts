/** Values over time and the latest of each: written once, read by the hour, the day or the year. */
import type { Clock } from "../../platform/clock.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import type { Accepted } from "../ingest/model.ts"
import { type HousekeepingStep, runRound } from "./housekeeping.ts"
import type {
  DeviceNow,
  InterfaceNow,
  LinkNow,
  MinuteTraffic,
  P95,
  SeriesKind,
  SourceLast,
} from "./model.ts"
import * as now from "./now-store.ts"
import { type Columns, chooseBucket, chooseSource, spacing, spread, widthOf } from "./range.ts"
import * as range from "./range-store.ts"
import { sourcesOf } from "./sources.ts"
import * as store from "./store.ts"

export type SeriesRequest = {
  readonly device: string
  readonly kind: SeriesKind
  /** Which port; only for kind `interface`. */
  readonly interface: number | null
  readonly fromMs: number
  readonly toMs: number
  readonly points: number
}
export type SeriesResult = Columns & {
  readonly kind: SeriesKind
  readonly fromMs: number
  readonly toMs: number
  readonly bucketMs: number
  readonly units: Record<string, string>
}
/** Rows that were new, by series; a repeated batch has none. */
export type Stored = {
  readonly pings: number
  readonly interfaces: number
  readonly health: number
  readonly sensors: number
}

export type Series = {
  /** One round; throws what failed, after the rest has run. Ends early when `signal` aborts. */
  readonly runHousekeeping: (signal?: AbortSignal) => Promise<void>
  /** The clock was set back: last values from later than `marginMs` after now would stand until it has caught up. */
  readonly clampFutureTimes: (marginMs: number) => Promise<void>
  /** In the batch's own transaction. */
  readonly write: (tx: Tx, accepted: Accepted) => Promise<Stored>
  readonly read: (tx: Tx, org: OrgId, request: SeriesRequest) => Promise<SeriesResult>
  /** The 95th percentile of a port's rates, as bandwidth is billed. */
  readonly p95: (
    tx: Tx,
    org: OrgId,
    request: Pick<SeriesRequest, "device" | "interface" | "fromMs" | "toMs">,
  ) => Promise<P95>
  readonly devicesNow: (tx: Tx, org: OrgId, device: string | null) => Promise<readonly DeviceNow[]>
  readonly sourcesNow: (tx: Tx, org: OrgId, device: string | null) => Promise<readonly SourceLast[]>
  readonly interfacesNow: (tx: Tx, org: OrgId, device: string) => Promise<readonly InterfaceNow[]>
  readonly linksNow: (tx: Tx, org: OrgId) => Promise<readonly LinkNow[]>
  readonly linkTraffic: (
    tx: Tx,
    org: OrgId,
    fromMs: number,
    toMs: number,
  ) => Promise<readonly MinuteTraffic[]>
}

export type SeriesDeps = {
  /** The jobs' pool: upkeep may take long and must not hold up anybody. */
  readonly jobs: Db
  readonly clock: Clock
}

export const createSeries = ({ jobs, clock }: SeriesDeps): Series => {
  const runStep = async (step: HousekeepingStep): Promise<boolean> =>
    (await store.runStep(jobs.sql, step, clock.now())).more
  return {
    runHousekeeping: (signal) => runRound(runStep, signal),
    clampFutureTimes: (marginMs) => store.clampFutureTimes(jobs.sql, clock.now(), marginMs),
    write,
    read: (tx, org, request) => read(tx, org, request, clock.now()),
    p95: (tx, org, { fromMs, toMs, ...subject }) =>
      range.interfaceP95(tx, { org, ...subject }, { gridFromMs: fromMs, toMs }),
    devicesNow: (tx, org, device) => now.devicesNow(tx, org, device, clock.now()),
    sourcesNow: now.sourcesNow,
    interfacesNow: now.interfacesNow,
    linksNow: (tx, org) => now.linksNow(tx, org, clock.now()),
    linkTraffic: now.linkTraffic,
  }
}

/** Ports that repeat what others carry: their rates are not added to a device's. */
export const repeatingPorts = now.repeatingPorts
export const portsOfLinks = now.portsOfLinks
export const failingSources = now.failingSources
export { createFailingSources } from "./failing-sources.ts"

const write = async (tx: Tx, accepted: Accepted): Promise<Stored> => {
  const times = (items: readonly { readonly atMs: number }[]): number[] =>
    items.map(({ atMs }) => atMs)
  await store.preparePartitions(tx, [
    { series: "ping", times: times(accepted.pings) },
    { series: "interface_counters", times: times(accepted.interfaces) },
    { series: "device_health", times: times(accepted.health) },
    { series: "metric_custom", times: times(accepted.sensors) },
  ])
  const stored = {
    pings:
      accepted.agent === null ? 0 : await store.writePings(tx, accepted.agent.key, accepted.pings),
    interfaces: await store.writeInterfaces(tx, accepted.interfaces),
    health: await store.writeHealth(tx, accepted.health),
    sensors: await store.writeSensors(tx, accepted),
  }
  await store.writeSources(tx, sourcesOf(accepted))
  return stored
}

const PING = { rttUs: "µs", rttMinUs: "µs", rttMaxUs: "µs", lossRatio: "ratio" } as const
const INTERFACE = {
  rxBps: "bit/s",
  txBps: "bit/s",
  errorsPs: "count/s",
  dropsPs: "count/s",
  running: "bool",
} as const
const HEALTH = { cpuRatio: "ratio", memoryRatio: "ratio", uptimeS: "s" } as const

const read = async (
  tx: Tx,
  org: OrgId,
  request: SeriesRequest,
  nowMs: number,
): Promise<SeriesResult> => {
  const { kind, fromMs, toMs, points } = request
  const subject = { org, device: request.device, interface: request.interface }
  const source = chooseSource(kind, request, nowMs, await range.keepRawMs(tx, kind))
  const spacingMs =
    source === "raw"
      ? spacing(
          await range.latestTimes(tx, kind, subject, { gridFromMs: fromMs, toMs, bucketMs: 1 }),
        )
      : widthOf(source)
  const grid = chooseBucket(request, points, spacingMs)
  const window = { ...grid, toMs }
  const found = (columns: Columns, units: Record<string, string>): SeriesResult => ({
    kind,
    fromMs,
    toMs,
    bucketMs: grid.bucketMs,
    ...columns,
    units,
  })
  switch (kind) {
    case "ping":
      return found(
        spread(names(PING), await range.pingRange(tx, source, subject, window), grid, toMs),
        PING,
      )
    case "interface":
      return found(
        spread(
          names(INTERFACE),
          await range.interfaceRange(tx, source, subject, window),
          grid,
          toMs,
        ),
        INTERFACE,
      )
    case "health":
      return found(
        spread(names(HEALTH), await range.healthRange(tx, source, subject, window), grid, toMs),
        HEALTH,
      )
    case "sensor": {
      const sensors = labelled(await range.sensorNames(tx, subject))
      const rows = Map.groupBy(await range.sensorRange(tx, source, subject, window), ({ id }) => id)
      const atMs = spread([], [], grid, toMs).atMs
      const columns = sensors.map(({ id, label, unit }) => {
        const mine = (rows.get(id) ?? []).map(({ atMs: at, value, min }) => ({
          atMs: at,
          value: unit === "state" ? min : value,
        }))
        return [label, spread(["value"], mine, grid, toMs).columns.value ?? []] as const
      })
      const units = Object.fromEntries(sensors.map(({ label, unit }) => [label, unit]))
      return found({ atMs, columns: Object.fromEntries(columns) }, units)
    }
  }
}

const names = <C extends string>(units: Readonly<Record<C, string>>): C[] =>
  Object.keys(units) as C[]

/** A sensor that has had two units is two series: the second one carries its unit in its name. */
const labelled = (
  sensors: readonly range.SensorName[],
): readonly (range.SensorName & { readonly label: string })[] => {
  const taken = new Set<string>()
  return sensors.map((sensor) => {
    const label = taken.has(sensor.name) ? `${sensor.name} (${sensor.unit})` : sensor.name
    taken.add(label)
    return { ...sensor, label }
  })
}
