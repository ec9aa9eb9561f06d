/** What a device routes: routing tables, instances, routes, rules, and neighbours of small protocols. */
import { defineTable, flag, number, searched, text, time } from "./table.ts"

export const vrfs = defineTable({
  name: "vrfs",
  title: "VRFs",
  description: "VRFs and routing tables of a device",
  key: "kind and name",
  columns: {
    name: searched("Name"),
    kind: text("Kind"),
    interfaces: searched("Interfaces"),
    distinguisher: searched("Route distinguisher"),
    isDynamic: flag("Dynamic"),
    isDisabled: flag("Switched off"),
    comment: searched("Comment"),
  },
})

export const routingInstances = defineTable({
  name: "routing-instances",
  title: "Routing protocols",
  description: "Instances, templates, areas and interfaces of BGP, OSPF, IS-IS, RIP and LDP",
  key: "kind and name",
  columns: {
    kind: text("Kind"),
    name: searched("Name"),
    instance: text("Instance"),
    as: number("AS"),
    routerId: searched("Router id"),
    area: text("Area"),
    vrf: text("VRF"),
    network: searched("Network"),
    cost: number("Cost"),
    state: text("State"),
    isDynamic: flag("Dynamic"),
    isDisabled: flag("Switched off"),
    comment: searched("Comment"),
  },
})

export const routes = defineTable({
  name: "routes",
  title: "Routes",
  description: "Routes of a device that has no more than a thousand",
  key: "destination, gateway and routing table",
  columns: {
    destination: searched("Destination"),
    gateway: searched("Gateway"),
    interface: searched("Interface"),
    distance: number("Distance"),
    vrf: text("VRF"),
    protocol: text("Protocol"),
    status: text("Status"),
    source: text("Preferred source"),
    isActive: flag("Active"),
    isDynamic: flag("Dynamic"),
    isDisabled: flag("Switched off"),
    comment: searched("Comment"),
  },
})

export const routingRules = defineTable({
  name: "routing-rules",
  title: "Routing rules",
  description: "Rules that choose a routing table, filters of routes, advertised networks",
  key: "kind and id of the rule on the router",
  columns: {
    kind: text("Kind"),
    chain: searched("Chain"),
    rule: searched("Rule"),
    source: searched("Source"),
    destination: searched("Destination"),
    interface: text("Interface"),
    action: text("Action"),
    table: text("Routing table"),
    isDisabled: flag("Switched off"),
    comment: searched("Comment"),
  },
})

export const adjacencies = defineTable({
  name: "adjacencies",
  title: "Other adjacencies",
  description: "Neighbours of LDP, BFD, RIP, IS-IS and PIM, and tunnels of traffic engineering",
  key: "protocol, address of the neighbour and interface",
  columns: {
    protocol: text("Protocol"),
    name: searched("Name"),
    remoteAddress: searched("Remote address"),
    localAddress: text("Local address"),
    interface: searched("Interface"),
    vrf: text("VRF"),
    state: text("State"),
    sinceMs: time("Since"),
    stateChanges: number("Changes of state"),
    isDynamic: flag("Dynamic"),
    isDisabled: flag("Switched off"),
    comment: searched("Comment"),
  },
})
