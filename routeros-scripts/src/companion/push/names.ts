/** Stored scripts by name, and which of them a duty has. */
import type { Profile } from "../desired-config.ts"

export const NAMES = {
  /** The resident script. */
  resident: "ispvm-watch",
  /** The scheduler that starts it. Of another name: a router may list what a scheduler runs as a job of the scheduler's name. */
  start: "ispvm-start",
  /** Posts one body; a function of the resident script. */
  push: "ispvm-push",
  /** Run once for each body that the appliance accepted: its `run-count` is the result of a post. */
  sent: "ispvm-sent",
  netwatch: "ispvm-netwatch",
  peers: "ispvm-peers",
  sessions: "ispvm-sessions",
  heartbeat: "ispvm-heartbeat",
  selfTest: "ispvm-self-test",
} as const

/** What earlier versions stored and this one does not use any more. */
export const FORMER = { functions: "ispvm-functions", netwatch: "ispvm-push-netwatch" } as const

export const hasPeers = (profile: Profile): boolean => profile !== "cpe"
export const countsSessions = (profile: Profile): boolean => profile === "access"
