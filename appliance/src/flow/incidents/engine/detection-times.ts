/** How long incidents that have just opened took, for the objective of detection. Pure. */
import type { Outcome } from "./engine.ts"

/** Of each, in ms, from the beginning of its first symptom. */
export const detectionTimes = ({
  changed,
  lines,
}: Pick<Outcome, "changed" | "lines">): number[] => {
  const opened = new Set(
    lines.flatMap(({ kind, incidentId }) => (kind === "opened" ? [incidentId] : [])),
  )
  return changed
    .filter(({ id, symptoms }) => opened.has(id) && symptoms.size > 0)
    .map(({ openedAtMs, symptoms }) => {
      const firstMs = Math.min(...[...symptoms.values()].map(({ sinceMs }) => sinceMs))
      return Math.max(0, openedAtMs - firstMs)
    })
}
