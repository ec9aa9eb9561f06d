/**
 * The methods that the solver is compared with, each in its published form, on the same documents:
 * - parent tree: the topmost down nodes in the tree of shortest paths from the first vantage;
 * - greedy coverage: the fault that explains most of the remaining alarms, until none is left;
 * - SCORE: the same among faults of which most symptoms are present (Kompella et al., NSDI 2005:
 *   hit ratio and coverage).
 * Several observations of one thing count as what most of them read; a tie counts as down.
 */
import type { Observation } from "@ispvm/rca"
import { DOWN, placeOf, visibilityOf, type World } from "./world.ts"

/** The sets of components that an operator may understand by the answer, best first. */
export type Reference = (cached: CachedWorld, read: Int8Array) => string[][]
/** A world with what each component alone brings down, computed when first needed. */
export type CachedWorld = {
  readonly world: World
  readonly singleFaults: Map<string, readonly number[]>
}
export const cacheWorld = (world: World): CachedWorld => ({ world, singleFaults: new Map() })

const UNREAD = -1
const READ_UP = 0
const READ_DOWN = 1
/** By observable: down, up, or not read. */
export const readingOf = (world: World, observations: readonly Observation[]): Int8Array => {
  const votes = new Int32Array(world.observables.length)
  const read = new Int8Array(world.observables.length).fill(UNREAD)
  for (const observation of observations) {
    const place = placeOf(world, observation)
    if (place === undefined) continue
    votes[place] = (votes[place] ?? 0) + (observation.value === "down" ? 1 : -1)
    read[place] = (votes[place] ?? 0) >= 0 ? READ_DOWN : READ_UP
  }
  return read
}

/** Each topmost node or the link to its parent: all combinations are given. */
const parentTree: Reference = ({ world }, read) => {
  const [root = ""] = world.plan.vantages
  const parent = new Map<number, { readonly node: number; readonly link: number }>()
  const start = world.indexOf.get(root) ?? 0
  const order = [start]
  for (const here of order)
    for (const { node, link } of world.hops[here] ?? [])
      if (node !== start && !parent.has(node)) {
        parent.set(node, { node: here, link })
        order.push(node)
      }
  // The observables of the first vantage come first, in the order of the nodes.
  const isDown = (node: number): boolean => read[node] === READ_DOWN
  const hasDownAncestor = (node: number): boolean => {
    for (let at = parent.get(node); at !== undefined; at = parent.get(at.node))
      if (isDown(at.node)) return true
    return false
  }
  const top = order.filter((node) => isDown(node) && !hasDownAncestor(node))
  const idOf = [...world.indexOf.keys()]
  const core = top.filter((node) => !world.customerIds.has(idOf[node] ?? "")).slice(0, 8)
  return Array.from({ length: 2 ** core.length }, (_, choice) =>
    core.map(
      (node, i) => idOf[(choice >> i) % 2 === 1 ? (parent.get(node)?.link ?? node) : node] ?? "",
    ),
  )
}

const singleFaultOf = (cached: CachedWorld, id: string): readonly number[] => {
  const known = cached.singleFaults.get(id)
  if (known !== undefined) return known
  const visibility = visibilityOf(cached.world, [id])
  const downPlaces: number[] = []
  visibility.forEach((reading, place) => {
    if (reading === DOWN) downPlaces.push(place)
  })
  cached.singleFaults.set(id, downPlaces)
  return downPlaces
}

/** All routers, links and groups; customers and access links only where something reads down. */
const candidatesOf = (cached: CachedWorld, read: Int8Array): string[] => {
  const { world } = cached
  const downEntities = new Set(
    world.observables.filter((_, place) => read[place] === READ_DOWN).map(({ entity }) => entity),
  )
  const touched = new Set(
    world.plan.links.flatMap(({ id, a, b }) =>
      downEntities.has(id) || downEntities.has(a) || downEntities.has(b) ? [id, a, b] : [],
    ),
  )
  return [...world.plan.groups, ...world.plan.nodes, ...world.plan.links]
    .map(({ id }) => id)
    .filter((id) => !world.customerIds.has(id) || touched.has(id))
}

/** Repeatedly takes the fault that covers most; of equals the one with the fewest symptoms. */
const cover =
  (isFit: (hits: number, shown: number) => boolean): Reference =>
  (cached, read) => {
    const left = new Set([...read.keys()].filter((place) => read[place] === READ_DOWN))
    const pool = candidatesOf(cached, read).flatMap((id) => {
      const shown = singleFaultOf(cached, id).filter((place) => read[place] !== UNREAD)
      const hits = shown.filter((place) => read[place] === READ_DOWN)
      return hits.length > 0 && isFit(hits.length, shown.length)
        ? [{ id, hits, shown: shown.length }]
        : []
    })
    const chosen: string[] = []
    while (left.size > 0) {
      const best = pool
        .map(({ id, hits, shown }) => ({
          id,
          hits,
          shown,
          gain: hits.filter((place) => left.has(place)).length,
        }))
        .reduce(
          (one, other) =>
            other.gain > one.gain || (other.gain === one.gain && other.shown < one.shown)
              ? other
              : one,
          {
            id: "",
            hits: [] as number[],
            shown: 0,
            gain: 0,
          },
        )
      if (best.gain === 0) break
      chosen.push(best.id)
      for (const place of best.hits) left.delete(place)
    }
    return [chosen]
  }

/** The share of the symptoms of a component that must be present. */
const HIT_RATIO = 0.8

export const REFERENCES: Readonly<Record<string, Reference>> = {
  "parent tree": parentTree,
  greedy: cover(() => true),
  SCORE: cover((hits, shown) => hits / shown >= HIT_RATIO),
}
