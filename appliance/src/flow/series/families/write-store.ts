/** Stores samples of a metric family: values over time and the latest ones, in one statement. */
import { type Family, numberOf, type StoredField } from "@ispvm/wire/families"
import type { OrgId } from "../../../platform/ids.ts"
import type { Statement, Tx } from "../../../platform/postgres/sql.ts"
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
  readonly names: KnownNames
}

/**
 * Every statement may run twice and changes nothing the second time. `isStored` false: only the
 * latest values are written.
 */
export const writeFamily = async (
  tx: Tx,
  family: Family,
  samples: readonly StoredSample[],
  from: From,
): Promise<WrittenRows> => {
  if (samples.length === 0) return { stored: 0, nameless: 0 }
  const keyed = await withKeys(tx, family, samples, from)
  const stored = keyed.length === 0 ? 0 : await insert(tx, family, keyed, from.isStored)
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

/** Booleans travel as 0 and 1. */
const columnOf = (tx: Tx, { column, type }: StoredField): Fragment =>
  type === "boolean" ? tx`, ${tx(column)} = 1 as ${tx(column)}` : tx`, ${tx(column)}`

/** As its column holds it: whole, or in single precision, which rejects what is too small for it. */
const storable = (stored: StoredField, { sample }: Keyed): number | null => {
  const value = numberOf(stored, sample)
  if (value === null || stored.type === "boolean" || stored.type === "double precision")
    return value
  return stored.type === "real" ? Math.fround(value) : Math.round(value)
}

const valuesOf = (tx: Tx, stored: StoredField, rows: readonly Keyed[]): Fragment => {
  const type = tx.unsafe(`${stored.type === "boolean" ? "int" : stored.type}[]`)
  return tx`, ${rows.map((row) => storable(stored, row))}::${type}`
}

const insert = async (
  tx: Tx,
  family: Family,
  rows: readonly Keyed[],
  isStored: boolean,
): Promise<number> => {
  const { fields, storage } = family
  const names = (of: readonly StoredField[]) =>
    joined(
      tx,
      of.map(({ column }) => tx`, ${tx(column)}`),
    )
  const all = names(fields)
  const values = overTime(family)
  const renewed = joined(
    tx,
    fields.map(({ column }) => tx`, ${tx(column)} = excluded.${tx(column)}`),
  )
  const [row] = await tx<{ stored: number }[]>`
    with given as (
      select to_timestamp(at / 1000) as ts, key ${joined(
        tx,
        fields.map((field) => columnOf(tx, field)),
      )}
      from unnest(${rows.map(({ sample }) => sample.atMs)}::float8[], ${rows.map(({ key }) => key)}::int[]
        ${joined(
          tx,
          fields.map((field) => valuesOf(tx, field, rows)),
        )}) as given (at, key ${all})
    ), stored as (
      insert into ${tx(`series.${storage.table}`)} (ts, ${tx(storage.key)} ${names(values)})
      select ts, key ${names(values)} from given ${isStored ? tx`` : tx`where false`}
      on conflict do nothing returning 1
    ), latest as (
      insert into ${tx(`series.${storage.last}`)} as l (${tx(storage.key)}, ts ${all})
      select distinct on (key) key, ts ${all} from given order by key, ts desc
      on conflict (${tx(storage.key)}) do update set ts = excluded.ts ${renewed}
      where l.ts < excluded.ts
    )
    select count(*)::int as stored from stored`
  return row?.stored ?? 0
}
