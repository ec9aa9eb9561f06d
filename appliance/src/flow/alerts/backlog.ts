/**
 * Whether agents still deliver what they measured before a restart of the appliance. A fault that began
 * meanwhile arrives in pieces: judged piece by piece it would become several incidents.
 */
import type { AgentId } from "../../platform/ids.ts"
import type { Seen } from "./book.ts"

/** Nobody waits longer than this for an agent's backlog. */
const MAX_MS = 15_000
/** A batch whose newest item is this recent was delivered as soon as it was measured. */
const LIVE_MS = 3_000
/** After the backlog, devices that are just failing need this long to be confirmed. */
const CONFIRM_MS = 1_500

export type Backlog = {
  /** A restart: `nowMs` is the time from which agents can be heard. */
  readonly begin: (nowMs: number) => void
  /** Nobody could be heard until now. */
  readonly postpone: (nowMs: number) => void
  readonly see: (accepted: Seen, nowMs: number) => void
  /** `expected`: the agents that are heard and have something to measure. */
  readonly isCatchingUp: (nowMs: number, expected: Iterable<AgentId>) => boolean
}

const newestAtMs = ({ pings, interfaces, events }: Seen): number => {
  let newest = Number.NEGATIVE_INFINITY
  for (const items of [pings, interfaces, events]) for (const { atMs } of items) newest = Math.max(newest, atMs)
  return newest
}

/** Times are epoch ms of our clock. Without `begin` there is nothing to catch up with. */
export const createBacklog = (): Backlog => {
  let beganAtMs: number | null = null
  /** Since when each agent's batches are of now. */
  const liveSinceMs = new Map<AgentId, number>()
  return {
    begin: (nowMs) => {
      beganAtMs = nowMs
      liveSinceMs.clear()
    },
    postpone: (nowMs) => {
      if (beganAtMs !== null) beganAtMs = nowMs
    },
    see: (accepted, nowMs) => {
      const { agent, receivedAtMs, skewMs } = accepted
      const newestMs = newestAtMs(accepted)
      if (agent === null || beganAtMs === null || newestMs === Number.NEGATIVE_INFINITY) return
      if (receivedAtMs + skewMs - newestMs >= LIVE_MS) liveSinceMs.delete(agent.id)
      else if (!liveSinceMs.has(agent.id)) liveSinceMs.set(agent.id, nowMs)
    },
    isCatchingUp: (nowMs, expected) => {
      if (beganAtMs === null) return false
      const hasCaughtUp = (agent: AgentId): boolean => nowMs - (liveSinceMs.get(agent) ?? nowMs) >= CONFIRM_MS
      if (nowMs - beganAtMs >= MAX_MS || [...expected].every(hasCaughtUp)) beganAtMs = null
      return beganAtMs !== null
    },
  }
}
