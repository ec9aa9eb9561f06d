/**
 * Menus of a configuration that hold a list: rows of tables that other menus fill as well. Nothing
 * that holds a key, a password, or the address of a customer's device.
 */
import type { TableName } from "@ispvm/wire/tables"
import { COMMENT, IS_DISABLED, kindOf } from "./kinds.ts"
import { type Field, type Menu, type MenuCollector, text } from "./menu.ts"

/** Path, kind, and the properties of each column; the first column names the row. */
type List = readonly [
  path: string,
  kind: string,
  columns: Readonly<Record<string, string | readonly string[]>>,
]
/** Only lists that can be long are counted before: each count is a request. */
const MAX_ROWS = 5_000
const ID = text(".id")

const lists = (table: TableName, common: Record<string, Field>, rows: readonly List[]): Menu[] => {
  const of = kindOf(table, "kind", common)
  return rows.map(([path, kind, columns]) => {
    const fields = Object.entries(columns).map(
      ([column, from]) => [column, text(...(typeof from === "string" ? [from] : from))] as const,
    )
    const [first = ["", ID] as const] = fields
    return of({
      path,
      kind,
      // Rows without a name of their own have their id in the key.
      key: [text(...first[1].properties, ".id"), ID],
      ...(table === "firewall-rules" || table === "ppp-accounts" ? { atMost: MAX_ROWS } : {}),
      columns: Object.fromEntries(fields),
    })
  })
}

const SERVICES = lists("services", { isDisabled: IS_DISABLED, comment: COMMENT }, [
  ["/caps-man/manager/interface", "capsman interface", { name: "interface" }],
  ["/ip/upnp/interfaces", "upnp interface", { name: "interface", profile: "type" }],
  ["/ip/nat-pmp/interfaces", "nat-pmp interface", { name: "interface", profile: "type" }],
  ["/ip/dhcp-server/alert", "dhcp alert", { name: "interface", profile: "alert-timeout" }],
  [
    "/tool/graphing/interface",
    "graph of interface",
    { name: "interface", address: "allow-address" },
  ],
  ["/tool/graphing/queue", "graph of queue", { name: "simple-queue", address: "allow-address" }],
  ["/tool/graphing/resource", "graph of resource", { address: "allow-address" }],
  ["/ip/smb/shares", "smb share", { name: "name", address: "directory" }],
  ["/tool/romon/port", "romon port", { name: "interface", profile: "forbid" }],
  [
    "/routing/igmp-proxy/interface",
    "igmp proxy",
    { name: "interface", address: "alternative-subnets" },
  ],
  ["/interface/dot1x/server", "dot1x server", { name: "interface", profile: "auth-types" }],
  ["/interface/dot1x/server/state", "dot1x port", { name: "interface", profile: "status" }],
  [
    "/interface/dot1x/client",
    "dot1x client",
    { name: "interface", profile: ["status", "eap-methods"] },
  ],
  ["/user-manager/router", "user manager router", { name: "name", address: "address" }],
  ["/ip/firewall/service-port", "connection helper", { name: "name", port: "ports" }],
  ["/ip/hotspot/service-port", "hotspot helper", { name: "name", port: "ports" }],
  ["/port", "serial port", { name: "name", profile: ["used-by", "baud-rate"] }],
  ["/system/leds", "led", { name: "leds", address: "interface", profile: "type" }],
  ["/iot/mqtt/brokers", "mqtt broker", { name: "name", address: "address", port: "port" }],
  ["/iot/lora/servers", "lora server", { name: "name", address: "address", port: "up-port" }],
  [
    "/container/mounts",
    "container mount",
    { name: ["name", "list"], address: "src", profile: "dst" },
  ],
  ["/system/ups", "ups", { name: "name", address: "port", profile: "model" }],
  ["/ip/tftp", "tftp", { name: "req-filename", address: "ip-addresses" }],
  ["/routing/rpki", "rpki", { name: "group", address: "address", port: "port" }],
  ["/tr069-client", "tr069", { address: "acs-url", profile: "status" }],
  ["/interface/detect-internet/state", "internet", { name: "name", profile: "state" }],
  ["/ip/kid-control", "kid control", { name: "name", profile: "rate-limit" }],
  ["/zerotier", "zerotier", { name: "name", port: "port" }],
])

const WIFI = ["/interface/wifi", "/interface/wifiwave2"] as const
const PROFILES = lists("profiles", { comment: COMMENT }, [
  [
    "/caps-man/datapath",
    "capsman datapath",
    { name: "name", remoteAddress: "bridge", type: "vlan-mode" },
  ],
  ["/caps-man/rates", "capsman rates", { name: "name", rate: "supported" }],
  [
    "/caps-man/provisioning",
    "capsman provisioning",
    { name: "master-configuration", type: "action" },
  ],
  [
    "/caps-man/access-list",
    "capsman access",
    { name: "interface", type: "action", limit: "signal-range" },
  ],
  ...WIFI.flatMap((of): List[] => [
    [
      `${of}/datapath`,
      "wifi datapath",
      { name: "name", remoteAddress: "bridge", limit: "vlan-id" },
    ],
    [`${of}/aaa`, "wifi aaa", { name: "name", type: "username-format" }],
    [`${of}/provisioning`, "wifi provisioning", { name: "master-configuration", type: "action" }],
    [
      `${of}/access-list`,
      "wifi access",
      { name: "interface", type: "action", limit: "signal-range" },
    ],
    [`${of}/interworking`, "wifi interworking", { name: "name", type: "network-type" }],
    [`${of}/steering`, "wifi steering", { name: "name", type: "neighbor-group" }],
  ]),
  ...["security", "configuration", "channel"].map(
    (kind): List => [
      `/interface/wifiwave2/${kind}`,
      `wifiwave2 ${kind}`,
      {
        name: "name",
        type: ["mode", "authentication-types", "ssid", "band"],
        limit: ["frequency", "country"],
      },
    ],
  ),
  [
    "/interface/wireless/access-list",
    "wireless access",
    { name: "interface", limit: "signal-range" },
  ],
  ["/interface/wireless/connect-list", "wireless connect", { name: "interface", type: "connect" }],
  [
    "/interface/wireless/channels",
    "wireless channel",
    { name: "name", type: "band", limit: "frequency" },
  ],
  ["/interface/wireless/nstreme", "nstreme", { name: "name", type: "enable-nstreme" }],
  ["/interface/wireless/interworking-profiles", "wireless interworking", { name: "name" }],
  ["/interface/macsec/profile", "macsec", { name: "name", limit: "server-priority" }],
  [
    "/ip/ipsec/mode-config",
    "ipsec mode",
    { name: "name", type: "responder", remoteAddress: "address-pool" },
  ],
  ["/ip/ipsec/policy/group", "ipsec group", { name: "name" }],
  ["/user-manager/profile", "user manager", { name: "name", limit: "validity" }],
  [
    "/user-manager/limitation",
    "user manager limit",
    { name: "name", limit: "transfer-limit", rate: "rate-limit-rx" },
  ],
  ["/ip/dhcp-client/option", "dhcp client option", { name: "name", type: "code" }],
  ["/ip/dhcp-server/option/sets", "dhcp option set", { name: "name", type: "options" }],
  [
    "/ip/dhcp-server/matcher",
    "dhcp matcher",
    { name: "name", type: "code", remoteAddress: "address-pool" },
  ],
  ["/ipv6/dhcp-client/option", "dhcpv6 client option", { name: "name", type: "code" }],
  ["/ipv6/dhcp-server/option", "dhcpv6 option", { name: "name", type: "code" }],
  ["/ipv6/dhcp-server/option/sets", "dhcpv6 option set", { name: "name", type: "options" }],
  ["/ip/firewall/layer7-protocol", "layer 7", { name: "name", type: "regexp" }],
])

const IS_DYNAMIC_OR_NOT = { isDisabled: IS_DISABLED, comment: COMMENT }
const RULES = lists("firewall-rules", IS_DYNAMIC_OR_NOT, [
  ...["filter", "nat"].map(
    (kind): List => [
      `/interface/bridge/${kind}`,
      `bridge ${kind}`,
      {
        chain: "chain",
        action: "action",
        protocol: ["mac-protocol", "ip-protocol"],
        source: ["src-address", "src-address6"],
        destination: ["dst-address", "dst-address6"],
        interfaces: ["in-interface", "in-bridge", "out-interface", "out-bridge"],
        ports: "dst-port",
      },
    ],
  ),
  [
    "/ip/hotspot/walled-garden",
    "walled garden",
    { action: "action", destination: "dst-host", ports: "dst-port", source: "src-address" },
  ],
  [
    "/ip/hotspot/walled-garden/ip",
    "walled garden ip",
    {
      action: "action",
      destination: ["dst-host", "dst-address", "dst-address-list"],
      protocol: "protocol",
      ports: "dst-port",
    },
  ],
  [
    "/ip/proxy/access",
    "proxy access",
    {
      action: "action",
      source: "src-address",
      destination: ["dst-host", "dst-address"],
      ports: "dst-port",
    },
  ],
  [
    "/ip/socks/access",
    "socks access",
    { action: "action", source: "src-address", destination: "dst-address", ports: "dst-port" },
  ],
  ["/mpls/mangle", "mpls mangle", { chain: "chain", action: "action" }],
  [
    "/interface/ethernet/switch/rule",
    "switch rule",
    { chain: "switch", interfaces: "ports", protocol: "mac-protocol", destination: "dst-address" },
  ],
])

const DHCP = lists("dhcp-services", IS_DYNAMIC_OR_NOT, [
  [
    "/ipv6/nd",
    "neighbour discovery",
    { interface: "interface", dns: "dns", leaseTime: "ra-lifetime" },
  ],
  [
    "/ipv6/dhcp-relay",
    "IPv6 relay",
    { name: "name", interface: "interface", address: "dhcp-server" },
  ],
])
const DNS: readonly Menu[] = (
  [
    ["/ip/dns/forwarders", "name", "forwarder", ["dns-servers", "doh-servers"]],
    ["/ip/dns/adlist", "url", "block list", ["name-count"]],
  ] as const
).map(([path, name, type, value]) => ({
  path,
  tables: [
    {
      table: "dns-records",
      key: text(name, ".id"),
      columns: {
        name: text(name),
        type: { properties: [], read: () => type },
        value: text(...value),
        isDisabled: IS_DISABLED,
        comment: COMMENT,
      },
    },
  ],
}))

const ACCOUNTS = lists("ppp-accounts", IS_DYNAMIC_OR_NOT, [
  [
    "/user-manager/user",
    "user manager",
    { user: ["name", "username"], profile: ["group", "actual-profile"] },
  ],
])

/** By what the collector reads. */
const FURTHER: Readonly<Record<string, readonly Menu[]>> = {
  services: SERVICES,
  profiles: PROFILES,
  "firewall-rules": RULES,
  "dhcp-services": DHCP,
  "dns-records": DNS,
  "ppp-accounts": ACCOUNTS,
}
export const withFurther = (collector: MenuCollector): MenuCollector => ({
  ...collector,
  ...(FURTHER[collector.reads] === undefined ? {} : { deadlineMs: 60_000 }),
  menus: [...collector.menus, ...(FURTHER[collector.reads] ?? [])],
})
