/** `90s`, `5m`, `2h`, `7d` as milliseconds. */
const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** The text matches `Duration` of `api/alert-rules.ts`. */
export const durationMs = (text: string): number => {
  const [, digits = "0", unit = "ms"] = /^(\d+)(ms|s|m|h|d)?$/.exec(text) ?? []
  return Number(digits) * (UNITS[unit as keyof typeof UNITS] ?? 1)
}
