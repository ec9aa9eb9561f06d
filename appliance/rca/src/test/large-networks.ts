/** Large networks of extreme shapes, for limits on processor time. Seeded, with noise. */
import type { Link, Network, Node, Observation } from "../rca.ts"
import { createReferenceModel, type Plan } from "./reference-model.ts"

type Random = () => number
type Pairs = [number, number][]
const whole = (random: Random, below: number): number => Math.floor(random() * below)
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

/** The ends of the links of each shape. */
export const SHAPES: Readonly<Record<string, (size: number, random: Random) => Pairs>> = {
  tree: (size, random) => range(size - 1).map((n) => [whole(random, n + 1), n + 1]),
  chain: (size) => range(size - 1).map((n) => [n, n + 1]),
  ring: (size) => range(size).map((n) => [n, (n + 1) % size]),
  star: (size) => range(size - 1).map((n) => [0, n + 1]),
  "sparse web": (size, random) => [
    ...range(size - 1).map((n): [number, number] => [Math.max(0, n - whole(random, 300)), n + 1]),
    ...range(Math.floor(size / 2)).map((): [number, number] => [
      whole(random, size),
      whole(random, size),
    ]),
  ],
  "dense clusters": (size, random) =>
    range(size - 1).flatMap((n): Pairs => {
      const first = n + 1 - ((n + 1) % 12)
      const trunk: Pairs = n + 1 === first ? [[whole(random, first), first]] : []
      return [
        ...trunk,
        ...range(n + 1 - first).map((offset): [number, number] => [first + offset, n + 1]),
      ]
    }),
  "rings on a ring": (size) =>
    range(size).map((n) =>
      n < 200
        ? [n, (n + 1) % 200]
        : n % 20 === 0
          ? [whole(() => (n % 997) / 997, 200), n]
          : [n - 1, n],
    ),
}

export const planOf = (pairs: Pairs, size: number, random: Random): Plan => {
  const nodes: Node[] = range(size).map((n) => ({
    id: `n${n}`,
    kind: "router",
    monitored: random() < 0.5,
  }))
  const links: Link[] = pairs.map(([a, b], index) => ({ id: `l${index}`, a: `n${a}`, b: `n${b}` }))
  const groups = range(20).map((n) => ({
    id: `g${n}`,
    members: range(10).map(() => `l${whole(random, links.length)}`),
  }))
  return { nodes, links, groups, vantages: ["n0", `n${size >> 1}`] }
}

/** Adds a customer to every node but the first. */
export const withCustomers = (plan: Plan): Plan => ({
  ...plan,
  nodes: [
    ...plan.nodes,
    ...plan.nodes
      .slice(1)
      .map((_, n): Node => ({ id: `c${n}`, kind: "customer", monitored: false })),
  ],
  links: [
    ...plan.links,
    ...plan.nodes.slice(1).map(({ id }, n): Link => ({ id: `a${n}`, a: id, b: `c${n}` })),
  ],
})

/**
 * Everything observed once under this many faults, with some observations wrong or missing;
 * `random`: each reads up or down at random.
 */
export const observeAll = (plan: Plan, faults: number | "random", random: Random): Network => {
  const { things, reading } = createReferenceModel(plan)
  const failed = range(faults === "random" ? 0 : faults).map(
    (n) =>
      (n % 3 === 0
        ? plan.nodes[whole(random, plan.nodes.length)]
        : plan.links[whole(random, plan.links.length)]
      )?.id ?? "",
  )
  const read = reading(failed)
  const observations = things.flatMap((thing): Observation[] => {
    if (thing.signal === "adjacency" || random() < 0.02) return []
    const word = read(thing)
    if (word !== "up" && word !== "down") return []
    const isUp =
      faults === "random"
        ? random() < 0.5
        : (word === "up") === random() > (word === "up" ? 0.005 : 0.025)
    return [{ ...thing, value: isUp ? "up" : "down" }]
  })
  return { ...plan, observations }
}
