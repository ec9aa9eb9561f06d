/** Neighbours, VLANs, MAC addresses, ARP and own addresses: tables without values over time. */
import { constant, flag, integer, joined, type MenuCollector, text } from "./menu.ts"

const arpMenu = (path: string) =>
  ({
    path,
    tables: [
      {
        table: "arp",
        key: joined(" ", text("address"), text("interface"), text("vrf")),
        columns: {
          address: text("address"),
          mac: text("mac-address"),
          interface: text("interface"),
          vrf: text("vrf"),
          status: text("status"),
          isDynamic: flag("dynamic"),
          isComplete: flag("complete"),
          isPublished: flag("published"),
          isDisabled: flag("disabled"),
          comment: text("comment"),
        },
      },
    ],
  }) as const
const addressMenu = (path: string) =>
  ({
    path,
    tables: [
      {
        table: "addresses",
        key: joined(" ", text("address"), text("interface"), text("vrf")),
        columns: {
          address: text("address"),
          network: text("network"),
          interface: text("interface"),
          vrf: text("vrf"),
          isDynamic: flag("dynamic"),
          isDisabled: flag("disabled"),
          isInvalid: flag("invalid"),
          comment: text("comment"),
        },
      },
    ],
  }) as const

export const neighbours: MenuCollector = {
  reads: "neighbours",
  menus: [
    {
      path: "/ip/neighbor",
      tables: [
        {
          table: "neighbours",
          key: joined(
            " ",
            text("interface"),
            text("mac-address", "address"),
            text("interface-name"),
          ),
          columns: {
            interface: text("interface"),
            identity: text("identity"),
            remotePort: text("interface-name"),
            address: text("address", "address4"),
            address6: text("address6"),
            mac: text("mac-address"),
            platform: text("platform"),
            board: text("board"),
            version: text("version"),
            description: text("system-description"),
            protocols: text("discovered-by"),
            capabilities: text("system-caps"),
            capabilitiesEnabled: text("system-caps-enabled"),
          },
        },
      ],
    },
  ],
}

export const vlans: MenuCollector = {
  reads: "vlans",
  menus: [
    {
      path: "/interface/bridge/vlan",
      tables: [
        {
          table: "vlans",
          key: joined(" ", text("bridge"), text("vlan-ids")),
          columns: {
            vlanId: text("vlan-ids"),
            interface: text("bridge"),
            tagged: text("current-tagged", "tagged"),
            untagged: text("current-untagged", "untagged"),
            isDynamic: flag("dynamic"),
            isDisabled: flag("disabled"),
            comment: text("comment"),
          },
        },
      ],
    },
    {
      path: "/interface/vlan",
      tables: [
        {
          table: "vlans",
          key: joined(" ", text("interface"), text("vlan-id"), text("name")),
          columns: {
            vlanId: text("vlan-id"),
            name: text("name"),
            interface: text("interface"),
            isDisabled: flag("disabled"),
            comment: text("comment"),
          },
        },
      ],
    },
    {
      path: "/interface/ethernet/switch/vlan",
      tables: [
        {
          table: "vlans",
          key: joined(" ", text("switch", "vlan-id"), text("vlan-id")),
          columns: {
            vlanId: text("vlan-id"),
            interface: text("switch"),
            tagged: text("ports"),
            isDisabled: flag("disabled"),
            comment: text("comment"),
          },
        },
      ],
    },
  ],
}

const fdbMenu = (path: string) =>
  ({
    path,
    tables: [
      {
        table: "hosts",
        key: joined(" ", text("mac-address"), text("port", "ports"), text("vlan-id")),
        columns: {
          mac: text("mac-address"),
          interface: text("port", "ports"),
          bridge: text("switch"),
          vlanId: integer("vlan-id"),
          isLocal: constant(false),
          isDynamic: flag("dynamic"),
        },
      },
    ],
  }) as const
export const hosts: MenuCollector = {
  reads: "hosts",
  deadlineMs: 30_000,
  menus: [
    {
      path: "/interface/bridge/host",
      tables: [
        {
          table: "hosts",
          key: joined(
            " ",
            text("mac-address"),
            text("bridge"),
            text("on-interface", "interface"),
            text("vid"),
          ),
          columns: {
            mac: text("mac-address"),
            interface: text("on-interface", "interface"),
            bridge: text("bridge"),
            vlanId: integer("vid"),
            isLocal: flag("local"),
            isDynamic: flag("dynamic"),
          },
        },
      ],
    },
    fdbMenu("/interface/ethernet/switch/unicast-fdb"),
    fdbMenu("/interface/ethernet/switch/host"),
  ],
}

export const arp: MenuCollector = {
  reads: "arp",
  menus: [arpMenu("/ip/arp"), arpMenu("/ipv6/neighbor")],
}
export const addresses: MenuCollector = {
  reads: "addresses",
  menus: [addressMenu("/ip/address"), addressMenu("/ipv6/address")],
}
