/** What discovery proposes for the inventory, and what people decide about it. */
import { z } from "zod"
import { EpochMs } from "./shared.ts"

export const PROPOSAL_KINDS = ["device", "link", "segment", "peer"] as const
/**
 * `device`: a box that neighbours report and nobody monitors. `link`: between two devices. `segment`
 * and `peer` are shown, and cannot be accepted: a wire of more than two ports, and the other end of
 * an external BGP session.
 */
export const ProposalKind = z.enum(PROPOSAL_KINDS)
export type ProposalKind = z.infer<typeof ProposalKind>
export const ProposalState = z.enum(["open", "accepted", "rejected"])
export type ProposalState = z.infer<typeof ProposalState>
export const LINK_KINDS = ["cable", "bond", "tunnel", "segment", "peering"] as const
export const SOURCES = [
  "lldp",
  "cdp",
  "mndp",
  "radio",
  "bridge",
  "ospf",
  "isis",
  "arp",
  "subnet",
  "bgp",
] as const

/** One end of a link; of a device, segment or peer, what it is seen from. */
export const ProposalEnd = z.object({
  deviceId: z.uuid().nullable(),
  name: z.string(),
  interface: z.string().nullable(),
  /** Of a device: its own port, as the neighbour names it. */
  farInterface: z.string().nullable(),
})
export type ProposalEnd = z.infer<typeof ProposalEnd>
/** Who reports it, by which protocol, and when. */
export const ProposalEvidence = z.object({
  source: z.enum(SOURCES),
  deviceId: z.uuid().nullable(),
  deviceName: z.string(),
  seenAtMs: EpochMs,
  isGone: z.boolean(),
})
export type ProposalEvidence = z.infer<typeof ProposalEvidence>

export const Proposal = z.object({
  id: z.uuid(),
  kind: ProposalKind,
  state: ProposalState,
  /** 0 to 1: that it exists. */
  confidence: z.number(),
  sources: z.array(z.enum(SOURCES)),
  /** Nobody reports it any more. */
  isStale: z.boolean(),
  name: z.string().nullable(),
  addresses: z.array(z.string()),
  macs: z.array(z.string()),
  board: z.string().nullable(),
  /** Of a link. */
  linkKind: z.enum(LINK_KINDS).nullable(),
  ends: z.array(ProposalEnd),
  evidence: z.array(ProposalEvidence),
  /** Of a device: the weakest reason for which several rows are one box, as its code. */
  reason: z.string().nullable(),
  firstSeenAtMs: EpochMs,
  seenAtMs: EpochMs,
  decidedAtMs: EpochMs.nullable(),
  decidedBy: z.string().nullable(),
  /** The device or link that was made of it. */
  createdId: z.uuid().nullable(),
})
export type Proposal = z.infer<typeof Proposal>

/** The last run: what was found, and what was left out, by reason. */
export const DiscoveryRun = z.object({
  atMs: EpochMs,
  tookMs: z.number(),
  devices: z.int(),
  /** Found links that the inventory has. */
  confirmed: z.int(),
  proposed: z.int(),
  dropped: z.object({
    tooMany: z.int(),
    ambiguous: z.int(),
    behindOthers: z.int(),
    shared: z.int(),
    contradicted: z.int(),
  }),
})
export type DiscoveryRun = z.infer<typeof DiscoveryRun>

export const DiscoveryQuery = z.object({
  state: ProposalState.default("open"),
  /** The most likely ones. 0: the counts and the last run alone. */
  limit: z.coerce.number().int().min(0).max(10_000).default(10_000),
})
export const DiscoveryAnswer = z.object({
  items: z.array(Proposal),
  next: z.null(),
  /** Null: it has not run yet. */
  run: DiscoveryRun.nullable(),
  counts: z.object({ open: z.int(), accepted: z.int(), rejected: z.int() }),
})
export type DiscoveryAnswer = z.infer<typeof DiscoveryAnswer>

/**
 * `accept` adds the device or link. `reject` is remembered. `reopen` takes a rejection back, or an
 * accepted link out of the inventory again.
 */
export const DiscoveryDecision = z.strictObject({
  ids: z.array(z.uuid()).min(1).max(1_000),
  decision: z.enum(["accept", "reject", "reopen"]),
  /** For accepted devices: with a credential they are read by RouterOS API, or by SNMP. */
  siteId: z.uuid().nullable().default(null),
  agentId: z.uuid().nullable().default(null),
  credentialId: z.uuid().nullable().default(null),
})
export type DiscoveryDecision = z.infer<typeof DiscoveryDecision>
/** What could not be done is named; the rest is done. */
export const DecisionAnswer = z.object({
  done: z.int(),
  failed: z.array(z.object({ id: z.uuid(), name: z.string(), detail: z.string() })),
})
export type DecisionAnswer = z.infer<typeof DecisionAnswer>
