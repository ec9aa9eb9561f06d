/**
 * Stored values of a metric family as samples again, one for each thing and bucket: what a rule that
 * is tried on the past evaluates.
 */
import type { Family } from "@ispvm/wire/families"
import type { OrgId } from "../../../platform/ids.ts"
import type { Tx } from "../../../platform/postgres/db.ts"
import type { StoredSample } from "../../ingest/model.ts"
import type { SourceTable } from "../range.ts"
import { things } from "./latest-store.ts"
import { rowsBetween } from "./rows-store.ts"
import { bucketOf, overTime } from "./sql.ts"
import { storedSamples } from "./stored-sample.ts"

export type SamplesRequest = {
  readonly family: Family
  readonly devices: readonly string[]
  readonly fromMs: number
  readonly toMs: number
  readonly bucketMs: number
  readonly source: SourceTable
}
/** In the order of their times, which are the ends of the buckets. */
export const readSamples = async (
  tx: Tx,
  org: OrgId,
  { family, devices, fromMs, toMs, bucketMs, source }: SamplesRequest,
): Promise<readonly StoredSample[]> => {
  const { key } = family.storage
  const fields = overTime(family)
  const values = fields.reduce(
    (all, stored, index) =>
      tx`${all}, ${tx.unsafe(bucketOf(stored, source))} as ${tx(`c${index}`)}`,
    tx``,
  )
  const names = fields.reduce((all, _, index) => tx`${all}, ${tx(`c${index}`)}`, tx``)
  // As in `readBuckets`: times become numbers once a bucket.
  const rows = await tx`
    select device, name, unit, (extract(epoch from bucket) * 1000)::float8 + ${bucketMs}::float8 as "atMs" ${names}
    from (
      select t.device_id as device, t.name, t.unit,
        ispvm.bin(${bucketMs}::float8 * interval '1 millisecond', v.ts) as bucket ${values}
      from (${things(tx, family, org)}) t
        join ${rowsBetween(tx, family, source, { fromMs, toMs })} v on v.${tx(key)} = t.id
      where t.device_id = any(${[...devices]}::uuid[])
        and v.${tx(key)} = any(array(select id from (${things(tx, family, org)}) own where own.device_id = any(${[...devices]}::uuid[])))
      group by 1, 2, 3, 4
    ) buckets order by bucket`
  const sampleOf = storedSamples(family)
  return rows.flatMap((row) => sampleOf(row) ?? [])
}
