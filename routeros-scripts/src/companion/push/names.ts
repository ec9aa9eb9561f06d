/** Stored scripts by name, and which of them a duty has. */
import type { Duty } from "../wish.ts"

export const NAMES = {
  functions: "ispvm-functions",
  push: "ispvm-push",
  netwatch: "ispvm-push-netwatch",
  watch: "ispvm-watch",
  peers: "ispvm-peers",
  sessions: "ispvm-sessions",
  heartbeat: "ispvm-heartbeat",
} as const

export const hasPeers = (duty: Duty): boolean => duty !== "cpe"
export const countsSessions = (duty: Duty): boolean => duty === "access"
