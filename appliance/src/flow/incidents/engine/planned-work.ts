/**
 * Planned work as a candidate cause: maintenance windows that were on when something failed, or had
 * just ended. Work explains a fault, and hides none. Pure.
 */
import type { Work, WorkShare } from "@ispvm/rca"
import type { PlannedShare } from "../../../api/incidents.ts"
import type { Params } from "../../../api/messages.ts"
import type { Topology } from "../../alerts/alerts.ts"
import type { PlannedWindow } from "../../maintenance/model.ts"
import { plannedTargets } from "../maintenance-targets.ts"
import { listOf } from "../messages/params.ts"
import { component } from "./component.ts"
import { groupOfSite } from "./observe.ts"

/** What was changed may fail a little later, or only once its users are back. */
export const WORK_LASTS_MS = 15 * 60_000

/** One occurrence of a window. */
export type PlannedWork = {
  /** For the solver. */
  readonly key: string
  readonly window: { readonly id: string; readonly name: string }
  readonly fromMs: number
  readonly untilMs: number
  /** What it is done on, each with what belongs to it. */
  readonly targets: readonly { readonly id: string; readonly own: ReadonlySet<string> }[]
}
/** A work, and the probability that it is the cause; null: not calculated. */
export type PlannedCause = { readonly work: PlannedWork; readonly probability: number | null }
export const NO_WORKS: readonly PlannedWork[] = []

/** What began before the work is not because of it, also where somebody works on it now. */
export const mayHaveCaused = (
  { fromMs, untilMs }: Pick<PlannedWork, "fromMs" | "untilMs">,
  sinceMs: number,
): boolean => fromMs <= sinceMs && sinceMs < untilMs + WORK_LASTS_MS

/** The first of the sorted times that is at or after `fromMs`. */
const firstFrom = (sortedMs: readonly number[], fromMs: number): number | undefined => {
  let [low, high] = [0, sortedMs.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sortedMs[middle] ?? 0) < fromMs) low = middle + 1
    else high = middle
  }
  return sortedMs[low]
}

const worksOf = (
  topology: Topology,
  { id, name, targets, occurrences }: PlannedWindow,
  isMeant: (occurrence: PlannedWindow["occurrences"][number]) => boolean,
): PlannedWork[] =>
  occurrences.filter(isMeant).map(({ fromMs, untilMs }) => ({
    key: `${id} ${fromMs}`,
    window: { id, name },
    fromMs,
    untilMs,
    targets: plannedTargets(topology, targets).map((target) => ({
      id: target.id,
      own: new Set(target.own),
    })),
  }))

export type PlannedWorks = {
  readonly setWindows: (windows: readonly PlannedWindow[]) => void
  /** Work that may have caused what began at any of these times; the same object while it is the same. */
  readonly during: (topology: Topology, sinceMs: readonly number[]) => readonly PlannedWork[]
}
const MAX_KEPT = 50
export const createPlannedWorks = (): PlannedWorks => {
  let windows: readonly PlannedWindow[] = []
  let of: Topology | null = null
  /** By which occurrences are meant. */
  const kept = new Map<string, readonly PlannedWork[]>()
  return {
    setWindows: (next) => {
      windows = next
      kept.clear()
    },
    during: (topology, sinceMs) => {
      if (windows.length === 0 || sinceMs.length === 0) return NO_WORKS
      const sortedMs = sinceMs.toSorted((one, other) => one - other)
      const isMeant = (occurrence: PlannedWindow["occurrences"][number]): boolean =>
        mayHaveCaused(occurrence, firstFrom(sortedMs, occurrence.fromMs) ?? Number.NaN)
      const key = windows
        .flatMap(({ id, occurrences }) =>
          occurrences.filter(isMeant).map(({ fromMs }) => `${id} ${fromMs}`),
        )
        .join()
      if (key === "") return NO_WORKS
      if (of !== topology || kept.size > MAX_KEPT) kept.clear()
      of = topology
      const works = kept.get(key) ?? windows.flatMap((window) => worksOf(topology, window, isMeant))
      kept.set(key, works)
      return works
    },
  }
}

/** For the solver: a site that is worked on may lose its power. */
export const solverWorks = (topology: Topology, works: readonly PlannedWork[]): readonly Work[] =>
  works.map(({ key, targets }) => ({
    id: key,
    members: targets
      .flatMap(({ own }) => [...own])
      .map((id) => (topology.sites.has(id) ? groupOfSite(id) : id)),
  }))

/** What the solver says of works, of those that may have caused what began at `sinceMs`. */
export const plannedCauses = (
  works: readonly PlannedWork[],
  shares: readonly WorkShare[],
  sinceMs: number,
): readonly PlannedCause[] =>
  shares.flatMap(({ id, probability }) => {
    const work = works.find(({ key }) => key === id)
    return work !== undefined && mayHaveCaused(work, sinceMs) ? [{ work, probability }] : []
  })

/** Works on any of these components; how probable they are is not calculated. */
export const worksOn = (
  works: readonly PlannedWork[],
  ids: readonly string[],
  sinceMs: number,
): readonly PlannedCause[] =>
  works
    .filter((work) => mayHaveCaused(work, sinceMs) && targetsWith(work, ids).length > 0)
    .map((work) => ({ work, probability: null }))

const targetsWith = ({ targets }: PlannedWork, ids: readonly string[]): readonly string[] =>
  targets.flatMap(({ id, own }) => (ids.some((one) => own.has(one)) ? [id] : []))

const rounded = (probability: number): number => Math.round(probability * 100) / 100
export const shownShares = (causes: readonly PlannedCause[]): PlannedShare[] =>
  causes.flatMap(({ work: { window }, probability }) =>
    probability === null ? [] : [{ ...window, probability: rounded(probability) }],
  )

/** `ids`: of the cause and of what would show the same. */
export const plannedParams = (
  topology: Topology,
  { work, probability }: PlannedCause,
  ids: readonly string[],
  sinceMs: number,
): Params["reason.planned-work"] => ({
  work: { ...work.window },
  on: listOf(
    targetsWith(work, ids).flatMap((id) => {
      const found = component(topology, id)
      return found === null ? [] : [{ id, name: found.name }]
    }),
  ),
  endedMs: sinceMs < work.untilMs ? null : Math.round((sinceMs - work.untilMs) / 1_000) * 1_000,
  probability: probability === null ? null : rounded(probability),
})
