/** Stores samples of a metric family: values over time and the latest ones, in one statement. */
import { type Family, numberOf, type StoredField } from "@ispvm/wire/families"
import type { OrgId } from "../../../platform/ids.ts"
import { type BinaryColumn, encodeArray, encodeCopy } from "../../../platform/postgres/binary.ts"
import { quoteName, type Statement, type Tx } from "../../../platform/postgres/sql.ts"
import type { StoredSample } from "../../ingest/model.ts"
import { overTime } from "./sql.ts"

type Fragment = Statement<unknown>
/** A sample and the number its tables know its thing by. */
type Keyed = { readonly key: number; readonly sample: StoredSample }

const MAX_NAMES = { agent: 20_000, router: 200 } as const

/**
 * Numbers of names, by family and thing: they stay as long as their device. A name that a
 * transaction adds is kept only when a later one finds it, for it may never be committed.
 */
export type KnownNames = Map<string, number>
const MAX_KNOWN_NAMES = 200_000

/** `stored`: rows that were new. `nameless`: samples of names beyond a device's limit. */
export type WrittenRows = { readonly stored: number; readonly nameless: number }

type From = {
  readonly org: OrgId
  readonly isRouter: boolean
  readonly isStored: boolean
  /** Some may be stored already. */
  readonly mayRepeat: boolean
  readonly names: KnownNames
}

/**
 * With `mayRepeat`, every statement may run twice and changes nothing the second time. Without it,
 * a row that is stored already throws. `isStored` false: only the latest values are written.
 */
export const writeFamily = async (
  tx: Tx,
  family: Family,
  samples: readonly StoredSample[],
  from: From,
): Promise<WrittenRows> => {
  if (samples.length === 0) return { stored: 0, nameless: 0 }
  const keyed = await withKeys(tx, family, samples, from)
  const stored = keyed.length === 0 ? 0 : await insert(tx, family, keyed, from)
  return { stored, nameless: samples.length - keyed.length }
}

const keyedBy = (key: number | undefined, sample: StoredSample): Keyed[] => {
  if (key === undefined) throw new Error(`a sample of ${sample.kind} has no key`)
  return [{ key, sample }]
}

const withKeys = async (
  tx: Tx,
  family: Family,
  samples: readonly StoredSample[],
  from: From,
): Promise<readonly Keyed[]> => {
  switch (family.key.by) {
    case "device":
      return samples.flatMap((sample) => keyedBy(sample.deviceKey, sample))
    case "interface":
      return samples.flatMap((sample) => keyedBy(sample.interfaceId, sample))
    case "name":
      return await withNames(tx, family, samples, from)
    case "target":
      throw new Error(`metric family ${family.name}: probes have a writer of their own`)
  }
}

type Thing = { readonly deviceKey: number; readonly name: string; readonly unit: string }
const thingKey = ({ deviceKey, name, unit }: Thing): string => `${deviceKey} ${unit} ${name}`

const textOf = (sample: object, field: string): string => {
  const value = (sample as Readonly<Record<string, unknown>>)[field]
  return typeof value === "string" ? value : ""
}
const thingOf = ({ key }: Family, sample: StoredSample, deviceKey: number): Thing => ({
  deviceKey,
  name: key.by === "name" ? textOf(sample, key.field) : "",
  unit: key.by === "name" && key.units !== undefined ? textOf(sample, "unit") : "",
})

/** What has no row, because its device has too many names already, has no values. */
const withNames = async (
  tx: Tx,
  family: Family,
  samples: readonly StoredSample[],
  { org, isRouter, names }: From,
): Promise<readonly Keyed[]> => {
  const named = samples
    .flatMap((sample) => keyedBy(sample.deviceKey, sample))
    .map(({ key, sample }) => ({ sample, thing: thingOf(family, sample, key) }))
  const things = [...new Map(named.map(({ thing }) => [thingKey(thing), thing])).values()]
  const known = await knownNumbers(tx, family.name, things, names)
  const missing = things.filter((thing) => !known.has(thingKey(thing)))
  if (missing.length > 0) {
    const limits = (family.key.by === "name" && family.key.maxNames) || MAX_NAMES
    await addNames(tx, org, family.name, missing, isRouter ? limits.router : limits.agent)
    for (const [key, id] of await numbersOf(tx, family.name, missing)) known.set(key, id)
  }
  return named.flatMap(({ sample, thing }) => {
    const key = known.get(thingKey(thing))
    return key === undefined ? [] : [{ key, sample }]
  })
}

const listOf = (tx: Tx, things: readonly Thing[]): Fragment => tx`
  unnest(${things.map((t) => t.deviceKey)}::int[], ${things.map((t) => t.name)}::text[],
    ${things.map((t) => t.unit)}::text[]) as given (device_key, name, unit)`

const numbersOf = async (
  tx: Tx,
  family: string,
  things: readonly Thing[],
): Promise<Map<string, number>> => {
  const rows = await tx<(Thing & { id: number })[]>`
    select id, device_key as "deviceKey", name, unit
    from ${listOf(tx, things)} join series.entity using (device_key, name, unit)
    where family = ${family}`
  return new Map(rows.map((row) => [thingKey(row), row.id]))
}

const knownNumbers = async (
  tx: Tx,
  family: string,
  things: readonly Thing[],
  names: KnownNames,
): Promise<Map<string, number>> => {
  const known = new Map<string, number>()
  const unknown: Thing[] = []
  for (const thing of things) {
    const id = names.get(`${family} ${thingKey(thing)}`)
    if (id === undefined) unknown.push(thing)
    else known.set(thingKey(thing), id)
  }
  if (unknown.length === 0) return known
  if (names.size > MAX_KNOWN_NAMES) names.clear()
  for (const [key, id] of await numbersOf(tx, family, unknown)) {
    known.set(key, id)
    names.set(`${family} ${key}`, id)
  }
  return known
}

const addNames = async (
  tx: Tx,
  org: OrgId,
  family: string,
  things: readonly Thing[],
  max: number,
): Promise<void> => {
  await tx`
    insert into series.entity (org_id, device_key, family, name, unit)
    select ${org}, device_key, ${family}, name, unit
    from (select *, row_number() over (partition by device_key order by name, unit) as place
      from ${listOf(tx, things)}) new
      left join (select device_key, count(*) as known from series.entity
        where device_key = any(${[...new Set(things.map((t) => t.deviceKey))]}::int[])
          and family = ${family} group by 1) own using (device_key)
    where place + coalesce(known, 0) <= ${max}
    order by device_key, name, unit
    on conflict do nothing`
}

const joined = (tx: Tx, fragments: readonly Fragment[]): Fragment =>
  fragments.reduce((all, fragment) => tx`${all}${fragment}`, tx``)

/** As its column holds it: whole, or in single precision, which rejects what is too small for it. */
const storable = (stored: StoredField, sample: StoredSample): number | null => {
  const value = numberOf(stored, sample)
  if (value === null || stored.type === "boolean" || stored.type === "double precision")
    return value
  return stored.type === "real" ? Math.fround(value) : Math.round(value)
}

type NamedColumn = BinaryColumn & { readonly name: string }
const columnsOf = (family: Family, rows: readonly Keyed[]): NamedColumn[] => [
  { name: "ts", type: "timestamptz", values: rows.map(({ sample }) => sample.atMs) },
  { name: family.storage.key, type: "int", values: rows.map(({ key }) => key) },
  ...family.fields.map((stored): NamedColumn => {
    const values = rows.map(({ sample }) => storable(stored, sample))
    return { name: stored.column, type: stored.type, values }
  }),
]
const namesOf = (columns: readonly NamedColumn[]): string =>
  columns.map(({ name }) => quoteName(name)).join(", ")

/** Rows of arrays, as `given`. */
const givenOf = (tx: Tx, columns: readonly NamedColumn[]): Fragment => {
  const arrays = columns.map((column, at) => {
    const type = tx.unsafe(`${column.type}[]`)
    return tx`${tx.unsafe(at === 0 ? "" : ", ")}${encodeArray(column)}::${type}`
  })
  return tx`unnest(${joined(tx, arrays)}) as given (${tx.unsafe(namesOf(columns))})`
}

/**
 * By key and time: neighbours in the index are stored together, and no two batches wait for each
 * other's latest values.
 */
const inOrder = (rows: readonly Keyed[]): readonly Keyed[] =>
  rows.toSorted((a, b) => a.key - b.key || a.sample.atMs - b.sample.atMs)

/** The newest of each key, of rows in order. */
const newestOf = (
  columns: readonly NamedColumn[],
  rows: readonly Keyed[],
): readonly NamedColumn[] => {
  const isNewest = (at: number): boolean => rows[at]?.key !== rows[at + 1]?.key
  if (rows.every((_, at) => isNewest(at))) return columns
  return columns.map((column) => ({
    ...column,
    values: column.values.filter((_, at) => isNewest(at)),
  }))
}

/** A row that is there is found and changed in one step; `on conflict` would lock it first. */
const writeLatest = async (
  tx: Tx,
  { storage, fields }: Family,
  columns: readonly NamedColumn[],
): Promise<void> => {
  const key = tx(storage.key)
  const names = tx.unsafe(namesOf(columns))
  const renewed = joined(
    tx,
    fields.map(({ column }) => tx`, ${tx(column)} = given.${tx(column)}`),
  )
  const replaced = joined(
    tx,
    fields.map(({ column }) => tx`, ${tx(column)} = excluded.${tx(column)}`),
  )
  await tx`
    with given as materialized (select * from ${givenOf(tx, columns)}), renewed as (
      update ${tx(`series.${storage.last}`)} l set ts = given.ts ${renewed}
      from given where l.${key} = given.${key} and l.ts < given.ts
      returning l.${key}
    )
    insert into ${tx(`series.${storage.last}`)} as l (${names})
    select ${names} from given where ${key} not in (select ${key} from renewed)
    on conflict (${key}) do update set ts = excluded.ts ${replaced}
    where l.ts < excluded.ts`
}

/** Answers how many were new. */
const writeValues = async (
  tx: Tx,
  family: Family,
  all: readonly NamedColumn[],
  mayRepeat: boolean,
): Promise<number> => {
  const { storage } = family
  const lasting = new Set(["ts", storage.key, ...overTime(family).map(({ column }) => column)])
  const columns = all.filter(({ name }) => lasting.has(name))
  const names = namesOf(columns)
  if (!mayRepeat)
    return await tx.copy(
      `copy series.${quoteName(storage.table)} (${names}) from stdin (format binary)`,
      encodeCopy(columns),
    )
  const { count } = await tx`
    insert into ${tx(`series.${storage.table}`)} (${tx.unsafe(names)})
    select * from ${givenOf(tx, columns)}
    on conflict do nothing`
  return count
}

const insert = async (
  tx: Tx,
  family: Family,
  keyed: readonly Keyed[],
  { isStored, mayRepeat }: From,
): Promise<number> => {
  const rows = inOrder(keyed)
  const columns = columnsOf(family, rows)
  const [stored] = await Promise.all([
    isStored ? writeValues(tx, family, columns, mayRepeat) : 0,
    writeLatest(tx, family, newestOf(columns, rows)),
  ])
  return stored
}
