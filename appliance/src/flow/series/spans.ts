/** The hours a batch touches: housekeeping recalculates only these, not all days since. */

const HOUR_MS = 3_600_000

export type Span = { readonly fromMs: number; readonly toMs: number }

/** One span an hour that has values, from its first to its last. */
export const hours = (times: readonly number[]): Span[] => {
  const spans = new Map<number, Span>()
  for (const atMs of times) {
    const hour = Math.floor(atMs / HOUR_MS)
    const span = spans.get(hour)
    spans.set(hour, {
      fromMs: Math.min(span?.fromMs ?? atMs, atMs),
      toMs: Math.max(span?.toMs ?? atMs, atMs),
    })
  }
  return [...spans.values()].sort((a, b) => a.fromMs - b.fromMs)
}
