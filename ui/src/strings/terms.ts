import type { DeviceRole } from "@ispvm/appliance/api/inventory"
import type { Role, Status } from "@ispvm/appliance/api/shared"

const status: Record<Status, string> = {
  ok: "Up",
  degraded: "Degraded",
  down: "Down",
  recovering: "Recovering",
  unknown: "Unknown",
  maintenance: "Maintenance",
  behind: "Behind a fault",
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
}

export const terms = {
  product: "ISP Visual Monitor",
  status,
  role,
  account,
  source: (name: string): string => source[name] ?? name,
  none: "–",
} as const
