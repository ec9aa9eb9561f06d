/**
 * Makes the tables of metric families from their rows: raw values, latest values, rollups. Runs
 * after the migrations, as the tables' owner. Only ever adds: a family or field that has left the
 * rows keeps its tables, whose values go with their retention.
 */
import { type Family, problemsOf, type RollupWidth, type StoredField } from "@ispvm/wire/families"
import type { Connection } from "../../../platform/postgres/database-url.ts"
import { openSql, type Tx } from "../../../platform/postgres/db.ts"
import { quoteName } from "../../../platform/postgres/sql.ts"
import { aggregatesOf, overTime, ROLLUPS } from "./sql.ts"

/**
 * Names of the tables that were new. Each family is made as a whole, so that a start that is cut off
 * goes on where it was. Two starts at once wait for each other.
 */
export const createFamilyTables = async (
  owner: Connection,
  families: readonly Family[],
  made: (table: string) => void = () => undefined,
): Promise<readonly string[]> => {
  const [problem] = problemsOf(families)
  if (problem !== undefined) throw new Error(problem)
  const sql = openSql(owner, { name: "families", max: 1, settings: { lock_timeout: 60_000 } })
  try {
    const tables: string[] = []
    for (const family of families)
      for (const table of await sql.begin((tx) => makeFamilyTables(tx, [family]))) {
        tables.push(table)
        made(table)
      }
    return tables
  } finally {
    await sql.end()
  }
}

/** All of them in the caller's transaction. */
export const makeFamilyTables = async (
  tx: Tx,
  families: readonly Family[],
): Promise<readonly string[]> => {
  const [problem] = problemsOf(families)
  if (problem !== undefined) throw new Error(problem)
  await tx`select pg_advisory_xact_lock(1769239150)`
  const made: string[] = []
  for (const family of families) if (await makeTables(tx, family)) made.push(family.storage.table)
  return made
}

/** All tables of `families`, in the schema `series`. */
export const familyTableNames = (families: readonly Family[]): readonly string[] =>
  families.flatMap(({ storage: { table, last, rollups } }) => [
    table,
    last,
    ...rollups.map((width) => `${table}_${width}_m`),
  ])

/** True if they were new. */
const makeTables = async (tx: Tx, family: Family): Promise<boolean> => {
  const known = await columnsOf(tx, family.storage.table)
  if (known.size === 0) {
    await createTables(tx, family)
    return true
  }
  checkTypes(family, known)
  await extendSeries(tx, family)
  await addColumns(tx, family.storage.last, family.fields)
  for (const width of family.storage.rollups)
    if ((await columnsOf(tx, rollupTable(family, width))).size > 0)
      await extendRollup(tx, family, width)
    else await createRollup(tx, family, width)
  return false
}

const typed = ({ column, type }: StoredField): string => `${quoteName(column)} ${type}`

const REFERENCES = {
  device: "inventory.device (key)",
  interface: "inventory.interface",
  target: "inventory.target",
  name: "series.entity",
} as const

const createTables = async (tx: Tx, family: Family): Promise<void> => {
  const { table, last, key, retention, rollups } = family.storage
  const columns = [`${quoteName(key)} int not null`, ...overTime(family).map(typed)].join(", ")
  await tx`select ispvm.series_create(${table}, ${columns}, ${[key]}, '1 day', ${retention})`
  const references = tx.unsafe(REFERENCES[family.key.by])
  const values = tx.unsafe(family.fields.map((field) => `, ${typed(field)}`).join(""))
  await tx`
    create table ${tx(`series.${last}`)} (
      ${tx(key)} int primary key references ${references} on delete cascade,
      ts timestamptz not null ${values}
    ) with (fillfactor = 50)`
  await tx`grant select, insert, update on ${tx(`series.${last}`)} to ispvm_app`
  for (const width of rollups) await createRollup(tx, family, width)
}

const rollupTable = ({ storage }: Family, width: RollupWidth): string => `${storage.table}_${width}`

/** It begins with the oldest raw value: housekeeping stores what is older than its lag. */
const createRollup = async (tx: Tx, family: Family, suffix: RollupWidth): Promise<void> => {
  const { table, key } = family.storage
  const { width, lag, chunk } = ROLLUPS[suffix]
  // Each rollup has `n`, the number of rows, which is also the count of a field that is never null.
  const aggregates = aggregatesOf(family)
    .filter(({ name }) => name !== "n")
    .map(({ name, sql }) => `${sql} as ${quoteName(name)}`)
  await tx`
    select ispvm.rollup_create(${table}, ${suffix}, ${width}::interval, ${[key]},
      ${["count(*)::int as n", ...aggregates].join(", ")}, ${lag}::interval, ${chunk}::interval,
      ${suffix})`
  await tx`
    update ispvm.rollup set stored_until = ispvm.bin(width, oldest)
    from (select ispvm.oldest(${table}) as oldest) raw
    where name = ${rollupTable(family, suffix)} and oldest < stored_until`
}

const columnsOf = async (tx: Tx, table: string): Promise<ReadonlyMap<string, string>> => {
  const rows = await tx<{ name: string; type: string }[]>`
    select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
    where attrelid = to_regclass(${`series.${quoteName(table)}`}) and attnum > 0 and not attisdropped`
  return new Map(rows.map(({ name, type }) => [name, type]))
}

/** A column cannot hold values of two types: its field needs another column. */
const checkTypes = (
  { name, storage, fields }: Family,
  known: ReadonlyMap<string, string>,
): void => {
  for (const { column, type } of fields) {
    const was = known.get(column)
    if (was !== undefined && was !== (type === "int" ? "integer" : type))
      throw new Error(
        `Metric family ${name}: series.${storage.table}.${column} holds ${was}, and its row says ${type}. ` +
          "Give the field another column; the values of the old one go with their retention.",
      )
  }
  if (!known.has(storage.key))
    throw new Error(
      `Metric family ${name}: series.${storage.table} has no column ${storage.key}. ` +
        "A family cannot change its key: give it another name.",
    )
}

/** Raw values: the table, and the view that reads it. */
const extendSeries = async (tx: Tx, family: Family): Promise<void> => {
  const fields = overTime(family)
  await tx`
    select ispvm.series_extend(${family.storage.table},
      ${fields.map(({ column }) => column)}::text[], ${fields.map(({ type }) => type)}::text[])`
}

const addColumns = async (tx: Tx, table: string, fields: readonly StoredField[]): Promise<void> => {
  const known = await columnsOf(tx, table)
  for (const field of fields.filter(({ column }) => !known.has(column)))
    await tx`alter table ${tx(`series.${table}`)} add column ${tx.unsafe(typed(field))}`
}

const extendRollup = async (tx: Tx, family: Family, width: RollupWidth): Promise<void> => {
  const aggregates = aggregatesOf(family)
  await tx`
    select ispvm.rollup_extend(${rollupTable(family, width)},
      ${aggregates.map(({ name }) => name)}::text[], ${aggregates.map(({ sql }) => sql)}::text[])`
}
