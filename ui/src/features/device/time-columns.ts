/** Time series for charts: one list of times, and a column for each value. Pure. */
import type { Readings } from "@ispvm/appliance/api/live"
import type { SeriesAnswer } from "@ispvm/appliance/api/series"

export type TimeColumns = {
  readonly atMs: readonly number[]
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>
}
export const NO_COLUMNS: TimeColumns = { atMs: [], columns: {} }

/** The columns of the only item, by metric. */
export const columnsOf = ({ atMs, items }: SeriesAnswer): TimeColumns => ({
  atMs,
  columns: items[0]?.columns ?? {},
})

/** A probe of the stream, by metric. */
export const probeMetrics = ({
  rttMs,
  lossPct,
}: Pick<Readings["devices"][number], "rttMs" | "lossPct">): Readonly<
  Record<string, number | null>
> => ({
  "ping.rtt_ms": rttMs,
  "ping.rtt_ms.min": rttMs,
  "ping.rtt_ms.max": rttMs,
  "ping.loss_pct": lossPct,
})

/** More than this many steps without a point are a gap. */
const GAP_STEPS = 3

/** Appends one point and drops points before `fromMs`. New columns begin as gaps. */
export const append = (
  was: TimeColumns,
  atMs: number,
  values: Readonly<Record<string, number | null>>,
  fromMs: number,
  stepMs: number,
): TimeColumns => {
  const end = lastKnown(was)
  const last = was.atMs[end]
  if (last !== undefined && atMs <= last) return was
  // A pause of one interval is not a gap: the empty points at the end of the answer are replaced.
  const isGap = last !== undefined && atMs - last > GAP_STEPS * stepMs
  const upTo = isGap ? was.atMs.findLastIndex((at) => at < atMs) + 1 : end + 1
  const first = was.atMs.findIndex((at) => at >= fromMs)
  const cut = first === -1 ? upTo : Math.min(first, upTo)
  const gap = isGap && upTo === end + 1 ? [last + stepMs] : []
  const kept = was.atMs.slice(cut, upTo)
  const names = new Set([...Object.keys(was.columns), ...Object.keys(values)])
  const columns: Record<string, (number | null)[]> = {}
  for (const name of names) {
    const before = was.columns[name]?.slice(cut, upTo) ?? kept.map(() => null)
    columns[name] = [...before, ...gap.map(() => null), values[name] ?? null]
  }
  return { atMs: [...kept, ...gap, atMs], columns }
}

/** `append` of a value whose time may be unknown. */
export const appendAt = (
  was: TimeColumns,
  atMs: number | null | undefined,
  fromMs: number,
  stepMs: number,
  values: () => Readonly<Record<string, number | null>>,
): TimeColumns =>
  atMs === null || atMs === undefined ? was : append(was, atMs, values(), fromMs, stepMs)

/** Time in ms between two points: buckets, or values that are collected less often. */
export const stepOf = (bucketMs: number, everyMs: number): number =>
  Math.max(bucketMs, everyMs * 1.5, 1_000)

/** The last time with a value; -1 if there is none. */
const lastKnown = (data: TimeColumns): number => {
  const columns = Object.values(data.columns)
  return data.atMs.findLastIndex((_, index) =>
    columns.some((values) => (values[index] ?? null) !== null),
  )
}

/** Merges several answers on one axis: missing times are gaps. */
export const merge = (
  parts: readonly { readonly prefix: string; readonly data: TimeColumns }[],
): TimeColumns => {
  const atMs = [...new Set(parts.flatMap((part) => part.data.atMs))].sort((a, b) => a - b)
  const place = new Map(atMs.map((at, index) => [at, index]))
  const columns: Record<string, (number | null)[]> = {}
  for (const { prefix, data } of parts) {
    for (const [name, values] of Object.entries(data.columns)) {
      const column: (number | null)[] = atMs.map(() => null)
      data.atMs.forEach((at, index) => {
        const to = place.get(at)
        if (to !== undefined) column[to] = values[index] ?? null
      })
      columns[`${prefix}${name}`] = column
    }
  }
  return { atMs, columns }
}

export const column = (data: TimeColumns, name: string): readonly (number | null)[] =>
  data.columns[name] ?? data.atMs.map(() => null)

/**
 * Merges columns that were measured at different times. `undefined`: the column has no point at
 * that time, so the line continues. Null is a gap.
 */
export const alignColumns = (
  series: readonly { readonly of: TimeColumns; readonly name: string }[],
): {
  readonly atMs: readonly number[]
  readonly values: readonly (readonly (number | null | undefined)[])[]
} => {
  const atMs = [...new Set(series.flatMap(({ of }) => of.atMs))].sort((a, b) => a - b)
  const values = series.map(({ of, name }) => {
    const own = column(of, name)
    const byTime = new Map(of.atMs.map((at, index) => [at, own[index] ?? null]))
    return atMs.map((at) => byTime.get(at))
  })
  return { atMs, values }
}
