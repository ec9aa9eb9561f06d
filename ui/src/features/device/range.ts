/** The time range of the charts. In the URL: `range=6h`, or `from=…&to=…` if it is fixed. Pure. */
import { addressRange, MIN_RANGE_MS, SERIES_KEPT_MS } from "../range/absolute-range.ts"

export type Range =
  | { readonly kind: "live"; readonly key: string; readonly spanMs: number }
  | { readonly kind: "fixed"; readonly fromMs: number; readonly toMs: number }

const HOUR = 3_600_000
/** Their labels are texts of the catalogue (`ranges.spans`). */
export const SPANS = [
  { key: "15m", spanMs: HOUR / 4 },
  { key: "1h", spanMs: HOUR },
  { key: "6h", spanMs: 6 * HOUR },
  { key: "24h", spanMs: 24 * HOUR },
  { key: "7d", spanMs: 168 * HOUR },
  { key: "30d", spanMs: 720 * HOUR },
] as const
const DEFAULT = { kind: "live", key: "1h", spanMs: HOUR } as const
/** Rounds up to a preset that is nearly reached. */
const ENOUGH_MS = HOUR * 0.9

/** An hour's chart with only minutes of data would be a line in a corner. */
export const defaultSpan = (firstAtMs: number | null, nowMs: number): string =>
  firstAtMs !== null && nowMs - firstAtMs < ENOUGH_MS ? "15m" : DEFAULT.key

/** A range that cannot be shown is the preset; the range bar says what is wrong with it. */
export const readRange = (
  query: URLSearchParams,
  nowMs: number,
  preset: string = DEFAULT.key,
): Range => {
  const fixed = addressRange(query, { nowMs, keptMs: SERIES_KEPT_MS })
  if (fixed?.ok === true) return { kind: "fixed", ...fixed.range }
  const span = SPANS.find((each) => each.key === (query.get("range") ?? preset))
  return span === undefined ? DEFAULT : { kind: "live", key: span.key, spanMs: span.spanMs }
}

export const bounds = (range: Range, nowMs: number): { fromMs: number; toMs: number } =>
  range.kind === "fixed"
    ? { fromMs: range.fromMs, toMs: range.toMs }
    : { fromMs: nowMs - range.spanMs, toMs: nowMs }

/** The URL after a zoom: a range below the minimum is widened around its middle. */
export const zoomQuery = (
  fromMs: number,
  toMs: number,
): { from: string; to: string; range: string } => {
  const middle = (fromMs + toMs) / 2
  const half = Math.max(MIN_RANGE_MS, toMs - fromMs) / 2
  return {
    from: String(Math.round(middle - half)),
    to: String(Math.round(middle + half)),
    range: "",
  }
}
