/** Recorded menus of RouterOS: where each row has to be seen, and what is not collected on purpose. */

/** Menus that no collector reads, and why. */
const ON_PURPOSE: Readonly<Record<string, string>> = {
  "/log": "comes by syslog",
}
/** Interfaces of sessions are not read. */
export const isOnPurpose = (path: string, row: Readonly<Record<string, string>>): boolean =>
  ON_PURPOSE[path] !== undefined || (path === "/interface" && row.dynamic === "true")

/** Menus that are only counted. */
export const COUNTED: Readonly<Record<string, string>> = {
  "/ip/firewall/connection": "connections",
}

export type Seen = { readonly kind: string; readonly columns: Readonly<Record<string, string>> }
const table = (kind: string, columns: Seen["columns"]): Seen => ({ kind, columns })
/** Of an interface menu without a line of its own. */
export const LOGICAL: Seen = table("logical-interfaces", { name: "name" })
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
  "/ip/route": table("routes", { destination: "dst-address", distance: "distance" }),
  "/ipv6/route": table("routes", { destination: "dst-address", distance: "distance" }),
  "/ip/vrf": table("vrfs", { name: "name", interfaces: "interfaces" }),
  "/ip/route/vrf": table("vrfs", { name: "routing-mark", interfaces: "interfaces" }),
  "/routing/table": table("vrfs", { name: "name" }),
  "/routing/bgp/instance": table("routing-instances", {
    name: "name",
    as: "as",
    routerId: "router-id",
  }),
  "/routing/bgp/template": table("routing-instances", { name: "name", as: "as" }),
  "/routing/ospf/instance": table("routing-instances", { name: "name", routerId: "router-id" }),
  "/routing/ospf/area": table("routing-instances", { name: "name", area: "area-id" }),
  "/routing/ospf/interface": table("routing-instances", { name: "interface", state: "state" }),
  "/routing/bgp/advertisements": table("routing-rules", {
    chain: "peer",
    destination: "prefix",
    source: "nexthop",
  }),
  "/routing/rule": table("routing-rules", { action: "action", table: "table" }),
  "/routing/filter/rule": table("routing-rules", { chain: "chain", rule: "rule" }),
  "/mpls/ldp/neighbor": table("adjacencies", { name: "peer", remoteAddress: "transport" }),
  "/routing/bfd/session": table("adjacencies", { remoteAddress: "remote-address" }),
  "/interface/bonding": table("logical-interfaces", { name: "name", on: "slaves", mode: "mode" }),
  "/interface/bridge": table("logical-interfaces", { name: "name", mac: "mac-address" }),
  "/interface/wireguard": table("logical-interfaces", {
    name: "name",
    port: "listen-port",
    publicKey: "public-key",
  }),
  "/interface/ethernet": table("port-settings", { name: "name", mac: "mac-address" }),
  "/interface/ethernet/poe": table("port-settings", { name: "name", mode: "poe-out" }),
  "/interface/ethernet/switch/port": table("port-settings", { name: "name", of: "switch" }),
  "/interface/bridge/port": table("port-settings", { name: "interface", of: "bridge" }),
  "/interface/wireless": table("radios", { name: "name", ssid: "ssid" }),
  "/interface/list": table("interface-lists", { list: "name" }),
  "/interface/list/member": table("interface-lists", { list: "list", interface: "interface" }),
  "/interface/wifi/registration-table": table("registrations", { mac: "mac-address" }),
  "/caps-man/registration-table": table("registrations", { mac: "mac-address" }),
  "/caps-man/remote-cap": table("access-points", { name: "identity", state: "state" }),
  "/ip/firewall/address-list": table("address-lists", { list: "list", address: "address" }),
  "/ip/firewall/filter": table("firewall-rules", { chain: "chain", action: "action" }),
  "/ip/firewall/nat": table("firewall-rules", { chain: "chain", action: "action" }),
  "/ip/firewall/mangle": table("firewall-rules", { chain: "chain", action: "action" }),
  "/ipv6/firewall/address-list": table("address-lists", { list: "list", address: "address" }),
  "/ipv6/firewall/filter": table("firewall-rules", { chain: "chain", action: "action" }),
  "/snmp/community": table("services", { address: "addresses", profile: "security" }),
  "/ip/hotspot/active": table("hotspot", { user: "user", mac: "mac-address" }),
  "/ip/hotspot/host": table("hotspot", { mac: "mac-address", address: "address" }),
  "/ip/hotspot/ip-binding": table("hotspot", { mac: "mac-address", address: "address" }),
  "/ip/dhcp-server": table("dhcp-services", { name: "name", interface: "interface" }),
  "/ip/dhcp-server/network": table("dhcp-services", { address: "address", gateway: "gateway" }),
  "/ip/dhcp-client": table("dhcp-services", { interface: "interface", status: "status" }),
  "/ip/pool": table("dhcp-services", { name: "name", address: "ranges" }),
  "/ip/dns/static": table("dns-records", { name: "name", value: "address" }),
  "/ip/ipsec/peer": table("ipsec", { name: "name", peer: "address" }),
  "/ip/ipsec/policy": table("ipsec", { source: "src-address", destination: "dst-address" }),
  "/ip/ipsec/active-peers": table("tunnels", { remoteAddress: "remote-address" }),
  "/ip/service": table("services", { name: "name", port: "port" }),
  "/ppp/active": table("sessions", { user: "name", service: "service", address: "address" }),
  "/ppp/profile": table("profiles", { name: "name", rate: "rate-limit" }),
  "/ppp/secret": table("ppp-accounts", { user: "name", profile: "profile" }),
  "/queue/simple": table("queues", { name: "name", limit: "max-limit" }),
  "/queue/tree": table("queues", { name: "name", parent: "parent" }),
  "/queue/type": table("profiles", { name: "name", type: "kind" }),
  "/system/logging": table("services", { name: "topics", profile: "action" }),
  "/system/script": table("scripts", { name: "name", owner: "owner" }),
  "/system/scheduler": table("scripts", { name: "name", interval: "interval" }),
  "/system/package": table("packages", { name: "name", version: "version" }),
  "/system/history": table("changes", { user: "by", action: "action" }),
  "/user/group": table("user-groups", { name: "name", policy: "policy" }),
  "/user/ssh-keys": table("user-groups", { name: "user", owner: "key-owner" }),
  "/certificate": table("certificates", { name: "name", commonName: "common-name" }),
  "/ipv6/address": table("addresses", { address: "address", interface: "interface" }),
}
/** Menus with one row: the area of its settings, of which each property that is read is a row. */
export const SETTINGS: Readonly<Record<string, string>> = {
  "/system/clock": "clock",
  "/system/device-mode": "device mode",
  "/ip/neighbor/discovery-settings": "discovery",
  "/tool/mac-server": "mac server",
  "/tool/mac-server/mac-winbox": "mac winbox",
  "/tool/mac-server/ping": "mac ping",
  "/system/identity": "identity",
  "/system/license": "licence",
  "/system/ntp/client": "ntp client",
  "/system/resource": "resource",
  "/system/routerboard": "routerboard",
  "/ip/dns": "dns",
  "/snmp": "snmp",
}
