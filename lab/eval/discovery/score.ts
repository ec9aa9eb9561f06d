/** What was discovered, beside what is true. */
import type { Discovered, End, Link } from "@ispvm/discovery"
import type { Box, Port, World } from "./network.ts"

export type DiscoveryScore = {
  readonly found: number
  readonly right: number
  readonly true: number
  readonly recalled: number
  readonly duplicates: number
  readonly wrongMerges: number
  /** Of links, by tenths of confidence: how many, and how many of them are right. */
  readonly calibration: readonly {
    readonly stated: number
    readonly count: number
    readonly right: number
  }[]
  readonly wrong: readonly string[]
  readonly missing: readonly string[]
}

/** At least this sure is a link that is counted. */
const MIN_CONFIDENCE = 0.5

const portText = ({ box, name }: Port): string => `${box.id}/${name}`
const pairText = (ends: readonly string[]): string => [...ends].sort().join(" – ")

/** MAC addresses of one box, from its first. */
const MACS = 64

/** Of each discovered node the boxes whose MAC addresses it has; without any, those of its name. */
const boxesOf = (world: World, { nodes }: Discovered): Map<string, Box[]> => {
  const byId = new Map(world.boxes.map((box) => [box.id, box]))
  const macs = new Map<number, Box>()
  for (const box of world.boxes)
    for (let at = 0; at < MACS; at += 1) macs.set(box.firstMac + at, box)
  return new Map(
    nodes.map((node) => {
      const own = byId.get(node.id)
      const found =
        own === undefined
          ? node.macs.flatMap((mac) => macs.get(Number.parseInt(mac.replaceAll(":", ""), 16)) ?? [])
          : [own]
      if (found.length > 0 || node.name === null) return [node.id, [...new Set(found)]]
      const name = node.name
      const named = world.boxes.filter(({ identity }) =>
        identity.toLowerCase().startsWith(name.toLowerCase()),
      )
      return [node.id, named.length === 1 ? named : []]
    }),
  )
}

/** Names of all wires: of two ports as a pair, of more by their ports. */
type Truth = {
  /** Wires by the texts of their ports. */
  readonly wires: ReadonlyMap<string, ReadonlySet<string>>
  readonly keys: ReadonlySet<string>
}
const truthOf = (world: World): Truth => {
  const wires = new Map<string, ReadonlySet<string>>()
  const keys = new Set<string>()
  for (const { ends } of world.wires) {
    // What no monitored device is at, nobody reports.
    if (!ends.some(({ box }) => box.isMonitored)) continue
    const texts = new Set(ends.map(portText))
    for (const text of texts) wires.set(text, texts)
    keys.add(pairText([...texts]))
  }
  // A tunnel shows at its ends alone.
  for (const { a, b, name } of world.tunnels)
    if (a.isMonitored && b.isMonitored) keys.add(`tunnel ${pairText([a.id, b.id])} ${name}`)
  for (const { port } of world.upstreams) keys.add(`upstream ${portText(port)}`)
  return { wires, keys }
}

type Comparison = {
  readonly truth: Truth
  readonly boxes: ReadonlyMap<string, readonly Box[]>
  /** Links of each segment. */
  readonly segments: ReadonlyMap<string, readonly Link[]>
}
const boxOf = ({ boxes }: Comparison, { node }: End): Box | undefined => boxes.get(node)?.[0]

const segmentKey = (comparison: Comparison, { a, b }: Link): string | null => {
  const segment = a.node.startsWith("segment:") ? a.node : b.node
  const ends = (comparison.segments.get(segment) ?? []).map((link) =>
    link.a.node === segment ? link.b : link.a,
  )
  const texts = ends.map((end) => `${boxOf(comparison, end)?.id}/${end.interface}`)
  const wire = comparison.truth.wires.get(texts[0] ?? "")
  return wire !== undefined && texts.every((text) => wire.has(text)) ? pairText([...wire]) : null
}
const cableKey = (comparison: Comparison, { a, b }: Link): string | null => {
  const [one, other] = [boxOf(comparison, a), boxOf(comparison, b)]
  if (one === undefined || other === undefined) return null
  const texts = (box: Box, { interface: name }: End): string[] =>
    box.ports
      .filter((port) => name === null || port.name === name || port.bond === name)
      .map(portText)
  for (const text of texts(one, a)) {
    const wire = comparison.truth.wires.get(text)
    if (wire === undefined || wire.size !== 2) continue
    if (texts(other, b).some((far) => far !== text && wire.has(far))) return pairText([...wire])
  }
  return null
}
/** The true wire that a link is; null if there is none. */
const trueKey = (comparison: Comparison, link: Link): string | null => {
  const known = (key: string): string | null => (comparison.truth.keys.has(key) ? key : null)
  const [a, b] = [link.a, link.b].map((end) => boxOf(comparison, end)?.id ?? "")
  if (link.kind === "tunnel")
    return known(`tunnel ${pairText([a ?? "", b ?? ""])} ${link.a.interface}`)
  if (link.kind === "segment") return segmentKey(comparison, link)
  if (link.kind !== "peering") return cableKey(comparison, link)
  const own = link.a.node.startsWith("peer:") ? link.b : link.a
  return known(`upstream ${boxOf(comparison, own)?.id}/${own.interface}`)
}

export const scoreOf = (world: World, discovered: Discovered): DiscoveryScore => {
  const boxes = boxesOf(world, discovered)
  const truth = truthOf(world)
  const segments = Map.groupBy(
    discovered.links.filter(({ kind }) => kind === "segment"),
    ({ a, b }) => (a.node.startsWith("segment:") ? a.node : b.node),
  )
  const comparison: Comparison = { truth, boxes, segments }
  const compared = discovered.links
    .filter(({ isStale, kind }) => !isStale && kind !== "bond")
    .map((link) => ({ link, key: trueKey(comparison, link) }))
  const counted = compared.filter(({ link }) => link.confidence >= MIN_CONFIDENCE)
  const recalled = new Set(counted.flatMap(({ key }) => key ?? []))
  const owners = new Map<Box, number>()
  let wrongMerges = 0
  for (const own of boxes.values()) {
    if (own.length > 1) wrongMerges += 1
    for (const box of own) owners.set(box, (owners.get(box) ?? 0) + 1)
  }
  const calibration = Map.groupBy(compared, ({ link }) =>
    Math.min(9, Math.floor(link.confidence * 10)),
  )
  const text = ({ a, b, kind, evidence }: Link): string =>
    `${kind} ${a.node}/${a.interface} – ${b.node}/${b.interface} by ${[...new Set(evidence.map((each) => `${each.source}(${each.by})`))].join(" ")}`
  return {
    found: counted.length,
    right: counted.filter(({ key }) => key !== null).length,
    true: truth.keys.size,
    recalled: recalled.size,
    duplicates: [...owners.values()].reduce((sum, count) => sum + count - 1, 0),
    wrongMerges,
    calibration: [...calibration]
      .sort(([a], [b]) => a - b)
      .map(([, each]) => ({
        stated: each.reduce((sum, { link }) => sum + link.confidence, 0) / each.length,
        count: each.length,
        right: each.filter(({ key }) => key !== null).length,
      })),
    wrong: counted.filter(({ key }) => key === null).map(({ link }) => text(link)),
    missing: [...truth.keys].filter((key) => !recalled.has(key)),
  }
}
