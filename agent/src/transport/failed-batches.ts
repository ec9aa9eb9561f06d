/**
 * Decides when a batch that fails is moved to quarantine, so that it does not block those after it.
 * If the next batch fails as well, the first one was not the reason and returns to the backlog.
 * After a failure, batches are sent one at a time until one is acknowledged.
 */
import type { Logger } from "pino"
import type { Buffer, PendingBatch } from "../buffer/buffer.ts"
import type { SendResult } from "./uplink.ts"

/** A batch is rejected this often first: a proxy that is still starting may answer 400 as well. */
const UNUSABLE_TRIES = 3
/** A batch at which the appliance itself fails is moved after so many failures and so much time. */
const FAILED = { code: "failed", tries: 20, forMs: 600_000, nextTries: 3 } as const
const NO_FAILURES = { number: 0, unusable: 0, failed: 0, sinceMs: 0 }

export type Failure = Exclude<SendResult, { kind: "acked" }>
type Deps = {
  readonly buffer: Buffer
  readonly counts: { quarantined: number }
  readonly now: () => number
  readonly log: Logger
}
export type FailedBatches = {
  /** Counts a failure. True: the batch was moved to quarantine and can be sent empty at once. */
  readonly onFailure: (pending: PendingBatch, failure: Failure) => boolean
  readonly onAcked: (pending: PendingBatch) => void
  /** The next batch shows whether the one in quarantine was the reason. */
  readonly isWaiting: () => boolean
  /** Before a new buffer id: the suspect returns to the backlog, as its old number ends. */
  readonly onRename: () => void
}

export const createFailedBatches = ({ buffer, counts, now, log }: Deps): FailedBatches => {
  /** Failures of the current batch. */
  let failures = NO_FAILURES
  /** In quarantine because the appliance failed at it; the next batch shows whether it was why. */
  let suspect: number | null = null

  const isUndeliverable = ({ items }: PendingBatch): boolean => {
    if (items.length === 0) return failures.unusable > 0 || failures.failed > 0
    return (
      failures.unusable >= UNUSABLE_TRIES ||
      (failures.failed >= FAILED.tries && now() - failures.sinceMs >= FAILED.forMs)
    )
  }
  const reject = (pending: PendingBatch, code: string): boolean => {
    const outcome = buffer.reject(pending)
    counts.quarantined += outcome === "quarantined" ? 1 : -1
    suspect = outcome === "quarantined" && code === FAILED.code ? pending.number : null
    failures = NO_FAILURES
    log.error(
      { batch: pending.number, items: pending.items.length, code, outcome },
      "a batch cannot be delivered",
    )
    return outcome === "quarantined"
  }
  const isAfterSuspect = ({ number, items }: PendingBatch): boolean =>
    suspect !== null && number !== suspect && items.length > 0
  const releaseSuspect = (): void => {
    if (suspect === null) return
    buffer.release(suspect)
    counts.quarantined -= 1
    suspect = null
  }

  return {
    onFailure: (pending, failure) => {
      // Batches that were in flight together fail one after another.
      if (failures.number !== pending.number) failures = NO_FAILURES
      const isFailed = failure.kind === "retry" && failure.code === FAILED.code
      failures = {
        number: pending.number,
        unusable: failure.kind === "unusable" ? failures.unusable + 1 : 0,
        failed: isFailed ? failures.failed + 1 : 0,
        sinceMs: isFailed && failures.failed > 0 ? failures.sinceMs : now(),
      }
      if (isAfterSuspect(pending) && failures.failed >= FAILED.nextTries) {
        log.warn(
          { batch: suspect },
          "the appliance also fails at the next batch; the one in quarantine returns to the backlog",
        )
        releaseSuspect()
      }
      return isUndeliverable(pending) && reject(pending, failure.code)
    },
    onAcked: (pending) => {
      if (isAfterSuspect(pending)) suspect = null
      if (failures.number === pending.number) failures = NO_FAILURES
    },
    isWaiting: () => suspect !== null,
    onRename: () => {
      releaseSuspect()
      failures = NO_FAILURES
    },
  }
}
