/**
 * What is added to a graph: customers at its edge, which routers report ports, the vantages, and
 * groups that share a risk.
 */
import type { Group, Link, Network, Node } from "@ispvm/rca"
import { pick, type Shape, shuffled } from "./shape.ts"

export type Plan = Omit<Network, "observations">
export type Variant = {
  /** At each router with at most two links. */
  readonly customers: number
  /** Share of the routers that report their ports. */
  readonly instrumented: number
  readonly vantages: 1 | 2
  readonly hasGroups: boolean
}

const degrees = (shape: Shape): Map<string, number> => {
  const degree = new Map(shape.routers.map((router) => [router, 0]))
  for (const { a, b } of shape.links)
    for (const end of [a, b]) degree.set(end, (degree.get(end) ?? 0) + 1)
  return degree
}

/** Hops from one router to every other one. */
const distances = (shape: Shape, from: string): Map<string, number> => {
  const hops = new Map([[from, 0]])
  for (const here of hops.keys())
    for (const { a, b } of shape.links) {
      const there = a === here ? b : b === here ? a : here
      if (!hops.has(there)) hops.set(there, (hops.get(here) ?? 0) + 1)
    }
  return hops
}

/** The router with the most links, and of those far from it the one with the most links. */
const chooseVantages = (shape: Shape, count: number): string[] => {
  const degree = degrees(shape)
  const busiest = (routers: readonly string[]): string =>
    routers.reduce(
      (best, router) => ((degree.get(router) ?? 0) > (degree.get(best) ?? 0) ? router : best),
      routers[0] ?? "",
    )
  const first = busiest(shape.routers)
  if (count === 1) return [first]
  const hops = distances(shape, first)
  const maxHops = Math.max(...hops.values())
  return [
    first,
    busiest(shape.routers.filter((router) => (hops.get(router) ?? 0) >= 0.75 * maxHops)),
  ]
}

/**
 * Sites of two or three neighbours, ducts with two or three links of one router, and a carrier of
 * links anywhere.
 */
const makeGroups = (shape: Shape, random: () => number): Group[] => {
  const linksOf = (router: string): Link[] =>
    shape.links.filter(({ a, b }) => a === router || b === router)
  const some = <T>(items: readonly T[]): T[] =>
    shuffled(items, random).slice(0, 2 + Math.floor(random() * 2))
  const centres = shuffled(shape.routers, random)
  const sites = centres.slice(0, Math.ceil(centres.length / 8)).map((router) => {
    const neighbours = [...new Set(linksOf(router).map(({ a, b }) => (a === router ? b : a)))]
    return { id: `power at ${router}`, members: [router, ...some(neighbours).slice(0, 2)] }
  })
  const ducts = centres
    .slice(sites.length)
    .filter((router) => linksOf(router).length > 1)
    .slice(0, Math.ceil(centres.length / 6))
    .map((router) => ({
      id: `duct at ${router}`,
      members: some(linksOf(router)).map((link) => link.id),
    }))
  const carrier = {
    id: "carrier",
    members: [pick(shape.links, random).id, ...some(shape.links).map((link) => link.id)],
  }
  return [...sites, ...ducts, { ...carrier, members: [...new Set(carrier.members)] }]
}

export const makePlan = (shape: Shape, variant: Variant, random: () => number): Plan => {
  const degree = degrees(shape)
  const monitoredIds = new Set(
    shuffled(shape.routers, random).slice(
      0,
      Math.round(variant.instrumented * shape.routers.length),
    ),
  )
  const routers = shape.routers.map(
    (id): Node => ({ id, kind: "router", monitored: monitoredIds.has(id) }),
  )
  const edge = shape.routers.filter((router) => (degree.get(router) ?? 0) <= 2)
  const customers = edge.flatMap((router) =>
    Array.from({ length: variant.customers }, (_, i) => ({
      router,
      id: `customer ${i + 1} of ${router}`,
    })),
  )
  return {
    nodes: [
      ...routers,
      ...customers.map(({ id }): Node => ({ id, kind: "customer", monitored: false })),
    ],
    links: [
      ...shape.links,
      ...customers.map(({ router, id }): Link => ({ id: `access of ${id}`, a: router, b: id })),
    ],
    groups: variant.hasGroups ? makeGroups(shape, random) : [],
    vantages: chooseVantages(shape, variant.vantages),
  }
}
