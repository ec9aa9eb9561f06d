/** Converts values of the wire. Pure; an unexpected value is null, never an exception. */

/**
 * A Counter64 arrives as bytes without leading zeros, so that no bytes are 0; smaller ones arrive
 * as numbers.
 */
export const bigOf = (value: unknown): bigint | null => {
  if (typeof value === "bigint") return value >= 0n && value < 2n ** 64n ? value : null
  if (typeof value === "number")
    return Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : null
  // BER puts a zero before a set top bit: nine bytes at most.
  if (!Buffer.isBuffer(value) || value.length > 9) return null
  return value.length === 0 ? 0n : BigInt.asUintN(64, BigInt(`0x${value.toString("hex")}`))
}

export const numberOf = (value: unknown): number | null => {
  if (typeof value === "number") return Number.isFinite(value) ? value : null
  const big = bigOf(value)
  return big === null || big > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(big)
}

const utf8 = new TextDecoder("utf-8", { fatal: true })
const legacy = new TextDecoder("windows-1252")
const decode = (bytes: Buffer): string => {
  try {
    return utf8.decode(bytes)
  } catch {
    return legacy.decode(bytes)
  }
}

/** Longer names and descriptions are cut. */
const MAX_TEXT_BYTES = 8_192

const NUL = 0
const endOf = (bytes: Buffer): number => {
  let end = Math.min(bytes.length, MAX_TEXT_BYTES)
  while (end > 0 && bytes[end - 1] === NUL) end -= 1
  return end
}

/** Null if it is empty: an unset alias is no alias. NUL padding is removed. */
export const textOf = (value: unknown): string | null => {
  const text = Buffer.isBuffer(value)
    ? decode(value.subarray(0, endOf(value)))
    : typeof value === "string"
      ? value
      : ""
  const trimmed = text.trim()
  return trimmed === "" ? null : trimmed
}

export const macOf = (value: unknown): string | null =>
  Buffer.isBuffer(value) && value.length === 6 && value.some((byte) => byte !== 0)
    ? (value.toString("hex").toUpperCase().match(/../g)?.join(":") ?? null)
    : null

/** -1, 0 or 1, as numbers and not as text: .9 comes before .10. */
export const compareOids = (a: string, b: string): number => {
  const left = a.split(".")
  const right = b.split(".")
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const difference = Number(left[i]) - Number(right[i])
    if (difference !== 0) return Math.sign(difference)
  }
  return Math.sign(left.length - right.length)
}
