/** Faults that routing has not noticed: packets still take what has failed. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { buildGraph } from "../graph/graph.ts"
import { seeded } from "../random.ts"
import { type Network, type Observation, solve } from "../rca.ts"
import { drawRoutings } from "./routing-trees.ts"

type Plan = Omit<Network, "observations">
const draw = (links: readonly string[]): Plan => {
  const ends = links.map((id) => ({ id, a: id.split("-")[0] ?? "", b: id.split("-")[1] ?? "" }))
  const ids = [...new Set(ends.flatMap(({ a, b }) => [a, b]))]
  return {
    nodes: ids.map((id) => ({ id, kind: "router", monitored: true })),
    links: ends,
    groups: [],
    vantages: ["A"],
    isPartial: true,
    mayBeUnrouted: true,
  }
}
/** C, E and F are reached over B; over D and G it is one link more. */
const PLAN = draw(["A-B", "B-C", "A-D", "D-G", "G-C", "C-E", "C-F", "B-H"])

const probes = (plan: Plan, down: readonly string[]): Observation[] =>
  plan.nodes
    .filter(({ id }) => id !== "A")
    .flatMap(({ id }) => {
      const value = down.includes(id) ? ("down" as const) : ("up" as const)
      const one = { entity: id, signal: "reachable", from: "A", value } as const
      return [one, one]
    })
type Signal = "port" | "adjacency"
/** What reachable routers report of their links; `down`: `LINK END`. */
const reports = (
  plan: Plan,
  silent: readonly string[],
  down: readonly string[] = [],
  signal: Signal = "port",
): Observation[] =>
  plan.links.flatMap(({ id, a, b }) =>
    [a, b].flatMap((end): Observation[] =>
      silent.includes(end)
        ? []
        : [{ entity: id, signal, end, value: down.includes(`${id} ${end}`) ? "down" : "up" }],
    ),
  )
const first = (plan: Plan, observations: readonly Observation[]) => {
  const { hypotheses } = solve({ ...plan, observations })
  const [best] = hypotheses
  assert.ok(best)
  return best
}
const BEHIND = ["C", "E", "F"]

test("what one line carries is down while all ports are up: the line, and what is behind it", () => {
  const best = first(PLAN, [...probes(PLAN, BEHIND), ...reports(PLAN, BEHIND)])
  assert.deepEqual(best.components, ["B-C"])
  assert.deepEqual(best.unrouted?.toSorted(), BEHIND)
  assert.deepEqual(best.contradicted, [])
})

test("neighbours that are lost at one end, or at both, are evidence for the line", () => {
  const without = first(PLAN, [...probes(PLAN, BEHIND), ...reports(PLAN, BEHIND)])
  const lost = reports(PLAN, BEHIND, ["B-C B"], "adjacency")
  const best = first(PLAN, [...probes(PLAN, BEHIND), ...reports(PLAN, BEHIND), ...lost])
  assert.deepEqual(best.components, ["B-C"])
  assert.ok(best.probability > without.probability, `${best.probability}`)
  const both = reports(PLAN, [], ["B-C B", "B-C C"], "adjacency")
  const moved = first(PLAN, [...probes(PLAN, []), ...reports(PLAN, []), ...both])
  assert.deepEqual(moved.components, ["B-C"], "routing has moved, and the neighbours are lost")
})

test("a port that is down at one end names the line", () => {
  const observed = [...probes(PLAN, BEHIND), ...reports(PLAN, BEHIND, ["B-C B"])]
  assert.deepEqual(first(PLAN, observed).components, ["B-C"])
})

test("a dead router is no dead line: the ports that face it are down", () => {
  const facing = ["B-C B", "G-C G"]
  const best = first(PLAN, [...probes(PLAN, BEHIND), ...reports(PLAN, BEHIND, facing)])
  assert.deepEqual(best.components, ["C"])
  assert.equal(best.unrouted, undefined)
})

test("where no other path is left, a line that fails is explained as usual", () => {
  const tree = draw(["A-B", "B-C", "C-D"])
  const best = first(tree, [...probes(tree, ["C", "D"]), ...reports(tree, ["C", "D"], ["B-C B"])])
  assert.deepEqual(best.components, ["B-C"])
  assert.equal(best.unrouted, undefined)
})

/** Distances by relaxing all links until nothing changes. */
test("trees are of shortest paths, and each node has one", () => {
  const random = seeded(5)
  const names = Array.from({ length: 30 }, (_, at) => (at === 0 ? "A" : `n${at}`))
  const links = names
    .slice(1)
    .map((name, at) => `${names[Math.floor(random() * (at + 1))]}-${name}`)
  const more = Array.from({ length: 20 }, () => {
    const [one, other] = [Math.floor(random() * 30), Math.floor(random() * 30)]
    return `${names[one]}-${names[other]}`
  })
  const plan = draw(
    [...new Set([...links, ...more])].filter((id) => new Set(id.split("-")).size > 1),
  )
  const graph = buildGraph(plan)
  const [[tree] = []] = drawRoutings(graph)
  assert.ok(tree)
  const hops = new Int32Array(graph.nodes).fill(1_000)
  hops[graph.vantageNode[0] ?? 0] = 0
  for (let round = 0; round < graph.nodes; round += 1)
    for (let link = 0; link < graph.links; link += 1) {
      const [a, b] = [graph.endA[link] ?? 0, graph.endB[link] ?? 0]
      hops[a] = Math.min(hops[a] ?? 0, (hops[b] ?? 0) + 1)
      hops[b] = Math.min(hops[b] ?? 0, (hops[a] ?? 0) + 1)
    }
  assert.equal(tree.order.length, graph.nodes)
  for (const node of tree.order.subarray(1))
    assert.equal(hops[tree.parent[node] ?? -1], (hops[node] ?? 0) - 1)
})

/** C is reached over B or D, which are as many links; costs by link, there and back. */
const SQUARE = draw(["A-B", "B-C", "A-D", "D-C", "C-E"])
const withCosts = (
  costs: Readonly<Record<string, readonly [number | null, number | null]>>,
): Plan => ({
  ...SQUARE,
  links: SQUARE.links.map((link) => {
    const own = costs[link.id]
    return own === undefined ? link : { ...link, costs: own }
  }),
})
const BOTH = [10, 10] as const
const parentsOf = (plan: Plan, of: string): ReadonlySet<string> => {
  const graph = buildGraph(plan)
  const at = graph.ids.indexOf(of)
  return new Set(drawRoutings(graph).map(([tree]) => graph.ids[tree?.parent[at] ?? -1] ?? ""))
}

test("packets take the cheapest path where costs are known, and their answers may take another", () => {
  assert.deepEqual([...parentsOf(SQUARE, "C")].sort(), ["B", "D"], "no cost is known")
  const cheap = withCosts({ "A-B": BOTH, "B-C": BOTH, "A-D": [100, 100], "D-C": [100, 100] })
  assert.deepEqual([...parentsOf(cheap, "C")], ["B"])
  const oneWay = withCosts({ "A-B": BOTH, "B-C": [10, 1_000], "A-D": BOTH, "D-C": [100, 10] })
  assert.deepEqual([...parentsOf(oneWay, "C")].sort(), ["B", "D"], "there over B, back over D")
  // Above the largest number that is kept, the order stays.
  const wide = withCosts({ "A-B": [1, 1], "B-C": [1, 1], "A-D": [65_535, 65_535] })
  assert.deepEqual([...parentsOf(wide, "C")], ["B"])
})

test("a cost that is not known is as usual", () => {
  const some = withCosts({ "A-B": [100, 100], "A-D": [10_000, 10_000], "C-E": [100, 100] })
  assert.deepEqual([...parentsOf(some, "C")], ["B"])
})

test("with costs, the line that packets take is named, and not the other one", () => {
  const down = ["C", "E"]
  const observed = (plan: Plan) => [...probes(plan, down), ...reports(plan, down)]
  const over = (line: string) => {
    const [expensive, cheap] = line === "B-C" ? ["D", "B"] : ["B", "D"]
    return withCosts({
      [`A-${cheap}`]: BOTH,
      [`${cheap}-C`]: BOTH,
      [`A-${expensive}`]: [500, 500],
      [`${expensive}-C`]: [500, 500],
    })
  }
  for (const line of ["B-C", "D-C"]) {
    const plan = over(line)
    assert.deepEqual(first(plan, observed(plan)).components, [line])
  }
  assert.equal(
    new Set(["B-C", "D-C"].flatMap((line) => first(over(line), observed(SQUARE)).components)).size,
    2,
  )
})
