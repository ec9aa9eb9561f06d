/** `add`, `set`, `find` and similar commands for the rows of a menu with configuration. */
import { type Invocation, ScriptError, type Value } from "../script/value.ts"
import type { Item, Table } from "./store.ts"
import { idValue, listValue, NOTHING, storedText, textOf } from "./values.ts"

export const NO_ITEM = "no such item"
const NOT_PROPERTIES = new Set([
  "numbers",
  "number",
  "place-before",
  "copy-from",
  "where",
  ".id",
  "value-name",
  "destination",
])

export const argument = (call: Invocation, ...names: readonly string[]): Value | undefined => {
  for (const name of names) {
    const value = call.args.get(name)
    if (value !== undefined) return value
  }
  return undefined
}

/** The items of `numbers`: an id, a name, or a position in the menu; also lists of these. */
export const itemRefs = (value: Value): readonly string[] =>
  value.type === "array"
    ? value.items.flatMap((item) => itemRefs(item.value))
    : textOf(value)
        .split(",")
        .filter((each) => each !== "")

export const selectedItems = (table: Table, call: Invocation): readonly Item[] => {
  const value = argument(call, "numbers", "number", ".id")
  if (value === undefined) {
    if (table.plan.shape === "single") return table.items
    throw new ScriptError("missing value(s) of argument(s) numbers")
  }
  return itemRefs(value).map((ref) => {
    const found =
      table.items.find((item) => item.id === ref) ??
      table.named(ref) ??
      (/^\d+$/.test(ref) ? table.items[Number(ref)] : undefined)
    if (found === undefined) throw new ScriptError(NO_ITEM)
    return found
  })
}

/** The given properties as stored; a name that is not in the menu's table is kept as text. */
export const propertiesOf = (table: Table, call: Invocation): Map<string, string> => {
  const properties = new Map<string, string>()
  for (const [name, value] of call.args) {
    if (NOT_PROPERTIES.has(name)) continue
    properties.set(name, storedText(table.plan.properties.get(name)?.kind ?? "str", name, value))
  }
  for (const flag of call.flags) {
    if (flag.startsWith("!") && table.plan.properties.has(flag.slice(1)))
      properties.set(flag.slice(1), "")
    else if (table.plan.properties.get(flag)?.kind === "bool") properties.set(flag, "true")
  }
  return properties
}

const placeOf = (table: Table, value: Value | undefined): Item | null => {
  const [ref] = value === undefined ? [] : itemRefs(value)
  if (ref === undefined) return null
  const found =
    table.items.find((item) => item.id === ref) ??
    (/^\d+$/.test(ref) ? table.items[Number(ref)] : undefined)
  if (found === undefined) throw new ScriptError(NO_ITEM)
  return found
}

export const addItem = (
  table: Table,
  call: Invocation,
  properties: ReadonlyMap<string, string>,
): Value => {
  const missing = [...table.plan.properties.values()]
    .filter((p) => p.isRequired && !properties.has(p.name))
    .map((p) => p.name)
  if (missing.length > 0)
    throw new ScriptError(`missing value(s) of argument(s) ${missing.join(" ")}`)
  return idValue(table.add(properties, placeOf(table, call.args.get("place-before"))).id)
}

export const changeItems = (table: Table, verb: string, call: Invocation): void => {
  const items = selectedItems(table, call)
  switch (verb) {
    case "remove":
      if (items.length > 0) table.remove(items)
      return
    case "enable":
    case "disable":
      for (const item of items) table.set(item, new Map([["disabled", String(verb === "disable")]]))
      return
    case "comment":
      for (const item of items)
        table.set(item, new Map([["comment", textOf(argument(call, "comment") ?? NOTHING)]]))
      return
    case "unset":
      for (const item of items) table.unset(item, textOf(argument(call, "value-name") ?? NOTHING))
      return
    case "move":
      if (items.length > 0) table.move(items, placeOf(table, call.args.get("destination")))
      return
    default:
      throw new ScriptError("no such command")
  }
}

export const idsValue = (ids: readonly string[]): Value => listValue(ids.map(idValue))
