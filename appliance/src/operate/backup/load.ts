/**
 * Writes the frames of a backup into a database, in one transaction: either all of it is there
 * afterwards, or the database is as it was.
 */
import { once } from "node:events"
import type { Migration } from "../../platform/postgres/migrate.ts"
import { runMigrations } from "../../platform/postgres/migrate.ts"
import type { Session } from "../../platform/postgres/session.ts"
import { quoteName } from "../../platform/postgres/sql.ts"
import { BackupError } from "./backup-error.ts"
import {
  addForeignKey,
  checksumOf,
  columnList,
  dropForeignKey,
  type ForeignKey,
  listForeignKeys,
  listSchemas,
  listTables,
  runPendingTriggers,
  setForced,
  setSequence,
  type Table,
  tableName,
} from "./catalog-store.ts"
import { listSeries, prepareRanges, readName, setMarks } from "./engines-store.ts"
import type { FileStart, Frame, Header, TableStart } from "./format.ts"
import { checkSchema } from "./schema-check.ts"

export type LoadDeps = {
  /** As the tables' owner. Nothing else may use it meanwhile. */
  readonly session: Session
  /** Of this build. */
  readonly migrations: readonly Migration[]
  /** Makes the tables of metric families, in the session's transaction. */
  readonly makeFamilyTables: (tx: Session["tx"]) => Promise<unknown>
  /** Compares the rows as they are in the database then: every table is read once more. */
  readonly isCompared: boolean
  /** Tables of the database are given up for those of the backup. */
  readonly onFile: (file: FileStart, content: Buffer) => void
  readonly onTable?: (name: string) => void
}
export type Loaded = {
  readonly header: Header
  readonly tables: number
  readonly rows: number
  readonly files: number
  /** Of metric families that this build does not know. */
  readonly skipped: readonly string[]
}

type Loading = LoadDeps & {
  header: Header | null
  /** By "schema.name"; those that migrations or families have made so far. */
  tables: ReadonlyMap<string, Table>
  /** Taken off while rows are loaded. */
  keys: readonly ForeignKey[]
  forced: readonly Table[]
  isCurrent: boolean
  skipped: string[]
}

const keyOf = ({ schema, name }: { schema: string; name: string }): string => `${schema}.${name}`

/** Leaves the transaction open: the caller commits when the files are in place too. */
export const load = async (frames: AsyncIterable<Frame>, deps: LoadDeps): Promise<Loaded> => {
  const { tx } = deps.session
  await tx.unsafe("begin")
  const loading: Loading = {
    ...deps,
    header: null,
    tables: new Map(),
    keys: [],
    forced: [],
    isCurrent: false,
    skipped: [],
  }
  const iterator = frames[Symbol.asyncIterator]()
  try {
    for (;;) {
      const { value: frame, done } = await iterator.next()
      if (done === true) throw new BackupError({ code: "backup.cut-short", params: {} })
      const loaded = await takeFrame(frame, iterator, loading)
      if (loaded !== null) {
        // The checksum of the whole is compared as the last frame is read.
        await iterator.next()
        return loaded
      }
    }
  } finally {
    await iterator.return?.()
  }
}

const takeFrame = async (
  frame: Frame,
  iterator: AsyncIterator<Frame>,
  loading: Loading,
): Promise<Loaded | null> => {
  switch (frame.type) {
    case "H":
      loading.header = frame.header
      await begin(loading, frame.header)
      return null
    case "T":
      await loadTable(loading, frame.table, iterator)
      return null
    case "F":
      await loadFile(loading, frame.file, iterator)
      return null
    case "S":
      await finish(loading)
      for (const sequence of frame.state.sequences) await setSequence(loading.session.tx, sequence)
      await setMarks(loading.session.tx, frame.state)
      return null
    case "Z":
      if (loading.header === null || !loading.isCurrent) throw misplaced()
      return { header: loading.header, ...frame.trailer, skipped: loading.skipped }
    case "D":
    case "E":
      throw misplaced()
  }
}

const misplaced = (): BackupError =>
  new BackupError({ code: "backup.damaged", params: { what: "order" } })

/** An empty schema of the backup's level, without what gets in the way of rows. */
const begin = async (loading: Loading, header: Header): Promise<void> => {
  const { session, migrations } = loading
  const { tx } = session
  checkSchema(migrations, header.migrations)
  for (const schema of await listSchemas(tx))
    await tx.unsafe(`drop schema ${quoteName(schema)} cascade`)
  await runMigrations(tx, migrations.slice(0, header.migrations.length))
  await readTables(loading)
  loading.keys = await listForeignKeys(tx)
  for (const key of loading.keys) await dropForeignKey(tx, key)
  loading.forced = [...loading.tables.values()].filter(({ isForced }) => isForced)
  for (const table of loading.forced) await setForced(tx, table, false)
  // Rows that migrations bring are in the backup, as they were changed since.
  await tx.unsafe(`truncate ${[...loading.tables.values()].map(tableName).join(", ")}`)
}

const readTables = async (loading: Loading): Promise<void> => {
  const tables = await listTables(loading.session.tx)
  loading.tables = new Map(tables.map((table) => [keyOf(table), table]))
}

/** The rest of this build's migrations, and the tables of its metric families. */
const finish = async (loading: Loading): Promise<void> => {
  if (loading.isCurrent) return
  const { tx } = loading.session
  await runPendingTriggers(tx)
  for (const table of loading.forced) await setForced(tx, table, true)
  for (const key of loading.keys) await addForeignKey(tx, key)
  await runMigrations(tx, loading.migrations.slice(loading.header?.migrations.length ?? 0))
  await loading.makeFamilyTables(tx)
  loading.isCurrent = true
  await readTables(loading)
}

const loadTable = async (
  loading: Loading,
  table: TableStart,
  iterator: AsyncIterator<Frame>,
): Promise<void> => {
  if (loading.header === null) throw misplaced()
  loading.onTable?.(keyOf(table))
  if (!loading.tables.has(keyOf(table))) await finish(loading)
  const target = loading.tables.get(keyOf(table))
  if (target === undefined) {
    loading.skipped.push(keyOf(table))
    await skip(iterator)
    return
  }
  const unknown = table.columns.find((column) => !target.columns.includes(column))
  if (unknown !== undefined)
    throw new BackupError({
      code: "backup.unknown-column",
      params: { table: keyOf(table), column: unknown },
    })
  await prepareSeries(loading, table)
  await copyRows(loading, table, iterator)
}

const prepareSeries = async ({ session: { tx } }: Loading, table: TableStart): Promise<void> => {
  if (table.ranges === null) return
  const series = (await listSeries(tx)).find(({ name }) => name === table.name)
  if (series !== undefined) await prepareRanges(tx, series, table.ranges)
}

const copyRows = async (
  { session, isCompared }: Loading,
  table: TableStart,
  iterator: AsyncIterator<Frame>,
): Promise<void> => {
  const into = session.copyIn(`copy ${tableName(table)} (${columnList(table.columns)}) from stdin`)
  const failed = once(into, "error").then(([error]) => Promise.reject(error as Error))
  failed.catch(() => undefined)
  const finished = once(into, "finish")
  finished.catch(() => undefined)
  for (;;) {
    const { value: frame } = await iterator.next()
    if (frame?.type === "D") {
      if (!into.write(frame.bytes)) await Promise.race([once(into, "drain"), failed])
      continue
    }
    if (frame?.type !== "E") {
      into.destroy()
      throw misplaced()
    }
    into.end()
    await Promise.race([finished, failed])
    const differs = new BackupError({ code: "backup.differs", params: { table: keyOf(table) } })
    if (into.rowCount !== frame.end.rows) throw differs
    if (!isCompared) return
    const from = table.ranges === null ? tableName(table) : await readName(session.tx, table.name)
    const found = await checksumOf(session.tx, from, table.columns)
    if (found.rows !== frame.end.rows || found.checksum !== frame.end.checksum) throw differs
    return
  }
}

const skip = async (iterator: AsyncIterator<Frame>): Promise<void> => {
  for (;;) {
    const { value: frame } = await iterator.next()
    if (frame?.type === "E") return
    if (frame?.type !== "D") throw misplaced()
  }
}

const MAX_FILE_BYTES = 4 * 1024 * 1024
const loadFile = async (
  { onFile }: Loading,
  file: FileStart,
  iterator: AsyncIterator<Frame>,
): Promise<void> => {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for (;;) {
    const { value: frame } = await iterator.next()
    if (frame?.type === "E") break
    if (frame?.type !== "D") throw misplaced()
    bytes += frame.bytes.length
    if (bytes > MAX_FILE_BYTES) throw misplaced()
    pieces.push(frame.bytes)
  }
  onFile(file, Buffer.concat(pieces))
}
