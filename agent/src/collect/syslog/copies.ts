/**
 * Pairs a line that arrives by syslog with the same line of the router's log menu: they are one
 * event. Each line of one path takes one of the other, so that a line that is lost on one path is
 * still reported, and one that was written twice counts twice. Pure: time is an argument.
 */
import type { DeviceId } from "@ispvm/wire"

/** A router writes its log first and sends it at once; the slower path may wait for a connection. */
const WINDOW_MS = 10_000
const MAX_LINES = 4_096

export type LinePath = "syslog" | "menu"
type Single = { readonly atMs: number; readonly path: LinePath; count: number }

/** The prefix of a logging rule is only in what it sends. */
const PREFIX = /^[^\s:]{1,64}: +(?=\S)/
const MAX_CHARS = 1_024

export const createCopies = () => {
  const singles = new Map<string, Single>()
  /** Devices whose log menu is read: of others, no line can have a copy. */
  const devices = new Set<DeviceId>()

  /** The map is ordered by time, oldest first. */
  const evictOld = (nowMs: number): void => {
    for (const [key, { atMs }] of singles) {
      if (singles.size <= MAX_LINES && nowMs - atMs <= WINDOW_MS) return
      singles.delete(key)
    }
  }

  /** True: the other path had this line a moment ago. `nowMs` is of a monotonic clock. */
  return (device: DeviceId, message: string, path: LinePath, nowMs: number): boolean => {
    if (path === "menu") devices.add(device)
    else if (!devices.has(device)) return false
    evictOld(nowMs)
    const key = `${device}\n${message.slice(0, MAX_CHARS).trim().replace(PREFIX, "")}`
    const other = singles.get(key)
    if (other !== undefined && other.path !== path) {
      other.count -= 1
      if (other.count === 0) singles.delete(key)
      return true
    }
    singles.delete(key) // moves the entry to the end of the map
    singles.set(key, { atMs: nowMs, path, count: (other?.count ?? 0) + 1 })
    return false
  }
}
