/**
 * Partitions, probes and sources, as a batch leaves them. Other families are written from their rows
 * (`families/write-store.ts`). A batch is first taken for new; with `mayRepeat` every statement may
 * run twice and changes nothing the second time.
 */
import { type BinaryType, encodeArray, encodeCopy } from "../../platform/postgres/binary.ts"
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

const bit = (value: boolean): number => (value ? 1 : 0)
const whole = (value: number | null | undefined): number | null =>
  value == null ? null : Math.round(value)

/** A probe that was taken for new is stored already; nothing of the transaction may stay. */
class RepeatedError extends Error {
  /** As of a unique key that is violated. */
  readonly code = "23505"
  constructor() {
    super("a probe of this batch is stored already")
  }
}
type Probes = {
  readonly isStored: boolean
  /** Some may be stored already. Otherwise one that is throws. */
  readonly mayRepeat: boolean
}

/**
 * Answers how many rows were new. The latest values are of those alone: they count a minute's replies.
 * `isStored` false: only the latest values are written.
 */
export const writePings = async (
  tx: Tx,
  agentKey: number,
  given: Accepted["pings"],
  { isStored, mayRepeat }: Probes,
): Promise<number> => {
  if (given.length === 0) return 0
  // Neighbours in the index are stored together.
  const pings = given.toSorted((a, b) => a.targetId - b.targetId || a.atMs - b.atMs)
  if (!isStored) {
    await writeLatestPings(tx, agentKey, latestPings(pings))
    return 0
  }
  const columns = [
    { type: "timestamptz", values: pings.map((p) => p.atMs) },
    { type: "int", values: pings.map((p) => p.targetId) },
    { type: "int", values: pings.map(() => agentKey) },
    { type: "smallint", values: pings.map((p) => p.icmp?.sent ?? null) },
    { type: "smallint", values: pings.map((p) => p.icmp?.received ?? null) },
    { type: "int", values: pings.map((p) => whole(p.icmp?.rttUs)) },
    { type: "int", values: pings.map((p) => whole(p.icmp?.jitterUs)) },
    { type: "boolean", values: pings.map((p) => bit(p.answers)) },
  ] as const
  if (!mayRepeat) {
    const copied = tx.copy(
      "copy series.ping (ts, target_id, agent_id, sent, received, rtt_us, jitter_us, answers) from stdin (format binary)",
      encodeCopy(columns),
    )
    const [stored] = await Promise.all([copied, writeLatestPings(tx, agentKey, latestPings(pings))])
    // A trigger has skipped those that are packed already.
    if (stored !== pings.length) throw new RepeatedError()
    return stored
  }
  const [at, target, agent, sent, received, rtt, jitter, answers] = columns.map(encodeArray)
  const fresh = await tx<{ stamp: string }[]>`
    insert into series.ping (ts, target_id, agent_id, sent, received, rtt_us, jitter_us, answers)
    select * from unnest(${at}::timestamptz[], ${target}::int[], ${agent}::int[], ${sent}::smallint[],
      ${received}::smallint[], ${rtt}::int[], ${jitter}::int[], ${answers}::boolean[])
    on conflict do nothing
    returning concat(target_id, ' ', (extract(epoch from ts) * 1000000)::int8) as stamp`
  const isAll = fresh.length === pings.length
  const stamps = fresh.map(({ stamp }) => stamp)
  await writeLatestPings(tx, agentKey, latestPings(isAll ? pings : among(stamps, pings)))
  return fresh.length
}

/** Of a batch that comes again in other pieces, some are known. `stamps`: target and microsecond of the others. */
const among = (stamps: readonly string[], pings: Accepted["pings"]): Accepted["pings"] => {
  const left = new Set(stamps)
  return pings.filter(({ targetId, atMs }) =>
    left.delete(`${targetId} ${Math.round(atMs * 1_000)}`),
  )
}

/** `excluded` is what is given, in both of the statements that use it. */
const mergedPing = (tx: Tx) => tx`
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
    else case when excluded.minute > l.minute then excluded.received_before else l.received_before end end`
const isRecent = (tx: Tx) => tx`excluded.minute >= l.minute - interval '1 minute'`

/** As `writeLatest` of families: what is there is changed without being locked first. */
const writeLatestPings = async (
  tx: Tx,
  agentKey: number,
  latest: readonly LatestPing[],
): Promise<void> => {
  if (latest.length === 0) return
  const list = (type: BinaryType, of: (one: LatestPing) => number | null): Buffer =>
    encodeArray({ type, values: latest.map(of) })
  await tx`
    with given as materialized (
      select * from unnest(${list("int", (one) => one.targetId)}::int[], ${list("int", () => agentKey)}::int[],
        ${list("timestamptz", (one) => one.atMs)}::timestamptz[], ${list("boolean", (one) => bit(one.answers))}::boolean[],
        ${list("timestamptz", (one) => one.answeredAtMs)}::timestamptz[], ${list("int", (one) => whole(one.rttUs))}::int[],
        ${list("int", (one) => whole(one.jitterUs))}::int[], ${list("timestamptz", (one) => one.minuteMs)}::timestamptz[],
        ${list("int", (one) => one.sent)}::int[], ${list("int", (one) => one.received)}::int[],
        ${list("int", (one) => one.sentBefore)}::int[], ${list("int", (one) => one.receivedBefore)}::int[])
      as given (target_id, agent_id, ts, answers, answered_at, rtt_us, jitter_us, minute, sent, received, sent_before, received_before)
    ), merged as (
      update series.ping_last as l set ${mergedPing(tx)}
      from given as excluded
      where l.target_id = excluded.target_id and l.agent_id = excluded.agent_id and ${isRecent(tx)}
      returning l.target_id
    )
    insert into series.ping_last as l (target_id, agent_id, ts, answers, answered_at, rtt_us, jitter_us, minute,
      sent, received, sent_before, received_before)
    select * from given where target_id not in (select target_id from merged)
    on conflict (target_id, agent_id) do update set ${mergedPing(tx)}
    where ${isRecent(tx)}`
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
