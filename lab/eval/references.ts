/**
 * What ours is held against, each in its plain published form, on the same documents:
 * - parent tree: the topmost silent nodes of the tree of shortest paths from the first vantage (parents as followed by hand);
 * - greedy coverage: what accounts for most of the alarms left, again and again, until none is left;
 * - SCORE: the same among those of which most of the symptoms are there (Kompella et al., NSDI 2005: hit ratio and coverage).
 * Several looks at one thing count as what most of them say; a tie counts as down.
 */
import type { Observation } from "@ispvm/appliance/cause"
import { DOWN, placeOf, sightOf, type World } from "./world.ts"

/** The sets of components an operator would understand by the answer, best first. */
export type Reference = (bench: Bench, read: Int8Array) => string[][]
/** A world with what each component alone makes dark, worked out when first asked for. */
export type Bench = { readonly world: World; readonly alone: Map<string, readonly number[]> }
export const makeBench = (world: World): Bench => ({ world, alone: new Map() })

const UNREAD = -1
const READ_UP = 0
const READ_DOWN = 1
/** For each thing: down, up, or not read. */
export const readingOf = (world: World, observations: readonly Observation[]): Int8Array => {
  const votes = new Int32Array(world.things.length)
  const read = new Int8Array(world.things.length).fill(UNREAD)
  for (const look of observations) {
    const place = placeOf(world, look)
    if (place === undefined) continue
    votes[place] = (votes[place] ?? 0) + (look.value === "down" ? 1 : -1)
    read[place] = (votes[place] ?? 0) >= 0 ? READ_DOWN : READ_UP
  }
  return read
}

/** Each topmost node, or the line to its parent, whichever is meant: all readings of the answer are given. */
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
  // The things of the first vantage stand first, in the order of the nodes.
  const isDark = (node: number): boolean => read[node] === READ_DOWN
  const hasDarkAbove = (node: number): boolean => {
    for (let at = parent.get(node); at !== undefined; at = parent.get(at.node)) if (isDark(at.node)) return true
    return false
  }
  const top = order.filter((node) => isDark(node) && !hasDarkAbove(node))
  const idOf = [...world.indexOf.keys()]
  const core = top.filter((node) => !world.single.has(idOf[node] ?? "")).slice(0, 8)
  return Array.from({ length: 2 ** core.length }, (_, choice) =>
    core.map((node, i) => idOf[(choice >> i) % 2 === 1 ? (parent.get(node)?.link ?? node) : node] ?? ""),
  )
}

const aloneOf = (bench: Bench, id: string): readonly number[] => {
  const known = bench.alone.get(id)
  if (known !== undefined) return known
  const sight = sightOf(bench.world, [id])
  const dark: number[] = []
  sight.forEach((word, place) => {
    if (word === DOWN) dark.push(place)
  })
  bench.alone.set(id, dark)
  return dark
}

/** All routers, links and groups; a customer or its access link only where something of it reads down. */
const candidatesOf = (bench: Bench, read: Int8Array): string[] => {
  const { world } = bench
  const dark = new Set(world.things.filter((_, place) => read[place] === READ_DOWN).map(({ entity }) => entity))
  const touched = new Set(
    world.plan.links.flatMap(({ id, a, b }) => (dark.has(id) || dark.has(a) || dark.has(b) ? [id, a, b] : [])),
  )
  return [...world.plan.groups, ...world.plan.nodes, ...world.plan.links]
    .map(({ id }) => id)
    .filter((id) => !world.single.has(id) || touched.has(id))
}

/** Takes what covers most again and again; among equals what shows least besides. At most 10, as ours. */
const cover =
  (isFit: (hits: number, shown: number) => boolean): Reference =>
  (bench, read) => {
    const left = new Set([...read.keys()].filter((place) => read[place] === READ_DOWN))
    const pool = candidatesOf(bench, read).flatMap((id) => {
      const shown = aloneOf(bench, id).filter((place) => read[place] !== UNREAD)
      const hits = shown.filter((place) => read[place] === READ_DOWN)
      return hits.length > 0 && isFit(hits.length, shown.length) ? [{ id, hits, shown: shown.length }] : []
    })
    const chosen: string[] = []
    while (left.size > 0) {
      const best = pool
        .map(({ id, hits, shown }) => ({ id, hits, shown, gain: hits.filter((place) => left.has(place)).length }))
        .reduce((one, other) => (other.gain > one.gain || (other.gain === one.gain && other.shown < one.shown) ? other : one), {
          id: "",
          hits: [] as number[],
          shown: 0,
          gain: 0,
        })
      if (best.gain === 0) break
      chosen.push(best.id)
      for (const place of best.hits) left.delete(place)
    }
    return [chosen]
  }

/** Of the symptoms a component would cause, how many must be there. */
const HIT_RATIO = 0.8

export const REFERENCES: Readonly<Record<string, Reference>> = {
  "parent tree": parentTree,
  greedy: cover(() => true),
  SCORE: cover((hits, shown) => hits / shown >= HIT_RATIO),
}
