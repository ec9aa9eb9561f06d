/** `print`, `get` and `find` for the rows of any menu. */
import type { Row as ApiRow } from "../api-query.ts"
import { type Invocation, type Row, ScriptError, type Value } from "../script/value.ts"
import { MENUS } from "./menu-table.ts"
import type { RouterSystem } from "./model.ts"
import { guessed, NOTHING, num, str, textOf, typed } from "./values.ts"
import { argument, idsValue, itemRefs, NO_ITEM } from "./verbs.ts"

const HIDDEN = "*****"

/** A row's properties as a script sees them; secrets only with the policy for them. */
const visibleValues = (path: string, row: ApiRow, isSensitive: boolean): Map<string, Value> => {
  const properties = MENUS.get(path)?.properties
  const values = new Map<string, Value>()
  for (const [name, text] of Object.entries(row)) {
    const property = properties?.get(name)
    if (property?.isSecret === true && !isSensitive)
      values.set(name, str(text === "" ? "" : HIDDEN))
    else if (path === "/file" && name === "contents") values.set(name, str(text))
    else values.set(name, property === undefined ? guessed(name, text) : typed(property.kind, text))
  }
  return values
}

const rowsOf = (os: RouterSystem, path: string): readonly ApiRow[] => {
  const rows = os.rows(path)
  if (rows === null) throw new ScriptError("no such command prefix")
  return rows
}

const selectRows = (rows: readonly ApiRow[], value: Value): readonly ApiRow[] =>
  itemRefs(value).map((ref) => {
    const found =
      rows.find((row) => row[".id"] === ref) ??
      rows.find((row) => row.name === ref) ??
      (/^\d+$/.test(ref) ? rows[Number(ref)] : undefined)
    if (found === undefined) throw new ScriptError(NO_ITEM)
    return found
  })

const matching = async (
  path: string,
  rows: readonly ApiRow[],
  call: Invocation,
): Promise<readonly ApiRow[]> => {
  const { where } = call
  const from = call.args.get("from")
  const some = from === undefined ? rows : selectRows(rows, from)
  if (where === null) return some
  const isSensitive = call.runner.policies.has("sensitive")
  const found: ApiRow[] = []
  for (const row of some) if (await where(visibleValues(path, row, isSensitive))) found.push(row)
  return found
}

const arrayOf = (row: Row): Value => ({
  type: "array",
  items: [...row].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => ({ key, value })),
})

const lineOf = (row: Row): string =>
  [...row].map(([name, value]) => `${name}=${textOf(value)}`).join(" ")

const get = (path: string, rows: readonly ApiRow[], call: Invocation): Value => {
  const which = argument(call, "numbers", "number", ".id")
  const isSingle =
    MENUS.get(path)?.shape === "single" || (rows.length === 1 && rows[0]?.[".id"] === undefined)
  if (which === undefined && !isSingle)
    throw new ScriptError("missing value(s) of argument(s) number")
  const [row] = which === undefined || isSingle ? rows : selectRows(rows, which)
  if (row === undefined) throw new ScriptError(NO_ITEM)
  const values = visibleValues(path, row, call.runner.policies.has("sensitive"))
  // In a menu of one row, the property's name may be in the place of the number.
  const name = call.args.get("value-name") ?? (isSingle ? which : undefined)
  if (name === undefined) return arrayOf(values)
  const property = MENUS.get(path)?.properties.get(textOf(name))
  return (
    values.get(textOf(name)) ??
    (property === undefined ? NOTHING : property.kind === "list" ? typed("list", "") : str(""))
  )
}

const print = async (
  os: RouterSystem,
  path: string,
  rows: readonly ApiRow[],
  call: Invocation,
): Promise<Value> => {
  const which = argument(call, "numbers", "number", ".id")
  const found = await matching(path, which === undefined ? rows : selectRows(rows, which), call)
  if (call.flags.has("count-only") || call.args.has("count-only")) return num(found.length)
  const isSensitive = call.runner.policies.has("sensitive")
  const values = found.map((row) => visibleValues(path, row, isSensitive))
  const file = call.args.get("file")
  const text = values.map((row) => `${lineOf(row)}\n`).join("")
  if (file !== undefined) {
    os.files.put(`${textOf(file)}.txt`, Buffer.from(text, "utf8"), os.now())
    return NOTHING
  }
  if (!call.flags.has("as-value")) return str(text.trimEnd())
  const listed = values.map(arrayOf)
  const isSingle =
    MENUS.get(path)?.shape === "single" || (rows.length === 1 && rows[0]?.[".id"] === undefined)
  return isSingle
    ? (listed[0] ?? NOTHING)
    : { type: "array", items: listed.map((value) => ({ key: null, value })) }
}

export const read = async (
  os: RouterSystem,
  path: string,
  verb: string,
  call: Invocation,
): Promise<Value> => {
  const rows = rowsOf(os, path)
  if (verb === "get") return get(path, rows, call)
  if (verb === "find")
    return idsValue((await matching(path, rows, call)).map((row) => row[".id"] ?? ""))
  return print(os, path, rows, call)
}
