/** Carries the buffer to the appliance: oldest first, one batch at a time, again and again until it is settled. */
import type { Logger } from "pino"
import type { Buffer, Owed } from "../buffer/buffer.ts"
import { type Ack, PROTOCOL } from "../wire/wire.ts"
import { type Backoff, backoffMs, type pause } from "./backoff.ts"
import type { Sent, Uplink } from "./uplink.ts"

export const DELIVERY: Backoff = { firstMs: 500, mostMs: 30_000 }
/** At most twenty batches a second, whatever is urgent: the door throttles above that, and what waits here goes along with the next one. */
const GAP_MS = 50
/** A batch called unusable gets this many chances: a half-started proxy in between may answer 400 for a while, too. */
const UNUSABLE_TRIES = 3

export type DeliveryCounts = {
  delivered: number
  accepted: number
  rejected: number
  setAside: number
  failures: number
  /** Since when nothing could be delivered, and why; null while it works. */
  trouble: { readonly sinceMs: number; readonly code: string; readonly message: string } | null
}

export type Delivery = { readonly counts: DeliveryCounts; readonly run: (signal: AbortSignal) => Promise<void> }

type Deps = {
  readonly buffer: Buffer
  /** Asked anew for each batch: a renewed certificate brings another one. */
  readonly uplink: () => Uplink
  readonly now: () => number
  readonly random: () => number
  readonly pause: typeof pause
  readonly log: Logger
}

export const createDelivery = ({ buffer, uplink, now, random, pause, log }: Deps): Delivery => {
  const counts: DeliveryCounts = { delivered: 0, accepted: 0, rejected: 0, setAside: 0, failures: 0, trouble: null }
  let wake: (() => void) | null = null
  buffer.onReady(() => wake?.())

  const news = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const done = () => {
        wake = null
        signal.removeEventListener("abort", done)
        resolve()
      }
      wake = done
      signal.addEventListener("abort", done)
      if (signal.aborted) done()
    })

  const settle = (owed: Owed, ack: Ack): void => {
    buffer.accept(owed)
    counts.delivered += 1
    counts.accepted += ack.accepted
    counts.rejected += ack.rejected.length
    const first = ack.rejected[0]
    if (first)
      log.warn(
        { batch: owed.number, rejected: ack.rejected.length, first },
        "the appliance rejected items; they are not sent again",
      )
    if (counts.trouble !== null) log.info({ forMs: now() - counts.trouble.sinceMs }, "the appliance takes batches again")
    counts.trouble = null
  }
  const inTrouble = ({ code, message }: Exclude<Sent, { kind: "acked" }>): void => {
    counts.failures += 1
    if (counts.trouble?.code !== code) log.warn({ code, reason: message }, "a batch could not be delivered; it is kept")
    counts.trouble = { sinceMs: counts.trouble?.sinceMs ?? now(), code, message }
  }

  const run = async (signal: AbortSignal): Promise<void> => {
    let failures = 0
    let unusable = 0
    while (!signal.aborted) {
      const owed = buffer.begin()
      if (owed === null) {
        await news(signal)
        continue
      }
      const sendingMs = now()
      const batch = { protocol: PROTOCOL, buffer: owed.buffer, number: owed.number, sentAtMs: now(), items: [...owed.items] }
      const sent = await uplink().send(batch, signal)
      if (sent.kind === "acked") {
        settle(owed, sent.ack)
        failures = 0
        unusable = 0
        await pause(Math.min(GAP_MS, Math.max(0, sendingMs + GAP_MS - now())), signal)
        continue
      }
      if (signal.aborted) break
      inTrouble(sent)
      failures += 1
      unusable = sent.kind === "unusable" ? unusable + 1 : 0
      if (unusable >= UNUSABLE_TRIES || (unusable > 0 && owed.items.length === 0)) {
        unusable = 0
        const outcome = buffer.reject(owed)
        counts.setAside += outcome === "set-aside" ? 1 : -1
        log.error(
          { batch: owed.number, items: owed.items.length, code: sent.code, outcome },
          "the appliance calls a batch unusable",
        )
        if (outcome === "set-aside") continue
      }
      const waitMs = backoffMs(failures, DELIVERY, random)
      await pause(sent.kind === "later" && sent.retryAfterMs !== null ? Math.max(sent.retryAfterMs, waitMs) : waitMs, signal)
    }
  }
  return { counts, run }
}
