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

/** `text`: that of the line, or the state and interface of a link. */
type SeenLine = {
  readonly atMs: number
  readonly device: DeviceId
  readonly text: string
  readonly stamp: string
  readonly channel: string | null
}
export type ReceivedLine = {
  readonly device: DeviceId
  readonly message: string
  readonly stamp: string
  readonly meaning: Meaning | null
  /** The TCP connection; null for UDP. */
  readonly channel: string | null
}

/**
 * A link state is identified by its interface, anything else by its text. The second one is the
 * opposite link state.
 */
const textsOf = ({
  message,
  meaning,
}: ReceivedLine): readonly [text: string, opposite: string | null] => {
  if (meaning?.name !== "link-up" && meaning?.name !== "link-down") return [message, null]
  const port = meaning.interface ?? message.slice(0, Math.max(0, message.lastIndexOf(" link ")))
  const opposite = meaning.name === "link-up" ? "link-down" : "link-up"
  return [`${meaning.name}\n${port}`, `${opposite}\n${port}`]
}

const ID_CHARS = 8
/** A number in place of a joined text: of the end of the id, and of the text. */
const hashOf = (device: string, text: string): number => {
  let hash = 0
  for (let at = Math.max(0, device.length - ID_CHARS); at < device.length; at += 1)
    hash = (Math.imul(hash, 31) + device.charCodeAt(at)) | 0
  for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0
  return hash >> 1 // V8 keeps 31 bits without an object.
}

export const createRepeats = () => {
  /** By hash. Of two lines with one hash, the later one is kept. */
  const seen = new Map<number, SeenLine>()

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
    const { device, stamp, channel } = line
    const [text, opposite] = textsOf(line)
    const hash = hashOf(device, text)
    const kept = seen.get(hash)
    const isSame = kept !== undefined && kept.device === device && kept.text === text
    const before = isSame && nowMs - kept.atMs <= REPEAT_WINDOW_MS ? kept : undefined
    const isOtherChannel = channel === null || before?.channel !== channel
    if (before !== undefined && before.stamp === stamp && isOtherChannel) return true
    if (kept !== undefined) seen.delete(hash) // moves the entry to the end of the map
    seen.set(hash, { atMs: nowMs, device, text, stamp, channel })
    if (opposite !== null) {
      const other = hashOf(device, opposite)
      const ended = seen.get(other)
      if (ended?.device === device && ended.text === opposite) seen.delete(other)
    }
    return false
  }
}
