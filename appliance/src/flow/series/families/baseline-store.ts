/**
 * What is usual at an hour of the week: mean and standard deviation of the hours around it, of the
 * last four weeks.
 */
import type { Family } from "@ispvm/wire/families"
import { toPublic } from "@ispvm/wire/families"
import type { OrgId } from "../../../platform/ids.ts"
import type { Tx } from "../../../platform/postgres/db.ts"
import type { UsualValue } from "../model.ts"
import { things } from "./latest-store.ts"
import { bucketOf } from "./sql.ts"

const HOUR_MS = 3_600_000
const WEEK_MS = 7 * 24 * HOUR_MS
const WEEKS = 4
/** With fewer hours than two weeks have, nothing is usual yet. */
const MIN_HOURS = 6

/** The hours before, at and after this one, in each of the last weeks. */
export const hoursAround = (hourMs: number): readonly number[] =>
  Array.from({ length: WEEKS }, (_, week) => hourMs - (week + 1) * WEEK_MS).flatMap((ms) => [
    ms - HOUR_MS,
    ms,
    ms + HOUR_MS,
  ])

/** Null: the metric has no stored hours. `hourMs`: the start of an hour. */
export const readUsual = async (
  tx: Tx,
  org: OrgId,
  family: Family,
  metric: string,
  hourMs: number,
): Promise<readonly UsualValue[] | null> => {
  const stored = family.fields.find(({ field }) => field.metric === metric)
  if (stored === undefined || stored.rollup === null) return null
  const { table, key } = family.storage
  const rows = await tx<UsualValue[]>`
    select device, name, avg(value)::float8 as mean, coalesce(stddev_samp(value), 0)::float8 as deviation
    from (
      select t.device_id as device, t.name, v.ts, ${tx.unsafe(bucketOf(stored, "1h"))} as value
      from (${things(tx, family, org)}) t join ${tx(`series.${table}_1h`)} v on v.${tx(key)} = t.id
      where v.ts in (select to_timestamp(ms / 1000) from unnest(${[...hoursAround(hourMs)]}::float8[]) ms)
      group by 1, 2, 3) hours
    where value is not null
    group by 1, 2 having count(*) >= ${MIN_HOURS}`
  const { scale } = stored.field
  return rows.map((row) => ({
    ...row,
    mean: toPublic(row.mean, scale),
    deviation: toPublic(row.deviation, scale),
  }))
}
