/**
 * Whether a wrong answer about links that lose packets could have been right. A judge that knows the
 * loss, the noise and how faults are drawn, which no solver does, decides which of two sets the
 * observations support. Which path packets take, and which counters show nothing, it does not know
 * either. If it prefers the wrong set, the observations mislead; otherwise the solver missed
 * something.
 */
import {
  type DegradedCase,
  type DegradedObservations,
  expectedOf,
  hitsOf,
  visibleOf,
} from "./degraded-world.ts"

/** The probability of the impossible: not 0, so that sets stay comparable. */
const IMPOSSIBLE = 1e-9
const logOf = (probability: number): number => Math.log(Math.max(probability, IMPOSSIBLE))
const logSum = (terms: readonly number[]): number => {
  const most = Math.max(...terms)
  return most + Math.log(terms.reduce((sum, one) => sum + Math.exp(one - most), 0))
}
const LOSS = 0.3

type Counted = { sent: number; lost: number }
/** Of one path, together: repeated probes take the same way. */
const countsOf = (
  { world: { plan } }: DegradedCase,
  { paths }: DegradedObservations,
): ReadonlyMap<number, ReadonlyMap<number, Counted>> => {
  const nodeOf = new Map(plan.nodes.map(({ id }, index) => [id, index]))
  const byNode = new Map<number, Map<number, Counted>>()
  for (const { from, to, sent, lost } of paths) {
    const [node, vantage] = [nodeOf.get(to) ?? -1, plan.vantages.indexOf(from)]
    const own = byNode.get(node) ?? new Map<number, Counted>()
    byNode.set(node, own)
    const counted = own.get(vantage) ?? { sent: 0, lost: 0 }
    own.set(vantage, counted)
    counted.sent += sent
    counted.lost += lost
  }
  return byNode
}

const logOfPaths = (
  one: DegradedCase,
  chosen: ReadonlySet<string>,
  observations: DegradedObservations,
): number => {
  const { world, noise } = one
  const hits = world.trees.map((tree) => hitsOf(world, tree, chosen))
  const lossOf = (count: number, isLimited: boolean): number =>
    1 - (1 - noise.usualLoss) * (1 - LOSS) ** count * (isLimited ? 1 - noise.limitedLoss : 1)
  let total = 0
  for (const [node, byVantage] of countsOf(one, observations)) {
    const under = (isLimited: boolean): number =>
      [...byVantage].reduce(
        (sum, [vantage, { sent, lost }]) =>
          sum +
          logSum(
            (hits[vantage]?.[node] ?? [1]).map((share, count) => {
              const loss = lossOf(count, isLimited)
              return logOf(share ?? 0) + lost * Math.log(loss) + (sent - lost) * Math.log(1 - loss)
            }),
          ),
        0,
      )
    total += logSum([
      Math.log(1 - noise.limited) + under(false),
      Math.log(noise.limited) + under(true),
    ])
  }
  return total
}

const logOfInterfaces = (
  { noise }: DegradedCase,
  chosen: ReadonlySet<string>,
  { interfaces }: DegradedObservations,
): number => {
  const errors = Map.groupBy(
    interfaces.filter(({ signal }) => signal === "errors"),
    ({ link }) => link,
  )
  let total = 0
  for (const [link, readings] of errors) {
    const as = (isShown: boolean): number =>
      readings.reduce(
        (sum, { isBad }) =>
          sum + Math.log(isBad === isShown ? 1 - noise.wrongReading : noise.wrongReading),
        0,
      )
    total += chosen.has(link)
      ? logSum([Math.log(1 - noise.silent) + as(true), Math.log(noise.silent) + as(false)])
      : as(false)
  }
  return total
}

/** How likely a set and these observations are together; a natural logarithm. */
export const logDegraded = (
  one: DegradedCase,
  ids: readonly string[],
  observations: DegradedObservations,
): number => {
  const { plan } = one.world
  const links = new Set(plan.links.map(({ id }) => id))
  const ratio = Math.max(1, one.truth.length) / plan.links.length
  const prior = ids.reduce((sum, id) => sum + (links.has(id) ? logOf(ratio) : logOf(0)), 0)
  const chosen = new Set(ids)
  return prior + logOfPaths(one, chosen, observations) + logOfInterfaces(one, chosen, observations)
}

/** Without what nobody can see, and with a link in place of a router where that shows the same. */
const simplest = (one: DegradedCase, ids: readonly string[]): readonly string[] => {
  const { world, isQuiet } = one
  const { links } = world.plan
  let set = ids
  for (const id of ids) {
    const without = set.filter((other) => other !== id)
    const near = links.filter(({ a, b }) => a === id || b === id)
    const instead = [without, ...near.map((link) => [...without, link.id])].find((other) =>
      [visibleOf, expectedOf].some((of) => of(world, other, isQuiet) === of(world, set, isQuiet)),
    )
    if (instead !== undefined) set = instead
  }
  return set
}

/** Whether the observations support the truth more than the answer; of loss alone. */
export const isDegradedAvoidable = (
  one: DegradedCase,
  named: readonly string[],
  observations: DegradedObservations,
): boolean => {
  const truth = one.truth.map(({ link }) => one.world.plan.links[link]?.id ?? "")
  const [right, answered] = [truth, named].map((ids) =>
    logDegraded(one, simplest(one, ids), observations),
  )
  return (right ?? 0) > (answered ?? 0)
}
