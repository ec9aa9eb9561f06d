/** BGP, OSPF and IS-IS of v6, of v7 and of 7.20 with instances; VRRP. */
import type { Row } from "../client/reply.ts"
import { parseFlag } from "../client/values.ts"
import {
  type Answers,
  computed,
  type Fields,
  flag,
  integer,
  joined,
  type MenuCollector,
  type Moment,
  oneOf,
  type Parts,
  seconds,
  since,
  text,
} from "./menu.ts"

const OSPF_STATE = oneOf(
  {
    full: "full",
    twoway: "two-way",
    "2-way": "two-way",
    "2way": "two-way",
    "two-way": "two-way",
    loading: "loading",
    exchange: "exchange",
    exstart: "exchange-start",
    "ex-start": "exchange-start",
    exchangestart: "exchange-start",
    "exchange-start": "exchange-start",
    init: "init",
    attempt: "attempt",
    down: "down",
  },
  "state",
)
const ospfMenu = (path: string) =>
  ({
    path,
    families: [
      {
        family: "ospf",
        name: joined(" ", text("router-id"), text("interface", "address")),
        values: {
          state: OSPF_STATE,
          stateChanges: integer("state-changes"),
          adjacencyS: seconds("adjacency"),
        },
      },
    ],
    tables: [
      {
        table: "ospf-neighbours",
        key: joined(" ", text("router-id"), text("interface"), text("address"), text("instance")),
        columns: {
          instance: text("instance"),
          area: text("area"),
          interface: text("interface"),
          address: text("address"),
          routerId: text("router-id"),
          state: text("state"),
          priority: integer("priority"),
          dr: text("dr", "dr-address"),
          bdr: text("bdr", "backup-dr-address"),
          sinceMs: since("adjacency"),
        },
      },
    ],
  }) as const

/** v6, and the same properties with dots and other names in v7. */
const BGP_COLUMNS: Fields = {
  name: text("name"),
  instance: text("instance"),
  remoteAddress: text("remote.address", "remote-address"),
  localAddress: text("local.address", "local-address"),
  remoteAs: integer("remote.as", ".remote.as", "remote-as"),
  localAs: integer("local.as", "as"),
  remoteId: text("remote.id", "remote-id"),
  vrf: text("vrf", "routing-table"),
  families: text("remote.afi", "afi", "address-families"),
  isExternal: flag("ebgp"),
  sinceMs: since("uptime"),
  prefixes: integer("prefix-count"),
  lastError: text("input.last-notification", "output.last-notification", "last-notification"),
  comment: text("comment"),
}
const BGP_PROPERTIES = [
  ...new Set(Object.values(BGP_COLUMNS).flatMap(({ properties }) => properties)),
  ...["uptime", "state", "established", "disabled", "connection"],
]
const UPTIME = seconds("uptime")
const BGP_STATE = oneOf(
  Object.fromEntries(
    ["established", "openconfirm", "opensent", "active", "connect", "idle"].map((s) => [s, s]),
  ),
  "state",
)

/** v7 has no state but `established`: a session that is not tries to become so. */
const bgpState = (row: Row, moment: Moment, isDisabled: boolean): string => {
  if (isDisabled) return "idle"
  const named = BGP_STATE.read(row, moment)
  if (named !== null) return named
  return parseFlag(row.get("established")) ? "established" : "active"
}

type Peer = { readonly name: string; readonly row: Row; readonly isDisabled: boolean }

const isOfConnection = (session: Row, connection: string): boolean => {
  const name = session.get("name") ?? ""
  return (
    name === connection ||
    (name.startsWith(`${connection}-`) && /^\d+$/.test(name.slice(connection.length + 1)))
  )
}
/** One that accepts sessions of a whole network is no peer by itself. */
const isListener = (row: Row): boolean => {
  const [, bits] = (row.get("remote.address") ?? "").split("/")
  return bits !== undefined && bits !== "32" && bits !== "128"
}

/** A session takes the name of its connection, so that it keeps it while it is down. */
const peersOf = (connections: readonly Row[], sessions: readonly Row[]): Peer[] => {
  const used = new Set<Row>()
  const configured = connections.flatMap((connection): Peer[] => {
    const name = connection.get("name") ?? ""
    const isDisabled = parseFlag(connection.get("disabled"))
    const own = sessions.filter((session) => isOfConnection(session, name))
    for (const session of own) used.add(session)
    if (own.length === 0 && isListener(connection)) return []
    if (own.length === 0) return [{ name, row: connection, isDisabled }]
    return own.map((session) => ({
      name: own.length === 1 ? name : (session.get("name") ?? name),
      row: new Map([...connection, ...[...session].filter(([, value]) => value !== "")]),
      isDisabled,
    }))
  })
  const rest = sessions
    .filter((session) => !used.has(session))
    .map((row) => ({ name: row.get("name") || row.get("remote.address") || "", row }))
  return [...configured, ...rest.map((peer) => ({ ...peer, isDisabled: false }))]
}

const readBgp = (answers: Answers, moment: Moment): Parts => {
  const peers = [
    ...answers("/routing/bgp/peer").map((row) => ({
      name: row.get("name") || row.get("remote-address") || "",
      row,
      isDisabled: parseFlag(row.get("disabled")),
    })),
    ...peersOf(answers("/routing/bgp/connection"), answers("/routing/bgp/session")),
  ].filter(({ name }) => name !== "")
  const localAs = (row: Row): number | null => {
    const instance = [...answers("/routing/bgp/instance")].find(
      (each) => each.get("name") === row.get("instance"),
    )
    return integer("as").read(instance ?? new Map(), moment)
  }
  return {
    families: peers.map(({ name, row, isDisabled }) => ({
      family: "bgp",
      name,
      values: {
        state: bgpState(row, moment, isDisabled),
        disabled: isDisabled,
        prefixesReceived: integer("prefix-count").read(row, moment),
        prefixesSent: null,
        uptimeS: UPTIME.read(row, moment),
        remoteAs: integer("remote.as", "remote-as").read(row, moment),
      },
    })),
    tables: [
      {
        table: "bgp-peers",
        rows: peers.map(({ name, row, isDisabled }) => ({
          key: name,
          values: {
            ...(Object.fromEntries(
              Object.entries(BGP_COLUMNS).map(([column, field]) => [
                column,
                field.read(row, moment),
              ]),
            ) as Record<string, string | number | boolean | null>),
            localAs: (integer("local.as", "as").read(row, moment) ?? localAs(row)) as number | null,
            state: bgpState(row, moment, isDisabled),
            name,
            isDisabled,
          },
        })),
      },
    ],
  }
}

export const bgp: MenuCollector = {
  reads: "bgp",
  menus: [
    { path: "/routing/bgp/peer", also: BGP_PROPERTIES },
    { path: "/routing/bgp/connection", also: BGP_PROPERTIES },
    { path: "/routing/bgp/session", also: BGP_PROPERTIES },
    { path: "/routing/bgp/instance", also: ["name", "as", "router-id", "disabled"] },
  ],
  derive: readBgp,
}

export const ospf: MenuCollector = {
  reads: "ospf",
  menus: [ospfMenu("/routing/ospf/neighbor"), ospfMenu("/routing/ospf-v3/neighbor")],
}

export const isis: MenuCollector = {
  reads: "isis",
  menus: [
    {
      path: "/routing/isis/neighbor",
      families: [
        {
          family: "isis",
          name: joined(" ", text("srcid", "system-id", "id"), text("interface")),
          values: {
            state: oneOf(
              {
                up: "up",
                init: "initializing",
                initializing: "initializing",
                failed: "failed",
                down: "down",
              },
              "state",
            ),
          },
        },
      ],
    },
  ],
}

export const vrrp: MenuCollector = {
  reads: "vrrp",
  menus: [
    {
      path: "/interface/vrrp",
      families: [
        {
          family: "vrrp",
          name: text("name"),
          values: {
            role: computed(["master", "backup", "running", "disabled", "invalid"], (row) => {
              if (parseFlag(row.get("disabled"))) return "disabled"
              if (parseFlag(row.get("master"))) return "master"
              if (parseFlag(row.get("backup"))) return "backup"
              return parseFlag(row.get("running")) ? "master" : "failed"
            }),
          },
        },
      ],
    },
  ],
}
