/** Arrays: items without a key in their order, then the others sorted by key. */
import { NOTHING } from "./literal.ts"
import type { ArrayItem, Value } from "./value.ts"
import { toText } from "./value-text.ts"

type ArrayValue = Extract<Value, { type: "array" }>

const byKey = (a: ArrayItem, b: ArrayItem): number => ((a.key ?? "") < (b.key ?? "") ? -1 : 1)

/** Of several items with one key, the last one counts. */
export const arrayOf = (items: readonly ArrayItem[]): ArrayValue => {
  if (items.every(({ key }) => key === null)) return { type: "array", items }
  const keyed = new Map(
    items.flatMap((item) => (item.key === null ? [] : [[item.key, item] as const])),
  )
  return {
    type: "array",
    items: [...items.filter(({ key }) => key === null), ...[...keyed.values()].sort(byKey)],
  }
}

export const keyed = (entries: Iterable<readonly [string, Value]>): ArrayValue =>
  arrayOf([...entries].map(([key, value]) => ({ key, value })))

const placeOf = (items: readonly ArrayItem[], at: Value): number => {
  if (at.type === "num") return at.is >= 0n && at.is < BigInt(items.length) ? Number(at.is) : -1
  const key = toText(at)
  return items.findIndex((item) => item.key === key)
}

/** `$a->at`. */
export const itemAt = (from: Value, at: Value): Value =>
  from.type === "array" ? (from.items[placeOf(from.items, at)]?.value ?? NOTHING) : NOTHING

/**
 * `:set ($a->at) to`; nothing removes an item with a key, and leaves a hole among the others. A
 * number beyond the last item appends.
 */
export const withItem = (from: Value, at: Value, to: Value): Value => {
  const items = from.type === "array" ? from.items : []
  const place = placeOf(items, at)
  if (to.type === "nothing" && at.type !== "num")
    return place === -1 ? arrayOf(items) : arrayOf(items.filter((_, index) => index !== place))
  if (place === -1)
    return arrayOf([...items, { key: at.type === "num" ? null : toText(at), value: to }])
  return arrayOf(
    items.map((item, index) => (index === place ? { key: item.key, value: to } : item)),
  )
}

export const itemsIn = (value: Value): readonly ArrayItem[] =>
  value.type === "array" ? value.items : [{ key: null, value }]

export const mapped = (value: ArrayValue, each: (value: Value) => Value): Value => ({
  type: "array",
  items: value.items.map((item) => ({ key: item.key, value: each(item.value) })),
})
