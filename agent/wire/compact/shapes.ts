/**
 * Groups items of one kind and the same properties, so that each property becomes a column. The
 * format knows no schema: an item of any release has a shape, as it has a JSON.
 */

/**
 * A property. `value`: a text, a number, true, false or null. `json`: an object or a list.
 * `fields`: an object of numbers, true, false and null, whose members are columns of their own.
 */
export type Property = {
  readonly name: string
  readonly is: "value" | "json" | "fields"
  readonly fields: readonly string[]
}
/** `kind`: of its items; families may have the same properties. */
export type Shape = { readonly kind: unknown; readonly properties: readonly Property[] }
/** Items of a shape. Shape null: each item is written as JSON. */
export type Group = { readonly shape: Shape | null; readonly items: object[] }

const MAX_SHAPES = 60
const MAX_PROPERTIES = 64

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
const isScalar = (value: unknown): boolean =>
  value === null || typeof value === "number" || typeof value === "boolean"
/** Names that cannot be assigned as an own property, and texts that UTF-8 cannot carry. */
const isPlainName = (name: string): boolean => name !== "__proto__" && name.isWellFormed()

const matchesFields = (value: unknown, fields: readonly string[]): boolean => {
  if (!isRecord(value)) return false
  let index = 0
  for (const name in value) {
    if (name !== fields[index] || !isScalar(value[name])) return false
    index += 1
  }
  return index === fields.length
}
const matchesProperty = (value: unknown, { is, fields }: Property): boolean => {
  if (is === "fields") return matchesFields(value, fields)
  if (is === "json") return typeof value === "object" && value !== null
  return typeof value === "string" ? value.isWellFormed() : isScalar(value)
}
const matches = (item: Readonly<Record<string, unknown>>, { kind, properties }: Shape): boolean => {
  if (item.kind !== kind) return false
  let index = 0
  for (const name in item) {
    const property = properties[index]
    if (property?.name !== name || !matchesProperty(item[name], property)) return false
    index += 1
  }
  return index === properties.length
}

const propertyOf = (name: string, value: unknown): Property | null => {
  if (!isPlainName(name)) return null
  if (typeof value !== "object" || value === null) {
    const property: Property = { name, is: "value", fields: [] }
    return matchesProperty(value, property) ? property : null
  }
  const fields = isRecord(value) ? Object.keys(value) : []
  const isFields = fields.length > 0 && fields.length <= MAX_PROPERTIES && fields.every(isPlainName)
  return isFields && matchesFields(value, fields)
    ? { name, is: "fields", fields }
    : { name, is: "json", fields: [] }
}
const shapeOf = (item: Readonly<Record<string, unknown>>): Shape | null => {
  const names = Object.keys(item)
  if (names.length === 0 || names.length > MAX_PROPERTIES) return null
  const properties = names.map((name) => propertyOf(name, item[name]))
  if (properties.includes(null)) return null
  return { kind: item.kind, properties: properties as Property[] }
}

/** `order`: the group of each item. */
export const groupItems = (
  items: readonly unknown[],
): { readonly groups: readonly Group[]; readonly order: readonly number[] } => {
  const groups: Group[] = []
  const order: number[] = []
  let others = -1
  let last = -1
  const groupOf = (item: unknown): number => {
    if (isRecord(item)) {
      const before = groups[last]?.shape
      if (before && matches(item, before)) return last
      const found = groups.findIndex(({ shape }) => shape !== null && matches(item, shape))
      if (found >= 0) return found
      const shape = groups.length < MAX_SHAPES ? shapeOf(item) : null
      if (shape !== null) return groups.push({ shape, items: [] }) - 1
    }
    if (others < 0) others = groups.push({ shape: null, items: [] }) - 1
    return others
  }
  for (const item of items) {
    last = groupOf(item)
    groups[last]?.items.push(item as object)
    order.push(last)
  }
  return { groups, order }
}
