/** What follows from the outcome of one attempt. Pure but for the jitter. */
import type { NotifyMessage } from "../../../api/notify-messages.ts"
import { type BackOffLimits, backOffMs } from "../../../platform/back-off.ts"
import type { Outcome } from "../channels/channel.ts"
import type { Ended } from "./store.ts"

/** Tries of many deliveries that failed together are spread by this share. */
const JITTER = 0.2
const REJECTED: NotifyMessage = { code: "notify.rejected", params: {} }

export type Attempt = {
  readonly id: string
  readonly number: number
  /** An attempt before may have reached the receiver. */
  readonly was: boolean
  readonly tookMs: number
  readonly expiresAtMs: number
  readonly firstTriedAtMs: number
}

export const endOf = (
  { id, number, was, tookMs, expiresAtMs, firstTriedAtMs }: Attempt,
  outcome: Outcome,
  nowMs: number,
  retry: BackOffLimits,
): Ended => {
  const { answer } = outcome
  const common = { id, number, tookMs: Math.round(tookMs), answer, dueAtMs: nowMs, taken: null }
  if (outcome.kind === "delivered")
    return {
      ...common,
      state: "delivered",
      outcome: "delivered",
      maybeDelivered: true,
      ref: outcome.ref === "" ? null : outcome.ref,
      reason: null,
    }
  if (outcome.kind === "rejected")
    return {
      ...common,
      state: "dead",
      outcome: "rejected",
      maybeDelivered: was,
      ref: null,
      reason: REJECTED,
    }
  const backOff = backOffMs(number, retry) * (1 + JITTER * (2 * Math.random() - 1))
  const dueAtMs = nowMs + Math.max(backOff, outcome.retryAfterMs ?? 0)
  const isOver = dueAtMs > expiresAtMs
  const afterS = Math.max(0, Math.round((nowMs - firstTriedAtMs) / 1_000))
  return {
    ...common,
    state: isOver ? "dead" : "retrying",
    outcome: "failed",
    maybeDelivered: was || !outcome.isCertain,
    ref: null,
    taken: outcome.taken ?? null,
    dueAtMs,
    reason: isOver ? { code: "notify.expired", params: { afterS } } : null,
  }
}
