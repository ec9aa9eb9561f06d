/** The rows of a metric family in a range of time, raw or of a rollup. */
import type { Family } from "@ispvm/wire/families"
import type { Statement, Tx } from "../../../platform/postgres/sql.ts"
import type { SourceTable } from "../range.ts"

/**
 * What stands behind `from`, with the columns of the table. `toMs` is excluded. Raw values through a
 * function, which unpacks only the hours of the range; the planner puts its query in place.
 */
export const rowsBetween = (
  tx: Tx,
  { storage: { table } }: Family,
  source: SourceTable,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): Statement<unknown> => {
  const from = tx`to_timestamp(${fromMs}::float8 / 1000)`
  const to = tx`to_timestamp(${toMs}::float8 / 1000)`
  return source === "raw"
    ? tx`${tx(`series.${table}_between`)}(${from}, ${to})`
    : tx`(select * from ${tx(`series.${table}_${source}`)} where ts >= ${from} and ts < ${to})`
}
