/**
 * When each agent was last seen, and its last heartbeat, in memory; stored from time to time. Pure
 * except for its own map.
 */
import type { Heartbeat } from "@ispvm/wire"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import { isOffline } from "./status.ts"

export const WRITE_EVERY_MS = 10_000

/**
 * The clock skew is taken from this many heartbeats: a clock that was set shows within ten seconds.
 */
const SKEWS = 5

export type AgentLiveness = {
  readonly id: AgentId
  readonly org: OrgId
  readonly lastSeenAtMs: number
  /** Since when it has been online without a gap. */
  readonly onlineSinceMs: number
  /**
   * The agent's clock minus the appliance's. Each heartbeat gives this value minus its own delay,
   * so the largest of the last few is the most accurate.
   */
  readonly clockSkewMs: number | null
  readonly heartbeat: Heartbeat | null
  /** Of its last connection; not stored. */
  readonly address: string | null
}
type Entry = {
  seen: AgentLiveness
  skewsMs: readonly number[]
  writtenAtMs: number
  isDirty: boolean
  wasOffline: boolean
}

export type Liveness = {
  /** True if the agent was offline until now. */
  readonly receive: (
    agent: { readonly id: AgentId; readonly org: OrgId },
    nowMs: number,
    heartbeat: Heartbeat | null,
    address?: string,
  ) => boolean
  readonly of: (id: string) => AgentLiveness | null
  /** Agents that went offline since the last call. */
  readonly goneOffline: (nowMs: number) => readonly AgentLiveness[]
  /** What is due to be stored; with `all`, everything that is not stored yet. */
  readonly takeDue: (nowMs: number, all?: boolean) => readonly AgentLiveness[]
  readonly forget: (id: AgentId) => void
  /**
   * The clock was set by so much. Earlier times are moved with it, so that no agent goes offline
   * because of it.
   */
  readonly shift: (byMs: number) => void
}

export const createLiveness = (): Liveness => {
  const entries = new Map<string, Entry>()
  return {
    receive: ({ id, org }, nowMs, heartbeat, address) => {
      const was = entries.get(id)
      const isBack = was === undefined || isOffline(was.seen.lastSeenAtMs, nowMs)
      const skewsMs =
        heartbeat === null
          ? (was?.skewsMs ?? [])
          : [...(was?.skewsMs ?? []), heartbeat.atMs - nowMs].slice(-SKEWS)
      const seen: AgentLiveness = {
        id,
        org,
        lastSeenAtMs: nowMs,
        onlineSinceMs: was === undefined || isBack ? nowMs : was.seen.onlineSinceMs,
        clockSkewMs: skewsMs.length === 0 ? null : Math.max(...skewsMs),
        heartbeat: heartbeat ?? was?.seen.heartbeat ?? null,
        address: address ?? was?.seen.address ?? null,
      }
      entries.set(id, {
        seen,
        skewsMs,
        writtenAtMs: was?.writtenAtMs ?? Number.NEGATIVE_INFINITY,
        isDirty: true,
        wasOffline: false,
      })
      return isBack
    },
    of: (id) => entries.get(id)?.seen ?? null,
    goneOffline: (nowMs) => {
      const offline = [...entries.values()].filter(
        (entry) => !entry.wasOffline && isOffline(entry.seen.lastSeenAtMs, nowMs),
      )
      for (const entry of offline) entry.wasOffline = true
      return offline.map((entry) => entry.seen)
    },
    takeDue: (nowMs, all = false) => {
      // A clock that was set back must not delay storing until it has caught up.
      const isDue = ({ writtenAtMs }: Entry): boolean =>
        nowMs < writtenAtMs || nowMs - writtenAtMs >= WRITE_EVERY_MS
      const due = [...entries.values()].filter((entry) => entry.isDirty && (all || isDue(entry)))
      for (const entry of due) {
        entry.isDirty = false
        entry.writtenAtMs = nowMs
      }
      return due.map((entry) => entry.seen)
    },
    forget: (id) => {
      entries.delete(id)
    },
    shift: (byMs) => {
      for (const entry of entries.values()) {
        const { lastSeenAtMs, onlineSinceMs } = entry.seen
        entry.skewsMs = entry.skewsMs.map((skewMs) => skewMs - byMs)
        const clockSkewMs = entry.skewsMs.length === 0 ? null : Math.max(...entry.skewsMs)
        entry.seen = {
          ...entry.seen,
          lastSeenAtMs: lastSeenAtMs + byMs,
          onlineSinceMs: onlineSinceMs + byMs,
          clockSkewMs,
        }
        entry.writtenAtMs += byMs
        entry.isDirty = true
      }
    },
  }
}
