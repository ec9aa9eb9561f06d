/** Times, in ns: `1d2h3m4s500ms`, `00:01:05.25`, `1w2d03:04:05`; written as `1w2d03:04:05.500`. */
const MS = 1_000_000n
const S = 1000n * MS
const UNITS: Readonly<Record<string, bigint>> = {
  w: 604_800n * S,
  d: 86_400n * S,
  h: 3600n * S,
  m: 60n * S,
  s: S,
  ms: MS,
  us: 1000n,
  ns: 1n,
}
const MAX_INT64 = 2n ** 63n - 1n

const UNIT = "\\d+(?:\\.\\d{1,9})?(?:ms|us|ns|w|d|h|m|s)"
const BY_UNITS = new RegExp(`^(?:${UNIT})+$`)
const EACH_UNIT = /(\d+)(?:\.(\d{1,9}))?(ms|us|ns|w|d|h|m|s)/g
const CLOCK = /^((?:\d+[wd])*)(\d+):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?$/

const fraction = (digits: string, of: bigint): bigint =>
  (BigInt(digits.padEnd(9, "0")) * of) / 1_000_000_000n

const byUnits = (text: string): bigint => {
  let ns = 0n
  for (const [, digits = "", part = "", unit = ""] of text.matchAll(EACH_UNIT)) {
    const of = UNITS[unit] ?? 0n
    ns += BigInt(digits) * of + (part === "" ? 0n : fraction(part, of))
  }
  return ns
}

/** Undefined where it is not a time, or is too large. */
export const parseTime = (text: string): bigint | undefined => {
  if (text.startsWith("-")) {
    const ns = parseTime(text.slice(1))
    return ns === undefined ? undefined : -ns
  }
  if (BY_UNITS.test(text)) {
    const ns = byUnits(text)
    return ns > MAX_INT64 ? undefined : ns
  }
  const clock = CLOCK.exec(text)
  if (clock === null) return undefined
  const [, days = "", hours = "0", minutes = "0", seconds = "0", part = ""] = clock
  const ns =
    byUnits(days) +
    BigInt(hours) * 3600n * S +
    BigInt(minutes) * 60n * S +
    BigInt(seconds) * S +
    (part === "" ? 0n : fraction(part, S))
  return ns > MAX_INT64 ? undefined : ns
}

/** `4.5`, seconds: text that is not an address may still be a time. */
export const parseSeconds = (text: string): bigint | undefined => {
  const found = /^(\d*)\.(\d{1,9})$/.exec(text)
  if (found === null) return undefined
  const ns = BigInt(found[1] || "0") * S + fraction(found[2] ?? "", S)
  return ns > MAX_INT64 ? undefined : ns
}

const two = (n: bigint): string => String(n).padStart(2, "0")

export const formatTime = (ns: bigint): string => {
  if (ns < 0n) return `-${formatTime(-ns)}`
  const weeks = ns / (UNITS.w ?? 1n)
  const days = (ns / (UNITS.d ?? 1n)) % 7n
  const rest = ns % (UNITS.d ?? 1n)
  const part = rest % S
  const seconds = rest / S
  const digits =
    part === 0n
      ? ""
      : part % MS === 0n
        ? String(part / MS).padStart(3, "0")
        : part % 1000n === 0n
          ? String(part / 1000n).padStart(6, "0")
          : String(part).padStart(9, "0")
  return `${weeks > 0n ? `${weeks}w` : ""}${days > 0n ? `${days}d` : ""}${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}${digits && `.${digits}`}`
}
