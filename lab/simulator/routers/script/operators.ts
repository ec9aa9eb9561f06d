/**
 * Operators on evaluated values. `->`, `and`, `or` and the operators of functions are in
 * evaluate.ts.
 */
import {
  formatAddress,
  formatIp,
  isWithin,
  parseAddress,
  parseIp,
  parsePrefix,
} from "./addresses.ts"
import { arrayOf, itemsIn, mapped } from "./arrays.ts"
import { joined } from "./byte-text.ts"
import { areEqual, compare, isEmpty, matches } from "./compare.ts"
import { bool, NOTHING, num, parseLiteral, str, time } from "./literal.ts"
import { ScriptError, type Value } from "./value.ts"
import { toText, typeOf } from "./value-text.ts"

const S = 1_000_000_000n

const VERBS: Readonly<Record<string, string>> = {
  "+": "add",
  "-": "subtract",
  "*": "multiply",
  "/": "divide",
  "%": "divide",
  "&": "and",
  "|": "or",
  "^": "xor",
  "<<": "shift",
  ">>": "shift",
}

const rejectTypes = (operator: string, a: Value, b: Value): never => {
  const verb = VERBS[operator] ?? operator
  throw new ScriptError(
    `cannot ${verb} ${typeOf(a)} ${operator === "-" ? "from" : operator === "+" ? "to" : "by"} ${typeOf(b)}`,
  )
}

/** Text that looks like a number, a time or an address counts as one. */
const countable = (value: Value): Value =>
  value.type === "str" ? (parseLiteral(value.is) ?? value) : isEmpty(value) ? num(0) : value

const divided = (a: bigint, b: bigint): bigint => {
  if (b === 0n) throw new ScriptError("divide by zero")
  return a / b
}

const ofNumbers = (operator: string, a: bigint, b: bigint): bigint | undefined => {
  switch (operator) {
    case "+":
      return a + b
    case "-":
      return a - b
    case "*":
      return a * b
    case "/":
      return divided(a, b)
    case "%":
      return a - divided(a, b) * b
    case "&":
      return a & b
    case "|":
      return a | b
    case "^":
      return a ^ b
    case "<<":
      return b > 63n || b < 0n ? 0n : a << b
    case ">>":
      return b > 63n || b < 0n ? 0n : a >> b
    default:
      return undefined
  }
}

const ofTimes = (operator: string, a: Value, b: Value): Value | undefined => {
  const [left, right] = [a, b].map((each) =>
    each.type === "time" ? each.ns : each.type === "num" ? each.is : undefined,
  )
  if (left === undefined || right === undefined) return undefined
  if (operator === "+" || operator === "-") {
    const [x, y] = [a.type === "num" ? left * S : left, b.type === "num" ? right * S : right]
    return time(operator === "+" ? x + y : x - y)
  }
  if (operator === "*" && (a.type === "num" || b.type === "num")) return time(left * right)
  if (operator === "/" && a.type === "time")
    return b.type === "num" ? time(divided(left, right)) : num(divided(left, right))
  if (operator === "%" && a.type === "time" && b.type === "time")
    return time(left - divided(left, right) * right)
  return undefined
}

const ofAddresses = (operator: string, a: Value, b: Value): Value | undefined => {
  const left = a.type === "ip" || a.type === "ip6" ? parseAddress(a.is) : undefined
  const right = b.type === "ip" || b.type === "ip6" ? parseAddress(b.is) : undefined
  const bits = left?.bits ?? right?.bits
  const [x, y] = [
    left?.number ?? (a.type === "num" ? a.is : undefined),
    right?.number ?? (b.type === "num" ? b.is : undefined),
  ]
  if (
    bits === undefined ||
    x === undefined ||
    y === undefined ||
    (left && right && left.bits !== right.bits)
  )
    return undefined
  if (!["+", "-", "&", "|", "^", "<<", ">>"].includes(operator)) return undefined
  const result = ofNumbers(operator, x, y) ?? 0n
  if (operator === "-" && left && right) return num(result)
  const number = BigInt.asUintN(bits, result)
  return { type: bits === 32 ? "ip" : "ip6", is: formatAddress({ bits, number }) }
}

const arithmetic = (operator: string, left: Value, right: Value): Value => {
  if (isEmpty(left) && isEmpty(right)) return NOTHING
  const [a, b] = [countable(left), countable(right)]
  if (a.type === "num" && b.type === "num") return num(ofNumbers(operator, a.is, b.is) ?? 0n)
  if (a.type === "bool" && b.type === "bool" && "&|^".includes(operator))
    return bool(ofNumbers(operator, BigInt(a.is), BigInt(b.is)) !== 0n)
  return (
    ofTimes(operator, a, b) ?? ofAddresses(operator, a, b) ?? rejectTypes(operator, left, right)
  )
}

/** Limits for a script that doubles a text or an array without end. */
const MAX_TEXT_LENGTH = 16 * 1024 * 1024
const MAX_ITEMS = 1_000_000

const appended = (a: Value, b: Value): Value => {
  const items = [a, b].flatMap((each) => (each.type === "nothing" ? [] : itemsIn(each)))
  if (items.length > MAX_ITEMS) throw new ScriptError("out of memory")
  return arrayOf(items)
}

/**
 * With an array on one side, applies to each of its items; two arrays are concatenated (uncertain).
 */
export const concat = (a: Value, b: Value): Value => {
  if (a.type === "array" && b.type === "array") return appended(a, b)
  if (a.type === "array") return mapped(a, (each) => concat(each, b))
  if (b.type === "array") return mapped(b, (each) => concat(a, each))
  const [left, right] = [toText(a), toText(b)]
  if (left.length + right.length > MAX_TEXT_LENGTH) throw new ScriptError("out of memory")
  return str(joined(left, right))
}

const isIn = (a: Value, b: Value): boolean => {
  if (b.type === "array") return b.items.some(({ value }) => areEqual(a, value))
  const outer = parsePrefix(toText(b)) ?? prefixOf(toText(b))
  const inner = parsePrefix(toText(a)) ?? parseAddress(toText(a))
  return outer !== undefined && inner !== undefined && isWithin(inner, outer)
}

const prefixOf = (text: string) => {
  const address = parseAddress(text)
  return address && { ...address, length: address.bits }
}

const matchesAny = (value: Value, pattern: string): boolean =>
  value.type === "array"
    ? value.items.some((item) => matchesAny(item.value, pattern))
    : !isEmpty(value) && matches(toText(value), pattern)

export const operate = (operator: string, a: Value, b: Value): Value => {
  switch (operator) {
    case "=":
      return bool(areEqual(a, b))
    case "!=":
      return bool(!areEqual(a, b))
    case "<":
      return bool(compare(a, b, operator) < 0)
    case ">":
      return bool(compare(a, b, operator) > 0)
    case "<=":
      return bool(compare(a, b, operator) <= 0)
    case ">=":
      return bool(compare(a, b, operator) >= 0)
    case "~":
      return bool(matchesAny(a, toText(b)))
    case "in":
      return bool(isIn(a, b))
    case ".":
      return concat(a, b)
    case ",":
      return appended(a, b)
    default:
      return arithmetic(operator, a, b)
  }
}

export const negate = (value: Value): Value => {
  if (isEmpty(value)) return bool(true)
  if (value.type !== "bool") throw new ScriptError(`cannot negate ${typeOf(value)}`)
  return bool(!value.is)
}

export const operateOn = (operator: string, value: Value): Value => {
  switch (operator) {
    case "!":
      return negate(value)
    case "any":
      return bool(!isEmpty(value))
    case "-": {
      const counted = countable(value)
      if (counted.type === "num") return num(-counted.is)
      if (counted.type === "time") return time(-counted.ns)
      return isEmpty(value) ? NOTHING : rejectTypes("-", num(0), value)
    }
    case "~": {
      const counted = countable(value)
      if (counted.type === "num") return num(~counted.is)
      const ip = counted.type === "ip" ? parseIp(counted.is) : undefined
      return ip === undefined ? NOTHING : { type: "ip", is: formatIp(BigInt.asUintN(32, ~ip)) }
    }
    default:
      throw new ScriptError(`no operator ${operator}`)
  }
}
