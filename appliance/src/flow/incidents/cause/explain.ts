/**
 * The most probable set of faults behind what was seen and not seen: joint simulation, priors, greedy add, then swap and drop.
 * A symptom that should show and does not counts against. What cannot be told apart from here is named beside its twin.
 * Pure, and imports nothing outside this folder.
 */
import { buildGraph, DOWN, type Graph, type Network, reachFrom, simulate, UNTOLD, UP } from "./model.ts"

export type Component = {
  readonly id: string
  /** What could as well be it: put in its place, exactly the same would be seen. */
  readonly alternatives: readonly string[]
  /** Indexes of the down observations that this component accounts for. */
  readonly because: readonly number[]
}
export type Explanation = {
  readonly components: readonly Component[]
  /** Nodes that are out of sight only because of these components, and have not failed as far as can be seen. */
  readonly suppressed: readonly { readonly entity: string; readonly because: readonly string[] }[]
  /** Down observations that no component accounts for. */
  readonly unexplained: readonly number[]
}

/** Chances, as natural logarithms. A link fails three times as often as a router; a confirmed silence is hardly ever a mistake. */
const LINK = Math.log(3e-3)
const NODE = Math.log(1e-3)
const GROUP = Math.log(3e-4)
const FALSE_SILENCE = Math.log(1e-5)
const FALSE_ANSWER = Math.log(1e-4)
const FALSE_PORT_DOWN = Math.log(1e-4)
/** A port with a converter or a switch on its line stays up when the far end dies. */
const PORT_STAYS_UP = Math.log(3e-2)
const EITHER = Math.log(0.5)

const MOST_CANDIDATES = 600
const MOST_FAULTS = 200
const MOST_ROUNDS = 40
const PAIRS_BELOW = 60
const NEAR_MOST = 24
/** Things looked at in all simulations of one search: some 300 ms on one core. What is left over then stands for itself. */
const MOST_WORK = 20_000_000
/** A watchman who sees nothing at all of this many things may have lost his own way out. */
const BLIND_FROM = 3

type Search = {
  readonly graph: Graph
  readonly candidates: readonly number[]
  readonly score: (faults: ReadonlySet<number>) => number
  readonly shows: (faults: ReadonlySet<number>) => Uint8Array
  /** The work set aside is done: whatever has been found by now has to do. */
  readonly isSpent: () => boolean
  /** Candidates within two steps, and all groups. */
  readonly near: (component: number) => readonly number[]
}

const prior = (graph: Graph, component: number): number =>
  component < graph.nodes ? NODE : component < graph.ids.length ? LINK : GROUP

const fit = (graph: Graph, shown: Uint8Array): number => {
  let sum = 0
  graph.seen.forEach((seen, index) => {
    if (seen === null) return
    const told = shown[index]
    if (told === UNTOLD) sum += EITHER
    else if (seen.up && told === DOWN) sum += seen.of === "reach" ? FALSE_ANSWER : PORT_STAYS_UP
    else if (!seen.up && told === UP) sum += seen.of === "reach" ? FALSE_SILENCE : FALSE_PORT_DOWN
  })
  return sum
}

/**
 * Only what lies at the edge of the dark can be told to have failed: nodes and links between what answers and what does not,
 * links whose ports are down with their ends, and what nobody looks at in between. What is deeper inside is hidden by these.
 */
const findCandidates = (graph: Graph): number[] => {
  const dark = new Uint8Array(graph.ids.length)
  const looked = new Uint8Array(graph.nodes)
  const found = new Set<number>()
  for (const seen of graph.seen) {
    if (seen?.of !== "reach") continue
    looked[seen.node] = 1
    if (!seen.up) dark[seen.node] = 1
  }
  for (const seen of graph.seen) {
    if (seen?.of === "reach" && seen.up) dark[seen.node] = 0
    if (seen?.of !== "port" || seen.up) continue
    found.add(seen.link)
    found.add(seen.far)
  }
  const lit = new Uint8Array(graph.nodes)
  for (const vantage of graph.vantages) {
    const own = graph.seen.filter((seen) => seen?.of === "reach" && seen.vantages.length === 1 && seen.vantages[0] === vantage)
    if (dark[vantage] === 1 || (own.length >= BLIND_FROM && own.every((seen) => seen?.up === false))) found.add(vantage)
    reachFrom(graph, vantage, dark).forEach((reached, node) => {
      if (reached === 1) lit[node] = 1
    })
  }
  for (let node = 0; node < graph.nodes; node += 1) {
    for (const hop of graph.hops[node] ?? []) {
      const edge = dark[node] === 1 && lit[hop.node] === 1
      const blindSpot = lit[node] === 1 && looked[node] === 0 && !graph.vantages.includes(node)
      if (edge || blindSpot) found.add(node).add(hop.link)
    }
    // Dark with no way in at all: an island by itself, which nothing else can explain.
    if (dark[node] === 1 && (graph.hops[node] ?? []).length === 0) found.add(node)
  }
  return [...found].slice(0, MOST_CANDIDATES)
}

const newSearch = (network: Network): Search => {
  const graph = buildGraph(network)
  const groups = network.groups.map((group) => group.members.flatMap((id) => graph.indexOf.get(id) ?? []))
  const size = graph.ids.length
  let spent = 0
  const shows = (faults: ReadonlySet<number>): Uint8Array => {
    spent += size + graph.seen.length
    const failed = new Uint8Array(size)
    for (const fault of faults) {
      if (fault < size) failed[fault] = 1
      else for (const member of groups[fault - size] ?? []) failed[member] = 1
    }
    return simulate(graph, failed)
  }
  const score = (faults: ReadonlySet<number>): number => {
    let sum = fit(graph, shows(faults))
    for (const fault of faults) sum += prior(graph, fault)
    return sum
  }
  const candidates = findCandidates(graph)
  const known = new Set(candidates)
  groups.forEach((members, index) => {
    if (members.some((member) => known.has(member))) candidates.push(size + index)
  })
  const near = (component: number): readonly number[] => {
    if (component >= size) return candidates
    const ends = graph.ends[component - graph.nodes]
    const start = ends === undefined ? [component] : [ends.a, ends.b]
    const around = new Set([component, ...start])
    for (const node of start) {
      const hops = graph.hops[node] ?? []
      // A hub's many other lines are not what stands for this one.
      if (hops.length > NEAR_MOST && ends !== undefined) continue
      for (const hop of hops) {
        around.add(hop.node).add(hop.link)
        const further = graph.hops[hop.node] ?? []
        if (further.length <= NEAR_MOST) for (const next of further) around.add(next.node).add(next.link)
      }
    }
    return candidates.filter((one) => one !== component && (one >= size || around.has(one)))
  }
  return { graph, candidates, score, shows, near, isSpent: () => spent > MOST_WORK }
}

const without = (faults: ReadonlySet<number>, fault: number): Set<number> => new Set([...faults].filter((f) => f !== fault))

type Best = { readonly faults: Set<number>; readonly score: number }

const tryAll = (search: Search, best: Best, sets: Iterable<Set<number>>): Best => {
  let found = best
  for (const faults of sets) {
    if (search.isSpent()) break
    const score = search.score(faults)
    if (score > found.score + 1e-9) found = { faults, score }
  }
  return found
}

/** Two cuts of a ring explain together what neither does alone. */
function* pairs(search: Search, from: ReadonlySet<number>): Generator<Set<number>> {
  const { candidates } = search
  if (candidates.length > PAIRS_BELOW) return
  for (const [index, one] of candidates.entries()) {
    for (const other of candidates.slice(index + 1))
      if (!from.has(one) && !from.has(other)) yield new Set(from).add(one).add(other)
  }
}
/** One fault left out, or another of its neighbourhood in its place: what could stand for it lies close by. */
function* swaps(search: Search, from: ReadonlySet<number>): Generator<Set<number>> {
  for (const fault of from) {
    const rest = without(from, fault)
    yield rest
    for (const other of search.near(fault)) if (!from.has(other)) yield new Set(rest).add(other)
  }
}

/**
 * Adds the best candidate again and again. What a candidate gains can mostly only shrink as others are taken, so its last figure
 * is a bound: only the first of the list is weighed anew each time.
 */
const addGreedily = (search: Search, from: Best): Best => {
  let best = from
  const list = search.candidates.map((one) => ({ one, gain: search.score(new Set(best.faults).add(one)) - best.score }))
  list.sort((a, b) => b.gain - a.gain)
  while (best.faults.size < MOST_FAULTS && !search.isSpent()) {
    const first = list.shift()
    if (first === undefined || first.gain <= 1e-9) return best
    if (best.faults.has(first.one)) continue
    const score = search.score(new Set(best.faults).add(first.one))
    const gain = score - best.score
    if (gain >= (list[0]?.gain ?? Number.NEGATIVE_INFINITY) - 1e-9) {
      if (gain <= 1e-9) return best
      best = { faults: new Set(best.faults).add(first.one), score }
      continue
    }
    const at = list.findIndex((other) => other.gain < gain)
    list.splice(at === -1 ? list.length : at, 0, { one: first.one, gain })
  }
  return best
}

/** Silence that these faults do not account for. */
const leavesDark = (search: Search, faults: ReadonlySet<number>): boolean => {
  const shown = search.shows(faults)
  return search.graph.seen.some((seen, index) => seen?.of === "reach" && !seen.up && shown[index] === UP)
}

const solve = (search: Search): Set<number> => {
  let best: Best = { faults: new Set(), score: search.score(new Set()) }
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const was = best
    if (round === 0 || leavesDark(search, best.faults)) best = addGreedily(search, best)
    if (best === was && best.faults.size < 4 && leavesDark(search, best.faults))
      best = tryAll(search, best, pairs(search, best.faults))
    best = tryAll(search, best, swaps(search, best.faults))
    if (best === was) break
  }
  return best.faults
}

const same = (one: Uint8Array, other: Uint8Array): boolean => one.every((value, index) => value === other[index])

export const explain = (network: Network): Explanation => {
  const search = newSearch(network)
  const { graph } = search
  const name = (component: number): string => graph.ids[component] ?? network.groups[component - graph.ids.length]?.id ?? ""
  const down = graph.seen.flatMap((seen, index) => (seen !== null && !seen.up ? [index] : []))
  if (down.length === 0) return { components: [], suppressed: [], unexplained: [] }
  const faults = solve(search)
  const shown = search.shows(faults)
  const lacking = new Map([...faults].map((fault) => [fault, search.shows(without(faults, fault))]))
  const accounted = new Set<number>()
  const components = [...faults].map((fault): Component => {
    const alternatives = (search.isSpent() ? [] : search.near(fault))
      .filter((other) => !faults.has(other) && same(search.shows(without(faults, fault).add(other)), shown))
      .sort((one, other) => prior(graph, other) - prior(graph, one) || name(one).localeCompare(name(other)))
    const because = down.filter((index) => {
      const seen = graph.seen[index]
      const itself = seen?.of === "port" ? seen.link === fault || seen.far === fault : seen?.node === fault
      return shown[index] !== UP && (itself || lacking.get(fault)?.[index] === UP)
    })
    for (const index of because) accounted.add(index)
    return { id: name(fault), alternatives: alternatives.map(name), because }
  })
  // Dark only through several faults together: each of them is needed, none is enough.
  const together = down.filter((index) => !accounted.has(index) && shown[index] === DOWN)
  const suppressed = down.flatMap((index) => {
    const seen = graph.seen[index]
    if (seen?.of !== "reach" || shown[index] !== DOWN || faults.has(seen.node)) return []
    const because = [...faults].filter((fault) => together.includes(index) || lacking.get(fault)?.[index] === UP)
    return [{ entity: name(seen.node), because: because.map(name) }]
  })
  return { components, suppressed, unexplained: down.filter((index) => shown[index] === UP) }
}
