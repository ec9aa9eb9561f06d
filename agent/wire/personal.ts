/**
 * Where the items of an agent may name a person: the one table of it. A redaction of the agent
 * follows it; columns that are not here are sent as they were read, except names of sessions.
 */
import type { TableName } from "./tables/tables.ts"

/**
 * `user`: a name, replaced by a pseudonym. `endpoint`: addresses and MAC addresses, shortened; what
 * is neither is a name. `session`: the name of a session, which ends with its user. `text`: free
 * text, left out.
 */
export type PersonalKind = "user" | "endpoint" | "session" | "text"
type Fields = Readonly<Record<string, PersonalKind>>

/** Columns of tables of a device. The keys of these tables may contain them, and are replaced. */
export const PERSONAL_COLUMNS: Readonly<Partial<Record<TableName, Fields>>> = {
  sessions: { user: "user", address: "endpoint", callerId: "endpoint", comment: "text" },
  leases: {
    address: "endpoint",
    mac: "endpoint",
    hostName: "user",
    clientId: "endpoint",
    comment: "text",
  },
  registrations: { mac: "endpoint", identity: "user", address: "endpoint", comment: "text" },
  tunnels: {
    name: "user",
    user: "user",
    remoteAddress: "endpoint",
    allowed: "endpoint",
    comment: "text",
  },
  users: { user: "user", address: "endpoint", comment: "text" },
  hosts: { mac: "endpoint" },
  arp: { address: "endpoint", mac: "endpoint", comment: "text" },
  hotspot: {
    user: "user",
    address: "endpoint",
    toAddress: "endpoint",
    mac: "endpoint",
    comment: "text",
  },
  "ppp-accounts": {
    user: "user",
    remoteAddress: "endpoint",
    callerId: "endpoint",
    comment: "text",
  },
  ipsec: {
    name: "user",
    peer: "user",
    source: "endpoint",
    destination: "endpoint",
    comment: "text",
  },
  queues: { name: "user", parent: "user", target: "endpoint", comment: "text" },
  "logical-interfaces": { user: "user" },
  "address-lists": { address: "endpoint", comment: "text" },
  "user-groups": { name: "user", owner: "user", comment: "text" },
  changes: { user: "user", action: "text" },
  // Only rows of a session's interface are a customer's.
  addresses: {},
  routes: {},
}
/** Attributes of events: of log lines, and of traps. */
export const PERSONAL_ATTRIBUTES: Fields = {
  user: "user",
  session: "session",
  caller: "endpoint",
  client: "endpoint",
  target: "endpoint",
  nat: "endpoint",
  address: "endpoint",
  from: "endpoint",
  mac: "endpoint",
  host: "endpoint",
  text: "text",
}
/** Attributes that the agent writes, or that have a number or one of a few words. */
export const IMPERSONAL_ATTRIBUTES: ReadonlySet<string> = new Set([
  ...["topics", "meaning", "lines", "oid", "ifIndex", "seconds", "bytesIn", "bytesOut"],
  ...["packetsIn", "packetsOut", "service", "way", "protocol", "chain", "prefix", "flags"],
  ...["length", "clientPort", "targetPort", "signal", "count", "proper", "menu"],
])
/** Families whose names are those of customers: the field that has the name, and its kind. */
export const PERSONAL_NAMES: Readonly<
  Record<string, { readonly field: string; readonly kind: PersonalKind }>
> = {
  registration: { field: "client", kind: "endpoint" },
  queue: { field: "queue", kind: "user" },
  tunnel: { field: "tunnel", kind: "user" },
}
/** Log lines whose topics are some of these, and else only severities, are about the network. */
export const NETWORK_TOPICS: ReadonlySet<string> = new Set([
  ...["interface", "bgp", "ospf", "route", "rip", "bfd", "mpls", "ldp", "isis", "is-is", "vrrp"],
  ...["stp", "health", "poe-out", "ntp", "raid", "ups", "watchdog"],
])
export const SEVERITY_TOPICS: ReadonlySet<string> = new Set([
  ...["debug", "info", "warning", "error", "critical", "event", "packet", "raw", "state", "calc"],
])
