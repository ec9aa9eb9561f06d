/**
 * A metric family: what is measured of one thing at one moment. One row of `families.ts` states
 * its fields, key, storage and charts; the wire schema, ingest, tables, range queries, OpenAPI, the
 * device page and docs/metrics.md derive from it.
 */
import { z } from "zod"
import { amount, count, DeviceId, EpochMs, Name, Source } from "../values.ts"
import {
  type Derived,
  type DerivedFields,
  type Field,
  type Fields,
  type StateField,
  type StoredField,
  storedField,
} from "./field.ts"

/**
 * What a row is about. `name`: one of several named things of a device; `field` is its name on the
 * wire ("peer") and in the catalogue. `units`: every name has a unit of its own, one of these.
 */
export type Key =
  | { readonly by: "device" }
  | { readonly by: "interface" }
  | { readonly by: "target" }
  | {
      readonly by: "name"
      readonly field: string
      readonly units?: readonly string[]
      /** More names of a device than this get no row, by an agent and by the router itself. */
      readonly maxNames?: { readonly agent: number; readonly router: number }
    }
/** How long raw values are kept; a row of `ispvm.retention`. */
export type Retention = "raw" | "probe"
export type RollupWidth = "5m" | "1h"
export type Storage = {
  /** Tables are `series.<table>`, `series.<last>` and `series.<table>_<width>`. */
  readonly table: string
  readonly last: string
  /** The key column of all of them. */
  readonly key: string
  /** The table that numbers the names of a family by name. */
  readonly names: string
  readonly retention: Retention
  readonly rollups: readonly RollupWidth[]
  /** A migration made the tables; otherwise they are made from the row. */
  readonly isMigrated: boolean
}
/** `metrics` of one chart share its unit. `area`: filled; `band`: with the extremes of a bucket. */
export type Chart = {
  readonly title: string
  readonly metrics: readonly string[]
  readonly style?: "line" | "area" | "band"
  /** The axis reaches at least to this value. */
  readonly minRange?: number
  /** Of a family by name: how many things, those with the highest last values. */
  readonly top?: number
  /** Values above zero are a fault. */
  readonly isFault?: true
}

type PolledBy = Readonly<Partial<Record<Source, number>>>

type KeyPart<K extends Key> = K extends { by: "interface" }
  ? { readonly interface: typeof Name }
  : K extends { by: "name"; field: infer F extends string }
    ? Readonly<Record<F, typeof Name>> &
        (K extends { units: readonly (infer U extends string)[] }
          ? { readonly unit: z.ZodType<U, U> }
          : unknown)
    : unknown
type ValueOf<F extends Field> = F extends StateField
  ? keyof F["states"] & string
  : F["kind"] extends "bool"
    ? boolean
    : number
type FieldSchema<F extends Field> = F extends { isRequired: true }
  ? z.ZodType<ValueOf<F>, ValueOf<F>>
  : z.ZodType<ValueOf<F> | null, ValueOf<F> | null>
export type SampleSchema<N extends string, K extends Key, F extends Fields> = z.ZodObject<
  {
    readonly kind: z.ZodLiteral<N>
    readonly device: typeof DeviceId
    readonly atMs: typeof EpochMs
    readonly source: typeof Source
  } & KeyPart<K> & { readonly [P in keyof F]: FieldSchema<F[P]> },
  z.core.$strict
>

type Row<N extends string, K extends Key, F extends Fields> = {
  /** The `kind` of its samples, in kebab case. */
  readonly name: N
  readonly title: string
  readonly description: string
  readonly key: K
  readonly fields: F
  readonly derived?: DerivedFields
  readonly charts: readonly Chart[]
  readonly storage?: Partial<Storage>
  /** Default interval in ms of the collector that reads it, by source; 0 or absent: none does. */
  readonly polledBy?: PolledBy
}
export type Family<S extends z.ZodType = z.ZodType> = {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly key: Key
  readonly fields: readonly StoredField[]
  readonly derived: readonly (Derived & { readonly name: string })[]
  readonly charts: readonly Chart[]
  readonly storage: Storage
  readonly polledBy: PolledBy
  readonly schema: S
}

/** A name that the database, the wire and the docs all take. */
const isSafe = (name: string): boolean => /^[a-z][a-z0-9_]{0,40}$/.test(name)

const KEY_COLUMN: Readonly<Record<Key["by"], string>> = {
  device: "device_key",
  interface: "interface_id",
  target: "target_id",
  name: "entity_id",
}

const numberSchema = ({ isWhole, isSigned, max }: Field): z.ZodType => {
  if (isSigned === true) return isWhole === true ? z.int() : z.number()
  const schema = isWhole === true ? count : amount
  return max === undefined ? schema : schema.max(max)
}
const valueSchema = (field: Field): z.ZodType => {
  if (field.kind === "bool") return z.boolean()
  if (field.kind === "state") return z.enum(Object.keys(field.states))
  return numberSchema(field)
}
const keyShape = (key: Key): z.ZodRawShape => {
  if (key.by === "interface") return { interface: Name }
  if (key.by !== "name") return {}
  return { [key.field]: Name, ...(key.units === undefined ? {} : { unit: z.enum(key.units) }) }
}

const sampleSchema = <N extends string, K extends Key, F extends Fields>(
  row: Row<N, K, F>,
): SampleSchema<N, K, F> =>
  z.strictObject({
    kind: z.literal(row.name),
    device: DeviceId,
    ...keyShape(row.key),
    atMs: EpochMs,
    source: Source,
    ...Object.fromEntries(
      Object.entries(row.fields).map(([name, field]) => {
        const schema = valueSchema(field)
        return [name, field.isRequired === true ? schema : schema.nullable()]
      }),
    ),
  }) as unknown as SampleSchema<N, K, F>

const storageOf = ({ name, key, storage = {} }: Row<string, Key, Fields>): Storage => {
  const table = storage.table ?? name.replaceAll("-", "_")
  return {
    table,
    last: `${table}_last`,
    key: KEY_COLUMN[key.by],
    names: "entity",
    retention: "raw",
    rollups: ["1h"],
    isMigrated: false,
    ...storage,
  }
}

/** `schema`: only where the sample is not flat. */
export const defineFamily = <
  const N extends string,
  const K extends Key,
  const F extends Fields,
  S extends z.ZodType = SampleSchema<N, K, F>,
>(
  row: Row<N, K, F>,
  schema?: S,
): Family<S> & { readonly name: N } => ({
  name: row.name,
  title: row.title,
  description: row.description,
  key: row.key,
  fields: Object.entries(row.fields).map(([name, field]) => storedField(name, field)),
  derived: Object.entries(row.derived ?? {}).map(([name, field]) => ({ name, ...field })),
  charts: row.charts,
  storage: storageOf(row),
  polledBy: row.polledBy ?? {},
  schema: schema ?? (sampleSchema(row) as unknown as S),
})

/** What is wrong with the rows, in sentences; empty if nothing is. */
export const problemsOf = (families: readonly Family[]): readonly string[] => {
  const taken = new Set<string>()
  return families.flatMap((family) => {
    const { name, fields, derived, charts, storage } = family
    const problem = (text: string): string => `metric family ${name}: ${text}`
    const metrics = [...fields.map(({ field }) => field.metric), ...derived.map((d) => d.metric)]
    const repeated = [name, ...metrics, storage.table].filter((each, index, all) => {
      const isOwnTable = index === all.length - 1 && each === name
      if (taken.has(each) && !isOwnTable) return true
      taken.add(each)
      return false
    })
    const codes = fields.flatMap(({ field }) =>
      field.kind === "state" &&
      new Set(Object.values(field.states)).size !== Object.keys(field.states).length
        ? [problem(`two states of ${field.metric} have one code`)]
        : [],
    )
    const columns = [storage.table, storage.last, ...fields.map(({ column }) => column)]
    return [
      ...repeated.map((each) => problem(`the name ${each} is used twice`)),
      ...columns
        .filter((each) => !isSafe(each))
        .map((each) => problem(`${each} is no column name`)),
      ...metrics
        .filter((each) => !/^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/.test(each))
        .map((each) => problem(`${each} is no metric name, such as ping.rtt_ms`)),
      ...charts
        .flatMap((chart) => chart.metrics)
        .filter((each) => !metrics.includes(each))
        .map((each) => problem(`a chart shows ${each}, which it does not have`)),
      ...codes,
    ]
  })
}
