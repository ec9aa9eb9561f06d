/** Compares pages with what has really failed. */
import { DOWN, type Visibility, visibilityOf, type World } from "../world.ts"
import type { Timeline } from "./timeline.ts"

/** With ids of the network. */
export type ReportedPage = {
  readonly names: readonly string[]
  readonly recovered: boolean
  /** After the first fault of its case. */
  readonly afterMs: number
}
export type Count = {
  /** Visible faults: another fault may hide one completely. */
  readonly faults: number
  readonly pages: number
  /** Faults that no page names. */
  readonly missed: number
  /** Pages that name nothing that has failed. */
  readonly falseAlarms: number
  /** Pages without a recovery. */
  readonly recoveriesLost: number
}
export const NOTHING: Count = { faults: 0, pages: 0, missed: 0, falseAlarms: 0, recoveriesLost: 0 }
export const plus = (one: Count, other: Count): Count => ({
  faults: one.faults + other.faults,
  pages: one.pages + other.pages,
  missed: one.missed + other.missed,
  falseAlarms: one.falseAlarms + other.falseAlarms,
  recoveriesLost: one.recoveriesLost + other.recoveriesLost,
})

const isSame = (one: Visibility, other: Visibility): boolean =>
  one.every((reading, place) => reading === other[place])

/**
 * Which names count. `class`: those with exactly the same visible effects; `ends`: also an
 * unreachable end of a failed link, and a link at a failed router.
 */
export type MatchRule = "class" | "ends"
export type AcceptedNames = {
  readonly fault: string
  readonly isMasked: boolean
  readonly strict: ReadonlySet<string>
  readonly ends: ReadonlySet<string>
}

/** For each fault the names that count as naming it, the other faults held fixed. */
export const acceptedNamesOf = (world: World, timeline: Timeline): AcceptedNames[] => {
  const candidates = [...world.plan.nodes, ...world.plan.links]
    .map(({ id }) => id)
    .filter((id) => !world.customerIds.has(id))
  const isDown = (id: string): boolean => timeline.shown[world.indexOf.get(id) ?? -1] === DOWN
  return timeline.truth.map((fault) => {
    const others = timeline.truth.filter((id) => id !== fault)
    const equivalents = candidates.filter(
      (id) => !others.includes(id) && isSame(visibilityOf(world, [...others, id]), timeline.shown),
    )
    const touching = world.plan.links.filter(
      ({ id, a, b }) => id === fault || a === fault || b === fault,
    )
    return {
      fault,
      isMasked: isSame(visibilityOf(world, others), timeline.shown),
      strict: new Set([fault, ...equivalents]),
      ends: new Set(
        touching.flatMap(({ id, a, b }) => (id === fault ? [a, b].filter(isDown) : [id])),
      ),
    }
  })
}

const isNaming = (page: ReportedPage, { strict, ends }: AcceptedNames, rule: MatchRule): boolean =>
  page.names.some((name) => strict.has(name) || (rule === "ends" && ends.has(name)))

/** Of each visible fault that a page names: how long after the first fault the first one came. */
export const firstCorrectMs = (
  accepted: readonly AcceptedNames[],
  reported: readonly ReportedPage[],
  rule: MatchRule,
): number[] =>
  accepted
    .filter(({ isMasked }) => !isMasked)
    .map((one) => reported.filter((page) => isNaming(page, one, rule)))
    .flatMap((pages) =>
      pages.length === 0 ? [] : Math.min(...pages.map(({ afterMs }) => afterMs)),
    )

export const count = (
  accepted: readonly AcceptedNames[],
  reported: readonly ReportedPage[],
  rule: MatchRule,
): Count => {
  const names = (page: ReportedPage, one: AcceptedNames): boolean => isNaming(page, one, rule)
  const visible = accepted.filter(({ isMasked }) => !isMasked)
  return {
    faults: visible.length,
    pages: reported.length,
    missed: visible.filter((one) => !reported.some((page) => names(page, one))).length,
    falseAlarms: reported.filter((page) => !accepted.some((one) => names(page, one))).length,
    recoveriesLost: reported.filter(({ recovered }) => !recovered).length,
  }
}
