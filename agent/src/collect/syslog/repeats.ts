/**
 * One event that a router sends twice, for two of its logging rules have the line's topics, told from one that happens twice.
 *
 * Copies follow each other at once and are alike to the letter, their time stamps too. The state of a port is told twice only
 * where it did not change in between. On one TCP connection every line stands for itself. Pure: time is passed in.
 */
import type { DeviceId } from "@ispvm/wire"
import type { Meaning } from "./meaning-type.ts"

const WINDOW_MS = 250
const MAX_LINES = 4_096

type SeenLine = { readonly atMs: number; readonly stamp: string; readonly channel: string | null }
export type ReceivedLine = {
  readonly device: DeviceId
  readonly message: string
  readonly stamp: string
  readonly meaning: Meaning | null
  /** The connection it came on; null by UDP. */
  readonly channel: string | null
}

/** A port's state is known by the port, anything else by its words. The second key is the state it is not in any more. */
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

  /** The oldest stand in front. */
  const evictOld = (nowMs: number): void => {
    for (const [key, { atMs }] of seen) {
      if (seen.size <= MAX_LINES && nowMs - atMs <= WINDOW_MS) return
      seen.delete(key)
    }
  }

  /** True: this line was heard a moment ago. `nowMs` is of a steady clock. */
  return (line: ReceivedLine, nowMs: number): boolean => {
    evictOld(nowMs)
    const [key, other] = keysOf(line)
    const before = seen.get(key)
    const isOtherChannel = line.channel === null || before?.channel !== line.channel
    if (before !== undefined && before.stamp === line.stamp && isOtherChannel) return true
    seen.delete(key) // so that it comes to the end, where the youngest stand
    seen.set(key, { atMs: nowMs, stamp: line.stamp, channel: line.channel })
    if (other !== null) seen.delete(other)
    return false
  }
}
