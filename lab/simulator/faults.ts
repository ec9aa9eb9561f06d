/** The injected faults, and the effect of each. Pure. */
import type { Fault } from "./commands.ts"
import { type Broken, siteOf, type Topology } from "./topology.ts"

export type FaultState = {
  readonly cutLinks: ReadonlySet<string>
  /** Links that are down at the moment because one of their ports flaps. */
  readonly flapping: ReadonlySet<string>
  readonly deadRouters: ReadonlySet<string>
  /** Keys of the sites without power. */
  readonly poweredOffSites: ReadonlySet<string>
  /** Upstreams whose every link to the network is down; they themselves run. */
  readonly lostUpstreams: ReadonlySet<string>
  readonly uplinkDown: boolean
  readonly lossRatio: number
}
const NONE: ReadonlySet<string> = new Set()
export const NO_FAULTS: FaultState = {
  cutLinks: NONE,
  flapping: NONE,
  deadRouters: NONE,
  poweredOffSites: NONE,
  lostUpstreams: NONE,
  uplinkDown: false,
  lossRatio: 0,
}

export const withName = (names: ReadonlySet<string>, name: string): Set<string> =>
  new Set([...names, name])
export const withoutName = (names: ReadonlySet<string>, name: string): Set<string> =>
  new Set([...names].filter((one) => one !== name))

/** The state after one more fault. */
export const applyFault = (topology: Topology, state: FaultState, fault: Fault): FaultState => {
  switch (fault.do) {
    case "cut":
      return { ...state, cutLinks: withName(state.cutLinks, fault.link) }
    case "repair":
      return { ...state, cutLinks: withoutName(state.cutLinks, fault.link) }
    case "kill":
      return { ...state, deadRouters: withName(state.deadRouters, fault.router) }
    case "revive":
      return { ...state, deadRouters: withoutName(state.deadRouters, fault.router) }
    case "power-off":
      return {
        ...state,
        poweredOffSites: withName(
          state.poweredOffSites,
          siteOf(topology, fault.site)?.key ?? fault.site,
        ),
      }
    case "power-on":
      return {
        ...state,
        poweredOffSites: withoutName(
          state.poweredOffSites,
          siteOf(topology, fault.site)?.key ?? fault.site,
        ),
      }
    case "lose-upstream":
      return { ...state, lostUpstreams: withName(state.lostUpstreams, fault.router) }
    case "restore-upstream":
      return { ...state, lostUpstreams: withoutName(state.lostUpstreams, fault.router) }
    case "cut-uplink":
      return { ...state, uplinkDown: true }
    case "repair-uplink":
      return { ...state, uplinkDown: false }
    case "loss":
      return { ...state, lossRatio: fault.ratio }
  }
}

/**
 * The resulting state of the network: without power, all routers of a site are dead; a lost
 * upstream has all its links cut.
 */
export const brokenBy = (topology: Topology, state: FaultState): Broken => {
  const poweredOff = topology.routers
    .filter((router) => state.poweredOffSites.has(router.site))
    .map((router) => router.name)
  const lost = topology.links.filter(
    ({ a, b }) => state.lostUpstreams.has(a.router) || state.lostUpstreams.has(b.router),
  )
  return {
    cutLinks: new Set([...state.cutLinks, ...state.flapping, ...lost.map((link) => link.name)]),
    deadRouters: new Set([...state.deadRouters, ...poweredOff]),
    uplinkDown: state.uplinkDown,
  }
}

/** Null, or why this fault would have no effect. */
export const faultError = (topology: Topology, state: FaultState, fault: Fault): string | null => {
  if (fault.do !== "revive") return null
  const site = topology.sites.find(
    ({ key }) => key === topology.routers.find(({ name }) => name === fault.router)?.site,
  )
  if (site === undefined || !state.poweredOffSites.has(site.key)) return null
  return `${fault.router} has no power: power-on ${site.key} comes first`
}
