/** How often something happens in a second, of what has been counted lately. */
export type RateWindow = {
  /** The count so far; it only grows. */
  readonly note: (total: number) => void
  /** Null: not known yet. */
  readonly perSecond: () => number | null
}

const LASTS_MS = 60_000

/** `steady`: ms of a clock that nobody can set. */
export const createRateWindow = (steady: () => number): RateWindow => {
  let notes: { readonly atMs: number; readonly total: number }[] = []
  return {
    note: (total) => {
      const atMs = steady()
      // Another count has begun.
      if (total < (notes.at(-1)?.total ?? 0)) notes = []
      notes = [...notes.filter((one) => atMs - one.atMs <= LASTS_MS), { atMs, total }]
    },
    perSecond: () => {
      const [first, last] = [notes[0], notes.at(-1)]
      if (first === undefined || last === undefined || last.atMs === first.atMs) return null
      return ((last.total - first.total) * 1_000) / (last.atMs - first.atMs)
    },
  }
}
