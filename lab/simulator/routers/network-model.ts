/**
 * All routers under the current faults: which are silent, which ports are up, how traffic flows,
 * and which log lines result.
 */
import type { DeviceFault } from "../device-faults.ts"
import {
  type Broken,
  isLinkUp,
  loads,
  pathBetween,
  portKey,
  portStates,
  reachable,
  reachableFrom,
  type Topology,
} from "../topology.ts"
import { speaksIsis } from "./capabilities.ts"
import { changeFaults } from "./fault-lines.ts"
import type { Peer, PeerState } from "./os/views.ts"
import { fullBps, maxMeanBps } from "./port.ts"
import type { Router } from "./router.ts"
import { filledPortOf, queueLimitOf } from "./serves.ts"
import { randomFraction } from "./traffic-curve.ts"

const NO_DEVICE_FAULTS: ReadonlySet<DeviceFault> = new Set()

export class NetworkModel {
  readonly #topology: Topology
  readonly #routers: ReadonlyMap<string, Router>
  readonly #linkSinceMs = new Map<string, number>()
  /** Ports whose state is that of the kernel. */
  readonly #isReal: (router: string, port: string) => boolean
  #broken: Broken
  #reached: ReadonlySet<string>

  constructor(
    topology: Topology,
    routers: readonly Router[],
    broken: Broken,
    isReal: (router: string, port: string) => boolean = () => false,
  ) {
    this.#isReal = isReal
    this.#topology = topology
    this.#routers = new Map(routers.map((r) => [r.spec.name, r]))
    this.#broken = broken
    this.#reached = reachable(topology, broken)
    for (const router of routers) this.#setCustomerLoad(router, router.bootAtMs)
    // Traffic since boot counts from there, so that counters are as old as their routers.
    this.#updateTraffic((router) => router.bootAtMs)
  }

  get reached(): ReadonlySet<string> {
    return this.#reached
  }

  /**
   * Whether packets of a router leave the network at the agent's site. The agent's own uplink is
   * separate: while it is cut, packets of routers still leave.
   */
  canReachOutside(name: string): boolean {
    return reachable(this.#topology, { ...this.#broken, uplinkDown: false }).has(name)
  }

  /**
   * Whether a router is answered from an address: another router's, the agent's, or any other one,
   * which is outside the network.
   */
  reaches(from: string, address: string): boolean {
    const router = [...this.#routers.values()].find(({ spec }) => spec.address === address)
    if (router?.spec.isBehindNat === true) return false
    const to = router?.spec.name ?? this.#topology.agent.at
    return reachableFrom(this.#topology, this.#broken, from).has(to)
  }

  /** The addresses on the way to one, which is the last if it answers. */
  pathTo(from: string, address: string): { readonly hops: string[]; readonly isReached: boolean } {
    const router = [...this.#routers.values()].find(({ spec }) => spec.address === address)
    const to = router?.spec.name ?? this.#topology.agent.at
    const { routers, isWhole } = pathBetween(this.#topology, this.#broken, from, to)
    const hops = routers.map((name) => this.#routers.get(name)?.spec.address ?? "")
    const isReached = isWhole && this.reaches(from, address)
    return { hops: isReached && router === undefined ? [...hops, address] : hops, isReached }
  }

  /**
   * Routing neighbours over a router's own links: BGP with upstreams and route reflectors, OSPF
   * within, IS-IS as well between core routers that have it. Customers' routers have none.
   */
  peersOf(name: string): readonly PeerState[] {
    return this.#topology.links.flatMap((link) => {
      const [mine, other] = link.a.router === name ? [link.a, link.b] : [link.b, link.a]
      if (mine.router !== name) return []
      const remote = this.#topology.routers.find((router) => router.name === other.router)
      const local = this.#topology.routers.find((router) => router.name === name)
      const address = this.#routers.get(other.router)?.spec.address ?? ""
      const roles = new Set([...(remote?.roles ?? []), ...(local?.roles ?? [])])
      if (roles.has("cpe")) return []
      const isLinked = isLinkUp(link, this.#broken)
      const hasBgp = !this.#broken.bgpDown?.has(name) && !this.#broken.bgpDown?.has(other.router)
      const hasOspf = !this.#broken.ospfDown?.has(link.name)
      const sinceMs = this.#linkSinceMs.get(link.name) ?? this.#routers.get(name)?.bootAtMs ?? 0
      const peer = { port: mine.port, name: other.router, address }
      const hasIsis = !this.#broken.isisDown?.has(link.name)
      const isUp = { bgp: hasBgp, ospf: hasOspf, isis: hasIsis }
      return [
        ...protocolsOf(roles, remote?.roles.includes("upstream") === true),
        ...(speaksIsis(this.#topology, link) ? [["isis", 0] as const] : []),
      ].map(
        ([protocol, remoteAs]): PeerState => ({
          peer: { ...peer, protocol, remoteAs },
          isUp: isLinked && isUp[protocol],
          sinceMs,
        }),
      )
    })
  }

  /**
   * The routers that would be silent under `broken`: read before `become`, so that packets are
   * dropped before any log line.
   */
  unreachableUnder(broken: Broken): string[] {
    const reached = reachable(this.#topology, broken)
    return [...this.#routers.keys()].filter((name) => !reached.has(name))
  }

  /** Applies the new state: ports go down or up at both ends, and a revived router boots. */
  apply(broken: Broken, atMs: number): void {
    const before = this.#broken
    this.#broken = broken
    for (const link of this.#topology.links)
      if (isLinkUp(link, before) !== isLinkUp(link, broken)) this.#linkSinceMs.set(link.name, atMs)
    this.#reached = reachable(this.#topology, broken)
    const states = portStates(this.#topology, broken)
    for (const [name, router] of this.#routers) {
      if (broken.deadRouters.has(name)) continue
      const rebooted = before.deadRouters.has(name)
      for (const port of router.ports) {
        port.fadeDb = broken.fadedOptics?.get(portKey({ router: name, port: port.plan.name })) ?? 0
        if (port.plan.dynamic && port.plan.running)
          router.setSession(port, broken.withoutSessions?.has(name) !== true, atMs)
        const state = states.get(portKey({ router: name, port: port.plan.name }))
        if (state === undefined) continue
        if (rebooted) port.setRunning(state, atMs)
        else if (!this.#isReal(name, port.plan.name)) router.setRunning(port.plan.name, state, atMs)
      }
      if (rebooted) router.reboot(atMs)
      this.#setDeviceFaults(router, broken, atMs)
    }
    this.#updateTraffic(() => atMs)
  }

  #setDeviceFaults(router: Router, broken: Broken, atMs: number): void {
    const wasFilled = router.faults.has("fill-queue")
    changeFaults(router, broken.deviceFaults?.get(router.spec.name) ?? NO_DEVICE_FAULTS, atMs)
    if (wasFilled !== router.faults.has("fill-queue")) this.#setCustomerLoad(router, atMs)
  }

  #updateTraffic(whenMs: (router: Router) => number): void {
    const carried = loads(this.#topology, this.#broken)
    for (const link of this.#topology.links) {
      const load = carried.get(link.name)
      if (load === undefined) continue
      const [a, b] = [this.#routers.get(link.a.router), this.#routers.get(link.b.router)]
      // Both ends count the same, so both are limited to the capacity of the link and of the slower
      // port.
      const speeds = [a?.port(link.a.port), b?.port(link.b.port)].flatMap(
        (port) => port?.plan.speedBps || [],
      )
      const limit = Math.min(link.capacityBps, ...speeds)
      const there = Math.min(load.aToBBps, load.isFull ? fullBps(limit) : maxMeanBps(limit))
      const back = Math.min(load.bToABps, maxMeanBps(limit))
      const [atA, atB] = load.isFull ? (["tx", "rx"] as const) : [null, null]
      if (a !== undefined) a.port(link.a.port)?.setLoad(back, there, whenMs(a), atA)
      if (b !== undefined) b.port(link.b.port)?.setLoad(there, back, whenMs(b), atB)
    }
  }

  /** Customers' ports and sessions share the traffic of their router's customers. */
  #setCustomerLoad(router: Router, atMs: number): void {
    const demand = this.#topology.routers.find((r) => r.name === router.spec.name)?.demandBps ?? 0
    const mine = router.ports.filter((p) => p.plan.dynamic || p.plan.comment === "customers")
    const filled = router.faults.has("fill-queue") ? filledPortOf(router) : undefined
    const weights = mine.map((_, i) => 0.4 + randomFraction(router.spec.seed, 100 + i))
    const total = weights.reduce((sum, w) => sum + w, 0)
    mine.forEach((port, i) => {
      if (port === filled) {
        const limit = queueLimitOf(router, port).downBps
        port.setLoad(limit * 0.1, fullBps(limit), atMs, "tx")
        return
      }
      // A session is one household among many: a few Mbit/s, whatever its router carries.
      const down = port.plan.dynamic
        ? 4e6 * (weights[i] ?? 0)
        : (demand * (weights[i] ?? 0)) / total
      port.setLoad(down * 0.12, down, atMs)
    })
  }
}

const OWN_AS = 64_512
const UPSTREAM_AS = 65_010
const protocolsOf = (
  roles: ReadonlySet<string>,
  isUpstream: boolean,
): readonly (readonly [Peer["protocol"], number])[] => {
  if (roles.has("upstream")) return [["bgp", isUpstream ? UPSTREAM_AS : OWN_AS]]
  return roles.has("route-reflector")
    ? [
        ["bgp", OWN_AS],
        ["ospf", 0],
      ]
    : [["ospf", 0]]
}
