/** The latest values of metric families, from their tables of last values. */
import type { Family } from "@ispvm/wire/families"
import type { OrgId } from "../../../platform/ids.ts"
import type { Sql, Statement, Tx } from "../../../platform/postgres/sql.ts"

type Fragment = Statement<unknown>
export type LatestRow = {
  readonly atMs: number
  readonly name: string | null
  readonly unit: string | null
} & Readonly<Record<string, number | string | null>>

/** The column of each field in such a row, which may not be called as the fields are. */
export const latestColumn = (index: number): string => `c${index}`

/** The thing of a row: its name, and that it is one of the device's. */
export const things = (tx: Tx, { key, name }: Family, org: OrgId): Fragment => {
  switch (key.by) {
    case "device":
      return tx`select key as id, id as device_id, null::text as name, null::text as unit
        from inventory.device where org_id = ${org}`
    case "target":
      return tx`select id, device_id, null::text as name, null::text as unit
        from inventory.target where org_id = ${org}`
    case "interface":
      return tx`select id, device_id, name, null::text as unit
        from inventory.interface where org_id = ${org}`
    case "name":
      return tx`select e.id, d.id as device_id, e.name, nullif(e.unit, '') as unit
        from series.entity e join inventory.device d on d.key = e.device_key
        where e.org_id = ${org} and e.family = ${name}`
  }
}

/** One row a thing of the device, newest first, at most `max`. Numbers are as the tables hold them. */
export const readLatest = (
  tx: Tx,
  org: OrgId,
  family: Family,
  device: string,
  max: number,
): Promise<LatestRow[]> => {
  const { last, key } = family.storage
  const values = family.fields.reduce((all, { column, type, field }, index) => {
    const number = tx.unsafe(type === "boolean" ? "int" : "float8")
    const value = field.lastSql === undefined ? tx`l.${tx(column)}` : tx.unsafe(field.lastSql)
    return tx`${all}, (${value})::${number} as ${tx(latestColumn(index))}`
  }, tx``)
  return tx<LatestRow[]>`
    select (extract(epoch from l.ts) * 1000)::float8 as "atMs", t.name, t.unit ${values}
    from (${things(tx, family, org)}) t join ${tx(`series.${last}`)} l on l.${tx(key)} = t.id
    where t.device_id = ${device}
    order by l.ts desc, t.name limit ${max}`
}

/** Names of the families of which a device has values. */
export const readFamilyNames = async (
  tx: Tx,
  org: OrgId,
  families: readonly Family[],
  device: string,
): Promise<ReadonlySet<string>> => {
  const [first, ...rest] = families.map((family) => {
    const { last, key } = family.storage
    return tx`
      select ${family.name}::text as name where exists (
        select from (${things(tx, family, org)}) t join ${tx(`series.${last}`)} l on l.${tx(key)} = t.id
        where t.device_id = ${device})`
  })
  if (first === undefined) return new Set()
  const rows = await tx<{ name: string }[]>`
    ${rest.reduce((all, each) => tx`${all} union all ${each}`, first)}`
  return new Set(rows.map(({ name }) => name))
}

/** The things of a family by name, of all devices, of which a value came since. */
export const readNames = (
  tx: Tx,
  org: OrgId,
  family: Family,
  sinceMs: number,
): Promise<{ readonly device: string; readonly name: string }[]> => {
  const { last, key } = family.storage
  return tx<{ device: string; name: string }[]>`
    select t.device_id as device, t.name
    from (${things(tx, family, org)}) t join ${tx(`series.${last}`)} l on l.${tx(key)} = t.id
    where l.ts > to_timestamp(${sinceMs}::float8 / 1000)
    order by t.device_id, t.name`
}

/**
 * After the clock was set back, last values would be in the future until it has caught up: their
 * times are taken as now. Values over time keep theirs.
 */
export const clampFamily = async (
  sql: Sql,
  { storage }: Family,
  nowMs: number,
  marginMs: number,
): Promise<void> => {
  await sql`
    update ${sql(`series.${storage.last}`)} set ts = to_timestamp(${nowMs}::float8 / 1000)
    where ts > to_timestamp(${nowMs + marginMs}::float8 / 1000)`
}
