/** What a device serves to subscribers: DHCP, hotspot, PPP accounts, profiles; and its firewall. */
import { defineTable, flag, searched, text, time } from "./table.ts"

const personal = { isPersonal: true } as const

export const dhcpServices = defineTable({
  name: "dhcp-services",
  title: "DHCP",
  description: "DHCP servers, their networks, relays and clients, and address pools",
  key: "kind and name or address",
  columns: {
    kind: text("Kind"),
    name: searched("Name"),
    interface: searched("Interface"),
    address: searched("Address"),
    gateway: text("Gateway"),
    dns: text("DNS"),
    pool: text("Pool"),
    leaseTime: text("Lease time"),
    status: text("Status"),
    isDisabled: flag("Switched off"),
    isInvalid: flag("Invalid"),
    comment: searched("Comment"),
  },
})

export const dnsRecords = defineTable({
  name: "dns-records",
  title: "DNS records",
  description: "Static DNS records of a device",
  key: "name, type and value",
  columns: {
    name: searched("Name"),
    type: text("Type"),
    value: searched("Value"),
    ttl: text("Time to live"),
    isDynamic: flag("Dynamic"),
    isDisabled: flag("Switched off"),
    comment: searched("Comment"),
  },
})

export const addressLists = defineTable({
  name: "address-lists",
  title: "Address lists",
  description: "Entries of the firewall's address lists",
  key: "list and address",
  columns: {
    list: searched("List"),
    address: searched("Address"),
    createdMs: time("Created"),
    isDynamic: flag("Dynamic"),
    isDisabled: flag("Switched off"),
    comment: searched("Comment"),
  },
})

export const firewallRules = defineTable({
  name: "firewall-rules",
  title: "Rules",
  description: "Rules of the firewall: filter, NAT, mangle and raw",
  key: "kind and id of the rule on the router",
  columns: {
    kind: text("Kind"),
    chain: searched("Chain"),
    action: text("Action"),
    source: searched("Source"),
    destination: searched("Destination"),
    protocol: text("Protocol"),
    ports: searched("Ports"),
    interfaces: searched("Interfaces"),
    states: text("States"),
    target: searched("Target"),
    isDynamic: flag("Dynamic"),
    isDisabled: flag("Switched off"),
    isInvalid: flag("Invalid"),
    comment: searched("Comment"),
  },
})

export const hotspot = defineTable({
  name: "hotspot",
  title: "Hotspot",
  description: "Hosts, logins, bindings and servers of a hotspot",
  key: "kind, and MAC address or address",
  columns: {
    kind: text("Kind"),
    user: searched("User", personal),
    address: searched("Address"),
    toAddress: searched("Translated to"),
    mac: searched("MAC address"),
    server: text("Server"),
    type: text("Type"),
    sinceMs: time("Since"),
    isAuthorized: flag("Authorised"),
    isDisabled: flag("Switched off"),
    comment: searched("Comment", personal),
  },
})

export const pppAccounts = defineTable({
  name: "ppp-accounts",
  title: "PPP accounts",
  description: "PPP and hotspot accounts that are stored on a device, without passwords",
  key: "kind, name and service",
  columns: {
    kind: text("Kind"),
    user: searched("User", personal),
    service: text("Service"),
    profile: text("Profile"),
    remoteAddress: searched("Address"),
    callerId: searched("Caller", personal),
    loggedOutMs: time("Last logout"),
    isDisabled: flag("Switched off"),
    comment: searched("Comment", personal),
  },
})

export const profiles = defineTable({
  name: "profiles",
  title: "Profiles",
  description: "Profiles of PPP, hotspot and IPsec, and types of queues",
  key: "kind and name",
  columns: {
    kind: text("Kind"),
    name: searched("Name"),
    rate: text("Rate limit"),
    type: text("Type"),
    limit: text("Limit"),
    localAddress: text("Local address"),
    remoteAddress: text("Remote address"),
    dns: text("DNS"),
    comment: searched("Comment"),
  },
})

export const ipsec = defineTable({
  name: "ipsec",
  title: "IPsec",
  description: "Configured peers, identities and policies of IPsec",
  key: "kind, name and addresses",
  columns: {
    kind: text("Kind"),
    name: searched("Name"),
    peer: searched("Peer"),
    source: searched("Source"),
    destination: searched("Destination"),
    mode: text("Mode"),
    profile: text("Profile"),
    state: text("State"),
    isDynamic: flag("Dynamic"),
    isDisabled: flag("Switched off"),
    isInvalid: flag("Invalid"),
    comment: searched("Comment"),
  },
})

export const queues = defineTable({
  name: "queues",
  title: "Queues",
  description: "Limits of simple queues and of the queue tree",
  key: "kind and name",
  columns: {
    kind: text("Kind"),
    name: searched("Name", personal),
    target: searched("Target"),
    parent: text("Parent"),
    mark: text("Packet mark"),
    type: text("Type"),
    limit: text("Limit"),
    guaranteed: text("Guaranteed"),
    priority: text("Priority"),
    isDynamic: flag("Dynamic"),
    isDisabled: flag("Switched off"),
    comment: searched("Comment", personal),
  },
})
