/** What a router serves: DHCP, DNS, hotspot, accounts and profiles, IPsec, queues, the firewall. */
import { COMMENT, IS_DISABLED, IS_DYNAMIC, IS_INVALID, kindOf, NAME } from "./kinds.ts"
import { date, flag, joined, type Menu, type MenuCollector, since, text } from "./menu.ts"

const common = { isDisabled: IS_DISABLED, comment: COMMENT }
const dhcp = kindOf("dhcp-services", "kind", {
  ...common,
  isInvalid: IS_INVALID,
  interface: text("interface"),
})
const dhcpServer = {
  name: NAME,
  pool: text("address-pool", "prefix-pool"),
  leaseTime: text("lease-time"),
  address: text("relay"),
}
const dhcpClient = {
  name: text("interface"),
  address: text("address", "prefix"),
  gateway: text("gateway", "dhcp-server-v6"),
  dns: text("primary-dns"),
  pool: text("pool-name"),
  leaseTime: text("dhcp-server"),
  status: text("status"),
}
export const dhcpServices: MenuCollector = {
  reads: "dhcp-services",
  menus: [
    dhcp({ path: "/ip/dhcp-server", kind: "server", key: [NAME], columns: dhcpServer }),
    dhcp({ path: "/ipv6/dhcp-server", kind: "IPv6 server", key: [NAME], columns: dhcpServer }),
    dhcp({
      path: "/ip/dhcp-server/network",
      kind: "network",
      key: [text("address")],
      columns: {
        name: text("domain"),
        address: text("address"),
        gateway: text("gateway"),
        dns: text("dns-server"),
      },
    }),
    dhcp({
      path: "/ip/dhcp-client",
      kind: "client",
      key: [text("interface")],
      columns: dhcpClient,
    }),
    dhcp({
      path: "/ipv6/dhcp-client",
      kind: "IPv6 client",
      key: [text("interface")],
      columns: dhcpClient,
    }),
    dhcp({
      path: "/ip/dhcp-relay",
      kind: "relay",
      key: [NAME],
      columns: { name: NAME, address: text("local-address"), gateway: text("dhcp-server") },
    }),
    dhcp({
      path: "/ip/pool",
      kind: "pool",
      key: [NAME],
      columns: { name: NAME, address: text("ranges"), pool: text("next-pool") },
    }),
    dhcp({
      path: "/ipv6/pool",
      kind: "IPv6 pool",
      key: [NAME],
      columns: { name: NAME, address: text("prefix"), pool: text("prefix-length") },
    }),
    dhcp({
      path: "/ipv6/nd/prefix",
      kind: "advertised prefix",
      key: [text("prefix"), text("interface")],
      columns: { name: text("interface"), address: text("prefix"), pool: text("6to4-interface") },
    }),
    dhcp({
      path: "/ip/dhcp-server/option",
      kind: "option",
      key: [NAME],
      columns: { name: NAME, status: text("code") },
    }),
    dhcp({
      path: "/ipv6/dhcp-server/binding",
      kind: "IPv6 binding",
      key: [text("address"), text("server")],
      atMost: 5_000,
      columns: {
        name: text("duid"),
        address: text("address"),
        pool: text("prefix-pool"),
        gateway: text("server"),
        status: text("status"),
      },
    }),
  ],
}

export const dnsRecords: MenuCollector = {
  reads: "dns-records",
  menus: [
    {
      path: "/ip/dns/static",
      atMost: 5_000,
      tables: [
        {
          table: "dns-records",
          key: joined(" ", text("name", "regexp"), text("type"), text("address", "cname", ".id")),
          columns: {
            name: text("name", "regexp"),
            type: text("type"),
            value: text("address", "cname", "forward-to", "mx-exchange", "text", "srv-target"),
            ttl: text("ttl"),
            isDynamic: IS_DYNAMIC,
            ...common,
          },
        },
      ],
    },
  ],
}

/** Off by default: block lists have tens of thousands of entries. */
export const addressLists: MenuCollector = {
  reads: "address-lists",
  deadlineMs: 60_000,
  menus: ["/ip/firewall/address-list", "/ipv6/firewall/address-list"].map(
    (path): Menu => ({
      path,
      atMost: 20_000,
      tables: [
        {
          table: "address-lists",
          key: joined(" ", text("list"), text("address")),
          columns: {
            list: text("list"),
            address: text("address"),
            createdMs: date("creation-time"),
            isDynamic: IS_DYNAMIC,
            ...common,
          },
        },
      ],
    }),
  ),
}

const rule = kindOf("firewall-rules", "kind", {
  ...common,
  isDynamic: IS_DYNAMIC,
  isInvalid: IS_INVALID,
})
export const firewallRules: MenuCollector = {
  reads: "firewall-rules",
  deadlineMs: 60_000,
  menus: ["ip", "ipv6"].flatMap((family) =>
    ["filter", "nat", "mangle", "raw"].map((kind) =>
      rule({
        path: `/${family}/firewall/${kind}`,
        kind: family === "ip" ? kind : `IPv6 ${kind}`,
        key: [text(".id")],
        atMost: 5_000,
        columns: {
          chain: text("chain"),
          action: text("action"),
          source: joined(" ", text("src-address", "src-address-list"), text("src-port")),
          destination: joined(" ", text("dst-address", "dst-address-list")),
          protocol: text("protocol"),
          ports: text("dst-port", "port", "src-port"),
          interfaces: joined(
            " → ",
            text("in-interface", "in-interface-list", "out-interface", "out-interface-list"),
            text("out-interface", "out-interface-list"),
          ),
          states: text("connection-state"),
          target: joined(
            ":",
            text(
              ...["to-addresses", "to-address", "jump-target", "new-routing-mark"],
              ...["new-packet-mark", "new-connection-mark", "address-list", "to-ports"],
            ),
            text("to-ports"),
          ),
        },
      }),
    ),
  ),
}

const hotspotKind = kindOf("hotspot", "kind", {
  ...common,
  server: text("server"),
  address: text("address"),
  mac: text("mac-address"),
})
export const hotspot: MenuCollector = {
  reads: "hotspot",
  deadlineMs: 30_000,
  menus: [
    hotspotKind({
      path: "/ip/hotspot",
      kind: "server",
      key: [NAME],
      columns: { server: NAME, type: text("profile"), address: text("interface") },
    }),
    hotspotKind({
      path: "/ip/hotspot/active",
      kind: "login",
      key: [text("mac-address", "address", ".id"), text("user")],
      atMost: 10_000,
      columns: {
        user: text("user"),
        type: text("login-by"),
        sinceMs: since("uptime"),
      },
    }),
    hotspotKind({
      path: "/ip/hotspot/host",
      kind: "host",
      key: [text("mac-address", "address", ".id"), text("address")],
      atMost: 10_000,
      columns: {
        toAddress: text("to-address"),
        sinceMs: since("uptime"),
        isAuthorized: flag("authorized", "bypassed"),
      },
    }),
    hotspotKind({
      path: "/ip/hotspot/ip-binding",
      kind: "binding",
      key: [text("mac-address", "address", ".id"), text("address")],
      atMost: 10_000,
      columns: { toAddress: text("to-address"), type: text("type") },
    }),
  ],
}

const account = kindOf("ppp-accounts", "kind", { ...common, profile: text("profile"), user: NAME })
/** Off by default. Passwords are not requested. */
export const pppAccounts: MenuCollector = {
  reads: "ppp-accounts",
  deadlineMs: 60_000,
  menus: [
    account({
      path: "/ppp/secret",
      kind: "ppp",
      key: [NAME, text("service")],
      atMost: 20_000,
      columns: {
        service: text("service"),
        remoteAddress: text("remote-address"),
        callerId: text("caller-id", "last-caller-id"),
        loggedOutMs: date("last-logged-out"),
      },
    }),
    account({
      path: "/ip/hotspot/user",
      kind: "hotspot",
      key: [NAME, text("server")],
      atMost: 20_000,
      columns: {
        service: text("server"),
        remoteAddress: text("address"),
        callerId: text("mac-address"),
      },
    }),
  ],
}

const ipsecKind = kindOf("ipsec", "kind", {
  ...common,
  isDynamic: IS_DYNAMIC,
  isInvalid: IS_INVALID,
})
export const ipsec: MenuCollector = {
  reads: "ipsec",
  menus: [
    ipsecKind({
      path: "/ip/ipsec/peer",
      kind: "peer",
      key: [text("name", "address", ".id")],
      columns: {
        name: NAME,
        peer: text("address"),
        source: text("local-address"),
        mode: text("exchange-mode"),
        profile: text("profile"),
      },
    }),
    ipsecKind({
      path: "/ip/ipsec/identity",
      kind: "identity",
      key: [text("peer", ".id"), text("remote-id", ".id")],
      columns: { peer: text("peer"), mode: text("auth-method"), destination: text("remote-id") },
    }),
    ipsecKind({
      path: "/ip/ipsec/policy",
      kind: "policy",
      key: [text("src-address", "group", ".id"), text("dst-address"), text("peer", ".id")],
      atMost: 5_000,
      columns: {
        name: text("group"),
        peer: text("peer", "sa-dst-address"),
        source: text("src-address"),
        destination: text("dst-address"),
        profile: text("proposal"),
        mode: text("action"),
        state: text("ph2-state"),
      },
    }),
  ],
}

const queueKind = kindOf("queues", "kind", {
  ...common,
  name: NAME,
  parent: text("parent"),
  mark: text("packet-marks", "packet-mark"),
  type: text("queue"),
  limit: text("max-limit"),
  guaranteed: text("limit-at"),
  priority: text("priority"),
  isDynamic: IS_DYNAMIC,
})
/** Off by default: a BRAS has a queue for each session. */
export const queues: MenuCollector = {
  reads: "queues",
  deadlineMs: 60_000,
  menus: [
    queueKind({
      path: "/queue/simple",
      kind: "simple",
      key: [NAME],
      atMost: 10_000,
      columns: { target: text("target", "target-addresses", "dst") },
    }),
    queueKind({ path: "/queue/tree", kind: "tree", key: [NAME], atMost: 5_000, columns: {} }),
    queueKind({
      path: "/queue/interface",
      kind: "interface",
      key: [text("interface")],
      atMost: 2_000,
      columns: { name: text("interface"), target: text("active-queue") },
    }),
  ],
}
