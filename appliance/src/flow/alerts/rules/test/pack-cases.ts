/** Cases of the default pack: what is quiet, what is almost enough, and what raises an alert. */
import { portEntity } from "../../topology.ts"
import { namedEntity } from "../readings.ts"
import { type cpu, probe, R1, type RuleWorld } from "./rule-world.ts"

const MINUTE_MS = 60_000
type Made = ReturnType<typeof cpu>

/** One sample every `everyMs` for `forMs`, after what was delivered before. */
export const during = (
  world: RuleWorld,
  [fromMs, forMs, everyMs]: readonly [number, number, number],
  make: (atMs: number) => readonly Made[],
): number => {
  let atMs = fromMs
  for (; atMs < fromMs + forMs; atMs += everyMs) {
    const made = make(atMs)
    world.deliver(made.some(({ kind }) => kind === "ping") ? made : [probe(atMs), ...made])
  }
  return atMs
}

export type Case = {
  readonly rule: string
  readonly entity?: string
  readonly everyMs?: number
  /** Before, for twenty minutes. */
  readonly good: (atMs: number) => readonly Made[]
  /** Not enough: for less time, or less bad. */
  readonly almost: readonly [number, (atMs: number) => readonly Made[]]
  readonly bad: readonly [number, (atMs: number) => readonly Made[]]
  readonly severity: string
}

/** A sample of any family. */
export const sampleOf =
  (kind: string, names: Readonly<Record<string, string>>) =>
  (atMs: number, values: Readonly<Record<string, unknown>>): Made => ({
    ...{ kind, device: R1, deviceKey: 1, atMs, source: "snmp", ...names, ...values },
  })
const peer = sampleOf("bgp", { peer: "upstream" })
const neighbour = sampleOf("ospf", { neighbour: "10.0.0.2" })
const isis = sampleOf("isis", { neighbour: "0100.4000.2001 ether1" })
const sessions = sampleOf("sessions", { service: "pppoe" })
const module = sampleOf("optics", { interface: "ether1" })
const certificate = sampleOf("certificate", { certificate: "api" })
const clock = sampleOf("clock", {})
const reading = sampleOf("reading", {})
const service = sampleOf("service", { service: "portal · agent" })
const SERVICE = namedEntity(R1, "service", "portal · agent")
const BGP = namedEntity(R1, "bgp", "upstream")
const OSPF = namedEntity(R1, "ospf", "10.0.0.2")

export const SERVICE_CASES: readonly Case[] = [
  {
    rule: "read-by-fallback",
    everyMs: MINUTE_MS,
    good: (at) => [reading(at, { method: "preferred", isOtherAgent: false })],
    almost: [29 * MINUTE_MS, (at) => [reading(at, { method: "fallback", isOtherAgent: false })]],
    bad: [33 * MINUTE_MS, (at) => [reading(at, { method: "fallback", isOtherAgent: false })]],
    severity: "warning",
  },
  {
    rule: "read-by-fallback",
    everyMs: MINUTE_MS,
    good: (at) => [reading(at, { method: "preferred", isOtherAgent: false })],
    almost: [29 * MINUTE_MS, (at) => [reading(at, { method: "preferred", isOtherAgent: true })]],
    bad: [33 * MINUTE_MS, (at) => [reading(at, { method: "preferred", isOtherAgent: true })]],
    severity: "warning",
  },
  {
    rule: "bgp-not-established",
    entity: BGP,
    good: (at) => [peer(at, { state: "established", disabled: false, prefixesReceived: 100 })],
    almost: [40_000, (at) => [peer(at, { state: "active", disabled: false })]],
    bad: [3 * MINUTE_MS, (at) => [peer(at, { state: "idle", disabled: false })]],
    severity: "major",
  },
  {
    rule: "bgp-not-established",
    entity: BGP,
    good: (at) => [peer(at, { state: "established", disabled: false })],
    almost: [20 * MINUTE_MS, (at) => [peer(at, { state: "idle", disabled: true })]],
    bad: [3 * MINUTE_MS, (at) => [peer(at, { state: "idle", disabled: false })]],
    severity: "major",
  },
  {
    rule: "bgp-prefixes-changed",
    entity: BGP,
    everyMs: 30_000,
    good: (at) => [peer(at, { state: "established", prefixesReceived: 2 })],
    almost: [20 * MINUTE_MS, (at) => [peer(at, { state: "established", prefixesReceived: 1 })]],
    bad: [4 * MINUTE_MS, (at) => [peer(at, { state: "established", prefixesReceived: 0 })]],
    severity: "major",
  },
  {
    rule: "bgp-prefixes-changed",
    entity: BGP,
    everyMs: 30_000,
    good: (at) => [peer(at, { state: "established", prefixesReceived: 1_000 })],
    almost: [20 * MINUTE_MS, (at) => [peer(at, { state: "established", prefixesReceived: 800 })]],
    bad: [4 * MINUTE_MS, (at) => [peer(at, { state: "established", prefixesReceived: 500 })]],
    severity: "major",
  },
  {
    rule: "ospf-not-full",
    entity: OSPF,
    good: (at) => [neighbour(at, { state: "full" })],
    almost: [20 * MINUTE_MS, (at) => [neighbour(at, { state: "two-way" })]],
    bad: [3 * MINUTE_MS, (at) => [neighbour(at, { state: "exchange-start" })]],
    severity: "major",
  },
  {
    rule: "isis-not-up",
    entity: namedEntity(R1, "isis", "0100.4000.2001 ether1"),
    good: (at) => [isis(at, { state: "up" })],
    almost: [40_000, (at) => [isis(at, { state: "initializing" })]],
    bad: [3 * MINUTE_MS, (at) => [isis(at, { state: "down" })]],
    severity: "major",
  },
  {
    rule: "ospf-flapping",
    entity: OSPF,
    good: (at) => [neighbour(at, { state: "full" })],
    almost: [30_000, (at) => [neighbour(at, { state: "init" })]],
    bad: [
      5 * MINUTE_MS,
      (at) => [neighbour(at, { state: Math.floor(at / 30_000) % 2 === 0 ? "full" : "down" })],
    ],
    severity: "minor",
  },
  {
    rule: "pppoe-sessions-lost",
    entity: namedEntity(R1, "sessions", "pppoe"),
    good: (at) => [sessions(at, { count: 1_000 })],
    almost: [50_000, (at) => [sessions(at, { count: 900 })]],
    bad: [50_000, (at) => [sessions(at, { count: 300 })]],
    severity: "major",
  },
  {
    rule: "pppoe-sessions-lost",
    entity: namedEntity(R1, "sessions", "pppoe"),
    good: (at) => [sessions(at, { count: 20 })],
    almost: [50_000, (at) => [sessions(at, { count: 11 })]],
    bad: [50_000, (at) => [sessions(at, { count: 0 })]],
    severity: "major",
  },
  {
    rule: "optics-outside-limits",
    entity: portEntity(R1, "ether1"),
    good: (at) => [module(at, { rxDbm: -8, isOutside: false })],
    almost: [40_000, (at) => [module(at, { rxDbm: -28, isOutside: true })]],
    bad: [3 * MINUTE_MS, (at) => [module(at, { rxDbm: -28, isOutside: true })]],
    severity: "major",
  },
  {
    rule: "certificate-expires",
    entity: namedEntity(R1, "certificate", "api"),
    everyMs: MINUTE_MS,
    good: (at) => [certificate(at, { daysLeft: 60 })],
    almost: [20 * MINUTE_MS, (at) => [certificate(at, { daysLeft: 31 })]],
    bad: [20 * MINUTE_MS, (at) => [certificate(at, { daysLeft: 5 })]],
    severity: "major",
  },
  {
    rule: "certificate-expires",
    entity: namedEntity(R1, "certificate", "api"),
    everyMs: MINUTE_MS,
    good: (at) => [certificate(at, { daysLeft: 60 })],
    almost: [20 * MINUTE_MS, (at) => [certificate(at, { daysLeft: 31 })]],
    bad: [20 * MINUTE_MS, (at) => [certificate(at, { daysLeft: -400 })]],
    severity: "warning",
  },
  {
    rule: "service-failing",
    entity: SERVICE,
    good: (at) => [service(at, { isUp: true, outcome: "ok" })],
    almost: [60_000, (at) => [service(at, { isUp: false, outcome: "no-answer" })]],
    bad: [4 * MINUTE_MS, (at) => [service(at, { isUp: false, outcome: "no-answer" })]],
    severity: "major",
  },
  {
    rule: "service-failing",
    entity: SERVICE,
    good: (at) => [service(at, { isUp: true, outcome: "ok" })],
    // A path, or what the agent may not probe.
    almost: [20 * MINUTE_MS, (at) => [service(at, { isUp: null, outcome: "no-answer" })]],
    bad: [4 * MINUTE_MS, (at) => [service(at, { isUp: false, outcome: "wrong-status" })]],
    severity: "major",
  },
  {
    rule: "dns-failing",
    entity: SERVICE,
    good: (at) => [service(at, { isUp: true, outcome: "ok" })],
    almost: [20 * MINUTE_MS, (at) => [service(at, { isUp: false, outcome: "dns-name-missing" })]],
    bad: [3 * MINUTE_MS, (at) => [service(at, { isUp: false, outcome: "dns-server-failure" })]],
    severity: "major",
  },
  {
    rule: "service-certificate-expires",
    entity: SERVICE,
    everyMs: MINUTE_MS,
    good: (at) => [service(at, { isUp: true, outcome: "ok", certificateDays: 60 })],
    almost: [20 * MINUTE_MS, (at) => [service(at, { certificateDays: 14.5 })]],
    bad: [20 * MINUTE_MS, (at) => [service(at, { certificateDays: 13.5 })]],
    severity: "warning",
  },
  {
    rule: "clock-wrong",
    everyMs: 30_000,
    good: (at) => [clock(at, { offsetMs: 200, isSynchronized: true })],
    almost: [4 * MINUTE_MS, (at) => [clock(at, { offsetMs: -3_600_000, isSynchronized: false })]],
    bad: [7 * MINUTE_MS, (at) => [clock(at, { offsetMs: 3_600_000, isSynchronized: false })]],
    severity: "warning",
  },
]
