/**
 * Reports that routers push about themselves.
 *
 *   Push ─▶ items, each parsed alone ─▶ [one transaction]  known? ─▶ time ─▶ wire items ─▶ stored
 *
 * The same transaction writes the ledger: an item that is answered as taken is durable, and a
 * repeated item is known.
 */
import type { Item } from "@ispvm/wire"
import type { Push, PushAnswer } from "@ispvm/wire/push"
import { type Cache, createCache } from "../../platform/cache.ts"
import { type Clock, steadyOf } from "../../platform/clock.ts"
import type { DeviceId, OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { createSerialQueues } from "../../platform/serial-queue.ts"
import type { Signal } from "../../platform/signal.ts"
import { type InventoryChange, recordReports } from "../../registry/inventory/inventory.ts"
import type { Accepted } from "../ingest/model.ts"
import type { Baseline } from "./heartbeat.ts"
import {
  firstError,
  momentOf,
  type Parsed,
  parseItems,
  type RejectedItem,
  readItem,
  type Shape,
} from "./items.ts"
import { parseClock, parseSpan, type RouterSpan } from "./router-time.ts"
import { isKnown, withNumber } from "./spans.ts"
import { type PushResult, stateAfter } from "./state.ts"
import * as store from "./store.ts"

export type { RouterState } from "./store.ts"

/** The sender, found by its key. */
export type Router = { readonly org: OrgId; readonly device: DeviceId; readonly name: string }
/** `unreadable`: the request is not a push; `gone`: the device no longer exists. */
export type PushOutcome =
  | { readonly ok: true; readonly answer: PushAnswer; readonly accepted: Accepted }
  | { readonly ok: false; readonly reason: "unreadable" | "gone"; readonly message: string }

/**
 * Of ingest: runs `make` in the transaction that stores the items it returns, and may run it again
 * from the start. Null: the device is gone.
 */
export type StoreItems = (
  router: Router,
  pushed: {
    readonly receivedAtMs: number
    readonly make: (tx: Tx, keepMs: number) => Promise<readonly Item[]>
  },
) => Promise<Accepted | null>

export type PushDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly store: StoreItems
  /** Emits, after the commit, when a router begins to report itself or changes its interval. */
  readonly changes: Signal<InventoryChange>
  /** `outcome`: taken, known, or the reason of a rejection. */
  readonly count: (outcome: string, items: number) => void
}
export type Pushes = {
  readonly accept: (router: Router, push: Push, address: string) => Promise<PushOutcome>
  /** A request of a known router that could not be used. Stored at most every ten seconds. */
  readonly recordRejection: (
    router: Omit<Router, "name">,
    reason: string,
    message: string,
  ) => Promise<void>
  /** Deletes ledger entries of items that cannot come again. */
  readonly prune: (org: OrgId) => Promise<number>
}

/** Null: the router has never pushed. */
export const stateOf = store.readRouter

const REJECTION_INTERVAL_MS = 10_000
/** Bounds of the heartbeat interval: above network delays, and short enough to notice an outage. */
const MIN_INTERVAL_S = 10
const MAX_INTERVAL_S = 3_600
/** Each change of the interval makes the flow read the inventory again. */
const INTERVAL_UPDATE_MS = 30_000
const expectedIntervalS = (everyS: number | null): number | null =>
  everyS === null ? null : Math.min(MAX_INTERVAL_S, Math.max(MIN_INTERVAL_S, everyS))
/** Routers whose counters are kept; the least recent is dropped first and skips its next rates. */
const MAX_BASELINES = 20_000

/** What pushes of all routers share. */
type PushState = {
  readonly deps: PushDeps
  readonly steady: Clock
  /** Counters of the last heartbeat. */
  readonly baselines: Cache<DeviceId, Baseline>
  /** By the steady clock. */
  readonly intervalUpdatedAtMs: Map<DeviceId, number>
}
/** One push, received. */
type ReceivedPush = {
  readonly router: Router
  readonly push: Push
  readonly sent: RouterSpan
  readonly shape: Shape
  readonly address: string
  readonly receivedAtMs: number
}
/** What one push came to; `isIntervalChanged`: the router's interval in the inventory is new. */
type Stored = { readonly round: Read; readonly isIntervalChanged: boolean }

const resultOf = (
  { push, shape, address, receivedAtMs }: ReceivedPush,
  round: Read,
  freshCount: number,
  lost: number,
): PushResult => {
  const clockMs = parseClock(push.clock, push.gmt)
  return {
    atMs: receivedAtMs,
    address,
    skewMs: clockMs === null ? null : clockMs - receivedAtMs,
    taken: round.taken,
    known: shape.parsed.length - freshCount + shape.duplicates,
    rejected: [...shape.rejected, ...round.rejected],
    lost,
  }
}

/** Within the transaction that stores the items: reads the ledger, and writes it and the state. */
const storeRound = async (
  { steady, baselines, intervalUpdatedAtMs }: PushState,
  received: ReceivedPush,
  tx: Tx,
  keepMs: number,
): Promise<Stored> => {
  const { router, push, sent, shape, receivedAtMs } = received
  const { org, device } = router
  const place = { device, queue: push.queue, boot: push.boot }
  // Queries of one push are sent together: each round trip to the database is waited for.
  const [was, before] = await Promise.all([
    store.readQueue(tx, place),
    store.readRouter(tx, org, device),
  ])
  const fresh = shape.parsed.filter(({ item }) => !isKnown(was.seen, item.seq))
  const baseline = baselines.get(device) ?? null
  const round = read(place, fresh, sent, { receivedAtMs, keepMs }, was, baseline)
  const lost = Math.max(0, push.lost - was.lost)
  const row = { ...round.queue, lost: Math.max(push.lost, was.lost) }
  const after = stateAfter(
    before ?? store.NEW_ROUTER,
    resultOf(received, round, fresh.length, lost),
  )
  const updatesInterval =
    steady.now() - (intervalUpdatedAtMs.get(device) ?? 0) >= INTERVAL_UPDATE_MS &&
    round.taken.some(({ item }) => item.kind === "heartbeat")
  const isNewToQueue = round.taken.length > 0 || lost > 0
  const [isIntervalChanged] = await Promise.all([
    updatesInterval
      ? recordReports(tx, org, device, expectedIntervalS(after.heartbeatEveryS))
      : false,
    isNewToQueue ? store.writeQueue(tx, org, place, row, receivedAtMs) : null,
    store.writeRouter(tx, org, device, after),
  ])
  return { round, isIntervalChanged }
}

const countAll = (
  count: PushDeps["count"],
  { taken, known, refused }: { taken: number; known: number; refused: readonly RejectedItem[] },
): void => {
  count("taken", taken)
  count("known", known)
  for (const { reason } of refused) count(reason, 1)
}

const storePush = async (state: PushState, received: ReceivedPush): Promise<PushOutcome> => {
  const { deps, steady, baselines, intervalUpdatedAtMs } = state
  const { router, shape, receivedAtMs } = received
  const { org, device } = router
  let stored: Stored | null = null
  const make = async (tx: Tx, keepMs: number): Promise<readonly Item[]> => {
    const made = await storeRound(state, received, tx, keepMs)
    stored = made
    return made.round.items
  }
  const accepted = await deps.store(router, { receivedAtMs, make })
  if (accepted === null)
    return { ok: false, reason: "gone", message: "This router was removed from the appliance." }
  const { round, isIntervalChanged } = stored ?? NOTHING_STORED
  if (round.baseline !== null) baselines.set(device, round.baseline)
  if (isIntervalChanged) {
    intervalUpdatedAtMs.set(device, steady.now())
    deps.changes.emit({ org, what: "device", id: device })
  }
  const taken = round.taken.length
  const refused = [...shape.rejected, ...round.rejected]
  const known = shape.parsed.length + shape.duplicates - taken - round.rejected.length
  countAll(deps.count, { taken, known, refused })
  return { ok: true, answer: { taken, known, refused }, accepted }
}

export const createPushes = (deps: PushDeps): Pushes => {
  const { db, clock } = deps
  const steady = steadyOf(clock)
  const state: PushState = {
    deps,
    steady,
    baselines: createCache<DeviceId, Baseline>({ maxEntries: MAX_BASELINES }),
    intervalUpdatedAtMs: new Map(),
  }
  /** One push of a router after another: each needs the counters of the one before. */
  const queues = createSerialQueues<DeviceId>()
  const rejectedAtMs = new Map<DeviceId, number>()
  return {
    accept: async (router, push, address) => {
      const sent = parseSpan(push.up)
      if (sent === null)
        return { ok: false, reason: "unreadable", message: "up: not a time as RouterOS prints it" }
      const shape = parseItems(push.items)
      return await queues.run(router.device, () =>
        storePush(state, { router, push, sent, shape, address, receivedAtMs: clock.now() }),
      )
    },
    recordRejection: async ({ org, device }, reason, message) => {
      const nowMs = clock.now()
      if (steady.now() - (rejectedAtMs.get(device) ?? 0) < REJECTION_INTERVAL_MS) return
      rejectedAtMs.set(device, steady.now())
      await queues.run(device, () =>
        db.asOrg(org, async (tx) => {
          const was = (await store.readRouter(tx, org, device)) ?? store.NEW_ROUTER
          await store.writeRouter(tx, org, device, {
            ...was,
            lastRejection: { atMs: nowMs, reason, message },
          })
        }),
      )
    },
    prune: (org) => db.asOrg(org, (tx) => store.pruneQueues(tx, org, clock.now())),
  }
}

type Read = {
  readonly items: readonly Item[]
  readonly taken: readonly (Parsed & { readonly atMs: number })[]
  readonly rejected: readonly RejectedItem[]
  readonly queue: store.QueueRow
  readonly baseline: Baseline | null
}
const NOTHING_STORED: Stored = {
  round: { items: [], taken: [], rejected: [], queue: store.NEW_QUEUE, baseline: null },
  isIntervalChanged: false,
}

/**
 * New items, in the order of their numbers, and what is stored of them. A later item of one queue
 * has not happened earlier.
 */
const read = (
  place: store.QueueName & { readonly device: DeviceId },
  fresh: readonly Parsed[],
  sent: RouterSpan,
  { receivedAtMs, keepMs }: { readonly receivedAtMs: number; readonly keepMs: number },
  was: store.QueueRow,
  baseline: Baseline | null,
): Read => {
  const items: Item[] = []
  const taken: (Parsed & { readonly atMs: number })[] = []
  const rejected: RejectedItem[] = []
  let { seen, latestSeq, latestAtMs } = was
  let last = baseline
  for (const [index, parsed] of fresh.entries()) {
    const { seq } = parsed.item
    // Each item after it is later, and none is later than now.
    const newestMs = receivedAtMs - (fresh.length - 1 - index)
    const guessMs = momentOf(parsed.up, sent, receivedAtMs)
    const atMs = Math.min(newestMs, seq > latestSeq ? Math.max(guessMs, latestAtMs + 1) : guessMs)
    if (atMs < receivedAtMs - keepMs) {
      rejected.push({
        seq,
        reason: "too-old",
        message: `${new Date(atMs).toISOString()} is older than the retention time`,
      })
      continue
    }
    const made = readItem(place, parsed.item, atMs, last)
    const error = firstError(made.items)
    if (error !== null) {
      rejected.push({ seq, reason: "malformed", message: error })
      continue
    }
    items.push(...made.items)
    taken.push({ ...parsed, atMs })
    last = made.baseline
    seen = withNumber(seen, seq)
    if (seq > latestSeq) {
      latestSeq = seq
      latestAtMs = atMs
    }
  }
  return {
    items,
    taken,
    rejected,
    queue: { seen, lost: was.lost, latestSeq, latestAtMs },
    baseline: last,
  }
}
