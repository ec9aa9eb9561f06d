/**
 * The best possible answer: every set with the drawn number of faults is tried, knowing the noise,
 * the draw and the number. No solver knows these, so no solver is better on average. Exact and
 * slow: for one and two faults.
 */
import type { Observation } from "@ispvm/rca"
import type { Cell } from "./cells.ts"
import { LINK_WEIGHT } from "./faults.ts"
import { logLikelihoodTable } from "./likelihood.ts"
import { visibilityOf, type World } from "./world.ts"

export const isTractable = ({ draw }: Cell): boolean =>
  (draw.faults === 1 || draw.faults === 2) && draw.groupRatio === 0 && draw.uplinkRatio === 0

/** A hash of what is visible; two different ones collide with a probability of about 1 in 2^52. */
const hashOf = (visibility: Uint8Array): number => {
  let [low, high] = [0x811c9dc5, 0x9747b28c]
  for (const reading of visibility) {
    low = Math.imul(low ^ reading, 0x01000193)
    high = Math.imul(high ^ (reading + 1), 0x85ebca6b) ^ (high >>> 15)
  }
  return (low >>> 0) * 2 ** 20 + (high >>> 12)
}

/** One set of the likeliest class of sets with the same visible effects. */
export const optimalAnswer = (
  world: World,
  cell: Cell,
  observations: readonly Observation[],
): readonly string[] => {
  const routers = world.plan.nodes
    .filter(({ id }) => !world.customerIds.has(id))
    .map(({ id }) => ({ id, weight: 1 }))
  const links = world.plan.links
    .filter(({ id }) => !world.customerIds.has(id))
    .map(({ id }) => ({ id, weight: LINK_WEIGHT }))
  const core = [...routers, ...links]
  const likelihoods = logLikelihoodTable(world, cell, observations)
  const classes = new Map<number, { readonly set: readonly string[]; logMass: number }>()
  let best: { readonly set: readonly string[]; readonly logMass: number } = {
    set: [],
    logMass: Number.NEGATIVE_INFINITY,
  }
  const addCandidate = (set: readonly string[], weight: number): void => {
    const visibility = visibilityOf(world, set)
    let total = Math.log(weight)
    for (let place = 0; place < visibility.length; place += 1)
      total += likelihoods[place * 3 + (visibility[place] ?? 0)] ?? 0
    const name = hashOf(visibility)
    const known = classes.get(name) ?? { set, logMass: Number.NEGATIVE_INFINITY }
    const [more, less] = known.logMass > total ? [known.logMass, total] : [total, known.logMass]
    known.logMass = more + Math.log1p(Math.exp(less - more))
    classes.set(name, known)
    if (known.logMass > best.logMass) best = { set: known.set, logMass: known.logMass }
  }
  for (const [i, one] of core.entries()) {
    if (cell.draw.faults === 1) addCandidate([one.id], one.weight)
    else
      for (const other of core.slice(i + 1))
        addCandidate([one.id, other.id], one.weight * other.weight)
  }
  return best.set
}
