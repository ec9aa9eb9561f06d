/**
 * The graph of a network, recorded or generated. Parallel links are kept; a link from a router to
 * itself is dropped.
 */
import { seeded } from "../bench/figures.ts"
import type { Graphml } from "./graphml.ts"

export type Shape = {
  readonly name: string
  readonly routers: readonly string[]
  readonly links: readonly { readonly id: string; readonly a: string; readonly b: string }[]
}

/** Random numbers seeded by names: a case stays the same whichever other cases run. */
export const randomStream = (...names: readonly (string | number)[]): (() => number) => {
  let hash = 0x811c9dc5
  for (const letter of names.join("\u0000"))
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193)
  const random = seeded(hash)
  for (let i = 0; i < 4; i += 1) random()
  return random
}
export const pick = <T>(items: readonly T[], random: () => number): T => {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error("nothing to pick from")
  return item
}
export const shuffled = <T>(items: readonly T[], random: () => number): T[] =>
  items
    .map((item) => ({ item, at: random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item)

/** Names the links after their ends; further parallel ones get a number. */
export const shapeOf = (
  name: string,
  routers: readonly string[],
  pairs: readonly (readonly [string, string])[],
): Shape => {
  const usedIds = new Set(routers)
  const links = pairs
    .filter(([a, b]) => a !== b)
    .map(([a, b]) => {
      let id = `${a} – ${b}`
      for (let n = 2; usedIds.has(id); n += 1) id = `${a} – ${b} #${n}`
      usedIds.add(id)
      return { id, a, b }
    })
  return { name, routers, links }
}

export const largestComponent = (shape: Shape): Shape => {
  const groupOf = new Map(shape.routers.map((router) => [router, router]))
  const root = (router: string): string => {
    let at = router
    for (let next = groupOf.get(at) ?? at; next !== at; next = groupOf.get(at) ?? at) at = next
    return at
  }
  for (const { a, b } of shape.links) groupOf.set(root(a), root(b))
  const sizes = new Map<string, number>()
  for (const router of shape.routers) sizes.set(root(router), (sizes.get(root(router)) ?? 0) + 1)
  const [largest] = [...sizes].sort((one, other) => other[1] - one[1])
  const routers = shape.routers.filter((router) => root(router) === largest?.[0])
  const remaining = new Set(routers)
  return { name: shape.name, routers, links: shape.links.filter(({ a }) => remaining.has(a)) }
}

/** Unique labels become names; others are completed with the node id. */
export const shapeOfGraphml = (name: string, graph: Graphml): Shape => {
  const times = new Map<string, number>()
  for (const { data } of graph.nodes)
    times.set(data.label ?? "", (times.get(data.label ?? "") ?? 0) + 1)
  const nameOf = new Map(
    graph.nodes.map(({ id, data }) => {
      const label = data.label ?? ""
      return [id, label !== "" && times.get(label) === 1 ? label : `${label} (${id})`.trim()]
    }),
  )
  const pairs = graph.edges.map(
    ({ source, target }) => [nameOf.get(source) ?? "", nameOf.get(target) ?? ""] as const,
  )
  return shapeOf(name, [...nameOf.values()], pairs)
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `r${i}`)
const at = (routers: readonly string[], index: number): string =>
  routers[index % routers.length] ?? ""

/** A ring with smaller rings on it, like metro networks. */
const rings = (size: number, random: () => number): Shape => {
  const routers = numbered(size)
  const core = Math.max(4, Math.round(size / 3))
  const pairs: [string, string][] = numbered(core).map((_, i) => [
    at(routers, i),
    at(routers, (i + 1) % core),
  ])
  for (let next = core; next < size; ) {
    const length = Math.min(size - next, 2 + Math.floor(random() * 4))
    const from = Math.floor(random() * core)
    pairs.push([at(routers, from), at(routers, next)])
    for (let i = 1; i < length; i += 1)
      pairs.push([at(routers, next + i - 1), at(routers, next + i)])
    pairs.push([
      at(routers, next + length - 1),
      at(routers, (from + Math.floor(random() * 2)) % core),
    ])
    next += length
  }
  return shapeOf(`rings-${size}`, routers, pairs)
}
const tree = (size: number, random: () => number): Shape => {
  const routers = numbered(size)
  const pairs = routers
    .slice(1)
    .map((router, i): [string, string] => [at(routers, Math.floor(i * random())), router])
  return shapeOf(`tree-${size}`, routers, pairs)
}
/** A meshed core, regions with two uplinks, and access trees; some trunks are doubled. */
const isp = (size: number, random: () => number): Shape => {
  const routers = numbered(size)
  const core = Math.max(3, Math.round(size / 8))
  const region = core + Math.max(2, Math.round(size / 3))
  const pairs: [string, string][] = numbered(core).map((_, i) => [
    at(routers, i),
    at(routers, (i + 1) % core),
  ])
  for (let i = 0; i < core; i += 1)
    if (core > 3) pairs.push([at(routers, i), at(routers, Math.floor(random() * core))])
  for (let i = core; i < Math.min(region, size); i += 1) {
    const first = Math.floor(random() * core)
    pairs.push([at(routers, first), at(routers, i)])
    if (random() < 0.7) pairs.push([at(routers, (first + 1) % core), at(routers, i)])
    if (random() < 0.1) pairs.push([at(routers, first), at(routers, i)])
  }
  for (let i = region; i < size; i += 1)
    pairs.push([at(routers, core + Math.floor(random() * (i - core) * 0.8)), at(routers, i)])
  return shapeOf(`isp-${size}`, routers, pairs)
}
/** A random tree, plus half as many random links. */
const web = (size: number, random: () => number): Shape => {
  const routers = numbered(size)
  const pairs = routers
    .slice(1)
    .map((router, i): [string, string] => [at(routers, Math.floor(random() * (i + 1))), router])
  for (let i = 0; i < size / 2; i += 1) pairs.push([pick(routers, random), pick(routers, random)])
  return shapeOf(`web-${size}`, routers, pairs)
}

const GENERATORS = { rings, tree, isp, web }
export type GeneratedKind = keyof typeof GENERATORS
export const GENERATED_KINDS = Object.keys(GENERATORS) as readonly GeneratedKind[]
/** `count` networks of 8 to 120 routers each. */
export const generateShapes = (kind: GeneratedKind, count: number, seed: number): Shape[] =>
  Array.from({ length: count }, (_, i) => {
    const random = randomStream("shape", seed, kind, i)
    const shape = GENERATORS[kind](8 + Math.floor(random() ** 2 * 113), random)
    return { ...shape, name: `${shape.name}.${i}` }
  })
