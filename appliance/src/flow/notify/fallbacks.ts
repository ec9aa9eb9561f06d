/**
 * What a channel that fails cannot open goes to its fallback channel, for all of its messages at
 * once, and is closed there, too. If a later step names that channel, the step has been made by it:
 * one reason notifies a channel once. Pure.
 */
import type { ChannelFacts, NewDelivery, PlanInput, Planned } from "./model.ts"
import { isPending } from "./reconcile.ts"

/** When another channel has to make this opening; null: it does not. */
const handedOverAt = (
  one: NewDelivery,
  row: Planned | undefined,
  channel: ChannelFacts,
  nowMs: number,
): number | null => {
  if (row?.state === "dead") return nowMs
  if (!channel.isDead) return null
  if (row === undefined || row.state === "cancelled") return one.dueAtMs
  if (!isPending(row)) return null
  return row.state === "waiting" ? one.dueAtMs : nowMs
}

/** What is planned, with the fallbacks of openings that fail. */
export const withFallbacks = (
  { incident, channels, nowMs }: PlanInput,
  planned: readonly NewDelivery[],
  current: readonly Planned[],
): readonly NewDelivery[] => {
  const all = new Map(planned.map((one) => [one.key, one]))
  const rows = new Map(current.map((one) => [one.key, one]))
  const todo = planned.filter(({ kind }) => kind === "opened")
  const done = new Set<string>()
  for (let one = todo.shift(); one !== undefined; one = todo.shift()) {
    const from = channels.get(one.channel.id)
    if (from === undefined || done.has(one.key)) continue
    done.add(one.key)
    const atMs = handedOverAt(one, rows.get(one.key), from, nowMs)
    const channel = channels.get(from.fallbackId ?? "")
    if (atMs === null || channel === undefined || !channel.isEnabled) continue
    const key = `${incident.id} ${one.round} ${channel.id} opened`
    const known = all.get(key)
    const dueAtMs = Math.min(atMs, known?.dueAtMs ?? atMs)
    const fallback = { ...(known ?? { ...one, key, channel }), dueAtMs }
    all.set(key, fallback)
    todo.push(fallback)
  }
  return [...all.values()]
}
