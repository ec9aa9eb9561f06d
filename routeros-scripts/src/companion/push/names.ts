/** Names of the stored scripts, and the ones that each task has. */
import type { Profile } from "../desired-config.ts"

export const NAMES = {
  /** The resident script. */
  resident: "ispvm-watch",
  /**
   * The scheduler that starts it. It has another name, because a router may list a scheduler's job
   * under the name of the scheduler.
   */
  start: "ispvm-start",
  /** Posts one body; a function of the resident script. */
  push: "ispvm-push",
  /**
   * Runs once for each body that the appliance accepted: its `run-count` is the result of a post.
   */
  sent: "ispvm-sent",
  netwatch: "ispvm-netwatch",
  peers: "ispvm-peers",
  sessions: "ispvm-sessions",
  heartbeat: "ispvm-heartbeat",
  selfTest: "ispvm-self-test",
} as const

/** Scripts that earlier versions stored and this one no longer uses. */
export const FORMER = { functions: "ispvm-functions", netwatch: "ispvm-push-netwatch" } as const

export const hasPeers = (profile: Profile): boolean => profile !== "cpe"
export const countsSessions = (profile: Profile): boolean => profile === "access"
