/** The assignment: which devices an agent monitors, how, and how often. */
import { z } from "zod"
import { Access } from "./access.ts"
import { Network } from "./destinations.ts"
import { PROBE_LIMITS } from "./probes.ts"
import { AssignedRedaction } from "./redaction.ts"
import { TextEncoding } from "./text-encoding.ts"
import { COLLECTOR_NAME, count, DeviceId, Name, Protocol, Source } from "./values.ts"

/** Intervals in milliseconds; 0: never. */
export const Intervals = z.strictObject({
  pingMs: count,
  interfaceMs: count,
  healthMs: count,
  factsMs: count,
})
export type Intervals = z.infer<typeof Intervals>
/**
 * Intervals of single collectors in milliseconds, by `<source>.<what it reads>`, such as
 * `snmp.health`. A collector that is not named here uses `Intervals`. Agents ignore names of
 * collectors that they do not have.
 */
export const CollectorIntervals = z
  .record(z.string().regex(COLLECTOR_NAME), count)
  .refine((intervals) => Object.keys(intervals).length <= 64, "expected at most 64 collectors")
export type CollectorIntervals = z.infer<typeof CollectorIntervals>
/**
 * Older agents reject an assignment with a field they do not know. The appliance therefore omits
 * `textEncoding` if it is `auto`, and `collectorIntervals` if all collectors use `intervals`.
 */
export const AssignedDevice = z.strictObject({
  id: DeviceId,
  name: Name,
  access: Access,
  intervals: Intervals,
  collectorIntervals: CollectorIntervals.optional(),
  textEncoding: TextEncoding.optional(),
  /**
   * The source that is read first; the others are its fallback. Omitted: the RouterOS API. Sent only
   * to agents that ask for it (`ACCEPTS_PREFERRED`).
   */
  preferred: Source.optional(),
})
export type AssignedDevice = z.infer<typeof AssignedDevice>
/** All devices of one agent. Answer of `GET ?revision=N`, or 304 if `N` is the current revision. */
export const Assignment = z.strictObject({
  protocol: Protocol,
  revision: z.string().max(64),
  devices: z.array(AssignedDevice).max(20_000),
  /**
   * The only networks this agent may contact. If omitted: every address except loopback, link-local
   * and other special ones.
   */
  allowedNetworks: z.array(Network).max(64).optional(),
  /**
   * Probes of services, each an `AssignedProbe`. An agent parses them one by one and ignores those
   * that it cannot read, so that a later release may have other kinds. Sent only to agents that
   * accept them (`ACCEPTS_HEADER`).
   */
  probes: z.array(z.unknown()).max(PROBE_LIMITS.probes).optional(),
  /** Omitted: the appliance hides nothing. Only for agents with the feature `redaction`. */
  redaction: AssignedRedaction.optional(),
  /**
   * Of the organisation, for the hashes of configurations. An agent whose host has a key of its own
   * uses that one. Only for agents with the feature `configuration`.
   */
  configurationKey: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/)
    .optional(),
})
export type Assignment = z.infer<typeof Assignment>
