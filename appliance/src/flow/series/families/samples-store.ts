/**
 * Stored values of a metric family as samples again, one for each thing and bucket: what a rule that
 * is tried on the past evaluates.
 */
import type { Family, StoredField } from "@ispvm/wire/families"
import type { DeviceId, OrgId } from "../../../platform/ids.ts"
import type { Tx } from "../../../platform/postgres/db.ts"
import type { StoredSample } from "../../ingest/model.ts"
import type { SourceTable } from "../range.ts"
import { things } from "./latest-store.ts"
import { bucketOf, overTime } from "./sql.ts"

export type SamplesRequest = {
  readonly family: Family
  readonly devices: readonly string[]
  readonly fromMs: number
  readonly toMs: number
  readonly bucketMs: number
  readonly source: SourceTable
}
type Row = {
  readonly device: DeviceId
  readonly name: string | null
  readonly unit: string | null
  readonly atMs: number
} & Readonly<Record<string, number | string | null>>

const fieldValue = ({ field }: StoredField, value: number | null): unknown => {
  if (value === null) return null
  if (field.kind === "bool") return value >= 0.5
  if (field.kind !== "state") return value
  return Object.entries(field.states).find(([, code]) => code === Math.round(value))?.[0] ?? null
}

const sampleOf = (family: Family, fields: readonly StoredField[], row: Row): StoredSample => {
  const { key } = family
  const sample: Record<string, unknown> = {
    kind: family.name,
    device: row.device,
    atMs: row.atMs,
  }
  if (key.by === "interface") sample["interface"] = row.name
  if (key.by === "name") sample[key.field] = row.name
  if (row.unit !== null) sample["unit"] = row.unit
  for (const [index, stored] of fields.entries()) {
    const number = row[`c${index}`]
    const value = fieldValue(stored, typeof number === "number" ? number : null)
    const { path } = stored.field
    if (path === undefined) sample[stored.name] = value
    else {
      const [group, name] = path
      const known = sample[group]
      sample[group] = { ...(typeof known === "object" ? known : {}), [name]: value }
    }
  }
  return sample as unknown as StoredSample
}

/** In the order of their times, which are the ends of the buckets. */
export const readSamples = async (
  tx: Tx,
  org: OrgId,
  { family, devices, fromMs, toMs, bucketMs, source }: SamplesRequest,
): Promise<readonly StoredSample[]> => {
  const { table, key } = family.storage
  const fields = overTime(family)
  const values = fields.reduce(
    (all, stored, index) =>
      tx`${all}, ${tx.unsafe(bucketOf(stored, source))} as ${tx(`c${index}`)}`,
    tx``,
  )
  const rows = await tx<Row[]>`
    select t.device_id as device, t.name, t.unit,
      (extract(epoch from ispvm.bin(${bucketMs}::float8 * interval '1 millisecond', v.ts)) * 1000)::float8 + ${bucketMs}::float8 as "atMs" ${values}
    from (${things(tx, family, org)}) t join ${tx(`series.${table}_${source}`)} v on v.${tx(key)} = t.id
    where t.device_id = any(${[...devices]}::uuid[])
      and v.ts >= to_timestamp(${fromMs}::float8 / 1000) and v.ts < to_timestamp(${toMs}::float8 / 1000)
    group by 1, 2, 3, 4 order by 4`
  return rows.map((row) => sampleOf(family, fields, row))
}
