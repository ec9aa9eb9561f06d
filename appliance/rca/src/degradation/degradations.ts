/**
 * Which links and nodes explain loss and delay on paths, and what their interfaces show: a document
 * in, an answer out. Pure; the order of observations does not matter.
 */
import { type Problem, pose } from "./candidates.ts"
import { EFFECTS } from "./evidence.ts"
import type {
  Degradation,
  DegradationAnswer,
  DegradationHypothesis,
  DegradationInput,
} from "./model.ts"
import { maskShares } from "./paths.ts"
import { chooseRechecks } from "./rechecks.ts"
import { type ScoredSet, search } from "./search.ts"

const MAX_HYPOTHESES = 10
/** Sets whose classes are compared. */
const MAX_COMPARED = 120
const MAX_EQUIVALENTS = 12
const MIN_PROBABILITY = 1e-4

/** What a set shows: of each path how likely it takes how many of its faults. */
type Shown = {
  readonly key: string
  /** Nodes whose paths may take any of them. */
  readonly nodes: ReadonlySet<number>
}
const shownBy = (
  { paths }: Problem,
  elements: readonly number[],
  isRead: (element: number) => boolean,
): Shown => {
  const nodes = new Set<number>()
  const parts: string[] = []
  const texts = new Map<Float64Array, string>()
  const textOf = (own: Float64Array): string => {
    const counts = new Float64Array(elements.length + 1)
    for (const [mask, share] of own.entries()) {
      const taken = elements.reduce((sum, _, at) => sum + ((mask >> at) & 1), 0)
      counts[taken] = (counts[taken] ?? 0) + share
    }
    return [...counts].map((one) => one.toFixed(4)).join()
  }
  for (const [index, route] of paths.routes.entries()) {
    const shares = maskShares(paths, route, elements)
    for (const node of route.order) {
      const own = shares[node]
      if (own === undefined || own[0] === 1) continue
      // Nodes behind the same links have the same object.
      const text = texts.get(own) ?? textOf(own)
      texts.set(own, text)
      nodes.add(node)
      parts.push(`${index} ${node}:${text}`)
    }
  }
  return { key: [...parts, ...elements.filter(isRead)].join("|"), nodes }
}

/** Without what no packet and no interface shows: nobody can distinguish that from nothing. */
const noticed = (
  { weighed, linkPrior }: Problem,
  { elements, effects }: ScoredSet,
): readonly number[] =>
  elements.filter((element, at) => {
    const { lossRatio = 0, delayMs = 0 } = EFFECTS[effects[at] ?? 0] ?? {}
    return lossRatio > 0 || delayMs > 0 || weighed(element).steady > Math.log(linkPrior)
  })

type Class = { readonly first: ScoredSet; probability: number }
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
    const { key } = shownBy(problem, noticed(problem, set), isRead)
    const known = byKey.get(key)
    if (known === undefined) byKey.set(key, { first: set, probability })
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
  const shown = shownBy(problem, [element], isRead)
  const affected = [...shown.nodes].map((node) => paths.ids[paths.linkCount + node] ?? "")
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
    .filter((other) => shownBy(problem, [other], isRead).key === shown.key)
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
  return { hypotheses, recheck: chooseRechecks(problem, input, classes) }
}
