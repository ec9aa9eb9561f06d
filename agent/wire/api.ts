/** The agent API: version, paths, headers and errors. */
import { z } from "zod"
import { Text } from "./values.ts"

/** Version of this build. The appliance accepts this version and the one before. */
export const PROTOCOL = 1

/**
 * Versions of batches (`HeartbeatAnswer.batchVersion`): JSON; by columns; by columns, several at
 * once and in any order.
 */
export const BATCH_VERSION = { json: 1, compact: 2, concurrent: 3 } as const
/** How many batches of an agent are in flight at most, if the appliance accepts version 3. */
export const MAX_BATCHES_AT_ONCE = 3

/** Paths of the agent API. Only `ca`, `time` and `enrol` need no client certificate. */
export const PATHS = {
  ca: "/ca",
  time: "/time/v1",
  enrol: "/enrol/v1",
  renew: "/renew/v1",
  assignment: "/assignment/v1",
  batches: "/ingest/v1/batches",
  heartbeat: "/heartbeat/v1",
  tasks: "/tasks/v1",
  package: "/package/v1",
} as const

/**
 * Request header: a random UUID, new at each start of the agent. Two alternating values mean two
 * machines with one identity. It is a header because messages are strict: older appliances ignore
 * an unknown header, but reject an unknown field.
 */
export const BOOT_HEADER = "ispvm-boot"
/**
 * Request header: what this agent can do beyond the first release, joined by commas. The appliance
 * sends tasks and fields that an older agent would reject only to agents that name them.
 */
export const FEATURES_HEADER = "ispvm-features"
export const FEATURES = [
  "diagnostics",
  "redaction",
  "compact-batches",
  "interface-ids",
  "configuration",
] as const
export type Feature = (typeof FEATURES)[number]
/** Features that this build knows; others are of a later release. */
export const parseFeatures = (header: string | undefined): readonly Feature[] => {
  const named = new Set((header ?? "").slice(0, 500).split(","))
  return FEATURES.filter((feature) => named.has(feature))
}
/**
 * Error code of a 409 to a batch: the appliance has stored other content under this identity. Sent
 * only to agents that send `BOOT_HEADER`; they send their backlog again under a new buffer id.
 */
export const BUFFER_CONFLICT = "buffer-conflict"

/** Value of `accepts` in the query of the assignment: the agent knows `AssignedDevice.preferred`. */
export const ACCEPTS_PREFERRED = "preferred"

/** Body of every error response. `code` is for programs, `message` for people. */
export const ApiError = z.strictObject({ code: z.string().max(64), message: Text })
export type ApiError = z.infer<typeof ApiError>
