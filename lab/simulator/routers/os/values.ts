/**
 * Properties are stored as the text that the API prints (`true`, `1m30s`, `a,b`); this converts
 * them to values of the language and back. A script sees a `list` as an array of texts, as on the
 * console.
 */
import { parseSeconds, parseTime } from "../script/times.ts"
import { ScriptError, type Value } from "../script/value.ts"

export type Kind = "str" | "bool" | "num" | "time" | "list" | "ip"

export const NOTHING: Value = { type: "nothing" }
export const str = (is: string): Value => ({ type: "str", is })
export const num = (is: number | bigint): Value => ({ type: "num", is: BigInt(is) })
export const bool = (is: boolean): Value => ({ type: "bool", is })
export const idValue = (is: string): Value => ({ type: "id", is })
export const listValue = (items: readonly Value[]): Value => ({
  type: "array",
  items: items.map((value) => ({ key: null, value })),
})

const NS = 1_000_000_000n
const UNITS = [
  ["w", 604_800n * NS],
  ["d", 86_400n * NS],
  ["h", 3_600n * NS],
  ["m", 60n * NS],
  ["s", NS],
  ["ms", 1_000_000n],
  ["us", 1_000n],
  ["ns", 1n],
] as const

/** `1w2d3h4m5s6ms`, as the API prints a time. */
export const timeText = (ns: bigint): string => {
  let rest = ns < 0n ? -ns : ns
  let text = ""
  for (const [unit, size] of UNITS) {
    if (rest >= size) text += `${rest / size}${unit}`
    rest %= size
  }
  return text === "" ? "0s" : `${ns < 0n ? "-" : ""}${text}`
}

/** Null where the text is not a time. A number alone is seconds. */
export const timeOf = (text: string): bigint | null =>
  /^\d+$/.test(text) ? BigInt(text) * NS : (parseTime(text) ?? parseSeconds(text) ?? null)

/** A value as text. */
export const textOf = (value: Value): string => {
  switch (value.type) {
    case "nothing":
    case "nil":
      return ""
    case "bool":
      return value.is ? "true" : "false"
    case "num":
      return value.is.toString()
    case "time":
      return timeText(value.ns)
    case "array":
      return value.items
        .map((item) => (item.key === null ? "" : `${item.key}=`) + textOf(item.value))
        .join(";")
    case "code":
      return value.source
    case "str":
    case "id":
    case "ip":
    case "ip-prefix":
    case "ip6":
    case "ip6-prefix":
      return value.is
  }
}

const YES = new Set(["yes", "true"])
const NO = new Set(["no", "false"])

const invalidValue = (name: string): ScriptError =>
  new ScriptError(`invalid value for argument ${name}`)

/** A given value as the stored text. Throws where the property does not accept it. */
export const storedText = (kind: Kind, name: string, value: Value): string => {
  const text = textOf(value)
  switch (kind) {
    case "bool":
      if (YES.has(text)) return "true"
      if (NO.has(text)) return "false"
      throw invalidValue(name)
    case "num":
      if (!/^-?\d+$/.test(text)) throw invalidValue(name)
      return text
    case "time": {
      if (["startup", "none", "auto", ""].includes(text)) return text
      const ns = timeOf(text)
      if (ns === null) throw invalidValue(name)
      return timeText(ns)
    }
    case "list":
      return value.type === "array" ? value.items.map((item) => textOf(item.value)).join(",") : text
    case "str":
    case "ip":
      return text
  }
}

export const typed = (kind: Kind, text: string): Value => {
  switch (kind) {
    case "bool":
      return bool(text === "true")
    case "num":
      return /^-?\d+$/.test(text) ? { type: "num", is: BigInt(text) } : str(text)
    case "time": {
      const ns = text === "" ? null : timeOf(text)
      return ns === null ? str(text) : { type: "time", ns }
    }
    case "list":
      return listValue(text === "" ? [] : text.split(",").map(str))
    case "ip":
      return /^\d+\.\d+\.\d+\.\d+$/.test(text) ? { type: "ip", is: text } : str(text)
    case "str":
      return str(text)
  }
}

/** For a read-only row: the kind follows from the text. */
export const guessed = (name: string, text: string): Value => {
  if (name === ".id") return idValue(text)
  if (text === "true" || text === "false") return bool(text === "true")
  if (/^-?\d{1,19}$/.test(text)) return { type: "num", is: BigInt(text) }
  if (/^(uptime|established|last-.*|adjacency|time)$/.test(name) && !text.includes("-")) {
    const ns = timeOf(text)
    if (ns !== null) return { type: "time", ns }
  }
  return str(text)
}
