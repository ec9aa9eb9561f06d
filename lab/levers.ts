/** What is broken by hand, and what each lever makes of it. Pure. */
import type { Lever } from "./commands.ts"
import type { Broken, Site, Topology } from "./topology.ts"

export type Hand = {
  readonly cutLinks: ReadonlySet<string>
  /** Links that are down for the moment because one of their ports flaps. */
  readonly flapping: ReadonlySet<string>
  readonly deadRouters: ReadonlySet<string>
  /** Keys of the sites without power. */
  readonly darkSites: ReadonlySet<string>
  /** Upstreams whose every line to us is gone; they themselves live on. */
  readonly lostUpstreams: ReadonlySet<string>
  readonly wayOutCut: boolean
  readonly lossRatio: number
}
const NONE: ReadonlySet<string> = new Set()
export const UNTOUCHED: Hand = {
  cutLinks: NONE,
  flapping: NONE,
  deadRouters: NONE,
  darkSites: NONE,
  lostUpstreams: NONE,
  wayOutCut: false,
  lossRatio: 0,
}

export const withName = (names: ReadonlySet<string>, name: string): Set<string> => new Set([...names, name])
export const withoutName = (names: ReadonlySet<string>, name: string): Set<string> =>
  new Set([...names].filter((one) => one !== name))

/** A site by its key, or by the name that the inventory knows it by. */
export const siteOf = (topology: Topology, said: string): Site | undefined =>
  topology.sites.find((site) => site.key === said) ?? topology.sites.find((site) => site.name === said)

/** The hand after one lever. */
export const pulled = (topology: Topology, hand: Hand, lever: Lever): Hand => {
  switch (lever.do) {
    case "cut":
      return { ...hand, cutLinks: withName(hand.cutLinks, lever.link) }
    case "mend":
      return { ...hand, cutLinks: withoutName(hand.cutLinks, lever.link) }
    case "kill":
      return { ...hand, deadRouters: withName(hand.deadRouters, lever.router) }
    case "revive":
      return { ...hand, deadRouters: withoutName(hand.deadRouters, lever.router) }
    case "power-off":
      return { ...hand, darkSites: withName(hand.darkSites, siteOf(topology, lever.site)?.key ?? lever.site) }
    case "power-on":
      return { ...hand, darkSites: withoutName(hand.darkSites, siteOf(topology, lever.site)?.key ?? lever.site) }
    case "lose-upstream":
      return { ...hand, lostUpstreams: withName(hand.lostUpstreams, lever.router) }
    case "restore-upstream":
      return { ...hand, lostUpstreams: withoutName(hand.lostUpstreams, lever.router) }
    case "cut-way-out":
      return { ...hand, wayOutCut: true }
    case "mend-way-out":
      return { ...hand, wayOutCut: false }
    case "loss":
      return { ...hand, lossRatio: lever.ratio }
  }
}

/** What of the network is broken then: a dark site is all of its routers dead at once, a lost upstream all of its lines cut. */
export const brokenBy = (topology: Topology, hand: Hand): Broken => {
  const dark = topology.routers.filter((router) => hand.darkSites.has(router.site)).map((router) => router.name)
  const lost = topology.links.filter(({ a, b }) => hand.lostUpstreams.has(a.router) || hand.lostUpstreams.has(b.router))
  return {
    cutLinks: new Set([...hand.cutLinks, ...hand.flapping, ...lost.map((link) => link.name)]),
    deadRouters: new Set([...hand.deadRouters, ...dark]),
    wayOutCut: hand.wayOutCut,
  }
}

/** Null, or why this lever would move nothing. */
export const stuck = (topology: Topology, hand: Hand, lever: Lever): string | null => {
  if (lever.do !== "revive") return null
  const site = topology.sites.find(({ key }) => key === topology.routers.find(({ name }) => name === lever.router)?.site)
  if (site === undefined || !hand.darkSites.has(site.key)) return null
  return `${lever.router} has no power to boot with: power-on ${site.key} comes first`
}
