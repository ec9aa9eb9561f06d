/**
 * Random numbers for everything that can be observed. The sum of the numbers of what shows is the
 * signature of a set of faults: two sets with the same signature have the same visible effects.
 */
import type { Graph } from "../graph/graph.ts"
import { seededWhole } from "../random.ts"

/** One number per observable; 0 where nothing is ever observed. */
export type Marks = {
  /** By vantage × nodes + node. */
  readonly reach: Float64Array
  /** By port: the port is down. */
  readonly port: Float64Array
  /** By node: its reports arrive, which separates a port up from one not reported. */
  readonly reporter: Float64Array
  /** By fault: names a set of faults, whatever it shows. */
  readonly fault: Float64Array
}

/** Random whole numbers of this many bits. */
const createNumbers = (bits: number): (() => number) => {
  const next = seededWhole(0x9e3779b9)
  const high = 2 ** Math.max(0, bits - 32)
  return () => (next() % high) * 2 ** 32 + next()
}

/** `isPinged`: whether the reachability of a node is observed at all. */
export const createMarks = (graph: Graph, isPinged: (node: number) => boolean): Marks => {
  const reach = new Float64Array(graph.vantages * graph.nodes)
  const port = new Float64Array(2 * graph.links)
  const reporter = new Float64Array(graph.nodes)
  const fault = new Float64Array(graph.ids.length)
  // Sums of whole numbers are exact below 2^53.
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
