/**
 * Paths through the network of links; parallel links are one hop. Pure; a search visits each link
 * once.
 */

/** An end's site shows whether a path leaves the two sites. `isUp`: not known to be down. */
export type NetworkLink = {
  readonly id: string
  readonly name: string
  readonly a: { readonly deviceId: string; readonly siteId: string | null }
  readonly b: { readonly deviceId: string; readonly siteId: string | null }
  readonly capacityBps: number | null
  readonly aToBBps: number | null
  readonly bToABps: number | null
  readonly isUp: boolean
}
/** One step of a path, and all the links that make it. */
export type Hop = {
  readonly from: string
  readonly to: string
  readonly links: readonly NetworkLink[]
}
/** By device, by neighbour: the links between them. */
export type Network = ReadonlyMap<string, ReadonlyMap<string, readonly NetworkLink[]>>

export const networkOf = (links: readonly NetworkLink[]): Network => {
  const network = new Map<string, Map<string, NetworkLink[]>>()
  const note = (from: string, to: string, link: NetworkLink): void => {
    const next = network.get(from) ?? new Map<string, NetworkLink[]>()
    const known = next.get(to)
    network.set(from, next)
    if (known === undefined) next.set(to, [link])
    else known.push(link)
  }
  for (const link of links) {
    note(link.a.deviceId, link.b.deviceId, link)
    note(link.b.deviceId, link.a.deviceId, link)
  }
  return network
}

type Reached = { readonly hops: number; readonly headroomBps: number; readonly last: Hop | null }

/**
 * The path with the fewest hops that takes none of `failed`; among equals the one with the most
 * room at its narrowest hop. A hop of which capacity or load is not known has the least room. Null:
 * there is none.
 */
export const shortestPath = (
  network: Network,
  from: string,
  to: string,
  failed: ReadonlySet<string>,
): readonly Hop[] | null => {
  const reached = new Map<string, Reached>([
    [from, { hops: 0, headroomBps: Number.POSITIVE_INFINITY, last: null }],
  ])
  let edge = [from]
  for (let hops = 1; edge.length > 0 && !reached.has(to); hops += 1) {
    const next = new Set<string>()
    for (const at of edge) {
      for (const [neighbour, all] of network.get(at) ?? []) {
        const links = all.filter((link) => !failed.has(link.id))
        const known = reached.get(neighbour)
        if (links.length === 0 || (known !== undefined && known.hops < hops)) continue
        const headroomBps = Math.min(reached.get(at)?.headroomBps ?? 0, headroomOf(links))
        if (known !== undefined && known.headroomBps >= headroomBps) continue
        reached.set(neighbour, { hops, headroomBps, last: { from: at, to: neighbour, links } })
        next.add(neighbour)
      }
    }
    edge = [...next]
  }
  return reached.has(to) && from !== to ? walkBack(reached, to) : null
}

const walkBack = (reached: ReadonlyMap<string, Reached>, to: string): readonly Hop[] => {
  const hops: Hop[] = []
  for (
    let hop = reached.get(to)?.last ?? null;
    hop !== null;
    hop = reached.get(hop.from)?.last ?? null
  )
    hops.unshift(hop)
  return hops
}

/** What is free in the busier direction. */
const headroomOf = (links: readonly NetworkLink[]): number =>
  links.reduce(
    (headroom, { capacityBps, aToBBps, bToABps }) =>
      capacityBps === null || aToBBps === null || bToABps === null
        ? Number.NEGATIVE_INFINITY
        : headroom + capacityBps - Math.max(aToBBps, bToABps),
    0,
  )
