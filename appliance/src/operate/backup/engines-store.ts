/**
 * What differs between the engines that store series: which times have rows, and what has to be
 * there before rows of these times are loaded. A backup is read and written through the table of a
 * series, so it fits any engine.
 */
import type { Tx } from "../../platform/postgres/db.ts"

type Range = { readonly from: string; readonly to: string }
export type SeriesTable = { readonly name: string; readonly engine: string }
type Engine = {
  /** Each with rows or without; `to` is excluded. */
  readonly ranges: (tx: Tx, series: string) => Promise<readonly Range[]>
  readonly prepare: (tx: Tx, series: string, ranges: readonly Range[]) => Promise<void>
}

const partitions = (tx: Tx, series: string): Promise<readonly Range[]> => tx<Range[]>`
  select lo::text as "from", hi::text as "to" from ispvm.partition where series = ${series} order by lo`

const ENGINES: Readonly<Record<string, Engine>> = {
  plain: {
    ranges: partitions,
    prepare: async (tx, series, ranges) => {
      for (const { from, to } of ranges)
        await tx`select ispvm.premake(${series}, ${from}::timestamptz, ${to}::timestamptz - interval '1 ms')`
    },
  },
  // It makes its chunks as rows come. While old partitions are left, they have rows too.
  timescale: {
    ranges: async (tx, series) => [
      ...(await partitions(tx, series)),
      ...(await tx<Range[]>`
        select range_start::text as "from", range_end::text as "to" from timescaledb_information.chunks
        where hypertable_schema = 'series' and hypertable_name = ${series} order by range_start`),
    ],
    prepare: async () => undefined,
  },
}
const engineOf = ({ name, engine }: SeriesTable): Engine => {
  const found = ENGINES[engine]
  if (found === undefined) throw new Error(`series ${name}: there is no engine ${engine}`)
  return found
}

export const listSeries = (tx: Tx): Promise<readonly SeriesTable[]> =>
  tx<SeriesTable[]>`select name, engine from ispvm.series order by name`
export const rangesOf = (tx: Tx, series: SeriesTable): Promise<readonly Range[]> =>
  engineOf(series).ranges(tx, series.name)
export const prepareRanges = (tx: Tx, series: SeriesTable, ranges: readonly Range[]) =>
  engineOf(series).prepare(tx, series.name, ranges)

/** Where all rows of a series are read: a view, where one engine hands over to another. */
export const readName = async (tx: Tx, series: string): Promise<string> => {
  const [row] = await tx<{ name: string }[]>`
    select coalesce(to_regclass(format('series.%I', ${`${series}_raw`}::text)),
      to_regclass(format('series.%I', ${series}::text)))::text as name`
  if (row === undefined) throw new Error(`series ${series} has no table`)
  return row.name
}

export type Marks = {
  readonly series: readonly { readonly name: string; readonly droppedUntil: string }[]
  readonly rollups: readonly {
    readonly name: string
    readonly storedUntil: string
    readonly closedUntil: string
  }[]
}
/** How far rollups are stored, and what retention has dropped. */
export const listMarks = async (tx: Tx): Promise<Marks> => ({
  series: await tx<Marks["series"][number][]>`
    select name, dropped_until::text as "droppedUntil" from ispvm.series order by name`,
  rollups: await tx<Marks["rollups"][number][]>`
    select name, stored_until::text as "storedUntil", closed_until::text as "closedUntil"
    from ispvm.rollup order by name`,
})
export const setMarks = async (tx: Tx, { series, rollups }: Marks): Promise<void> => {
  for (const { name, droppedUntil } of series)
    await tx`update ispvm.series set dropped_until = ${droppedUntil}::timestamptz where name = ${name}`
  for (const { name, storedUntil, closedUntil } of rollups)
    await tx`update ispvm.rollup set stored_until = ${storedUntil}::timestamptz,
      closed_until = ${closedUntil}::timestamptz where name = ${name}`
}
