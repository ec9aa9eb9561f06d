/**
 * Whether this host lately gave this process no time. Replies then arrive late, and many devices
 * that are well miss one; confirming all of them is even more work.
 */

const EVERY_MS = 100
/** A timer that is later than that was not merely delayed by other work of this process. */
const LATE_MS = 250
/** So long after a delay, replies of probes from before it may still be missing. */
const AFTER_MS = 2_000

export type HostLoad = {
  readonly isOverloaded: () => boolean
  readonly stop: () => void
}

/** `steady`: a monotonic clock, ms. */
export const watchHostLoad = (steady: () => number): HostLoad => {
  let dueMs = steady() + EVERY_MS
  let lateUntilMs = Number.NEGATIVE_INFINITY
  const check = (): void => {
    const nowMs = steady()
    if (nowMs - dueMs > LATE_MS) lateUntilMs = nowMs + AFTER_MS
  }
  const timer = setInterval(() => {
    check()
    dueMs = steady() + EVERY_MS
  }, EVERY_MS)
  timer.unref()
  return {
    // What is asked may run before the timer does, right after the delay.
    isOverloaded: () => {
      check()
      return steady() < lateUntilMs
    },
    stop: () => clearInterval(timer),
  }
}
