import type { DeviceRole } from "@ispvm/appliance/api/inventory"
import type { Role, Status } from "@ispvm/appliance/api/shared"
import { parseNetwatchLog } from "../format/netwatch-log.ts"
import { plural } from "../format/plural.ts"
import { readingChange } from "../format/reading-change.ts"
import { withMeaning } from "../format/with-meaning.ts"
import { logMeanings } from "./log-meanings.ts"
import { reading } from "./reading.ts"

const status: Record<Status, string> = {
  ok: "Up",
  degraded: "Degraded",
  down: "Down",
  recovering: "Recovering",
  unknown: "Unknown",
  maintenance: "Maintenance",
  unreachable: "Unreachable",
}
const role: Record<DeviceRole, string> = {
  upstream: "Upstream",
  border: "Border",
  core: "Core",
  "route-reflector": "Route reflector",
  aggregation: "Aggregation",
  edge: "Edge",
  access: "Access",
  "pppoe-server": "PPPoE server",
  cgnat: "CGNAT",
  wireless: "Wireless",
  switch: "Switch",
  cpe: "CPE",
}
const account: Record<Role, string> = { admin: "Admin", operator: "Operator", viewer: "Viewer" }
const source: Record<string, string> = {
  "routeros-api": "RouterOS API",
  routeros: "RouterOS API",
  snmp: "SNMP",
  ping: "Ping",
  icmp: "Ping",
  tcp: "TCP probe",
  syslog: "Syslog",
  push: "Push",
}

/** Texts of events that have no message of the router, or none that people understand. */
const event: Record<string, (source: string) => string> = {
  "collect-works": (from) => `${from} collection works`,
  "collect-failed": (from) => `${from} collection failed`,
  "collect-ended": (from) => `${from} collection was switched off`,
  "agent-changed": () => "Read by another agent",
  "method-changed": () => "Read by another method",
  "interface-renamed": () => "Interface renamed",
  "samples-dropped": () => "Samples dropped: the agent's buffer was full",
  rebooted: () => "Rebooted",
  "link-up": () => "Link up",
  "link-down": () => "Link down",
  "peer-up": () => "Neighbour up",
  "peer-down": () => "Neighbour down",
  "sessions-changed": () => "Many sessions opened or closed",
  "watch-up": () => "Netwatch host up",
  "watch-down": () => "Netwatch host down",
  "path-seen": () => "Path of a probe",
  "path-changed": () => "The path of a probe has changed",
  "reported-in": () => "Onboarding script ran",
  "config-changed": () => "Configuration changed",
  login: () => "Login",
  "login-failed": () => "Login failed",
  log: (from) => `${from} message without text`,
}

const sourceName = (name: string): string => source[name] ?? name

export const terms = {
  product: "ISP Visual Monitor",
  status,
  role,
  account,
  source: sourceName,
  event: (name: string, from: string, message: string): string => {
    const meaning = withMeaning(logMeanings, name, message, {
      more: (count, seconds, last) => `${count} more in ${seconds} s, the last: ${last}`,
    })
    if (meaning !== null) return meaning
    const change = readingChange(reading, name, message)
    if (change !== null) return `${event[name]?.(sourceName(from))}: ${change}`
    const text = event[name]?.(sourceName(from))
    if (message === "") return text ?? name
    const netwatch = parseNetwatchLog(message)
    if (netwatch !== null) return `Netwatch host ${netwatch.host} is ${netwatch.state}`
    return name.startsWith("collect") && text !== undefined ? `${text}: ${message}` : message
  },
  devices: (n: number): string => plural(n, { one: "# device", other: "# devices" }),
  links: (n: number): string => plural(n, { one: "# link", other: "# links" }),
  alsoFailed: (title: string, n: number): string =>
    n === 0
      ? title
      : `${title}. ${plural(n, { one: "# other method", other: "# other methods" })} failed at the same time`,
  onDevices: (text: string, n: number): string => `${text} on ${n} devices`,
  portChanges: (ports: number, changes: number): string =>
    `${ports} ports changed state, ${changes} times in total`,
  more: (text: string, n: number): string =>
    `${text} (after ${plural(n, { one: "# earlier change", other: "# earlier changes" })})`,
  none: "–",
} as const
