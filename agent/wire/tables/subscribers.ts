/** Who is connected: sessions, leases, radio clients, tunnels and logged-in users. */
import { defineTable, flag, number, searched, text, time } from "./table.ts"

const personal = { isPersonal: true } as const
/** Changes all the time: sent only with another change. */
const moving = { tolerance: Number.POSITIVE_INFINITY } as const

export const sessions = defineTable({
  name: "sessions",
  title: "Sessions",
  description: "PPP sessions (PPPoE, L2TP, SSTP …) that are up",
  key: "id of the session on the router",
  columns: {
    user: searched("User", personal),
    address: searched("Address"),
    callerId: searched("Caller", personal),
    service: text("Service"),
    interface: text("Interface"),
    sinceMs: time("Since"),
    limitInByte: number("Limit in", { unit: "byte" }),
    limitOutByte: number("Limit out", { unit: "byte" }),
    encoding: text("Encryption"),
    sessionId: searched("Session id"),
    isRadius: flag("By RADIUS"),
    comment: searched("Comment", personal),
  },
})

export const leases = defineTable({
  name: "leases",
  title: "DHCP leases",
  description: "Leases of the DHCP servers of a device",
  key: "server, and address or MAC address",
  columns: {
    address: searched("Address"),
    mac: searched("MAC address"),
    hostName: searched("Host name", personal),
    server: text("Server"),
    status: text("Status"),
    clientId: searched("Client id"),
    expiresMs: time("Expires", moving),
    isDynamic: flag("Dynamic"),
    isBlocked: flag("Blocked"),
    isDisabled: flag("Switched off"),
    comment: searched("Comment", personal),
  },
})

export const registrations = defineTable({
  name: "registrations",
  title: "Wireless clients",
  description: "Registered clients and far ends of radio links",
  key: "interface and MAC address",
  columns: {
    interface: searched("Interface"),
    mac: searched("MAC address"),
    identity: searched("Name"),
    address: searched("Address"),
    ssid: text("SSID"),
    band: text("Band"),
    signalDbm: number("Signal", { unit: "dBm", tolerance: 5 }),
    txRateBps: number("Sent", { unit: "bit/s", ...moving }),
    rxRateBps: number("Received", { unit: "bit/s", ...moving }),
    sinceMs: time("Since"),
    comment: searched("Comment", personal),
  },
})

export const tunnels = defineTable({
  name: "tunnels",
  title: "Tunnels",
  description: "Peers of IPsec and WireGuard",
  key: "protocol, and name or address of the peer",
  columns: {
    name: searched("Name"),
    protocol: text("Protocol"),
    state: text("State"),
    remoteAddress: searched("Remote address"),
    localAddress: text("Local address"),
    interface: text("Interface"),
    allowed: searched("Allowed addresses"),
    user: searched("Identity", personal),
    sinceMs: time("Since"),
    handshakeMs: time("Last handshake", { tolerance: 300_000 }),
    comment: searched("Comment", personal),
  },
})

export const users = defineTable({
  name: "users",
  title: "Users",
  description: "Accounts of a device and who is logged in",
  key: "account, or account, address and means of a login",
  columns: {
    user: searched("User"),
    group: text("Group"),
    address: searched("Address"),
    via: text("Via"),
    sinceMs: time("Since"),
    isActive: flag("Logged in"),
    isDisabled: flag("Switched off"),
    comment: searched("Comment"),
  },
})
