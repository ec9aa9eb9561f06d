/** Cases of the default pack for radios, bridges, pools, tunnels and supplies of power. */
import { portEntity } from "../../topology.ts"
import { namedEntity } from "../readings.ts"
import { type Case, sampleOf } from "./pack-cases.ts"
import { cpu, event, R1, sensor } from "./rule-world.ts"

const MINUTE_MS = 60_000
const ETHER1 = portEntity(R1, "ether1")
const at1 = { interface: "ether1" }
const radio = sampleOf("wireless", at1)
const client = sampleOf("registration", { client: "02:00:00:00:00:01" })
const modem = sampleOf("lte", { interface: "lte1" })
const poe = sampleOf("poe", { interface: "ether5" })
const bridgePort = sampleOf("bridge-port", at1)
const vrrp = sampleOf("vrrp", { group: "vrrp10" })
const pool = sampleOf("dhcp", { server: "guests" })
const queue = sampleOf("queue", { queue: "office" })
const ipsec = sampleOf("tunnel", { tunnel: "ipsec 198.51.100.7" })
const wireguard = sampleOf("tunnel", { tunnel: "wireguard wg1 noc" })
const watch = sampleOf("watch", { host: "192.0.2.1" })
const clock = sampleOf("clock", {})
const isOdd = (atMs: number, everyMs: number): boolean => Math.floor(atMs / everyMs) % 2 === 1

const RADIO: readonly Case[] = [
  {
    rule: "radio-signal-low",
    entity: ETHER1,
    everyMs: MINUTE_MS,
    good: (at) => [radio(at, { signalDbm: -60 })],
    almost: [30 * MINUTE_MS, (at) => [radio(at, { signalDbm: -79 })]],
    bad: [12 * MINUTE_MS, (at) => [radio(at, { signalDbm: -82 })]],
    severity: "minor",
  },
  {
    rule: "radio-signal-low",
    entity: ETHER1,
    everyMs: MINUTE_MS,
    good: (at) => [radio(at, { signalDbm: -60 })],
    almost: [4 * MINUTE_MS, (at) => [radio(at, { signalDbm: -90 })]],
    bad: [7 * MINUTE_MS, (at) => [radio(at, { signalDbm: -90 })]],
    severity: "major",
  },
  {
    rule: "radio-quality-low",
    entity: ETHER1,
    everyMs: MINUTE_MS,
    good: (at) => [radio(at, { ccqPercent: 95 })],
    almost: [14 * MINUTE_MS, (at) => [radio(at, { ccqPercent: 30 })]],
    bad: [17 * MINUTE_MS, (at) => [radio(at, { ccqPercent: 30 })]],
    severity: "warning",
  },
  {
    rule: "radio-link-lost",
    entity: ETHER1,
    everyMs: 30_000,
    good: (at) => [radio(at, { clients: 1 })],
    almost: [90_000, (at) => [radio(at, { clients: 0 })]],
    bad: [4 * MINUTE_MS, (at) => [radio(at, { clients: 0 })]],
    severity: "major",
  },
  {
    rule: "radio-clients-lost",
    entity: ETHER1,
    everyMs: MINUTE_MS,
    good: (at) => [cpu(10, at), radio(at, { clients: 40 })],
    almost: [30 * MINUTE_MS, (at) => [cpu(10, at), radio(at, { clients: 25 })]],
    bad: [3 * MINUTE_MS, (at) => [cpu(10, at), radio(at, { clients: 12 })]],
    severity: "minor",
  },
  {
    rule: "client-signal-low",
    entity: namedEntity(R1, "registration", "02:00:00:00:00:01"),
    everyMs: MINUTE_MS,
    good: (at) => [client(at, { signalDbm: -65 })],
    almost: [29 * MINUTE_MS, (at) => [client(at, { signalDbm: -85 })]],
    bad: [32 * MINUTE_MS, (at) => [client(at, { signalDbm: -85 })]],
    severity: "warning",
  },
  {
    rule: "lte-not-registered",
    entity: portEntity(R1, "lte1"),
    everyMs: MINUTE_MS,
    good: (at) => [modem(at, { isRegistered: true, rsrpDbm: -95 })],
    almost: [9 * MINUTE_MS, (at) => [modem(at, { isRegistered: false })]],
    bad: [12 * MINUTE_MS, (at) => [modem(at, { isRegistered: false })]],
    severity: "minor",
  },
  {
    rule: "lte-signal-low",
    entity: portEntity(R1, "lte1"),
    everyMs: MINUTE_MS,
    good: (at) => [modem(at, { isRegistered: true, rsrpDbm: -95 })],
    almost: [60 * MINUTE_MS, (at) => [modem(at, { isRegistered: true, rsrpDbm: -114 })]],
    bad: [32 * MINUTE_MS, (at) => [modem(at, { isRegistered: true, rsrpDbm: -118 })]],
    severity: "warning",
  },
]

const SWITCHING: readonly Case[] = [
  ...(["overload", "short-circuit"] as const).map(
    (state): Case => ({
      rule: "poe-fault",
      entity: portEntity(R1, "ether5"),
      everyMs: MINUTE_MS,
      good: (at) => [poe(at, { state: "powered" })],
      almost: [20 * MINUTE_MS, (at) => [poe(at, { state: "waiting" })]],
      bad: [3 * MINUTE_MS, (at) => [poe(at, { state })]],
      severity: "minor",
    }),
  ),
  {
    rule: "poe-fault",
    entity: portEntity(R1, "ether5"),
    everyMs: MINUTE_MS,
    good: (at) => [poe(at, { state: "powered" })],
    almost: [4 * MINUTE_MS, (at) => [poe(at, { state: "fault" })]],
    bad: [7 * MINUTE_MS, (at) => [poe(at, { state: "fault" })]],
    severity: "warning",
  },
  {
    rule: "stp-port-flapping",
    entity: ETHER1,
    everyMs: MINUTE_MS,
    good: (at) => [bridgePort(at, { state: "forwarding" })],
    // One link that goes and comes back.
    almost: [2 * MINUTE_MS, (at) => [bridgePort(at, { state: "disabled" })]],
    bad: [
      6 * MINUTE_MS,
      (at) => [bridgePort(at, { state: isOdd(at, MINUTE_MS) ? "blocking" : "forwarding" })],
    ],
    severity: "minor",
  },
  {
    rule: "stp-unstable",
    everyMs: 10_000,
    good: () => [],
    almost: [200_000, (at) => [event(at, "stp-changed")]],
    bad: [300_000, (at) => [event(at, "stp-changed")]],
    severity: "warning",
  },
  {
    rule: "loop-detected",
    everyMs: 10_000,
    good: () => [],
    almost: [90_000, (at) => [event(at, "loop-detected")]],
    bad: [150_000, (at) => [event(at, "loop-detected")]],
    severity: "major",
  },
  {
    rule: "vrrp-role-changed",
    entity: namedEntity(R1, "vrrp", "vrrp10"),
    everyMs: 30_000,
    good: (at) => [vrrp(at, { role: "master" })],
    almost: [20 * MINUTE_MS, (at) => [vrrp(at, { role: "master" })]],
    bad: [MINUTE_MS, (at) => [vrrp(at, { role: "backup" })]],
    severity: "warning",
  },
  {
    rule: "vrrp-flapping",
    entity: namedEntity(R1, "vrrp", "vrrp10"),
    everyMs: 30_000,
    good: (at) => [vrrp(at, { role: "master" })],
    // A restart: there and back.
    almost: [MINUTE_MS, (at) => [vrrp(at, { role: "backup" })]],
    bad: [5 * MINUTE_MS, (at) => [vrrp(at, { role: isOdd(at, 30_000) ? "backup" : "master" })]],
    severity: "minor",
  },
  {
    rule: "vrrp-failed",
    entity: namedEntity(R1, "vrrp", "vrrp10"),
    everyMs: 30_000,
    good: (at) => [vrrp(at, { role: "backup" })],
    almost: [20 * MINUTE_MS, (at) => [vrrp(at, { role: "disabled" })]],
    bad: [4 * MINUTE_MS, (at) => [vrrp(at, { role: "failed" })]],
    severity: "minor",
  },
]

const SUBSCRIBERS: readonly Case[] = [
  {
    rule: "dhcp-pool-nearly-full",
    entity: namedEntity(R1, "dhcp", "guests"),
    everyMs: MINUTE_MS,
    good: (at) => [pool(at, { leases: 120, addresses: 254 })],
    almost: [9 * MINUTE_MS, (at) => [pool(at, { leases: 240, addresses: 254 })]],
    bad: [12 * MINUTE_MS, (at) => [pool(at, { leases: 240, addresses: 254 })]],
    severity: "minor",
  },
  {
    rule: "dhcp-pool-nearly-full",
    entity: namedEntity(R1, "dhcp", "guests"),
    everyMs: MINUTE_MS,
    good: (at) => [pool(at, { leases: 120, addresses: 254 })],
    // A small pool that is full on purpose.
    almost: [60 * MINUTE_MS, (at) => [pool(at, { leases: 4, addresses: 4 })]],
    bad: [7 * MINUTE_MS, (at) => [pool(at, { leases: 254, addresses: 254 })]],
    severity: "major",
  },
  {
    rule: "dhcp-pool-nearly-full",
    entity: namedEntity(R1, "dhcp", "guests"),
    everyMs: MINUTE_MS,
    good: (at) => [pool(at, { leases: 120, addresses: 254 })],
    // Fixed leases outside the pool.
    almost: [60 * MINUTE_MS, (at) => [pool(at, { leases: 300, addresses: 254 })]],
    bad: [7 * MINUTE_MS, (at) => [pool(at, { leases: 253, addresses: 254 })]],
    severity: "major",
  },
  {
    rule: "queue-full",
    entity: namedEntity(R1, "queue", "office"),
    everyMs: 30_000,
    good: (at) => [queue(at, { txBps: 20e6, txLimitBps: 50e6 })],
    almost: [14 * MINUTE_MS, (at) => [queue(at, { txBps: 49e6, txLimitBps: 50e6 })]],
    bad: [17 * MINUTE_MS, (at) => [queue(at, { rxBps: 9.9e6, rxLimitBps: 10e6 })]],
    severity: "warning",
  },
  {
    rule: "queue-drops",
    entity: namedEntity(R1, "queue", "office"),
    everyMs: 30_000,
    good: (at) => [queue(at, { dropsPs: 5 })],
    almost: [9 * MINUTE_MS, (at) => [queue(at, { dropsPs: 300 })]],
    bad: [12 * MINUTE_MS, (at) => [queue(at, { dropsPs: 300 })]],
    severity: "minor",
  },
]

const TUNNELS: readonly Case[] = [
  ...(["down", "negotiating"] as const).map(
    (state): Case => ({
      rule: "ipsec-not-established",
      entity: namedEntity(R1, "tunnel", "ipsec 198.51.100.7"),
      everyMs: MINUTE_MS,
      good: (at) => [ipsec(at, { state: "up" })],
      almost: [2 * MINUTE_MS, (at) => [ipsec(at, { state })]],
      bad: [5 * MINUTE_MS, (at) => [ipsec(at, { state })]],
      severity: "major",
    }),
  ),
  {
    rule: "wireguard-not-connected",
    entity: namedEntity(R1, "tunnel", "wireguard wg1 noc"),
    everyMs: MINUTE_MS,
    good: (at) => [wireguard(at, { state: "up", handshakeS: 30 })],
    // Without keepalives, or of a client that roams.
    almost: [600 * MINUTE_MS, (at) => [wireguard(at, { state: "idle", handshakeS: 9_000 })]],
    bad: [4 * MINUTE_MS, (at) => [wireguard(at, { state: "down", handshakeS: 600 })]],
    severity: "major",
  },
  {
    rule: "netwatch-down",
    entity: namedEntity(R1, "watch", "192.0.2.1"),
    everyMs: 30_000,
    good: (at) => [watch(at, { state: "up" })],
    almost: [90_000, (at) => [watch(at, { state: "down" })]],
    bad: [4 * MINUTE_MS, (at) => [watch(at, { state: "down" })]],
    severity: "minor",
  },
  {
    rule: "ntp-not-synchronised",
    // As often as clocks are read, and a second late.
    everyMs: 301_000,
    good: (at) => [clock(at, { offsetMs: 20, isSynchronized: true })],
    almost: [25 * MINUTE_MS, (at) => [clock(at, { offsetMs: 20, isSynchronized: false })]],
    bad: [40 * MINUTE_MS, (at) => [clock(at, { offsetMs: 20, isSynchronized: false })]],
    severity: "warning",
  },
]

const POWER: readonly Case[] = [
  ...(["ups1 on battery", "output"] as const).map(
    (name): Case => ({
      rule: "ups-on-battery",
      entity: namedEntity(R1, "sensor", name),
      everyMs: 10_000,
      good: (at) => [sensor(at, name, "state", 1)],
      almost: [20_000, (at) => [sensor(at, name, "state", 0)]],
      bad: [MINUTE_MS, (at) => [sensor(at, name, "state", 0)]],
      severity: "major",
    }),
  ),
  {
    rule: "ups-battery-low",
    entity: namedEntity(R1, "sensor", "ups1 battery charge"),
    everyMs: MINUTE_MS,
    good: (at) => [sensor(at, "ups1 battery charge", "%", 100)],
    almost: [60 * MINUTE_MS, (at) => [sensor(at, "ups1 battery charge", "%", 55)]],
    bad: [3 * MINUTE_MS, (at) => [sensor(at, "ups1 battery charge", "%", 45)]],
    severity: "minor",
  },
  {
    rule: "ups-battery-low",
    entity: namedEntity(R1, "sensor", "battery charge"),
    everyMs: MINUTE_MS,
    good: (at) => [sensor(at, "battery charge", "%", 100)],
    almost: [MINUTE_MS, (at) => [sensor(at, "battery charge", "%", 10)]],
    bad: [3 * MINUTE_MS, (at) => [sensor(at, "battery charge", "%", 10)]],
    severity: "major",
  },
  {
    rule: "ups-battery-worn",
    entity: namedEntity(R1, "sensor", "battery replacement"),
    everyMs: MINUTE_MS,
    good: (at) => [sensor(at, "battery replacement", "state", 1)],
    almost: [9 * MINUTE_MS, (at) => [sensor(at, "battery replacement", "state", 0)]],
    bad: [12 * MINUTE_MS, (at) => [sensor(at, "battery replacement", "state", 0)]],
    severity: "minor",
  },
]

export const NETWORK_CASES: readonly Case[] = [
  ...RADIO,
  ...SWITCHING,
  ...SUBSCRIBERS,
  ...TUNNELS,
  ...POWER,
]
