/** One message on one channel, for one delivery or for several at once, with its attempts stored. */
import type { BackOffLimits } from "../../../platform/back-off.ts"
import type { Clock } from "../../../platform/clock.ts"
import type { OrgId } from "../../../platform/ids.ts"
import type { Db, Tx } from "../../../platform/postgres/db.ts"
import type { Content, OpenChannel, Outcome, Outgoing } from "../channels/channel.ts"
import { failureOf } from "../channels/http.ts"
import { send } from "../channels/send.ts"
import { contentOf, testContent } from "../content/content.ts"
import { readForContent } from "../content/store.ts"
import { planIncidents } from "../plan-incidents.ts"
import { useFallback } from "./fallback.ts"
import { endOf } from "./outcome.ts"
import {
  beginAttempts,
  type DueDelivery,
  type Ended,
  endAttempt,
  lockDeliveries,
  noteChannel,
} from "./store.ts"

export type SendDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly baseUrl: () => string | null
  readonly signal: AbortSignal
  readonly retry: BackOffLimits
  readonly onDispatched?: (tookMs: number) => void
  readonly onAttempt?: (kind: string, outcome: string) => void
}
export type GroupOutcome = {
  /** The channel must not be used for so long; null: the provider did not say. */
  readonly retryAfterMs: number | null
  readonly isFailed: boolean
}
/** After this many failures another channel gets it, while this one is still tried. */
const FALLBACK_AFTER = 3

const contentsOf = async (
  { db, baseUrl }: SendDeps,
  org: OrgId,
  { language }: OpenChannel,
  due: readonly DueDelivery[],
): Promise<Content[]> => {
  const ids = due.flatMap(({ incidentId }) => incidentId ?? [])
  const incidents = new Map(
    (await db.asOrg(org, (tx) => readForContent(tx, org, ids))).map((one) => [one.id, one]),
  )
  return due.flatMap(({ incidentId, kind, isRepeat }) => {
    const options = { language, baseUrl: baseUrl(), isRepeat }
    if (incidentId === null) return [testContent(options)]
    const incident = incidents.get(incidentId)
    return incident === undefined ? [] : [contentOf(incident, kind, options)]
  })
}

const outgoingOf = (
  channel: OpenChannel,
  [first]: readonly DueDelivery[],
  contents: readonly Content[],
  nowMs: number,
): Outgoing | null => {
  const [content, ...more] = contents
  if (first === undefined || content === undefined) return null
  const { id, incidentId, round, openedRef, isRepeat } = first
  return {
    id,
    thread: `${incidentId ?? id}-${round}-${channel.id.slice(0, 8)}`,
    openedRef: more.length === 0 ? openedRef : null,
    contents: [content, ...more],
    isRepeat,
    sentAtMs: nowMs,
  }
}

const store = async (
  tx: Tx,
  org: OrgId,
  channel: OpenChannel,
  due: readonly DueDelivery[],
  ended: readonly Ended[],
  nowMs: number,
): Promise<void> => {
  const incidents = [...new Set(due.flatMap(({ incidentId }) => incidentId ?? []))]
  await lockDeliveries(tx, org, incidents)
  for (const one of ended) await endAttempt(tx, org, one, nowMs)
  const isFailing = ended.some(({ outcome }) => outcome !== "delivered")
  const answer = ended[0]?.answer ?? ""
  await noteChannel(tx, org, channel.id, { isFailing, answer }, nowMs)
  if (!isFailing) return
  const gone = ended.filter(({ state, number }) => state === "dead" || number >= FALLBACK_AFTER)
  const failed = due.filter(({ id }) => gone.some((one) => one.id === id))
  await useFallback(tx, org, channel.id, failed, nowMs)
  // What has ended meanwhile, and certainly did not arrive, is not tried again.
  await planIncidents(tx, org, incidents, nowMs)
}

const attempt = async (
  deps: SendDeps,
  channel: OpenChannel,
  outgoing: Outgoing,
): Promise<Outcome> => {
  try {
    return await send(channel, outgoing, deps.signal)
  } catch (error) {
    return failureOf(error)
  }
}

export const sendGroup = async (
  deps: SendDeps,
  org: OrgId,
  channel: OpenChannel,
  due: readonly DueDelivery[],
): Promise<GroupOutcome> => {
  const { db, clock } = deps
  const startedAtMs = clock.now()
  // Before the attempts are stored: what cannot be read is no attempt.
  const contents = await contentsOf(deps, org, channel, due)
  const begun = await db.asOrg(org, (tx) =>
    beginAttempts(
      tx,
      org,
      due.map(({ id }) => id),
      startedAtMs,
    ),
  )
  const sending = due.filter(({ id }) => begun.some((one) => one.id === id))
  if (sending.length === 0) return { retryAfterMs: null, isFailed: false }
  const outgoing = outgoingOf(channel, sending, contents, startedAtMs)
  if (outgoing === null) throw new Error("an incident that is to be notified cannot be read")
  const beganMs = performance.now()
  const outcome = await attempt(deps, channel, outgoing)
  const nowMs = clock.now()
  const tookMs = performance.now() - beganMs
  deps.onAttempt?.(channel.settings.kind, outcome.kind)
  const ended = sending.flatMap((one): Ended[] => {
    const attempted = begun.find(({ id }) => id === one.id)
    if (attempted === undefined) return []
    const firstTriedAtMs = one.firstTriedAtMs ?? startedAtMs
    if (one.attempts === 0 && outcome.kind === "delivered") deps.onDispatched?.(nowMs - one.dueAtMs)
    const { expiresAtMs } = one
    return [
      endOf({ ...attempted, tookMs, expiresAtMs, firstTriedAtMs }, outcome, nowMs, deps.retry),
    ]
  })
  await db.asOrg(org, (tx) => store(tx, org, channel, sending, ended, nowMs))
  return {
    retryAfterMs: outcome.kind === "failed" ? outcome.retryAfterMs : null,
    isFailed: outcome.kind === "failed",
  }
}
