/**
 * The meaning of a plain word: `5`, `1d2h`, `10.0.0.1`, `yes`, `*1A`; anything else is text or, in
 * an expression, a name.
 */
import { formatIp, formatIp6, networkOf, parseIp, parseIp6, parsePrefix } from "./addresses.ts"
import { parseSeconds, parseTime } from "./times.ts"
import type { Value } from "./value.ts"

const MAX_INT64 = 2n ** 63n - 1n
const clamped = (n: bigint): bigint => (n > MAX_INT64 ? MAX_INT64 : n < -MAX_INT64 ? -MAX_INT64 : n)

export const NOTHING: Value = { type: "nothing" }
export const NIL: Value = { type: "nil" }
export const TRUE: Value = { type: "bool", is: true }
export const FALSE: Value = { type: "bool", is: false }
export const bool = (is: boolean): Value => (is ? TRUE : FALSE)
export const num = (is: bigint | number): Value => ({
  type: "num",
  is: BigInt.asIntN(64, BigInt(is)),
})
export const str = (is: string): Value => ({ type: "str", is })
export const time = (ns: bigint): Value => ({ type: "time", ns: BigInt.asIntN(64, ns) })
export const array = (values: readonly Value[]): Value => ({
  type: "array",
  items: values.map((value) => ({ key: null, value })),
})

export const parseNumber = (text: string): bigint | undefined => {
  const found = /^(-?)(0x[0-9a-fA-F]+|\d+)$/.exec(text)
  if (found === null) return undefined
  const size = clamped(BigInt(found[2] ?? "0"))
  return found[1] === "-" ? -size : size
}

/** Undefined where it is none of them. */
export const parseLiteral = (text: string): Value | undefined => {
  if (text === "yes" || text === "true") return TRUE
  if (text === "no" || text === "false") return FALSE
  if (!/^[\d*:.\-a-fA-F]/.test(text)) return undefined
  const number = parseNumber(text)
  if (number !== undefined) return num(number)
  if (/^\*[0-9A-Fa-f]+$/.test(text)) return { type: "id", is: text.toUpperCase() }
  if (text.includes("/")) return parsePrefixLiteral(text)
  const ip = parseIp(text)
  if (ip !== undefined) return { type: "ip", is: formatIp(ip) }
  const ns = parseTime(text) ?? parseSeconds(text)
  if (ns !== undefined) return time(ns)
  const ip6 = parseIp6(text)
  return ip6 === undefined ? undefined : { type: "ip6", is: formatIp6(ip6) }
}

/** In IPv6 the bits after the prefix are dropped, in IPv4 they are kept. */
const parsePrefixLiteral = (text: string): Value | undefined => {
  const prefix = parsePrefix(text)
  if (prefix === undefined) return undefined
  return prefix.bits === 32
    ? { type: "ip-prefix", is: `${formatIp(prefix.number)}/${prefix.length}` }
    : { type: "ip6-prefix", is: `${formatIp6(networkOf(prefix))}/${prefix.length}` }
}
