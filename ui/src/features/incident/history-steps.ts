/** The diagnosis history: a step for each change of cause or confidence. Pure. */
import type { IncidentDetail } from "@ispvm/appliance/api/incidents"

type Change = IncidentDetail["diagnosisHistory"][number]
export type HistoryStep = {
  readonly change: Change
  /** `first`: the first diagnosis; `changed`: another cause; `weighed`: another confidence. */
  readonly kind: "first" | "changed" | "weighed"
  /** Time since the first step. */
  readonly afterMs: number
}

/** Newest first. */
export const historySteps = (history: readonly Change[]): readonly HistoryStep[] => {
  const inOrder = [...history].sort((a, b) => a.atMs - b.atMs)
  return inOrder
    .map((change, index): HistoryStep => {
      const before = inOrder[index - 1]
      return {
        change,
        kind: before === undefined ? "first" : isSame(before, change) ? "weighed" : "changed",
        afterMs: change.atMs - (inOrder[0]?.atMs ?? change.atMs),
      }
    })
    .reverse()
}

const isSame = (one: Change, other: Change): boolean => {
  const ids = new Set(one.causes.map((each) => each.id))
  return ids.size === other.causes.length && other.causes.every((each) => ids.has(each.id))
}
