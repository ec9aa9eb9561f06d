/** `:serialize` and `:deserialize`: JSON, and lines of delimited values. */
import { arrayOf, itemsIn } from "./arrays.ts"
import { bytesIn, textIn } from "./byte-text.ts"
import { array, bool, NIL, num, parseLiteral, str } from "./literal.ts"
import { ScriptError, type Value } from "./value.ts"
import { toText } from "./value-text.ts"

type Args = ReadonlyMap<string, Value>

const optionsIn = (args: Args): ReadonlySet<string> =>
  new Set(
    itemsIn(args.get("options") ?? array([]))
      .flatMap(({ value }) => toText(value).split(","))
      .map((each) => each.replace(/^(json|dsv)\./, "")),
  )

/** Text that looks like a number becomes one, unless `json.no-string-conversion` is set. */
const toJson = (value: Value, keepsText: boolean): unknown => {
  switch (value.type) {
    case "nothing":
    case "nil":
      return null
    case "bool":
      return value.is
    case "num":
      return Number(value.is)
    case "array":
      return value.items.some(({ key }) => key !== null)
        ? Object.fromEntries(
            value.items.map((item, index) => [
              item.key ?? String(index),
              toJson(item.value, keepsText),
            ]),
          )
        : value.items.map((item) => toJson(item.value, keepsText))
    case "str": {
      const literal = keepsText ? undefined : parseLiteral(value.is)
      return literal?.type === "num" && /^-?(0|[1-9]\d{0,14})$/.test(value.is)
        ? Number(literal.is)
        : value.is
    }
    case "time":
    case "code":
    case "id":
    case "ip":
    case "ip-prefix":
    case "ip6":
    case "ip6-prefix":
      return toText(value)
  }
}

const quoted = (text: string, delimiter: string): string =>
  text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text

export const serialize = (args: Args): Value => {
  const value = args.get("value") ?? NIL
  const options = optionsIn(args)
  if (toText(args.get("to") ?? NIL) === "dsv") {
    const delimiter = toText(args.get("delimiter") ?? str(","))
    return str(
      itemsIn(value)
        .map((row) =>
          itemsIn(row.value)
            .map((item) => quoted(toText(item.value), delimiter))
            .join(delimiter),
        )
        .join("\n"),
    )
  }
  if (toText(args.get("to") ?? NIL) !== "json")
    throw new ScriptError("invalid value for argument to")
  return str(
    JSON.stringify(
      toJson(value, options.has("no-string-conversion")),
      null,
      options.has("pretty") ? 4 : undefined,
    ),
  )
}

const fromJson = (json: unknown, keepsText: boolean): Value => {
  if (json === null || json === undefined) return NIL
  if (typeof json === "boolean") return bool(json)
  if (typeof json === "number")
    return Number.isInteger(json) ? num(BigInt(json)) : str(String(json))
  if (typeof json === "string") return keepsText ? str(json) : (parseLiteral(json) ?? str(json))
  if (Array.isArray(json)) return array(json.map((each) => fromJson(each, keepsText)))
  return arrayOf(
    Object.entries(json).map(([key, value]) => ({ key, value: fromJson(value, keepsText) })),
  )
}

const fromLines = (text: string, delimiter: string): Value =>
  array(
    text
      .split(/\r?\n/)
      .filter((line) => line !== "")
      .map((line) => array(line.split(delimiter).map(str))),
  )

export const deserialize = (args: Args): Value => {
  const text = toText(args.get("value") ?? NIL)
  const form = toText(args.get("from") ?? NIL)
  if (form === "dsv") return fromLines(text, toText(args.get("delimiter") ?? str(",")))
  if (form !== "json") throw new ScriptError("invalid value for argument from")
  try {
    const json: unknown = JSON.parse(textIn(bytesIn(text)))
    return fromJson(json, optionsIn(args).has("no-string-conversion"))
  } catch (error) {
    throw new ScriptError("failed to parse json", { cause: error })
  }
}
