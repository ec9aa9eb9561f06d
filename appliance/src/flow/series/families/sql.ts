/** SQL text of a metric family: columns, aggregates, and what a bucket of them is. Pure. */
import type { Aggregate, ColumnType, Family, RollupWidth, StoredField } from "@ispvm/wire/families"
import { quoteName } from "../../../platform/postgres/sql.ts"
import type { SourceTable } from "../range.ts"

export type RollupSpan = { readonly width: string; readonly lag: string; readonly chunk: string }
export const ROLLUPS: Readonly<Record<RollupWidth, RollupSpan>> = {
  "5m": { width: "5 min", lag: "10 min", chunk: "7 days" },
  "1h": { width: "1 hour", lag: "1 hour", chunk: "28 days" },
}

/** Fields that have values over time. */
export const overTime = ({ fields }: Pick<Family, "fields">): readonly StoredField[] =>
  fields.filter(({ field }) => field.isLastOnly !== true)

const isFloat = (type: ColumnType): boolean => type === "real" || type === "double precision"

const newest = (value: string): string =>
  `(array_agg(${value} order by ts desc) filter (where ${value} is not null))[1]`

const rawValue = ({ column, field }: StoredField): string => field.rawSql ?? quoteName(column)

const AGGREGATE: Readonly<Record<Aggregate, (value: string, type: ColumnType) => string>> = {
  n: (value) => `count(${value})::int`,
  trues: (value) => `(count(*) filter (where ${value}))::int`,
  sum: (value, type) => (isFloat(type) ? `sum(${value}::float8)` : `sum(${value})::bigint`),
  min: (value) => `min(${value})`,
  max: (value) => `max(${value})`,
  last: newest,
}

export type NamedSql = { readonly name: string; readonly sql: string }

/** What the rollups of a family store, besides `n`, the number of rows. */
export const aggregatesOf = (family: Pick<Family, "fields">): readonly NamedSql[] =>
  overTime(family).flatMap((stored) =>
    (Object.entries(stored.rollup ?? {}) as [Aggregate, string][]).map(([aggregate, name]) => ({
      name,
      sql: AGGREGATE[aggregate](rawValue(stored), stored.type),
    })),
  )

/** One value of a bucket of raw rows. */
const rawBucket = (stored: StoredField): string => {
  const value = rawValue(stored)
  switch (stored.combine) {
    case "mean":
      return `avg(${value})`
    case "share":
      return `avg(${value}::int)`
    case "sum":
      return `sum(${value})`
    case "max":
    case "worst":
      return `max(${value})`
    case "last":
      return newest(value)
    case "all":
      return `bool_and(${value})::int`
  }
}

/** One value of a bucket of stored hours; null where the rollup has not what it takes. */
const rollupBucket = ({ combine, rollup }: StoredField): string => {
  const { n, sum, max, last, trues } = Object.fromEntries(
    Object.entries(rollup ?? {}).map(([aggregate, name]) => [aggregate, quoteName(name)]),
  )
  switch (combine) {
    case "mean":
      return sum && n ? `sum(${sum}) / nullif(sum(${n}), 0)::float8` : "null"
    case "share":
      return trues && n ? `sum(${trues}) / nullif(sum(${n}), 0)::float8` : "null"
    case "sum":
      return sum ? `sum(${sum})` : "null"
    case "max":
    case "worst":
      return max ? `max(${max})` : "null"
    case "last":
      return last ? newest(last) : "null"
    case "all":
      return trues && n ? `(sum(${trues}) = nullif(sum(${n}), 0))::int` : "null"
  }
}

const extreme = (which: "min" | "max", stored: StoredField, source: SourceTable): string => {
  if (source === "raw") return `${which}(${rawValue(stored)})`
  const column = stored.rollup?.[which]
  return column === undefined ? "null" : `${which}(${quoteName(column)})`
}

export const bucketOf = (stored: StoredField, source: SourceTable): string =>
  `(${source === "raw" ? rawBucket(stored) : rollupBucket(stored)})::float8`

/** A public column of an answer: its metric, its SQL, and how its numbers become public. */
export type AnswerColumn = NamedSql & { readonly metric: string; readonly scale: number }

const fieldColumns = (stored: StoredField, source: SourceTable): readonly AnswerColumn[] => {
  const { metric, scale = 1, hasExtremes } = stored.field
  const line = { name: metric, metric, sql: bucketOf(stored, source), scale }
  if (hasExtremes !== true) return [line]
  const ends = (["min", "max"] as const).map((which) => ({
    name: `${metric}.${which}`,
    metric,
    sql: `(${extreme(which, stored, source)})::float8`,
    scale,
  }))
  return [line, ...ends]
}

const derivedColumns = (family: Family, source: SourceTable): readonly AnswerColumn[] => {
  const sqlOf = (name: string): string => {
    const stored = family.fields.find((field) => field.name === name)
    return stored === undefined ? "null" : bucketOf(stored, source)
  }
  return family.derived.map(({ metric, of, to, isRest, scale }) => {
    const ratio = `${sqlOf(of)} / nullif(${sqlOf(to)}, 0)`
    return { name: metric, metric, sql: isRest === true ? `1 - ${ratio}` : ratio, scale }
  })
}

export const answerColumns = (family: Family, source: SourceTable): readonly AnswerColumn[] => [
  ...overTime(family).flatMap((stored) => fieldColumns(stored, source)),
  ...derivedColumns(family, source),
]
