/**
 * Which paths to probe again, and which interfaces to read. Each observation multiplies the chance
 * that two sets are mistaken for each other by how much alike they make it (the Bhattacharyya
 * coefficient); the observations are chosen one after the other, so that the sum over all pairs of
 * sets becomes as small as possible. A path that was probed already takes the way it took then.
 */
import type { Recheck } from "../model.ts"
import type { Problem, Seen } from "./candidates.ts"
import { EFFECTS, expect, likelihoodOf, readBadAgain } from "./evidence.ts"
import type { DegradationInput } from "./model.ts"
import { maskShares } from "./paths.ts"
import type { ScoredSet } from "./search.ts"

const MAX_RECHECKS = 8
/** Of them, paths that were not probed yet. */
const MAX_UNSEEN = 3
/** Classes that are compared, and paths and interfaces that are weighed. */
const MAX_CLASSES = 24
const MAX_CANDIDATES = 300

export type Weighted = { readonly first: ScoredSet; readonly probability: number }
/** How likely each reading is, by class. */
type Predicted = readonly Float64Array[]
type Candidate = { readonly recheck: Recheck; readonly alike: Float64Array }

/** Lost probes of so many, in groups that tell losses apart. */
const PROBES = 40
const GROUP_ENDS = [0, 1, 2, 4, 6, 9, 12, 15, 19, 24, 29, 34, PROBES]
/** Between the delays that effects have. */
const DELAY_ENDS = [7, 25, 55, 120, Number.POSITIVE_INFINITY]
const READINGS = GROUP_ENDS.length * DELAY_ENDS.length

const groupOf = Int32Array.from({ length: PROBES + 1 }, (_, lost) =>
  GROUP_ENDS.findIndex((end) => lost <= end),
)
/** Below this, of a Laplace distribution. */
const laplace = (x: number): number => (x < 0 ? Math.exp(x) / 2 : 1 - Math.exp(-x) / 2)
const readingsFor = new Map<string, Float64Array>()
/** How likely a path with this loss and delay reads what. */
const readingsOf = (lossRatio: number, delayMs: number): Float64Array => {
  const key = `${lossRatio.toFixed(3)} ${delayMs}`
  const known = readingsFor.get(key)
  if (known !== undefined) return known
  const { logLost, logPassed, scaleMs } = expect(lossRatio, delayMs)
  const lost = new Float64Array(GROUP_ENDS.length)
  let combinations = 1
  for (let count = 0; count <= PROBES; count += 1) {
    const likelihood = combinations * Math.exp(count * logLost + (PROBES - count) * logPassed)
    const group = groupOf[count] ?? 0
    lost[group] = (lost[group] ?? 0) + likelihood
    combinations = (combinations * (PROBES - count)) / (count + 1)
  }
  const made = new Float64Array(READINGS)
  let below = 0
  for (const [at, end] of DELAY_ENDS.entries()) {
    const until = end === Number.POSITIVE_INFINITY ? 1 : laplace((end - delayMs) / scaleMs)
    for (const [group, share] of lost.entries())
      made[at * GROUP_ENDS.length + group] = share * (until - below)
    below = until
  }
  if (readingsFor.size > 5_000) readingsFor.clear()
  readingsFor.set(key, made)
  return made
}

/** Losses and delays of the sets of faults that a path may take. */
type Outcome = { readonly lossRatio: number; readonly delayMs: number }
const outcomesOf = ({ effects }: ScoredSet): readonly Outcome[] =>
  Array.from({ length: 2 ** effects.length }, (_, mask) => {
    const taken = effects.flatMap((effect, at) =>
      (mask & (1 << at)) === 0 ? [] : (EFFECTS[effect] ?? []),
    )
    return {
      lossRatio: 1 - taken.reduce((passed, one) => passed * (1 - one.lossRatio), 1),
      delayMs: taken.reduce((sum, one) => sum + one.delayMs, 0),
    }
  })

/** What a path reads that takes these faults with these shares, and read this before. */
const predict = (
  shares: Float64Array,
  outcomes: readonly Outcome[],
  seen: Seen | undefined,
): Float64Array => {
  const made = new Float64Array(READINGS)
  let whole = 0
  const add = (weight: number, { lossRatio, delayMs }: Outcome): void => {
    whole += weight
    const readings = readingsOf(lossRatio, delayMs)
    for (let at = 0; at < READINGS; at += 1)
      made[at] = (made[at] ?? 0) + weight * (readings[at] ?? 0)
  }
  for (const [mask, share] of shares.entries()) {
    const outcome = outcomes[mask]
    if (share === 0 || outcome === undefined) continue
    const was =
      seen === undefined
        ? 1
        : (1 - seen.oddness) * likelihoodOf(seen.path, expect(outcome.lossRatio, outcome.delayMs))
    add(share * was, outcome)
  }
  // What limits its answers goes on doing so.
  if (seen !== undefined) {
    const { sent, lost, delayMs } = seen.path
    add(seen.oddness * seen.outlier, {
      lossRatio: Math.round((40 * lost) / sent) / 40,
      delayMs: Math.round((delayMs ?? 0) / 20) * 20,
    })
  }
  if (whole > 0) for (let at = 0; at < READINGS; at += 1) made[at] = (made[at] ?? 0) / whole
  return made
}

/** By pair of classes: how much alike they make the observation; 1: the same. */
const alikeOf = (predicted: Predicted): Float64Array => {
  const count = predicted.length
  const alike = new Float64Array(count * count).fill(1)
  for (let one = 0; one < count; one += 1)
    for (let other = one + 1; other < count; other += 1) {
      const [mine, its] = [predicted[one], predicted[other]]
      if (mine === its || mine === undefined || its === undefined) continue
      let sum = 0
      for (let at = 0; at < mine.length; at += 1) sum += Math.sqrt((mine[at] ?? 0) * (its[at] ?? 0))
      alike[one * count + other] = Math.min(1, sum)
    }
  return alike
}

/** Names equal shares: nodes behind the same links have the same object. */
const createNames = (): ((shares: readonly Float64Array[]) => string) => {
  const numbers = new Map<Float64Array, number>()
  return (shares) =>
    shares
      .map((one) => {
        const number = numbers.get(one) ?? numbers.size
        numbers.set(one, number)
        return number
      })
      .join(" ")
}

const pathCandidates = (problem: Problem, classes: readonly Weighted[]): Candidate[] => {
  const { paths, seen } = problem
  const outcomes = classes.map(({ first }) => outcomesOf(first))
  return paths.routes.flatMap((route, index) => {
    const seenAt = new Map(
      seen.flatMap((one) => (one.route === index ? [[one.node, one] as const] : [])),
    )
    const shares = classes.map(({ first }) => maskShares(paths, route, first.elements))
    const nameOf = createNames()
    const alikeNodes = new Map<string, number>()
    return route.order.slice(1).flatMap((node): Candidate[] => {
      const own = shares.map((byNode) => byNode[node] ?? new Float64Array(1))
      if (own.every((one) => one[0] === 1)) return []
      const name = nameOf(own)
      const before = alikeNodes.get(name) ?? 0
      // More than can be chosen are not needed of what decides the same.
      if (before >= MAX_RECHECKS) return []
      alikeNodes.set(name, before + 1)
      const predicted = own.map((one, at) => predict(one, outcomes[at] ?? [], seenAt.get(node)))
      const entity = paths.ids[paths.linkCount + node] ?? ""
      const recheck = { entity, signal: "reachable", from: route.vantage } as const
      return [{ recheck, alike: alikeOf(predicted) }]
    })
  })
}

const portCandidates = (input: DegradationInput, classes: readonly Weighted[]): Candidate[] => {
  const monitored = new Set(input.nodes.flatMap(({ id, monitored }) => (monitored ? [id] : [])))
  const byLink = Map.groupBy(input.interfaces, ({ link }) => link)
  return input.links.flatMap(({ id, a, b }, index) => {
    const isIn = classes.map(({ first }) => first.elements.includes(index))
    if (!isIn.includes(true) || !isIn.includes(false)) return []
    const { shown, notShown } = readBadAgain(byLink.get(id) ?? [])
    const reads = [shown, notShown].map((bad) => Float64Array.of(bad, 1 - bad))
    const alike = alikeOf(isIn.flatMap((isDegraded) => reads[isDegraded ? 0 : 1] ?? []))
    return [a, b].flatMap((end) =>
      monitored.has(end) ? [{ recheck: { entity: id, signal: "port" as const, end }, alike }] : [],
    )
  })
}

/** Paths that were not probed, with links that no probed path takes: a fault there is not noticed. */
const unseenPaths = ({ paths, seen, crossed }: Problem): readonly Recheck[] =>
  paths.routes.flatMap(({ vantage, order, parents }, index) => {
    const known = new Set(seen.flatMap(({ route, node }) => (route === index ? [node] : [])))
    return order.slice(1).flatMap((node): Recheck[] => {
      const isUnknown = (parents[node] ?? []).some(({ link }) => !crossed.has(link))
      if (known.has(node) || !isUnknown) return []
      const entity = paths.ids[paths.linkCount + node] ?? ""
      return [{ entity, signal: "reachable", from: vantage }]
    })
  })

/** At most 8, the most valuable first. */
export const chooseRechecks = (
  problem: Problem,
  input: DegradationInput,
  all: readonly Weighted[],
): readonly Recheck[] => {
  const classes = all.slice(0, MAX_CLASSES)
  const count = classes.length
  /** By pair: how likely one is taken for the other, at most. */
  const mistaken = new Float64Array(count * count)
  for (let one = 0; one < count; one += 1)
    for (let other = one + 1; other < count; other += 1)
      mistaken[one * count + other] = Math.sqrt(
        (classes[one]?.probability ?? 0) * (classes[other]?.probability ?? 0),
      )
  const worthOf = ({ alike }: Candidate): number => {
    let sum = 0
    for (let pair = 0; pair < mistaken.length; pair += 1)
      sum += (mistaken[pair] ?? 0) * (1 - (alike[pair] ?? 1))
    return sum
  }
  const candidates = [...pathCandidates(problem, classes), ...portCandidates(input, classes)]
    .map((one) => ({ one, worth: worthOf(one) }))
    .toSorted((a, b) => b.worth - a.worth)
    .slice(0, MAX_CANDIDATES)
    .map(({ one }) => one)
  const chosen: Recheck[] = [...unseenPaths(problem).slice(0, MAX_UNSEEN)]
  const taken = new Set<Candidate>()
  while (chosen.length < MAX_RECHECKS) {
    let best: { readonly one: Candidate; readonly worth: number } | null = null
    for (const one of candidates) {
      if (taken.has(one)) continue
      const worth = worthOf(one)
      if (worth > (best?.worth ?? 1e-6)) best = { one, worth }
    }
    if (best !== null) {
      chosen.push(best.one.recheck)
      taken.add(best.one)
      for (let pair = 0; pair < mistaken.length; pair += 1)
        mistaken[pair] = (mistaken[pair] ?? 0) * (best.one.alike[pair] ?? 1)
    } else if (taken.size > 0)
      taken.clear() // What is left of the limit repeats the most decisive ones.
    else break
  }
  return chosen
}
