/** The collectors of metric families: what the profiles of a device say. */
import type { FAMILIES } from "@ispvm/wire/families"
import { type CollectorRow, familyCollector, type Reading } from "../../collector.ts"
import { PROFILES } from "../profiles/all.ts"
import { deviceKind } from "../profiles/context.ts"
import { readEntitySensors } from "../profiles/entity-sensors.ts"
import { profilesOf, readFamilyTables, readSensorTables } from "../profiles/readings.ts"
import { collectAddresses } from "./own-addresses.ts"
import { type Poll, readUptime } from "./poll.ts"
import { collectNeighbours, collectVlans } from "./topology.ts"

type Name = (typeof FAMILIES)[number]["name"]

const COST = { requests: 10, deadlineMs: 60_000, weight: 1 }

/** ENTITY-SENSOR has both sensors and optical modules; it is read once, for both. */
const collectSensors = async (poll: Poll): Promise<Reading[]> => {
  const kind = await deviceKind(poll)
  return [
    ...(await readSensorTables(poll, profilesOf(PROFILES, kind))),
    ...(await readEntitySensors(poll, kind.objectId)),
  ]
}

/** Families with totals need the uptime that was read with them. */
const WITH_TOTALS: ReadonlySet<Name> = new Set(["queue"])

const collectFamily =
  (family: Name) =>
  async (poll: Poll): Promise<Reading[]> => {
    const profiles = profilesOf(PROFILES, await deviceKind(poll))
    if (!profiles.some(({ tables }) => tables.some(({ families }) => families?.[family]))) return []
    const uptimeS = WITH_TOTALS.has(family) ? (await readUptime(poll)).uptimeS : null
    return [...(await readFamilyTables(poll, profiles, family, uptimeS))]
  }

const NAMES = [
  "optics",
  "poe",
  "bgp",
  "ospf",
  "isis",
  "vrrp",
  "wireless",
  "registration",
  "lte",
  "queue",
  "port",
  "tunnel",
  "sessions",
  "device-counts",
] as const satisfies readonly Name[]

/** Tables of a device change rarely. */
const TABLES_MS = 300_000

export const FAMILY_COLLECTORS: readonly CollectorRow<Poll>[] = [
  { ...familyCollector("sensor", "snmp"), ...COST, collect: collectSensors },
  ...NAMES.map((name) => ({
    ...familyCollector(name, "snmp"),
    ...COST,
    collect: collectFamily(name),
  })),
  { reads: "neighbours", everyMs: () => TABLES_MS, ...COST, collect: collectNeighbours },
  { reads: "vlans", everyMs: () => TABLES_MS, ...COST, collect: collectVlans },
  { reads: "addresses", everyMs: () => TABLES_MS, ...COST, collect: collectAddresses },
]
