/** Values of cells as numbers, texts and states. Pure; bounded and linear. */
import { numberOf, textOf } from "../client/values.ts"
import type { Cell, Field, Read } from "./profile.ts"

/** The OID of a cell; of a scalar with its `.0`. */
export const oidOf = (of: string, cell: Cell, isScalar = false): string => {
  const path = typeof cell === "string" && cell.startsWith(".") ? cell.slice(1) : `${of}.${cell}`
  return isScalar && !path.endsWith(".0") ? `${path}.0` : path
}

export const readOf = (field: Field): Read => {
  if (typeof field === "number" || typeof field === "string") return { at: field }
  return isPair(field) ? { at: field[0], factor: field[1] } : field
}
const isPair = (field: Field): field is readonly [Cell, number] => Array.isArray(field)

const MAX_NUMBER_CHARS = 64
const MAX_TEXT_BYTES = 512
/** Net-SNMP's Opaque float: context tag, type and length before four bytes. */
const FLOAT = Buffer.of(0x9f, 0x78, 0x04)

/** A number, or the first one in a text such as `-12.30 dBm`. */
export const amountOf = (value: unknown, after?: string): number | null => {
  if (!Buffer.isBuffer(value)) return numberOf(value)
  if (after !== undefined) {
    const at = value.subarray(0, MAX_TEXT_BYTES).indexOf(after)
    return at === -1 ? null : amountOf(value.subarray(at + after.length))
  }
  if (value.length === 7 && value.subarray(0, 3).equals(FLOAT)) return value.readFloatBE(3)
  const text = textOf(value.subarray(0, MAX_NUMBER_CHARS))
  const [found] = /[-+]?\d{1,15}(?:\.\d{1,15})?(?:e[-+]?\d{1,2})?/i.exec(text ?? "") ?? []
  return found === undefined ? null : Number(found)
}

const SIGNED = 2 ** 31
/** A gauge that holds a negative number. */
const signedOf = (value: number): number =>
  value >= SIGNED && value < 2 * SIGNED ? value - 2 * SIGNED : value

/** Removes rounding errors of a scaled value (24.200000000000003). */
const clean = (value: number): number => Number(value.toPrecision(12))

/** 2.4, 5 and, above it, no other band: channels of 6 GHz have the same numbers. */
const frequencyOf = (channel: number): number | null => {
  if (channel >= 1 && channel <= 13) return 2_407 + 5 * channel
  if (channel === 14) return 2_484
  return channel >= 32 && channel <= 196 ? 5_000 + 5 * channel : null
}

export const scaledOf = (read: Omit<Read, "at">, value: unknown): number | null => {
  const { factor = 1, none, min = -Infinity, max = Infinity, from, above } = read
  const raw = amountOf(value, read.after)
  if (raw === null || !Number.isFinite(raw)) return null
  if (none?.includes(raw) === true || none?.includes(signedOf(raw)) === true) return null
  if (read.isChannel === true) return frequencyOf(raw)
  if (read.isMicrowattAbove !== undefined && raw > read.isMicrowattAbove)
    return clean(10 * Math.log10(raw / 1_000))
  const by = above !== undefined && raw > above[0] ? above[1] : factor
  const scaled = from === undefined ? clean(raw * by) : clean(from - raw * by)
  if (scaled < min || scaled > max) return null
  if (read.isMilliwatt !== true) return scaled
  return scaled > 0 ? clean(10 * Math.log10(scaled)) : null
}

const mapped = (map: NonNullable<Read["map"]>, value: unknown): string | boolean | null => {
  const key = Buffer.isBuffer(value) ? textOf(value)?.toLowerCase() : String(numberOf(value))
  if (key !== undefined && Object.hasOwn(map, key)) return map[key] ?? null
  return map["*"] ?? null
}

export const fieldValue = (
  read: Read,
  value: unknown,
): number | bigint | string | boolean | null => {
  if (value === undefined) return null
  if (read.map !== undefined) return mapped(read.map, value)
  const scaled = scaledOf(read, value)
  if (scaled === null) return null
  if (read.isPositive === true) return scaled > 0
  if (read.isTotal !== true) return scaled
  return scaled < 0 ? null : BigInt(Math.round(scaled))
}

/** 1 ok, 0 not ok, null no reading. */
export const stateOf = (
  ok: readonly (number | string)[] = [],
  bad: readonly (number | string)[] | undefined,
  value: unknown,
): 0 | 1 | null => {
  const key = Buffer.isBuffer(value) ? (textOf(value)?.toLowerCase() ?? null) : numberOf(value)
  const number = Buffer.isBuffer(value) ? amountOf(value) : null
  if (key === null) return null
  const isIn = (list: readonly (number | string)[]): boolean =>
    list.includes(key) || (number !== null && list.includes(number))
  if (isIn(ok)) return 1
  return bad === undefined || isIn(bad) ? 0 : null
}
