/**
 * What a set of faults makes visible, and what every single further fault would change of it: all of them together in one walk.
 *
 * A depth-first walk from where is looked finds, for each node and link, what hangs on it alone (Tarjan's low points): the sum over
 * what it would cut off, and the ports around it that would go dark, is exactly what the looks gain or lose by its failing. So a
 * candidate costs nothing beyond the walk, nodes + links for all of them, where simulating each would cost that for every one.
 *
 * Each thing that may be visible has a random number; the sum of those that show names what is seen: two sets with the same sum
 * cannot be told apart from here.
 */
import { countPrior, type Graph } from "./graph.ts"
import { seededWhole } from "./random.ts"
import type { Weights } from "./weights.ts"

/** Numbers of so many bits. */
const createNumbers = (bits: number): (() => number) => {
  const next = seededWhole(0x9e3779b9)
  const high = 2 ** Math.max(0, bits - 32)
  return () => (next() % high) * 2 ** 32 + next()
}

/** Which things there are to be seen at all: a row of numbers for each, 0 where nobody looks. */
export type Marks = {
  /** Vantage × nodes + node. */
  readonly reach: Float64Array
  /** By port: dark. */
  readonly port: Float64Array
  /** By node: heard at all, so that a lit port is not taken for one nobody tells of. */
  readonly reporter: Float64Array
  readonly fault: Float64Array
}
export const createMarks = (graph: Graph, isPinged: (node: number) => boolean): Marks => {
  const reach = new Float64Array(graph.vantages * graph.nodes)
  const port = new Float64Array(2 * graph.links)
  const reporter = new Float64Array(graph.nodes)
  const fault = new Float64Array(graph.ids.length)
  // Sums of whole numbers stay exact below 2^53.
  const bits = Math.max(
    33,
    52 - Math.ceil(Math.log2(reach.length + port.length + reporter.length + fault.length + 2)),
  )
  const number = createNumbers(bits)
  for (let at = 0; at < reach.length; at += 1) {
    const mark = number()
    if (isPinged(at % graph.nodes)) reach[at] = mark
  }
  for (let at = 0; at < port.length; at += 1) {
    const mark = number()
    if (graph.monitored[graph.portLocal[at] ?? 0] === 1) port[at] = mark
  }
  for (let node = 0; node < reporter.length; node += 1) {
    const mark = number()
    if (graph.monitored[node] === 1 && graph.hopsFrom[node] !== graph.hopsFrom[node + 1])
      reporter[node] = mark
  }
  for (const { node } of graph.leaves) if (graph.monitored[node] === 1) reporter[node] ||= number()
  for (let at = 0; at < fault.length; at += 1) fault[at] = number()
  return { reach, port, reporter, fault }
}

export type Visibility = {
  /** Takes these faults as given; what follows is then about them. */
  readonly assume: (faults: readonly number[]) => void
  /** How likely the looks are under them, priors included. */
  readonly score: () => number
  /** What shows under them. */
  readonly signature: () => number
  /** By index of node, link or uplink: what its failing too would add to the score (its prior left aside) and to the sign. */
  readonly gain: Float64Array
  readonly signatureDelta: Float64Array
  /** 1 where failed, by index of node, link or uplink; groups are taken as their members. */
  readonly failed: Uint8Array
  /** Vantage × nodes + node: 1 where in reach. */
  readonly reached: Uint8Array
  /** By node: 1 where some vantage hears it. */
  readonly visible: Uint8Array
  /** Sets taken so far. */
  readonly walks: () => number
  /** By node: which of these faults would alone, nothing else having failed, put it out of everybody's reach; -1 for none. */
  readonly suppressors: (faults: readonly number[]) => Int32Array
}

/** What a look would read. Nothing is told by who is not heard. */
export const [DOWN, UP, UNREPORTED] = [0, 1, 2]
/** What a port reads under the faults that were taken. */
export const readPort = (graph: Graph, { visible, failed }: Visibility, port: number): number => {
  if (visible[graph.portLocal[port] ?? 0] !== 1) return UNREPORTED
  return failed[graph.nodes + (port >> 1)] === 1 || failed[graph.portRemote[port] ?? 0] === 1
    ? DOWN
    : UP
}

/** Figures of a node: its own; of all below it in the walk; of what hangs on it alone; of the ports below, by the branch, that look at it. */
const [OWN, OWN_DELTA, BELOW, BELOW_DELTA, HUNG, HUNG_DELTA, BACK, BACK_DELTA] = [
  0, 1, 2, 3, 4, 5, 6, 7,
]
const [CHANGE, MARK] = [1, 2]
const [SCORE, SIGNATURE] = [0, 1]

export const createVisibility = (graph: Graph, weights: Weights, marks: Marks): Visibility => {
  const { nodes, vantages, hopsFrom, hopNode, hopLink, hopPort, vantageNode } = graph
  const { reachCut, reportWeight, portDown, portUp } = weights
  const failed = new Uint8Array(graph.ids.length)
  const gain = new Float64Array(graph.ids.length)
  const signatureDelta = new Float64Array(graph.ids.length)
  const reached = new Uint8Array(vantages * nodes)
  const visible = new Uint8Array(nodes)
  const isStart = new Uint8Array(nodes)
  const disc = new Int32Array(nodes)
  const low = new Int32Array(nodes)
  const depth = new Int32Array(nodes)
  const next = new Int32Array(nodes)
  const upLink = new Int32Array(nodes)
  const upPort = new Int32Array(nodes)
  const stack = new Int32Array(nodes + 1)
  /** Eight figures a node, side by side because they are needed together. */
  const rows = new Float64Array(nodes * 8)
  /** Four figures a port: what it weighs lit, what its going dark changes, and what shows of it. */
  const ports = new Float64Array(8 * graph.links)
  for (let port = 0; port < 2 * graph.links; port += 1) {
    ports[4 * port] = portUp[port] ?? 0
    ports[4 * port + CHANGE] = (portDown[port] ?? 0) - (portUp[port] ?? 0)
    ports[4 * port + MARK] = marks.port[port] ?? 0
  }
  const allMarks = marks.reach.reduce((total, mark) => total + mark, 0)
  /** Score and sign. */
  const totals = new Float64Array(2)
  let walks = 0
  let order = 0
  /** Asked for: which of these would hide what, told as spans of the order in which nodes are entered. */
  let tracked: Uint8Array | null = null
  let spans: { from: number; to: number; fault: number }[] = []

  const enter = (node: number, at: number, vantage: number, entered: number): void => {
    disc[node] = entered
    low[node] = entered
    depth[node] = at
    stack[at] = node
    next[node] = hopsFrom[node] ?? 0
    const row = 8 * node
    rows[row + OWN] = vantage < 0 ? 0 : (reachCut[vantage * nodes + node] ?? 0)
    rows[row + OWN_DELTA] = vantage < 0 ? 0 : (marks.reach[vantage * nodes + node] ?? 0)
    rows[row + BELOW] = 0
    rows[row + BELOW_DELTA] = 0
    rows[row + HUNG] = 0
    rows[row + HUNG_DELTA] = 0
    rows[row + BACK] = 0
    rows[row + BACK_DELTA] = 0
  }
  const add = (row: Float64Array, at: number, value: number): void => {
    row[at] = (row[at] ?? 0) + value
  }

  /** One walk from these starts. `vantage` -1: nobody's looks, only what is told; `isTelling`: ports and tellers are weighed too. */
  const walk = (starts: readonly number[], vantage: number, withReports: boolean): void => {
    disc.fill(-1)
    order = 0
    spans = []
    for (const start of starts) {
      if (disc[start] !== -1) continue
      let at = 0
      enter(start, 0, vantage, order)
      order += 1
      upLink[start] = -1
      while (at >= 0) {
        const node = stack[at] ?? 0
        const hop = next[node] ?? 0
        if (hop >= (hopsFrom[node + 1] ?? 0)) {
          leave(node, at, withReports)
          at -= 1
          continue
        }
        next[node] = hop + 1
        const neighbour = hopNode[hop] ?? 0
        const link = hopLink[hop] ?? 0
        const port = 4 * (hopPort[hop] ?? 0)
        if (failed[nodes + link] === 1 || failed[neighbour] === 1) {
          if (!withReports) continue
          add(rows, 8 * node + OWN, -(ports[port] ?? 0) - (ports[port + CHANGE] ?? 0))
          add(rows, 8 * node + OWN_DELTA, -(ports[port + MARK] ?? 0))
          continue
        }
        if (withReports) add(rows, 8 * node + OWN, -(ports[port] ?? 0))
        if (link === upLink[node]) continue
        const seen = disc[neighbour] ?? -1
        if (seen === -1) {
          at += 1
          enter(neighbour, at, vantage, order)
          order += 1
          upLink[neighbour] = link
          upPort[neighbour] = port
        } else if (seen < (disc[node] ?? 0)) {
          if (seen < (low[node] ?? 0)) low[node] = seen
          if (withReports)
            addBackEdge(node, stack[(depth[neighbour] ?? 0) + 1] ?? 0, nodes + link, port)
        }
      }
    }
  }
  /** A line back to a node on the way here, met at its lower end: its ports look at each other's nodes. */
  const addBackEdge = (node: number, branch: number, link: number, port: number): void => {
    const across = port ^ 4
    const localChange = ports[port + CHANGE] ?? 0
    const remoteChange = ports[across + CHANGE] ?? 0
    const localMark = ports[port + MARK] ?? 0
    const remoteMark = ports[across + MARK] ?? 0
    add(rows, 8 * branch + BACK, localChange)
    add(rows, 8 * branch + BACK_DELTA, localMark)
    add(gain, node, remoteChange)
    add(signatureDelta, node, remoteMark)
    add(gain, link, localChange + remoteChange)
    add(signatureDelta, link, localMark + remoteMark)
  }
  /** All below a node has been walked: what it is worth is known, and goes up. */
  const leave = (node: number, at: number, withReports: boolean): void => {
    const row = 8 * node
    if (withReports) {
      add(rows, row + OWN, -(reportWeight[node] ?? 0))
      add(rows, row + OWN_DELTA, -(marks.reporter[node] ?? 0))
      visible[node] = 1
    }
    const own = rows[row + OWN] ?? 0
    const ownDelta = rows[row + OWN_DELTA] ?? 0
    add(totals, SCORE, -own)
    add(totals, SIGNATURE, -ownDelta)
    const below = (rows[row + BELOW] ?? 0) + own
    const belowDelta = (rows[row + BELOW_DELTA] ?? 0) + ownDelta
    rows[row + BELOW] = below
    rows[row + BELOW_DELTA] = belowDelta
    if (isStart[node] === 1 && at > 0) low[node] = -1
    let lost = own + (rows[row + HUNG] ?? 0)
    let lostDelta = ownDelta + (rows[row + HUNG_DELTA] ?? 0)
    if (at > 0) {
      const above = stack[at - 1] ?? 0
      const port = upPort[node] ?? 0
      const link = nodes + (upLink[node] ?? 0)
      const lowest = low[node] ?? 0
      const entered = disc[above] ?? 0
      if (lowest < (low[above] ?? 0)) low[above] = lowest
      const here = withReports ? (ports[(port ^ 4) + CHANGE] ?? 0) : 0
      const there = withReports ? (ports[port + CHANGE] ?? 0) : 0
      const hereMark = withReports ? (ports[(port ^ 4) + MARK] ?? 0) : 0
      const thereMark = withReports ? (ports[port + MARK] ?? 0) : 0
      // The port above looks at this node, whatever hangs on it.
      lost += there
      lostDelta += thereMark
      const hangs = lowest >= entered
      const isBridge = lowest > entered
      const rowAbove = 8 * above
      add(rows, rowAbove + HUNG, hangs ? below : (rows[row + BACK] ?? 0) + here)
      add(
        rows,
        rowAbove + HUNG_DELTA,
        hangs ? belowDelta : (rows[row + BACK_DELTA] ?? 0) + hereMark,
      )
      add(gain, link, there + (isBridge ? below : here))
      add(signatureDelta, link, thereMark + (isBridge ? belowDelta : hereMark))
      add(rows, rowAbove + BELOW, below)
      add(rows, rowAbove + BELOW_DELTA, belowDelta)
      if (tracked !== null) {
        const from = disc[node] ?? 0
        if (hangs && tracked[above] === 1) spans.push({ from, to: order, fault: above })
        if (isBridge && tracked[link] === 1) spans.push({ from, to: order, fault: link })
      }
    }
    add(gain, node, lost)
    add(signatureDelta, node, lostDelta)
  }

  const fail = (faults: readonly number[]): void => {
    failed.fill(0)
    for (const fault of faults) {
      if (fault >= graph.groupsFrom && fault < graph.uplinksFrom) {
        for (const member of graph.members[fault - graph.groupsFrom] ?? []) failed[member] = 1
      } else failed[fault] = 1
    }
  }
  const assume = (faults: readonly number[]): void => {
    walks += 1
    fail(faults)
    gain.fill(0)
    signatureDelta.fill(0)
    visible.fill(0)
    reached.fill(0)
    totals[SCORE] = weights.allUnreachable
    totals[SIGNATURE] = allMarks
    const alive: number[] = []
    for (let vantage = 0; vantage < vantages; vantage += 1) {
      const node = vantageNode[vantage] ?? 0
      if (failed[node] === 1) continue
      if (failed[graph.uplinksFrom + vantage] !== 1) alive.push(vantage)
      else {
        add(totals, SCORE, weights.self[vantage] ?? 0)
        add(gain, node, -(weights.self[vantage] ?? 0))
      }
    }
    for (const vantage of alive) {
      const node = vantageNode[vantage] ?? 0
      walk([node], vantage, vantages === 1)
      for (let other = 0; other < nodes; other += 1)
        if (disc[other] !== -1) reached[vantage * nodes + other] = 1
      add(
        gain,
        graph.uplinksFrom + vantage,
        (rows[8 * node + BELOW] ?? 0) + (weights.self[vantage] ?? 0),
      )
      add(signatureDelta, graph.uplinksFrom + vantage, rows[8 * node + BELOW_DELTA] ?? 0)
    }
    if (vantages > 1) {
      const starts = alive.map((vantage) => vantageNode[vantage] ?? 0)
      for (const start of starts) isStart[start] = 1
      walk(starts, -1, true)
      for (const vantage of alive) {
        const node = vantageNode[vantage] ?? 0
        // Only where nobody else hears it is what it hears lost with it.
        if (depth[node] !== 0 || low[node] === -1) continue
        add(gain, graph.uplinksFrom + vantage, rows[8 * node + BELOW] ?? 0)
        add(signatureDelta, graph.uplinksFrom + vantage, rows[8 * node + BELOW_DELTA] ?? 0)
      }
      isStart.fill(0)
    }
    add(totals, SCORE, countPrior(faults.length))
    for (const fault of faults) add(totals, SCORE, graph.prior[fault] ?? 0)
  }
  const suppressors = (faults: readonly number[]): Int32Array => {
    tracked = new Uint8Array(graph.ids.length)
    spans = []
    const groups = new Map<number, number>()
    for (const fault of faults) {
      if (fault < graph.groupsFrom || fault >= graph.uplinksFrom) tracked[fault] = 1
      else
        for (const member of graph.members[fault - graph.groupsFrom] ?? []) {
          tracked[member] = 1
          groups.set(member, fault)
        }
    }
    assume([])
    const suppressor = new Int32Array(nodes).fill(-1)
    const byOrder = new Int32Array(order)
    for (let node = 0; node < nodes; node += 1)
      if (disc[node] !== -1) byOrder[disc[node] ?? 0] = node
    // The widest span that holds a node is told last by the walk, and is what comes first on the way there.
    for (const { from, to, fault } of spans)
      for (let at = from; at < to; at += 1)
        suppressor[byOrder[at] ?? 0] = groups.get(fault) ?? fault
    for (const fault of faults) {
      const vantage = fault - graph.uplinksFrom
      const start = vantageNode[fault < nodes ? [...vantageNode].indexOf(fault) : vantage]
      if (vantages !== 1 || start === undefined || (vantage < 0 && fault !== start)) continue
      for (let node = 0; node < nodes; node += 1) if (disc[node] !== -1) suppressor[node] = fault
    }
    tracked = null
    return suppressor
  }
  return {
    assume,
    suppressors,
    score: () => totals[SCORE] ?? 0,
    signature: () => totals[SIGNATURE] ?? 0,
    gain,
    signatureDelta,
    failed,
    reached,
    visible,
    walks: () => walks,
  }
}
