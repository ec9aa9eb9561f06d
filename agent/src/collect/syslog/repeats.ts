/**
 * Detects a line that a router sends twice because two of its logging rules match.
 *
 * Copies follow each other at once and are identical, including their time stamps. A link state is
 * a repeat only if it did not change in between. On one TCP connection, every line counts. Pure:
 * time is an argument.
 */
import type { DeviceId } from "@ispvm/wire"
import type { Meaning } from "./meaning-type.ts"

/** Of two equal lines, a second one within this time is a copy. */
export const REPEAT_WINDOW_MS = 250
const MAX_LINES = 4_096
const KEPT_LINES = 3_072
const EVICT_EVERY_MS = 50

type SeenLine = { readonly atMs: number; readonly stamp: string; readonly channel: string | null }
export type ReceivedLine = {
  readonly device: DeviceId
  readonly message: string
  readonly stamp: string
  readonly meaning: Meaning | null
  /** The TCP connection; null for UDP. */
  readonly channel: string | null
}

/**
 * A link state is identified by its interface, anything else by its text. The second key is the
 * opposite link state.
 */
const keysOf = ({
  device,
  message,
  meaning,
}: ReceivedLine): readonly [key: string, other: string | null] => {
  if (meaning?.name !== "link-up" && meaning?.name !== "link-down")
    return [`${device}\n${message}`, null]
  const port = meaning.interface ?? message.slice(0, Math.max(0, message.lastIndexOf(" link ")))
  const other = meaning.name === "link-up" ? "link-down" : "link-up"
  return [`${device}\n${meaning.name}\n${port}`, `${device}\n${other}\n${port}`]
}

export const createRepeats = () => {
  const seen = new Map<string, SeenLine>()

  let evictedAtMs = Number.NEGATIVE_INFINITY

  /**
   * The map is ordered by time, oldest first. Many lines are deleted at once, because each
   * iteration of a map passes over the entries that were deleted at its start.
   */
  const evictOld = (nowMs: number): void => {
    const isFull = seen.size > MAX_LINES
    if (!isFull && nowMs - evictedAtMs < EVICT_EVERY_MS) return
    evictedAtMs = nowMs
    for (const [key, { atMs }] of seen) {
      if (seen.size <= (isFull ? KEPT_LINES : MAX_LINES) && nowMs - atMs <= REPEAT_WINDOW_MS) return
      seen.delete(key)
    }
  }

  /** True: the same line arrived a moment ago. `nowMs` is of a monotonic clock. */
  return (line: ReceivedLine, nowMs: number): boolean => {
    evictOld(nowMs)
    const [key, other] = keysOf(line)
    const kept = seen.get(key)
    const before = kept !== undefined && nowMs - kept.atMs <= REPEAT_WINDOW_MS ? kept : undefined
    const isOtherChannel = line.channel === null || before?.channel !== line.channel
    if (before !== undefined && before.stamp === line.stamp && isOtherChannel) return true
    if (kept !== undefined) seen.delete(key) // moves the entry to the end of the map
    seen.set(key, { atMs: nowMs, stamp: line.stamp, channel: line.channel })
    if (other !== null) seen.delete(other)
    return false
  }
}
