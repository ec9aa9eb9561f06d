/**
 * A depth-first walk of the reachable network that finds, for every node and link at once, what
 * its failure would change: Tarjan's low points show which subtrees depend on it alone.
 *
 * A node cuts off the subtree of a child whose low point is not above the node; a link cuts off the
 * subtree below it if it is a bridge. A failed node also takes down the remote ports of its links:
 * those at tree links are added when a child is left, those at back edges when the edge is met.
 */

import type { Weights } from "../evidence/weights.ts"
import type { Graph } from "../graph/graph.ts"
import type { Marks } from "./marks.ts"

/**
 * Figures of a node, each with the change of the signature beside the change of the score: of the
 * node itself; of its subtree; of what its failure cuts off; of the ports in this branch that face
 * the node's parent.
 */
const [OWN, OWN_MARK, SUBTREE, SUBTREE_MARK, CUT, CUT_MARK, BACK, BACK_MARK] = [
  0, 1, 2, 3, 4, 5, 6, 7,
]
const ROW = 8
/** Figures of a port: its weight when up, what going down changes, and its mark. */
const [CHANGE, MARK] = [1, 2]
const PORT = 4
/** XOR with this gives the other port of the link. */
const REMOTE = PORT

export const [SCORE, SIGNATURE] = [0, 1]
/** For a walk that weighs reports only, and no probes of a vantage. */
export const NO_VANTAGE = -1

/** A fault that cuts off the nodes entered from `from` to before `to`. */
type CutSpan = { readonly from: number; readonly to: number; readonly fault: number }

const add = (row: Float64Array, at: number, value: number): void => {
  row[at] = (row[at] ?? 0) + value
}

export class Walk {
  /** By index of node, link or uplink: 1 where failed. */
  readonly failed: Uint8Array
  /** By index of node, link or uplink: what its failure would add to score and signature. */
  readonly gain: Float64Array
  readonly signatureDelta: Float64Array
  /** By node: 1 where its reports arrive. */
  readonly visible: Uint8Array
  /** Score and signature. */
  readonly totals = new Float64Array(2)
  /** By node: when it was entered, -1 where it was not; and at which depth. */
  readonly entered: Int32Array
  readonly depth: Int32Array
  /** By node: 1 where a vantage starts. */
  readonly isStart: Uint8Array
  /** Nodes entered by the last run. */
  count = 0
  /** Spans of the last run that faults marked in `tracked` cut off, widest last. */
  tracked: Uint8Array | null = null
  spans: CutSpan[] = []

  readonly #graph: Graph
  readonly #weights: Weights
  readonly #marks: Marks
  /** Low points: the earliest entered node that a subtree reaches. -1: another vantage. */
  readonly #low: Int32Array
  readonly #nextHop: Int32Array
  readonly #upLink: Int32Array
  readonly #upPort: Int32Array
  readonly #stack: Int32Array
  /** Side by side, because all figures of a node are needed together. */
  readonly #rows: Float64Array
  readonly #ports: Float64Array
  #vantage = NO_VANTAGE
  #withReports = false

  constructor(graph: Graph, weights: Weights, marks: Marks) {
    const { nodes, links } = graph
    this.#graph = graph
    this.#weights = weights
    this.#marks = marks
    this.failed = new Uint8Array(graph.ids.length)
    this.gain = new Float64Array(graph.ids.length)
    this.signatureDelta = new Float64Array(graph.ids.length)
    this.visible = new Uint8Array(nodes)
    this.entered = new Int32Array(nodes)
    this.depth = new Int32Array(nodes)
    this.isStart = new Uint8Array(nodes)
    this.#low = new Int32Array(nodes)
    this.#nextHop = new Int32Array(nodes)
    this.#upLink = new Int32Array(nodes)
    this.#upPort = new Int32Array(nodes)
    this.#stack = new Int32Array(nodes + 1)
    this.#rows = new Float64Array(nodes * ROW)
    this.#ports = new Float64Array(2 * links * PORT)
    for (let port = 0; port < 2 * links; port += 1) {
      const up = weights.portUp[port] ?? 0
      this.#ports[PORT * port] = up
      this.#ports[PORT * port + CHANGE] = (weights.portDown[port] ?? 0) - up
      this.#ports[PORT * port + MARK] = marks.port[port] ?? 0
    }
  }

  /** Clears the results of earlier runs. Everything is unreachable so far. */
  reset(score: number, signature: number): void {
    this.gain.fill(0)
    this.signatureDelta.fill(0)
    this.visible.fill(0)
    this.totals[SCORE] = score
    this.totals[SIGNATURE] = signature
  }

  /** Adds what can be reached from these nodes. `withReports`: reports are weighed as well. */
  run(starts: readonly number[], vantage: number, withReports: boolean): void {
    this.entered.fill(-1)
    this.count = 0
    this.spans = []
    this.#vantage = vantage
    this.#withReports = withReports
    for (const start of starts) if (this.entered[start] === -1) this.#walkFrom(start)
  }

  /** Whether the start of a vantage is reached by no other vantage. */
  isAlone(start: number): boolean {
    return this.depth[start] === 0 && this.#low[start] !== -1
  }
  subtreeScore(node: number): number {
    return this.#rows[ROW * node + SUBTREE] ?? 0
  }
  subtreeSignature(node: number): number {
    return this.#rows[ROW * node + SUBTREE_MARK] ?? 0
  }

  #walkFrom(start: number): void {
    const { hopsFrom } = this.#graph
    const stack = this.#stack
    const nextHop = this.#nextHop
    this.#enter(start, 0)
    this.#upLink[start] = -1
    for (let at = 0; at >= 0; ) {
      const node = stack[at] ?? 0
      const hop = nextHop[node] ?? 0
      if (hop >= (hopsFrom[node + 1] ?? 0)) {
        this.#leave(node, at)
        at -= 1
      } else {
        nextHop[node] = hop + 1
        if (this.#follow(node, hop, at)) at += 1
      }
    }
  }

  #enter(node: number, at: number): void {
    const { nodes, hopsFrom } = this.#graph
    const rows = this.#rows
    const row = ROW * node
    const vantage = this.#vantage
    this.entered[node] = this.count
    this.#low[node] = this.count
    this.count += 1
    this.depth[node] = at
    this.#stack[at] = node
    this.#nextHop[node] = hopsFrom[node] ?? 0
    const isWeighed = vantage !== NO_VANTAGE
    rows[row + OWN] = isWeighed ? (this.#weights.reachCut[vantage * nodes + node] ?? 0) : 0
    rows[row + OWN_MARK] = isWeighed ? (this.#marks.reach[vantage * nodes + node] ?? 0) : 0
    rows[row + SUBTREE] = 0
    rows[row + SUBTREE_MARK] = 0
    rows[row + CUT] = 0
    rows[row + CUT_MARK] = 0
    rows[row + BACK] = 0
    rows[row + BACK_MARK] = 0
  }

  /** Takes one hop of a node on the stack. True where it entered the neighbour. */
  #follow(node: number, hop: number, at: number): boolean {
    const { nodes, hopNode, hopLink, hopPort } = this.#graph
    const neighbour = hopNode[hop] ?? 0
    const link = hopLink[hop] ?? 0
    const port = PORT * (hopPort[hop] ?? 0)
    const rows = this.#rows
    const ports = this.#ports
    if (this.failed[nodes + link] === 1 || this.failed[neighbour] === 1) {
      if (!this.#withReports) return false
      add(rows, ROW * node + OWN, -(ports[port] ?? 0) - (ports[port + CHANGE] ?? 0))
      add(rows, ROW * node + OWN_MARK, -(ports[port + MARK] ?? 0))
      return false
    }
    if (this.#withReports) add(rows, ROW * node + OWN, -(ports[port] ?? 0))
    if (link === this.#upLink[node]) return false
    const enteredAt = this.entered[neighbour] ?? -1
    if (enteredAt === -1) {
      this.#enter(neighbour, at + 1)
      this.#upLink[neighbour] = link
      this.#upPort[neighbour] = port
      return true
    }
    if (enteredAt < (this.entered[node] ?? 0)) {
      if (enteredAt < (this.#low[node] ?? 0)) this.#low[node] = enteredAt
      if (this.#withReports) this.#addBackEdge(node, neighbour, nodes + link, port)
    }
    return false
  }

  /** A link back to an ancestor, met at its lower end: each of its ports faces the other's node. */
  #addBackEdge(node: number, ancestor: number, link: number, port: number): void {
    const ports = this.#ports
    const branch = ROW * (this.#stack[(this.depth[ancestor] ?? 0) + 1] ?? 0)
    const remote = port ^ REMOTE
    const localChange = ports[port + CHANGE] ?? 0
    const remoteChange = ports[remote + CHANGE] ?? 0
    const localMark = ports[port + MARK] ?? 0
    const remoteMark = ports[remote + MARK] ?? 0
    add(this.#rows, branch + BACK, localChange)
    add(this.#rows, branch + BACK_MARK, localMark)
    add(this.gain, node, remoteChange)
    add(this.signatureDelta, node, remoteMark)
    add(this.gain, link, localChange + remoteChange)
    add(this.signatureDelta, link, localMark + remoteMark)
  }

  /** The subtree of a node is complete: its figures are final and go to its parent. */
  #leave(node: number, at: number): void {
    const rows = this.#rows
    const row = ROW * node
    if (this.#withReports) {
      add(rows, row + OWN, -(this.#weights.reportWeight[node] ?? 0))
      add(rows, row + OWN_MARK, -(this.#marks.reporter[node] ?? 0))
      this.visible[node] = 1
    }
    const own = rows[row + OWN] ?? 0
    const ownMark = rows[row + OWN_MARK] ?? 0
    add(this.totals, SCORE, -own)
    add(this.totals, SIGNATURE, -ownMark)
    rows[row + SUBTREE] = (rows[row + SUBTREE] ?? 0) + own
    rows[row + SUBTREE_MARK] = (rows[row + SUBTREE_MARK] ?? 0) + ownMark
    let lost = own + (rows[row + CUT] ?? 0)
    let lostMark = ownMark + (rows[row + CUT_MARK] ?? 0)
    if (at > 0) {
      if (this.#withReports) {
        // The parent's port faces this node.
        const port = this.#upPort[node] ?? 0
        lost += this.#ports[port + CHANGE] ?? 0
        lostMark += this.#ports[port + MARK] ?? 0
      }
      this.#passUp(node, this.#stack[at - 1] ?? 0)
    }
    add(this.gain, node, lost)
    add(this.signatureDelta, node, lostMark)
  }

  /** What the failure of a node's parent, or of the link between them, cuts off. */
  #passUp(node: number, parent: number): void {
    const { nodes } = this.#graph
    const rows = this.#rows
    const ports = this.#ports
    const low = this.#low
    const row = ROW * node
    const parentRow = ROW * parent
    const link = nodes + (this.#upLink[node] ?? 0)
    const port = this.#upPort[node] ?? 0
    if (this.isStart[node] === 1) low[node] = -1
    const lowest = low[node] ?? 0
    const parentEntered = this.entered[parent] ?? 0
    if (lowest < (low[parent] ?? 0)) low[parent] = lowest
    const subtree = rows[row + SUBTREE] ?? 0
    const subtreeMark = rows[row + SUBTREE_MARK] ?? 0
    const withReports = this.#withReports
    const change = withReports ? (ports[(port ^ REMOTE) + CHANGE] ?? 0) : 0
    const mark = withReports ? (ports[(port ^ REMOTE) + MARK] ?? 0) : 0
    const parentChange = withReports ? (ports[port + CHANGE] ?? 0) : 0
    const parentMark = withReports ? (ports[port + MARK] ?? 0) : 0
    const isCutByParent = lowest >= parentEntered
    const isBridge = lowest > parentEntered
    add(rows, parentRow + CUT, isCutByParent ? subtree : (rows[row + BACK] ?? 0) + change)
    add(
      rows,
      parentRow + CUT_MARK,
      isCutByParent ? subtreeMark : (rows[row + BACK_MARK] ?? 0) + mark,
    )
    add(this.gain, link, parentChange + (isBridge ? subtree : change))
    add(this.signatureDelta, link, parentMark + (isBridge ? subtreeMark : mark))
    add(rows, parentRow + SUBTREE, subtree)
    add(rows, parentRow + SUBTREE_MARK, subtreeMark)
    if (this.tracked !== null) this.#addSpans(node, parent, link)
  }

  /** Notes which tracked faults cut off the subtree of a node. */
  #addSpans(node: number, parent: number, link: number): void {
    const lowest = this.#low[node] ?? 0
    const parentEntered = this.entered[parent] ?? 0
    const span = { from: this.entered[node] ?? 0, to: this.count }
    if (lowest >= parentEntered && this.tracked?.[parent] === 1)
      this.spans.push({ ...span, fault: parent })
    if (lowest > parentEntered && this.tracked?.[link] === 1)
      this.spans.push({ ...span, fault: link })
  }
}
