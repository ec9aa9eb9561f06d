/**
 * A section: items by columns, compressed. The agent's buffer stores sections, and a compact batch
 * is a list of them. docs/wire.md describes the bytes.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib"
import { ByteReader, ByteWriter, CompactError } from "./bytes.ts"
import { type Column, readColumn, writeColumn } from "./columns.ts"
import { type Dictionary, DictionaryWriter, readDictionary, textOf } from "./dictionary.ts"
import { type Group, groupItems, type Property, type Shape } from "./shapes.ts"

/** Of the container. A new property or metric family needs no new version. */
export const COMPACT_VERSION = 2

/** Bounds of what one section, or all sections of a batch together, may hold. */
export type CompactBounds = {
  readonly items: number
  readonly values: number
  readonly inflatedBytes: number
  /** Checks the JSON in it, before it is parsed. Throws `CompactError`. */
  readonly checkJson?: (json: Buffer) => void
}
export type ReadGroup = {
  readonly shape: Shape | null
  readonly columns: readonly ReadColumn[]
  readonly size: number
}
/** `name` is empty for whole items; `field` is null for a property that is no object. */
type ColumnName = { readonly name: string; readonly field: string | null }
export type ReadColumn = Column & ColumnName
export type SectionHead = {
  readonly items: number
  /** The latest `atMs` of its items; 0 if none has one. */
  readonly latestAtMs: number
  readonly inflatedBytes: number
}
export type Section = SectionHead & {
  readonly groups: readonly ReadGroup[]
  /** The group of each item. */
  readonly order: readonly number[]
  readonly dictionary: Dictionary
}

const COMPRESSION = { none: 0, zstd: 1 } as const
const KIND = { value: 0, json: 1 } as const
const MAX_COLUMNS = 4_096
/** A frame may ask for a window of this size, 8 MiB, while it is inflated. */
const MAX_WINDOW_LOG = 23

/** A window that fits the bytes: a larger one takes most of the time of a small section. */
const windowLogOf = (bytes: number): number =>
  Math.min(20, Math.max(10, Math.ceil(Math.log2(bytes + 1))))

const compress = (bytes: Buffer): { readonly form: number; readonly bytes: Uint8Array } => {
  const smaller = zstdCompressSync(bytes, {
    params: {
      [constants.ZSTD_c_compressionLevel]: 3,
      [constants.ZSTD_c_windowLog]: windowLogOf(bytes.length),
      [constants.ZSTD_c_checksumFlag]: 1,
    },
  })
  return smaller.length < bytes.length
    ? { form: COMPRESSION.zstd, bytes: smaller }
    : { form: COMPRESSION.none, bytes }
}

const latestOf = (items: readonly unknown[]): number => {
  let latest = 0
  for (const item of items) {
    const atMs = typeof item === "object" && item !== null && "atMs" in item ? item.atMs : null
    if (typeof atMs === "number" && Number.isSafeInteger(atMs) && atMs > latest) latest = atMs
  }
  return latest
}

/** `fields` of an object are written as their number plus one: there is at least one. */
const writeProperties = (writer: ByteWriter, shape: Shape | null, dictionary: DictionaryWriter) => {
  const properties = shape?.properties ?? []
  writer.uint(properties.length)
  for (const { name, is, fields } of properties) {
    writer.uint(dictionary.codeOf(name))
    writer.uint(is === "fields" ? fields.length + 1 : KIND[is])
    if (is === "fields") for (const field of fields) writer.uint(dictionary.codeOf(field))
  }
}

const valuesOf = (objects: readonly object[], name: string): unknown[] => {
  const values: unknown[] = []
  for (const object of objects) values.push((object as Readonly<Record<string, unknown>>)[name])
  return values
}

const writeGroup = (
  writer: ByteWriter,
  { shape, items }: Group,
  dictionary: DictionaryWriter,
  json: unknown[],
): void => {
  writer.uint(items.length)
  writeProperties(writer, shape, dictionary)
  if (shape === null) {
    for (const item of items) json.push(item)
    return
  }
  for (const { name, is, fields } of shape.properties) {
    const values = valuesOf(items, name)
    if (is === "fields")
      for (const field of fields)
        writeColumn(writer, valuesOf(values as object[], field), dictionary, json)
    else writeColumn(writer, values, dictionary, json)
  }
}

const writeOrder = (writer: ByteWriter, order: readonly number[]): void => {
  for (let from = 0; from < order.length; ) {
    const group = order[from] ?? 0
    let to = from + 1
    while (to < order.length && order[to] === group) to += 1
    writer.uint(group)
    writer.uint(to - from)
    from = to
  }
}

/** Whatever JSON can carry comes back exactly as JSON would bring it back. */
export const encodeSection = (items: readonly unknown[]): Buffer => {
  const { groups, order } = groupItems(items)
  const [columns, dictionary, json]: [ByteWriter, DictionaryWriter, unknown[]] = [
    new ByteWriter(),
    new DictionaryWriter(),
    [],
  ]
  for (const group of groups) writeGroup(columns, group, dictionary, json)
  const payload = new ByteWriter()
  dictionary.write(payload)
  payload.text(json.length === 0 ? "" : JSON.stringify(json))
  payload.uint(groups.length)
  payload.raw(columns.done())
  writeOrder(payload, order)
  const inflated = payload.done()
  const { form, bytes } = compress(inflated)
  const section = new ByteWriter()
  section.byte(COMPACT_VERSION)
  section.uint(items.length)
  section.uint(latestOf(items))
  section.byte(form)
  section.uint(inflated.length)
  section.raw(bytes)
  return Buffer.from(section.done())
}

const readHead = (reader: ByteReader): SectionHead & { readonly compression: number } => {
  const version = reader.byte()
  if (version !== COMPACT_VERSION)
    throw new CompactError(`it is of version ${version}, and this release reads ${COMPACT_VERSION}`)
  const [items, latestAtMs, compression] = [reader.uint(), reader.uint(), reader.byte()]
  return { items, latestAtMs, compression, inflatedBytes: reader.uint() }
}
/** What can be known of a section without inflating it. Throws `CompactError`. */
export const sectionHead = (bytes: Uint8Array): SectionHead => readHead(new ByteReader(bytes))

const inflate = (bytes: Buffer, compression: number, inflatedBytes: number): Buffer => {
  if (compression !== COMPRESSION.none && compression !== COMPRESSION.zstd)
    throw new CompactError(`an unknown compression, ${compression}`)
  let inflated = bytes
  if (compression === COMPRESSION.zstd)
    try {
      inflated = zstdDecompressSync(bytes, {
        maxOutputLength: Math.max(1, inflatedBytes),
        params: { [constants.ZSTD_d_windowLogMax]: MAX_WINDOW_LOG },
      })
    } catch (cause) {
      throw new CompactError("it cannot be inflated", { cause })
    }
  if (inflated.length !== inflatedBytes)
    throw new CompactError("it has another length than it says")
  return inflated
}

const parseJson = (text: Buffer, checkJson: CompactBounds["checkJson"]): (() => unknown) => {
  let values: unknown = []
  if (text.length > 0) {
    checkJson?.(text)
    try {
      values = JSON.parse(text.toString("utf8"))
    } catch (cause) {
      throw new CompactError("its JSON cannot be parsed", { cause })
    }
  }
  const list: readonly unknown[] = Array.isArray(values) ? values : []
  let next = 0
  return () => {
    if (next >= list.length) throw new CompactError("it has less JSON than it refers to")
    return list[next++]
  }
}

const readProperties = (reader: ByteReader, dictionary: Dictionary): readonly Property[] => {
  const nameOf = (taken: Set<string>): string => {
    const name = textOf(dictionary, reader.uint())
    if (name === "__proto__" || taken.has(name)) throw new CompactError("a name is not possible")
    taken.add(name)
    return name
  }
  const names = new Set<string>()
  const count = reader.count("properties", MAX_COLUMNS)
  return Array.from({ length: count }, (): Property => {
    const name = nameOf(names)
    const kind = reader.count("fields", MAX_COLUMNS)
    if (kind === KIND.value || kind === KIND.json)
      return { name, is: kind === KIND.json ? "json" : "value", fields: [] }
    const inner = new Set<string>()
    return { name, is: "fields", fields: Array.from({ length: kind - 1 }, () => nameOf(inner)) }
  })
}

/** What a batch may still hold. */
export type Budget = { items: number; values: number; inflatedBytes: number }

type Reading = {
  readonly reader: ByteReader
  readonly dictionary: Dictionary
  readonly json: () => unknown
  readonly budget: Budget
}
const readGroup = (reading: Reading): ReadGroup => {
  const { reader, dictionary, budget } = reading
  const size = reader.count("items", budget.items)
  budget.items -= size
  const properties = readProperties(reader, dictionary)
  const names = properties.flatMap(({ name, is, fields }): ColumnName[] =>
    is === "fields" ? fields.map((field) => ({ name, field })) : [{ name, field: null }],
  )
  budget.values -= size * Math.max(1, names.length)
  if (budget.values < 0) throw new CompactError("more values than a batch may have")
  if (properties.length === 0) {
    const values = Array.from({ length: size }, reading.json)
    return { shape: null, columns: [{ name: "", field: null, values, codes: null }], size }
  }
  const columns = names.map((name) => ({ ...name, ...readColumn(reading, size) }))
  const kind = columns.find(({ name }) => name === "kind")?.values[0]
  return { shape: { kind, properties }, columns, size }
}

const readOrder = (reader: ByteReader, groups: readonly ReadGroup[], items: number): number[] => {
  const left = groups.map(({ size }) => size)
  const order: number[] = []
  while (order.length < items) {
    const group = reader.count("groups", groups.length - 1)
    const run = reader.count("items", left[group] ?? 0)
    if (run === 0) throw new CompactError("its items have no order")
    left[group] = (left[group] ?? 0) - run
    for (let index = 0; index < run; index += 1) order.push(group)
  }
  return order
}

/** Takes what it holds from `budget`. Throws `CompactError`. */
export const readSection = (
  bytes: Uint8Array,
  budget: Budget,
  checkJson?: CompactBounds["checkJson"],
): Section => {
  const outer = new ByteReader(bytes)
  const { compression, ...head } = readHead(outer)
  budget.inflatedBytes -= head.inflatedBytes
  if (budget.inflatedBytes < 0) throw new CompactError("larger than a batch may be, inflated")
  const reader = new ByteReader(inflate(outer.raw(outer.left), compression, head.inflatedBytes))
  if (head.items > budget.items)
    throw new CompactError(`${head.items} items, at most ${budget.items} are allowed`)
  const itemsBefore = budget.items
  const dictionary = readDictionary(reader, budget.values)
  const json = parseJson(reader.raw(reader.uint()), checkJson)
  const groupCount = reader.count("groups", head.items)
  const groups = Array.from({ length: groupCount }, () =>
    readGroup({ reader, dictionary, json, budget }),
  )
  if (itemsBefore - budget.items !== head.items)
    throw new CompactError("it has another number of items than it says")
  const order = readOrder(reader, groups, head.items)
  reader.end()
  return { ...head, groups, order, dictionary }
}

/** Throws `CompactError`. */
export const decodeSection = (bytes: Uint8Array, bounds: CompactBounds): Section =>
  readSection(bytes, { ...bounds }, bounds.checkJson)

type Item = Record<string, unknown>
const assign = (items: readonly Item[], { name, field, values }: ReadColumn): void => {
  if (field === null) {
    for (let row = 0; row < items.length; row += 1) (items[row] as Item)[name] = values[row]
    return
  }
  for (let row = 0; row < items.length; row += 1) {
    const item = items[row] as Item
    item[name] ??= {}
    ;(item[name] as Item)[field] = values[row]
  }
}
const groupItemsOf = ({ shape, columns, size }: ReadGroup): unknown[] => {
  if (shape === null) return [...(columns[0]?.values ?? [])]
  const items = Array.from({ length: size }, (): Item => ({}))
  for (const column of columns) assign(items, column)
  return items
}

/** The items, in the order in which they were given. */
export const itemsOf = ({ groups, order }: Section): unknown[] => {
  const byGroup = groups.map(groupItemsOf)
  const next = groups.map(() => 0)
  return order.map((group) => {
    const index = next[group] ?? 0
    next[group] = index + 1
    return byGroup[group]?.[index]
  })
}
