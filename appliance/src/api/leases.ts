/** Who reads a device, by which method, and why: leases of agents, and what they can do. */
import { z } from "zod"
import { EpochMs } from "./shared.ts"

export const LEASE_REASONS = [
  "assigned", // it is the first
  "agent-offline", // the one before sent nothing
  "device-not-reached", // the one before could not reach the device, this one can
  "agent-removed", // the one before may no longer read the device
  "preferred-is-back",
  "load-balanced",
] as const
export const LeaseReason = z.enum(LEASE_REASONS)
export type LeaseReason = z.infer<typeof LeaseReason>

/** Who may take over from the preferred agent: nobody, any agent of the device's site, or a list. */
export const AgentFallback = z.enum(["none", "site", "listed"])
export type AgentFallback = z.infer<typeof AgentFallback>

export const ReadingMethod = z.enum(["routeros-api", "snmp", "icmp"])
export type ReadingMethod = z.infer<typeof ReadingMethod>

/** One method of one agent at this device, as the agent found by trying. */
export const Capability = z.object({
  method: ReadingMethod,
  works: z.boolean(),
  sinceMs: EpochMs,
  triedAtMs: EpochMs,
  /** Why it does not work. */
  reason: z.string().nullable(),
})
export type Capability = z.infer<typeof Capability>

export const ReadingAgent = z.object({
  id: z.uuid(),
  name: z.string(),
  /** 0: preferred. */
  rank: z.int(),
  isHolder: z.boolean(),
  /** Reads beside the holder before it takes over. */
  isIncoming: z.boolean(),
  isOnline: z.boolean(),
  capabilities: z.array(Capability),
})
export const LeaseSpan = z.object({
  agentId: z.uuid(),
  agentName: z.string(),
  fromMs: EpochMs,
  toMs: EpochMs.nullable(),
  reason: LeaseReason,
})
/** How a device is read now. */
export const DeviceReading = z.object({
  /** Null: no method works. */
  method: ReadingMethod.nullable(),
  /** The first of the order that is configured; null: none is. */
  preferredMethod: ReadingMethod.nullable(),
  /** Since when this method is used. */
  methodSinceMs: EpochMs.nullable(),
  /** Why the preferred method is not used; null if it is. */
  methodReason: z.string().nullable(),
  order: z.array(ReadingMethod),
  fallback: AgentFallback,
  agents: z.array(ReadingAgent),
  /** Newest first. */
  leases: z.array(LeaseSpan),
})
export type DeviceReading = z.infer<typeof DeviceReading>

/** What one agent does for a device. `incoming`: reads it beside the holder, and takes over. */
export const AgentRole = z.enum(["reads", "incoming", "probes"])
export type AgentRole = z.infer<typeof AgentRole>
const NamedAgent = z.object({ id: z.uuid(), name: z.string() })
/** A device that an agent reads or probes, and how. */
export const AgentDevice = z.object({
  id: z.uuid(),
  name: z.string(),
  role: AgentRole,
  /** It is the preferred agent of the device. */
  isPreferred: z.boolean(),
  /** Null: the device has none. */
  preferred: NamedAgent.nullable(),
  /** Who reads it. */
  holder: NamedAgent.nullable(),
  /** Of the lease; null: only one agent may read the device, and has no lease of it. */
  heldSinceMs: EpochMs.nullable(),
  leaseReason: LeaseReason.nullable(),
  /** Who read it before the holder. */
  takenOverFrom: NamedAgent.nullable(),
  /** By which this agent reaches it; null: by none so far. */
  method: ReadingMethod.nullable(),
  preferredMethod: ReadingMethod.nullable(),
  methodSinceMs: EpochMs.nullable(),
  /** Why the preferred method is not used; null if it is, or if this agent only probes. */
  methodReason: z.string().nullable(),
  /** Of its collectors, as measured: the share of time in which one runs, and bytes a day. */
  cost: z
    .object({
      busyShare: z.number(),
      bytesPerDay: z.number(),
      /** Collectors that were slowed down because the device answers slowly. */
      slowed: z.int(),
    })
    .nullable(),
})
export type AgentDevice = z.infer<typeof AgentDevice>
