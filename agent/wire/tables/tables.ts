/** Every table of a device. A new one is a file of this folder and a line here. */
import { collection } from "./collection.ts"
import {
  accessPoints,
  interfaceLists,
  logicalInterfaces,
  portSettings,
  radios,
} from "./interfaces.ts"
import { addresses, arp, hosts, vlans } from "./layer2.ts"
import {
  changes,
  configuration,
  inventory,
  scripts,
  services,
  settings,
  userGroups,
} from "./management.ts"
import { bgpPeers, neighbours, ospfNeighbours } from "./neighbours.ts"
import { adjacencies, routes, routingInstances, routingRules, vrfs } from "./routing.ts"
import {
  addressLists,
  dhcpServices,
  dnsRecords,
  firewallRules,
  hotspot,
  ipsec,
  pppAccounts,
  profiles,
  queues,
} from "./services.ts"
import { certificates, packages } from "./software.ts"
import { leases, registrations, sessions, tunnels, users } from "./subscribers.ts"
import type { Table } from "./table.ts"

export const TABLES = [
  neighbours,
  bgpPeers,
  ospfNeighbours,
  sessions,
  leases,
  registrations,
  tunnels,
  users,
  vlans,
  hosts,
  arp,
  addresses,
  packages,
  certificates,
  adjacencies,
  vrfs,
  routingInstances,
  routes,
  routingRules,
  logicalInterfaces,
  portSettings,
  radios,
  interfaceLists,
  accessPoints,
  dhcpServices,
  dnsRecords,
  addressLists,
  firewallRules,
  hotspot,
  pppAccounts,
  profiles,
  ipsec,
  queues,
  settings,
  scripts,
  userGroups,
  services,
  inventory,
  changes,
  configuration,
  collection,
] as const satisfies readonly Table[]
export type TableName = (typeof TABLES)[number]["name"]
export const TABLE_NAMES = TABLES.map(({ name }) => name) as [TableName, ...TableName[]]

const BY_NAME: ReadonlyMap<string, Table> = new Map(TABLES.map((table) => [table.name, table]))
export const tableOf = (name: TableName): Table => {
  const table = BY_NAME.get(name)
  if (table === undefined) throw new Error(`there is no table ${name}`)
  return table
}
