/** Which notifications the policies that match want while nobody has acknowledged. Pure. */
import type { Policy } from "../../api/notifications.ts"
import { LATE_MS, type Matched } from "./matched.ts"
import type { ChannelFacts, NewDelivery, PlanInput, Planned } from "./model.ts"
import { afterQuietHours } from "./quiet-hours.ts"

/** A step that notifies the same channel this soon after another adds nothing. */
const SAME_MOMENT_MS = 60_000
/** One notification that a policy wants while nobody has acknowledged. */
export type Wanted = {
  readonly policy: Policy
  readonly step: number
  readonly channel: ChannelFacts
  readonly dueAtMs: number
  /** Without quiet hours it would be sent earlier. */
  readonly isQuiet: boolean
  /** The step waits for an impact. */
  readonly isConditional: boolean
}

/** Steps of a policy, its repetitions among them: seconds after its delay, and the channels. */
const stepsOf = ({ steps, repeat }: Policy): Policy["steps"] => {
  const last = steps.at(-1)
  if (repeat === null || last === undefined) return [...steps]
  const repeated = Array.from({ length: repeat.times }, (_, index) => ({
    ...last,
    afterS: last.afterS + (index + 1) * repeat.everyS,
  }))
  return [...steps, ...repeated]
}

type Due = { readonly id: string; readonly dueAtMs: number }
/** A channel that a step names in several ways is notified once, as early as one of them says. */
const earliestOfEach = (all: readonly Due[]): readonly Due[] =>
  all.filter(
    (one, index) =>
      !all.some(
        (other, at) =>
          other.id === one.id &&
          (other.dueAtMs < one.dueAtMs || (other.dueAtMs === one.dueAtMs && at < index)),
      ),
  )

export const wantedOf = (
  { incident, channels, channelsOnCall, afterQuietOf }: PlanInput,
  matched: readonly Matched[],
): readonly Wanted[] =>
  matched
    .flatMap(({ policy, matchedAtMs }) =>
      stepsOf(policy).flatMap((one, step) => {
        const { afterS, channels: ids, schedules, leastUnreachable } = one
        if (incident.unreachable < leastUnreachable) return []
        const planned = matchedAtMs + (policy.delayS + afterS) * 1_000
        const earliest = Math.max(planned, incident.snoozedUntilMs ?? 0)
        const { severity } = incident
        const after = (atMs: number): number => afterQuietHours(policy.quietHours, severity, atMs)
        const allowed = after(earliest)
        const isConditional = leastUnreachable > 0 && step < policy.steps.length
        const onCall = schedules.flatMap((schedule) => {
          const dueAtMs = after(afterQuietOf(schedule, severity, allowed))
          return channelsOnCall(schedule, dueAtMs).map((id) => ({ id, dueAtMs }))
        })
        const named = ids.map((id) => ({ id, dueAtMs: allowed }))
        return earliestOfEach([...named, ...onCall]).flatMap(({ id, dueAtMs }): Wanted[] => {
          const channel = channels.get(id)
          if (channel === undefined || !channel.isEnabled) return []
          return [{ policy, step, channel, dueAtMs, isQuiet: dueAtMs > earliest, isConditional }]
        })
      }),
    )
    .sort((one, other) => one.dueAtMs - other.dueAtMs)

/** Steps that have reached somebody, or may have. */
const reachedOf = (current: readonly Planned[]): ReadonlySet<string> =>
  new Set(
    current.flatMap(({ policyId, step, state, maybeDelivered }) =>
      maybeDelivered || state === "sending" ? [`${policyId} ${step ?? 0}`] : [],
    ),
  )

/** Of each channel the first is the opening one; later ones remind. */
export const deliveriesOf = (
  { incident, nowMs }: PlanInput,
  round: number,
  wanted: readonly Wanted[],
  current: readonly Planned[],
): readonly NewDelivery[] => {
  const lastAtMs = new Map<string, number>()
  const planned = new Set(current.flatMap((one) => (one.state === "cancelled" ? [] : one.key)))
  const reached = reachedOf(current)
  return wanted.flatMap(({ policy, step, channel, dueAtMs, isConditional }): NewDelivery[] => {
    const before = lastAtMs.get(channel.id)
    if (before !== undefined && dueAtMs - before < SAME_MOMENT_MS) return []
    lastAtMs.set(channel.id, dueAtMs)
    const kind = before === undefined ? "opened" : "reminder"
    const what = kind === "opened" ? kind : `${kind} ${policy.id} ${step}`
    const key = `${incident.id} ${round} ${channel.id} ${what}`
    const lateMs = kind === "opened" ? LATE_MS : SAME_MOMENT_MS
    const isLate = nowMs - dueAtMs > lateMs && !planned.has(key)
    const isMadeUpFor = kind === "opened" && (isConditional || !reached.has(`${policy.id} ${step}`))
    if (isLate && !isMadeUpFor) return []
    return [
      {
        key,
        round,
        kind,
        channel,
        policyId: policy.id,
        policyName: policy.name,
        step,
        severity: incident.severity,
        causeKey: incident.causeKey,
        dueAtMs: isLate ? nowMs : dueAtMs,
      },
    ]
  })
}
