/**
 * Which links and nodes explain loss and delay on paths, and what their interfaces show: a document
 * in, an answer out. Pure; the order of observations does not matter.
 */
import type { Recheck } from "../model.ts"
import { type Problem, pose } from "./candidates.ts"
import { EFFECTS } from "./evidence.ts"
import type {
  Degradation,
  DegradationAnswer,
  DegradationHypothesis,
  DegradationInput,
} from "./model.ts"
import { maskShares } from "./paths.ts"
import { type ScoredSet, search } from "./search.ts"

const MAX_HYPOTHESES = 10
const MAX_RECHECKS = 8
/** Of them, paths that were not probed yet. */
const MAX_UNSEEN = 3
/** Sets whose classes are compared. */
const MAX_COMPARED = 60
const MAX_EQUIVALENTS = 12
const MIN_PROBABILITY = 1e-4

/** What a set shows: of each path how likely it takes how many of its faults, and what that costs. */
type Path = { readonly lossRatio: number; readonly delayMs: number }
/** `hits`: by the number of the path. */
type Shown = { readonly key: string; readonly hits: ReadonlyMap<number, Path> }
const pathNumber = ({ ids, linkCount }: Problem["paths"], route: number, node: number): number =>
  route * (ids.length - linkCount) + node
const shownBy = (
  problem: Problem,
  { elements, effects }: Pick<ScoredSet, "elements" | "effects">,
  isRead: (element: number) => boolean,
): Shown => {
  const { paths } = problem
  const hits = new Map<number, Path>()
  const parts: string[] = []
  const texts = new Map<Float64Array, { readonly text: string; readonly path: Path }>()
  const meaningOf = (own: Float64Array): { readonly text: string; readonly path: Path } => {
    const counts = new Float64Array(elements.length + 1)
    let [lossRatio, delayMs] = [0, 0]
    for (const [mask, share] of own.entries()) {
      const taken = effects.filter((_, at) => (mask & (1 << at)) !== 0)
      counts[taken.length] = (counts[taken.length] ?? 0) + share
      const passed = taken.reduce((left, one) => left * (1 - (EFFECTS[one]?.lossRatio ?? 0)), 1)
      lossRatio += share * (1 - passed)
      delayMs += share * taken.reduce((sum, one) => sum + (EFFECTS[one]?.delayMs ?? 0), 0)
    }
    return { text: [...counts].map((one) => one.toFixed(4)).join(), path: { lossRatio, delayMs } }
  }
  for (const [index, route] of paths.routes.entries()) {
    const shares = maskShares(paths, route, elements)
    for (const node of route.order) {
      const own = shares[node]
      if (own === undefined || own[0] === 1) continue
      // Nodes behind the same links have the same object.
      const meaning = texts.get(own) ?? meaningOf(own)
      texts.set(own, meaning)
      hits.set(pathNumber(paths, index, node), meaning.path)
      parts.push(`${index} ${node}:${meaning.text}`)
    }
  }
  const own = elements.filter(isRead)
  return { key: [...parts, ...own].join("|"), hits }
}

const NOTHING: Path = { lossRatio: 0, delayMs: 0 }

type Class = { readonly first: ScoredSet; readonly shown: Shown; probability: number }
const classesOf = (
  problem: Problem,
  sets: readonly ScoredSet[],
  isRead: (element: number) => boolean,
): Class[] => {
  const top = sets[0]?.score ?? 0
  const byKey = new Map<string, Class>()
  let whole = 0
  for (const set of sets.slice(0, MAX_COMPARED)) {
    const probability = Math.exp(set.score - top)
    whole += probability
    const shown = shownBy(problem, set, isRead)
    const known = byKey.get(shown.key)
    if (known === undefined) byKey.set(shown.key, { first: set, shown, probability })
    else known.probability += probability
  }
  const classes = [...byKey.values()]
  for (const one of classes) one.probability /= whole
  return classes.sort((one, other) => other.probability - one.probability)
}

/** Nodes whose paths may take it, and what would show the same. */
const describe = (
  problem: Problem,
  element: number,
  effect: number,
  isRead: (element: number) => boolean,
): Degradation => {
  const { paths, weighed } = problem
  const { lossRatio = 0, delayMs = 0 } = EFFECTS[effect] ?? {}
  const shown = shownBy(problem, { elements: [element], effects: [effect] }, isRead)
  const nodes = [...shown.hits.keys()].map((key) => key % (paths.ids.length - paths.linkCount))
  const affected = [...new Set(nodes)].map((node) => paths.ids[paths.linkCount + node] ?? "")
  // What shows the same is next to it: an end of the link, or a link of the node, or in one chain.
  const near = problem.elements.filter(
    (other) =>
      other !== element &&
      (problem.crossed.get(other)?.length ?? 0) === (problem.crossed.get(element)?.length ?? 0) &&
      (problem.crossed.get(other) ?? []).every(({ seen, share }, at) => {
        const one = problem.crossed.get(element)?.[at]
        return one?.seen === seen && Math.abs(one.share - share) < 1e-6
      }),
  )
  const equivalents = near
    .slice(0, MAX_EQUIVALENTS)
    .filter(
      (other) =>
        shownBy(problem, { elements: [other], effects: [effect] }, isRead).key === shown.key,
    )
  const { kind } = weighed(element)
  return {
    id: paths.ids[element] ?? "",
    kind: delayMs > 0 ? kind.delaying : kind.steady,
    lossRatio,
    delayMs,
    affected: affected.sort(),
    equivalents: equivalents.map((other) => paths.ids[other] ?? ""),
  }
}

/** Paths and interfaces on which the likeliest classes differ most. */
const rechecksOf = (
  problem: Problem,
  input: DegradationInput,
  classes: readonly Class[],
): readonly Recheck[] => {
  const { paths } = problem
  const compared = classes.slice(0, 12)
  const monitored = new Set(input.nodes.flatMap(({ id, monitored }) => (monitored ? [id] : [])))
  const values: { readonly recheck: Recheck; readonly value: number }[] = []
  const whole = compared.reduce((sum, { probability }) => sum + probability, 0)
  const meanOf = (values: readonly number[]): number =>
    compared.reduce(
      (sum, { probability }, at) => sum + (probability / whole) * (values[at] ?? 0),
      0,
    )
  const spread = (expected: readonly number[]): number => {
    const mean = meanOf(expected)
    return meanOf(expected.map((one) => (one - mean) ** 2))
  }
  // The same difference tells more where there is little loss.
  const worthOf = (shown: readonly Path[]): number => {
    const losses = shown.map(({ lossRatio }) => lossRatio)
    const delays = shown.map(({ delayMs }) => delayMs)
    const mean = meanOf(losses)
    return spread(losses) / (mean * (1 - mean) + 0.02) + spread(delays) / (5 + meanOf(delays)) ** 2
  }
  for (const [index, route] of paths.routes.entries())
    for (const node of route.order) {
      const value = worthOf(
        compared.map(({ shown }) => shown.hits.get(pathNumber(paths, index, node)) ?? NOTHING),
      )
      const entity = paths.ids[paths.linkCount + node] ?? ""
      if (value > 1e-6)
        values.push({ recheck: { entity, signal: "reachable", from: route.vantage }, value })
    }
  for (const [index, { id, a, b }] of input.links.entries()) {
    const value =
      0.7 * spread(compared.map(({ first }) => (first.elements.includes(index) ? 1 : 0)))
    if (value < 1e-6) continue
    for (const end of [a, b])
      if (monitored.has(end)) values.push({ recheck: { entity: id, signal: "port", end }, value })
  }
  const decisive = values
    .toSorted((one, other) => other.value - one.value)
    .map(({ recheck }) => recheck)
  const unseen = unseenPaths(problem).slice(0, MAX_UNSEEN)
  const isListed = ({ entity, from }: Recheck): boolean =>
    unseen.some((one) => one.entity === entity && one.from === from)
  return [
    ...decisive.filter((one) => !isListed(one)).slice(0, MAX_RECHECKS - unseen.length),
    ...unseen,
  ]
}

/** Nothing is known of these paths, so no hypothesis asks for them. */
const unseenPaths = ({ paths, seen }: Problem): readonly Recheck[] =>
  paths.routes.flatMap(({ vantage, order }, index) => {
    const known = new Set(seen.flatMap(({ route, node }) => (route === index ? [node] : [])))
    return order.slice(1).flatMap((node): Recheck[] => {
      const entity = paths.ids[paths.linkCount + node] ?? ""
      return known.has(node) ? [] : [{ entity, signal: "reachable", from: vantage }]
    })
  })

export const solveDegradations = (input: DegradationInput): DegradationAnswer => {
  const problem = pose(input)
  const monitored = new Set(input.nodes.flatMap(({ id, monitored }) => (monitored ? [id] : [])))
  const isProbe = (id: string): boolean => input.vantages.includes(id) && !monitored.has(id)
  const isRead = (element: number): boolean => {
    const link = input.links[element]
    // A probe's own line has no interface that is read.
    if (link === undefined || isProbe(link.a) || isProbe(link.b)) return false
    return monitored.has(link.a) || monitored.has(link.b)
  }
  const classes = classesOf(problem, search(problem), isRead)
  const known = new Map<string, Degradation>()
  const described = (element: number, effect: number): Degradation => {
    const key = `${element} ${effect}`
    const found = known.get(key) ?? describe(problem, element, effect, isRead)
    known.set(key, found)
    return found
  }
  const hypotheses = classes
    .slice(0, MAX_HYPOTHESES)
    .filter(({ probability }, at) => at === 0 || probability >= MIN_PROBABILITY)
    .map(
      ({ first: { elements, effects }, probability }): DegradationHypothesis => ({
        probability,
        faults: elements.map((element, at) => described(element, effects[at] ?? 0)),
      }),
    )
  return { hypotheses, recheck: rechecksOf(problem, input, classes) }
}
