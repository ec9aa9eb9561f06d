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

export type Matched = { readonly policy: Policy; readonly matchedAtMs: number }

/** Policies that match, and for each policy why it notifies or not. */
export const matchAll = (
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
