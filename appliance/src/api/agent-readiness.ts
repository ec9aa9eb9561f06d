import { z } from "zod"

/** Whether diagnostics can be run through the agent of a device. */
export const AgentReadiness = z.enum([
  "ready",
  "no-agent",
  "offline",
  "never-enrolled",
  "revoked",
  "too-old",
])
export type AgentReadiness = z.infer<typeof AgentReadiness>
