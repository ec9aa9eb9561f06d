/** What a batch leaves in the series and in the tables of last values. Every statement may run twice and changes nothing the second time. */
import type { Sql, Tx } from "../../platform/postgres/db.ts"
import type { Accepted } from "../ingest/model.ts"
import type { HousekeepingStep } from "./housekeeping.ts"
import type { SourceNow } from "./sources.ts"
import { hours } from "./spans.ts"

export type Written = { readonly series: string; readonly times: readonly number[] }

/** Makes missing partitions and marks what comes late. Has to come before the first row of the transaction. */
export const preparePartitions = async (tx: Tx, written: readonly Written[]): Promise<void> => {
  const spans = written.flatMap(({ series, times }) =>
    hours(times).map((span) => ({ series, ...span })),
  )
  if (spans.length === 0) return
  await tx`
    select ispvm.premake(name, to_timestamp(lo / 1000), to_timestamp(hi / 1000)),
      ispvm.late(name, to_timestamp(lo / 1000), to_timestamp(hi / 1000))
    from unnest(${spans.map((s) => s.series)}::text[], ${spans.map((s) => s.fromMs)}::float8[], ${spans.map((s) => s.toMs)}::float8[])
      as span (name, lo, hi)`
}

// Lists of booleans travel as 0 and 1.
const bit = (value: boolean): number => (value ? 1 : 0)
const whole = (value: number | null | undefined): number | null =>
  value == null ? null : Math.round(value)
/** `real` refuses what is too small for it: rounded here to what it can hold, 0 among it. */
const single = (value: number | null): number | null => (value === null ? null : Math.fround(value))

/** Answers how many rows were new. */
export const writePings = async (
  tx: Tx,
  agentKey: number,
  pings: Accepted["pings"],
): Promise<number> => {
  if (pings.length === 0) return 0
  const [row] = await tx<{ stored: number }[]>`
    with fresh as (
      insert into series.ping (ts, target_id, agent_id, sent, received, rtt_us, jitter_us, answers)
      select to_timestamp(at / 1000), target_id, ${agentKey}::int, sent, received, rtt_us, jitter_us, answers = 1
      from unnest(${pings.map((p) => p.atMs)}::float8[], ${pings.map((p) => p.targetId)}::int[],
        ${pings.map((p) => p.icmp?.sent ?? null)}::smallint[], ${pings.map((p) => p.icmp?.received ?? null)}::smallint[],
        ${pings.map((p) => whole(p.icmp?.rttUs))}::int[], ${pings.map((p) => whole(p.icmp?.jitterUs))}::int[],
        ${pings.map((p) => bit(p.answers))}::int[]) as given (at, target_id, sent, received, rtt_us, jitter_us, answers)
      on conflict do nothing
      returning ts, target_id, agent_id, coalesce(sent, 1) as sent, coalesce(received, answers::int) as received, rtt_us, jitter_us, answers
    ), dated as (
      select *, date_trunc('minute', max(ts) over (partition by target_id)) as minute from fresh
    ), last as (
      insert into series.ping_last as l (target_id, agent_id, ts, answers, answered_at, rtt_us, jitter_us, minute,
        sent, received, sent_before, received_before)
      select target_id, agent_id, max(ts), (array_agg(answers order by ts desc))[1], max(ts) filter (where answers),
        (array_agg(rtt_us order by ts desc))[1], (array_agg(jitter_us order by ts desc))[1], minute,
        sum(sent) filter (where ts >= minute), sum(received) filter (where ts >= minute),
        coalesce(sum(sent) filter (where ts < minute and ts >= minute - interval '1 minute'), 0),
        coalesce(sum(received) filter (where ts < minute and ts >= minute - interval '1 minute'), 0)
      from dated group by target_id, agent_id, minute
      order by target_id
      on conflict (target_id, agent_id) do update set
        ts = greatest(l.ts, excluded.ts),
        answered_at = greatest(l.answered_at, excluded.answered_at),
        answers = case when excluded.ts > l.ts then excluded.answers else l.answers end,
        rtt_us = case when excluded.ts > l.ts then excluded.rtt_us else l.rtt_us end,
        jitter_us = case when excluded.ts > l.ts then excluded.jitter_us else l.jitter_us end,
        minute = greatest(l.minute, excluded.minute),
        sent = case when excluded.minute > l.minute then excluded.sent
          when excluded.minute = l.minute then l.sent + excluded.sent else l.sent end,
        received = case when excluded.minute > l.minute then excluded.received
          when excluded.minute = l.minute then l.received + excluded.received else l.received end,
        sent_before = case excluded.minute - l.minute
          when interval '0' then l.sent_before + excluded.sent_before
          when interval '1 minute' then l.sent + excluded.sent_before
          when interval '-1 minute' then l.sent_before + excluded.sent
          else case when excluded.minute > l.minute then excluded.sent_before else l.sent_before end end,
        received_before = case excluded.minute - l.minute
          when interval '0' then l.received_before + excluded.received_before
          when interval '1 minute' then l.received + excluded.received_before
          when interval '-1 minute' then l.received_before + excluded.received
          else case when excluded.minute > l.minute then excluded.received_before else l.received_before end end
      where excluded.minute >= l.minute - interval '1 minute'
    )
    select count(*)::int as stored from fresh`
  return row?.stored ?? 0
}

export const writeInterfaces = async (tx: Tx, samples: Accepted["interfaces"]): Promise<number> => {
  if (samples.length === 0) return 0
  const given = tx`unnest(${samples.map((s) => s.atMs)}::float8[], ${samples.map((s) => s.interfaceId)}::int[],
    ${samples.map((s) => bit(s.running))}::int[], ${samples.map((s) => bit(s.disabled))}::int[],
    ${samples.map((s) => whole(s.rxBps))}::bigint[], ${samples.map((s) => whole(s.txBps))}::bigint[],
    ${samples.map((s) => single(s.rxPps))}::real[], ${samples.map((s) => single(s.txPps))}::real[],
    ${samples.map((s) => single(s.errorsPs))}::real[], ${samples.map((s) => single(s.dropsPs))}::real[])
    as given (at, interface_id, running, disabled, rx_bps, tx_bps, rx_pps, tx_pps, errs, drops)`
  const stored = await tx`
    insert into series.interface_counters (ts, interface_id, running, rx_bps, tx_bps, rx_pps, tx_pps, errs, drops)
    select to_timestamp(at / 1000), interface_id, running = 1, rx_bps, tx_bps, rx_pps, tx_pps, errs, drops from ${given}
    on conflict do nothing`
  await tx`
    insert into series.interface_last as l
      (interface_id, ts, running, disabled, rx_bps, tx_bps, rx_pps, tx_pps, errs, drops)
    select distinct on (interface_id) interface_id, to_timestamp(at / 1000), running = 1, disabled = 1, rx_bps, tx_bps, rx_pps, tx_pps, errs, drops
    from ${given} order by interface_id, at desc
    on conflict (interface_id) do update set ts = excluded.ts, running = excluded.running, disabled = excluded.disabled,
      rx_bps = excluded.rx_bps, tx_bps = excluded.tx_bps, rx_pps = excluded.rx_pps, tx_pps = excluded.tx_pps,
      errs = excluded.errs, drops = excluded.drops
    where l.ts < excluded.ts`
  return stored.count
}

export const writeHealth = async (tx: Tx, samples: Accepted["health"]): Promise<number> => {
  if (samples.length === 0) return 0
  const given = tx`unnest(${samples.map((s) => s.atMs)}::float8[], ${samples.map((s) => s.deviceKey)}::int[],
    ${samples.map((s) => whole(s.uptimeS))}::bigint[], ${samples.map((s) => single(s.cpuRatio))}::real[],
    ${samples.map((s) => whole(s.memoryUsedByte))}::bigint[], ${samples.map((s) => whole(s.memoryTotalByte))}::bigint[],
    ${samples.map((s) => whole(s.diskUsedByte))}::bigint[], ${samples.map((s) => whole(s.diskTotalByte))}::bigint[])
    as given (at, device_key, uptime_s, cpu_ratio, memory_used_byte, memory_total_byte, disk_used_byte, disk_total_byte)`
  const stored = await tx`
    insert into series.device_health
      (ts, device_key, uptime_s, cpu_ratio, memory_used_byte, memory_total_byte, disk_used_byte, disk_total_byte)
    select to_timestamp(at / 1000), device_key, uptime_s, cpu_ratio, memory_used_byte, memory_total_byte, disk_used_byte, disk_total_byte
    from ${given} on conflict do nothing`
  await tx`
    insert into series.health_last as l
      (device_key, ts, uptime_s, cpu_ratio, memory_used_byte, memory_total_byte, disk_used_byte, disk_total_byte)
    select distinct on (device_key) device_key, to_timestamp(at / 1000), uptime_s, cpu_ratio,
      memory_used_byte, memory_total_byte, disk_used_byte, disk_total_byte
    from ${given} order by device_key, at desc
    on conflict (device_key) do update set ts = excluded.ts, uptime_s = excluded.uptime_s, cpu_ratio = excluded.cpu_ratio,
      memory_used_byte = excluded.memory_used_byte, memory_total_byte = excluded.memory_total_byte,
      disk_used_byte = excluded.disk_used_byte, disk_total_byte = excluded.disk_total_byte
    where l.ts < excluded.ts`
  return stored.count
}

/** Of one device: whoever makes up new names without end fills no table. What has no row has no values. */
const MAX_PUSHED_SENSORS = 200
const MAX_AGENT_SENSORS = 20_000

export const writeSensors = async (tx: Tx, accepted: Accepted): Promise<number> => {
  const samples = accepted.sensors
  if (samples.length === 0) return 0
  const keys = samples.map((s) => s.deviceKey)
  const names = samples.map((s) => s.sensor)
  const units = samples.map((s) => s.unit)
  await tx`
    insert into series.sensor (org_id, device_key, name, unit)
    select distinct ${accepted.org}::uuid, device_key, name, unit
    from unnest(${keys}::int[], ${names}::text[], ${units}::text[]) as given (device_key, name, unit)
    where not exists (select from series.sensor s where (s.device_key, s.name, s.unit) = (given.device_key, given.name, given.unit))
      and (select count(*) from series.sensor s where s.device_key = given.device_key)
        < ${accepted.router === null ? MAX_AGENT_SENSORS : MAX_PUSHED_SENSORS}
    order by device_key, name, unit
    on conflict do nothing`
  const given = tx`unnest(${samples.map((s) => s.atMs)}::float8[], ${keys}::int[], ${names}::text[], ${units}::text[],
    ${samples.map((s) => s.value)}::float8[]) as given (at, device_key, name, unit, value) join series.sensor s using (device_key, name, unit)`
  const stored = await tx`
    insert into series.metric_custom (ts, series_id, value)
    select to_timestamp(at / 1000), s.id, value from ${given} on conflict do nothing`
  await tx`
    insert into series.sensor_last as l (series_id, ts, value)
    select distinct on (s.id) s.id, to_timestamp(at / 1000), value from ${given} order by s.id, at desc
    on conflict (series_id) do update set ts = excluded.ts, value = excluded.value where l.ts < excluded.ts`
  return stored.count
}

export const writeSources = async (tx: Tx, sources: readonly SourceNow[]): Promise<void> => {
  if (sources.length === 0) return
  await tx`
    insert into series.source_last as l (device_key, source, ts, problem, problem_at)
    select d.key, source, to_timestamp(at / 1000), problem, to_timestamp(problem_at / 1000)
    from unnest(${sources.map((s) => s.device)}::uuid[], ${sources.map((s) => s.source)}::text[],
      ${sources.map((s) => s.atMs)}::float8[], ${sources.map((s) => s.problem)}::text[],
      ${sources.map((s) => s.problemAtMs)}::float8[]) as given (device, source, at, problem, problem_at)
      join inventory.device d on d.id = given.device
    order by d.key, source
    on conflict (device_key, source) do update set
      ts = greatest(l.ts, excluded.ts),
      problem = case when excluded.problem_at >= coalesce(l.problem_at, '-infinity') then excluded.problem else l.problem end,
      problem_at = greatest(l.problem_at, excluded.problem_at)`
}

/** One step of upkeep (migration 0005), in a transaction of its own. `more` asks for the same step again. */
export const runStep = async (
  sql: Sql,
  step: HousekeepingStep,
  nowMs: number,
): Promise<StepResult> => {
  const [row] = await sql<
    { result: StepResult }[]
  >`select ispvm.run_housekeeping(${step}, to_timestamp(${nowMs}::float8 / 1000)) as result`
  if (row === undefined) throw new Error("ispvm.run_housekeeping answered nothing")
  return row.result
}
export type StepResult = {
  readonly step: HousekeepingStep
  readonly ran: boolean
  readonly did: number
  readonly more: boolean
}

/**
 * Last values are replaced by later ones only. After the clock was set back those from before would stay on screen until it has
 * caught up: their times are taken as now. The series themselves keep every time as it was measured.
 */
export const clampFutureTimes = async (
  sql: Sql,
  nowMs: number,
  marginMs: number,
): Promise<void> => {
  const at = sql`to_timestamp(${nowMs}::float8 / 1000)`
  const limit = sql`to_timestamp(${nowMs + marginMs}::float8 / 1000)`
  await sql`update series.ping_last set ts = least(ts, ${at}), answered_at = least(answered_at, ${at}),
    minute = least(minute, date_trunc('minute', ${at})) where ts > ${limit}`
  await sql`update series.interface_last set ts = ${at} where ts > ${limit}`
  await sql`update series.health_last set ts = ${at} where ts > ${limit}`
  await sql`update series.sensor_last set ts = ${at} where ts > ${limit}`
  await sql`update series.source_last set ts = least(ts, ${at}), problem_at = least(problem_at, ${at})
    where ts > ${limit} or problem_at > ${limit}`
}
