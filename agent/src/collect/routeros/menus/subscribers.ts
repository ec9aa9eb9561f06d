/** PPP sessions, DHCP, tunnels, netwatch and users. */
import type { Row } from "../client/reply.ts"
import { parseDurationS, parseFlag } from "../client/values.ts"
import {
  type Answers,
  computed,
  constant,
  date,
  flag,
  integer,
  joined,
  type Menu,
  type MenuCollector,
  type Moment,
  oneOf,
  type Parts,
  quantity,
  seconds,
  since,
  type TableMapping,
  text,
  until,
} from "./menu.ts"

/** Only the service of each session is read: names and addresses are the session list's. */
export const sessions: MenuCollector = {
  reads: "sessions",
  menus: [
    { path: "/ppp/active", also: ["service"] },
    { path: "/interface/pppoe-server/server", also: ["disabled"] },
  ],
  derive: (answers) => {
    // A server without any session is the outage that matters most: it has zero, not no count.
    const serves = answers("/interface/pppoe-server/server").some(
      (row) => !parseFlag(row.get("disabled")),
    )
    const counts = new Map<string, number>(serves ? [["pppoe", 0]] : [])
    for (const row of answers("/ppp/active")) {
      const service = row.get("service") || "ppp"
      counts.set(service, (counts.get(service) ?? 0) + 1)
    }
    return {
      families: [...counts].map(([name, count]) => ({
        family: "sessions",
        name,
        values: { count },
      })),
    }
  },
}

export const SESSION_TABLE: TableMapping = {
  table: "sessions",
  key: text("session-id", ".id", "name"),
  columns: {
    user: text("name"),
    address: text("address"),
    callerId: text("caller-id"),
    service: text("service"),
    interface: text("interface"),
    sinceMs: since("uptime"),
    limitInByte: integer("limit-bytes-in"),
    limitOutByte: integer("limit-bytes-out"),
    encoding: text("encoding"),
    sessionId: text("session-id"),
    isRadius: flag("radius"),
    comment: text("comment"),
  },
}
export const SESSION_MENU: Menu = { path: "/ppp/active", tables: [SESSION_TABLE] }

export const sessionList: MenuCollector = {
  reads: "session-list",
  deadlineMs: 60_000,
  menus: [SESSION_MENU],
}

const addressNumber = (address: string): number | null => {
  const parts = address.trim().split(".").map(Number)
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255))
    return null
  return parts.reduce((sum, part) => sum * 256 + part, 0)
}
/** Addresses of the ranges of a pool: "10.0.0.2-10.0.0.254,10.1.0.0/24"; null: IPv6 or unreadable. */
const sizeOf = (ranges: string): number | null => {
  let sum = 0
  for (const range of ranges.split(",")) {
    const [from = "", to = from] = range.split("-")
    const [network = "", bits] = from.split("/")
    const first = addressNumber(network)
    const last = bits === undefined ? addressNumber(to) : first
    if (first === null || last === null || last < first) return null
    sum += bits === undefined ? last - first + 1 : 2 ** (32 - Number(bits))
  }
  return Number.isFinite(sum) ? sum : null
}

const readDhcp = (answers: Answers): Parts => {
  const pools = new Map(
    answers("/ip/pool").map((row) => [row.get("name"), sizeOf(row.get("ranges") ?? "")]),
  )
  const bound = new Map<string, number>()
  for (const lease of answers("/ip/dhcp-server/lease")) {
    if (lease.get("status") !== "bound") continue
    const server = lease.get("active-server") || lease.get("server") || ""
    bound.set(server, (bound.get(server) ?? 0) + 1)
  }
  return {
    families: answers("/ip/dhcp-server").flatMap((row) => {
      const name = row.get("name")
      if (name === undefined || parseFlag(row.get("disabled"))) return []
      return [
        {
          family: "dhcp",
          name,
          values: {
            leases: bound.get(name) ?? 0,
            addresses: pools.get(row.get("address-pool") ?? "") ?? null,
          },
        },
      ]
    }),
  }
}

export const dhcp: MenuCollector = {
  reads: "dhcp",
  deadlineMs: 60_000,
  menus: [
    { path: "/ip/dhcp-server", also: ["name", "address-pool", "interface", "disabled"] },
    { path: "/ip/pool", also: ["name", "ranges"] },
    {
      path: "/ip/dhcp-server/lease",
      also: ["active-server"],
      tables: [
        {
          table: "leases",
          key: joined(" ", text("server", "active-server"), text("address"), text("mac-address")),
          columns: {
            address: text("active-address", "address"),
            mac: text("active-mac-address", "mac-address"),
            hostName: text("host-name"),
            server: text("active-server", "server"),
            status: text("status"),
            clientId: text("active-client-id", "client-id"),
            expiresMs: until("expires-after"),
            isDynamic: flag("dynamic"),
            isBlocked: flag("blocked"),
            isDisabled: flag("disabled"),
            comment: text("comment"),
          },
        },
      ],
    },
  ],
  derive: readDhcp,
}

/** WireGuard repeats the handshake every two minutes while there is traffic. */
const HANDSHAKE_S = 180
const WIREGUARD = [
  "disabled",
  "last-handshake",
  "persistent-keepalive",
  "endpoint-address",
] as const
const wireguardName = joined(" ", text("interface"), text("name", "comment", "public-key"))
/**
 * Keepalives to a fixed address are traffic, so a handshake is expected. Of a client that comes from
 * anywhere, or of a peer that sends only when it has something to send, it is not.
 */
const isHandshakeExpected = (row: Row): boolean => {
  const endpoint = row.get("endpoint-address") ?? ""
  return (
    (parseDurationS(row.get("persistent-keepalive")) ?? 0) > 0 &&
    !["", "0.0.0.0", "::"].includes(endpoint)
  )
}
const wireguardState = (row: Row): string => {
  if (parseFlag(row.get("disabled"))) return "down"
  const handshakeS = parseDurationS(row.get("last-handshake"))
  if (handshakeS !== null && handshakeS > 0 && handshakeS < HANDSHAKE_S) return "up"
  return isHandshakeExpected(row) ? "down" : "idle"
}
const ipsecState = (row: Row): string => {
  const state = (row.get("state") ?? "").toLowerCase()
  if (state === "established") return "up"
  return state === "expired" || state === "dead" ? "down" : "negotiating"
}
const IPSEC = ["/ip/ipsec/active-peers", "/ip/ipsec/remote-peers"] as const
const ipsecMenu = (path: string) =>
  ({
    path,
    also: ["state"],
    tables: [
      {
        table: "tunnels",
        key: joined(" ", constantText("ipsec"), text("remote-address"), text("id")),
        columns: {
          name: text("id", "remote-address"),
          protocol: constant("ipsec"),
          state: computed(["state"], ipsecState),
          remoteAddress: text("remote-address"),
          localAddress: text("local-address"),
          sinceMs: since("uptime", "established"),
          comment: text("comment"),
        },
      },
    ],
  }) as const

const hostOf = (address: string | undefined): string => (address ?? "").split("/")[0] ?? ""
/**
 * A configured peer that is not active is down; one that only waits for the other side is not. A
 * peer with an address of its own keeps that name whether it is active or not; others, such as
 * clients behind one address, are known by their id as well.
 */
const readPeers = (answers: Answers): Parts => {
  const active = IPSEC.flatMap((path) => answers(path))
  const count = new Map<string, number>()
  for (const row of active) {
    const address = hostOf(row.get("remote-address"))
    count.set(address, (count.get(address) ?? 0) + 1)
  }
  const configured = answers("/ip/ipsec/peer").flatMap((row) => {
    const address = hostOf(row.get("address"))
    const isPassive = parseFlag(row.get("passive")) || parseFlag(row.get("disabled"))
    return isPassive || address === "" || address === "0.0.0.0" ? [] : [address]
  })
  const known = new Set(configured)
  const states = new Map<string, string>()
  for (const row of active) {
    const remote = row.get("remote-address")
    if (remote === undefined || remote === "") continue
    const address = hostOf(remote)
    const isOwn = known.has(address) && count.get(address) === 1
    const name = ["ipsec", isOwn ? address : remote, isOwn ? "" : (row.get("id") ?? "")]
    const key = name.filter((part) => part !== "").join(" ")
    if (!states.has(key)) states.set(key, ipsecState(row))
  }
  for (const address of known) if (!count.has(address)) states.set(`ipsec ${address}`, "down")
  return {
    families: [...states].map(([name, state]) => ({ family: "tunnel", name, values: { state } })),
  }
}

function constantText(value: string) {
  return { properties: [], read: () => value } as const
}

export const tunnel: MenuCollector = {
  reads: "tunnel",
  menus: [
    {
      path: "/interface/wireguard/peers",
      families: [
        {
          family: "tunnel",
          name: joined(" ", constantText("wireguard"), wireguardName),
          values: {
            // One that people have switched off is no fault.
            state: computed(WIREGUARD, (row) =>
              parseFlag(row.get("disabled")) ? null : wireguardState(row),
            ),
            handshakeS: seconds("last-handshake"),
          },
        },
      ],
      tables: [
        {
          table: "tunnels",
          key: joined(
            " ",
            constantText("wireguard"),
            text("interface"),
            text("public-key", "name"),
          ),
          columns: {
            name: text("name", "comment", "public-key"),
            protocol: constant("wireguard"),
            state: computed(WIREGUARD, wireguardState),
            remoteAddress: text("current-endpoint-address", "endpoint-address"),
            interface: text("interface"),
            allowed: text("allowed-address"),
            handshakeMs: since("last-handshake"),
            comment: text("comment"),
          },
        },
      ],
    },
    { path: "/ip/ipsec/peer", also: ["name", "address", "passive", "disabled"] },
    ...IPSEC.map(ipsecMenu),
  ],
  derive: readPeers,
}

export const watch: MenuCollector = {
  reads: "watch",
  menus: [
    {
      path: "/tool/netwatch",
      families: [
        {
          family: "watch",
          name: computed(["name", "host", "type", "port", "disabled"], (row) => {
            if (parseFlag(row.get("disabled"))) return null
            const type = row.get("type") ?? ""
            const suffix = type === "" || type === "simple" || type === "icmp" ? "" : ` ${type}`
            return row.get("name") || `${row.get("host") ?? ""}${suffix}` || null
          }),
          values: {
            state: oneOf({ up: "up", down: "down", unknown: "unknown" }, "status"),
            rttMs: computed(["rtt-avg", "tcp-connect-time"], (row) => {
              const time = parseDurationS(row.get("rtt-avg") ?? row.get("tcp-connect-time"))
              return time === null ? null : time * 1_000
            }),
            lossRatio: computed(["loss-percent"], (row, moment) => {
              const percent = quantity("loss-percent").read(row, moment)
              return percent === null ? null : percent / 100
            }),
          },
        },
      ],
    },
  ],
}

const startOf = (row: Row, moment: Moment): number | null => date("when").read(row, moment)
export const users: MenuCollector = {
  reads: "users",
  menus: [
    {
      path: "/user/active",
      tables: [
        {
          table: "users",
          key: joined(" ", text("name"), text("via"), text("address"), text("when")),
          columns: {
            user: text("name"),
            group: text("group"),
            address: text("address"),
            via: text("via"),
            sinceMs: computed(["when"], startOf),
            isActive: constant(true),
          },
        },
      ],
    },
    {
      path: "/user",
      tables: [
        {
          table: "users",
          key: text("name"),
          columns: {
            user: text("name"),
            group: text("group"),
            address: text("address"),
            sinceMs: date("last-logged-in"),
            isActive: constant(false),
            isDisabled: flag("disabled"),
            comment: text("comment"),
          },
        },
      ],
    },
  ],
}
