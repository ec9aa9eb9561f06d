/** The injected faults, and the effect of each. Pure. */
import { type Fault, isOfDevice } from "./commands.ts"
import { type DeviceFault, deviceFaultOf, isDeviceFault } from "./device-faults.ts"
import { type Broken, pathsFromAgent, portKey, siteOf, type Topology } from "./topology.ts"

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
  /** Links that lose this share of the packets that take them. */
  readonly degradedLinks: ReadonlyMap<string, number>
  readonly congestedLinks: ReadonlySet<string>
  readonly bgpDown: ReadonlySet<string>
  readonly ospfDown: ReadonlySet<string>
  readonly withoutSessions: ReadonlySet<string>
  readonly fadedOptics: ReadonlyMap<string, number>
  /** Links without IS-IS. */
  readonly isisDown: ReadonlySet<string>
  /** `fault router`. */
  readonly deviceFaults: ReadonlySet<string>
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
  degradedLinks: new Map(),
  congestedLinks: NONE,
  bgpDown: NONE,
  ospfDown: NONE,
  withoutSessions: NONE,
  fadedOptics: new Map(),
  isisDown: NONE,
  deviceFaults: NONE,
}

export const withName = (names: ReadonlySet<string>, name: string): Set<string> =>
  new Set([...names, name])
export const withoutName = (names: ReadonlySet<string>, name: string): Set<string> =>
  new Set([...names].filter((one) => one !== name))

/** The state after one more fault. */
export const applyFault = (topology: Topology, state: FaultState, fault: Fault): FaultState => {
  if (isOfDevice(fault)) {
    const change = isDeviceFault(fault.do) ? withName : withoutName
    const name = `${deviceFaultOf(fault.do)} ${fault.router}`
    return { ...state, deviceFaults: change(state.deviceFaults, name) }
  }
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
    case "power-on": {
      const change = fault.do === "power-off" ? withName : withoutName
      const key = siteOf(topology, fault.site)?.key ?? fault.site
      return { ...state, poweredOffSites: change(state.poweredOffSites, key) }
    }
    case "lose-upstream":
      return { ...state, lostUpstreams: withName(state.lostUpstreams, fault.router) }
    case "restore-upstream":
      return { ...state, lostUpstreams: withoutName(state.lostUpstreams, fault.router) }
    case "bgp-down":
      return { ...state, bgpDown: withName(state.bgpDown, fault.router) }
    case "bgp-up":
      return { ...state, bgpDown: withoutName(state.bgpDown, fault.router) }
    case "ospf-down":
      return { ...state, ospfDown: withName(state.ospfDown, fault.link) }
    case "ospf-up":
      return { ...state, ospfDown: withoutName(state.ospfDown, fault.link) }
    case "isis-down":
      return { ...state, isisDown: withName(state.isisDown, fault.link) }
    case "isis-up":
      return { ...state, isisDown: withoutName(state.isisDown, fault.link) }
    case "drop-sessions":
      return { ...state, withoutSessions: withName(state.withoutSessions, fault.router) }
    case "restore-sessions":
      return { ...state, withoutSessions: withoutName(state.withoutSessions, fault.router) }
    case "fade-optic":
      return {
        ...state,
        fadedOptics: new Map([...state.fadedOptics, [portKey(fault), fault.db]]),
      }
    case "cut-uplink":
      return { ...state, uplinkDown: true }
    case "repair-uplink":
      return { ...state, uplinkDown: false }
    case "loss":
      return { ...state, lossRatio: fault.ratio }
    case "degrade": {
      const others = [...state.degradedLinks].filter(([name]) => name !== fault.link)
      const own: [string, number][] = fault.ratio > 0 ? [[fault.link, fault.ratio]] : []
      return { ...state, degradedLinks: new Map([...others, ...own]) }
    }
    case "congest":
      return { ...state, congestedLinks: withName(state.congestedLinks, fault.link) }
    case "decongest":
      return { ...state, congestedLinks: withoutName(state.congestedLinks, fault.link) }
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
    congestedLinks: state.congestedLinks,
    bgpDown: state.bgpDown,
    ospfDown: state.ospfDown,
    withoutSessions: state.withoutSessions,
    fadedOptics: state.fadedOptics,
    isisDown: state.isisDown,
    deviceFaults: byRouter(state.deviceFaults),
  }
}

const byRouter = (names: ReadonlySet<string>): ReadonlyMap<string, ReadonlySet<DeviceFault>> => {
  const faults = new Map<string, Set<DeviceFault>>()
  for (const name of names) {
    const [fault = "", router = ""] = name.split(" ")
    if (isDeviceFault(fault)) faults.set(router, (faults.get(router) ?? new Set()).add(fault))
  }
  return faults
}

/** A full link drops this share of what takes it. */
const CONGESTED_LOSS = 0.08

/** The share of the agent's probes that each router's path loses, where it loses any. */
export const pathLosses = (topology: Topology, state: FaultState): ReadonlyMap<string, number> => {
  const lossOf = (link: string): number => {
    const full = state.congestedLinks.has(link) ? CONGESTED_LOSS : 0
    return 1 - (1 - (state.degradedLinks.get(link) ?? 0)) * (1 - full)
  }
  const losses = new Map<string, number>()
  for (const [router, links] of pathsFromAgent(topology, brokenBy(topology, state))) {
    const loss = 1 - links.reduce((passed, link) => passed * (1 - lossOf(link)), 1)
    if (loss > 0) losses.set(router, loss)
  }
  return losses
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
