/** Which faults a router has parts for. Pure. */
import { DEVICE_FAULT_NAMES, type DeviceFault } from "../device-faults.ts"
import type { Link, Topology } from "../topology.ts"
import { modemsOf } from "./modem.ts"
import { hasIsis, personaNamed } from "./personas.ts"
import { planRouters } from "./plan.ts"
import { poePortOf } from "./poe.ts"
import { radiosOf } from "./radio.ts"
import { Router } from "./router.ts"
import { bridgePortsOf, hasPeerCertificate, hasQueues, hasSessions, servesDhcp } from "./serves.ts"

const hasSensor = (router: Router, pattern: RegExp): boolean =>
  router.sensors(router.bootAtMs).some(({ name }) => pattern.test(name))
const hasRadio = (router: Router): boolean => radiosOf(router).length > 0
const hasPoe = (router: Router): boolean => poePortOf(router) !== undefined
/** A router at a customer's home is behind NAT: nobody polls it. */
const isPolled = (router: Router): boolean => !router.spec.isBehindNat

const HAS: Readonly<Record<DeviceFault, (router: Router) => boolean>> = {
  "fade-radio": hasRadio,
  "drop-stations": hasRadio,
  "exhaust-pool": servesDhcp,
  "fail-psu": (router) => hasSensor(router, /^psu/),
  "stop-fan": (router) => hasSensor(router, /^fan/),
  overheat: (router) => hasSensor(router, /temperature/),
  "age-certificate": hasPeerCertificate,
  "lose-lte": (router) => modemsOf(router).length > 0,
  "ipsec-down": hasPeerCertificate,
  "wireguard-down": ({ persona }) => persona.hasLoopback,
  "fill-queue": hasQueues,
  "overload-poe": hasPoe,
  "short-poe": hasPoe,
  "vrrp-backup": hasSessions,
  "block-bridge-port": (router) => bridgePortsOf(router).length > 0,
  "skew-clock": () => true,
  "lose-ntp": () => true,
  "watch-down": hasPeerCertificate,
  "load-cpu": () => true,
  "fill-memory": () => true,
  "fill-disk": () => true,
}

const known = new WeakMap<Topology, Readonly<Record<string, readonly DeviceFault[]>>>()
/** By router. */
export const possibleFaults = (
  topology: Topology,
): Readonly<Record<string, readonly DeviceFault[]>> => {
  const before = known.get(topology)
  if (before !== undefined) return before
  const found = Object.fromEntries(
    planRouters(topology, 0, (address) => address).map((spec) => {
      const router = new Router(spec)
      const able = isPolled(router) ? DEVICE_FAULT_NAMES.filter((fault) => HAS[fault](router)) : []
      return [spec.name, able]
    }),
  )
  known.set(topology, found)
  return found
}
export const routersWith = (topology: Topology, fault: DeviceFault): readonly string[] =>
  Object.entries(possibleFaults(topology)).flatMap(([router, faults]) =>
    faults.includes(fault) ? [router] : [],
  )

/** IS-IS runs between core routers whose releases have it. */
export const speaksIsis = (topology: Topology, link: Link): boolean =>
  [link.a, link.b].every((end) => {
    const router = topology.routers.find(({ name }) => name === end.router)
    return router?.roles.includes("core") === true && hasIsis(personaNamed(router.persona))
  })
/** OSPF runs on links within the network: BGP is spoken with upstreams, nothing with customers. */
export const speaksOspf = (topology: Topology, link: Link): boolean =>
  [link.a, link.b].every((end) => {
    const router = topology.routers.find(({ name }) => name === end.router)
    return router?.roles.some((role) => role === "upstream" || role === "cpe") === false
  })
