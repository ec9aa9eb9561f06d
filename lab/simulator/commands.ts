/**
 * Commands to a running simulation, and its state. The UI declares the same shapes in
 * `state/lab.ts`; the browser tests of `e2e/` compare the two.
 */
import { z } from "zod"
import {
  DEVICE_FAULT_NAMES,
  DEVICE_REPAIR_NAMES,
  type DeviceFault,
  type DeviceRepair,
  deviceFaultOf,
} from "./device-faults.ts"
import { closest } from "./name-suggestion.ts"
import { routersWith, speaksIsis } from "./routers/capabilities.ts"
import { siteOf, type Topology } from "./topology.ts"

const SHARE = "loss is a share from 0 to 1: 5 % is 0.05"
const MAX_TOGETHER = 20
/** Sections of a configuration that can be changed, as the console names them. */
export const CONFIG_SECTIONS = [
  "ip firewall filter",
  "ip firewall nat",
  "system logging",
  "system script",
] as const
export type ConfigSection = (typeof CONFIG_SECTIONS)[number]
const Name = z.string().min(1).max(256)
/** Faults of the network; several may take effect at once. */
export const Fault = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("cut"), link: Name }),
  z.strictObject({ do: z.literal("repair"), link: Name }),
  z.strictObject({ do: z.literal("kill"), router: Name }),
  z.strictObject({ do: z.literal("revive"), router: Name }),
  z.strictObject({ do: z.literal("power-off"), site: Name }),
  z.strictObject({ do: z.literal("power-on"), site: Name }),
  z.strictObject({ do: z.literal("lose-upstream"), router: Name }),
  z.strictObject({ do: z.literal("restore-upstream"), router: Name }),
  /** A link loses packets of what takes it; 0: none any more. */
  z.strictObject({
    do: z.literal("degrade"),
    link: Name,
    ratio: z.number(SHARE).min(0, SHARE).max(1, SHARE),
  }),
  /** A link is full: it drops some of what takes it. */
  z.strictObject({ do: z.literal("congest"), link: Name }),
  z.strictObject({ do: z.literal("decongest"), link: Name }),
  /** BGP of a router goes down while its links stay up. */
  z.strictObject({ do: z.literal("bgp-down"), router: Name }),
  z.strictObject({ do: z.literal("bgp-up"), router: Name }),
  /** OSPF on a link goes down while its ports stay up. */
  z.strictObject({ do: z.literal("ospf-down"), link: Name }),
  z.strictObject({ do: z.literal("ospf-up"), link: Name }),
  /** The PPP sessions of a router end, and come back. */
  z.strictObject({ do: z.literal("drop-sessions"), router: Name }),
  z.strictObject({ do: z.literal("restore-sessions"), router: Name }),
  /** The module of a port receives this much less light; 0: as before. */
  z.strictObject({
    do: z.literal("fade-optic"),
    router: Name,
    port: Name,
    db: z.number().min(0).max(40),
  }),
  /** IS-IS on a link goes down while its ports stay up. */
  z.strictObject({ do: z.literal("isis-down"), link: Name }),
  z.strictObject({ do: z.literal("isis-up"), link: Name }),
  /** A service or a part of one router fails. */
  z.strictObject({ do: z.enum(DEVICE_FAULT_NAMES), router: Name }),
  z.strictObject({ do: z.enum(DEVICE_REPAIR_NAMES), router: Name }),
  z.strictObject({ do: z.literal("cut-uplink") }),
  z.strictObject({ do: z.literal("repair-uplink") }),
  z.strictObject({ do: z.literal("loss"), ratio: z.number(SHARE).min(0, SHARE).max(1, SHARE) }),
])
export type Fault = z.infer<typeof Fault>
export const LabCommand = z.discriminatedUnion("do", [
  Fault,
  z.strictObject({ do: z.literal("together"), faults: z.array(Fault).min(2).max(MAX_TOGETHER) }),
  z.strictObject({
    do: z.literal("flap"),
    router: Name,
    port: Name,
    times: z.int().min(1).max(20).default(5),
  }),
  /** Somebody tries passwords on the router. */
  z.strictObject({
    do: z.literal("guess-passwords"),
    router: Name,
    times: z.int().min(1).max(100).default(12),
  }),
  /** Somebody adds a row to a section of the router's configuration. */
  z.strictObject({
    do: z.literal("change-config"),
    router: Name,
    section: z.enum(CONFIG_SECTIONS).default(CONFIG_SECTIONS[0]),
  }),
  z.strictObject({ do: z.literal("stop-agent") }),
  z.strictObject({ do: z.literal("start-agent") }),
  z.strictObject({ do: z.literal("cut-management-path") }),
  z.strictObject({ do: z.literal("repair-management-path") }),
  z.strictObject({ do: z.literal("heal") }),
])
export type LabCommand = z.infer<typeof LabCommand>

export const isFault = (command: LabCommand): command is Fault => Fault.safeParse(command).success

/** A command at one router's console. */
export const ConsoleCommand = z.strictObject({
  router: Name,
  does: z.enum(["import", "export", "run"]),
  /** A script, the menu to export (empty for everything), or a line. */
  text: z.string(),
})
export type ConsoleCommand = z.infer<typeof ConsoleCommand>
/** The text that the console would print; `ok` is false where it ended in an error. */
export const ConsoleAnswer = z.strictObject({ ok: z.boolean(), output: z.string() })
export type ConsoleAnswer = z.infer<typeof ConsoleAnswer>

export const LabState = z.strictObject({
  cutLinks: z.array(z.string()),
  deadRouters: z.array(z.string()),
  poweredOffSites: z.array(z.string()),
  lostUpstreams: z.array(z.string()),
  lossRatio: z.number(),
  degradedLinks: z.array(z.string()),
  congestedLinks: z.array(z.string()),
  bgpDown: z.array(z.string()),
  withoutSessions: z.array(z.string()),
  /** `router port`. */
  fadedOptics: z.array(z.string()),
  ospfDown: z.array(z.string()),
  isisDown: z.array(z.string()),
  /** `fault router`. */
  deviceFaults: z.array(z.string()),
  /** By router: the faults of its services and parts that can be injected. */
  possibleFaults: z.record(z.string(), z.array(z.string())),
  /** Links on which OSPF, and IS-IS, can go down. */
  ospfLinks: z.array(z.string()),
  isisLinks: z.array(z.string()),
  agentRunning: z.boolean(),
  managementPathDown: z.boolean(),
  uplinkDown: z.boolean(),
  mode: z.enum(["namespace", "loopback"]),
})
export type LabState = z.infer<typeof LabState>

/** Null, or what is wrong with the names in a command. */
export const nameError = (topology: Topology, command: LabCommand): string | null => {
  if (command.do === "together")
    return (
      command.faults.map((fault) => nameError(topology, fault)).find((error) => error !== null) ??
      null
    )
  const links = topology.links.map((l) => l.name)
  const routers = topology.routers.map((r) => r.name)
  if ("link" in command && !links.includes(command.link))
    return `no link ${command.link}${closest(command.link, links)}`
  if ("site" in command && siteOf(topology, command.site) === undefined) {
    const sites = topology.sites.map((site) => site.key)
    return `no site ${command.site}${closest(command.site, sites)}`
  }
  if (command.do === "lose-upstream" || command.do === "restore-upstream") {
    const upstreams = topology.routers
      .filter((r) => r.roles.includes("upstream"))
      .map((r) => r.name)
    return upstreams.includes(command.router)
      ? null
      : `no upstream ${command.router}${closest(command.router, upstreams)}`
  }
  if ("router" in command && !routers.includes(command.router))
    return `no router ${command.router}${closest(command.router, routers)}`
  if (command.do === "isis-down" || command.do === "isis-up")
    return isisError(topology, command.link)
  return isOfDevice(command) ? partError(topology, command.router, deviceFaultOf(command.do)) : null
}

type OfDevice = Extract<LabCommand, { do: DeviceFault | DeviceRepair }>
export const isOfDevice = (command: LabCommand): command is OfDevice =>
  [...DEVICE_FAULT_NAMES, ...DEVICE_REPAIR_NAMES].some((name) => name === command.do)

const isisError = (topology: Topology, name: string): string | null => {
  const links = topology.links.filter((link) => speaksIsis(topology, link))
  if (links.some((link) => link.name === name)) return null
  return `no IS-IS on ${name}; it is on ${links.map((link) => link.name).join(", ")}`
}
const MAX_SUGGESTED = 6
/** A router has only some of the parts that can fail. */
const partError = (topology: Topology, router: string, fault: DeviceFault): string | null => {
  const able = routersWith(topology, fault)
  if (able.includes(router)) return null
  const some = able.slice(0, MAX_SUGGESTED).join(", ")
  return `${router} has nothing for ${fault}; ${able.length === 0 ? "no router has" : `there are ${some}`}`
}
