/** VRFs, instances of routing protocols, routes, rules, and neighbours of small protocols. */
import type { Row } from "../client/reply.ts"
import { parseFlag } from "../client/values.ts"
import { COMMENT, IS_DISABLED, IS_DYNAMIC, kindOf, NAME } from "./kinds.ts"
import {
  computed,
  type Field,
  flag,
  integer,
  joined,
  type Menu,
  type MenuCollector,
  since,
  text,
} from "./menu.ts"

const common = { isDisabled: IS_DISABLED, comment: COMMENT }
const vrf = kindOf("vrfs", "kind", common)
export const vrfs: MenuCollector = {
  reads: "vrfs",
  menus: [
    // v6 has no name but the routing mark.
    ...["/ip/vrf", "/ip/route/vrf"].map((path) =>
      vrf({
        path,
        kind: "vrf",
        key: [text("name", "routing-mark"), text("interfaces")],
        columns: {
          name: text("name", "routing-mark"),
          interfaces: text("interfaces"),
          distinguisher: text("route-distinguisher"),
          isDynamic: flag("dynamic", "builtin"),
        },
      }),
    ),
    vrf({
      path: "/routing/table",
      kind: "table",
      key: [NAME],
      columns: { name: NAME, isDynamic: IS_DYNAMIC },
    }),
  ],
}

const instance = kindOf("routing-instances", "kind", {
  ...common,
  name: NAME,
  routerId: text("router-id", "id", "dynamic-id"),
  isDynamic: IS_DYNAMIC,
})
const INTERFACE = text("interface", "interfaces", "name")
const protocolInterface = (path: string, kind: string): Menu =>
  instance({
    path,
    kind,
    key: [INTERFACE, text("address", "area")],
    columns: {
      name: INTERFACE,
      instance: text("instance"),
      area: text("area"),
      network: text("address", "networks"),
      cost: integer("cost"),
      state: text("state", "type", "network-type"),
    },
  })
export const routingInstances: MenuCollector = {
  reads: "routing-instances",
  deadlineMs: 60_000,
  menus: [
    ...(
      [
        ["/routing/bgp/instance", "bgp instance"],
        ["/routing/bgp/template", "bgp template"],
        ["/routing/bgp/connection", "bgp connection"],
        ["/routing/bgp/vpn", "bgp vpn"],
        ["/routing/ospf/instance", "ospf instance"],
        ["/routing/ospf-v3/instance", "ospf-v3 instance"],
        ["/routing/isis/instance", "isis instance"],
        ["/routing/rip/instance", "rip instance"],
        ["/routing/id", "router id"],
      ] as const
    ).map(([path, kind]) =>
      instance({
        path,
        kind,
        key: [NAME],
        columns: {
          as: integer("as", "local.as"),
          instance: text("instance"),
          vrf: text("vrf", "routing-table"),
          network: text("output.network", "remote.address", "distribute-default"),
          state: text("version"),
        },
      }),
    ),
    ...(["ospf", "ospf-v3"] as const).map((protocol) =>
      instance({
        path: `/routing/${protocol}/area`,
        kind: `${protocol} area`,
        key: [NAME, text("instance")],
        columns: { area: text("area-id"), instance: text("instance"), state: text("type") },
      }),
    ),
    protocolInterface("/routing/ospf/interface", "ospf interface"),
    protocolInterface("/routing/ospf/interface-template", "ospf interface template"),
    protocolInterface("/routing/ospf-v3/interface", "ospf-v3 interface"),
    protocolInterface("/mpls/ldp/interface", "ldp interface"),
    protocolInterface("/mpls/interface", "mpls interface"),
    ...["/routing/ospf/network", "/routing/bgp/network", "/routing/rip/network"].map((path) =>
      instance({
        path,
        kind: path.slice("/routing/".length).replace("/", " "),
        key: [text("network"), text("area")],
        columns: { name: text("network"), network: text("network"), area: text("area") },
      }),
    ),
    // v6 has LDP once, v7 a row for each VRF.
    instance({
      path: "/mpls/ldp",
      kind: "ldp",
      key: [text("lsr-id", "vrf", "enabled")],
      columns: {
        name: text("lsr-id"),
        routerId: text("lsr-id"),
        vrf: text("vrf"),
        network: text("transport-address", "transport-addresses"),
        state: text("enabled"),
      },
    }),
  ],
}

const PROTOCOLS = ["static", "connect", "bgp", "ospf", "rip", "isis", "vpn", "dhcp", "slaac"]
/** The protocol is a flag, such as `bgp=true`. */
const protocolOf: Field<string | null> = computed(PROTOCOLS, (row: Row) => {
  const found = PROTOCOLS.find((name) => row.has(name) && parseFlag(row.get(name)))
  return found ?? null
})
const routeMenu = (path: string): Menu => ({
  path,
  atMost: 1_000,
  tables: [
    {
      table: "routes",
      key: joined(
        " ",
        text("dst-address"),
        text("gateway", "immediate-gw"),
        text("routing-table", "routing-mark", "vrf"),
        text("distance"),
        text(".id"),
      ),
      columns: {
        destination: text("dst-address"),
        gateway: text("gateway", "immediate-gw"),
        interface: text("interface", "vrf-interface", "immediate-gw"),
        distance: integer("distance"),
        vrf: text("routing-table", "routing-mark", "vrf"),
        protocol: protocolOf,
        status: text("gateway-status", "status"),
        source: text("pref-src"),
        isActive: flag("active"),
        isDynamic: IS_DYNAMIC,
        ...common,
      },
    },
  ],
})
export const routes: MenuCollector = {
  reads: "routes",
  menus: [routeMenu("/ip/route"), routeMenu("/ipv6/route")],
}

const rule = kindOf("routing-rules", "kind", common)
export const routingRules: MenuCollector = {
  reads: "routing-rules",
  menus: [
    ...["/routing/rule", "/ip/route/rule"].map((path) =>
      rule({
        path,
        kind: "rule",
        key: [text(".id")],
        atMost: 2_000,
        columns: {
          source: text("src-address"),
          destination: text("dst-address"),
          interface: text("interface"),
          action: text("action"),
          table: text("table", "routing-mark"),
          rule: text("routing-mark"),
        },
      }),
    ),
    rule({
      path: "/routing/filter/rule",
      kind: "filter",
      key: [text(".id")],
      atMost: 2_000,
      columns: { chain: text("chain"), rule: text("rule") },
    }),
    rule({
      path: "/routing/filter",
      kind: "filter",
      key: [text(".id")],
      atMost: 2_000,
      columns: {
        chain: text("chain"),
        rule: text("bgp-communities", "bgp-as-path", "match-chain", "prefix-length"),
        source: text("prefix"),
        action: text("action"),
      },
    }),
    // Prefixes of every session: read on a router that advertises few only.
    rule({
      path: "/routing/bgp/advertisements",
      kind: "advertised",
      key: [text("peer", "dst"), text("prefix", "dst", ".id")],
      atMost: 1_000,
      columns: {
        chain: text("peer"),
        destination: text("prefix", "dst"),
        source: text("nexthop"),
        action: text("origin"),
      },
    }),
  ],
}

const adjacency = kindOf("adjacencies", "protocol", {
  interface: text("interface"),
  isDynamic: IS_DYNAMIC,
  ...common,
})
const STATES = [
  ["operational", "operational"],
  ["active", "active"],
  ["established", "established"],
] as const
/** `state`, or the first flag that is set. */
const stateOf: Field<string | null> = computed(
  ["state", ...STATES.map(([property]) => property), "inactive"],
  (row: Row) => {
    const state = row.get("state")
    if (state !== undefined && state !== "") return state
    if (row.has("inactive") && parseFlag(row.get("inactive"))) return "inactive"
    return STATES.find(([name]) => row.has(name) && parseFlag(row.get(name)))?.[1] ?? null
  },
)
export const adjacencies: MenuCollector = {
  reads: "adjacencies",
  menus: [
    adjacency({
      path: "/mpls/ldp/neighbor",
      kind: "ldp",
      key: [text("transport", "peer"), text("peer", "local-transport"), text("vrf")],
      columns: {
        name: text("peer"),
        remoteAddress: text("transport", "addresses"),
        localAddress: text("local-transport"),
        vrf: text("vrf"),
        state: stateOf,
        sinceMs: since("uptime", "up-time"),
      },
    }),
    ...["/routing/bfd/session", "/routing/bfd/neighbor"].map((path) =>
      adjacency({
        path,
        kind: "bfd",
        key: [text("remote-address", "address"), text("interface"), text("vrf")],
        columns: {
          remoteAddress: text("remote-address", "address"),
          localAddress: text("local-address"),
          vrf: text("vrf"),
          state: computed(["state", "up"], (row) => {
            if (row.get("state")) return row.get("state") ?? null
            return row.has("up") ? (parseFlag(row.get("up")) ? "up" : "down") : null
          }),
          sinceMs: since("uptime"),
          stateChanges: integer("state-changes"),
        },
      }),
    ),
    adjacency({
      path: "/routing/isis/neighbor",
      kind: "isis",
      key: [text("srcid", "system-id", "id"), text("interface"), text("level-type")],
      columns: {
        name: text("srcid", "system-id", "id"),
        remoteAddress: text("address", "snpa", "mac-address"),
        state: stateOf,
        sinceMs: since("uptime", "last-state-change"),
      },
    }),
    ...["/routing/rip/neighbor", "/routing/pimsm/neighbor", "/routing/pim/neighbor"].map((path) =>
      adjacency({
        path,
        kind: path.split("/")[2] ?? "",
        key: [text("address"), text("interface")],
        columns: {
          remoteAddress: text("address"),
          vrf: text("instance"),
          state: stateOf,
          sinceMs: since("uptime", "up-time"),
        },
      }),
    ),
    adjacency({
      path: "/routing/rpki",
      kind: "rpki",
      key: [text("address"), text("group"), text("port")],
      columns: {
        name: text("group"),
        remoteAddress: text("address"),
        vrf: text("vrf"),
        state: text("status", "state"),
      },
    }),
    ...["/interface/traffic-eng", "/mpls/traffic-eng/tunnel"].map((path) =>
      adjacency({
        path,
        kind: "traffic-eng",
        key: [NAME],
        columns: {
          name: NAME,
          remoteAddress: text("to-address"),
          localAddress: text("from-address"),
          state: computed(["state", "running"], (row) => {
            if (row.get("state")) return row.get("state") ?? null
            return row.has("running") ? (parseFlag(row.get("running")) ? "up" : "down") : null
          }),
        },
      }),
    ),
  ],
}
