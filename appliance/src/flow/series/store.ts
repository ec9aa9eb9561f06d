/**
 * Partitions, probes and sources, as a batch leaves them. Other families are written from their rows
 * (`families/write-store.ts`). Every statement may run twice and changes nothing the second time.
 */
import type { Sql, Tx } from "../../platform/postgres/db.ts"
import type { Accepted } from "../ingest/model.ts"
import type { HousekeepingStep } from "./housekeeping.ts"
import { type LatestPing, latestPings } from "./latest-pings.ts"
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

/**
 * Answers how many rows were new. The latest values are of those alone: they count a minute's replies.
 * `isStored` false: only the latest values are written.
 */
export const writePings = async (
  tx: Tx,
  agentKey: number,
  pings: Accepted["pings"],
  isStored: boolean,
): Promise<number> => {
  if (pings.length === 0) return 0
  if (!isStored) {
    await writeLatestPings(tx, agentKey, latestPings(pings))
    return 0
  }
  const [row] = await tx<{ stored: number; stamps: readonly string[] | null }[]>`
    with fresh as (
      insert into series.ping (ts, target_id, agent_id, sent, received, rtt_us, jitter_us, answers)
      select to_timestamp(at / 1000), target_id, ${agentKey}::int, sent, received, rtt_us, jitter_us, answers = 1
      from unnest(${pings.map((p) => p.atMs)}::float8[], ${pings.map((p) => p.targetId)}::int[],
        ${pings.map((p) => p.icmp?.sent ?? null)}::smallint[], ${pings.map((p) => p.icmp?.received ?? null)}::smallint[],
        ${pings.map((p) => whole(p.icmp?.rttUs))}::int[], ${pings.map((p) => whole(p.icmp?.jitterUs))}::int[],
        ${pings.map((p) => bit(p.answers))}::int[]) as given (at, target_id, sent, received, rtt_us, jitter_us, answers)
      on conflict do nothing
      returning target_id, ts
    ), counted as (select count(*)::int as stored from fresh)
    select stored, case when stored < ${pings.length}::int
      then (select jsonb_agg(concat(target_id, ' ', (extract(epoch from ts) * 1000000)::int8)) from fresh) end as stamps
    from counted`
  const { stored = 0, stamps = null } = row ?? {}
  await writeLatestPings(
    tx,
    agentKey,
    latestPings(stored === pings.length ? pings : among(stamps, pings)),
  )
  return stored
}

/** Of a batch that comes again in other pieces, some are known. `stamps`: target and microsecond of the others. */
const among = (stamps: readonly string[] | null, pings: Accepted["pings"]): Accepted["pings"] => {
  const left = new Set(stamps)
  return pings.filter(({ targetId, atMs }) =>
    left.delete(`${targetId} ${Math.round(atMs * 1_000)}`),
  )
}

const writeLatestPings = async (
  tx: Tx,
  agentKey: number,
  latest: readonly LatestPing[],
): Promise<void> => {
  if (latest.length === 0) return
  const column = (name: keyof LatestPing) => latest.map((one) => one[name])
  await tx`
    insert into series.ping_last as l (target_id, agent_id, ts, answers, answered_at, rtt_us, jitter_us, minute,
      sent, received, sent_before, received_before)
    select target_id, ${agentKey}::int, to_timestamp(at / 1000), answers = 1, to_timestamp(answered_at / 1000), rtt_us, jitter_us,
      to_timestamp(minute / 1000), sent, received, sent_before, received_before
    from unnest(${column("targetId")}::int[], ${column("atMs")}::float8[], ${latest.map((one) => bit(one.answers))}::int[],
      ${column("answeredAtMs")}::float8[], ${latest.map((one) => whole(one.rttUs))}::int[],
      ${latest.map((one) => whole(one.jitterUs))}::int[], ${column("minuteMs")}::float8[], ${column("sent")}::int[],
      ${column("received")}::int[], ${column("sentBefore")}::int[], ${column("receivedBefore")}::int[])
      as given (target_id, at, answers, answered_at, rtt_us, jitter_us, minute, sent, received, sent_before, received_before)
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
    where excluded.minute >= l.minute - interval '1 minute'`
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

/** One housekeeping step (migration 0005) in its own transaction. `more`: run it once more. */
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

/** As `clampFamily`, of probes and sources. */
export const clampFutureTimes = async (
  sql: Sql,
  nowMs: number,
  marginMs: number,
): Promise<void> => {
  const at = sql`to_timestamp(${nowMs}::float8 / 1000)`
  const limit = sql`to_timestamp(${nowMs + marginMs}::float8 / 1000)`
  await sql`update series.ping_last set ts = least(ts, ${at}), answered_at = least(answered_at, ${at}),
    minute = least(minute, date_trunc('minute', ${at})) where ts > ${limit}`
  await sql`update series.source_last set ts = least(ts, ${at}), problem_at = least(problem_at, ${at})
    where ts > ${limit} or problem_at > ${limit}`
}
