/** The latest durations of one kind, and their 95th percentile. */
import type { Latency } from "./model.ts"

export type LatencyWindow = {
  readonly add: (ms: number) => void
  readonly read: () => Latency
}
type Options = {
  /** Older ones do not count. */
  readonly lastsMs: number
  /** Only so many of the newest count. */
  readonly maxSamples: number
  /** Ms of a clock that nobody can set. */
  readonly steady: () => number
}

const P95 = 0.95

/** The smallest of `sorted` that at least 95 of 100 do not exceed. */
const p95Of = (sorted: Float64Array): number | null =>
  sorted.at(Math.max(0, Math.ceil(sorted.length * P95) - 1)) ?? null

export const createLatencyWindow = ({ lastsMs, maxSamples, steady }: Options): LatencyWindow => {
  const ring: { ms: number; atMs: number }[] = []
  let position = 0
  return {
    add: (ms) => {
      ring[position % maxSamples] = { ms, atMs: steady() }
      position += 1
    },
    read: () => {
      const sinceMs = steady() - lastsMs
      const sorted = Float64Array.from(
        ring.filter(({ atMs }) => atMs >= sinceMs),
        ({ ms }) => ms,
      ).sort()
      return { p95Ms: p95Of(sorted), samples: sorted.length }
    },
  }
}
