/**
 * The most that looks can tell: every set of as many faults as were drawn is tried, by one who knows the noise, the draw and the number.
 * No solver knows these, so no solver does better on average. Exact, and slow: for one fault and for two.
 */
import type { Observation } from "@ispvm/appliance/cause"
import type { Cell } from "./cells.ts"
import { LINK_WEIGHT } from "./faults.ts"
import { logChances } from "./referee.ts"
import { sightOf, type World } from "./world.ts"

export const canTell = ({ draw }: Cell): boolean =>
  (draw.faults === 1 || draw.faults === 2) && draw.groupRatio === 0 && draw.uplinkRatio === 0

/** A name for what is visible, the same for the same sight; two sights share one by chance alone, about 1 in 2^52. */
const nameOf = (sight: Uint8Array): number => {
  let [low, high] = [0x811c9dc5, 0x9747b28c]
  for (const word of sight) {
    low = Math.imul(low ^ word, 0x01000193)
    high = Math.imul(high ^ (word + 1), 0x85ebca6b) ^ (high >>> 15)
  }
  return (low >>> 0) * 2 ** 20 + (high >>> 12)
}

/** One set of the class of sets that is most likely in all. */
export const oracle = (world: World, cell: Cell, observations: readonly Observation[]): readonly string[] => {
  const routers = world.plan.nodes.filter(({ id }) => !world.single.has(id)).map(({ id }) => ({ id, weight: 1 }))
  const links = world.plan.links.filter(({ id }) => !world.single.has(id)).map(({ id }) => ({ id, weight: LINK_WEIGHT }))
  const core = [...routers, ...links]
  const chances = logChances(world, cell, observations)
  const classes = new Map<number, { readonly set: readonly string[]; logMass: number }>()
  let best: { readonly set: readonly string[]; readonly logMass: number } = { set: [], logMass: Number.NEGATIVE_INFINITY }
  const weigh = (set: readonly string[], weight: number): void => {
    const sight = sightOf(world, set)
    let total = Math.log(weight)
    for (let place = 0; place < sight.length; place += 1) total += chances[place * 3 + (sight[place] ?? 0)] ?? 0
    const name = nameOf(sight)
    const known = classes.get(name) ?? { set, logMass: Number.NEGATIVE_INFINITY }
    const [more, less] = known.logMass > total ? [known.logMass, total] : [total, known.logMass]
    known.logMass = more + Math.log1p(Math.exp(less - more))
    classes.set(name, known)
    if (known.logMass > best.logMass) best = { set: known.set, logMass: known.logMass }
  }
  for (const [i, one] of core.entries()) {
    if (cell.draw.faults === 1) weigh([one.id], one.weight)
    else for (const other of core.slice(i + 1)) weigh([one.id, other.id], one.weight * other.weight)
  }
  return best.set
}
