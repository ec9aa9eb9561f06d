/**
 * Which deliveries an incident needs, from its state and those it has. The plan depends on the state
 * alone, not on what has just changed, so it can be made again at any time, after a restart or a
 * change of a policy, and changes nothing if nothing is missing.
 *
 * What was opened on a channel is closed on it exactly once. What was never sent is cancelled, and
 * needs no close. Pure.
 */
import { isDeepStrictEqual } from "node:util"
import type { NotifyMessage } from "../../api/notify-messages.ts"
import { withFallbacks } from "./fallbacks.ts"
import { followUp, followUpsOf, threadsOf } from "./follow-ups.ts"
import { heldBy, matchAll, roundOf } from "./matched.ts"
import type { Decision, Plan, PlanInput, Planned } from "./model.ts"
import { cancel, isUnsent, reconcile } from "./reconcile.ts"
import { deliveriesOf, type Wanted, wantedOf } from "./wanted.ts"

const RECOVERED: NotifyMessage = { code: "notify.recovered", params: {} }
const NO_LONGER_PLANNED: NotifyMessage = { code: "notify.no-longer-planned", params: {} }

const changedDecisions = (
  stored: readonly Decision[],
  decisions: readonly Decision[],
): readonly Decision[] =>
  decisions.filter(
    (one) =>
      !stored.some(
        (was) =>
          was.policyId === one.policyId &&
          was.round === one.round &&
          was.matchedAtMs === one.matchedAtMs &&
          isDeepStrictEqual(was.message, one.message),
      ),
  )

const planClosed = (input: PlanInput, round: number, current: readonly Planned[]): Plan => {
  const unsent = current.filter(
    (one) => one.kind !== "resolved" && one.kind !== "mentioned" && isUnsent(one),
  )
  const threads = threadsOf(input, current)
  const known = new Set(current.map(({ key }) => key))
  const closing = threads
    .map((thread) => followUp(input, thread, "resolved", "resolved"))
    .filter(({ key }) => !known.has(key))
  const wasNotified = threads.length > 0
  const wasRecovering = input.decisions.some(
    (one) =>
      one.policyId === null && one.round === round && one.message.code === "notify.recovering",
  )
  const decision: Decision = {
    policyId: null,
    round,
    message: RECOVERED,
    matchedAtMs: null,
  }
  return {
    round,
    isHeld: true,
    added: closing,
    changed: unsent.map((one) => cancel(one, RECOVERED)),
    decisions:
      wasNotified || (unsent.length === 0 && !wasRecovering)
        ? []
        : changedDecisions(input.decisions, [decision]),
  }
}

/** The decision about all policies, where there is something to say of them together. */
const overallDecision = (
  { policies }: PlanInput,
  round: number,
  held: NotifyMessage | null,
): Decision[] => {
  const none: NotifyMessage = { code: "notify.no-policy", params: {} }
  const said = policies.length === 0 ? none : held
  return said === null ? [] : [{ policyId: null, round, message: said, matchedAtMs: null }]
}

const withoutReceiver = (
  { policies, scheduleNames }: PlanInput,
  policyId: string | null,
  params: { readonly policy: string },
): NotifyMessage => {
  const steps = policies.find(({ id }) => id === policyId)?.steps ?? []
  const schedule = steps
    .flatMap(({ schedules }) => schedules)
    .map((id) => scheduleNames.get(id))
    .find((name) => name !== undefined)
  return schedule === undefined
    ? { code: "notify.no-channel", params }
    : { code: "notify.nobody-on-call", params: { ...params, schedule } }
}

/** What a policy that matches does: notifies, waits for the end of its quiet hours, or cannot. */
const outcomes = (
  input: PlanInput,
  decisions: readonly Decision[],
  wanted: readonly Wanted[],
): Decision[] =>
  decisions.map((one) => {
    const { message, policyId } = one
    if (message.code !== "notify.notified") return one
    const { params } = message
    const [first] = wanted.filter(({ policy }) => policy.id === policyId)
    if (first === undefined) return { ...one, message: withoutReceiver(input, policyId, params) }
    if (!first.isQuiet) return one
    const untilMs = first.dueAtMs
    return { ...one, message: { code: "notify.quiet-hours", params: { ...params, untilMs } } }
  })

/** What a policy sends. A fallback that was used before this was planned has no policy, and stays. */
const isOfPolicy = ({ policyId, kind }: Planned): boolean =>
  policyId !== null && (kind === "opened" || kind === "reminder")
const isFollowUp = ({ kind }: Planned): boolean => kind === "updated" || kind === "acknowledged"

export const planDeliveries = (input: PlanInput): Plan => {
  const { nowMs } = input
  const round = roundOf(input)
  const current = input.deliveries.filter((one) => one.round === round)
  if (input.incident.state === "closed") return planClosed(input, round, current)
  const { matched, decisions } = matchAll(input, round)
  const held = heldBy(input)
  const wanted = wantedOf(input, matched)
  // A snoozed incident's deliveries wait; an acknowledged one's are not needed.
  const isStopped = held !== null && held.code !== "notify.snoozed"
  const planned = isStopped
    ? []
    : withFallbacks(input, deliveriesOf(input, round, wanted, current), current)
  const main = reconcile(current, planned, isOfPolicy, held ?? NO_LONGER_PLANNED, nowMs)
  const isInMaintenance = held?.code === "notify.maintenance"
  const followUps = isInMaintenance ? [] : followUpsOf(input, current, threadsOf(input, current))
  const more = reconcile(current, followUps, isFollowUp, held ?? NO_LONGER_PLANNED, nowMs)
  const overall = overallDecision(input, round, held)
  const all = [...overall, ...outcomes(input, decisions, wanted)]
  return {
    round,
    isHeld: overall.length > 0,
    added: [...main.added, ...more.added],
    changed: [...main.changed, ...more.changed],
    decisions: changedDecisions(input.decisions, all),
  }
}
