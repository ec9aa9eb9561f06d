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
const MOST_FAULTS = 24
const PAIRS_BELOW = 60

type Search = {
  readonly graph: Graph
  readonly candidates: readonly number[]
  readonly score: (faults: ReadonlySet<number>) => number
  readonly shows: (faults: ReadonlySet<number>) => Uint8Array
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
    if (dark[vantage] === 1) found.add(vantage)
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
  const shows = (faults: ReadonlySet<number>): Uint8Array => {
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
  const near = new Set(candidates)
  groups.forEach((members, index) => {
    if (members.some((member) => near.has(member))) candidates.push(size + index)
  })
  return { graph, candidates, score, shows }
}

const without = (faults: ReadonlySet<number>, fault: number): Set<number> => new Set([...faults].filter((f) => f !== fault))

type Best = { faults: Set<number>; score: number }

const tryAll = (search: Search, best: Best, sets: Iterable<Set<number>>): Best => {
  let found = best
  for (const faults of sets) {
    const score = search.score(faults)
    if (score > found.score + 1e-9) found = { faults, score }
  }
  return found
}

function* singles(search: Search, from: ReadonlySet<number>): Generator<Set<number>> {
  for (const one of search.candidates) if (!from.has(one)) yield new Set(from).add(one)
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
function* swaps(search: Search, from: ReadonlySet<number>): Generator<Set<number>> {
  for (const fault of from) {
    const rest = without(from, fault)
    yield rest
    yield* singles(search, rest)
  }
}

/** Silence that these faults do not account for. */
const leavesDark = (search: Search, faults: ReadonlySet<number>): boolean => {
  const shown = search.shows(faults)
  return search.graph.seen.some((seen, index) => seen?.of === "reach" && !seen.up && shown[index] === UP)
}

const solve = (search: Search): Set<number> => {
  let best: Best = { faults: new Set(), score: search.score(new Set()) }
  for (;;) {
    let next = best.faults.size < MOST_FAULTS ? tryAll(search, best, singles(search, best.faults)) : best
    if (next === best && best.faults.size < 4 && leavesDark(search, best.faults))
      next = tryAll(search, best, pairs(search, best.faults))
    if (next === best) next = tryAll(search, best, swaps(search, best.faults))
    if (next === best) return best.faults
    best = next
  }
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
    const alternatives = search.candidates
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
