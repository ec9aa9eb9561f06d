/** Addresses and bridging: VLANs, MAC addresses, ARP, own addresses. */
import { defineTable, flag, number, searched, text } from "./table.ts"

export const vlans = defineTable({
  name: "vlans",
  title: "VLANs",
  description: "VLANs of bridges, switches and interfaces",
  key: "bridge or interface, and VLAN id",
  columns: {
    vlanId: searched("VLAN"),
    name: searched("Name"),
    /** The interface or bridge that carries it. */
    interface: searched("On"),
    tagged: text("Tagged"),
    untagged: text("Untagged"),
    status: text("Status"),
    isDynamic: flag("Dynamic"),
    isDisabled: flag("Switched off"),
    comment: searched("Comment"),
  },
})

export const hosts = defineTable({
  name: "hosts",
  title: "MAC addresses",
  description: "MAC addresses that a bridge or switch has learned",
  key: "bridge, VLAN and MAC address",
  columns: {
    mac: searched("MAC address"),
    interface: searched("Interface"),
    bridge: text("Bridge"),
    vlanId: number("VLAN"),
    isLocal: flag("Own"),
    isDynamic: flag("Learned"),
  },
})

export const arp = defineTable({
  name: "arp",
  title: "ARP and neighbour cache",
  description: "MAC addresses of IPv4 and IPv6 addresses",
  key: "interface and address",
  columns: {
    address: searched("Address"),
    mac: searched("MAC address"),
    interface: searched("Interface"),
    vrf: text("VRF"),
    status: text("Status"),
    isDynamic: flag("Dynamic"),
    isComplete: flag("Complete"),
    isPublished: flag("Published"),
    isDisabled: flag("Switched off"),
    comment: searched("Comment"),
  },
})

export const addresses = defineTable({
  name: "addresses",
  title: "Addresses",
  description: "IP addresses of the device itself",
  key: "interface and address",
  columns: {
    address: searched("Address"),
    network: text("Network"),
    interface: searched("Interface"),
    vrf: text("VRF"),
    isDynamic: flag("Dynamic"),
    isDisabled: flag("Switched off"),
    isInvalid: flag("Invalid"),
    comment: searched("Comment"),
  },
})
