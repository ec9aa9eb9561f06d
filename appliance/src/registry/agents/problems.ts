/** What is wrong with an agent although it is heard: as a named reason, and as a sentence with what to do. Pure. */
import type { Ack } from "@ispvm/wire"
import { type Sender, sharedSentence } from "./senders.ts"

export type ProblemReason = "identity-shared" | "clock-skew" | "samples-rejected" | "data-restored"
/** `isFault`: somebody has to do something; otherwise it is a note. */
export type Problem = {
  readonly reason: ProblemReason
  readonly sentence: string
  readonly isFault: boolean
}

/** What was lately refused of an agent. Times are ms of a steady clock. */
export type RejectedSamples = {
  readonly items: number
  readonly message: string
  readonly sinceMs: number
  readonly lastMs: number
}
export type ProblemFacts = {
  readonly shared: readonly Sender[]
  /** Agent's clock minus ours; null where it was never heard. */
  readonly clockSkewMs: number | null
  /** It stamps its readings with our time, whatever its own clock shows. */
  readonly isCorrected: boolean
  readonly rejected: RejectedSamples | null
  /** Its data turned out to be an older state so long ago. */
  readonly restoredAgoMs: number | null
}

/** Above this a clock counts as wrong: a log read beside ours misleads. The way of a heartbeat is in the figure. */
export const MAX_CLOCK_SKEW_MS = 5_000
/** How long after the last refusal it is said. */
export const REJECTED_SHOWN_MS = 60_000
export const RESTORED_SHOWN_MS = 3_600_000

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
  const what = `The clock of this agent's machine is ${spanText(skewMs)} ${skewMs > 0 ? "ahead of" : "behind"} the appliance's.`
  const effect = isCorrected
    ? "Its readings are corrected by that."
    : "Its readings may be shown at a wrong time or refused: update the agent."
  return `${what} ${effect} Set that clock (timedatectl set-ntp true), or the appliance's if that is the wrong one.`
}

const rejectedSentence = ({ items, message }: RejectedSamples): string =>
  `The appliance refuses readings of this agent: ${items} within a minute, the last because ${message}. What they were about is shown as unknown. Check the clocks of both machines, and that agent and appliance are of one release.`

const RESTORED =
  "This agent's data is an older state: its machine was restored from a snapshot, or is a copy. It goes on under a new buffer id and nothing is lost. If another machine still runs with the same data, enrol one of them anew."

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
/** Refusals are counted over a minute; what names a device of somebody else says nothing of this agent. */
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
