/** Commands that compute a value from values: `:len`, `:find`, `:pick`, `:tonum` … */
import { formatIp, formatIp6, parseIp, parseIp6 } from "./addresses.ts"
import { arrayOf, itemsIn } from "./arrays.ts"
import { bytesIn, textIn } from "./byte-text.ts"
import { areEqual, isEmpty } from "./compare.ts"
import { convert, withLineEnds } from "./convert.ts"
import { array, bool, NIL, NOTHING, num, parseLiteral, parseNumber, str, time } from "./literal.ts"
import { deserialize, serialize } from "./serialize.ts"
import { parseTime } from "./times.ts"
import type { Value } from "./value.ts"
import { toText, typeOf } from "./value-text.ts"

type Args = ReadonlyMap<string, Value>
type Pure = (args: Args) => Value

const of = (args: Args, name = "value"): Value => args.get(name) ?? NOTHING

const length: Pure = (args) => {
  const value = of(args)
  return num(value.type === "array" ? value.items.length : bytesIn(toText(value)).length)
}

/** `from` is the position before the first to search: -1 for the whole. */
const find: Pure = (args) => {
  const [within, key, from] = [of(args, "in"), of(args, "key"), args.get("from")]
  const after = from?.type === "num" ? Number(from.is) : -1
  if (within.type === "array") {
    const at = within.items.findIndex((item, index) => index > after && areEqual(item.value, key))
    const item = within.items[at]
    return item === undefined ? NIL : item.key === null ? num(at) : str(item.key)
  }
  if (isEmpty(within)) return NIL
  const at = bytesIn(toText(within)).indexOf(bytesIn(toText(key)), Math.max(0, after + 1))
  return at === -1 ? NIL : num(at)
}

const indexOf = (value: Value): number => {
  const counted = value.type === "str" ? (parseLiteral(value.is) ?? value) : value
  return counted.type === "num" ? Number(counted.is) : 0
}

/** `counter` is the value to pick from: the router's own name for it. */
const pick: Pure = (args) => {
  const [from, begin, end] = [of(args, "counter"), indexOf(of(args, "begin")), args.get("end")]
  const until = end === undefined ? begin + 1 : indexOf(end)
  if (from.type === "array") {
    if (end === undefined) return from.items[begin]?.value ?? NOTHING
    return arrayOf(from.items.slice(Math.max(0, begin), Math.max(0, until)))
  }
  return str(textIn(bytesIn(toText(from)).slice(Math.max(0, begin), Math.max(0, until))))
}

const toNumber: Pure = (args) => {
  const value = of(args)
  switch (value.type) {
    case "num":
      return value
    case "bool":
      return num(value.is ? 1 : 0)
    case "time":
      return num(value.ns / 1_000_000_000n)
    case "ip":
      return num(parseIp(value.is) ?? 0n)
    case "id":
      return num(BigInt(`0x${value.is.slice(1)}`))
    case "str": {
      const number = parseNumber(value.is)
      return number === undefined ? NIL : num(number)
    }
    case "nothing":
    case "nil":
    case "array":
    case "code":
    case "ip-prefix":
    case "ip6":
    case "ip6-prefix":
      return NIL
  }
}

const toBool: Pure = (args) => {
  const value = of(args)
  if (value.type === "bool") return value
  if (value.type === "num") return bool(value.is !== 0n)
  const meant = value.type === "str" ? parseLiteral(value.is) : undefined
  return meant?.type === "bool" || meant?.type === "num" ? toBool(new Map([["value", meant]])) : NIL
}

const toTime: Pure = (args) => {
  const value = of(args)
  if (value.type === "time") return value
  if (value.type === "num") return time(value.is * 1_000_000_000n)
  if (value.type !== "str") return NIL
  const number = parseNumber(value.is)
  if (number !== undefined) return time(number * 1_000_000_000n)
  const ns = parseTime(value.is)
  return ns === undefined ? NIL : time(ns)
}

const toIp: Pure = (args) => {
  const value = of(args)
  const number =
    value.type === "num" ? BigInt.asUintN(32, value.is) : parseIp(toText(value).split("/")[0] ?? "")
  return number === undefined ? NIL : { type: "ip", is: formatIp(number) }
}

const toIp6: Pure = (args) => {
  const number = parseIp6(toText(of(args)).split("/")[0] ?? "")
  return number === undefined ? NIL : { type: "ip6", is: formatIp6(number) }
}

const toId: Pure = (args) => {
  const value = of(args)
  const text = value.type === "num" ? `*${value.is.toString(16)}` : toText(value)
  return /^\*[0-9A-Fa-f]+$/.test(text) ? { type: "id", is: text.toUpperCase() } : NIL
}

/** Text is split at commas; the pieces stay text (uncertain: a router may give them types). */
const toArray: Pure = (args) => {
  const value = of(args)
  const delimiter = toText(args.get("delimiter") ?? str(",")) || ","
  if (value.type === "array") return value
  if (isEmpty(value) || (value.type === "str" && value.is === "")) return array([])
  return value.type === "str" ? array(value.is.split(delimiter).map(str)) : arrayOf(itemsIn(value))
}

const range: Pure = (args) => {
  const [from, to, by] = [indexOf(of(args, "from")), indexOf(of(args, "to")), args.get("step")]
  const step = by === undefined ? (from > to ? -1 : 1) : indexOf(by)
  const values: Value[] = []
  if (step !== 0)
    for (let at = from; step > 0 ? at <= to : at >= to; at += step) values.push(num(at))
  return array(values)
}

const nanoseconds: Pure = (args) => {
  const value = toTime(args)
  return value.type === "time" ? num(value.ns) : NIL
}

export const PURE: Readonly<Record<string, Pure>> = {
  "/len": length,
  "/typeof": (args) => str(typeOf(of(args))),
  "/tostr": (args) => str(toText(of(args))),
  "/tonum": toNumber,
  "/tobool": toBool,
  "/totime": toTime,
  "/tonsec": nanoseconds,
  "/toip": toIp,
  "/toip6": toIp6,
  "/toid": toId,
  "/toarray": toArray,
  "/find": find,
  "/pick": pick,
  "/range": range,
  "/convert": convert,
  "/serialize": serialize,
  "/deserialize": deserialize,
  "/tolf": (args) => str(withLineEnds(toText(of(args, "input")), "\n")),
  "/tocrlf": (args) => str(withLineEnds(toText(of(args, "input")), "\r\n")),
}
