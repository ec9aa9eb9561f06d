/** The layout of an incident diagram: rows by distance from the agents. Pure. */
import { byText } from "../../i18n/format/names.ts"
import type { Fleet } from "../../state/fleet.ts"
import type { BlastRoom, BlastThings, Neighbours } from "./blast-parts.ts"

export type Spot = {
  readonly id: string
  readonly x: number
  readonly y: number
  /** Width available for a name. */
  readonly cell: number
}

const CELL_WIDTH = 104
/** At this distance a name fits beside its shape. */
const MIN_BESIDE_WIDTH = 200
/** A larger distance only makes the lines longer. */
const MAX_CELL_WIDTH = 230
const TOP = 28
/** Space for the name on the outline of a site. */
const SITE_TOP = 24
/** Few rows may be far apart; many must fit on the page. */
const rowHeight = (rows: number): number => (rows <= 3 ? 118 : rows <= 5 ? 96 : 80)
/** Agents are above everything. */
const AGENT_RANK = -1

export const perLineIn = (width: number): number => Math.max(2, Math.floor(width / CELL_WIDTH))

/** Hops from the agents; if their place is unknown, from the best-connected device. */
export const distances = (fleet: Fleet, neighbours: Neighbours): ReadonlyMap<string, number> => {
  const agentDevices = [...fleet.agents.values()].flatMap((agent) =>
    agent.deviceId === null ? [] : [agent.deviceId],
  )
  const queue = agentDevices.length > 0 ? agentDevices : hubOf(neighbours)
  const distance = new Map(queue.map((id) => [id, 0]))
  for (const id of queue) {
    for (const other of neighbours.get(id) ?? []) {
      if (distance.has(other)) continue
      distance.set(other, (distance.get(id) ?? 0) + 1)
      queue.push(other)
    }
  }
  return distance
}

const hubOf = (neighbours: Neighbours): string[] => {
  let best: readonly [string, number] | undefined
  for (const [id, others] of neighbours)
    if (best === undefined || others.length > best[1]) best = [id, others.length]
  return best === undefined ? [] : [best[0]]
}

export const neighboursOf = (fleet: Fleet): Neighbours => {
  const neighbours = new Map<string, string[]>()
  const put = (here: string, there: string): void => {
    const known = neighbours.get(here)
    if (known === undefined) neighbours.set(here, [there])
    else known.push(there)
  }
  for (const { a, b } of fleet.links.values()) {
    put(a.deviceId, b.deviceId)
    put(b.deviceId, a.deviceId)
  }
  return neighbours
}

export const placeThings = (
  fleet: Fleet,
  things: BlastThings,
  { hops, perLine, neighbours }: BlastRoom,
  width: number,
): { readonly spots: ReadonlyMap<string, Spot>; readonly height: number } => {
  const ranks = ranksOf(fleet, things, hops)
  const linesOf = (rank: readonly string[]): number => Math.ceil(rank.length / perLine)
  const lines = ranks.reduce((sum, rank) => sum + linesOf(rank), 0)
  const tall = rowHeight(lines)
  const top = TOP + (things.sites.size > 0 ? SITE_TOP : 0)
  const used = Math.min(
    width,
    Math.max(2, ...ranks.map((rank) => Math.min(rank.length, perLine))) * MAX_CELL_WIDTH,
  )
  const spots = new Map<string, Spot>()
  let line = 0
  for (const rank of ranks) {
    const lineCount = linesOf(rank)
    const step = used / rank.length
    const ordered = inOrder(fleet, rank, spots, neighbours)
    const gap = Math.min(step, MIN_BESIDE_WIDTH)
    const xs =
      lineCount > 1
        ? ordered.map((_, index) => step * (index + 0.5))
        : alignToTargets(ordered, pullOf(ordered, spots, neighbours), gap, used)
    ordered.forEach((id, index) => {
      // Components that do not fit side by side alternate between two lines, so that links can pass
      // between them.
      const y = tall * (line + (index % lineCount)) + top
      spots.set(id, {
        id,
        x: (xs[index] ?? 0) + (width - used) / 2,
        y,
        cell: Math.min(lineCount > 1 ? step * lineCount : gap, MAX_CELL_WIDTH),
      })
    })
    line += lineCount
  }
  return { spots, height: lines === 0 ? 0 : tall * (lines - 1) + top + 42 }
}

/** The wanted position of each, by the placed components upstream; null if there is none. */
const pullOf = (
  ids: readonly string[],
  spots: ReadonlyMap<string, Spot>,
  neighbours: Neighbours,
): ReadonlyMap<string, number | null> =>
  new Map(
    ids.map((id) => {
      const xs = (neighbours.get(id) ?? []).flatMap((other) => spots.get(other)?.x ?? [])
      return [id, xs.length === 0 ? null : xs.reduce((sum, x) => sum + x, 0) / xs.length]
    }),
  )

/** Below their upstream components, so that few lines cross; else by name. */
const inOrder = (
  fleet: Fleet,
  row: readonly string[],
  spots: ReadonlyMap<string, Spot>,
  neighbours: Neighbours,
): readonly string[] => {
  const pull = pullOf(row, spots, neighbours)
  const name = (id: string): string => fleet.devices.get(id)?.name ?? ""
  return [...row].sort((one, other) => {
    const [mine, theirs] = [pull.get(one) ?? null, pull.get(other) ?? null]
    return (mine === null || theirs === null ? 0 : mine - theirs) || byText(name(one), name(other))
  })
}

/**
 * Each as close as possible to its wanted position, in order, `gap` apart, within the width: the
 * mean of pushing right and pushing left.
 */
const alignToTargets = (
  row: readonly string[],
  pull: ReadonlyMap<string, number | null>,
  gap: number,
  width: number,
): readonly number[] => {
  const goals = row.map((id, index) => pull.get(id) ?? (width / row.length) * (index + 0.5))
  const rightwards = (from: readonly number[], min: number): number[] => {
    let edge = min - gap
    return from.map((x) => {
      edge = Math.max(x, edge + gap)
      return edge
    })
  }
  const leftwards = (from: readonly number[], max: number): number[] =>
    rightwards(
      [...from].reverse().map((x) => -x),
      -max,
    )
      .reverse()
      .map((x) => -x)
  const left = leftwards(goals, Number.POSITIVE_INFINITY)
  const mean = rightwards(goals, Number.NEGATIVE_INFINITY).map(
    (x, index) => (x + (left[index] ?? x)) / 2,
  )
  return leftwards(rightwards(mean, gap / 2), width - gap / 2)
}

/** By distance; devices of a site that may have no power are grouped, so that one outline fits. */
const ranksOf = (
  fleet: Fleet,
  things: BlastThings,
  hops: (device: string) => number,
): readonly (readonly string[])[] => {
  const siteOf = (id: string): string | null => {
    const site = fleet.devices.get(id)?.siteId ?? null
    return site !== null && things.sites.has(site) ? site : null
  }
  const nearest = new Map<string, number>()
  for (const id of things.devices.keys()) {
    const site = siteOf(id)
    if (site !== null)
      nearest.set(site, Math.min(nearest.get(site) ?? Number.MAX_SAFE_INTEGER, hops(id)))
  }
  const order = [...nearest.keys()]
  const rankOf = (id: string): number => {
    if (things.agents.has(id)) return AGENT_RANK
    const site = siteOf(id)
    if (site === null) return hops(id)
    // After components at the same distance; two sites never share a row, and within a site the
    // more distant are lower.
    const first = nearest.get(site) ?? 0
    return (
      first +
      (order.indexOf(site) + 1 + Math.min(0.9, (hops(id) - first) / 100)) / (order.length + 2)
    )
  }
  const ranks = Map.groupBy([...things.agents.keys(), ...things.devices.keys()], rankOf)
  return [...ranks].sort(([one], [other]) => one - other).map(([, ids]) => ids)
}
