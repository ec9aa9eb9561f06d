/**
 * Whether a wrong answer could have been right. A judge that knows the noise and how faults are
 * drawn, which no solver does, decides which of two sets the observations support. If that is the
 * wrong one, the observations mislead; otherwise the solver missed something.
 */
import type { Observation } from "@ispvm/rca"
import type { Cell } from "./cells.ts"
import { LINK_WEIGHT } from "./faults.ts"
import type { Noise } from "./observations.ts"
import {
  containsAll,
  DOWN,
  isIndistinguishable,
  placeOf,
  UNSEEN,
  UP,
  visibilityOf,
  type World,
  withoutCustomers,
} from "./world.ts"

/** The probability of the impossible: not 0, so that sets stay comparable. */
const IMPOSSIBLE = 1e-9

const logOf = (probability: number): number => Math.log(Math.max(probability, IMPOSSIBLE))
const probabilityOf = (isDown: boolean, truth: number, noise: Noise): number => {
  if (truth === UNSEEN) return 0
  const errorRatio = truth === DOWN ? noise.downAsUpRatio : noise.upAsDownRatio
  return (1 - noise.missingRatio) * (isDown === (truth === DOWN) ? 1 - errorRatio : errorRatio)
}

/**
 * For each observable, how likely its observations are if it is DOWN, UP or UNSEEN: three natural
 * logarithms each.
 */
export const logLikelihoodTable = (
  world: World,
  cell: Cell,
  observations: readonly Observation[],
): Float64Array => {
  const likelihoods = new Float64Array(3 * world.observables.length)
  const add = (place: number, probability: (truth: number) => number): void => {
    for (const truth of [DOWN, UP, UNSEEN])
      likelihoods[3 * place + truth] =
        (likelihoods[3 * place + truth] ?? 0) + logOf(probability(truth))
  }
  const observed = new Set<string>()
  for (const observation of observations) {
    const place = placeOf(world, observation)
    if (place === undefined) continue
    add(place, (truth) => probabilityOf(observation.value === "down", truth, cell.noise))
    observed.add(`${place} ${observation.signal}`)
  }
  // Only the first round counts as missing: which re-checks were lost is not known.
  for (const [place, observable] of world.observables.entries())
    for (const signal of observable.signal === "reachable" ? [observable.signal] : cell.signals)
      if (!observed.has(`${place} ${signal}`))
        add(place, (truth) => (truth === UNSEEN ? 1 : cell.noise.missingRatio))
  return likelihoods
}

/** How likely a set and these observations are together in a cell; a natural logarithm. */
export const logLikelihood = (
  world: World,
  cell: Cell,
  components: readonly string[],
  observations: readonly Observation[],
): number => {
  const likelihoods = logLikelihoodTable(world, cell, observations)
  return visibilityOf(world, components).reduce(
    (total, truth, place) => total + (likelihoods[3 * place + truth] ?? 0),
    logPrior(world, cell, components),
  )
}

const logPrior = (world: World, { draw }: Cell, components: readonly string[]): number => {
  const links = world.plan.links.filter(({ id }) => !world.customerIds.has(id)).length
  const routers = world.plan.nodes.filter(({ id }) => !world.customerIds.has(id)).length
  const groupRatio = world.plan.groups.length === 0 ? 0 : draw.groupRatio
  const one = ((1 - groupRatio) * Math.max(1, draw.faults)) / (LINK_WEIGHT * links + routers)
  const linkIds = new Set(world.plan.links.map(({ id }) => id))
  return components
    .map((id) => {
      if (id.startsWith("@uplink:")) return draw.uplinkRatio / world.plan.vantages.length
      if (world.members.has(id)) return (groupRatio * draw.faults) / world.plan.groups.length
      return linkIds.has(id) ? LINK_WEIGHT * one : one
    })
    .reduce((total, probability) => total + logOf(probability), 0)
}

/**
 * A likelier set that shows what the truth shows: without needless faults, and with a link in place
 * of a router where that shows the same.
 */
const simplest = (world: World, truth: readonly string[]): string[] => {
  let set = withoutCustomers(world, truth)
  for (const id of set) {
    const without = set.filter((one) => one !== id)
    const links = world.plan.links.filter(
      ({ id: link, a, b }) => (a === id || b === id) && !world.customerIds.has(link),
    )
    const instead = [without, ...links.map((link) => [...without, link.id])].find((other) =>
      isIndistinguishable(world, other, truth),
    )
    if (instead !== undefined) set = instead
  }
  return set
}

/** Whether the observations support the truth more than the answer. */
export const isAvoidable = (
  world: World,
  cell: Cell,
  truth: readonly string[],
  named: readonly string[],
  observations: readonly Observation[],
): boolean =>
  !containsAll(world, named) ||
  logLikelihood(world, cell, simplest(world, truth), observations) >
    logLikelihood(world, cell, withoutCustomers(world, named), observations)
