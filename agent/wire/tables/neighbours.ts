/** What a device has found on its links, and the adjacencies of its routing protocols. */
import { defineTable, flag, number, searched, text, time } from "./table.ts"

export const neighbours = defineTable({
  name: "neighbours",
  title: "Neighbours",
  description: "Devices that were discovered on each interface by LLDP, CDP or MNDP",
  key: "interface, and the MAC address or chassis id",
  columns: {
    interface: searched("Interface"),
    identity: searched("Name"),
    remotePort: searched("Remote port"),
    address: searched("Address"),
    address6: searched("IPv6 address"),
    mac: searched("MAC address"),
    chassisId: searched("Chassis id"),
    platform: text("Platform"),
    board: text("Model"),
    version: text("Version"),
    description: text("Description"),
    remotePortDescription: text("Description of the port"),
    protocols: text("Discovered by"),
    capabilities: text("Capabilities"),
    capabilitiesEnabled: text("Capabilities in use"),
  },
})

export const bgpPeers = defineTable({
  name: "bgp-peers",
  title: "BGP sessions",
  description: "Addresses, state and last error of each BGP session",
  key: "name of the peer, or its address",
  columns: {
    name: searched("Name"),
    instance: text("Instance"),
    state: text("State"),
    remoteAddress: searched("Remote address"),
    localAddress: searched("Local address"),
    remoteAs: number("Remote AS"),
    localAs: number("Local AS"),
    remoteId: searched("Router id"),
    vrf: text("VRF"),
    families: text("Address families"),
    isDisabled: flag("Switched off"),
    isExternal: flag("External"),
    sinceMs: time("Since"),
    prefixes: number("Prefixes", { tolerance: Number.POSITIVE_INFINITY }),
    lastError: text("Last error"),
    comment: searched("Comment"),
  },
})

export const ospfNeighbours = defineTable({
  name: "ospf-neighbours",
  title: "OSPF neighbours",
  description: "Adjacencies of OSPF v2 and v3",
  key: "instance, router id and interface or address",
  columns: {
    instance: text("Instance"),
    area: text("Area"),
    interface: searched("Interface"),
    address: searched("Address"),
    routerId: searched("Router id"),
    state: text("State"),
    priority: number("Priority"),
    dr: text("Designated router"),
    bdr: text("Backup"),
    sinceMs: time("Since"),
  },
})
