/** Settings of interfaces: bonds, tunnels, ports, radios, lists; access points of CAPsMAN. */
import { COMMENT, IS_DISABLED, IS_DYNAMIC, kindOf, NAME } from "./kinds.ts"
import { flag, integer, joined, type Menu, type MenuCollector, since, text } from "./menu.ts"

const running = {
  name: NAME,
  isRunning: flag("running"),
  isDisabled: IS_DISABLED,
  comment: COMMENT,
}
const logical = kindOf("logical-interfaces", "kind", {
  ...running,
  mac: text("mac-address"),
  mtu: integer("actual-mtu", "mtu"),
})
/** Tunnels and clients: each has some of these. */
const FAR = {
  remoteAddress: text("remote-address", "remote-ipv6-address", "connect-to", "vteps-ip-version"),
  localAddress: text("local-address", "local-ipv6-address"),
  id: text("tunnel-id", "vni", "vpls-id", "cisco-static-id", "service-name"),
  on: text("interface"),
  port: integer("port"),
  user: text("user"),
}
const TUNNELS = [
  ...[
    "veth",
    "l2tp-ether",
    "eoip",
    "eoipv6",
    "gre",
    "gre6",
    "ipip",
    "ipipv6",
    "6to4",
    "vxlan",
    "vpls",
    "macsec",
    "mesh",
    "zerotier",
  ],
  ...["pppoe-client", "l2tp-client", "sstp-client", "ovpn-client", "pptp-client", "ppp-client"],
]
/** Bindings of sessions of servers: a BRAS has thousands, so that only the static ones are read. */
const STATIC = ["?dynamic=true", "?#!"] as const
const SERVERS = [
  ...["pppoe-server", "l2tp-server", "sstp-server", "ovpn-server", "pptp-server", "ppp-server"],
]

export const logicalInterfaces: MenuCollector = {
  reads: "logical-interfaces",
  deadlineMs: 60_000,
  menus: [
    logical({
      path: "/interface/bonding",
      kind: "bonding",
      key: [NAME],
      columns: { on: text("slaves"), mode: text("mode"), id: text("primary") },
    }),
    logical({
      path: "/interface/bridge",
      kind: "bridge",
      key: [NAME],
      columns: { mode: text("protocol-mode"), id: text("pvid") },
    }),
    logical({
      path: "/interface/vlan",
      kind: "vlan",
      key: [NAME],
      atMost: 5_000,
      columns: { on: text("interface"), id: text("vlan-id") },
    }),
    logical({
      path: "/interface/wireguard",
      kind: "wireguard",
      key: [NAME],
      columns: { port: integer("listen-port"), publicKey: text("public-key") },
    }),
    logical({
      path: "/interface/vrrp",
      kind: "vrrp",
      key: [NAME],
      columns: { on: text("interface"), id: text("vrid"), mode: text("priority") },
    }),
    logical({
      path: "/interface/macvlan",
      kind: "macvlan",
      key: [NAME],
      columns: { on: text("interface"), mode: text("mode") },
    }),
    logical({
      path: "/interface/lte",
      kind: "lte",
      key: [NAME],
      columns: { mode: text("network-mode"), id: text("apn-profiles") },
    }),
    ...TUNNELS.map((kind) =>
      logical({
        path: `/interface/${kind}`,
        kind,
        key: [NAME],
        atMost: 2_000,
        columns: { ...FAR, sinceMs: since("uptime") },
      }),
    ),
    ...SERVERS.map(
      (kind): Menu => ({
        ...logical({
          path: `/interface/${kind}`,
          kind,
          key: [NAME],
          columns: {
            ...FAR,
            remoteAddress: text("client-address", "remote-address"),
            sinceMs: since("uptime"),
          },
        }),
        queries: STATIC,
      }),
    ),
  ],
}

const portOf = kindOf("port-settings", "kind", running)
export const portSettings: MenuCollector = {
  reads: "port-settings",
  menus: [
    portOf({
      path: "/interface/ethernet",
      kind: "ethernet",
      key: [NAME],
      columns: {
        of: text("switch"),
        mac: text("mac-address"),
        mtu: integer("mtu"),
        speed: text("speed"),
        mode: text("auto-negotiation", "arp"),
      },
    }),
    portOf({
      path: "/interface/ethernet/switch",
      kind: "switch",
      key: [text("name", "switch-id")],
      columns: { mode: text("type"), of: text("mirror-source"), mac: text("bridge-type") },
    }),
    portOf({
      path: "/interface/ethernet/switch/port",
      kind: "switch port",
      key: [NAME],
      columns: {
        of: text("switch"),
        mode: text("vlan-mode"),
        vlanId: text("default-vlan-id"),
        role: text("vlan-header"),
      },
    }),
    portOf({
      path: "/interface/ethernet/poe",
      kind: "poe",
      key: [NAME],
      columns: {
        mode: text("poe-out"),
        priority: text("poe-priority"),
        role: text("poe-voltage"),
      },
    }),
    portOf({
      path: "/interface/bridge/port",
      kind: "bridge port",
      key: [text("interface"), text("bridge")],
      columns: {
        name: text("interface"),
        of: text("bridge"),
        vlanId: text("pvid"),
        priority: text("priority"),
        mode: text("frame-types"),
        role: text("role"),
      },
    }),
  ],
}

const radio = kindOf("radios", "driver", running)
export const radios: MenuCollector = {
  reads: "radios",
  menus: (
    [
      ["/interface/wireless", "wireless"],
      ["/interface/wifi", "wifi"],
      ["/interface/wifiwave2", "wifiwave2"],
      ["/interface/w60g", "w60g"],
      ["/caps-man/interface", "capsman"],
    ] as const
  ).map(([path, kind]) =>
    radio({
      path,
      kind,
      key: [NAME],
      columns: {
        mac: text("mac-address"),
        ssid: text("ssid", "configuration.ssid"),
        mode: text("mode", "configuration.mode"),
        band: text("band", "channel.band"),
        frequency: text("frequency", "channel.frequency", "current-channel"),
        width: text("channel-width", "channel.width"),
        country: text("country", "configuration.country", "region"),
        master: text("master-interface"),
        configuration: text("configuration"),
      },
    }),
  ),
}

export const interfaceLists: MenuCollector = {
  reads: "interface-lists",
  menus: [
    {
      path: "/interface/list",
      tables: [
        {
          table: "interface-lists",
          key: NAME,
          columns: { list: NAME, isDynamic: flag("dynamic", "builtin"), comment: COMMENT },
        },
      ],
    },
    {
      path: "/interface/list/member",
      atMost: 5_000,
      tables: [
        {
          table: "interface-lists",
          key: joined(" ", text("list"), text("interface")),
          columns: {
            list: text("list"),
            interface: text("interface"),
            isDynamic: IS_DYNAMIC,
            isDisabled: IS_DISABLED,
            comment: COMMENT,
          },
        },
      ],
    },
  ],
}

export const accessPoints: MenuCollector = {
  reads: "access-points",
  menus: [
    "/caps-man/remote-cap",
    "/interface/wifi/capsman/remote-cap",
    "/interface/wifiwave2/capsman/remote-cap",
  ].map(
    (path): Menu => ({
      path,
      tables: [
        {
          table: "access-points",
          key: text("identity", "name", "base-mac", "address", "common-name"),
          columns: {
            name: text("identity", "name"),
            address: text("address"),
            mac: text("base-mac", "base-mac-address", "mac-address"),
            state: text("state"),
            board: text("board", "board-name"),
            serial: text("serial", "serial-number"),
            version: text("version"),
            radios: integer("radios"),
          },
        },
      ],
    }),
  ),
}
