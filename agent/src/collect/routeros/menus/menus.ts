/** Every menu that is polled, by collector. Interfaces, health and facts have code of their own. */

import { withFurther } from "./further.ts"
import { addresses, arp, hosts, neighbours, vlans } from "./layer2.ts"
import { accessPoints, interfaceLists, logicalInterfaces, portSettings, radios } from "./logical.ts"
import { changes, inventory, scripts, services, settings, userGroups } from "./management.ts"
import type { MenuCollector } from "./menu.ts"
import { bridgePort, firewall, lte, optics, poe, port, queue } from "./ports.ts"
import { profiles } from "./profiles.ts"
import { registration, wireless } from "./radio.ts"
import { bgp, isis, ospf, vrrp } from "./routing.ts"
import { adjacencies, routes, routingInstances, routingRules, vrfs } from "./routing-tables.ts"
import {
  addressLists,
  dhcpServices,
  dnsRecords,
  firewallRules,
  hotspot,
  ipsec,
  pppAccounts,
  queues,
} from "./services.ts"
import { dhcp, sessionList, sessions, tunnel, users, watch } from "./subscribers.ts"
import { certificate, clock, deviceCounts, packages } from "./system.ts"

const COLLECTORS: readonly MenuCollector[] = [
  clock,
  bgp,
  ospf,
  isis,
  vrrp,
  sessions,
  sessionList,
  dhcp,
  tunnel,
  watch,
  users,
  optics,
  port,
  poe,
  bridgePort,
  queue,
  firewall,
  lte,
  registration,
  wireless,
  neighbours,
  vlans,
  hosts,
  arp,
  addresses,
  certificate,
  packages,
  deviceCounts,
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
]

export const MENU_COLLECTORS: readonly MenuCollector[] = COLLECTORS.map(withFurther)
