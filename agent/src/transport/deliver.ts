/** Carries the buffer to the appliance: oldest first, one batch at a time, again and again until it is settled. */

import { type Ack, PROTOCOL } from "@ispvm/wire"
import type { Logger } from "pino"
import type { Buffer, PendingBatch } from "../buffer/buffer.ts"
import { type Backoff, backoffMs, type pause } from "./backoff.ts"
import type { SendResult, Uplink } from "./uplink.ts"

export const DELIVERY: Backoff = { firstMs: 500, maxMs: 30_000 }
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
const UNREACHABLE_CODES: ReadonlySet<string> = new Set(["unreachable", "unavailable"])

export type DeliveryCounts = {
  delivered: number
  accepted: number
  rejected: number
  quarantined: number
  /** How often the appliance wanted a new buffer id. */
  renamed: number
  failures: number
  /** Since when nothing could be delivered, and why; null while it works. */
  problem: { readonly sinceMs: number; readonly code: string; readonly message: string } | null
}

export type Delivery = {
  readonly counts: DeliveryCounts
  readonly run: (signal: AbortSignal) => Promise<void>
  /** The appliance has answered something else: a wait for want of an answer ends now. */
  readonly notifyReachable: () => void
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
const sentAt = ({ items }: PendingBatch, nowMs: number): number =>
  items.reduce<number>((latest, item) => {
    const atMs = typeof item === "object" && item !== null && "atMs" in item ? item.atMs : null
    return typeof atMs === "number" && atMs > latest ? atMs : latest
  }, nowMs)

export const createDelivery = ({ buffer, uplink, now, random, pause, log }: Deps): Delivery => {
  const counts: DeliveryCounts = {
    delivered: 0,
    accepted: 0,
    rejected: 0,
    quarantined: 0,
    renamed: 0,
    failures: 0,
    problem: null,
  }
  let wake: (() => void) | null = null
  let reachable = new AbortController()
  buffer.onReady(() => wake?.())

  const untilReady = (signal: AbortSignal): Promise<void> =>
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

  const onAcked = (pending: PendingBatch, ack: Ack): void => {
    buffer.accept(pending)
    counts.delivered += 1
    counts.accepted += ack.accepted
    counts.rejected += ack.rejected.length
    const first = ack.rejected[0]
    if (first)
      log.warn(
        { batch: pending.number, rejected: ack.rejected.length, first },
        "the appliance rejected items; they are not sent again",
      )
    if (counts.problem !== null)
      log.info({ forMs: now() - counts.problem.sinceMs }, "the appliance takes batches again")
    counts.problem = null
  }
  const onFailure = ({ code, message }: Exclude<SendResult, { kind: "acked" }>): void => {
    counts.failures += 1
    if (counts.problem?.code !== code)
      log.warn({ code, reason: message }, "a batch could not be delivered; it is kept")
    counts.problem = { sinceMs: counts.problem?.sinceMs ?? now(), code, message }
  }

  /** Of the batch at hand: how often it was called unusable, and how often and since when the door failed at it. */
  let batchFailures = { unusable: 0, failed: 0, sinceMs: 0 }
  /** Set aside because the door failed at it; the next batch shows whether it was to blame. */
  let suspect: number | null = null

  const isUndeliverable = (pending: PendingBatch): boolean => {
    if (pending.items.length === 0) return batchFailures.unusable > 0 || batchFailures.failed > 0
    return (
      batchFailures.unusable >= UNUSABLE_TRIES ||
      (batchFailures.failed >= FAILED.tries && now() - batchFailures.sinceMs >= FAILED.forMs)
    )
  }
  /** True where the batch is empty now, and may be sent at once. */
  const giveUp = (pending: PendingBatch, code: string): boolean => {
    const outcome = buffer.reject(pending)
    counts.quarantined += outcome === "quarantined" ? 1 : -1
    suspect = outcome === "quarantined" && code === FAILED.code ? pending.number : null
    batchFailures = { unusable: 0, failed: 0, sinceMs: 0 }
    log.error(
      { batch: pending.number, items: pending.items.length, code, outcome },
      "the appliance cannot take a batch",
    )
    return outcome === "quarantined"
  }
  const checkSuspect = (pending: PendingBatch, isAccepted: boolean): void => {
    if (suspect === null || pending.number === suspect || pending.items.length === 0) return
    if (!isAccepted && batchFailures.failed < FAILED.nextTries) return
    if (!isAccepted) {
      buffer.release(suspect)
      counts.quarantined -= 1
      log.warn(
        { batch: suspect },
        "the appliance fails at the next batch as well; what was set aside is owed again",
      )
    }
    suspect = null
  }
  const recordFailure = (sent: Exclude<SendResult, { kind: "acked" }>): void => {
    onFailure(sent)
    const isFailed = sent.kind === "retry" && sent.code === FAILED.code
    batchFailures = {
      unusable: sent.kind === "unusable" ? batchFailures.unusable + 1 : 0,
      failed: isFailed ? batchFailures.failed + 1 : 0,
      sinceMs: isFailed && batchFailures.failed > 0 ? batchFailures.sinceMs : now(),
    }
  }

  /** Batches refused for their name without one acknowledged in between. */
  let renamedInRow = 0
  /**
   * This buffer is a copy, or an older state, of one that went on elsewhere. What was set aside may be owed again under its old number
   * only, so it goes first. Twice in a row cannot be: the new id is random, so the fault is on the way, and there is no hurry.
   */
  const rename = (pending: PendingBatch, message: string): number => {
    if (suspect !== null) {
      buffer.release(suspect)
      counts.quarantined -= 1
    }
    suspect = null
    batchFailures = { unusable: 0, failed: 0, sinceMs: 0 }
    buffer.rename()
    counts.renamed += 1
    renamedInRow += 1
    log.warn(
      { batch: pending.number, reason: message },
      "this agent's data was copied or restored; what is not settled goes out anew",
    )
    return renamedInRow === 1 ? 0 : backoffMs(renamedInRow, DELIVERY, random)
  }

  /** How long to wait before the next one; null: until there is one. */
  const deliverOne = async (
    failures: number,
    signal: AbortSignal,
  ): Promise<{ failures: number; waitMs: number } | null> => {
    const pending = buffer.begin()
    if (pending === null) return null
    const sendingMs = now()
    const batch = {
      protocol: PROTOCOL,
      buffer: pending.buffer,
      number: pending.number,
      sentAtMs: sentAt(pending, now()),
      items: [...pending.items],
    }
    const sent = await uplink().send(batch, signal)
    if (sent.kind === "acked") {
      onAcked(pending, sent.ack)
      checkSuspect(pending, true)
      batchFailures = { unusable: 0, failed: 0, sinceMs: 0 }
      renamedInRow = 0
      return { failures: 0, waitMs: Math.min(GAP_MS, Math.max(0, sendingMs + GAP_MS - now())) }
    }
    if (signal.aborted) return { failures, waitMs: 0 }
    if (sent.kind === "rename") return { failures, waitMs: rename(pending, sent.message) }
    recordFailure(sent)
    checkSuspect(pending, false)
    if (isUndeliverable(pending) && giveUp(pending, sent.code))
      return { failures: failures + 1, waitMs: 0 }
    const waitMs = backoffMs(failures + 1, DELIVERY, random)
    const requestedMs = sent.kind === "retry" ? (sent.retryAfterMs ?? 0) : 0
    return { failures: failures + 1, waitMs: Math.max(requestedMs, waitMs) }
  }

  const run = async (signal: AbortSignal): Promise<void> => {
    let failures = 0
    while (!signal.aborted) {
      try {
        const next = await deliverOne(failures, signal)
        if (next === null) await untilReady(signal)
        else {
          failures = next.failures
          if (next.waitMs > 0) await pause(next.waitMs, AbortSignal.any([signal, reachable.signal]))
          if (reachable.signal.aborted) {
            failures = 0
            reachable = new AbortController()
          }
        }
      } catch (error) {
        // The buffer's disk is full, read-only or gone: what is measured now is lost, but the watching goes on.
        failures += 1
        const message = `the buffer cannot be read or written: ${error instanceof Error ? error.message : String(error)}`
        onFailure({ kind: "retry", retryAfterMs: null, code: "buffer", message })
        await pause(backoffMs(failures, DELIVERY, random), signal)
      }
    }
  }
  return {
    counts,
    run,
    notifyReachable: () => {
      // What the appliance itself refuses waits as long as it has to.
      if (UNREACHABLE_CODES.has(counts.problem?.code ?? "")) reachable.abort()
    },
  }
}
