/**
 * What a set of faults makes visible, and what every further fault would change of it. One walk
 * (`walk.ts`) gives all of these changes exactly, in nodes + links steps; simulating each further
 * fault would cost that for every one of them.
 */

import type { Weights } from "../evidence/weights.ts"
import type { Graph } from "../graph/graph.ts"
import { countPrior } from "../graph/priors.ts"
import type { Marks } from "./marks.ts"
import { NO_VANTAGE, SCORE, SIGNATURE, Walk } from "./walk.ts"

/** What an observation would read. UNREPORTED: no vantage reaches the reporting node. */
export const [DOWN, UP, UNREPORTED] = [0, 1, 2]
/** What a port reads under the assumed faults. */
export const readPort = (graph: Graph, { visible, failed }: Visibility, port: number): number => {
  if (visible[graph.portLocal[port] ?? 0] !== 1) return UNREPORTED
  return failed[graph.nodes + (port >> 1)] === 1 || failed[graph.portRemote[port] ?? 0] === 1
    ? DOWN
    : UP
}

const add = (row: Float64Array, at: number, value: number): void => {
  row[at] = (row[at] ?? 0) + value
}

/** The members of a group, or the fault itself. */
const membersOf = (graph: Graph, fault: number): Iterable<number> =>
  fault >= graph.groupsFrom && fault < graph.uplinksFrom
    ? (graph.members[fault - graph.groupsFrom] ?? [])
    : [fault]

export class Visibility {
  /** By index of node, link or uplink: what its failure adds to the score, without its prior. */
  readonly gain: Float64Array
  /** The same for the signature. */
  readonly signatureDelta: Float64Array
  /** By index of node, link or uplink: 1 where failed. Groups are failed members. */
  readonly failed: Uint8Array
  /** By vantage × nodes + node: 1 where reachable. */
  readonly reached: Uint8Array
  /** By node: 1 where some vantage reaches it. */
  readonly visible: Uint8Array
  readonly #graph: Graph
  readonly #weights: Weights
  readonly #walk: Walk
  readonly #allMarks: number
  #walks = 0

  constructor(graph: Graph, weights: Weights, marks: Marks) {
    this.#graph = graph
    this.#weights = weights
    this.#walk = new Walk(graph, weights, marks)
    this.#allMarks = marks.reach.reduce((total, mark) => total + mark, 0)
    this.gain = this.#walk.gain
    this.signatureDelta = this.#walk.signatureDelta
    this.failed = this.#walk.failed
    this.visible = this.#walk.visible
    this.reached = new Uint8Array(graph.vantages * graph.nodes)
  }

  /** How likely the observations are under the assumed faults, priors included; a logarithm. */
  score(): number {
    return this.#walk.totals[SCORE] ?? 0
  }
  /** Names what shows under the assumed faults. */
  signature(): number {
    return this.#walk.totals[SIGNATURE] ?? 0
  }
  /** Sets assumed so far. */
  walks(): number {
    return this.#walks
  }

  /** Assumes these faults; everything else then describes them. */
  assume(faults: readonly number[]): void {
    const { failed, totals } = this.#walk
    this.#walks += 1
    failed.fill(0)
    for (const fault of faults)
      for (const member of membersOf(this.#graph, fault)) failed[member] = 1
    this.reached.fill(0)
    this.#walk.reset(this.#weights.allUnreachable, this.#allMarks)
    const working = this.#workingVantages()
    for (const vantage of working) this.#walkFromVantage(vantage)
    if (this.#graph.vantages > 1) this.#walkFromAll(working)
    add(totals, SCORE, countPrior(faults.length))
    for (const fault of faults) add(totals, SCORE, this.#graph.prior[fault] ?? 0)
  }

  /** Vantages that can observe anything. Those without an uplink are weighed here. */
  #workingVantages(): number[] {
    const { vantages, vantageNode, uplinksFrom } = this.#graph
    const { failed, totals, gain } = this.#walk
    const working: number[] = []
    for (let vantage = 0; vantage < vantages; vantage += 1) {
      const node = vantageNode[vantage] ?? 0
      if (failed[node] === 1) continue
      if (failed[uplinksFrom + vantage] !== 1) working.push(vantage)
      else {
        const self = this.#weights.self[vantage] ?? 0
        add(totals, SCORE, self)
        add(gain, node, -self)
      }
    }
    return working
  }

  /** Adds what one vantage reaches, and what the loss of its uplink would change of that. */
  #walkFromVantage(vantage: number): void {
    const { nodes, vantages, vantageNode, uplinksFrom } = this.#graph
    const walk = this.#walk
    const { entered } = walk
    const node = vantageNode[vantage] ?? 0
    walk.run([node], vantage, vantages === 1)
    for (let other = 0; other < nodes; other += 1)
      if (entered[other] !== -1) this.reached[vantage * nodes + other] = 1
    const uplink = uplinksFrom + vantage
    add(walk.gain, uplink, walk.subtreeScore(node) + (this.#weights.self[vantage] ?? 0))
    add(walk.signatureDelta, uplink, walk.subtreeSignature(node))
  }

  /** With several vantages, adds the reports of everything that any of them reaches. */
  #walkFromAll(working: readonly number[]): void {
    const { vantageNode, uplinksFrom } = this.#graph
    const walk = this.#walk
    const starts = working.map((vantage) => vantageNode[vantage] ?? 0)
    for (const start of starts) walk.isStart[start] = 1
    walk.run(starts, NO_VANTAGE, true)
    for (const vantage of working) {
      const node = vantageNode[vantage] ?? 0
      // Reports are lost with an uplink only if no other vantage receives them.
      if (!walk.isAlone(node)) continue
      add(walk.gain, uplinksFrom + vantage, walk.subtreeScore(node))
      add(walk.signatureDelta, uplinksFrom + vantage, walk.subtreeSignature(node))
    }
    walk.isStart.fill(0)
  }

  /** By node: which of these faults alone would cut it off from all vantages; -1 for none. */
  suppressors(faults: readonly number[]): Int32Array {
    const { nodes, vantages, vantageNode, uplinksFrom } = this.#graph
    const walk = this.#walk
    const faultOf = new Map<number, number>()
    for (const fault of faults)
      for (const member of membersOf(this.#graph, fault))
        if (member !== fault || !faultOf.has(member)) faultOf.set(member, fault)
    this.#walkTracking(faultOf.keys())
    const suppressor = new Int32Array(nodes).fill(-1)
    const inOrder = new Int32Array(walk.count)
    for (let node = 0; node < nodes; node += 1)
      if (this.#isEntered(node)) inOrder[walk.entered[node] ?? 0] = node
    // The widest span is the last one that holds a node: the fault nearest to the vantage wins.
    for (const { from, to, fault } of walk.spans)
      for (let at = from; at < to; at += 1)
        suppressor[inOrder[at] ?? 0] = faultOf.get(fault) ?? fault
    if (vantages !== 1) return suppressor
    const isOfVantage = (fault: number): boolean =>
      fault === vantageNode[0] || fault === uplinksFrom
    for (const fault of faults.filter(isOfVantage))
      for (let node = 0; node < nodes; node += 1)
        if (this.#isEntered(node)) suppressor[node] = fault
    return suppressor
  }

  #isEntered(node: number): boolean {
    return this.#walk.entered[node] !== -1
  }

  /** Assumes no faults, and notes what each of these would cut off. */
  #walkTracking(faults: Iterable<number>): void {
    const tracked = new Uint8Array(this.#graph.ids.length)
    for (const fault of faults) tracked[fault] = 1
    this.#walk.tracked = tracked
    this.assume([])
    this.#walk.tracked = null
  }
}
