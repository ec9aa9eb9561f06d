/**
 * What routers push about themselves: the face.
 *
 *   Push ─▶ items, each parsed on its own ─▶ [one transaction]  known? ─▶ moment ─▶ wire items ─▶ stored ─▶ ledger, state
 *
 * The ledger is written in the transaction that stores the items: what is answered as taken is durable, what comes again is known.
 */
import type { Item } from "@ispvm/wire"
import type { Push, PushAnswer } from "@ispvm/wire/push"
import { createCache } from "../../platform/cache.ts"
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
import { stateAfter } from "./state.ts"
import * as store from "./store.ts"

export type { RouterState } from "./store.ts"

/** Who speaks, by its key. */
export type Router = { readonly org: OrgId; readonly device: DeviceId; readonly name: string }
/** `unreadable`: the whole of it is not a push; `gone`: there is no such device any more. */
export type PushOutcome =
  | { readonly ok: true; readonly answer: PushAnswer; readonly accepted: Accepted }
  | { readonly ok: false; readonly reason: "unreadable" | "gone"; readonly message: string }

/** Ingest's: runs `make` in the transaction that stores what it gives. Null: the device is gone. May run `make` again from the start. */
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
  /** Told, once committed, where a router begins to report itself, or does so at another pace. */
  readonly changes: Signal<InventoryChange>
  /** `outcome`: taken, known, or the reason of a refusal. */
  readonly count: (outcome: string, items: number) => void
}
export type Pushes = {
  readonly accept: (router: Router, push: Push, address: string) => Promise<PushOutcome>
  /** A whole request of a known router that could not be used: shown beside it, at most every ten seconds. */
  readonly recordRejection: (
    router: Omit<Router, "name">,
    reason: string,
    message: string,
  ) => Promise<void>
  /** Forgets what cannot come again. */
  readonly prune: (org: OrgId) => Promise<number>
}

/** Null: it has never pushed. */
export const stateOf = store.readRouter

const REJECTION_INTERVAL_MS = 10_000
/** Its silence is judged by what it says itself: neither shorter than a network's own delays, nor longer than anybody would wait. */
const MIN_INTERVAL_S = 10
/** Each change of it has the inventory read anew. */
const INTERVAL_UPDATE_MS = 30_000
const MAX_INTERVAL_S = 3_600
const expectedIntervalS = (everyS: number | null): number | null =>
  everyS === null ? null : Math.min(MAX_INTERVAL_S, Math.max(MIN_INTERVAL_S, everyS))
/** Routers whose counters are kept in mind; the one longest unheard is forgotten first, and its next rates are left out. */
const MAX_BASELINES = 20_000

export const createPushes = ({
  db,
  clock,
  store: storeItems,
  changes,
  count,
}: PushDeps): Pushes => {
  const baselines = createCache<DeviceId, Baseline>({ maxEntries: MAX_BASELINES })
  /** Pushes of one router run one after another: each is compared with the counters of the one before. */
  const queues = createSerialQueues<DeviceId>()
  const rejectedAtMs = new Map<DeviceId, number>()
  const intervalUpdatedAtMs = new Map<DeviceId, number>()
  const steady = steadyOf(clock)

  const remember = (device: DeviceId, baseline: Baseline | null): void => {
    if (baseline !== null) baselines.set(device, baseline)
  }

  const storePush = async (
    router: Router,
    push: Push,
    sent: RouterSpan,
    shape: Shape,
    address: string,
  ): Promise<PushOutcome> => {
    const receivedAtMs = clock.now()
    const clockMs = parseClock(push.clock, push.gmt)
    const skewMs = clockMs === null ? null : clockMs - receivedAtMs
    let isIntervalChanged = false
    let round = nothing(baselines.get(router.device) ?? null)
    const make = async (tx: Tx, keepMs: number): Promise<readonly Item[]> => {
      const place = { device: router.device, queue: push.queue, boot: push.boot }
      // Sent together, answered together: a push is many small questions, and each way there and back is waited for.
      const [was, before] = await Promise.all([
        store.readQueue(tx, place),
        store.readRouter(tx, router.org, router.device),
      ])
      const fresh = shape.parsed.filter(({ item }) => !isKnown(was.seen, item.seq))
      round = read(
        place,
        fresh,
        sent,
        { receivedAtMs, keepMs },
        was,
        baselines.get(router.device) ?? null,
      )
      const known = shape.parsed.length - fresh.length + shape.duplicates
      const rejected = [...shape.rejected, ...round.rejected]
      const lost = Math.max(0, push.lost - was.lost)
      const row = { ...round.queue, lost: Math.max(push.lost, was.lost) }
      const result = {
        atMs: receivedAtMs,
        address,
        skewMs,
        taken: round.taken,
        known,
        rejected,
        lost,
      }
      const after = stateAfter(before ?? store.NEW_ROUTER, result)
      const mayUpdateInterval =
        steady.now() - (intervalUpdatedAtMs.get(router.device) ?? 0) >= INTERVAL_UPDATE_MS
      const updatesInterval =
        mayUpdateInterval && round.taken.some(({ item }) => item.kind === "heartbeat")
      const isNewToQueue = round.taken.length > 0 || lost > 0
      const [isChanged] = await Promise.all([
        updatesInterval
          ? recordReports(tx, router.org, router.device, expectedIntervalS(after.heartbeatEveryS))
          : false,
        isNewToQueue ? store.writeQueue(tx, router.org, place, row, receivedAtMs) : null,
        store.writeRouter(tx, router.org, router.device, after),
      ])
      isIntervalChanged = isChanged
      return round.items
    }
    const accepted = await storeItems(router, { receivedAtMs, make })
    if (accepted === null)
      return { ok: false, reason: "gone", message: "There is no such router any more." }
    remember(router.device, round.baseline)
    if (isIntervalChanged) intervalUpdatedAtMs.set(router.device, steady.now())
    if (isIntervalChanged) changes.emit({ org: router.org, what: "device", id: router.device })
    const refused = [...shape.rejected, ...round.rejected]
    const known =
      shape.parsed.length + shape.duplicates - round.taken.length - round.rejected.length
    count("taken", round.taken.length)
    count("known", known)
    for (const { reason } of refused) count(reason, 1)
    return { ok: true, answer: { taken: round.taken.length, known, refused }, accepted }
  }

  return {
    accept: async (router, push, address) => {
      const sent = parseSpan(push.up)
      if (sent === null)
        return { ok: false, reason: "unreadable", message: "up: not a time as RouterOS prints it" }
      const shape = parseItems(push.items)
      return await queues.run(router.device, () => storePush(router, push, sent, shape, address))
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
const nothing = (baseline: Baseline | null): Read => ({
  items: [],
  taken: [],
  rejected: [],
  queue: store.NEW_QUEUE,
  baseline,
})

/** Items that are new, in the order of their numbers -> what is stored of them. What one queue tells later has not happened earlier. */
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
    const newestMs = receivedAtMs - (fresh.length - 1 - index) // those after it are later, and none is later than now
    const guessMs = momentOf(parsed.up, sent, receivedAtMs)
    const atMs = Math.min(newestMs, seq > latestSeq ? Math.max(guessMs, latestAtMs + 1) : guessMs)
    if (atMs < receivedAtMs - keepMs) {
      rejected.push({
        seq,
        reason: "too-old",
        message: `${new Date(atMs).toISOString()} is before what is kept`,
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
