/** A network as data, and functions that read it. Pure. */
import type { DeviceFault } from "./device-faults.ts"
import type { PersonaName } from "./routers/personas.ts"

export type Site = {
  readonly key: string
  readonly name: string
  readonly region: string
  readonly latitude: number
  readonly longitude: number
}
export type RadioDriver = "wifi" | "caps-man" | "w60g"
export type RouterPlan = {
  readonly name: string
  readonly site: string
  readonly address: string
  readonly roles: readonly string[]
  readonly persona: PersonaName
  readonly methods: readonly ("api" | "api-ssl" | "snmp")[]
  /** Demand of its customers on an average day. */
  readonly demandBps: number
  readonly customers: number
  readonly sessions: number
  /** It has a modem: an interface lte1, beside its links. */
  readonly hasModem: boolean
  /** The driver of radios beside those of a wireless site. */
  readonly radio: RadioDriver | null
}
export type End = { readonly router: string; readonly port: string }
export type Link = {
  readonly name: string
  readonly a: End
  readonly b: End
  readonly capacityBps: number
  readonly medium: "fibre" | "radio" | "copper" | "virtual"
}
export type Topology = {
  readonly name: string
  readonly seed: number
  readonly access: {
    readonly username: string
    readonly password: string
    readonly community: string
  }
  readonly agent: { readonly name: string; readonly at: string; readonly address: string }
  readonly sites: readonly Site[]
  readonly routers: readonly RouterPlan[]
  readonly links: readonly Link[]
}

/** The injected faults. */
export type Broken = {
  readonly cutLinks: ReadonlySet<string>
  readonly deadRouters: ReadonlySet<string>
  /** The agent's own uplink is down: the routers run, and the agent reaches none of them. */
  readonly uplinkDown: boolean
  /** They carry all that they can. */
  readonly congestedLinks?: ReadonlySet<string>
  /** Routers whose BGP is down, and routers whose PPP sessions have ended. */
  readonly bgpDown?: ReadonlySet<string>
  /** Links on which OSPF is down while their ports stay up. */
  readonly ospfDown?: ReadonlySet<string>
  readonly withoutSessions?: ReadonlySet<string>
  /** By router and port: how much less light it receives, in dB. */
  readonly fadedOptics?: ReadonlyMap<string, number>
  /** Links on which IS-IS is down. */
  readonly isisDown?: ReadonlySet<string>
  /** What has failed in each router. */
  readonly deviceFaults?: ReadonlyMap<string, ReadonlySet<DeviceFault>>
}
/** A site by its key, or by its name in the inventory. */
export const siteOf = (topology: Topology, keyOrName: string): Site | undefined =>
  topology.sites.find((site) => site.key === keyOrName) ??
  topology.sites.find((site) => site.name === keyOrName)

export const NOTHING_BROKEN: Broken = {
  cutLinks: new Set(),
  deadRouters: new Set(),
  uplinkDown: false,
}

/** A link carries traffic only when it is not cut and both its routers run. */
export const isLinkUp = (link: Link, broken: Broken): boolean =>
  !broken.cutLinks.has(link.name) &&
  !broken.deadRouters.has(link.a.router) &&
  !broken.deadRouters.has(link.b.router)

type Step = { readonly to: string; readonly link: Link; readonly fromA: boolean }
const neighbours = (topology: Topology, broken: Broken): Map<string, Step[]> => {
  const steps = new Map<string, Step[]>(topology.routers.map((r) => [r.name, []]))
  for (const link of topology.links) {
    if (!isLinkUp(link, broken)) continue
    steps.get(link.a.router)?.push({ to: link.b.router, link, fromA: true })
    steps.get(link.b.router)?.push({ to: link.a.router, link, fromA: false })
  }
  return steps
}

/** The routers that the agent reaches; all others are silent. */
export const reachable = (topology: Topology, broken: Broken): Set<string> =>
  broken.uplinkDown ? new Set() : reachableFrom(topology, broken, topology.agent.at)

/** The routers reachable from a router, including itself; none from a dead one. */
export const reachableFrom = (topology: Topology, broken: Broken, from: string): Set<string> => {
  const seen = new Set<string>()
  if (broken.deadRouters.has(from)) return seen
  const steps = neighbours(topology, broken)
  const queue = [from]
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    if (seen.has(at)) continue
    seen.add(at)
    queue.push(...(steps.get(at) ?? []).map((step) => step.to))
  }
  return seen
}

/**
 * The routers on the way to another one, without the first; if it is not reachable, those of the
 * way that there would be without faults, up to where it breaks.
 */
export const pathBetween = (
  topology: Topology,
  broken: Broken,
  from: string,
  to: string,
): { readonly routers: readonly string[]; readonly isWhole: boolean } => {
  const now = shortestPath(topology, broken, from, to)
  if (now !== null) return { routers: now, isWhole: true }
  const planned = shortestPath(topology, NOTHING_BROKEN, from, to) ?? []
  const reached = reachableFrom(topology, broken, from)
  const breaksAt = planned.findIndex((router) => !reached.has(router))
  return { routers: planned.slice(0, Math.max(0, breaksAt)), isWhole: false }
}
const shortestPath = (
  topology: Topology,
  broken: Broken,
  from: string,
  to: string,
): readonly string[] | null => {
  if (broken.deadRouters.has(from)) return null
  const steps = neighbours(topology, broken)
  const paths = new Map<string, readonly string[]>([[from, []]])
  for (const [at, path] of paths) {
    if (at === to) return path
    for (const step of steps.get(at) ?? [])
      if (!paths.has(step.to)) paths.set(step.to, [...path, step.to])
  }
  return null
}

/** The links on the way from the agent to each router that it reaches; of equal ways, the first. */
export const pathsFromAgent = (
  topology: Topology,
  broken: Broken,
): ReadonlyMap<string, readonly string[]> => {
  const paths = new Map<string, readonly string[]>()
  if (broken.uplinkDown || broken.deadRouters.has(topology.agent.at)) return paths
  paths.set(topology.agent.at, [])
  const steps = neighbours(topology, broken)
  for (const [at, links] of paths)
    for (const { to, link } of steps.get(at) ?? [])
      if (!paths.has(to)) paths.set(to, [...links, link.name])
  return paths
}

/**
 * A port with a cable has a link when both ends run and the cable is not cut. Keyed by `router
 * port`.
 */
export const portStates = (topology: Topology, broken: Broken): Map<string, boolean> => {
  const states = new Map<string, boolean>()
  for (const link of topology.links)
    for (const end of [link.a, link.b]) states.set(portKey(end), isLinkUp(link, broken))
  return states
}
export const portKey = (end: End): string => `${end.router} ${end.port}`

/** The traffic of a link in each direction, as the mean of a day. */
export type Load = {
  readonly aToBBps: number
  readonly bToABps: number
  /** From a to b it carries all that it can, at any hour, and drops the rest. */
  readonly isFull: boolean
}
/** The share of the customers' demand that they also send. */
const UPSTREAM_SHARE = 0.12
/** Routing, monitoring and the like: a link that is up always carries some traffic. */
const IDLE_SHARE = 0.002
/**
 * The evening peak is 1.6 times the mean. A provider adds capacity before a link is nearly full then:
 * only a congested one is.
 */
const FULL_SHARE = 0.45

/** Each router's demand takes the cheapest path to the nearest reachable upstream, as in an IGP. */
export const loads = (topology: Topology, broken: Broken): Map<string, Load> => {
  const sums = new Map<string, { aToBBps: number; bToABps: number }>()
  for (const link of topology.links) {
    const idle = isLinkUp(link, broken) ? link.capacityBps * IDLE_SHARE : 0
    sums.set(link.name, { aToBBps: idle, bToABps: idle })
  }
  const steps = neighbours(topology, broken)
  const exits = new Set(
    topology.routers.filter((r) => r.roles.includes("upstream")).map((r) => r.name),
  )
  for (const router of topology.routers) {
    if (router.demandBps === 0 || broken.deadRouters.has(router.name)) continue
    for (const step of cheapestPath(router.name, exits, steps)) {
      const sum = sums.get(step.link.name)
      if (sum === undefined) continue
      const up = router.demandBps * UPSTREAM_SHARE
      sum.aToBBps += step.fromA ? up : router.demandBps
      sum.bToABps += step.fromA ? router.demandBps : up
    }
  }
  return new Map(
    topology.links.map((link) => {
      const sum = sums.get(link.name) ?? { aToBBps: 0, bToABps: 0 }
      const max = link.capacityBps * FULL_SHARE
      const isFull = broken.congestedLinks?.has(link.name) === true && isLinkUp(link, broken)
      const aToBBps = isFull ? link.capacityBps : Math.min(sum.aToBBps, max)
      return [link.name, { aToBBps, bToABps: Math.min(sum.bToABps, max), isFull }]
    }),
  )
}

/** OSPF's cost with a reference of 10 Gbit/s, plus one for the hop. */
const costOf = (link: Link): number => 1 + Math.max(1, Math.round(10e9 / link.capacityBps))

/** Dijkstra; a few dozen routers do not need a heap. */
const cheapestPath = (
  from: string,
  exits: ReadonlySet<string>,
  steps: ReadonlyMap<string, readonly Step[]>,
): Step[] => {
  const best = new Map<string, { cost: number; step: Step | null; from: string }>([
    [from, { cost: 0, step: null, from }],
  ])
  const open = new Set([from])
  while (open.size > 0) {
    const at = [...open].reduce((a, b) =>
      (best.get(b)?.cost ?? 0) < (best.get(a)?.cost ?? 0) ? b : a,
    )
    open.delete(at)
    if (exits.has(at)) return walkBack(at, best)
    for (const step of steps.get(at) ?? []) {
      const cost = (best.get(at)?.cost ?? 0) + costOf(step.link)
      if (cost >= (best.get(step.to)?.cost ?? Number.POSITIVE_INFINITY)) continue
      best.set(step.to, { cost, step, from: at })
      open.add(step.to)
    }
  }
  return []
}

const walkBack = (
  to: string,
  best: ReadonlyMap<string, { step: Step | null; from: string }>,
): Step[] => {
  const path: Step[] = []
  for (let at = best.get(to); at !== undefined && at.step !== null; at = best.get(at.from))
    path.push(at.step)
  return path
}
