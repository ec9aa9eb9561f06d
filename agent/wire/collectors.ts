/** The collectors of an agent, by name, with the intervals that apply if nothing else is set. */
import type { Intervals } from "./assignment.ts"
import { FAMILIES } from "./families/families.ts"

export { COLLECTOR_NAME } from "./values.ts"

/** Intervals that the appliance assigns to every device. */
export const DEFAULT_INTERVALS = {
  pingMs: 1_000,
  interfaceMs: 10_000,
  healthMs: 10_000,
  factsMs: 300_000,
} as const satisfies Intervals

/** Collectors of tables of a device that have no metric family, by source and what they read. */
const TABLE_COLLECTORS: Readonly<Record<string, number>> = {
  // Keeps up to three `/listen` commands going; it requests nothing while they work. 0: only polls.
  "routeros-api.listen": 10_000,
  "routeros-api.session-list": 60_000,
  "routeros-api.neighbours": 60_000,
  "routeros-api.users": 60_000,
  "routeros-api.vlans": 300_000,
  "routeros-api.hosts": 300_000,
  "routeros-api.arp": 300_000,
  "routeros-api.addresses": 300_000,
  "routeros-api.packages": 3_600_000,
  "routeros-api.cpu": 60_000,
  "routeros-api.adjacencies": 60_000,
  "routeros-api.hotspot": 300_000,
  "routeros-api.ipsec": 300_000,
  "routeros-api.access-points": 300_000,
  "routeros-api.changes": 300_000,
  "routeros-api.vrfs": 3_600_000,
  "routeros-api.routing-instances": 3_600_000,
  "routeros-api.routes": 3_600_000,
  "routeros-api.logical-interfaces": 3_600_000,
  "routeros-api.port-settings": 3_600_000,
  "routeros-api.radios": 3_600_000,
  "routeros-api.dhcp-services": 3_600_000,
  "routeros-api.settings": 3_600_000,
  "routeros-api.scripts": 3_600_000,
  "routeros-api.routing-rules": 86_400_000,
  "routeros-api.interface-lists": 86_400_000,
  "routeros-api.dns-records": 86_400_000,
  "routeros-api.profiles": 86_400_000,
  "routeros-api.user-groups": 86_400_000,
  "routeros-api.services": 86_400_000,
  "routeros-api.inventory": 86_400_000,
  // At a time of its own for each device, and after a log line that reports a change.
  "routeros-api.configuration": 86_400_000,
  "routeros-api.address-lists": 0,
  "routeros-api.firewall-rules": 0,
  "routeros-api.ppp-accounts": 0,
  "routeros-api.queues": 0,
}

/**
 * Default interval of each collector in ms, by its name `<source>.<what it reads>`. A test in
 * `agent/src/collect` compares this table with the collectors that the agent has.
 */
export const COLLECTORS: Readonly<Record<string, number>> = {
  "routeros-api.interface": DEFAULT_INTERVALS.interfaceMs,
  "routeros-api.health": DEFAULT_INTERVALS.healthMs,
  "routeros-api.facts": DEFAULT_INTERVALS.factsMs,
  "snmp.interface": DEFAULT_INTERVALS.interfaceMs,
  "snmp.health": DEFAULT_INTERVALS.healthMs,
  "snmp.facts": DEFAULT_INTERVALS.factsMs,
  "snmp.neighbours": 300_000,
  "snmp.vlans": 300_000,
  "snmp.addresses": 300_000,
  ...Object.fromEntries(
    FAMILIES.flatMap(({ name, polledBy }) =>
      Object.entries(polledBy).map(([source, everyMs]) => [`${source}.${name}`, everyMs]),
    ),
  ),
  ...TABLE_COLLECTORS,
}

export const isCollectorName = (name: string): boolean => Object.hasOwn(COLLECTORS, name)

/** Limits of a collection interval that an operator sets. */
export const COLLECTION_INTERVAL = { minMs: 1_000, maxMs: 86_400_000 } as const
