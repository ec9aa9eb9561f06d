/** Derives the specification of every router from the topology. */
import { NOTHING_BROKEN, reachable, type Topology } from "../topology.ts"
import { type Persona, personaNamed } from "./personas.ts"
import type { PortPeer, PortPlan } from "./port.ts"
import type { RouterSpec } from "./router.ts"
import { randomFraction, seedOf } from "./traffic-curve.ts"

const DAY_MS = 86_400_000

const macOf = (seed: number, index: number): string => {
  const bytes = [0x02, 0x1a, seed & 0xff, (seed >>> 8) & 0xff, (seed >>> 16) & 0xff, index & 0xff]
  return bytes.map((b) => b.toString(16).padStart(2, "0").toUpperCase()).join(":")
}

/** Behind every port that a link may use. */
const LTE_INDEX = 200
const RADIO_INDEX = 210
/** Radios of a driver, by the names that RouterOS gives them. */
const RADIOS = {
  wifi: ["wifi", ["cap-wifi1", "cap-wifi2"]],
  "caps-man": ["cap", ["cap1", "cap2"]],
  w60g: ["w60g", ["wlan60-1"]],
} as const

/** A virtual machine's ports are as fast as its host. */
const nativeSpeedBps = (port: string, isVirtual: boolean): number =>
  isVirtual || port.startsWith("sfp-sfpplus") ? 10e9 : 1e9

type End = Topology["links"][number]["a"]
const peerOf = (
  topology: Topology,
  { router, port }: End,
  addressOf: (address: string) => string,
): PortPeer | null => {
  const plan = topology.routers.find(({ name }) => name === router)
  if (plan === undefined) return null
  const { board, version, ports } = personaNamed(plan.persona)
  const mac = macOf(seedOf(topology.seed, router), ports.indexOf(port) + 1)
  return { router, port, mac, address: addressOf(plan.address), board, version }
}

const portsOf = (
  topology: Topology,
  routerName: string,
  persona: Persona,
  seed: number,
  addressOf: (address: string) => string,
): PortPlan[] => {
  const plan = topology.routers.find((r) => r.name === routerName)
  const cabled = new Map<string, { peer: End; radio: boolean; rxSeed: number; txSeed: number }>()
  for (const link of topology.links) {
    // One end sends what the other receives: each direction has one seed.
    const [aToB, bToA] = [
      seedOf(topology.seed, `${link.name} a to b`),
      seedOf(topology.seed, `${link.name} b to a`),
    ]
    const radio = link.medium === "radio"
    if (link.a.router === routerName)
      cabled.set(link.a.port, { peer: link.b, radio, rxSeed: bToA, txSeed: aToB })
    if (link.b.router === routerName)
      cabled.set(link.b.port, { peer: link.a, radio, rxSeed: aToB, txSeed: bToA })
  }

  let customers = plan?.customers ?? 0
  const ports: PortPlan[] = persona.ports.map((name, i) => {
    const cable = cabled.get(name)
    const isCustomer = cable === undefined && name.startsWith("ether") && customers > 0
    if (isCustomer) customers -= 1
    return {
      name,
      kind: "ether",
      index: i + 1,
      mac: macOf(seed, i + 1),
      comment: cable !== undefined ? `to ${cable.peer.router}` : isCustomer ? "customers" : null,
      peer: cable === undefined ? null : peerOf(topology, cable.peer, addressOf),
      speedBps: nativeSpeedBps(name, persona.board.startsWith("CHR")),
      running: cable !== undefined || isCustomer,
      dynamic: false,
      rxSeed: cable?.rxSeed ?? seedOf(seed, `${name} rx`),
      txSeed: cable?.txSeed ?? seedOf(seed, `${name} tx`),
      maxErrorsPerS: cable?.radio ? 0.4 : isCustomer ? 0.05 : 0.002,
    }
  })
  const virtual = (name: string, kind: PortPlan["kind"], index: number): PortPlan => ({
    name,
    kind,
    index,
    mac: kind === "loopback" ? "00:00:00:00:00:00" : null,
    comment: null,
    peer: null,
    speedBps: 0,
    running: true,
    dynamic: kind === "pppoe-in",
    rxSeed: seedOf(seed, `${name} rx`),
    txSeed: seedOf(seed, `${name} tx`),
    maxErrorsPerS: 0,
  })
  if (persona.hasLoopback) ports.push(virtual("lo", "loopback", persona.ports.length + 1))
  if (plan?.hasModem === true)
    ports.push({ ...virtual("lte1", "lte", LTE_INDEX), mac: macOf(seed, LTE_INDEX) })
  const [kind, radios] = plan?.radio ? RADIOS[plan.radio] : (["wifi", []] as const)
  radios.forEach((name, n) => {
    const index = RADIO_INDEX + n
    ports.push({ ...virtual(name, kind, index), mac: macOf(seed, index) })
  })
  // Session interfaces have high numbers, as on a router with many past sessions.
  for (let n = 0; n < (plan?.sessions ?? 0); n++)
    ports.push(
      virtual(
        `<pppoe-abone${1001 + n}>`,
        "pppoe-in",
        15_728_640 + Math.floor(randomFraction(seed, n) * 4096) * 16 + n,
      ),
    )
  return ports
}

/** `addressOf` maps the topology's addresses to those of the lab's mode. */
export const planRouters = (
  topology: Topology,
  nowMs: number,
  addressOf: (address: string) => string,
): RouterSpec[] => {
  const { username, password, community } = topology.access
  return topology.routers.map((router) => {
    const persona = personaNamed(router.persona)
    const seed = seedOf(topology.seed, router.name)
    const isBehindNat = router.methods.length === 0
    // Boots are 3 to 150 days back, at the same moment for every start on the same day.
    const today = Math.floor(nowMs / DAY_MS) * DAY_MS
    return {
      name: router.name,
      address: addressOf(router.address),
      persona: router.persona,
      seed,
      bootAtMs: today - Math.floor((3 + randomFraction(seed, 1) * 147) * DAY_MS),
      ports: portsOf(topology, router.name, persona, seed, addressOf),
      users: [
        { name: username, password, policies: ["read", "api"] },
        { name: `${username}-diagnostics`, password, policies: ["read", "api", "test"] },
        { name: `${username}-blind`, password, policies: ["api"] },
      ],
      community,
      services: isBehindNat
        ? { api: true, apiSsl: false, snmp: false }
        : { api: true, apiSsl: true, snmp: true },
      syslogs: !isBehindNat,
      isBehindNat,
    }
  })
}

/**
 * True where every router is reachable while nothing is broken; otherwise the topology is faulty.
 */
export const isConnected = (topology: Topology): boolean =>
  reachable(topology, NOTHING_BROKEN).size === topology.routers.length
