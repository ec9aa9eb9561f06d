/**
 * What carries a link's traffic when it fails, and how much capacity is then left. Pure.
 *
 * Traffic moves to the other links between the same two devices; without any, to the path with the
 * fewest hops, and among equals the one with the most capacity left, like routing with equal costs.
 * All of it takes one path, so the result is conservative. Parallel links share the moved traffic
 * by their capacity. Only links that are not down take part.
 */
import type { Failover, FailoverCase, FailoverDirection, LinkRef } from "../../api/links.ts"
import { type Hop, type Network, type NetworkLink, networkOf, shortestPath } from "./paths.ts"

export type { NetworkLink } from "./paths.ts"

type Direction = "aToB" | "bToA"
const DIRECTIONS: readonly Direction[] = ["aToB", "bToA"]
type Flow = Readonly<Record<Direction, number | null>>

const refOf = ({ id, name }: NetworkLink): LinkRef => ({ id, name })
const sum = (values: readonly (number | null)[]): number | null =>
  values.reduce((total, value) => (total === null || value === null ? null : total + value), 0)

/** Null if there is no such link. */
export const failoverOf = (links: readonly NetworkLink[], id: string): Failover | null => {
  const link = links.find((each) => each.id === id)
  if (link === undefined) return null
  const running = networkOf(links.filter((each) => each.isUp || each.id === id))
  const hasFailed = !link.isUp
  const hops = alternative(running, link, [link])
  if (hops === null) {
    const whole = alternative(networkOf(links), link, [link])
    const down = (whole ?? []).flatMap((hop) => hop.links.filter((each) => !each.isUp))
    return {
      kind: "none",
      hasFailed,
      ifThisFails: null,
      ifPartnerFails: null,
      unavailable: down.map(refOf),
    }
  }
  // A failed link carries nothing: its traffic is already part of the load of others.
  const flow: Flow = hasFailed ? { aToB: 0, bToA: 0 } : { aToB: link.aToBBps, bToA: link.bToABps }
  return {
    kind: kindOf(link, hops),
    hasFailed,
    ifThisFails: caseOf([link], hops, flow),
    ifPartnerFails: hasFailed ? null : worstPartner(running, link, hops),
    unavailable: [],
  }
}

const alternative = (
  network: Network,
  { a, b }: NetworkLink,
  failed: readonly NetworkLink[],
): readonly Hop[] | null =>
  shortestPath(network, a.deviceId, b.deviceId, new Set(failed.map((each) => each.id)))

const kindOf = ({ a, b }: NetworkLink, hops: readonly Hop[]): Failover["kind"] => {
  if (hops.length === 1) return "parallel"
  const sites = new Set([a.siteId, b.siteId])
  const isInside = hops.every((hop) =>
    hop.links.every((each) => sites.has(each.a.siteId) && sites.has(each.b.siteId)),
  )
  return isInside && !sites.has(null) && sites.size === 2 ? "same-sites" : "ring"
}

/** `hops` lead from the failed link's end A to its end B; `flow` is what moves. */
const caseOf = (failed: readonly NetworkLink[], hops: readonly Hop[], flow: Flow): FailoverCase => {
  const unknown = [
    // Of a failed link only its own load counts, not traffic that has already moved.
    ...(flow.aToB === null || flow.bToA === null
      ? failed.flatMap(unknownOf).filter(({ what }) => what === "load")
      : []),
    ...hops.flatMap((hop) => hop.links.flatMap(unknownOf)),
  ]
  const direction = (which: Direction): FailoverDirection => {
    const places = hops.map((hop) => {
      const capacityBps = sum(hop.links.map((link) => link.capacityBps))
      const loadBps = sum([...hop.links.map((link) => loadOf(link, hop.from, which)), flow[which]])
      const leftBps = capacityBps === null || loadBps === null ? null : capacityBps - loadBps
      return { narrowest: hop.links.map(refOf), capacityBps, loadBps, leftBps }
    })
    return narrowestOf(places)
  }
  return {
    failed: failed.map(refOf),
    carriedBy: hops.flatMap((hop) => hop.links.map(refOf)),
    aToB: direction("aToB"),
    bToA: direction("bToA"),
    unknown,
  }
}

const UNKNOWN_DIRECTION: FailoverDirection = {
  narrowest: [],
  capacityBps: null,
  loadBps: null,
  leftBps: null,
}

/** A hop with unknown values could be the narrowest: then there is no result. */
const narrowestOf = (places: readonly FailoverDirection[]): FailoverDirection =>
  places.some(({ leftBps }) => leftBps === null)
    ? UNKNOWN_DIRECTION
    : places.reduce(
        (best, each) =>
          (each.leftBps ?? 0) < (best.leftBps ?? Number.POSITIVE_INFINITY) ? each : best,
        UNKNOWN_DIRECTION,
      )

const unknownOf = (link: NetworkLink): FailoverCase["unknown"] => [
  ...(link.capacityBps === null ? [{ link: refOf(link), what: "capacity" as const }] : []),
  ...(link.aToBBps === null || link.bToABps === null
    ? [{ link: refOf(link), what: "load" as const }]
    : []),
]

/** The load of a link in the direction of a hop that begins at `from`. */
const loadOf = (link: NetworkLink, from: string, which: Direction): number | null =>
  (link.a.deviceId === from) === (which === "aToB") ? link.aToBBps : link.bToABps

/** Of all links that would fall back on this one, the one that leaves the least capacity. */
const worstPartner = (
  network: Network,
  link: NetworkLink,
  hops: readonly Hop[],
): FailoverCase | null => {
  const cases = hops.flatMap((hop) =>
    hops.length === 1 ? parallelCases(link, hop) : fallsBackOn(network, link, hop),
  )
  const minLeft = (each: FailoverCase): number =>
    Math.min(...DIRECTIONS.map((which) => each[which].leftBps ?? Number.POSITIVE_INFINITY))
  return cases.reduce<FailoverCase | null>(
    (worst, each) => (worst === null || minLeft(each) < minLeft(worst) ? each : worst),
    null,
  )
}

/** One of several parallel links fails: this one takes its share by capacity. */
const parallelCases = (link: NetworkLink, { links }: Hop): FailoverCase[] =>
  links.map((partner) => {
    const rest = [link, ...links.filter((each) => each.id !== partner.id)]
    const whole = sum(rest.map((each) => each.capacityBps))
    const part =
      rest.length === 1
        ? 1
        : whole === null || link.capacityBps === null
          ? null
          : link.capacityBps / whole
    const moved = (which: Direction): number | null => {
      const load = loadOf(partner, link.a.deviceId, which)
      return load === null || part === null ? null : load * part
    }
    const own: Hop = { from: link.a.deviceId, to: link.b.deviceId, links: [link] }
    const found = caseOf([partner], [own], { aToB: moved("aToB"), bToA: moved("bToA") })
    if (part !== null) return found
    // The share depends on the capacity of all that remain.
    const missing = [
      ...found.unknown,
      ...rest.flatMap(unknownOf).filter(({ what }) => what === "capacity"),
    ]
    return {
      ...found,
      unknown: [...new Map(missing.map((each) => [`${each.link.id} ${each.what}`, each])).values()],
    }
  })

/**
 * A hop of the ring fails as a whole; its traffic crosses this link if its own alternative path
 * does.
 */
const fallsBackOn = (network: Network, link: NetworkLink, hop: Hop): FailoverCase[] => {
  const path = shortestPath(network, hop.from, hop.to, new Set(hop.links.map((each) => each.id)))
  const over = path?.find((each) => each.links.some((one) => one.id === link.id))
  if (over === undefined) return []
  const along = (which: Direction): number | null =>
    sum(hop.links.map((each) => loadOf(each, hop.from, which)))
  const [aToB, bToA] = [along("aToB"), along("bToA")]
  const isAlong = over.from === link.a.deviceId
  const own: Hop = { from: link.a.deviceId, to: link.b.deviceId, links: [link] }
  return [caseOf(hop.links, [own], isAlong ? { aToB, bToA } : { aToB: bToA, bToA: aToB })]
}
