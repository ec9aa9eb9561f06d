/** An inform whose answer was lost comes again: it is answered again, and is no second event. */
import { createHash } from "node:crypto"
import type { Notification } from "./trap-message.ts"

/** Senders give up sooner. */
const KEPT_MS = 300_000
const MAX_KEPT = 256

/** The same request id, uptime and values: two notifications never have all of them. */
const digestOf = ({ oid, uptimeTicks, varbinds, inform }: Notification): string => {
  const hash = createHash("sha256").update(`${inform?.id} ${uptimeTicks} ${oid}`)
  for (const { oid: name, value } of varbinds)
    hash.update(`\0${name}=${Buffer.isBuffer(value) ? value.toString("hex") : String(value)}`)
  return hash.digest("base64")
}

/** Of one device. */
export const createInformRepeats = (steady: () => number) => {
  const seen = new Map<string, number>()
  return (notification: Notification): boolean => {
    if (notification.inform === null) return false
    const nowMs = steady()
    for (const [each, atMs] of seen) {
      if (nowMs - atMs <= KEPT_MS && seen.size <= MAX_KEPT) break
      seen.delete(each)
    }
    const digest = digestOf(notification)
    if (seen.has(digest)) return true
    seen.set(digest, nowMs)
    return false
  }
}
