/** Compares the deliveries that an incident has with those it needs. Pure. */
import type { NotifyMessage } from "../../api/notify-messages.ts"
import type { DeliveryChange, NewDelivery, Planned } from "./model.ts"

/** A moved due time below this is not worth a write. */
const MOVED_MS = 1_000

/** On its way, or will be. */
export const isPending = ({ state }: Planned): boolean =>
  state === "waiting" || state === "sending" || state === "retrying"
/** It may be cancelled: the receiver cannot have it. */
export const isUnsent = ({ state, maybeDelivered }: Planned): boolean =>
  !maybeDelivered && (state === "waiting" || state === "retrying")
export const cancel = ({ id, dueAtMs }: Planned, reason: NotifyMessage): DeliveryChange => ({
  id,
  state: "cancelled",
  dueAtMs,
  reason,
})

/** What is due already stays so: a plan that is made again changes nothing. */
const isMoved = (was: Planned, one: NewDelivery, nowMs: number): boolean =>
  was.state === "waiting" &&
  Math.abs(was.dueAtMs - one.dueAtMs) >= MOVED_MS &&
  !(was.dueAtMs <= nowMs && one.dueAtMs <= nowMs)

/** Keeps, moves, revives or adds what is wanted; cancels what of `owned` is not wanted any more. */
export const reconcile = (
  current: readonly Planned[],
  wanted: readonly NewDelivery[],
  owned: (one: Planned) => boolean,
  reason: NotifyMessage,
  nowMs: number,
): { added: NewDelivery[]; changed: DeliveryChange[] } => {
  const byKey = new Map(current.map((one) => [one.key, one]))
  const keys = new Set(wanted.map(({ key }) => key))
  const added: NewDelivery[] = []
  const changed: DeliveryChange[] = []
  for (const one of wanted) {
    const was = byKey.get(one.key)
    const isRevived = was?.state === "cancelled" && !was.maybeDelivered
    if (was === undefined) added.push(one)
    else if (isRevived || isMoved(was, one, nowMs))
      changed.push({ id: was.id, state: "waiting", dueAtMs: one.dueAtMs, reason: null })
  }
  for (const was of current)
    if (owned(was) && isUnsent(was) && !keys.has(was.key)) changed.push(cancel(was, reason))
  return { added, changed }
}
