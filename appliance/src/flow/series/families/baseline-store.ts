/**
 * What is usual at an hour of the week: mean and standard deviation of the hours around it, of the
 * last four weeks.
 */
import type { Family, StoredField } from "@ispvm/wire/families"
import { toPublic } from "@ispvm/wire/families"
import { z } from "zod"
import { DeviceId, type OrgId } from "../../../platform/ids.ts"
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

const storedHoursOf = (family: Family, metric: string): StoredField | null => {
  const stored = family.fields.find(({ field }) => field.metric === metric)
  return stored === undefined || stored.rollup === null ? null : stored
}

/** Null: the metric has no stored hours. `hourMs`: the start of an hour. */
export const readUsual = async (
  tx: Tx,
  org: OrgId,
  family: Family,
  metric: string,
  hourMs: number,
): Promise<readonly UsualValue[] | null> =>
  storedHoursOf(family, metric) === null
    ? null
    : await readUsualAt(tx, org, { family, metric, devices: null, hoursMs: [hourMs] })

export type PastUsualRequest = {
  readonly family: Family
  readonly metric: string
  /** Null: all. */
  readonly devices: readonly string[] | null
  /** Starts of hours. */
  readonly hoursMs: readonly number[]
}
const Row = z.object({
  hourMs: z.number(),
  device: DeviceId,
  name: z.string().nullable(),
  mean: z.number(),
  deviation: z.number(),
})
/** What was usual at each of several hours, of metrics that have stored hours. */
export const readUsualAt = async (
  tx: Tx,
  org: OrgId,
  { family, metric, devices, hoursMs }: PastUsualRequest,
): Promise<readonly z.infer<typeof Row>[]> => {
  const stored = storedHoursOf(family, metric)
  if (stored === null) return []
  const pairs = hoursMs.flatMap((hourMs) => hoursAround(hourMs).map((ms) => [hourMs, ms] as const))
  const { table, key } = family.storage
  const around = pairs.map(([, ms]) => ms)
  const rows = await tx`
    select wanted.hour as "hourMs", device, name, avg(value)::float8 as mean,
      coalesce(stddev_samp(value), 0)::float8 as deviation
    from (
      select t.device_id as device, t.name, v.ts, ${tx.unsafe(bucketOf(stored, "1h"))} as value
      from (${things(tx, family, org)}) t join ${tx(`series.${table}_1h`)} v on v.${tx(key)} = t.id
      where v.ts in (select to_timestamp(ms / 1000) from unnest(${[...new Set(around)]}::float8[]) ms)
        ${devices === null ? tx`` : tx`and t.device_id = any(${[...devices]}::uuid[])`}
      group by 1, 2, 3) hours
    join unnest(${pairs.map(([hourMs]) => hourMs)}::float8[], ${around}::float8[]) wanted (hour, ms)
      on hours.ts = to_timestamp(wanted.ms / 1000)
    where value is not null
    group by 1, 2, 3 having count(*) >= ${MIN_HOURS}`
  const { scale } = stored.field
  return Row.array()
    .parse(rows)
    .map((row) => ({
      ...row,
      mean: toPublic(row.mean, scale),
      deviation: toPublic(row.deviation, scale),
    }))
}
