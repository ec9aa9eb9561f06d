/** Collectors of the agents, and how often each reads every device. */
import { COLLECTION_INTERVAL, COLLECTOR_NAME } from "@ispvm/wire/collectors"
import { z } from "zod"
import { fieldCode } from "./field-messages.ts"

const { minMs, maxMs } = COLLECTION_INTERVAL

export const CollectorId = z.strictObject({
  name: z.string().regex(COLLECTOR_NAME, fieldCode("field.collector")),
})

export const Collector = z.object({
  name: z.string(),
  /** False: stored by another release. This one has no such collector. */
  isKnown: z.boolean(),
  /** The interval without an override; null if the collector is not known. */
  defaultMs: z.int().nullable(),
  /** What the organisation has set; null: the default. */
  overrideMs: z.int().nullable(),
  /** The interval in use; null: no agent of this release uses it. */
  everyMs: z.int().nullable(),
})
export type Collector = z.infer<typeof Collector>

export const CollectorChange = z.strictObject({
  /** Null: the default. */
  everyMs: z.int().min(minMs).max(maxMs).nullable(),
})
export type CollectorChange = z.infer<typeof CollectorChange>

/**
 * How often the devices of a scope are read: `fast` halves the intervals of what is read every few
 * minutes or more often, `slow` makes them four times as long. Interfaces, CPU and facts keep theirs.
 */
export const CollectionProfile = z.enum(["fast", "normal", "slow"])
export type CollectionProfile = z.infer<typeof CollectionProfile>
const subject = z.string().min(1).max(64)
const Scope = z.enum(["device", "role", "site"])
/** Of a device, its own profile counts; else the fastest of its roles; else that of its site. */
export const ScopedProfile = z.object({ scope: Scope, subject, profile: CollectionProfile })
export type ScopedProfile = z.infer<typeof ScopedProfile>
export const ScopedProfileChange = z.strictObject({
  scope: Scope,
  /** The id of a device or site, or the name of a role. */
  subject,
  /** Null: none; what is less specific applies. */
  profile: CollectionProfile.nullable(),
})
export type ScopedProfileChange = z.infer<typeof ScopedProfileChange>

/** What collectors read, by what people call it: intervals are set for a group. */
export const COLLECTOR_GROUPS = {
  routing: ["bgp", "ospf", "isis", "vrrp", "adjacencies"],
  sessions: ["sessions", "session-list", "hotspot", "users"],
  neighbours: ["neighbours", "vlans", "hosts", "arp", "addresses"],
  queues: ["queue"],
  wireless: ["wireless", "registration", "lte", "access-points"],
  sensors: ["sensor", "optics", "poe"],
  dhcp: ["dhcp"],
  vpn: ["tunnel", "ipsec"],
  firewall: ["firewall"],
  system: ["cpu", "port", "bridge-port", "watch", "clock", "device-counts", "changes"],
  configuration: ["configuration"],
} as const
export const CollectorGroup = z.enum(
  Object.keys(COLLECTOR_GROUPS) as [keyof typeof COLLECTOR_GROUPS],
)
export type CollectorGroup = z.infer<typeof CollectorGroup>
/** The group of a collector such as `snmp.bgp`; null: its interval is only set for all devices. */
export const groupOf = (collector: string): CollectorGroup | null => {
  const reads = collector.slice(collector.indexOf(".") + 1)
  const found = CollectorGroup.options.find((group) =>
    COLLECTOR_GROUPS[group].some((each) => each === reads),
  )
  return found ?? null
}

/** Below it, a router would be busy with being read. */
export const GROUP_INTERVAL = { minMs: 5_000, maxMs } as const
const groupEveryMs = z.int().min(GROUP_INTERVAL.minMs).max(GROUP_INTERVAL.maxMs)
/** Goes before a profile. Of a device, its own counts; else the shortest of its roles; else its site's. */
export const ScopedInterval = z.object({
  scope: Scope,
  subject,
  group: CollectorGroup,
  everyMs: groupEveryMs,
})
export type ScopedInterval = z.infer<typeof ScopedInterval>
export const ScopedIntervalChange = z.strictObject({
  scope: Scope,
  subject,
  group: CollectorGroup,
  /** Null: what is less specific applies. */
  everyMs: groupEveryMs.nullable(),
})
export type ScopedIntervalChange = z.infer<typeof ScopedIntervalChange>
