/** The time range of the charts. In the URL: `range=6h`, or `from=…&to=…` after a zoom. Pure. */
export type Range =
  | { readonly kind: "live"; readonly key: string; readonly spanMs: number }
  | { readonly kind: "fixed"; readonly fromMs: number; readonly toMs: number }

const HOUR = 3_600_000
export const SPANS: readonly {
  readonly key: string
  readonly label: string
  readonly spanMs: number
}[] = [
  { key: "15m", label: "15 min", spanMs: HOUR / 4 },
  { key: "1h", label: "1 h", spanMs: HOUR },
  { key: "6h", label: "6 h", spanMs: 6 * HOUR },
  { key: "24h", label: "24 h", spanMs: 24 * HOUR },
  { key: "7d", label: "7 d", spanMs: 168 * HOUR },
  { key: "30d", label: "30 d", spanMs: 720 * HOUR },
]
const DEFAULT = { kind: "live", key: "1h", spanMs: HOUR } as const
/** Rounds up to a preset that is nearly reached. */
const ENOUGH_MS = HOUR * 0.9
/** Below this a zoom shows only single probes. */
const MIN_ZOOM_MS = 10_000

/** An hour's chart with only minutes of data would be a line in a corner. */
export const defaultSpan = (firstAtMs: number | null, nowMs: number): string =>
  firstAtMs !== null && nowMs - firstAtMs < ENOUGH_MS ? "15m" : DEFAULT.key

export const readRange = (query: URLSearchParams, preset: string = DEFAULT.key): Range => {
  const fromMs = Number(query.get("from"))
  const toMs = Number(query.get("to"))
  if (
    Number.isSafeInteger(fromMs) &&
    Number.isSafeInteger(toMs) &&
    fromMs > 0 &&
    toMs - fromMs >= MIN_ZOOM_MS
  )
    return { kind: "fixed", fromMs, toMs }
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
  const half = Math.max(MIN_ZOOM_MS, toMs - fromMs) / 2
  return {
    from: String(Math.round(middle - half)),
    to: String(Math.round(middle + half)),
    range: "",
  }
}
