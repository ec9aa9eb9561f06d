/**
 * Whether a wrong answer could have been right: one who knows the noise and how faults are drawn, which no solver does, says which of
 * two sets the looks speak for. Where that is the wrong one, the looks themselves mislead; else something was missed.
 */
import type { Observation } from "@ispvm/appliance/cause"
import type { Cell } from "./cells.ts"
import { LINK_WEIGHT } from "./faults.ts"
import type { Noise } from "./looks.ts"
import { DOWN, isOf, placeOf, reduced, showSame, sightOf, UNSEEN, UP, type World } from "./world.ts"

/** Of what cannot happen: small, so that sets remain in an order. */
const IMPOSSIBLE = 1e-9

const logOf = (chance: number): number => Math.log(Math.max(chance, IMPOSSIBLE))
const chanceOf = (isDown: boolean, truth: number, noise: Noise): number => {
  if (truth === UNSEEN) return 0
  const wrong = truth === DOWN ? noise.downAsUpRatio : noise.upAsDownRatio
  return (1 - noise.missingRatio) * (isDown === (truth === DOWN) ? 1 - wrong : wrong)
}

/** For each thing, how likely the looks at it are (natural logarithm) if it is DOWN, UP, UNSEEN: three numbers a thing. */
export const logChances = (world: World, cell: Cell, observations: readonly Observation[]): Float64Array => {
  const chances = new Float64Array(3 * world.things.length)
  const add = (place: number, chance: (truth: number) => number): void => {
    for (const truth of [DOWN, UP, UNSEEN]) chances[3 * place + truth] = (chances[3 * place + truth] ?? 0) + logOf(chance(truth))
  }
  const looked = new Set<string>()
  for (const look of observations) {
    const place = placeOf(world, look)
    if (place === undefined) continue
    add(place, (truth) => chanceOf(look.value === "down", truth, cell.noise))
    looked.add(`${place} ${look.signal}`)
  }
  // Of a second round only what was seen is known.
  for (const [place, thing] of world.things.entries())
    for (const signal of thing.signal === "reachable" ? [thing.signal] : cell.signals)
      if (!looked.has(`${place} ${signal}`)) add(place, (truth) => (truth === UNSEEN ? 1 : cell.noise.missingRatio))
  return chances
}

/** Natural logarithm of how likely a set and these looks are together, as the cell draws them. */
export const logLikelihood = (
  world: World,
  cell: Cell,
  components: readonly string[],
  observations: readonly Observation[],
): number => {
  const chances = logChances(world, cell, observations)
  return sightOf(world, components).reduce(
    (total, truth, place) => total + (chances[3 * place + truth] ?? 0),
    logPrior(world, cell, components),
  )
}

const logPrior = (world: World, { draw }: Cell, components: readonly string[]): number => {
  const links = world.plan.links.filter(({ id }) => !world.single.has(id)).length
  const routers = world.plan.nodes.filter(({ id }) => !world.single.has(id)).length
  const groupRatio = world.plan.groups.length === 0 ? 0 : draw.groupRatio
  const one = ((1 - groupRatio) * Math.max(1, draw.faults)) / (LINK_WEIGHT * links + routers)
  const linkIds = new Set(world.plan.links.map(({ id }) => id))
  return components
    .map((id) => {
      if (id.startsWith("@uplink:")) return draw.uplinkRatio / world.plan.vantages.length
      if (world.members.has(id)) return (groupRatio * draw.faults) / world.plan.groups.length
      return linkIds.has(id) ? LINK_WEIGHT * one : one
    })
    .reduce((total, chance) => total + logOf(chance), 0)
}

/** The likeliest set that shows what the truth shows, as far as leaving out and taking a line for its router leads. */
const plainest = (world: World, truth: readonly string[]): string[] => {
  let set = reduced(world, truth)
  for (const id of set) {
    const without = set.filter((one) => one !== id)
    const lines = world.plan.links.filter(({ id: line, a, b }) => (a === id || b === id) && !world.single.has(line))
    const instead = [without, ...lines.map((line) => [...without, line.id])].find((other) => showSame(world, other, truth))
    if (instead !== undefined) set = instead
  }
  return set
}

/** Whether the looks speak for the truth rather than for what was told in its place. */
export const isMissed = (
  world: World,
  cell: Cell,
  truth: readonly string[],
  told: readonly string[],
  observations: readonly Observation[],
): boolean =>
  !isOf(world, told) ||
  logLikelihood(world, cell, plainest(world, truth), observations) >
    logLikelihood(world, cell, reduced(world, told), observations)
