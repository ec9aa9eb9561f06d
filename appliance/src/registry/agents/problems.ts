/** Problems of an agent that is online: a named reason, and a sentence with the remedy. Pure. */
import type { Ack } from "@ispvm/wire"
import { type Sender, sharedSentence } from "./senders.ts"

export type ProblemReason = "identity-shared" | "clock-skew" | "samples-rejected" | "data-restored"
/** `isFault`: somebody has to act; otherwise it is a note. */
export type Problem = {
  readonly reason: ProblemReason
  readonly sentence: string
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

const UNITS: readonly (readonly [string, number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
]
/** The two largest units: "730 d 4 h", "10 min 3 s". */
export const spanText = (ms: number): string => {
  let left = Math.round(Math.abs(ms) / 1_000) * 1_000
  const parts = UNITS.flatMap(([unit, size]) => {
    const whole = Math.floor(left / size)
    left -= whole * size
    return whole === 0 ? [] : [`${whole} ${unit}`]
  })
  return parts.slice(0, 2).join(" ") || "0 s"
}

const clockSentence = (skewMs: number, isCorrected: boolean): string => {
  const what = `The clock of this agent's machine is ${spanText(skewMs)} ${skewMs > 0 ? "ahead of" : "behind"} the appliance's clock.`
  const effect = isCorrected
    ? "The times of its readings are corrected."
    : "Its readings may have a wrong time or be rejected. Update the agent."
  return `${what} ${effect} Set the clock of the machine (timedatectl set-ntp true), or the appliance's clock if that one is wrong.`
}

const rejectedSentence = ({ items, message }: RejectedSamples): string =>
  `The appliance rejected readings of this agent: ${items} within a minute, the last one with ${message}. The affected devices are unknown. Check the clocks of both machines, and install the same release on both.`

const RESTORED =
  "This agent's data is an older state: its machine was restored from a snapshot, or is a copy. The agent continues with a new buffer id. No data is lost. If another machine runs with the same data, enrol one of them again."

/** The worst first. */
export const problemsOf = (facts: ProblemFacts): readonly Problem[] => {
  const { shared, clockSkewMs, isCorrected, rejected, restoredAgoMs } = facts
  const problems: Problem[] = []
  if (shared.length > 1)
    problems.push({ reason: "identity-shared", sentence: sharedSentence(shared), isFault: true })
  if (rejected !== null)
    problems.push({
      reason: "samples-rejected",
      sentence: rejectedSentence(rejected),
      isFault: true,
    })
  if (clockSkewMs !== null && Math.abs(clockSkewMs) > MAX_CLOCK_SKEW_MS)
    problems.push({
      reason: "clock-skew",
      sentence: clockSentence(clockSkewMs, isCorrected),
      isFault: true,
    })
  if (shared.length === 0 && restoredAgoMs !== null && restoredAgoMs <= RESTORED_SHOWN_MS)
    problems.push({ reason: "data-restored", sentence: RESTORED, isFault: false })
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
