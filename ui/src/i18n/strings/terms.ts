import type { DeviceRole } from "@ispvm/appliance/api/inventory"
import type { Role, Status } from "@ispvm/appliance/api/shared"
import { parseNetwatchLog } from "../format/netwatch-log.ts"
import { plural } from "../format/plural.ts"

const status: Record<Status, string> = {
  ok: "Up",
  degraded: "Degraded",
  down: "Down",
  recovering: "Recovering",
  unknown: "Unknown",
  maintenance: "Maintenance",
  unreachable: "Behind a fault",
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
  push: "The router itself",
}

/** What an event says where the router's own words are missing or mean nothing to people. */
const event: Record<string, (source: string) => string> = {
  "collect-works": (from) => `${from} answers`,
  "collect-failed": (from) => `${from} stopped answering`,
  "collect-ended": (from) => `${from} is not asked any more`,
  "samples-dropped": () => "Readings were dropped: the agent's buffer was full",
  rebooted: () => "Rebooted",
  "link-up": () => "Link up",
  "link-down": () => "Link down",
  "peer-up": () => "A neighbour is up",
  "peer-down": () => "A neighbour is down",
  "sessions-changed": () => "Sessions came or went in numbers",
  "watch-up": () => "Something it watches answers again",
  "watch-down": () => "Something it watches does not answer",
  "reported-in": () => "Ran its script and reported in",
  "config-changed": () => "Configuration changed",
  login: () => "Somebody logged in",
  "login-failed": () => "A login failed",
  log: (from) => `A line of ${from} without words`,
}

const sourceName = (name: string): string => source[name] ?? name

export const terms = {
  product: "ISP Visual Monitor",
  status,
  role,
  account,
  source: sourceName,
  event: (name: string, from: string, message: string): string => {
    const text = event[name]?.(sourceName(from))
    if (message === "") return text ?? name
    const netwatch = parseNetwatchLog(message)
    if (netwatch !== null) return `${netwatch.host}, which the router watches, is ${netwatch.state}`
    return name.startsWith("collect") && text !== undefined ? `${text}: ${message}` : message
  },
  devices: (n: number): string => plural(n, { one: "# device", other: "# devices" }),
  links: (n: number): string => plural(n, { one: "# link", other: "# links" }),
  alsoFailed: (title: string, n: number): string =>
    n === 0
      ? title
      : `${title}. ${plural(n, { one: "A method", other: "# methods" })} stopped answering with it`,
  onDevices: (text: string, n: number): string => `${text} on ${n} devices`,
  portChanges: (ports: number, changes: number): string =>
    `${ports} ports changed, ${changes} times in all`,
  more: (text: string, n: number): string =>
    `${text} (and ${plural(n, { one: "# more change", other: "# more changes" })} of it before)`,
  none: "–",
} as const
