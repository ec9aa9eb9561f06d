/**
 * Values of a metric family over time. A series is always reached through its device and
 * organisation, never by a bare number.
 */
import type { Family } from "@ispvm/wire/families"
import type { OrgId } from "../../../platform/ids.ts"
import type { Statement, Tx } from "../../../platform/postgres/sql.ts"
import type { SourceTable, Window } from "../range.ts"
import { rowsBetween } from "./rows-store.ts"
import type { AnswerColumn } from "./sql.ts"

/** `interface` and `things` select of a family by interface or by name. */
export type Subject = {
  readonly org: OrgId
  readonly device: string
  readonly interface: number | null
  readonly things: readonly number[]
}
type Fragment = Statement<unknown>

// A subquery and not a join: its key is known before packed rows are read, and only those of the key
// are.
const ofSubject = (tx: Tx, { key, storage }: Family, s: Subject): Fragment => {
  const column = tx(storage.key)
  switch (key.by) {
    case "device":
      return tx`${column} = (select key from inventory.device where org_id = ${s.org} and id = ${s.device})`
    case "target":
      return tx`${column} = (select id from inventory.target where org_id = ${s.org} and device_id = ${s.device})`
    case "interface":
      return tx`${column} = (select id from inventory.interface
        where org_id = ${s.org} and device_id = ${s.device} and id = ${s.interface})`
    case "name":
      return tx`${column} = any(${[...s.things]}::int[])`
  }
}

/** How long raw values of this family are kept. */
export const keepRawMs = async (tx: Tx, { storage }: Family): Promise<number> => {
  const [row] = await tx<{ ms: number }[]>`
    select (extract(epoch from keep) * 1000)::float8 as ms
    from ispvm.series join ispvm.retention using (class) where name = ${storage.table}`
  return row?.ms ?? 0
}

/** The latest times at which raw values came, newest first. */
export const latestTimes = async (
  tx: Tx,
  family: Family,
  subject: Subject,
  window: Omit<Window, "bucketMs">,
): Promise<number[]> => {
  // Ten minutes hold enough steps, or else the steps are so long that a day's grid is wide enough
  // anyhow; then the whole range is read.
  const recent = { ...window, gridFromMs: Math.max(window.gridFromMs, window.toMs - 600_000) }
  const timesIn = (span: Omit<Window, "bucketMs">) => tx<{ atMs: number }[]>`
    select distinct (extract(epoch from ts) * 1000)::float8 as "atMs"
    from ${rowsBetween(tx, family, "raw", { ...span, fromMs: span.gridFromMs })} rows
    where ${ofSubject(tx, family, subject)}
    order by 1 desc limit 20`
  const rows = await timesIn(recent)
  return (rows.length >= 5 ? rows : await timesIn(window)).map(({ atMs }) => atMs)
}

/** `thing`: the number of a named thing; null of the other families. */
export type BucketRow = {
  readonly atMs: number
  readonly thing: number | null
} & Readonly<Record<string, number | null>>

/** One row a bucket and thing. The columns keep their public names. */
export const readBuckets = (
  tx: Tx,
  family: Family,
  source: SourceTable,
  columns: readonly AnswerColumn[],
  subject: Subject,
  window: Window,
): Promise<BucketRow[]> => {
  const { key } = family.storage
  const thing = family.key.by === "name" ? tx`${tx(key)}` : tx`null::int`
  const values = columns.reduce(
    (all, { sql }, index) => tx`${all}, ${tx.unsafe(sql)} as ${tx(`c${index}`)}`,
    tx``,
  )
  const names = columns.reduce((all, _, index) => tx`${all}, ${tx(`c${index}`)}`, tx``)
  // Times become numbers once a bucket: in the grouping they would cost as much as reading the rows.
  return tx<BucketRow[]>`
    select (extract(epoch from bucket) * 1000)::float8 as "atMs", thing ${names}
    from (
      select ispvm.bin(${window.bucketMs}::float8 * interval '1 millisecond', ts) as bucket,
        ${thing} as thing ${values}
      from ${rowsBetween(tx, family, source, { ...window, fromMs: window.gridFromMs })} rows
      where ${ofSubject(tx, family, subject)}
      group by 1, 2
    ) buckets order by bucket`
}

export type Thing = { readonly id: number; readonly name: string; readonly unit: string }

/**
 * Named things of a device, at most `max`: those with the highest last value of `rank` first, or by
 * name if it is null. `name`: only this one.
 */
export const readThings = async (
  tx: Tx,
  family: Family,
  { org, device }: Pick<Subject, "org" | "device">,
  {
    rank,
    name,
    max,
  }: { readonly rank: string | null; readonly name: string | null; readonly max: number },
): Promise<{ readonly things: Thing[]; readonly total: number }> => {
  const order = rank === null ? tx`` : tx`l.${tx(rank)} desc nulls last,`
  const only = name === null ? tx`` : tx`and e.name = ${name}`
  const rows = await tx<(Thing & { total: number })[]>`
    select e.id, e.name, e.unit, (count(*) over ())::int as total
    from series.entity e join inventory.device d on d.key = e.device_key
      left join ${tx(`series.${family.storage.last}`)} l on l.${tx(family.storage.key)} = e.id
    where e.org_id = ${org} and d.id = ${device} and e.family = ${family.name} ${only}
    order by ${order} e.name, e.id limit ${max}`
  return { things: rows.map(({ total: _, ...thing }) => thing), total: rows[0]?.total ?? 0 }
}
