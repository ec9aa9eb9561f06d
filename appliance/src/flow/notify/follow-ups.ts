/**
 * What follows on a channel that was notified: changes of the incident, and who has acknowledged it.
 * Pure.
 */
import { SEVERITIES, type Severity } from "../../api/incidents.ts"
import type { DeliveryKind } from "../../api/notifications.ts"
import type { ChannelFacts, NewDelivery, PlanInput, Planned } from "./model.ts"

/** Updates of one incident on one channel are this far apart. */
const UPDATE_EVERY_MS = 60_000
const MAX_UPDATES = 10

const isPending = ({ state }: Planned): boolean =>
  state === "waiting" || state === "sending" || state === "retrying"

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
  severity: incident.severity,
  causeKey: incident.causeKey,
  dueAtMs: nowMs,
})

const isMoreSevere = (one: Severity, other: Severity): boolean =>
  SEVERITIES.indexOf(one) < SEVERITIES.indexOf(other)

/** What is more severe, or has another cause, than what the channel received. */
const updateOf = (
  input: PlanInput,
  current: readonly Planned[],
  thread: Thread,
): NewDelivery | null => {
  const { incident, nowMs } = input
  const sent = current.filter(
    ({ channelId, kind }) =>
      channelId === thread.channel.id && (kind === "opened" || kind === "updated"),
  )
  const updates = sent.filter(({ kind }) => kind === "updated")
  if (updates.length >= MAX_UPDATES || sent.some(isPending)) return null
  const last = sent.at(-1)
  const isWorse = sent.every(
    ({ severity }) => severity !== null && isMoreSevere(incident.severity, severity),
  )
  // What another channel handed over knows no cause.
  const isOther =
    last !== undefined && last.causeKey !== null && last.causeKey !== incident.causeKey
  if (!(isWorse || isOther)) return null
  const dueAtMs = Math.max(nowMs, (last?.dueAtMs ?? 0) + UPDATE_EVERY_MS)
  return { ...followUp(input, thread, "updated", `updated ${updates.length + 1}`), dueAtMs }
}

const acknowledgedOf = (input: PlanInput, thread: Thread): NewDelivery | null => {
  const { acknowledgedAtMs, state } = input.incident
  return state === "acknowledged"
    ? followUp(input, thread, "acknowledged", `acknowledged ${acknowledgedAtMs ?? 0}`)
    : null
}

/** Updates and acknowledgements for threads whose policy wants them. */
export const followUpsOf = (
  input: PlanInput,
  current: readonly Planned[],
  threads: readonly Thread[],
): NewDelivery[] => {
  const withUpdates = new Set(
    input.policies.filter(({ hasUpdates }) => hasUpdates).map(({ id }) => id),
  )
  const known = new Set(current.map(({ key }) => key))
  return threads
    .filter(({ opened }) => opened.policyId === null || withUpdates.has(opened.policyId))
    .flatMap((thread) => [acknowledgedOf(input, thread), updateOf(input, current, thread)])
    .filter((one) => one !== null)
    .filter(({ key }) => !known.has(key))
}
