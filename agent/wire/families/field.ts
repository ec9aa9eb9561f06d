/**
 * A field of a metric family: its public name and unit, its form on the wire, its column, and how
 * an hour of it becomes one value.
 */

/** Units of public values. `state`: a code of the field's `states`; `sample`: named by each row. */
export const UNITS = [
  "bool",
  "state",
  "count",
  "ms",
  "s",
  "%",
  "bit/s",
  "packet/s",
  "1/s",
  "byte",
  "°C",
  "V",
  "A",
  "mA",
  "W",
  "rpm",
  "dB",
  "dBm",
  "MHz",
  "nm",
  "m",
  "days",
  "sample",
] as const
export type Unit = (typeof UNITS)[number]

export type ColumnType = "boolean" | "smallint" | "int" | "bigint" | "real" | "double precision"

/**
 * How values of one bucket become one: `mean`, `sum`, `max`, `last` (the newest), `worst` (the
 * highest code of a state), `all` (true only if it was true in the whole bucket), `share` (how much
 * of the bucket it was true, from 0 to 1).
 */
export type Combine = "mean" | "sum" | "max" | "last" | "worst" | "all" | "share"
/** What a rollup stores of a column. `trues`: how often it was true. */
export type Aggregate = "n" | "sum" | "min" | "max" | "last" | "trues"
/** The rollup's column of each aggregate. */
export type RollupColumns = Readonly<Partial<Record<Aggregate, string>>>

export type FieldOptions = {
  /** Its name in legends; the description if omitted. */
  readonly label?: string
  /** Never null. */
  readonly isRequired?: true
  /** A whole number. */
  readonly isWhole?: true
  /** May be negative. */
  readonly isSigned?: true
  /** The highest value on the wire. */
  readonly max?: number
  /** Public value = value on the wire × `scale`; 1 if omitted. */
  readonly scale?: number
  /**
   * Of a rate: the collector reads a total, and normalize turns two of them into this many units
   * per second. 8 for bit/s from bytes.
   */
  readonly perCount?: number
  /** Where the value is in the sample, if not under the field's own name. */
  readonly path?: readonly [string, string]
  /** The column; the field's name in snake case if omitted. */
  readonly column?: string
  readonly type?: ColumnType
  /** SQL that reads the raw value, if not the column itself. */
  readonly rawSql?: string
  /** SQL that reads the latest value, if not the column itself. */
  readonly lastSql?: string
  /** Stored with the latest values, not over time. */
  readonly isLastOnly?: true
  readonly combine?: Combine
  /** The rollup's columns; named after the column if omitted; null: the rollup has none. */
  readonly rollup?: RollupColumns | null
  /** Answers and charts show the lowest and highest value of a bucket as well. */
  readonly hasExtremes?: true
  /** Alert rules cannot reference it. */
  readonly isNoRuleMetric?: true
}

type Named = { readonly metric: string; readonly unit: Unit; readonly description: string }
export type NumberField = Named & FieldOptions & { readonly kind: "gauge" | "rate" | "counter" }
export type BoolField = Named & FieldOptions & { readonly kind: "bool" }
/** `states`: code by name. A higher code is worse. A code never changes its meaning. */
export type StateField = Named &
  FieldOptions & { readonly kind: "state"; readonly states: Readonly<Record<string, number>> }
export type Field = NumberField | BoolField | StateField
export type FieldKind = Field["kind"]
export type Fields = Readonly<Record<string, Field>>

type Given<K extends FieldKind, O> = Named & O & { readonly kind: K }

const field =
  <K extends "gauge" | "rate" | "counter">(kind: K) =>
  <const O extends FieldOptions = Record<never, never>>(
    metric: string,
    unit: Unit,
    description: string,
    options?: O,
  ): Given<K, O> =>
    ({ kind, metric, unit, description, ...options }) as Given<K, O>

/** A value that goes up and down. */
export const gauge = field("gauge")
/** A value per second. */
export const rate = field("rate")
/** A value that only grows until it restarts, such as an uptime. */
export const counter = field("counter")

export const bool = <const O extends FieldOptions = Record<never, never>>(
  metric: string,
  description: string,
  options?: O,
): Given<"bool", O> =>
  ({ kind: "bool", metric, unit: "bool", description, ...options }) as Given<"bool", O>

export const state = <
  const S extends Readonly<Record<string, number>>,
  const O extends FieldOptions = Record<never, never>,
>(
  metric: string,
  states: S,
  description: string,
  options?: O,
): Given<"state", O> & { readonly states: S } =>
  ({ kind: "state", metric, unit: "state", states, description, ...options }) as Given<
    "state",
    O
  > & {
    readonly states: S
  }

/** A ratio of two fields of the family, as combined over the bucket; 1 minus it if `isRest`. */
export type Derived = Named & {
  readonly label?: string
  readonly of: string
  readonly to: string
  readonly isRest?: true
  /** Public value = ratio × `scale`. */
  readonly scale: number
}
export type DerivedFields = Readonly<Record<string, Derived>>

const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const typeOf = ({ kind, isWhole }: Field): ColumnType => {
  if (kind === "bool") return "boolean"
  if (kind === "state") return "smallint"
  return kind === "counter" || isWhole === true ? "bigint" : "real"
}

const COMBINE: Readonly<Record<FieldKind, Combine>> = {
  gauge: "mean",
  rate: "mean",
  counter: "last",
  bool: "all",
  state: "worst",
}
const AGGREGATES: Readonly<Record<Combine, readonly Aggregate[]>> = {
  mean: ["n", "sum", "min", "max"],
  sum: ["sum"],
  max: ["max"],
  last: ["last"],
  worst: ["max"],
  all: ["n", "trues"],
  share: ["n", "trues"],
}

/** A field with everything that its row leaves to rules. */
export type StoredField = {
  readonly name: string
  readonly field: Field
  readonly column: string
  readonly type: ColumnType
  readonly combine: Combine
  readonly rollup: RollupColumns | null
}

export const storedField = (name: string, row: Field): StoredField => {
  const column = row.column ?? snakeCase(name)
  const combine = row.combine ?? COMBINE[row.kind]
  const columns = AGGREGATES[combine].map((aggregate) => [aggregate, `${column}_${aggregate}`])
  const isRolledUp = row.isLastOnly !== true
  const rollup = row.rollup === undefined ? Object.fromEntries(columns) : row.rollup
  return {
    name,
    field: row,
    column,
    type: row.type ?? typeOf(row),
    combine,
    rollup: isRolledUp ? rollup : null,
  }
}
