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
import type { Graph } from "./graph.ts"
import type { Weights } from "./weigh.ts"

/** A generator of its own (mulberry32): the same for every run, so that nothing in an answer is left to chance. */
const createNumbers = (bits: number): (() => number) => {
  let state = 0x9e3779b9
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (t ^ (t >>> 14)) >>> 0
  }
  const high = 2 ** Math.max(0, bits - 32)
  return () => (next() % high) * 2 ** 32 + next()
}

/** Which things there are to be seen at all: a row of numbers for each, 0 where nobody looks. */
export type Marks = { readonly reach: Float64Array; readonly port: Float64Array; readonly fault: Float64Array }
export const createMarks = (graph: Graph, isPinged: (node: number) => boolean): Marks => {
  const reach = new Float64Array(graph.vantages * graph.nodes)
  const port = new Float64Array(2 * graph.links)
  const fault = new Float64Array(graph.ids.length)
  // Sums of whole numbers stay exact below 2^53.
  const bits = Math.max(33, 52 - Math.ceil(Math.log2(reach.length + port.length + fault.length + 2)))
  const number = createNumbers(bits)
  for (let at = 0; at < reach.length; at += 1) {
    const mark = number()
    if (isPinged(at % graph.nodes)) reach[at] = mark
  }
  for (let at = 0; at < port.length; at += 1) {
    const mark = number()
    const node = (at % 2 === 0 ? graph.endA[at >> 1] : graph.endB[at >> 1]) ?? 0
    if (graph.monitored[node] === 1) port[at] = mark
  }
  for (let at = 0; at < fault.length; at += 1) fault[at] = number()
  return { reach, port, fault }
}

export type Sight = {
  /** Takes these faults as given; what follows is then about them. */
  readonly take: (faults: readonly number[]) => void
  /** How likely the looks are under them, priors included. */
  readonly score: () => number
  /** What shows under them. */
  readonly sign: () => number
  /** By index of node, link or uplink: what its failing too would add to the score (its prior left aside) and to the sign. */
  readonly gain: Float64Array
  readonly turn: Float64Array
  /** 1 where failed, by index of node, link or uplink; groups are taken as their members. */
  readonly failed: Uint8Array
  /** Vantage × nodes + node: 1 where in reach. */
  readonly reached: Uint8Array
  /** By node: 1 where some vantage hears it. */
  readonly heard: Uint8Array
  /** Walks made so far. */
  readonly walks: () => number
}

export const createSight = (graph: Graph, weights: Weights, marks: Marks): Sight => {
  const { nodes, vantages, hopsFrom, hopNode, hopLink, hopPort, vantageNode } = graph
  const { reachCut, tell, portDark, portLit } = weights
  const failed = new Uint8Array(graph.ids.length)
  const gain = new Float64Array(graph.ids.length)
  const turn = new Float64Array(graph.ids.length)
  const reached = new Uint8Array(vantages * nodes)
  const heard = new Uint8Array(nodes)
  const isStart = new Uint8Array(nodes)
  const disc = new Int32Array(nodes)
  const low = new Int32Array(nodes)
  const depth = new Int32Array(nodes)
  const next = new Int32Array(nodes)
  const upLink = new Int32Array(nodes)
  const upPort = new Int32Array(nodes)
  const stack = new Int32Array(nodes + 1)
  /** Of a node itself; of all below it in the walk; of what hangs on it alone; of the ports below that look at it, by the branch. */
  const [own, ownTurn] = [new Float64Array(nodes), new Float64Array(nodes)]
  const [sum, sumTurn] = [new Float64Array(nodes), new Float64Array(nodes)]
  const [hung, hungTurn] = [new Float64Array(nodes), new Float64Array(nodes)]
  const [back, backTurn] = [new Float64Array(nodes), new Float64Array(nodes)]
  const allMarks = marks.reach.reduce((total, mark) => total + mark, 0)
  let walks = 0
  let score = 0
  let sign = 0

  const enter = (node: number, at: number, vantage: number, order: number): void => {
    disc[node] = order
    low[node] = order
    depth[node] = at
    stack[at] = node
    next[node] = hopsFrom[node] ?? 0
    own[node] = vantage < 0 ? 0 : (reachCut[vantage * nodes + node] ?? 0)
    ownTurn[node] = vantage < 0 ? 0 : (marks.reach[vantage * nodes + node] ?? 0)
    sum[node] = 0
    sumTurn[node] = 0
    hung[node] = 0
    hungTurn[node] = 0
    back[node] = 0
    backTurn[node] = 0
  }
  const add = (row: Float64Array, at: number, value: number): void => {
    row[at] = (row[at] ?? 0) + value
  }

  /** One walk from these starts. `vantage` -1: nobody's looks, only what is told; `isTelling`: ports and tellers are weighed too. */
  const walk = (starts: readonly number[], vantage: number, isTelling: boolean): void => {
    walks += 1
    disc.fill(-1)
    let order = 0
    for (const start of starts) {
      if (disc[start] !== -1) continue
      let at = 0
      enter(start, 0, vantage, order)
      order += 1
      upLink[start] = -1
      while (at >= 0) {
        const node = stack[at] ?? 0
        const hop = next[node] ?? 0
        if (hop < (hopsFrom[node + 1] ?? 0)) {
          next[node] = hop + 1
          const far = hopNode[hop] ?? 0
          const link = hopLink[hop] ?? 0
          const port = hopPort[hop] ?? 0
          if (failed[nodes + link] === 1 || failed[far] === 1) {
            if (isTelling) {
              add(own, node, -(portDark[port] ?? 0))
              add(ownTurn, node, -(marks.port[port] ?? 0))
            }
            continue
          }
          if (isTelling) add(own, node, -(portLit[port] ?? 0))
          if (link === upLink[node]) continue
          const seen = disc[far] ?? -1
          if (seen === -1) {
            at += 1
            enter(far, at, vantage, order)
            order += 1
            upLink[far] = link
            upPort[far] = port
          } else if (seen < (disc[node] ?? 0)) {
            if (seen < (low[node] ?? 0)) low[node] = seen
            if (isTelling) {
              const branch = stack[(depth[far] ?? 0) + 1] ?? 0
              const [mine, theirs] = [
                (portDark[port] ?? 0) - (portLit[port] ?? 0),
                (portDark[port ^ 1] ?? 0) - (portLit[port ^ 1] ?? 0),
              ]
              add(back, branch, mine)
              add(backTurn, branch, marks.port[port] ?? 0)
              add(gain, node, theirs)
              add(turn, node, marks.port[port ^ 1] ?? 0)
              add(gain, nodes + link, mine + theirs)
              add(turn, nodes + link, (marks.port[port] ?? 0) + (marks.port[port ^ 1] ?? 0))
            }
          }
          continue
        }
        leave(node, at, isTelling)
        at -= 1
      }
    }
  }
  /** All below a node has been walked: what it is worth is known, and goes up. */
  const leave = (node: number, at: number, isTelling: boolean): void => {
    if (isTelling) {
      add(own, node, -(tell[node] ?? 0))
      heard[node] = 1
    }
    const mine = own[node] ?? 0
    score -= mine
    sign -= ownTurn[node] ?? 0
    add(sum, node, mine)
    add(sumTurn, node, ownTurn[node] ?? 0)
    add(gain, node, mine + (hung[node] ?? 0))
    add(turn, node, (ownTurn[node] ?? 0) + (hungTurn[node] ?? 0))
    if (isStart[node] === 1 && at > 0) low[node] = -1
    if (at === 0) return
    const above = stack[at - 1] ?? 0
    const port = upPort[node] ?? 0
    const link = upLink[node] ?? 0
    const lowest = low[node] ?? 0
    if (lowest < (low[above] ?? 0)) low[above] = lowest
    const [here, there] = isTelling
      ? [(portDark[port ^ 1] ?? 0) - (portLit[port ^ 1] ?? 0), (portDark[port] ?? 0) - (portLit[port] ?? 0)]
      : [0, 0]
    const [hereTurn, thereTurn] = isTelling ? [marks.port[port ^ 1] ?? 0, marks.port[port] ?? 0] : [0, 0]
    add(back, node, here)
    add(backTurn, node, hereTurn)
    // The port above looks at this node, whatever hangs on it.
    add(gain, node, there)
    add(turn, node, thereTurn)
    const hangs = lowest >= (disc[above] ?? 0)
    add(hung, above, hangs ? (sum[node] ?? 0) : (back[node] ?? 0))
    add(hungTurn, above, hangs ? (sumTurn[node] ?? 0) : (backTurn[node] ?? 0))
    const isBridge = lowest > (disc[above] ?? 0)
    add(gain, nodes + link, there + (isBridge ? (sum[node] ?? 0) : here))
    add(turn, nodes + link, thereTurn + (isBridge ? (sumTurn[node] ?? 0) : hereTurn))
    add(sum, above, sum[node] ?? 0)
    add(sumTurn, above, sumTurn[node] ?? 0)
  }

  const fail = (faults: readonly number[]): void => {
    failed.fill(0)
    for (const fault of faults) {
      if (fault >= graph.groupsFrom && fault < graph.uplinksFrom) {
        for (const member of graph.members[fault - graph.groupsFrom] ?? []) failed[member] = 1
      } else failed[fault] = 1
    }
  }
  const take = (faults: readonly number[]): void => {
    fail(faults)
    gain.fill(0)
    turn.fill(0)
    heard.fill(0)
    reached.fill(0)
    score = weights.dark
    sign = allMarks
    const alive: number[] = []
    for (let vantage = 0; vantage < vantages; vantage += 1) {
      const node = vantageNode[vantage] ?? 0
      if (failed[node] === 1) continue
      if (failed[graph.uplinksFrom + vantage] !== 1) alive.push(vantage)
      else {
        score += weights.self[vantage] ?? 0
        add(gain, node, -(weights.self[vantage] ?? 0))
      }
    }
    for (const vantage of alive) {
      const node = vantageNode[vantage] ?? 0
      walk([node], vantage, vantages === 1)
      for (let other = 0; other < nodes; other += 1) if (disc[other] !== -1) reached[vantage * nodes + other] = 1
      add(gain, graph.uplinksFrom + vantage, (sum[node] ?? 0) + (weights.self[vantage] ?? 0))
      add(turn, graph.uplinksFrom + vantage, sumTurn[node] ?? 0)
    }
    if (vantages > 1) {
      const starts = alive.map((vantage) => vantageNode[vantage] ?? 0)
      for (const start of starts) isStart[start] = 1
      walk(starts, -1, true)
      for (const vantage of alive) {
        const node = vantageNode[vantage] ?? 0
        // Only where nobody else hears it is what it hears lost with it.
        if (depth[node] !== 0 || low[node] === -1) continue
        add(gain, graph.uplinksFrom + vantage, sum[node] ?? 0)
        add(turn, graph.uplinksFrom + vantage, sumTurn[node] ?? 0)
      }
      isStart.fill(0)
    }
    if (faults.length > 0) score += graph.first
    for (const fault of faults) score += graph.prior[fault] ?? 0
  }
  return { take, score: () => score, sign: () => sign, gain, turn, failed, reached, heard, walks: () => walks }
}
