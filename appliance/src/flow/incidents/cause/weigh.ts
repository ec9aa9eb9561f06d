/**
 * What the looks weigh: how much more likely they are with a node out of sight than in sight, with a port dark than lit. Everything
 * is a natural logarithm. How often looks lie or are missing is not known beforehand: it is read off the document (`rates.ts`).
 */
import type { Graph } from "./graph.ts"
import type { Looks } from "./looks.ts"
import type { Rates } from "./model.ts"

/** A customer's own router or line: how likely it has failed, given nothing. */
export const CUSTOMER_FAILS = 5e-5
/** A word of a router that cannot be reached: old, or a way there that is not drawn. */
const STRAY = Math.log(1e-3)
/** A vantage of which nothing at all has come in, though others look. */
const SILENT_VANTAGE = Math.log(1e-2)

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

/** Which signals of ports are used at all, so that a missing one means something. */
export const signalsOf = (looks: Looks): boolean[] =>
  [0, 1].map((signal) =>
    [looks.port, looks.access].some(({ up, down }) => {
      const half = up.length / 2
      for (let at = signal * half; at < (signal + 1) * half; at += 1) if ((up[at] ?? 0) + (down[at] ?? 0) > 0) return true
      return false
    }),
  )

/** How many ports a node should tell of, and of how many it has. */
export const tellings = (graph: Graph, looks: Looks, signals: readonly boolean[]): { due: Int32Array; told: Int32Array } => {
  const [due, told] = [new Int32Array(graph.nodes), new Int32Array(graph.nodes)]
  const add = (node: number, { up, down }: { up: Int32Array; down: Int32Array }, at: number): void => {
    due[node] = (due[node] ?? 0) + 1
    if ((up[at] ?? 0) + (down[at] ?? 0) > 0) told[node] = (told[node] ?? 0) + 1
  }
  const isLooked = new Uint8Array(graph.leaves.length)
  const size = Math.max(1, graph.leaves.length)
  for (const [{ up, down }, each] of [[looks.leaf, 1] as const, [looks.access, 2] as const])
    for (let at = 0; at < up.length; at += 1)
      if ((up[at] ?? 0) + (down[at] ?? 0) > 0) isLooked[Math.floor((at % (each * size)) / each)] = 1
  signals.forEach((isUsed, signal) => {
    if (!isUsed) return
    for (let node = 0; node < graph.nodes; node += 1) {
      const end = graph.hopsFrom[node + 1] ?? 0
      for (let hop = graph.hopsFrom[node] ?? 0; hop < end; hop += 1)
        add(node, looks.port, signal * 2 * graph.links + (graph.hopPort[hop] ?? 0))
    }
    graph.leaves.forEach(({ node }, leaf) => {
      // A customer nobody looks at in any way is not missed.
      if (isLooked[leaf] === 1) add(node, looks.access, signal * 2 * graph.leaves.length + 2 * leaf)
    })
  })
  return { due, told }
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
        if (up + down === 0) continue
        well += up * port.up.up + down * port.up.down
        failed += side === 0 ? up * port.down.up + down * port.down.down : STRAY
        dark += STRAY
      }
    }
    return { well, failed, dark }
  }
  return { seen, told }
}
const FAILS = Math.log(CUSTOMER_FAILS)
const FAILS_NOT = Math.log1p(-CUSTOMER_FAILS)
const inSight = ({ well, failed }: LeafLooks): number => logSum(FAILS_NOT + well, FAILS + failed)

/** The chance, 0 to 1, that a customer whose router is in sight has failed by itself. */
export const customerFails = (seen: readonly LeafLooks[]): number => {
  let odds = FAILS - FAILS_NOT
  for (const { well, failed } of seen) odds += failed - well
  return 1 / (1 + Math.exp(-odds))
}

/** `isPartial`: a port that is not told of weighs nothing. */
export const weigh = (graph: Graph, looks: Looks, rates: Rates, isPartial = false): Weights => {
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
    // What a vantage without a way out sees of itself, nobody knows.
    self[vantage] = Math.LN2 * -((looks.reach.up[at] ?? 0) + (looks.reach.down[at] ?? 0)) - (outOfReach[at] ?? 0)
  }
  for (let at = 0; at < 4 * graph.links; at += 1) {
    const [up, down] = [looks.port.up[at] ?? 0, looks.port.down[at] ?? 0]
    if (up + down === 0) continue
    const key = at % (2 * graph.links)
    addTo(portLit, key, up * port.up.up + down * port.up.down)
    addTo(portDark, key, up * port.down.up + down * port.down.down)
    addTo(untold, (key % 2 === 0 ? graph.endA[key >> 1] : graph.endB[key >> 1]) ?? 0, STRAY)
  }
  const leafLooks = createLeafLooks(graph, looks, rates)
  graph.leaves.forEach(({ node }, leaf) => {
    const line = leafLooks.told(leaf)
    for (let vantage = 0; vantage < vantages; vantage += 1) {
      const at = vantage * nodes + node
      const seen = leafLooks.seen(leaf, vantage)
      // One vantage tells all there is to tell, so that a failed customer is weighed by all of it at once.
      const all = vantages > 1 ? seen : { well: seen.well + line.well, failed: seen.failed + line.failed, dark: 0 }
      addTo(inReach, at, inSight(all))
      addTo(outOfReach, at, seen.dark)
    }
    addTo(untold, node, line.dark)
    if (vantages > 1) addTo(told, node, inSight(line))
  })
  const { due, told: ports } = tellings(graph, looks, signalsOf(looks))
  for (let node = 0; node < nodes; node += 1) {
    const [all, some] = [due[node] ?? 0, ports[node] ?? 0]
    if (isPartial || graph.monitored[node] !== 1 || all === 0) continue
    const gaps = (all - some) * Math.log(rates.missing)
    addTo(told, node, some === 0 ? logSum(gaps, Math.log(rates.mute)) : gaps + some * Math.log1p(-rates.missing))
  }
  const isSilent = (vantage: number): boolean => {
    for (let node = 0; node < nodes; node += 1) {
      const at = vantage * nodes + node
      if ((looks.reach.up[at] ?? 0) + (looks.reach.down[at] ?? 0) > 0) return false
    }
    return true
  }
  for (let vantage = 0; vantages > 1 && vantage < vantages; vantage += 1)
    if (isSilent(vantage)) addTo(inReach, vantage * nodes + (graph.vantageNode[vantage] ?? 0), SILENT_VANTAGE)
  let [dark, best] = [0, 0]
  const reachCut = outOfReach.map((value, at) => value - (inReach[at] ?? 0))
  for (let at = 0; at < reachCut.length; at += 1) {
    dark += outOfReach[at] ?? 0
    best += Math.max(outOfReach[at] ?? 0, inReach[at] ?? 0)
  }
  const bestPorts = new Float64Array(nodes)
  for (let key = 0; key < portDark.length; key += 1) {
    const node = (key % 2 === 0 ? graph.endA[key >> 1] : graph.endB[key >> 1]) ?? 0
    addTo(bestPorts, node, Math.max(portDark[key] ?? 0, portLit[key] ?? 0))
  }
  for (let node = 0; node < nodes; node += 1) {
    dark += untold[node] ?? 0
    best += Math.max(untold[node] ?? 0, (told[node] ?? 0) + (bestPorts[node] ?? 0))
  }
  return { reachCut, tell: told.map((value, node) => value - (untold[node] ?? 0)), portDark, portLit, self, dark, best }
}
