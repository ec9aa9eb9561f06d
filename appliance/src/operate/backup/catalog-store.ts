/** What there is to back up: our tables, sequences and foreign keys, as Postgres's own catalogue has them. */
import type { Tx } from "../../platform/postgres/db.ts"
import { quoteName } from "../../platform/postgres/sql.ts"

export type Table = {
  readonly schema: string
  readonly name: string
  readonly columns: readonly string[]
  /** Row-level security that binds the owner too. */
  readonly isForced: boolean
  /** On disk, partitions and chunks included. */
  readonly bytes: number
  /** In the order in which the tables were made. */
  readonly oid: number
}
export const tableName = ({ schema, name }: Pick<Table, "schema" | "name">): string =>
  `${quoteName(schema)}.${quoteName(name)}`
export const columnList = (columns: readonly string[]): string => columns.map(quoteName).join(", ")

/**
 * Without partitions and chunks, and packed rows, which are read and written through their table; without `ispvm`,
 * which says how this installation stores series; without the job queue, whose schedules every
 * start makes; without sessions: a restored appliance asks for the password; without the version of the
 * inventory, which the loaded rows raise.
 */
export const listTables = (tx: Tx): Promise<readonly Table[]> => tx<Table[]>`
  select n.nspname as schema, c.relname as name, c.oid::int8 as oid, c.relforcerowsecurity as "isForced",
    (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
    (select coalesce(sum(pg_table_size(coalesce(i.relid, c.oid))), 0)::int8
      from pg_partition_tree(c.oid) i) as bytes
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition
    and not exists (select from pg_inherits i where i.inhrelid = c.oid)
    and pg_get_userbyid(c.relowner) = current_user
    and n.nspname not in ('migrations', 'jobs', 'series_chunk', 'public', 'information_schema')
    and n.nspname !~ '^(pg_|_?timescaledb)'
    and (n.nspname <> 'ispvm' or c.relname in ('retention', 'dirty'))
    and (n.nspname, c.relname) not in (('auth', 'session'), ('inventory', 'version'))
    and not exists (select from ispvm.series s
      where n.nspname = 'series' and c.relname in (s.name || '_plain', s.name || '_packed'))
  order by 1, 2`

/** Schemas to drop before a restore: our migrations make them again. */
export const listSchemas = async (tx: Tx): Promise<readonly string[]> => {
  const rows = await tx<{ name: string }[]>`
    select nspname as name from pg_namespace
    where pg_get_userbyid(nspowner) = current_user and nspname <> 'public'
      and nspname !~ '^(pg_|_?timescaledb)'
    order by 1`
  return rows.map(({ name }) => name)
}

export type Sequence = { schema: string; name: string; value: string; called: boolean }
/** A sequence that was never used has no last value. */
export const listSequences = async (tx: Tx, tables: readonly Table[]): Promise<Sequence[]> => {
  const rows = await tx<{ schema: string; name: string }[]>`
    select schemaname as schema, sequencename as name from pg_sequences
    where schemaname in ${tx([...new Set(tables.map(({ schema }) => schema))])} order by 1, 2`
  const sequences: Sequence[] = []
  for (const { schema, name } of rows) {
    const [row] = await tx<{ value: string; called: boolean }[]>`
      select last_value::text as value, is_called as called from ${tx(`${schema}.${name}`)}`
    if (row !== undefined) sequences.push({ schema, name, ...row })
  }
  return sequences
}
export const setSequence = async (tx: Tx, { schema, name, value, called }: Sequence) => {
  await tx`select setval(to_regclass(${`${quoteName(schema)}.${quoteName(name)}`}), ${value}::int8, ${called})
    where to_regclass(${`${quoteName(schema)}.${quoteName(name)}`}) is not null`
}

export type ForeignKey = {
  readonly table: string
  readonly name: string
  readonly definition: string
}
export const listForeignKeys = (tx: Tx): Promise<readonly ForeignKey[]> => tx<ForeignKey[]>`
  select format('%I.%I', n.nspname, c.relname) as table, k.conname as name, pg_get_constraintdef(k.oid) as definition
  from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
  where k.contype = 'f' and k.conparentid = 0 and not c.relispartition
    and pg_get_userbyid(c.relowner) = current_user and n.nspname not in ('migrations', 'jobs')
    and n.nspname !~ '^(pg_|_?timescaledb)'
  order by 1, 2`
export const dropForeignKey = async (tx: Tx, { table, name }: ForeignKey): Promise<void> => {
  await tx.unsafe(`alter table ${table} drop constraint ${quoteName(name)}`)
}
export const addForeignKey = async (tx: Tx, key: ForeignKey): Promise<void> => {
  await tx.unsafe(
    `alter table ${key.table} add constraint ${quoteName(key.name)} ${key.definition}`,
  )
}

/** Tables of which triggers are still to run cannot be altered. */
export const runPendingTriggers = async (tx: Tx): Promise<void> => {
  await tx`set constraints all immediate`
}

/** COPY may not write where a policy binds the owner. */
export const setForced = async (tx: Tx, table: Table, isForced: boolean): Promise<void> => {
  await tx.unsafe(
    `alter table ${tableName(table)} ${isForced ? "" : "no "}force row level security`,
  )
}

/**
 * Rows, and the sum of their hashes: equal for equal rows in any order, on every version of
 * Postgres (partitions by hash depend on that).
 */
export const checksumOf = async (
  tx: Tx,
  from: string,
  columns: readonly string[],
): Promise<{ rows: number; checksum: string }> => {
  const [row] = await tx.unsafe<{ rows: number; checksum: string }[]>(
    `select count(*)::int8 as rows,
      coalesce(sum(hashtextextended(row(${columnList(columns)})::text, 0)::numeric), 0)::text as checksum
    from ${from}`,
  )
  return row ?? { rows: 0, checksum: "0" }
}

/** Other tables of this database have rows only after somebody has set it up. */
export const hasOrganisation = async (tx: Tx): Promise<boolean> => {
  const [there] = await tx<
    { there: boolean }[]
  >`select to_regclass('orgs.org') is not null as there`
  if (there?.there !== true) return false
  const [row] = await tx<{ found: boolean }[]>`select exists (select from orgs.ids()) as found`
  return row?.found === true
}
export const serverMajor = async (tx: Tx): Promise<number> => {
  const [row] = await tx<{ version: number }[]>`
    select current_setting('server_version_num')::int8 as version`
  return Math.floor((row?.version ?? 0) / 10_000)
}
export const listApplied = async (tx: Tx): Promise<{ name: string; sha256: string }[]> => [
  ...(await tx<{ name: string; sha256: string }[]>`
    select name, sha256 from migrations.applied order by name collate "C"`),
]
