/** One message on one channel, for one delivery or for several at once, with its attempts stored. */
import type { BackOffLimits } from "../../../platform/back-off.ts"
import type { Clock } from "../../../platform/clock.ts"
import { withoutSubscribers } from "../../../platform/http/subscriber-access.ts"
import type { OrgId } from "../../../platform/ids.ts"
import type { Db, Tx } from "../../../platform/postgres/db.ts"
import type { Content, OpenChannel, Outcome, Outgoing } from "../channels/channel.ts"
import { failureOf } from "../channels/http.ts"
import { send } from "../channels/send.ts"
import { contentOf, testContent } from "../content/content.ts"
import { type IncidentForContent, readForContent } from "../content/store.ts"
import { planIncidents } from "../plan-incidents.ts"
import { endOf } from "./outcome.ts"
import {
  type Beginning,
  beginAttempts,
  changedMeanwhile,
  type DueDelivery,
  type Ended,
  endAttempt,
  giveUpUndeliverable,
  lockDeliveries,
  noteChannel,
  openingOn,
} from "./store.ts"

export type SendDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly baseUrl: () => string | null
  readonly signal: AbortSignal
  readonly retry: BackOffLimits
  readonly onDispatched?: (tookMs: number) => void
  readonly onAttempt?: (kind: string, outcome: string) => void
  readonly onUndeliverable?: (count: number) => void
  /** Sum of the steps of the clock so far. */
  readonly steppedMs: () => number
  /** Stored times follow the clock by then. */
  readonly shifted: () => Promise<void>
}
export type GroupOutcome = {
  /** The channel must not be used for so long; null: the provider did not say. */
  readonly retryAfterMs: number | null
  readonly isFailed: boolean
}
type Part = { readonly content: Content; readonly beginning: Beginning }
/** Without what this release cannot read, which is given up. */
const contentsOf = async (
  { db, baseUrl, onUndeliverable }: SendDeps,
  org: OrgId,
  { language, template, push }: OpenChannel,
  due: readonly DueDelivery[],
): Promise<Part[]> => {
  const ids = due.flatMap(({ incidentId }) => incidentId ?? [])
  const incidents = new Map(
    (await db.asOrg(org, (tx) => readForContent(tx, org, ids))).map((one) => [one.id, one]),
  )
  const isUnreadable = ({ incidentId }: DueDelivery): boolean =>
    incidentId !== null && !incidents.has(incidentId)
  const undeliverable = due.filter(isUnreadable).map(({ id }) => ({ id, what: "incident" }))
  if (undeliverable.length > 0) {
    await db.asOrg(org, (tx) => giveUpUndeliverable(tx, org, undeliverable))
    onUndeliverable?.(undeliverable.length)
  }
  return due.flatMap(({ id, incidentId, kind, isRepeat, mention }): Part[] => {
    const options = { language, baseUrl: baseUrl(), isRepeat, template, mention }
    if (incidentId === null)
      return [{ content: testContent(options), beginning: { id, severity: null, causeKey: null } }]
    const incident = incidents.get(incidentId)
    if (incident === undefined) return []
    const { severity } = incident
    const beginning = { id, severity, causeKey: causeKeyOf(incident) }
    // Channels go where an administrator sends them; a browser is its person's own.
    const shown = push?.seesSubscribers === false ? withoutSubscribers(incident) : incident
    return [{ content: contentOf(shown, kind, options), beginning }]
  })
}
/** As SQL makes it (`store.ts`). */
const causeKeyOf = ({ causes, title }: IncidentForContent): string => {
  const ids = causes.map(({ id }) => id).sort()
  const isDegraded = title.code === "title.rule" || title.code === "title.degradation"
  return `${ids.join(" ")}${isDegraded ? " degraded" : ""}`
}

const outgoingOf = (
  channel: OpenChannel,
  due: readonly DueDelivery[],
  contents: readonly Content[],
  nowMs: number,
): Outgoing | null => {
  const [first] = due
  const [content, ...more] = contents
  if (first === undefined || content === undefined) return null
  const { id, incidentId, round, openedRef, isRepeat } = first
  return {
    id,
    thread: `${incidentId ?? id}-${round}-${channel.id.slice(0, 8)}`,
    openedRef: more.length === 0 ? openedRef : null,
    contents: [content, ...more],
    isRepeat,
    // Of several deliveries in one message: who has all of them.
    taken: (first.taken ?? []).filter((to) => due.every(({ taken }) => taken?.includes(to))),
    sentAtMs: nowMs,
  }
}

/** The outcome with what follows at once; and which incidents have to be planned again. */
const store = async (
  tx: Tx,
  org: OrgId,
  channel: OpenChannel,
  due: readonly DueDelivery[],
  ended: readonly Ended[],
  nowMs: number,
): Promise<readonly string[]> => {
  const incidents = [...new Set(due.flatMap(({ incidentId }) => incidentId ?? []))]
  await lockDeliveries(tx, org, incidents)
  for (const one of ended) await endAttempt(tx, org, one, nowMs)
  const [first] = ended
  if (first === undefined) return []
  const { outcome, answer } = first
  const { isDead, isChanged } = await noteChannel(tx, org, channel.id, { outcome, answer }, nowMs)
  // A dead channel hands over all that it should open, and takes back what is not sent yet.
  if (isChanged) return [...new Set([...incidents, ...(await openingOn(tx, org, channel.id))])]
  // What has ended meanwhile, and certainly did not arrive, is not tried again.
  if (isDead || outcome !== "delivered") return incidents
  const ids = ended.map(({ id }) => id)
  return await changedMeanwhile(tx, org, ids)
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
  await deps.shifted()
  // Before the attempts are stored: what cannot be read is no attempt.
  const parts = await contentsOf(deps, org, channel, due)
  const beginnings = parts.map((one) => one.beginning)
  const begun = await db.asOrg(org, (tx) => beginAttempts(tx, org, beginnings, startedAtMs))
  const sending = due.filter(({ id }) => begun.some((one) => one.id === id))
  if (sending.length === 0) return { retryAfterMs: null, isFailed: false }
  const isSending = ({ beginning: { id } }: Part): boolean => sending.some((one) => one.id === id)
  const contents = parts.filter(isSending).map(({ content }) => content)
  const outgoing = outgoingOf(channel, sending, contents, startedAtMs)
  if (outgoing === null) throw new Error("an incident that is to be notified cannot be read")
  const beganMs = performance.now()
  const steppedMs = deps.steppedMs()
  const outcome = await attempt(deps, channel, outgoing)
  const nowMs = clock.now()
  // The appliance stops: it is not known how this ended, and it is made again at its next start.
  const hasTaken = outcome.kind === "failed" && outcome.taken !== undefined
  if (deps.signal.aborted && outcome.kind === "failed" && !hasTaken)
    return { retryAfterMs: null, isFailed: true }
  const tookMs = performance.now() - beganMs
  deps.onAttempt?.(channel.settings.kind, outcome.kind)
  // Times that were read before the clock was set, as the clock counts now.
  const byMs = deps.steppedMs() - steppedMs
  const ended = sending.flatMap((one): Ended[] => {
    const attempted = begun.find(({ id }) => id === one.id)
    if (attempted === undefined) return []
    const firstTriedAtMs = (one.firstTriedAtMs ?? startedAtMs) + byMs
    const expiresAtMs = one.expiresAtMs + byMs
    if (one.attempts === 0 && outcome.kind === "delivered")
      deps.onDispatched?.(nowMs - one.dueAtMs - byMs)
    return [
      endOf({ ...attempted, tookMs, expiresAtMs, firstTriedAtMs }, outcome, nowMs, deps.retry),
    ]
  })
  await deps.shifted()
  const changed = await db.asOrg(org, (tx) => store(tx, org, channel, sending, ended, nowMs))
  // Apart from it: all plans lock deliveries in their order.
  if (changed.length > 0) await db.asOrg(org, (tx) => planIncidents(tx, org, changed, clock.now()))
  return {
    retryAfterMs: outcome.kind === "failed" ? outcome.retryAfterMs : null,
    isFailed: outcome.kind === "failed",
  }
}
