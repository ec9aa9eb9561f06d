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
  /** Tables are `series.<table>` and `series.<last>`; views `series.<table>_<width>` and `_raw`. */
  readonly table: string
  readonly last: string
  /** The key column of all of them. */
  readonly key: string
  readonly retention: Retention
  readonly rollups: readonly RollupWidth[]
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

const KEY_COLUMN: Readonly<Record<Key["by"], string>> = {
  device: "device_key",
  interface: "interface_id",
  target: "target_id",
  name: "entity_id",
}

const numberSchema = ({ isWhole, isSigned, max }: Field): z.ZodType => {
  const signed = isWhole === true ? z.int() : z.number()
  const unsigned = isWhole === true ? count : amount
  const schema = isSigned === true ? signed : unsigned
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

const sampleSchema = (row: Row<string, Key, Fields>): z.ZodType =>
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
  })

const storageOf = ({ name, key, storage = {} }: Row<string, Key, Fields>): Storage => {
  const table = storage.table ?? name.replaceAll("-", "_")
  return {
    table,
    last: `${table}_last`,
    key: KEY_COLUMN[key.by],
    retention: "raw",
    rollups: ["1h"],
    ...storage,
  }
}

/** `schema`: only where the sample is not flat. */
export function defineFamily<const N extends string, const K extends Key, const F extends Fields>(
  row: Row<N, K, F>,
): Family<SampleSchema<N, K, F>> & { readonly name: N }
export function defineFamily<
  const N extends string,
  const K extends Key,
  const F extends Fields,
  S extends z.ZodType,
>(row: Row<N, K, F>, schema: S): Family<S> & { readonly name: N }
export function defineFamily(row: Row<string, Key, Fields>, schema?: z.ZodType): Family {
  return {
    name: row.name,
    title: row.title,
    description: row.description,
    key: row.key,
    fields: Object.entries(row.fields).map(([name, field]) => storedField(name, field)),
    derived: Object.entries(row.derived ?? {}).map(([name, field]) => ({ name, ...field })),
    charts: row.charts,
    storage: storageOf(row),
    polledBy: row.polledBy ?? {},
    schema: schema ?? sampleSchema(row),
  }
}
