/**
 * Sends what is due. Channels work side by side, one message after another in each, so that a slow
 * provider delays nobody else and an end never overtakes its beginning. An attempt is stored before
 * it is made and after it has ended; between them a crash makes it "interrupted", and it is made
 * again: at least once, with the same key for the receiver.
 */
import type { BackOffLimits } from "../../../platform/back-off.ts"
import { type Clock, steadyOf } from "../../../platform/clock.ts"
import type { OrgId } from "../../../platform/ids.ts"
import type { Db } from "../../../platform/postgres/db.ts"
import type { OpenChannel } from "../channels/channel.ts"
import { LIMITS } from "../channels/send.ts"
import { type ClockShift, followClock } from "./clock-shift.ts"
import { createProviderLimits, type ProviderLimits } from "./limits.ts"
import { createReplanning, type Replanning } from "./replanning.ts"
import { sendGroup } from "./send-group.ts"
import {
  type DueDelivery,
  expireDeliveries,
  giveUp,
  giveUpUndeliverable,
  nextDueMs,
  noteChannel,
  readDue,
  requeueSending,
  resumeInterrupted,
} from "./store.ts"

export type DispatcherDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly orgs: () => Promise<readonly { readonly id: OrgId }[]>
  /** The channel with its secrets; null: it was removed or is switched off. */
  readonly openChannel: (org: OrgId, id: string) => Promise<OpenChannel | null>
  readonly baseUrl: () => string | null
  readonly onError: (error: unknown) => void
  /** Tests shorten them. */
  readonly retry?: BackOffLimits
  /** From when it was due until the receiver had it, in ms; of first attempts only. */
  readonly onDispatched?: (tookMs: number) => void
  readonly onAttempt?: (kind: string, outcome: string) => void
  /** So many were given up, because this release cannot read them. */
  readonly onUndeliverable?: (count: number) => void
}
export type Dispatcher = {
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  /** Something may be due now. */
  readonly wake: () => void
  /** Policies, schedules or channels have changed, or a plan was not made; null: anywhere. */
  readonly replan: (org: OrgId | null) => void
  /** Stored times follow the clock by then. */
  readonly shifted: () => Promise<void>
}

const IDLE_MS = 5_000
/** Deliveries of one channel that are read at once. */
const BATCH = 100
/** More than this many on one channel within a minute are sent as one. */
export const DIGEST_ABOVE = 10
const MAX_DIGEST = 50
/** With what was written, so many fit into one message of a chat. */
const MAX_NOTES = 8
/** How soon an end is tried after its channel was switched on again. */
const OFF_MS = 30_000
const MINUTE_MS = 60_000
/** Between the tries of one delivery, and before the channel is used for another one. */
const RETRY: BackOffLimits = { firstMs: 5_000, longestMs: 300_000 }

type State = {
  readonly deps: DispatcherDeps & { readonly retry: BackOffLimits }
  readonly steady: Clock
  readonly busy: Set<string>
  /** Channels that may not be used before a time of the steady clock. */
  readonly pausedUntil: Map<string, number>
  /** When messages were sent on a channel, within the last minute. */
  readonly sentAt: Map<string, number[]>
  readonly limits: ProviderLimits
  readonly running: Set<Promise<void>>
  readonly stopping: AbortController
  readonly wake: () => void
  readonly replanning: Replanning
  readonly shift: ClockShift
}

const NOTHING_TO_CLOSE = { code: "notify.nothing-to-close", params: {} } as const
const RECOVERED = { code: "notify.recovered", params: {} } as const
const CHANNEL_OFF = { code: "notify.channel-off", params: {} } as const

const FOLLOW_UPS: readonly string[] = ["updated", "acknowledged", "resolved"]
/** It follows a message that the receiver never got. */
const isOrphan = ({ kind, isOpened, isOpening }: DueDelivery): boolean =>
  FOLLOW_UPS.includes(kind) && !isOpened && !isOpening

/** The incident has closed, and the receiver knows nothing of it: it would never hear of the end. */
const isTooLate = ({ kind, isOver, isRepeat }: DueDelivery): boolean =>
  (kind === "opened" || kind === "reminder") && isOver && !isRepeat

const recentOn = ({ sentAt, steady }: State, channel: string): number[] => {
  const recent = (sentAt.get(channel) ?? []).filter((atMs) => steady.now() - atMs < MINUTE_MS)
  sentAt.set(channel, recent)
  return recent
}

/** The first delivery, with others of the same kind where there are too many for one each. */
const groupOf = (
  state: State,
  { id, settings }: OpenChannel,
  due: readonly DueDelivery[],
): readonly DueDelivery[] => {
  const [first] = due
  if (first === undefined || !LIMITS[settings.kind].hasDigest || first.kind === "test")
    return due.slice(0, 1)
  const same = due.filter(({ kind }) => kind === first.kind)
  const isTooMany = recentOn(state, id).length + same.length > DIGEST_ABOVE
  const max = first.kind === "mentioned" ? MAX_NOTES : MAX_DIGEST
  return isTooMany ? same.slice(0, max) : [first]
}

const giveUpAll = (
  { deps }: State,
  org: OrgId,
  due: readonly DueDelivery[],
  reason: typeof NOTHING_TO_CLOSE | typeof RECOVERED | typeof CHANNEL_OFF,
): Promise<void> =>
  deps.db.asOrg(org, async (tx) => {
    for (const { id } of due) await giveUp(tx, org, id, "cancelled", reason)
  })

/** Sends what is due on one channel, as far as its limits allow. */
const serve = async (
  state: State,
  org: OrgId,
  channelId: string,
  all: readonly DueDelivery[],
): Promise<void> => {
  const { deps, steady, pausedUntil, stopping } = state
  const orphans = all.filter(isOrphan)
  if (orphans.length > 0) await giveUpAll(state, org, orphans, NOTHING_TO_CLOSE)
  const late = all.filter(isTooLate)
  if (late.length > 0) await giveUpAll(state, org, late, RECOVERED)
  let left = all.filter((one) => !isOrphan(one) && !isTooLate(one))
  if (left.length === 0) return
  const channel = await deps.openChannel(org, channelId)
  if (channel === null) {
    // An end waits, as long as it lives, for the channel to be switched on again.
    const others = left.filter(({ kind }) => kind !== "resolved")
    pausedUntil.set(channelId, steady.now() + OFF_MS)
    return await giveUpAll(state, org, others, CHANNEL_OFF)
  }
  while (left.length > 0 && !stopping.signal.aborted) {
    const waitMs = state.limits.take(channel)
    if (waitMs > 0) {
      pausedUntil.set(channelId, steady.now() + waitMs)
      return
    }
    const group = groupOf(state, channel, left)
    const { retryAfterMs, isFailed } = await sendGroup(
      { ...deps, ...state.shift, signal: stopping.signal },
      org,
      channel,
      group,
    )
    recentOn(state, channelId).push(steady.now())
    left = left.filter((one) => !group.includes(one))
    if (!isFailed) continue
    // What fails for one message fails for the next: they wait as well.
    pausedUntil.set(channelId, steady.now() + (retryAfterMs ?? deps.retry.firstMs))
    return
  }
}

/** After a fault of ours: what was being sent is sent again, and the channel waits a little. */
const recover = async (
  { deps, steady, pausedUntil }: State,
  org: OrgId,
  channelId: string,
  error: unknown,
): Promise<void> => {
  const { db, clock, retry, onError } = deps
  onError(error)
  pausedUntil.set(channelId, steady.now() + retry.firstMs)
  const answer = "The appliance could not send: its log says why."
  await db
    .asOrg(org, async (tx) => {
      await requeueSending(tx, org, channelId, clock.now() + retry.firstMs)
      await noteChannel(tx, org, channelId, { outcome: "failed", answer }, clock.now())
    })
    .catch(onError)
}

const startServing = (
  state: State,
  org: OrgId,
  channelId: string,
  due: readonly DueDelivery[],
): void => {
  const { busy, running } = state
  busy.add(channelId)
  const work = serve(state, org, channelId, due)
    .catch((error: unknown) => recover(state, org, channelId, error))
    .finally(() => {
      busy.delete(channelId)
      running.delete(work)
      // What became due meanwhile has waited for it.
      state.wake()
    })
  running.add(work)
}

/** Ms until something of this organisation is due; at most `IDLE_MS`. */
const runOrg = async (state: State, org: OrgId): Promise<number> => {
  const { deps, steady, busy, pausedUntil, replanning, shift } = state
  const { db, clock } = deps
  const isPlanned = await replanning.run(org)
  const nowMs = clock.now()
  await shift.shifted()
  const { due, undeliverable } = await db.asOrg(org, async (tx) => {
    if (isPlanned) await expireDeliveries(tx, org, nowMs)
    const read = await readDue(tx, org, nowMs, BATCH)
    await giveUpUndeliverable(tx, org, read.undeliverable)
    return read
  })
  if (undeliverable.length > 0) {
    deps.onUndeliverable?.(undeliverable.length)
    // What they have held back is due now.
    state.wake()
  }
  let untilMs = IDLE_MS
  for (const [channel, own] of Map.groupBy(due, ({ channelId }) => channelId)) {
    if (channel === null) {
      await giveUpAll(state, org, own, CHANNEL_OFF)
      continue
    }
    const pauseMs = (pausedUntil.get(channel) ?? 0) - steady.now()
    if (pauseMs > 0) untilMs = Math.min(untilMs, pauseMs)
    else if (!busy.has(channel)) startServing(state, org, channel, own)
  }
  const next = await db.asOrg(org, (tx) => nextDueMs(tx, org, nowMs))
  return next === null ? untilMs : Math.min(untilMs, Math.max(0, next - nowMs))
}

/** Ms until something is due. A fault in one organisation does not stop the others. */
const runOnce = async (state: State): Promise<number> => {
  const { deps } = state
  let untilMs = IDLE_MS
  for (const { id } of await deps.orgs()) {
    const ownMs = await runOrg(state, id).catch((error: unknown) => {
      deps.onError(error)
      return IDLE_MS
    })
    untilMs = Math.min(untilMs, ownMs)
  }
  return untilMs
}

export const createDispatcher = (deps: DispatcherDeps): Dispatcher => {
  let woken = Promise.withResolvers<void>()
  const replanning = createReplanning(deps)
  const wake = (): void => woken.resolve()
  const replan = (org: OrgId | null): void => {
    replanning.all(org)
    wake()
  }
  const shift = followClock(deps, () => replan(null))
  const state: State = {
    deps: { ...deps, retry: deps.retry ?? RETRY },
    steady: steadyOf(deps.clock),
    busy: new Set(),
    pausedUntil: new Map(),
    sentAt: new Map(),
    limits: createProviderLimits(deps.clock),
    running: new Set(),
    stopping: new AbortController(),
    wake,
    replanning,
    shift,
  }
  const { signal } = state.stopping
  /** Ends early when something is committed, or a channel has become free. */
  const wait = async (ms: number): Promise<void> => {
    const timer = setTimeout(wake, Math.max(20, ms))
    await woken.promise
    clearTimeout(timer)
    woken = Promise.withResolvers()
  }
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      const untilMs = await runOnce(state).catch((error: unknown) => {
        deps.onError(error)
        return IDLE_MS
      })
      await wait(untilMs)
    }
  }
  let looping: Promise<void> | null = null
  return {
    wake,
    replan,
    shifted: shift.shifted,
    start: async () => {
      for (const { id } of await deps.orgs())
        await deps.db.asOrg(id, (tx) => resumeInterrupted(tx, id, deps.clock.now()))
      looping = loop()
    },
    stop: async () => {
      state.stopping.abort()
      wake()
      await looping
      await Promise.allSettled(state.running)
      await shift.stop()
    },
  }
}
