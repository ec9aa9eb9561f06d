/**
 * Which deliveries an incident needs, from its state and those it has. The plan depends on the state
 * alone, not on what has just changed, so it can be made again at any time, after a restart or a
 * change of a policy, and changes nothing if nothing is missing.
 *
 * What was opened on a channel is closed on it exactly once. What was never sent is cancelled, and
 * needs no close. Pure.
 */
import { isDeepStrictEqual } from "node:util"
import type { Policy } from "../../api/notifications.ts"
import type { NotifyMessage } from "../../api/notify-messages.ts"
import { followUp, followUpsOf, threadsOf } from "./follow-ups.ts"
import { mismatchOf } from "./match.ts"
import type {
  ChannelFacts,
  Decision,
  DeliveryChange,
  NewDelivery,
  Plan,
  PlanInput,
  Planned,
} from "./model.ts"
import { afterQuietHours } from "./quiet-hours.ts"

/** A step that notifies the same channel this soon after another adds nothing. */
const SAME_MOMENT_MS = 60_000
/**
 * A step that should have run longer ago, and was never planned, is not made up for: a policy, a
 * schedule or a channel was changed since.
 */
const LATE_MS = 300_000
/** A moved due time below this is not worth a write. */
const MOVED_MS = 1_000

const RECOVERED: NotifyMessage = { code: "notify.recovered", params: {} }
const ACKNOWLEDGED: NotifyMessage = { code: "notify.acknowledged", params: {} }
const MAINTENANCE: NotifyMessage = { code: "notify.maintenance", params: {} }
const NO_LONGER_PLANNED: NotifyMessage = { code: "notify.no-longer-planned", params: {} }

/** One notification that a policy wants while nobody has acknowledged. */
type Wanted = {
  readonly policy: Policy
  readonly step: number
  readonly channel: ChannelFacts
  readonly dueAtMs: number
  /** Without quiet hours it would be sent earlier. */
  readonly isQuiet: boolean
}

/** The round: a closed incident that is open again is notified again. */
const roundOf = ({ incident, deliveries, decisions }: PlanInput): number => {
  const last = Math.max(
    1,
    ...deliveries.map(({ round }) => round),
    ...decisions.map(({ round }) => round),
  )
  const isClosed = deliveries.some(
    ({ round, kind, state }) => round === last && kind === "resolved" && state !== "cancelled",
  )
  return isClosed && incident.state !== "closed" ? last + 1 : last
}

/** Steps of a policy, its repetitions among them: seconds after its delay, and the channels. */
const stepsOf = ({ steps, repeat }: Policy): Policy["steps"] => {
  const last = steps.at(-1)
  if (repeat === null || last === undefined) return [...steps]
  const repeated = Array.from({ length: repeat.times }, (_, index) => ({
    afterS: last.afterS + (index + 1) * repeat.everyS,
    channels: last.channels,
    schedules: last.schedules,
  }))
  return [...steps, ...repeated]
}

/** Why all of it waits or is not sent; null: nothing holds it. */
const heldBy = ({ incident, nowMs }: PlanInput): NotifyMessage | null => {
  if (incident.isInMaintenance) return MAINTENANCE
  if (incident.state === "acknowledged") return ACKNOWLEDGED
  return incident.snoozedUntilMs !== null && incident.snoozedUntilMs > nowMs
    ? { code: "notify.snoozed", params: { untilMs: incident.snoozedUntilMs } }
    : null
}

/** What stopped all policies until now. */
const heldBefore = ({ decisions }: PlanInput, round: number): NotifyMessage["code"] | null =>
  decisions.find((one) => one.policyId === null && one.round === round)?.message.code ?? null

/** Nobody works on it any more, or its maintenance is over: the steps count from now. */
const resumedAtMs = (
  { delayS }: Policy,
  before: NotifyMessage["code"] | null,
  nowMs: number,
): number | null => {
  if (before === "notify.acknowledged") return nowMs - delayS * 1_000
  return before === "notify.maintenance" ? nowMs : null
}

type Matched = { readonly policy: Policy; readonly matchedAtMs: number }

/** Policies that match, and for each policy why it notifies or not. */
const matchAll = (
  input: PlanInput,
  round: number,
): { matched: readonly Matched[]; decisions: Decision[] } => {
  const { incident, policies, decisions: all, nowMs } = input
  const matched: Matched[] = []
  const decisions: Decision[] = []
  const isHeld = heldBy(input) !== null
  const before = isHeld ? null : heldBefore(input, round)
  let last: Policy | null = null
  for (const policy of policies) {
    const known = all.find((one) => one.policyId === policy.id && one.round === round)
    const why: NotifyMessage | null =
      last === null
        ? mismatchOf(policy, incident)
        : { code: "notify.earlier-policy", params: { policy: policy.name, earlier: last.name } }
    // A clock that was set back leaves times in the future: they become now.
    const stored = known?.matchedAtMs ?? null
    const begun = stored === null ? null : Math.min(stored, nowMs)
    if (why !== null) {
      decisions.push({ policyId: policy.id, round, message: why, matchedAtMs: begun })
      continue
    }
    // A policy that matches from the beginning counts from there, not from when it was planned.
    const isNew = known === undefined && nowMs - incident.openedAtMs < LATE_MS
    const fromMs = round === 1 && isNew ? incident.openedAtMs : nowMs
    const matchedAtMs = resumedAtMs(policy, before, nowMs) ?? begun ?? fromMs
    matched.push({ policy, matchedAtMs })
    const params = { policy: policy.name }
    decisions.push({
      policyId: policy.id,
      round,
      message: { code: "notify.notified", params },
      matchedAtMs,
    })
    if (policy.isLast) last = policy
  }
  return { matched, decisions }
}

const wantedOf = (
  { incident, channels, channelsOnCall }: PlanInput,
  matched: readonly Matched[],
): readonly Wanted[] =>
  matched
    .flatMap(({ policy, matchedAtMs }) =>
      stepsOf(policy).flatMap(({ afterS, channels: ids, schedules }, step) => {
        const planned = matchedAtMs + (policy.delayS + afterS) * 1_000
        const earliest = Math.max(planned, incident.snoozedUntilMs ?? 0)
        const dueAtMs = afterQuietHours(policy.quietHours, incident.severity, earliest)
        const isQuiet = dueAtMs > earliest
        const onCall = schedules.flatMap((id) => channelsOnCall(id, dueAtMs))
        return [...new Set([...ids, ...onCall])].flatMap((id): Wanted[] => {
          const channel = channels.get(id)
          if (channel === undefined || !channel.isEnabled) return []
          return [{ policy, step, channel, dueAtMs, isQuiet }]
        })
      }),
    )
    .sort((one, other) => one.dueAtMs - other.dueAtMs)

/** Of each channel the first is the opening one; later ones remind. */
const deliveriesOf = (
  { incident, nowMs }: PlanInput,
  round: number,
  wanted: readonly Wanted[],
  current: readonly Planned[],
): readonly NewDelivery[] => {
  const lastAtMs = new Map<string, number>()
  const planned = new Set(current.flatMap((one) => (one.state === "cancelled" ? [] : one.key)))
  return wanted.flatMap(({ policy, step, channel, dueAtMs }): NewDelivery[] => {
    const before = lastAtMs.get(channel.id)
    if (before !== undefined && dueAtMs - before < SAME_MOMENT_MS) return []
    lastAtMs.set(channel.id, dueAtMs)
    const kind = before === undefined ? "opened" : "reminder"
    const what = kind === "opened" ? kind : `${kind} ${policy.id} ${step}`
    const key = `${incident.id} ${round} ${channel.id} ${what}`
    const lateMs = kind === "opened" ? LATE_MS : SAME_MOMENT_MS
    if (nowMs - dueAtMs > lateMs && !planned.has(key)) return []
    return [
      {
        key,
        round,
        kind,
        channel,
        policyId: policy.id,
        policyName: policy.name,
        severity: incident.severity,
        causeKey: incident.causeKey,
        dueAtMs,
      },
    ]
  })
}

/** It may be cancelled: the receiver cannot have it. */
const isUnsent = ({ state, maybeDelivered }: Planned): boolean =>
  !maybeDelivered && (state === "waiting" || state === "retrying")
const cancel = ({ id, dueAtMs }: Planned, reason: NotifyMessage): DeliveryChange => ({
  id,
  state: "cancelled",
  dueAtMs,
  reason,
})

/** Keeps, moves, revives or adds what is wanted; cancels what is not wanted any more. */
const reconcile = (
  current: readonly Planned[],
  wanted: readonly NewDelivery[],
  reason: NotifyMessage,
): { added: NewDelivery[]; changed: DeliveryChange[] } => {
  const byKey = new Map(current.map((one) => [one.key, one]))
  const keys = new Set(wanted.map(({ key }) => key))
  const added: NewDelivery[] = []
  const changed: DeliveryChange[] = []
  for (const one of wanted) {
    const was = byKey.get(one.key)
    if (was === undefined) added.push(one)
    else if (was.state === "cancelled" && !was.maybeDelivered)
      changed.push({ id: was.id, state: "waiting", dueAtMs: one.dueAtMs, reason: null })
    else if (was.state === "waiting" && Math.abs(was.dueAtMs - one.dueAtMs) >= MOVED_MS)
      changed.push({ id: was.id, state: "waiting", dueAtMs: one.dueAtMs, reason: null })
  }
  for (const was of current) {
    // What a channel sends for another that failed has no policy, and stays.
    const isOfPolicy = was.policyId !== null && (was.kind === "opened" || was.kind === "reminder")
    if (isOfPolicy && isUnsent(was) && !keys.has(was.key)) changed.push(cancel(was, reason))
  }
  return { added, changed }
}

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
  const unsent = current.filter((one) => one.kind !== "resolved" && isUnsent(one))
  const threads = threadsOf(input, current)
  const known = new Set(current.map(({ key }) => key))
  const closing = threads
    .map((thread) => followUp(input, thread, "resolved", "resolved"))
    .filter(({ key }) => !known.has(key))
  const wasNotified = threads.length > 0
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
      wasNotified || unsent.length === 0 ? [] : changedDecisions(input.decisions, [decision]),
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

export const planDeliveries = (input: PlanInput): Plan => {
  const round = roundOf(input)
  const current = input.deliveries.filter((one) => one.round === round)
  if (input.incident.state === "closed") return planClosed(input, round, current)
  const { matched, decisions } = matchAll(input, round)
  const held = heldBy(input)
  const wanted = wantedOf(input, matched)
  // A snoozed incident's deliveries wait; an acknowledged one's are not needed.
  const isStopped = held !== null && held.code !== "notify.snoozed"
  const planned = isStopped ? [] : deliveriesOf(input, round, wanted, current)
  const reason = held ?? NO_LONGER_PLANNED
  const { added, changed } = reconcile(current, planned, reason)
  const followUps =
    held?.code === "notify.maintenance"
      ? []
      : followUpsOf(input, current, threadsOf(input, current))
  const overall = overallDecision(input, round, held)
  const all = [...overall, ...outcomes(input, decisions, wanted)]
  return {
    round,
    isHeld: overall.length > 0,
    added: [...added, ...followUps],
    changed,
    decisions: changedDecisions(input.decisions, all),
  }
}
