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

/**
 * A batch at which the door itself fails, so often and so long, goes out empty too: one that a fault of the appliance cannot
 * digest must not hold up all that come after it. Whether the fault was this batch's shows at the next one.
 */
const FAILED = { code: "failed", tries: 20, forMs: 600_000, nextTries: 3 } as const

/** Troubles that an answered heartbeat shows to be over. */
const UNREACHED: ReadonlySet<string> = new Set(["unreachable", "unavailable"])

export type DeliveryCounts = {
  delivered: number
  accepted: number
  rejected: number
  setAside: number
  /** How often the appliance wanted a new buffer id. */
  renamed: number
  failures: number
  /** Since when nothing could be delivered, and why; null while it works. */
  trouble: { readonly sinceMs: number; readonly code: string; readonly message: string } | null
}

export type Delivery = {
  readonly counts: DeliveryCounts
  readonly run: (signal: AbortSignal) => Promise<void>
  /** The appliance has answered something else: a wait for want of an answer ends now. */
  readonly isReached: () => void
}

type Deps = {
  readonly buffer: Buffer
  /** Asked anew for each batch: a renewed certificate brings another one. */
  readonly uplink: () => Uplink
  readonly now: () => number
  readonly random: () => number
  readonly pause: typeof pause
  readonly log: Logger
}

/**
 * Never before what it carries: where the appliance's clock was set back, readings from before that are ahead of it, and it can tell by
 * how much.
 */
const sentAt = ({ items }: Owed, nowMs: number): number =>
  items.reduce<number>((latest, item) => {
    const atMs = typeof item === "object" && item !== null && "atMs" in item ? item.atMs : null
    return typeof atMs === "number" && atMs > latest ? atMs : latest
  }, nowMs)

export const createDelivery = ({ buffer, uplink, now, random, pause, log }: Deps): Delivery => {
  const counts: DeliveryCounts = { delivered: 0, accepted: 0, rejected: 0, setAside: 0, renamed: 0, failures: 0, trouble: null }
  let wake: (() => void) | null = null
  let reached = new AbortController()
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

  /** Of the batch at hand: how often it was called unusable, and how often and since when the door failed at it. */
  let bad = { unusable: 0, failed: 0, sinceMs: 0 }
  /** Set aside because the door failed at it; the next batch shows whether it was to blame. */
  let suspect: number | null = null

  const isHopeless = (owed: Owed): boolean => {
    if (owed.items.length === 0) return bad.unusable > 0 || bad.failed > 0
    return bad.unusable >= UNUSABLE_TRIES || (bad.failed >= FAILED.tries && now() - bad.sinceMs >= FAILED.forMs)
  }
  /** True where the batch is empty now, and may be sent at once. */
  const giveUp = (owed: Owed, code: string): boolean => {
    const outcome = buffer.reject(owed)
    counts.setAside += outcome === "set-aside" ? 1 : -1
    suspect = outcome === "set-aside" && code === FAILED.code ? owed.number : null
    bad = { unusable: 0, failed: 0, sinceMs: 0 }
    log.error({ batch: owed.number, items: owed.items.length, code, outcome }, "the appliance cannot take a batch")
    return outcome === "set-aside"
  }
  const judgeSuspect = (owed: Owed, isAccepted: boolean): void => {
    if (suspect === null || owed.number === suspect || owed.items.length === 0) return
    if (!isAccepted && bad.failed < FAILED.nextTries) return
    if (!isAccepted) {
      buffer.release(suspect)
      counts.setAside -= 1
      log.warn({ batch: suspect }, "the appliance fails at the next batch as well; what was set aside is owed again")
    }
    suspect = null
  }
  const note = (sent: Exclude<Sent, { kind: "acked" }>): void => {
    inTrouble(sent)
    const isFailed = sent.kind === "later" && sent.code === FAILED.code
    bad = {
      unusable: sent.kind === "unusable" ? bad.unusable + 1 : 0,
      failed: isFailed ? bad.failed + 1 : 0,
      sinceMs: isFailed && bad.failed > 0 ? bad.sinceMs : now(),
    }
  }

  /** Batches refused for their name without one acknowledged in between. */
  let renamedInRow = 0
  /**
   * This buffer is a copy, or an older state, of one that went on elsewhere. What was set aside may be owed again under its old number
   * only, so it goes first. Twice in a row cannot be: the new id is random, so the fault is on the way, and there is no hurry.
   */
  const rename = (owed: Owed, message: string): number => {
    if (suspect !== null) {
      buffer.release(suspect)
      counts.setAside -= 1
    }
    suspect = null
    bad = { unusable: 0, failed: 0, sinceMs: 0 }
    buffer.rename()
    counts.renamed += 1
    renamedInRow += 1
    log.warn(
      { batch: owed.number, reason: message },
      "this agent's data was copied or restored; what is not settled goes out anew",
    )
    return renamedInRow === 1 ? 0 : backoffMs(renamedInRow, DELIVERY, random)
  }

  /** How long to wait before the next one; null: until there is one. */
  const deliverOne = async (failures: number, signal: AbortSignal): Promise<{ failures: number; waitMs: number } | null> => {
    const owed = buffer.begin()
    if (owed === null) return null
    const sendingMs = now()
    const batch = {
      protocol: PROTOCOL,
      buffer: owed.buffer,
      number: owed.number,
      sentAtMs: sentAt(owed, now()),
      items: [...owed.items],
    }
    const sent = await uplink().send(batch, signal)
    if (sent.kind === "acked") {
      settle(owed, sent.ack)
      judgeSuspect(owed, true)
      bad = { unusable: 0, failed: 0, sinceMs: 0 }
      renamedInRow = 0
      return { failures: 0, waitMs: Math.min(GAP_MS, Math.max(0, sendingMs + GAP_MS - now())) }
    }
    if (signal.aborted) return { failures, waitMs: 0 }
    if (sent.kind === "rename") return { failures, waitMs: rename(owed, sent.message) }
    note(sent)
    judgeSuspect(owed, false)
    if (isHopeless(owed) && giveUp(owed, sent.code)) return { failures: failures + 1, waitMs: 0 }
    const waitMs = backoffMs(failures + 1, DELIVERY, random)
    const askedMs = sent.kind === "later" ? (sent.retryAfterMs ?? 0) : 0
    return { failures: failures + 1, waitMs: Math.max(askedMs, waitMs) }
  }

  const run = async (signal: AbortSignal): Promise<void> => {
    let failures = 0
    while (!signal.aborted) {
      try {
        const next = await deliverOne(failures, signal)
        if (next === null) await news(signal)
        else {
          failures = next.failures
          if (next.waitMs > 0) await pause(next.waitMs, AbortSignal.any([signal, reached.signal]))
          if (reached.signal.aborted) {
            failures = 0
            reached = new AbortController()
          }
        }
      } catch (error) {
        // The buffer's disk is full, read-only or gone: what is measured now is lost, but the watching goes on.
        failures += 1
        const message = `the buffer cannot be read or written: ${error instanceof Error ? error.message : String(error)}`
        inTrouble({ kind: "later", retryAfterMs: null, code: "buffer", message })
        await pause(backoffMs(failures, DELIVERY, random), signal)
      }
    }
  }
  return {
    counts,
    run,
    isReached: () => {
      // What the appliance itself refuses waits as long as it has to.
      if (UNREACHED.has(counts.trouble?.code ?? "")) reached.abort()
    },
  }
}
