/** Values over time. A series is always reached through its device and organisation, never by a bare number. */

import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { P95 } from "./model.ts"
import type { Row, SourceTable } from "./range.ts"

/** `gridFromMs` is the first bucket's start: what lies before `fromMs` in that bucket belongs to it. */
export type Window = {
  readonly gridFromMs: number
  readonly toMs: number
  readonly bucketMs: number
}
export type PingColumn = "rttUs" | "rttMinUs" | "rttMaxUs" | "lossRatio"
export type InterfaceColumn = "rxBps" | "txBps" | "errorsPs" | "dropsPs" | "running"
export type HealthColumn = "cpuRatio" | "memoryRatio" | "uptimeS"
export type Subject = {
  readonly org: OrgId
  readonly device: string
  readonly interface: number | null
}

const bucket = (tx: Tx, { bucketMs }: Window) =>
  tx`(extract(epoch from ispvm.bin(${bucketMs}::float8 * interval '1 millisecond', ts)) * 1000)::float8 as "atMs"`
const within = (tx: Tx, { gridFromMs, toMs }: Omit<Window, "bucketMs">) =>
  tx`ts >= to_timestamp(${gridFromMs}::float8 / 1000) and ts < to_timestamp(${toMs}::float8 / 1000)`
const targets = (tx: Tx, s: Subject) =>
  tx`target_id in (select id from inventory.target where org_id = ${s.org} and device_id = ${s.device})`
const port = (tx: Tx, s: Subject) =>
  tx`interface_id in (select id from inventory.interface where org_id = ${s.org} and device_id = ${s.device} and id = ${s.interface})`
const device = (tx: Tx, s: Subject) =>
  tx`device_key in (select key from inventory.device where org_id = ${s.org} and id = ${s.device})`
const sensors = (tx: Tx, s: Subject) => tx`series_id in (
  select n.id from series.sensor n join inventory.device d on d.key = n.device_key where n.org_id = ${s.org} and d.id = ${s.device})`

const TABLES = {
  ping: "ping",
  interface: "interface_counters",
  health: "device_health",
  sensor: "metric_custom",
} as const

/** How long raw values of this kind are kept. */
export const keepRawMs = async (tx: Tx, kind: keyof typeof TABLES): Promise<number> => {
  const [row] = await tx<{ ms: number }[]>`
    select (extract(epoch from keep) * 1000)::float8 as ms
    from ispvm.series join ispvm.retention using (class) where name = ${TABLES[kind]}`
  return row?.ms ?? 0
}

/** The latest times at which raw values came, newest first. */
export const latestTimes = async (
  tx: Tx,
  kind: "ping" | "interface" | "health" | "sensor",
  subject: Subject,
  window: Window,
): Promise<number[]> => {
  const from = {
    ping: () => tx`series.ping where ${targets(tx, subject)}`,
    interface: () => tx`series.interface_counters where ${port(tx, subject)}`,
    health: () => tx`series.device_health where ${device(tx, subject)}`,
    sensor: () => tx`series.metric_custom where ${sensors(tx, subject)}`,
  }[kind]
  // Ten minutes hold enough steps, or else the steps are so long that a day's grid is wide enough anyhow; then the whole range is asked.
  const recent = { ...window, gridFromMs: Math.max(window.gridFromMs, window.toMs - 600_000) }
  const timesIn = (span: Window) => tx<{ atMs: number }[]>`
    select distinct (extract(epoch from ts) * 1000)::float8 as "atMs" from ${from()} and ${within(tx, span)}
    order by 1 desc limit 20`
  const rows = await timesIn(recent)
  return (rows.length >= 5 ? rows : await timesIn(window)).map(({ atMs }) => atMs)
}

export const pingRange = (
  tx: Tx,
  source: SourceTable,
  s: Subject,
  w: Window,
): Promise<Row<PingColumn>[]> =>
  source === "raw"
    ? tx<Row<PingColumn>[]>`
        select ${bucket(tx, w)}, avg(rtt_us)::float8 as "rttUs", min(rtt_us) as "rttMinUs", max(rtt_us) as "rttMaxUs",
          1 - sum(coalesce(received, answers::int))::float8 / nullif(sum(coalesce(sent, 1)), 0) as "lossRatio"
        from series.ping where ${targets(tx, s)} and ${within(tx, w)} group by 1 order by 1`
    : tx<Row<PingColumn>[]>`
        select ${bucket(tx, w)}, sum(rtt_sum)::float8 / nullif(sum(rtt_n), 0) as "rttUs", min(rtt_min) as "rttMinUs",
          max(rtt_max) as "rttMaxUs", 1 - sum(received)::float8 / nullif(sum(sent), 0)::float8 as "lossRatio"
        from ${tx(source === "5m" ? "series.ping_5m" : "series.ping_1h")}
        where ${targets(tx, s)} and ${within(tx, w)} group by 1 order by 1`

/** `running` is 1 only where the port had its link in the whole bucket: a short cut must not vanish in a mean. */
export const interfaceRange = (
  tx: Tx,
  source: SourceTable,
  s: Subject,
  w: Window,
): Promise<Row<InterfaceColumn>[]> =>
  source === "raw"
    ? tx<Row<InterfaceColumn>[]>`
        select ${bucket(tx, w)}, avg(rx_bps)::float8 as "rxBps", avg(tx_bps)::float8 as "txBps", avg(errs)::float8 as "errorsPs",
          avg(drops)::float8 as "dropsPs", bool_and(running)::int as running
        from series.interface_counters where ${port(tx, s)} and ${within(tx, w)} group by 1 order by 1`
    : tx<Row<InterfaceColumn>[]>`
        select ${bucket(tx, w)}, sum(rx_sum)::float8 / nullif(sum(rx_n), 0) as "rxBps", sum(tx_sum)::float8 / nullif(sum(tx_n), 0) as "txBps",
          sum(errs_sum) / nullif(sum(errs_n), 0) as "errorsPs", sum(drops_sum) / nullif(sum(drops_n), 0) as "dropsPs",
          (sum(running_n) = sum(n))::int as running
        from series.interface_counters_1h where ${port(tx, s)} and ${within(tx, w)} group by 1 order by 1`

export const healthRange = (
  tx: Tx,
  source: SourceTable,
  s: Subject,
  w: Window,
): Promise<Row<HealthColumn>[]> =>
  source === "raw"
    ? tx<Row<HealthColumn>[]>`
        select ${bucket(tx, w)}, avg(cpu_ratio)::float8 as "cpuRatio",
          avg(memory_used_byte::float8 / nullif(memory_total_byte, 0)) as "memoryRatio", max(uptime_s) as "uptimeS"
        from series.device_health where ${device(tx, s)} and ${within(tx, w)} group by 1 order by 1`
    : tx<Row<HealthColumn>[]>`
        select ${bucket(tx, w)}, sum(cpu_sum) / nullif(sum(cpu_n), 0) as "cpuRatio",
          sum(memory_sum)::float8 / nullif(sum(memory_n), 0) / nullif(max(memory_total), 0) as "memoryRatio", max(uptime_max) as "uptimeS"
        from series.device_health_1h where ${device(tx, s)} and ${within(tx, w)} group by 1 order by 1`

export type SensorName = { readonly id: number; readonly name: string; readonly unit: string }
export const sensorNames = (tx: Tx, s: Subject): Promise<SensorName[]> => tx<SensorName[]>`
  select n.id, n.name, n.unit from series.sensor n join inventory.device d on d.key = n.device_key
  where n.org_id = ${s.org} and d.id = ${s.device} order by n.name, n.id`

export type SensorRow = {
  readonly atMs: number
  readonly id: number
  readonly value: number
  readonly min: number
}
export const sensorRange = (
  tx: Tx,
  source: SourceTable,
  s: Subject,
  w: Window,
): Promise<SensorRow[]> =>
  source === "raw"
    ? tx<SensorRow[]>`
        select ${bucket(tx, w)}, series_id as id, avg(value) as value, min(value) as "min"
        from series.metric_custom where ${sensors(tx, s)} and ${within(tx, w)} group by 1, 2`
    : tx<SensorRow[]>`
        select ${bucket(tx, w)}, series_id as id, sum(value_sum) / sum(n) as value, min(value_min) as "min"
        from series.metric_custom_1h where ${sensors(tx, s)} and ${within(tx, w)} group by 1, 2`

/** Exact, hence from the raw values and never from a rollup. */
export const interfaceP95 = async (
  tx: Tx,
  s: Subject,
  range: { gridFromMs: number; toMs: number },
): Promise<P95> => {
  const [row] = await tx<P95[]>`
    select percentile_cont(0.95) within group (order by rx_bps) as "rxBps", percentile_cont(0.95) within group (order by tx_bps) as "txBps"
    from series.interface_counters where ${port(tx, s)} and ${within(tx, range)}`
  return row ?? { rxBps: null, txBps: null }
}
