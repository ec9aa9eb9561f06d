/** Reads a whole installation as frames: one snapshot of the database, then the data folder. */
import type { Session } from "../../platform/postgres/session.ts"
import {
  checksumOf,
  columnList,
  listApplied,
  listSequences,
  listTables,
  serverMajor,
  type Table,
  tableName,
} from "./catalog-store.ts"
import type { DataFile } from "./data-files.ts"
import { listMarks, listSeries, rangesOf, readName, type SeriesTable } from "./engines-store.ts"
import { FORMAT, type Frame, type Header } from "./format.ts"

export type DumpProgress = {
  readonly table: string
  readonly tables: number
  readonly ofTables: number
  readonly bytes: number
  readonly ofBytes: number
}
export type DumpDeps = {
  /** As the tables' owner. Nothing else may use it meanwhile. */
  readonly session: Session
  readonly files: readonly DataFile[]
  readonly product: string
  /** Tables that are made from metric families: they come last, as they are made last. */
  readonly familyTables: ReadonlySet<string>
  readonly nowMs: number
  readonly onProgress: (progress: DumpProgress) => void
}

/** Tables of families in the order in which they were made. */
const inOrder = (tables: readonly Table[], families: ReadonlySet<string>): readonly Table[] => {
  const isFamily = ({ schema, name }: Table): boolean => schema === "series" && families.has(name)
  return [
    ...tables.filter((table) => !isFamily(table)),
    ...tables.filter(isFamily).toSorted((a, b) => a.oid - b.oid),
  ]
}

/** Rows that change meanwhile are as they were at the start. Ends the transaction it began. */
export async function* dump(deps: DumpDeps): AsyncGenerator<Frame> {
  const { session, files, familyTables } = deps
  const { tx } = session
  await tx.unsafe("begin transaction isolation level repeatable read read only")
  // Takes no snapshot yet. Until the end, no plain rows are truncated that were packed after it.
  await tx.unsafe("lock table ispvm.snapshot_guard in access share mode")
  const series = new Map((await listSeries(tx)).map((each) => [each.name, each]))
  const tables = inOrder(await listTables(tx), familyTables)
  const ofBytes = tables.reduce((sum, { bytes }) => sum + bytes, 0)
  yield { type: "H", header: await headerOf(deps, [...series.values()], ofBytes) }
  let bytes = 0
  let rows = 0
  for (const [index, table] of tables.entries()) {
    const at = { table: `${table.schema}.${table.name}`, tables: index, ofTables: tables.length }
    deps.onProgress({ ...at, bytes, ofBytes })
    const of = table.schema === "series" ? (series.get(table.name) ?? null) : null
    rows += yield* dumpTable(session, table, of)
    bytes += table.bytes
  }
  yield {
    type: "S",
    state: { sequences: await listSequences(tx, tables), ...plainMarks(await listMarks(tx)) },
  }
  await tx.unsafe("commit")
  for (const { path, mode, content } of files) {
    yield { type: "F", file: { path, mode } }
    yield { type: "D", bytes: content }
    yield { type: "E", end: { rows: 0, checksum: "" } }
  }
  yield { type: "Z", trailer: { tables: tables.length, rows, files: files.length } }
}

const plainMarks = ({ series, rollups }: Awaited<ReturnType<typeof listMarks>>) => ({
  series: [...series],
  rollups: [...rollups],
})

const headerOf = async (
  { session: { tx }, product, nowMs }: DumpDeps,
  series: readonly SeriesTable[],
  estimatedBytes: number,
): Promise<Header> => ({
  format: FORMAT,
  product,
  madeAtMs: nowMs,
  migrations: await listApplied(tx),
  postgresMajor: await serverMajor(tx),
  engines: Object.fromEntries(series.map(({ name, engine }) => [name, engine])),
  estimatedBytes,
})

async function* dumpTable(
  { tx, copyOut }: Session,
  table: Table,
  series: SeriesTable | null,
): AsyncGenerator<Frame, number> {
  const { schema, name, columns } = table
  const from = series === null ? tableName(table) : await readName(tx, name)
  const ranges = series === null ? null : [...(await rangesOf(tx, series))]
  yield { type: "T", table: { schema, name, columns: [...columns], ranges } }
  const end = await checksumOf(tx, from, columns)
  for await (const bytes of copyOut(`copy (select ${columnList(columns)} from ${from}) to stdout`))
    yield { type: "D", bytes: bytes as Buffer }
  yield { type: "E", end }
  return end.rows
}
