/** Recorded menus of RouterOS: where each row has to be seen, and what is not collected on purpose. */

/** Menus that no collector reads, and why. */
export const ON_PURPOSE: Readonly<Record<string, string>> = {
  "/ip/firewall/address-list": "configuration, not state",
  "/ip/hotspot/ip-binding": "configuration, not state",
  "/ip/route/vrf": "configuration; its interfaces are in the list of interfaces",
  "/ip/vrf": "configuration; its interfaces are in the list of interfaces",
  "/routing/bgp/instance": "its AS number is in the rows of its sessions",
  "/interface/wireguard": "name and state are those of the interface",
  "/routing/bgp/advertisements": "a row per advertised prefix: only counted",
  "/ip/firewall/filter": "rules are off by default",
  "/system/resource/cpu": "the load of all cores is in /system/resource",
  "/log": "comes by syslog",
}
/** Menus that are only counted. */
export const COUNTED: Readonly<Record<string, string>> = {
  "/ip/route": "routes",
  "/ip/firewall/connection": "connections",
}

export type Seen = { readonly kind: string; readonly columns: Readonly<Record<string, string>> }
const table = (kind: string, columns: Seen["columns"]): Seen => ({ kind, columns })
/** Where a row is seen, and the property of each of its columns. */
export const SEEN: Readonly<Record<string, Seen>> = {
  "/ip/arp": table("arp", { address: "address", mac: "mac-address", interface: "interface" }),
  "/ipv6/neighbor": table("arp", { address: "address", mac: "mac-address", status: "status" }),
  "/ip/address": table("addresses", { address: "address", interface: "interface" }),
  "/ip/neighbor": table("neighbours", {
    interface: "interface",
    identity: "identity",
    mac: "mac-address",
    remotePort: "interface-name",
    board: "board",
    version: "version",
  }),
  "/interface/bridge/host": table("hosts", { mac: "mac-address", bridge: "bridge" }),
  "/interface/ethernet/switch/unicast-fdb": table("hosts", {
    mac: "mac-address",
    interface: "port",
  }),
  "/interface/bridge/vlan": table("vlans", { vlanId: "vlan-ids", tagged: "tagged" }),
  "/interface/vlan": table("vlans", { vlanId: "vlan-id", name: "name", interface: "interface" }),
  "/routing/bgp/peer": table("bgp-peers", {
    name: "name",
    remoteAddress: "remote-address",
    state: "state",
  }),
  "/routing/bgp/connection": table("bgp-peers", {
    name: "name",
    remoteAddress: "remote.address",
    instance: "instance",
  }),
  "/routing/bgp/session": table("bgp-peers", {
    remoteAddress: "remote.address",
    remoteId: "remote.id",
  }),
  "/routing/ospf/neighbor": table("ospf-neighbours", {
    routerId: "router-id",
    interface: "interface",
    state: "state",
  }),
  "/user": table("users", { user: "name", group: "group" }),
  "/user/active": table("users", { user: "name", address: "address", via: "via" }),
  "/system/package/update": table("packages", { version: "installed-version" }),
  "/interface/wireguard/peers": table("tunnels", { allowed: "allowed-address" }),
  "/ip/dhcp-server/lease": table("leases", { status: "status", hostName: "host-name" }),
  "/interface/wireless/registration-table": table("registrations", { mac: "mac-address" }),
}
