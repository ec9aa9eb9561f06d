/** Which policies match an incident, since when, and what holds all of them. Pure. */
import type { Policy } from "../../api/notifications.ts"
import type { NotifyMessage } from "../../api/notify-messages.ts"
import { mismatchOf } from "./match.ts"
import type { Decision, PlanInput } from "./model.ts"

/**
 * A step that should have run longer ago, and was never planned, is not made up for: a policy, a
 * schedule or a channel was changed since. It is where it has reached nobody, or where an impact
 * that it waits for has only now been reached.
 */
export const LATE_MS = 300_000

const ACKNOWLEDGED: NotifyMessage = { code: "notify.acknowledged", params: {} }
const MAINTENANCE: NotifyMessage = { code: "notify.maintenance", params: {} }

/** The round: a closed incident that is open again is notified again. */
export const roundOf = ({ incident, deliveries, decisions }: PlanInput): number => {
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

/** Why all of it waits or is not sent; null: nothing holds it. */
export const heldBy = ({ incident, nowMs }: PlanInput): NotifyMessage | null => {
  if (incident.isInMaintenance) return MAINTENANCE
  if (incident.state === "acknowledged") return ACKNOWLEDGED
  if (incident.recoveredAtMs !== null)
    return { code: "notify.recovering", params: { sinceMs: incident.recoveredAtMs } }
  return incident.snoozedUntilMs !== null && incident.snoozedUntilMs > nowMs
    ? { code: "notify.snoozed", params: { untilMs: incident.snoozedUntilMs } }
    : null
}

/** What stopped all policies until now; null: nothing did, or still does. */
const heldBefore = (
  { decisions }: PlanInput,
  round: number,
  held: NotifyMessage | null,
): NotifyMessage | null => {
  if (held?.code === "notify.maintenance" || held?.code === "notify.acknowledged") return null
  const stored = decisions.find((one) => one.policyId === null && one.round === round)?.message
  return stored === undefined || stored.code === held?.code ? null : stored
}

/**
 * Nobody works on it any more, or its maintenance is over: the steps count from now. While all of it
 * had recovered, they did not count: a fault that comes and goes is notified, only later.
 */
const resumedAtMs = (
  { delayS }: Policy,
  before: NotifyMessage | null,
  begunMs: number | null,
  nowMs: number,
): number | null => {
  if (before?.code === "notify.acknowledged") return nowMs - delayS * 1_000
  if (before?.code === "notify.maintenance") return nowMs
  if (before?.code !== "notify.recovering" || begunMs === null) return null
  return Math.min(nowMs, begunMs + Math.max(0, nowMs - before.params.sinceMs))
}

export type Matched = { readonly policy: Policy; readonly matchedAtMs: number }

/** Policies that match, and for each policy why it notifies or not. */
export const matchAll = (
  input: PlanInput,
  round: number,
): { matched: readonly Matched[]; decisions: Decision[] } => {
  const { incident, policies, decisions: all, nowMs } = input
  const matched: Matched[] = []
  const decisions: Decision[] = []
  const before = heldBefore(input, round, heldBy(input))
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
    const matchedAtMs = resumedAtMs(policy, before, begun, nowMs) ?? begun ?? fromMs
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
