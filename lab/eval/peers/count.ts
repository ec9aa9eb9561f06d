/** What pages are worth, held against what has truly failed. */
import { DOWN, type Sight, sightOf, type World } from "../world.ts"
import type { Play } from "./play.ts"

/** By ids of the network. */
export type Told = { readonly names: readonly string[]; readonly recovered: boolean }
export type Count = {
  /** Faults that show at all; another fault may hide one from everybody. */
  readonly faults: number
  readonly pages: number
  /** Faults that no page names. */
  readonly missed: number
  /** Pages that name nothing that has failed. */
  readonly wrong: number
  /** Pages that were never told to be over. */
  readonly recoveriesLost: number
}
export const NOTHING: Count = { faults: 0, pages: 0, missed: 0, wrong: 0, recoveriesLost: 0 }
export const plus = (one: Count, other: Count): Count => ({
  faults: one.faults + other.faults,
  pages: one.pages + other.pages,
  missed: one.missed + other.missed,
  wrong: one.wrong + other.wrong,
  recoveriesLost: one.recoveriesLost + other.recoveriesLost,
})

const isSame = (one: Sight, other: Sight): boolean => one.every((reading, place) => reading === other[place])

/** How generously a name counts: `class`: what shows exactly the same; `ends`: also a dead end of a link, and a link at a dead router. */
export type Credit = "class" | "ends"
export type Creditor = {
  readonly fault: string
  readonly isHidden: boolean
  readonly strict: ReadonlySet<string>
  readonly ends: ReadonlySet<string>
}

/** For each fault the names that count as naming it, the other faults held fixed. */
export const creditOf = (world: World, play: Play): Creditor[] => {
  const candidates = [...world.plan.nodes, ...world.plan.links].map(({ id }) => id).filter((id) => !world.single.has(id))
  const isDark = (id: string): boolean => play.shown[world.indexOf.get(id) ?? -1] === DOWN
  return play.truth.map((fault) => {
    const others = play.truth.filter((id) => id !== fault)
    const standIns = candidates.filter((id) => !others.includes(id) && isSame(sightOf(world, [...others, id]), play.shown))
    const touching = world.plan.links.filter(({ id, a, b }) => id === fault || a === fault || b === fault)
    return {
      fault,
      isHidden: isSame(sightOf(world, others), play.shown),
      strict: new Set([fault, ...standIns]),
      ends: new Set(touching.flatMap(({ id, a, b }) => (id === fault ? [a, b].filter(isDark) : [id]))),
    }
  })
}

export const count = (creditors: readonly Creditor[], told: readonly Told[], credit: Credit): Count => {
  const names = (page: Told, { strict, ends }: Creditor): boolean =>
    page.names.some((name) => strict.has(name) || (credit === "ends" && ends.has(name)))
  const visible = creditors.filter(({ isHidden }) => !isHidden)
  return {
    faults: visible.length,
    pages: told.length,
    missed: visible.filter((one) => !told.some((page) => names(page, one))).length,
    wrong: told.filter((page) => !creditors.some((one) => names(page, one))).length,
    recoveriesLost: told.filter(({ recovered }) => !recovered).length,
  }
}
