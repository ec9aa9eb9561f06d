/** When each agent was last heard and what it said, in memory; told to the database now and then. Pure but for its own map. */
import type { Heartbeat } from "@ispvm/wire"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import { isOffline } from "./status.ts"

export const WRITE_EVERY_MS = 10_000

/** Heartbeats that a clock's reading is taken from: a clock that was set shows within ten seconds. */
const SKEWS = 5

export type AgentLiveness = {
  readonly id: AgentId
  readonly org: OrgId
  readonly lastSeenAtMs: number
  /** Since when it has been heard without a gap. */
  readonly onlineSinceMs: number
  /** Agent's clock minus ours. Each heartbeat gives that less its own way, so the largest of the last few is the truest. */
  readonly clockSkewMs: number | null
  readonly heartbeat: Heartbeat | null
  /** Of its last connection, as the door saw it; never written down. */
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
  /** True where the agent was not there a moment ago. */
  readonly receive: (
    agent: { readonly id: AgentId; readonly org: OrgId },
    nowMs: number,
    heartbeat: Heartbeat | null,
    address?: string,
  ) => boolean
  readonly of: (id: string) => AgentLiveness | null
  /** Agents that have fallen silent since the last call. */
  readonly goneOffline: (nowMs: number) => readonly AgentLiveness[]
  /** What is due to be written; with `all`, whatever is not written yet. */
  readonly takeDue: (nowMs: number, all?: boolean) => readonly AgentLiveness[]
  readonly forget: (id: AgentId) => void
  /** The clock was set by so much: what was stamped before is moved along, so that nobody falls silent by it. */
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
      // A clock that was set back must not keep this unwritten until it has caught up.
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
