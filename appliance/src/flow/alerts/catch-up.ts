/**
 * Whether agents still deliver what they measured before a restart of the appliance. A fault that
 * began meanwhile arrives in pieces: evaluated one by one they would become several incidents. An
 * agent has caught up once its batches are current and each of its devices with a known state has
 * been observed since the restart.
 */
import type { AgentId } from "../../platform/ids.ts"
import type { AlertInput } from "./model.ts"

/** The longest wait for an agent's backlog. */
const MAX_MS = 15_000
/** A batch whose newest item is this recent was delivered as soon as it was measured. */
const LIVE_MS = 3_000
/** After the backlog, devices that are just failing need this long to be confirmed. */
const CONFIRM_MS = 1_500

/** An agent, and the oldest last observation of its devices whose state is known; null: none is. */
export type ExpectedAgent = { readonly agent: AgentId; readonly observedAtMs: number | null }

export type CatchUp = {
  /** A restart: `nowMs` is the time from which messages can be received. */
  readonly begin: (nowMs: number) => void
  /** No message could be received until now. */
  readonly postpone: (nowMs: number) => void
  readonly observe: (accepted: AlertInput, nowMs: number) => void
  /** `expected` returns the online agents that have devices; called only while it matters. */
  readonly isCatchingUp: (nowMs: number, expected: () => readonly ExpectedAgent[]) => boolean
}

const newestAtMs = ({ pings, interfaces, events }: AlertInput): number => {
  let newest = Number.NEGATIVE_INFINITY
  for (const items of [pings, interfaces, events])
    for (const { atMs } of items) newest = Math.max(newest, atMs)
  return newest
}

/** Times are epoch ms of our clock. Without `begin` there is nothing to catch up with. */
export const createCatchUp = (): CatchUp => {
  let beganAtMs: number | null = null
  /** Agents that have sent a batch of now. */
  const live = new Set<AgentId>()
  /** Since when all have caught up. */
  let caughtUpAtMs: number | null = null
  return {
    begin: (nowMs) => {
      beganAtMs = nowMs
      live.clear()
      caughtUpAtMs = null
    },
    postpone: (nowMs) => {
      if (beganAtMs !== null) beganAtMs = nowMs
    },
    observe: (accepted, nowMs) => {
      const { agent, receivedAtMs, skewMs } = accepted
      const newestMs = newestAtMs(accepted)
      // Input received before the restart says nothing about the agent's backlog now.
      if (
        agent === null ||
        beganAtMs === null ||
        nowMs < beganAtMs ||
        newestMs === Number.NEGATIVE_INFINITY
      )
        return
      // What follows may be of its backlog, which is sent after new data.
      if (receivedAtMs + skewMs - newestMs < LIVE_MS) live.add(agent.id)
    },
    isCatchingUp: (nowMs, expected) => {
      if (beganAtMs === null) return false
      const sinceMs = beganAtMs
      const agents = expected()
      const all = agents.every(
        ({ agent, observedAtMs }) =>
          live.has(agent) && (observedAtMs === null || observedAtMs >= sinceMs),
      )
      caughtUpAtMs = all ? (caughtUpAtMs ?? nowMs) : null
      const isConfirmed = caughtUpAtMs !== null && nowMs - caughtUpAtMs >= CONFIRM_MS
      if (nowMs - beganAtMs >= MAX_MS || agents.length === 0 || isConfirmed) beganAtMs = null
      return beganAtMs !== null
    },
  }
}
