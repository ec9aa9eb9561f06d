/** Equality and order of values, and pattern matching. */
import { parseAddress } from "./addresses.ts"
import { bytesIn } from "./byte-text.ts"
import { parseLiteral } from "./literal.ts"
import { ScriptError, type Value } from "./value.ts"
import { toText, typeOf } from "./value-text.ts"

export const isEmpty = (value: Value): boolean => value.type === "nothing" || value.type === "nil"

/**
 * Values of different types are compared as text, except prefixes: `1.2.3.0/24` is not "1.2.3.0/24"
 * (recorded on real routers).
 */
const areAlike = (text: string, other: Value): boolean => {
  if (
    other.type === "ip-prefix" ||
    other.type === "ip6-prefix" ||
    other.type === "array" ||
    isEmpty(other)
  )
    return false
  // Uncertain; but scripts for real routers convert a bool to text before such a comparison.
  if (other.type === "bool") return false
  return text === toText(other)
}

export const areEqual = (a: Value, b: Value): boolean => {
  if (isEmpty(a) || isEmpty(b)) return isEmpty(a) && isEmpty(b)
  if (a.type === "array" && b.type === "array")
    return (
      a.items.length === b.items.length &&
      a.items.every(
        (item, index) =>
          item.key === b.items[index]?.key && areEqual(item.value, b.items[index].value),
      )
    )
  if (a.type === b.type) return toText(a) === toText(b)
  if (a.type === "time" && b.type === "num") return a.ns === b.is * 1_000_000_000n
  if (a.type === "num" && b.type === "time") return areEqual(b, a)
  if (a.type === "str") return areAlike(a.is, b)
  return b.type === "str" && areAlike(b.is, a)
}

/** A number for values with an order: numbers, times and addresses. */
const measure = (value: Value): bigint | undefined => {
  if (value.type === "num") return value.is * 1_000_000_000n
  if (value.type === "time") return value.ns
  if (value.type === "bool") return value.is ? 1n : 0n
  if (value.type === "id") return BigInt(`0x${value.is.slice(1)}`)
  return value.type === "ip" || value.type === "ip6" ? parseAddress(value.is)?.number : undefined
}

const sign = (less: boolean, same: boolean): number => (less ? -1 : same ? 0 : 1)

const OPERATOR_NAMES: Readonly<Record<string, string>> = {
  "<": "less than",
  ">": "more than",
  "<=": "less than or equal to",
  ">=": "more than or equal to",
}

/**
 * Below zero, zero or above, as `a` is less than, equal to or greater than `b`; nothing is less
 * than all else.
 */
export const compare = (a: Value, b: Value, operator: string): number => {
  if (isEmpty(a) || isEmpty(b)) return Number(isEmpty(b)) - Number(isEmpty(a))
  if (a.type === "str" && b.type === "str") {
    const [left, right] = [bytesIn(a.is), bytesIn(b.is)]
    return sign(left < right, left === right)
  }
  const [left, right] = [a, b].map((each) =>
    measure(each.type === "str" ? (parseLiteral(each.is) ?? each) : each),
  )
  if (left === undefined || right === undefined)
    throw new ScriptError(
      `cannot compare if ${typeOf(a)} is ${OPERATOR_NAMES[operator] ?? operator} ${typeOf(b)}`,
    )
  return sign(left < right, left === right)
}

/** POSIX extended expressions: in brackets a backslash is literal, and `[:alpha:]` a class. */
const translated = (pattern: string): string => {
  let out = ""
  for (let at = 0; at < pattern.length; at += 1) {
    const c = pattern[at] ?? ""
    if (c === "\\") {
      const next = pattern[at + 1] ?? "\\"
      out += /[A-Za-z0-9]/.test(next) ? (/[wWsSbBdD]/.test(next) ? `\\${next}` : next) : `\\${next}`
      at += 1
    } else if (c === "[") {
      const set = /^\[\^?\]?(?:\[:[a-z]+:\]|[^\]])*\]/.exec(pattern.slice(at))?.[0]
      out += set === undefined ? "\\[" : bracket(set)
      at += (set?.length ?? 1) - 1
    } else if (c === "{" && !/^\{\d+(?:,\d*)?\}/.test(pattern.slice(at))) out += "\\{"
    else if (c === "}" && !/\{\d+(?:,\d*)?$/.test(pattern.slice(0, at))) out += "\\}"
    else out += c
  }
  return out
}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: "A-Za-z",
  digit: "0-9",
  alnum: "A-Za-z0-9",
  upper: "A-Z",
  lower: "a-z",
  space: "\\s",
  blank: " \\t",
  punct: "!-\\/:-@\\[-`{-~",
  xdigit: "0-9A-Fa-f",
  cntrl: "\\x00-\\x1f\\x7f",
  print: " -~",
  graph: "!-~",
}

const bracket = (set: string): string => {
  const isNot = set.startsWith("[^")
  const inner = set.slice(isNot ? 2 : 1, -1)
  const body = inner.replace(/\[:([a-z]+):\]|[\\[\]]/g, (found: string, name?: string) =>
    name === undefined ? `\\${found}` : (CLASSES[name] ?? ""),
  )
  return `[${isNot ? "^" : ""}${body}]`
}

const patterns = new Map<string, RegExp | null>()
const MAX_PATTERNS = 500

const patternOf = (text: string): RegExp | null => {
  const known = patterns.get(text)
  if (known !== undefined) return known
  let made: RegExp | null = null
  try {
    made = new RegExp(translated(bytesIn(text)), "s")
  } catch {
    // An invalid pattern matches nothing.
  }
  if (patterns.size >= MAX_PATTERNS) patterns.clear()
  patterns.set(text, made)
  return made
}

export const matches = (text: string, pattern: string): boolean =>
  patternOf(pattern)?.test(bytesIn(text)) ?? false
