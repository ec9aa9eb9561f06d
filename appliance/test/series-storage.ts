/** Where the raw values of a series are, whichever engine stores them: for tests alone. */
import { openSql } from "../src/platform/postgres/db.ts"
import type { TestDatabase } from "./database.ts"

/** A partition or a chunk. */
export type StoredRange = {
  readonly table: string
  readonly fromMs: number
  readonly toMs: number
}
export type StoredSeries = {
  readonly engine: "plain" | "timescale"
  /** By time. */
  readonly ranges: readonly StoredRange[]
}

export const storedSeries = async (
  { owner }: Pick<TestDatabase, "owner">,
  series: string,
): Promise<StoredSeries> => {
  const sql = openSql(owner, { name: "test", max: 1 })
  try {
    const [row] = await sql<{ engine: StoredSeries["engine"] }[]>`
      select engine from ispvm.series where name = ${series}`
    const engine = row?.engine ?? "plain"
    const source =
      engine === "plain"
        ? sql`select 'series.' || child as place, lo, hi from ispvm.partition where series = ${series}`
        : sql`select chunk_schema || '.' || chunk_name as place, range_start as lo, range_end as hi
            from timescaledb_information.chunks
            where hypertable_schema = 'series' and hypertable_name = ${series}`
    const ranges = await sql<StoredRange[]>`
      select place as table, (extract(epoch from lo) * 1000)::float8 as "fromMs",
        (extract(epoch from hi) * 1000)::float8 as "toMs"
      from (${source}) ranges order by lo`
    return { engine, ranges }
  } finally {
    await sql.end()
  }
}
