/** Agents: the processes near the routers, their certificates and their tokens. */
import { z } from "zod"
import { EpochMs, Line, Networks, Status } from "./shared.ts"

export const AgentInput = z.strictObject({
  name: Line(120),
  siteId: z.uuid().nullable().default(null),
  /** The device through which this agent sees the network; what lies behind what is reckoned from there. */
  deviceId: z.uuid().nullable().default(null),
  /** The only networks it may contact; empty or left out: everywhere but loopback, link-local and the like. */
  allowedNetworks: Networks.optional(),
})
export type AgentInput = z.infer<typeof AgentInput>
export const AgentPatch = z.strictObject({
  name: Line(120).optional(),
  siteId: z.uuid().nullable().optional(),
  deviceId: z.uuid().nullable().optional(),
  allowedNetworks: Networks.optional(),
})

/** `enrolment`: waiting (a token is out), enrolled, revoked, or none (never enrolled, no live token). */
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
  /** Agent's clock minus ours, in ms. */
  clockSkewMs: z.number().nullable(),
  icmp: z.boolean().nullable(),
  syslogPort: z.int().nullable(),
  notes: z.array(z.string()),
})
export type Agent = z.infer<typeof Agent>

/** `POST /api/v1/agents/:id/token`: shown once; single use; ends after ten minutes. `command` is what to type on the agent's host. */
export const TokenAnswer = z.object({
  token: z.string(),
  expiresAtMs: EpochMs,
  command: z.string(),
})
export type TokenAnswer = z.infer<typeof TokenAnswer>
