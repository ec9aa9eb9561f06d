/** Problems of an agent that is online: a named reason, and a message with the remedy. Pure. */
import type { Ack } from "@ispvm/wire"
import type { AgentNote } from "../../api/notice-messages.ts"
import { type Sender, sharedMessage } from "./senders.ts"

export type ProblemReason = "identity-shared" | "clock-skew" | "samples-rejected" | "data-restored"
/** `isFault`: somebody has to act; otherwise it is a note. */
export type Problem = {
  readonly reason: ProblemReason
  readonly message: AgentNote
  readonly isFault: boolean
}

/** What was rejected recently. Times are ms of a monotonic clock. */
export type RejectedSamples = {
  readonly items: number
  readonly message: string
  readonly sinceMs: number
  readonly lastMs: number
}
export type ProblemFacts = {
  readonly shared: readonly Sender[]
  /** The agent's clock minus the appliance's; null without a heartbeat. */
  readonly clockSkewMs: number | null
  /** Its readings carry the appliance's time, whatever its own clock shows. */
  readonly isCorrected: boolean
  readonly rejected: RejectedSamples | null
  /** How long ago its data proved to be an older state. */
  readonly restoredAgoMs: number | null
}

/**
 * Above this skew a clock counts as wrong: its log cannot be compared with ours. The delay of a
 * heartbeat is included.
 */
const MAX_CLOCK_SKEW_MS = 5_000
/** How long a rejection stays a problem. */
export const REJECTED_SHOWN_MS = 60_000
const RESTORED_SHOWN_MS = 3_600_000

/** The worst first. */
export const problemsOf = (facts: ProblemFacts): readonly Problem[] => {
  const { shared, clockSkewMs, isCorrected, rejected, restoredAgoMs } = facts
  const problems: Problem[] = []
  if (shared.length > 1)
    problems.push({ reason: "identity-shared", message: sharedMessage(shared), isFault: true })
  if (rejected !== null)
    problems.push({
      reason: "samples-rejected",
      message: {
        code: "agent.samples-rejected",
        params: { items: rejected.items, why: rejected.message },
      },
      isFault: true,
    })
  if (clockSkewMs !== null && Math.abs(clockSkewMs) > MAX_CLOCK_SKEW_MS)
    problems.push({
      reason: "clock-skew",
      message: {
        code: "agent.clock-skew",
        params: {
          direction: clockSkewMs > 0 ? "ahead" : "behind",
          byMs: Math.abs(clockSkewMs),
          isCorrected,
        },
      },
      isFault: true,
    })
  if (shared.length === 0 && restoredAgoMs !== null && restoredAgoMs <= RESTORED_SHOWN_MS)
    problems.push({
      reason: "data-restored",
      message: { code: "agent.data-restored", params: {} },
      isFault: false,
    })
  return problems
}

const OF_SAMPLES: ReadonlySet<string> = new Set(["malformed", "too-old", "in-the-future"])
/** Rejections are counted over a minute. Items for a device of another agent do not count. */
export const updateRejected = (
  was: RejectedSamples | null,
  { rejected }: Ack,
  nowMs: number,
): RejectedSamples | null => {
  const mine = rejected.filter(({ reason }) => OF_SAMPLES.has(reason))
  const last = mine.at(-1)
  const current = was !== null && nowMs - was.lastMs <= REJECTED_SHOWN_MS ? was : null
  if (last === undefined) return current
  const isSameMinute = current !== null && nowMs - current.sinceMs <= 60_000
  return {
    items: (isSameMinute ? current.items : 0) + mine.length,
    message: `${last.reason}: ${last.message}`.slice(0, 200),
    sinceMs: isSameMinute ? current.sinceMs : nowMs,
    lastMs: nowMs,
  }
}
