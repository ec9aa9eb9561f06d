/**
 * Diagnostics: what a person may run on a router through its agent. A fixed list; the agent makes
 * the commands of it, and runs no other.
 */
import { z } from "zod"
import { LIMITS, textUpTo } from "./values.ts"

/** A section of the configuration: its menus, in the order in which they are printed. */
export const CONFIGURATION_SECTIONS = {
  addresses: ["/ip/address", "/ipv6/address"],
  bridges: ["/interface/bridge", "/interface/bridge/port", "/interface/bridge/vlan"],
  dhcp: ["/ip/dhcp-server", "/ip/dhcp-server/network", "/ip/pool"],
  dns: ["/ip/dns"],
  firewall: ["/ip/firewall/filter", "/ip/firewall/nat", "/ip/firewall/mangle"],
  interfaces: ["/interface/ethernet", "/interface/vlan", "/interface/bonding", "/interface/list"],
  ppp: ["/ppp/profile", "/interface/pppoe-server/server"],
  queues: ["/queue/type", "/queue/tree", "/queue/simple"],
  routes: ["/ip/route", "/ipv6/route"],
  routing: [
    "/routing/bgp/instance",
    "/routing/bgp/connection",
    "/routing/bgp/peer",
    "/routing/ospf/instance",
    "/routing/ospf/area",
    "/routing/ospf/interface-template",
    "/routing/ospf/interface",
    "/routing/filter/rule",
    "/routing/filter",
  ],
  services: ["/ip/service", "/snmp", "/system/logging", "/system/ntp/client"],
} as const satisfies Readonly<Record<string, readonly string[]>>
export type ConfigurationSection = keyof typeof CONFIGURATION_SECTIONS
const SECTION_NAMES = Object.keys(CONFIGURATION_SECTIONS) as ConfigurationSection[]

/** An address, never a name: nothing is resolved, and nothing but an address gets to a router. */
export const DiagnosticAddress = z.union([z.ipv4(), z.ipv6()])
/** As the router names it. It is one word of the API, whatever it contains. */
const InterfaceName = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\p{Cc}]+$/u)
  .refine((name) => name.isWellFormed(), "field.unstorable")

/** `address` null: the device itself. A router cannot be asked to reach itself. */
const WHERE = {
  from: z.enum(["router", "agent"]),
  address: DiagnosticAddress.nullable(),
} as const
const hasTarget = ({ from, address }: { from: string; address: string | null }): boolean =>
  from === "agent" || address !== null
/** Messages are codes of the UI API, which takes these arguments as they are. */
const NO_TARGET = { message: "field.required", path: ["address"] }

export const DIAGNOSTIC_LIMITS = {
  pings: 20,
  pingBytes: { min: 28, max: 1_500 },
  logLines: 500,
  hops: 30,
} as const

/** What to run, with its arguments. */
export const Diagnostic = z.discriminatedUnion("action", [
  z
    .strictObject({
      action: z.literal("ping"),
      ...WHERE,
      count: z.int().min(1).max(DIAGNOSTIC_LIMITS.pings),
      /** Of the IP packet. */
      bytes: z.int().min(DIAGNOSTIC_LIMITS.pingBytes.min).max(DIAGNOSTIC_LIMITS.pingBytes.max),
    })
    .refine(hasTarget, NO_TARGET),
  z.strictObject({ action: z.literal("traceroute"), ...WHERE }).refine(hasTarget, NO_TARGET),
  z.strictObject({ action: z.literal("interface"), interface: InterfaceName }),
  z.strictObject({ action: z.literal("bgp") }),
  z.strictObject({ action: z.literal("ospf") }),
  z.strictObject({ action: z.literal("neighbours") }),
  z.strictObject({
    action: z.literal("log"),
    lines: z.int().min(1).max(DIAGNOSTIC_LIMITS.logLines),
  }),
  z.strictObject({ action: z.literal("configuration"), section: z.enum(SECTION_NAMES) }),
])
export type Diagnostic = z.infer<typeof Diagnostic>
export type DiagnosticAction = Diagnostic["action"]
export const DIAGNOSTIC_ACTIONS = [
  "ping",
  "traceroute",
  "interface",
  "bgp",
  "ospf",
  "neighbours",
  "log",
  "configuration",
] as const satisfies readonly DiagnosticAction[]

/** The policy that an account of the router needs; null: the router is not asked. */
export const policyFor = (diagnostic: Diagnostic): "read" | "test" | null =>
  diagnostic.action === "ping" || diagnostic.action === "traceroute"
    ? diagnostic.from === "agent"
      ? null
      : "test"
    : "read"

/** How a run ended. */
export const DIAGNOSIS_OUTCOMES = [
  "done",
  "cancelled",
  "timed-out",
  "too-long", // more output than a run may have; what was read so far is kept
  "missing", // this release or board has no such menu
  "not-permitted", // the account lacks a policy
  "not-allowed", // not in the agent's list of commands, or an address that it may not contact
  "busy", // the agent runs as many as it may
  "unreachable",
  "wrong-credentials",
  "wrong-certificate",
  "no-access", // there is no account for the RouterOS API
  "unavailable", // this agent cannot ping
  "failed",
] as const
export const DiagnosisOutcome = z.enum(DIAGNOSIS_OUTCOMES)
export type DiagnosisOutcome = z.infer<typeof DiagnosisOutcome>

/** Of one run. The agent ends it there; the appliance accepts no more. */
export const MAX_DIAGNOSIS_LINES = 2_000
export const MAX_DIAGNOSIS_BYTES = 256 * 1024
export const DiagnosisLine = textUpTo(1_000)
export const DiagnosisEnd = z.strictObject({
  outcome: DiagnosisOutcome,
  /** In English, for people; empty if there is nothing to add. */
  message: textUpTo(LIMITS.textChars),
})
export type DiagnosisEnd = z.infer<typeof DiagnosisEnd>
