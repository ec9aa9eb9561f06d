/**
 * What follows on a channel that was notified: changes of the incident, and who has acknowledged it.
 * Quiet hours hold both, as long as they are still news; the end of an incident is never held. Pure.
 */
import { SEVERITIES, type Severity } from "../../api/incidents.ts"
import type { DeliveryKind } from "../../api/notifications.ts"
import type { ChannelFacts, NewDelivery, PlanInput, Planned } from "./model.ts"
import { afterQuietHours } from "./quiet-hours.ts"
import { isPending } from "./reconcile.ts"

/** Updates of one incident on one channel are this far apart. */
const UPDATE_EVERY_MS = 60_000
const MAX_UPDATES = 10

/** A channel that was notified of this round, or may have been. */
export type Thread = { readonly opened: Planned; readonly channel: ChannelFacts }
/** By what opened it, or by the first reminder, where the opening itself never arrived. */
export const threadsOf = (
  { channels }: PlanInput,
  current: readonly Planned[],
): readonly Thread[] => {
  const threads = new Map<string, Thread>()
  for (const opened of current) {
    const channel = channels.get(opened.channelId ?? "")
    const isOpen = opened.maybeDelivered || opened.state === "sending"
    const opens = opened.kind === "opened" || opened.kind === "reminder"
    if (opens && isOpen && channel !== undefined && !threads.has(channel.id))
      threads.set(channel.id, { opened, channel })
  }
  return [...threads.values()]
}

export const followUp = (
  { incident, nowMs }: PlanInput,
  { opened, channel }: Thread,
  kind: DeliveryKind,
  what: string,
): NewDelivery => ({
  key: `${incident.id} ${opened.round} ${channel.id} ${what}`,
  round: opened.round,
  kind,
  channel,
  policyId: opened.policyId,
  policyName: null,
  step: null,
  severity: incident.severity,
  causeKey: incident.causeKey,
  dueAtMs: nowMs,
})

const isMoreSevere = (one: Severity, other: Severity): boolean =>
  SEVERITIES.indexOf(one) < SEVERITIES.indexOf(other)

/** Later, where the policy that opened the thread is quiet. */
const heldUntil = ({ policies, incident }: PlanInput, { opened }: Thread, atMs: number): number => {
  const policy = policies.find(({ id }) => id === opened.policyId)
  return afterQuietHours(policy?.quietHours ?? null, incident.severity, atMs)
}

/** What is more severe, or has another cause, than what the channel received. */
const updateOf = (
  input: PlanInput,
  current: readonly Planned[],
  thread: Thread,
): NewDelivery | null => {
  const { incident, nowMs } = input
  const own = current.filter(({ channelId }) => channelId === thread.channel.id)
  const updates = own.filter(({ kind }) => kind === "updated")
  // One that certainly has not arrived yet says what is true when it does.
  const waiting = updates.find(
    ({ state, maybeDelivered }) => state === "waiting" || (state === "retrying" && !maybeDelivered),
  )
  const sent = own.filter(
    ({ kind, state }) => (kind === "opened" || kind === "updated") && state !== "cancelled",
  )
  if (sent.some((one) => one !== waiting && isPending(one))) return null
  const count = sent.filter((one) => one.kind === "updated" && one !== waiting).length
  if (count >= MAX_UPDATES) return null
  const received = sent.filter((one) => one !== waiting)
  const last = received.at(-1)
  const isWorse = received.every(
    ({ severity }) => severity !== null && isMoreSevere(incident.severity, severity),
  )
  // What was handed over before causes were stored with it knows none.
  const isOther =
    last !== undefined && last.causeKey !== null && last.causeKey !== incident.causeKey
  if (!(isWorse || isOther)) return null
  // A clock that was set back leaves times in the future.
  const lastAtMs = Math.min(last?.dueAtMs ?? 0, nowMs)
  const dueAtMs = heldUntil(input, thread, Math.max(nowMs, lastAtMs + UPDATE_EVERY_MS))
  const one = followUp(input, thread, "updated", `updated ${updates.length + 1}`)
  return { ...one, key: waiting?.key ?? one.key, dueAtMs }
}

const acknowledgedOf = (input: PlanInput, thread: Thread): NewDelivery | null => {
  const { acknowledgedAtMs, state } = input.incident
  if (state !== "acknowledged") return null
  const one = followUp(input, thread, "acknowledged", `acknowledged ${acknowledgedAtMs ?? 0}`)
  return { ...one, dueAtMs: heldUntil(input, thread, input.nowMs) }
}

/** Updates and acknowledgements for threads whose policy wants them, those that exist among them. */
export const followUpsOf = (
  input: PlanInput,
  current: readonly Planned[],
  threads: readonly Thread[],
): NewDelivery[] => {
  const withUpdates = new Set(
    input.policies.filter(({ hasUpdates }) => hasUpdates).map(({ id }) => id),
  )
  return threads
    .filter(({ opened }) => opened.policyId === null || withUpdates.has(opened.policyId))
    .flatMap((thread) => [acknowledgedOf(input, thread), updateOf(input, current, thread)])
    .filter((one) => one !== null)
}
