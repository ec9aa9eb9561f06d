/** Agents: the processes close to the routers, their certificates and their tokens. */
import { z } from "zod"
import { AgentNote } from "./notice-messages.ts"
import { EpochMs, Line, Networks, Status } from "./shared.ts"

export const AgentInput = z.strictObject({
  name: Line(120),
  siteId: z.uuid().nullable().default(null),
  /**
   * The device to which this agent is connected. Upstream and downstream are computed from there.
   */
  deviceId: z.uuid().nullable().default(null),
  /**
   * The only networks it may contact. Empty or omitted: every address except loopback, link-local
   * and other special ones.
   */
  allowedNetworks: Networks.optional(),
})
export type AgentInput = z.infer<typeof AgentInput>
export const AgentPatch = z.strictObject({
  name: Line(120).optional(),
  siteId: z.uuid().nullable().optional(),
  deviceId: z.uuid().nullable().optional(),
  allowedNetworks: Networks.optional(),
})

/**
 * `enrolment`: waiting (a token is valid), enrolled, revoked, or none (never enrolled, no valid
 * token).
 */
export const Agent = z.object({
  id: z.uuid(),
  name: z.string(),
  siteId: z.uuid().nullable(),
  deviceId: z.uuid().nullable(),
  allowedNetworks: z.array(z.string()),
  enrolment: z.enum(["none", "waiting", "enrolled", "revoked"]),
  tokenExpiresAtMs: EpochMs.nullable(),
  status: Status,
  statusReason: z.string(),
  sinceMs: EpochMs.nullable(),
  lastSeenAtMs: EpochMs.nullable(),
  version: z.string().nullable(),
  hostname: z.string().nullable(),
  certificateSerial: z.string().nullable(),
  certificateExpiresAtMs: EpochMs.nullable(),
  devices: z.int(),
  bufferBatches: z.int().nullable(),
  oldestBufferedAtMs: EpochMs.nullable(),
  /** The agent's clock minus the appliance's, in ms. */
  clockSkewMs: z.number().nullable(),
  icmp: z.boolean().nullable(),
  syslogPort: z.int().nullable(),
  notes: z.array(AgentNote),
  /**
   * Of its package: `waiting` for its turn, or until an operator has repaired another agent that
   * gave the release up. Null: the appliance cannot update it, or has no release for agents.
   */
  update: z
    .object({
      state: z.enum(["current", "waiting", "updating", "failed"]),
      /** Of the release that agents are to run. */
      version: z.string(),
      /** A code, where it failed. */
      reason: z.string().nullable(),
    })
    .nullable(),
})
export type Agent = z.infer<typeof Agent>

/**
 * `POST /api/v1/agents/:id/token`: shown once, valid once, for ten minutes. `command` is to be
 * typed on the agent's host.
 */
export const TokenAnswer = z.object({
  token: z.string(),
  expiresAtMs: EpochMs,
  command: z.string(),
})
export type TokenAnswer = z.infer<typeof TokenAnswer>
