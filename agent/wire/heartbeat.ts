/** The heartbeat: an agent's sign of life, and the state it reports about itself. */
import { z } from "zod"
import { Port } from "./access.ts"
import { PackageOffer } from "./package.ts"
import { count, EpochMs, Protocol, Text, textUpTo } from "./values.ts"

/** Sent every 2 s and, unlike a batch, never buffered. */
export const Heartbeat = z.strictObject({
  protocol: Protocol,
  atMs: EpochMs,
  version: textUpTo(64),
  startedAtMs: EpochMs,
  hostname: textUpTo(255),
  revision: z.string().max(64),
  devices: count,
  bufferBatches: count,
  bufferBytes: count,
  oldestBufferedAtMs: EpochMs.nullable(),
  /** What this agent can do here. The Agents page shows how to add a missing capability. */
  capabilities: z.strictObject({ icmp: z.boolean(), syslogPort: Port.nullable() }),
  notes: z.array(Text).max(20),
})
export type Heartbeat = z.infer<typeof Heartbeat>
export const HeartbeatAnswer = z.strictObject({
  protocol: Protocol,
  revision: z.string().max(64),
  serverAtMs: EpochMs,
  /** Only for agents that send `PACKAGE_HEADER`. */
  package: PackageOffer.optional(),
  /**
   * The latest version of a batch that this appliance accepts. Only for agents with the feature
   * `compact-batches`; absent: 1.
   */
  batchVersion: count.optional(),
  /** Facts may name interfaces by `id`. Only for agents with the feature `interface-ids`. */
  acceptsInterfaceIds: z.boolean().optional(),
})
export type HeartbeatAnswer = z.infer<typeof HeartbeatAnswer>
