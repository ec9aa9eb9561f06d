/**
 * The likeliest sets of faults, best first. From each set worth it one walk weighs every single further fault (`sight.ts`); sets are
 * taken in the order of their score, and left where no further fault could bring them back to the best. What only several faults
 * together explain (both ways to a part of a ring) is begun from the edge of the dark. Then each of the best is tried with one fault
 * taken out or exchanged. What is found is not the best set alone but all that come near, so that they can be weighed against it.
 */
import { countPrior, type Graph } from "./graph.ts"
import { createQueue } from "./queue.ts"
import type { Marks, Visibility } from "./visibility.ts"
import type { Weights } from "./weights.ts"

export type Found = {
  /** Indexes of what has failed, ascending. */
  readonly faults: readonly number[]
  readonly score: number
  readonly signature: number
  /** The share added to its chance by further faults that would not show: their odds, summed. Known once it has been walked. */
  hidden: number
  /** The same, of further faults that would show and were too many to be kept. */
  rest: number
  isWalked: boolean
}
type Child = { readonly fault: number; readonly score: number }
/** A part of the network that is dark without a reason so far. */
type Part = {
  /** Lines between it and what is lit. */
  readonly edge: readonly number[]
  /** Nodes on both sides of its edge, and those of them that are dark. */
  readonly around: readonly number[]
  readonly within: readonly number[]
  readonly weight: number
}
export type Search = {
  readonly found: readonly Found[]
  readonly best: Found
}

/** Natural logarithms: what lies further below the best is dropped; what is still worth a walk; what is worth one for its own sake. */
const KEEP_WITHIN = 14
const WALK_WITHIN = 25
const NEAR = 6
const NEARER = 3
/** A further fault may still win this much on the bound. */
const SLACK = 2
const MAX_FOUND = 60_000
/** Further faults kept of one set, in a network of so many things or larger. */
const SMALL = 1_000
const MAX_KEPT = { small: 1_000, large: 60 }
const MAX_ROUNDS = 4
/** A part of the network that is dark behind this many lines at most may be cut off by all of them. */
const MAX_EDGES = 10
const MAX_PARTS = 12
const MAX_GREEDY_STEPS = 4
const MAX_REMOVED = 10
/** Where there are that many walks to be made, nothing is spared. */
export const MANY_WALKS = 200
/** What explains so much of a dark part explains all of it. */
const MIN_EXPLAINED = 0.6
const MAX_GROUPS = 40
const EXCHANGED = 6
/** Sets of one size that are carried on though something else explains more at first: the way to the best may lead by worse. */
const [MAX_WIDTH, MIN_WIDTH] = [10, 3]
const CHILDREN = 12
/** So many sizes without anything better, and larger sets are not looked for. */
const MAX_SIZES_WITHOUT_GAIN = 2

/** What one walks over in a network of some hundred routers. */
const TYPICAL_WALK = 1_500
/** Sets that may be walked from: all together a bounded time, however large the network. */
export const walksFor = (graph: Graph, work: number, min: number): number => {
  const each = (graph.nodes + 2 * graph.links + 50) * (graph.vantages > 1 ? graph.vantages + 1 : 1)
  // Twice the network, a quarter of the walks: small ones want for nothing, large ones are kept to the least.
  return Math.round(
    Math.min(1_500, Math.max(min, (work / each) * Math.min(4, TYPICAL_WALK / each))),
  )
}

export const search = (
  graph: Graph,
  weights: Weights,
  marks: Marks,
  visibility: Visibility,
  maxWalks: number,
): Search => {
  const known = new Map<number, Found>()
  let found: Found[] = []
  const queue = createQueue<Found>()
  const classWalks = new Map<number, number>()
  const bySize: Found[][] = []
  const firstWalk = visibility.walks()
  const maxKept = graph.ids.length < SMALL ? MAX_KEPT.small : MAX_KEPT.large
  const isSpent = (share = 1): boolean => visibility.walks() - firstWalk >= maxWalks * share
  const fitFault = new Int32Array(graph.ids.length)
  const fitScore = new Float64Array(graph.ids.length)
  let current: Found | undefined
  let best: Found = {
    faults: [],
    score: Number.NEGATIVE_INFINITY,
    signature: 0,
    hidden: 0,
    rest: 0,
    isWalked: false,
  }
  const bestPrior = graph.prior.reduce(
    (max, one) => (one > max ? one : max),
    Number.NEGATIVE_INFINITY,
  )
  const nameOf = (faults: readonly number[]): number =>
    faults.reduce((sum, fault) => sum + (marks.fault[fault] ?? 0), 0)
  const priorOf = (faults: readonly number[]): number =>
    faults.reduce((sum, fault) => sum + (graph.prior[fault] ?? 0), countPrior(faults.length))

  const record = (
    faults: readonly number[],
    score: number,
    signature: number,
  ): Found | undefined => {
    const name = nameOf(faults)
    const there = known.get(name)
    if (there !== undefined) return there
    if (found.length >= MAX_FOUND) return undefined
    const one: Found = { faults, score, signature, hidden: 0, rest: 0, isWalked: false }
    known.set(name, one)
    found.push(one)
    queue.push(one)
    const size = bySize[faults.length]
    if (size === undefined) bySize[faults.length] = [one]
    else size.push(one)
    if (score > best.score + 1e-9) best = one
    return one
  }
  /** Weighs a set by a walk of its own. */
  const weighSet = (faults: readonly number[]): Found | undefined => {
    const there = known.get(nameOf(faults))
    if (there !== undefined) return there
    visibility.assume(faults)
    current = record(faults, visibility.score(), visibility.signature())
    return current
  }
  const walk = (one: Found): void => {
    if (current !== one) visibility.assume(one.faults)
    current = one
  }
  const insert = (faults: readonly number[], fault: number): number[] => {
    const at = faults.findIndex((one) => one > fault)
    return at === -1 ? [...faults, fault] : [...faults.slice(0, at), fault, ...faults.slice(at)]
  }

  /** Groups that hold something the looks speak against, the most suspected first. */
  let suspects: number[] = []
  const findSuspects = (): void => {
    const weight = new Map<number, number>()
    for (const [member, groups] of graph.memberOf) {
      const gain = visibility.gain[member] ?? 0
      if (gain <= 0) continue
      for (const group of groups) weight.set(group, (weight.get(group) ?? 0) + gain)
    }
    suspects = [...weight]
      .filter(([group, gain]) => gain + (graph.prior[graph.groupsFrom + group] ?? 0) > -SLACK)
      .sort((a, b) => b[1] - a[1] || a[0] - b[0])
      .slice(0, Math.min(MAX_GROUPS, Math.ceil(maxWalks / 12)))
      .map(([group]) => graph.groupsFrom + group)
  }

  /** Every single further fault, weighed by one walk. */
  const walkFrom = (one: Found): void => {
    one.isWalked = true
    walk(one)
    const [score, signature] = [visibility.score(), visibility.signature()]
    if (one.faults.length === 0 && suspects.length === 0) findSuspects()
    const start = countPrior(one.faults.length + 1) - countPrior(one.faults.length)
    const floor = Math.max(best.score - WALK_WITHIN, score - WALK_WITHIN)
    const upperBound = weights.best + priorOf(one.faults) + start + bestPrior
    let hidden = 0
    let fits = 0
    const children: Child[] = []
    const { gain: gains, signatureDelta: deltas, failed } = visibility
    const lowest = Math.max(floor, best.score - KEEP_WITHIN)
    const add = (fault: number): void => {
      const gain = gains[fault] ?? 0
      const prior = graph.prior[fault] ?? Number.NEGATIVE_INFINITY
      const together = score + gain + prior + start
      // Nearly everything: the looks speak against it.
      if (gain < -1e-9 && together < lowest) return
      if (failed[fault] === 1 || prior === Number.NEGATIVE_INFINITY) return
      const delta = deltas[fault] ?? 0
      // It would change nothing that can be seen: counted, and not followed unless there is something left to explain.
      if (delta === 0 && Math.abs(gain) < 1e-9) hidden += Math.exp(prior + start)
      if (gain > 1e-9 && together > (children.at(-1)?.score ?? Number.NEGATIVE_INFINITY)) {
        const at = children.findIndex((child) => child.score < together)
        children.splice(at === -1 ? children.length : at, 0, { fault, score: together })
        if (children.length > CHILDREN) children.pop()
      } else if (gain > 1e-9 && children.length < CHILDREN)
        children.push({ fault, score: together })
      if (together < floor) return
      if (delta === 0 && gain <= 1e-9 && upperBound + prior < best.score - SLACK) return
      fitFault[fits] = fault
      fitScore[fits] = together
      fits += 1
    }
    for (let fault = 0; fault < graph.groupsFrom; fault += 1) add(fault)
    for (let fault = graph.uplinksFrom; fault < graph.ids.length; fault += 1) add(fault)
    // Of very many that are about as likely, which in a large network is all that nobody has looked at, only their sum is kept.
    const over = fits - maxKept
    const threshold =
      over > 0 ? (fitScore.slice(0, fits).sort()[over] ?? 0) : Number.NEGATIVE_INFINITY
    for (let at = 0, kept = 0; at < fits; at += 1) {
      const [fault, fit] = [fitFault[at] ?? 0, fitScore[at] ?? 0]
      if (fit >= threshold && kept < maxKept) {
        record(insert(one.faults, fault), fit, signature + (visibility.signatureDelta[fault] ?? 0))
        kept += 1
      } else one.rest += Math.exp(fit - score)
    }
    for (const child of children)
      record(
        insert(one.faults, child.fault),
        child.score,
        signature + (visibility.signatureDelta[child.fault] ?? 0),
      )
    one.hidden = hidden
  }
  const tryGroups = (one: Found): void => {
    for (const group of suspects)
      if (!one.faults.includes(group) && !isSpent()) weighSet(insert(one.faults, group))
  }

  /** Where these faults leave something dark unexplained: each such part of the network, with the lines at its edge. */
  const unreachableParts = (from: Found): Part[] => {
    walk(from)
    const isUnreachable = new Uint8Array(graph.nodes)
    const unreachableWeight = new Float64Array(graph.nodes)
    for (let node = 0; node < graph.nodes; node += 1) {
      let cut = 0
      for (let vantage = 0; vantage < graph.vantages; vantage += 1) {
        const at = vantage * graph.nodes + node
        if (visibility.reached[at] === 1) cut += weights.reachCut[at] ?? 0
      }
      unreachableWeight[node] = cut
      if (cut > 1) isUnreachable[node] = 1
    }
    const parts: Part[] = []
    for (let first = 0; first < graph.nodes; first += 1) {
      if (isUnreachable[first] !== 1) continue
      const inside: number[] = [first]
      const [edge, around, within]: [number[], number[], number[]] = [[], [], []]
      isUnreachable[first] = 2
      let weight = 0
      for (let at = 0; at < inside.length; at += 1) {
        const node = inside[at] ?? 0
        weight += unreachableWeight[node] ?? 0
        const edges = edge.length
        for (let hop = graph.hopsFrom[node] ?? 0; hop < (graph.hopsFrom[node + 1] ?? 0); hop += 1) {
          const neighbour = graph.hopNode[hop] ?? 0
          const link = graph.nodes + (graph.hopLink[hop] ?? 0)
          if (visibility.failed[link] === 1 || visibility.failed[neighbour] === 1) continue
          if (isUnreachable[neighbour] === 0) {
            edge.push(link)
            around.push(neighbour)
          } else if (isUnreachable[neighbour] === 1) {
            isUnreachable[neighbour] = 2
            inside.push(neighbour)
          }
        }
        if (edge.length > edges || node === first) {
          around.push(node)
          within.push(node)
        }
      }
      parts.push({ edge, around, within, weight })
    }
    return parts.sort((a, b) => b.weight - a.weight)
  }
  const gainOf = (fault: number): number =>
    (visibility.gain[fault] ?? 0) + (graph.prior[fault] ?? 0)

  /** Where much has failed at once: what explains each dark part best, and the lines told dark besides, all in one step. */
  const greedyStep = (from: Found): void => {
    const chosen: number[] = []
    const touched = new Set<number>()
    const choose = (fault: number): void => {
      if (fault >= graph.nodes) {
        const link = fault - graph.nodes
        if (touched.has(graph.endA[link] ?? 0) || touched.has(graph.endB[link] ?? 0)) return
        touched.add(graph.endA[link] ?? 0).add(graph.endB[link] ?? 0)
      } else if (touched.has(fault)) return
      else touched.add(fault)
      chosen.push(fault)
    }
    for (const { edge, around } of unreachableParts(from)) {
      let bestFault = -1
      for (const fault of [...edge, ...around])
        if (bestFault === -1 || gainOf(fault) > gainOf(bestFault)) bestFault = fault
      if (bestFault !== -1 && gainOf(bestFault) > 0) choose(bestFault)
    }
    const lines: number[] = []
    for (let link = graph.nodes; link < graph.groupsFrom; link += 1)
      if (visibility.failed[link] !== 1 && gainOf(link) > 0) lines.push(link)
    lines.sort((a, b) => gainOf(b) - gainOf(a) || a - b)
    for (const link of lines) choose(link)
    if (chosen.length > 1) weighSet([...from.faults, ...chosen].sort((a, b) => a - b))
  }
  /** Takes out, one by one, what need not have failed. */
  const removeUnneeded = (from: Found | undefined, faults: readonly number[]): void => {
    let at = from
    for (const fault of faults) {
      if (at === undefined || isSpent()) return
      const less = weighSet(at.faults.filter((other) => other !== fault))
      if (less !== undefined && less.score > at.score) at = less
    }
  }
  /** Cuts a dark part off by all its lines, then mends what need not be cut. */
  const cutOff = (from: Found, edge: readonly number[]): void => {
    const all = edge.reduce(
      insert,
      from.faults.filter((fault) => !edge.includes(fault)),
    )
    removeUnneeded(weighSet(all), edge)
  }
  /** Each dark part by itself, from its own side: what one thing on the way to all of them explains, several may explain better. */
  const cutEachPart = (from: Found): void => {
    const chosen = new Set<number>()
    for (const { edge, within, weight } of unreachableParts(from).slice(0, MAX_PARTS)) {
      let bestFault = -1
      for (const fault of [...edge, ...within])
        if (bestFault === -1 || gainOf(fault) > gainOf(bestFault)) bestFault = fault
      if (bestFault !== -1 && gainOf(bestFault) > MIN_EXPLAINED * weight) chosen.add(bestFault)
      else if (edge.length <= MAX_EDGES) for (const line of edge) chosen.add(line)
    }
    if (chosen.size < 2) return
    const all = [...chosen].filter((fault) => !from.faults.includes(fault))
    removeUnneeded(
      weighSet([...from.faults, ...all].sort((a, b) => a - b)),
      all.slice(0, Math.min(MAX_REMOVED, Math.ceil(maxWalks / 10))),
    )
  }

  /** Size by size, the best few of each: what explains most alone need not be part of what explains most together. */
  const beamSearch = (): void => {
    const width = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, Math.round(maxWalks / 40)))
    for (
      let [size, sizesWithoutGain] = [0, 0];
      sizesWithoutGain < MAX_SIZES_WITHOUT_GAIN && !isSpent(0.5);
      size += 1
    ) {
      const was = best
      const signatures = new Map<number, number>()
      const carried: Found[] = []
      for (const one of [...(bySize[size] ?? [])].sort((a, b) => b.score - a.score)) {
        const alike = signatures.get(one.signature) ?? 0
        if (alike >= 2) continue
        signatures.set(one.signature, alike + 1)
        carried.push(one)
        if (carried.length >= width) break
      }
      if (carried.length === 0) return
      for (const one of carried) {
        if (isSpent(0.5)) return
        if (!one.isWalked) walkFrom(one)
        if (one === carried[0] && size <= best.faults.length) tryGroups(one)
      }
      sizesWithoutGain = best === was && size >= best.faults.length ? sizesWithoutGain + 1 : 0
    }
  }

  /** Whether the best leaves some part dark that only further faults could explain: then what is far from it may lead on. */
  let [checkedFor, isUnreachableLeft]: [Found | undefined, boolean] = [undefined, false]
  const leavesUnreachable = (): boolean => {
    if (checkedFor !== best) {
      checkedFor = best
      // Two at least: what one more explains has been seen by the walk from the best.
      isUnreachableLeft = (unreachableParts(best)[0]?.weight ?? 0) > -2 * bestPrior
    }
    return isUnreachableLeft
  }
  const bestFirstSearch = (): void => {
    for (let one = queue.pop(); one !== undefined; one = queue.pop()) {
      if (isSpent() || one.score < best.score - WALK_WITHIN) return
      if (one.isWalked) continue
      const isNear = one.score >= best.score - NEAR
      const bound = weights.best + priorOf(one.faults) + bestPrior
      if (!isNear && (bound < best.score - SLACK || !leavesUnreachable())) continue
      const walked = classWalks.get(one.signature) ?? 0
      if (walked >= 3 && one !== best) continue
      classWalks.set(one.signature, walked + 1)
      walkFrom(one)
      if (one.score >= best.score - NEARER) tryGroups(one)
    }
  }
  const starts = new Set(graph.vantageNode)
  /** A vantage that is said to be blind explains whatever is dark: that is looked into twice. */
  const blamesVantage = (one: Found): boolean =>
    one.faults.some((fault) => fault >= graph.uplinksFrom || starts.has(fault))
  const exchangeFaults = (): void => {
    const top = [...found].sort((a, b) => b.score - a.score).slice(0, EXCHANGED)
    for (const one of top) {
      if (one.score < best.score - NEAR) return
      for (const fault of one.faults) {
        if (isSpent()) return
        const less = weighSet(one.faults.filter((other) => other !== fault))
        if (less === undefined || less.isWalked) continue
        walkFrom(less)
        if (maxWalks > MANY_WALKS || blamesVantage(one)) cutEachPart(less)
        tryGroups(less)
      }
    }
  }

  const greedySearch = (): void => {
    for (let steps = 0; steps < MAX_GREEDY_STEPS && !isSpent(); steps += 1) {
      const was = best
      greedyStep(best)
      if (best === was) return
    }
  }

  weighSet([])
  greedySearch()
  const nothing = weighSet([])
  if (nothing !== undefined && (maxWalks > MANY_WALKS || blamesVantage(best))) cutEachPart(nothing)
  beamSearch()
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const was = best
    bestFirstSearch()
    const from = best
    const parts = unreachableParts(from).filter(
      ({ edge }) => edge.length > 1 && edge.length <= MAX_EDGES,
    )
    for (const { edge } of parts.slice(0, MAX_PARTS)) if (!isSpent(0.9)) cutOff(from, edge)
    greedySearch()
    bestFirstSearch()
    exchangeFaults()
    bestFirstSearch()
    if (best === was || isSpent()) break
  }
  found = found.filter((one) => one.score >= best.score - KEEP_WITHIN)
  return { found, best }
}
