/** The time of a list's rows, as the address and the API have it. */
import { t } from "../../i18n/strings/strings.ts"
import { addressRange } from "./absolute-range.ts"

const DAY_MS = 86_400_000
const SPAN_MS: Readonly<Record<string, number>> = {
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 30 * DAY_MS,
}
export const WHEN_PRESETS = Object.entries(t.ranges.when).map(([value, label]) => ({
  value: value === "all" ? "" : value,
  label,
}))
/** What of an address changes the rows. */
export const WHEN_KEYS = ["span", "from", "to"] as const

/** Any time: neither. A range that is not valid is ignored; the filter says so. */
export const whenQuery = (
  query: URLSearchParams,
  nowMs: number,
): { readonly from?: number; readonly to?: number } => {
  const fixed = addressRange(query, { nowMs, keptMs: null })
  if (fixed?.ok === true) return { from: fixed.range.fromMs, to: fixed.range.toMs }
  const spanMs = SPAN_MS[query.get("span") ?? ""]
  return spanMs === undefined ? {} : { from: nowMs - spanMs }
}
