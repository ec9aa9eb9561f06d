/**
 * What the looks weigh: how much more likely they are with a node out of sight than in sight, with a port dark than lit. Everything
 * is a natural logarithm. How often looks lie or are missing is not known beforehand: it is read off the document (`rates.ts`).
 */
import type { Graph } from "./graph.ts"
import type { Looks } from "./looks.ts"
import type { Rates } from "./model.ts"

/** A word of a router that cannot be heard: old, or by a way that is not drawn. */
const STRAY = Math.log(1e-4)
/** Looks of a vantage that has failed itself. */
const DEAD_LOOKS = -2
/** A look of a vantage that is missing though all of its looks are; and all of them together. */
const SILENT_EACH = Math.log(0.3)
const SILENT_MOST = Math.log(1e-6)

export type Weights = {
  /** Vantage × nodes + node: out of reach against in reach. */
  readonly reachCut: Float64Array
  /** By node: told against not told, its core ports left aside. */
  readonly tell: Float64Array
  /** By port: dark and lit, where told. */
  readonly portDark: Float64Array
  readonly portLit: Float64Array
  /** By vantage: what its look at itself changes when only its way out has failed. */
  readonly self: Float64Array
  /** All of it with everything out of sight. */
  readonly dark: number
  /** No set of faults makes the looks more likely than this. */
  readonly best: number
}

const logSum = (a: number, b: number): number => Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)))

const logsOf = (isFalse: number, isLost: number) => ({
  up: { up: Math.log1p(-isFalse), down: Math.log(isFalse) },
  down: { up: Math.log(isLost), down: Math.log1p(-isLost) },
})

/** What of the looks does not hang on how often they lie. */
export type Facts = {
  /** Whether ports, and adjacencies, are told of at all, so that a missing one means something. */
  readonly signals: readonly [boolean, boolean]
  /** By node: how many ports it should tell of, and of how many it has. */
  readonly due: Int32Array
  readonly told: Int32Array
  /** Customers of which anything reads down. */
  readonly suspects: Int32Array
}

const isAny = ({ up, down }: { readonly up: Int32Array; readonly down: Int32Array }, at: number): boolean =>
  (up[at] ?? 0) + (down[at] ?? 0) > 0

const isUsed = (looks: Looks, signal: number): boolean =>
  [looks.port, looks.access].some((row) => {
    const half = row.up.length / 2
    for (let at = signal * half; at < (signal + 1) * half; at += 1) if (isAny(row, at)) return true
    return false
  })

export const readFacts = (graph: Graph, looks: Looks): Facts => {
  const signals: [boolean, boolean] = [isUsed(looks, 0), isUsed(looks, 1)]
  const [due, told] = [new Int32Array(graph.nodes), new Int32Array(graph.nodes)]
  const size = graph.leaves.length
  const suspects: number[] = []
  const count = (node: number, isTold: boolean): void => {
    due[node] = (due[node] ?? 0) + 1
    if (isTold) told[node] = (told[node] ?? 0) + 1
  }
  for (let leaf = 0; leaf < size; leaf += 1) {
    let [isLooked, isDown] = [false, false]
    const look = (row: Looks["leaf"], at: number): void => {
      if (isAny(row, at)) isLooked = true
      if ((row.down[at] ?? 0) > 0) isDown = true
    }
    for (let vantage = 0; vantage < graph.vantages; vantage += 1) look(looks.leaf, vantage * size + leaf)
    for (let signal = 0; signal < 2; signal += 1)
      for (let side = 0; side < 2; side += 1) look(looks.access, signal * 2 * size + 2 * leaf + side)
    if (isDown) suspects.push(leaf)
    // A customer nobody looks at in any way is not missed.
    for (let signal = 0; isLooked && signal < 2; signal += 1)
      if (signals[signal] === true) count(graph.leafNode[leaf] ?? 0, isAny(looks.access, signal * 2 * size + 2 * leaf))
  }
  for (let node = 0; node < graph.nodes; node += 1) {
    for (let hop = graph.hopsFrom[node] ?? 0; hop < (graph.hopsFrom[node + 1] ?? 0); hop += 1)
      for (let signal = 0; signal < 2; signal += 1)
        if (signals[signal] === true) count(node, isAny(looks.port, signal * 2 * graph.links + (graph.hopPort[hop] ?? 0)))
  }
  return { signals, due, told, suspects: Int32Array.from(suspects) }
}

/** How likely the looks at one customer are: itself well, and itself failed, where its router is in sight; and out of sight. */
export type LeafLooks = { readonly well: number; readonly failed: number; readonly dark: number }
export const createLeafLooks = (graph: Graph, looks: Looks, rates: Rates) => {
  const reach = logsOf(rates.reachFalse, rates.reachLost)
  const port = logsOf(rates.portFalse, rates.portLost)
  const size = graph.leaves.length
  /** The looks of one vantage at a customer. */
  const seen = (leaf: number, vantage: number): LeafLooks => {
    const [up, down] = [looks.leaf.up[vantage * size + leaf] ?? 0, looks.leaf.down[vantage * size + leaf] ?? 0]
    const dark = up * reach.down.up + down * reach.down.down
    return { well: up * reach.up.up + down * reach.up.down, failed: dark, dark }
  }
  /** What is told of its line, by the router and by the customer. */
  const told = (leaf: number): LeafLooks => {
    let [well, failed, dark] = [0, 0, 0]
    for (const signal of [0, 1]) {
      for (const side of [0, 1]) {
        const at = signal * 2 * size + 2 * leaf + side
        const [up, down] = [looks.access.up[at] ?? 0, looks.access.down[at] ?? 0]
        well += up * port.up.up + down * port.up.down
        failed += side === 0 ? up * port.down.up + down * port.down.down : (up + down) * STRAY
        dark += (up + down) * STRAY
      }
    }
    return { well, failed, dark }
  }
  return { seen, told }
}
const inSight = (graph: Graph, { well, failed }: LeafLooks): number =>
  logSum(Math.log1p(-graph.customerFails) + well, Math.log(graph.customerFails) + failed)

/** The chance, 0 to 1, that a customer whose router is in sight has failed by itself. */
export const customerFails = (graph: Graph, seen: readonly LeafLooks[]): number => {
  let odds = Math.log(graph.customerFails) - Math.log1p(-graph.customerFails)
  for (const { well, failed } of seen) odds += failed - well
  return 1 / (1 + Math.exp(-odds))
}

/** How the looks at one customer are counted, as one number: most customers are looked at alike. */
const patternOf = (graph: Graph, looks: Looks, leaf: number): number => {
  const size = graph.leaves.length
  let pattern = 0
  const add = (count: number): void => {
    pattern = count > 31 || pattern < 0 ? -1 : pattern * 32 + count
  }
  add(looks.leaf.up[leaf] ?? 0)
  add(looks.leaf.down[leaf] ?? 0)
  for (let at = 2 * leaf; at < looks.access.up.length; at += 2 * size) {
    add(looks.access.up[at] ?? 0)
    add(looks.access.down[at] ?? 0)
    add(looks.access.up[at + 1] ?? 0)
    add(looks.access.down[at + 1] ?? 0)
  }
  return pattern
}

/** Nothing it looks at is listed. */
const isSilent = (graph: Graph, looks: Looks, vantage: number): boolean => {
  for (let node = 0; node < graph.nodes; node += 1) if (isAny(looks.reach, vantage * graph.nodes + node)) return false
  for (let leaf = 0; leaf < graph.leaves.length; leaf += 1)
    if (isAny(looks.leaf, vantage * graph.leaves.length + leaf)) return false
  return true
}
/** What the silence of one vantage weighs against its being well: the more it should have seen, the more. Where nobody pings, nothing. */
const silence = (graph: Graph, looks: Looks, facts: Facts): number => {
  let isPinged = graph.vantages > 1 && [looks.reach, looks.leaf].some((row) => row.up.some((_, at) => isAny(row, at)))
  if (!isPinged && facts.signals.includes(true)) return 0
  isPinged ||= graph.nodes + graph.leaves.length > 1
  return isPinged ? Math.max(SILENT_MOST, (graph.nodes + graph.leaves.length) * SILENT_EACH) : 0
}

/** `isPartial`: a port that is not told of weighs nothing, nor does a vantage of which nothing is listed. */
export const weigh = (graph: Graph, looks: Looks, facts: Facts, rates: Rates, isPartial = false): Weights => {
  const { nodes, vantages } = graph
  const reach = logsOf(rates.reachFalse, rates.reachLost)
  const port = logsOf(rates.portFalse, rates.portLost)
  const inReach = new Float64Array(vantages * nodes)
  const outOfReach = new Float64Array(vantages * nodes)
  const [told, untold] = [new Float64Array(nodes), new Float64Array(nodes)]
  const [portDark, portLit] = [new Float64Array(2 * graph.links), new Float64Array(2 * graph.links)]
  const addTo = (row: Float64Array, at: number, value: number): void => {
    row[at] = (row[at] ?? 0) + value
  }
  for (let at = 0; at < vantages * nodes; at += 1) {
    const [up, down] = [looks.reach.up[at] ?? 0, looks.reach.down[at] ?? 0]
    inReach[at] = up * reach.up.up + down * reach.up.down
    outOfReach[at] = up * reach.down.up + down * reach.down.down
  }
  const self = new Float64Array(vantages)
  for (let vantage = 0; vantage < vantages; vantage += 1) {
    const at = vantage * nodes + (graph.vantageNode[vantage] ?? 0)
    if (!isSilent(graph, looks, vantage)) addTo(outOfReach, at, DEAD_LOOKS)
    // What a vantage without a way out sees of itself, nobody knows.
    self[vantage] = Math.LN2 * -((looks.reach.up[at] ?? 0) + (looks.reach.down[at] ?? 0)) - (outOfReach[at] ?? 0)
  }
  for (let at = 0; at < 4 * graph.links; at += 1) {
    const [up, down] = [looks.port.up[at] ?? 0, looks.port.down[at] ?? 0]
    if (up + down === 0) continue
    const key = at % (2 * graph.links)
    addTo(portLit, key, up * port.up.up + down * port.up.down)
    addTo(portDark, key, up * port.down.up + down * port.down.down)
    addTo(untold, graph.portNear[key] ?? 0, (up + down) * STRAY)
  }
  const leafLooks = createLeafLooks(graph, looks, rates)
  const alike = new Map<number, { readonly lit: number; readonly dark: number; readonly untold: number }>()
  for (let leaf = 0; leaf < graph.leaves.length; leaf += 1) {
    const node = graph.leafNode[leaf] ?? 0
    const pattern = vantages === 1 ? patternOf(graph, looks, leaf) : -1
    const known = alike.get(pattern)
    if (known !== undefined) {
      addTo(inReach, node, known.lit)
      addTo(outOfReach, node, known.dark)
      addTo(untold, node, known.untold)
      continue
    }
    const line = leafLooks.told(leaf)
    for (let vantage = 0; vantage < vantages; vantage += 1) {
      const at = vantage * nodes + node
      const seen = leafLooks.seen(leaf, vantage)
      // One vantage tells all there is to tell, so that a failed customer is weighed by all of it at once.
      const all = vantages > 1 ? seen : { well: seen.well + line.well, failed: seen.failed + line.failed, dark: 0 }
      const lit = inSight(graph, all)
      addTo(inReach, at, lit)
      addTo(outOfReach, at, seen.dark)
      if (pattern >= 0) alike.set(pattern, { lit, dark: seen.dark, untold: line.dark })
    }
    addTo(untold, node, line.dark)
    if (vantages > 1) addTo(told, node, inSight(graph, line))
  }
  const { due, told: ports } = facts
  for (let node = 0; node < nodes; node += 1) {
    const [all, some] = [due[node] ?? 0, ports[node] ?? 0]
    if (isPartial || graph.monitored[node] !== 1 || all === 0) continue
    const gaps = (all - some) * Math.log(rates.missing)
    addTo(told, node, some === 0 ? logSum(gaps, Math.log(rates.mute)) : gaps + some * Math.log1p(-rates.missing))
  }
  for (let vantage = 0; !isPartial && vantage < vantages; vantage += 1)
    if (isSilent(graph, looks, vantage))
      addTo(inReach, vantage * nodes + (graph.vantageNode[vantage] ?? 0), silence(graph, looks, facts))
  let [dark, best] = [0, 0]
  const reachCut = outOfReach.map((value, at) => value - (inReach[at] ?? 0))
  for (let at = 0; at < reachCut.length; at += 1) {
    dark += outOfReach[at] ?? 0
    best += Math.max(outOfReach[at] ?? 0, inReach[at] ?? 0)
  }
  const bestPorts = new Float64Array(nodes)
  for (let key = 0; key < portDark.length; key += 1) {
    const node = graph.portNear[key] ?? 0
    addTo(bestPorts, node, Math.max(portDark[key] ?? 0, portLit[key] ?? 0))
  }
  for (let node = 0; node < nodes; node += 1) {
    dark += untold[node] ?? 0
    best += Math.max(untold[node] ?? 0, (told[node] ?? 0) + (bestPorts[node] ?? 0))
  }
  return { reachCut, tell: told.map((value, node) => value - (untold[node] ?? 0)), portDark, portLit, self, dark, best }
}
