/**
 * What routers push about themselves: the face.
 *
 *   Push ─▶ items, each parsed on its own ─▶ [one transaction]  known? ─▶ moment ─▶ wire items ─▶ stored ─▶ ledger, state
 *
 * The ledger is written in the transaction that stores the items: what is answered as taken is durable, what comes again is known.
 */
import type { Item } from "@ispvm/agent/wire"
import type { Push, PushAnswer } from "../../api/push.ts"
import { type Clock, steadyOf } from "../../platform/clock.ts"
import type { Db, Tx } from "../../platform/db.ts"
import type { DeviceId, OrgId } from "../../platform/ids.ts"
import type { Signal } from "../../platform/signal.ts"
import { type InventoryChange, recordReports } from "../../registry/inventory/inventory.ts"
import type { Accepted } from "../ingest/accepted.ts"
import type { Baseline } from "./beat.ts"
import { firstFault, momentOf, type Parsed, parseItems, type Refused, readItem, type Shape } from "./items.ts"
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
  pushed: { readonly receivedAtMs: number; readonly make: (tx: Tx, keepMs: number) => Promise<readonly Item[]> },
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
  readonly refuse: (router: Omit<Router, "name">, reason: string, message: string) => Promise<void>
  /** Forgets what cannot come again. */
  readonly prune: (org: OrgId) => Promise<number>
}

/** Null: it has never pushed. */
export const stateOf = store.readRouter

const REFUSALS_EVERY_MS = 10_000
/** Its silence is judged by what it says itself: neither shorter than a network's own delays, nor longer than anybody would wait. */
const EVERY_LEAST_S = 10
/** Each change of it has the inventory read anew. */
const PACE_EVERY_MS = 30_000
const EVERY_MOST_S = 3_600
const expectedEvery = (everyS: number | null): number | null =>
  everyS === null ? null : Math.min(EVERY_MOST_S, Math.max(EVERY_LEAST_S, everyS))
/** Routers whose counters are kept in mind; the one longest unheard is forgotten first, and its next rates are left out. */
const BASELINES_MOST = 20_000

export const createPushes = ({ db, clock, store: storeItems, changes, count }: PushDeps): Pushes => {
  const baselines = new Map<DeviceId, Baseline>()
  const turns = new Map<DeviceId, Promise<unknown>>()
  const refusedAtMs = new Map<DeviceId, number>()
  const pacedAtMs = new Map<DeviceId, number>()
  const steady = steadyOf(clock)

  /** Pushes of one router one after another: each is compared with what the one before has counted. */
  const inTurn = async <T>(device: DeviceId, work: () => Promise<T>): Promise<T> => {
    const turn = (turns.get(device) ?? Promise.resolve()).then(work, work)
    turns.set(device, turn)
    try {
      return await turn
    } finally {
      if (turns.get(device) === turn) turns.delete(device)
    }
  }
  const remember = (device: DeviceId, baseline: Baseline | null): void => {
    if (baseline === null) return
    baselines.delete(device)
    baselines.set(device, baseline)
    for (const oldest of baselines.keys()) {
      if (baselines.size <= BASELINES_MOST) break
      baselines.delete(oldest)
    }
  }

  const take = async (router: Router, push: Push, sent: RouterSpan, shape: Shape, address: string): Promise<PushOutcome> => {
    const receivedAtMs = clock.now()
    const clockMs = parseClock(push.clock, push.gmt)
    const skewMs = clockMs === null ? null : clockMs - receivedAtMs
    let isNews = false
    let round = nothing(baselines.get(router.device) ?? null)
    const make = async (tx: Tx, keepMs: number): Promise<readonly Item[]> => {
      const place = { device: router.device, queue: push.queue, boot: push.boot }
      // Sent together, answered together: a push is many small questions, and each way there and back is waited for.
      const [was, before] = await Promise.all([store.readQueue(tx, place), store.readRouter(tx, router.org, router.device)])
      const fresh = shape.parsed.filter(({ item }) => !isKnown(was.seen, item.seq))
      round = read(place, fresh, sent, { receivedAtMs, keepMs }, was, baselines.get(router.device) ?? null)
      const known = shape.parsed.length - fresh.length + shape.doubles
      const refused = [...shape.refused, ...round.refused]
      const lost = Math.max(0, push.lost - was.lost)
      const row = { ...round.queue, lost: Math.max(push.lost, was.lost) }
      const told = { atMs: receivedAtMs, address, skewMs, taken: round.taken, known, refused, lost }
      const after = stateAfter(before ?? store.NEW_ROUTER, told)
      const isSettled = steady.now() - (pacedAtMs.get(router.device) ?? 0) >= PACE_EVERY_MS
      const beats = isSettled && round.taken.some(({ item }) => item.kind === "heartbeat")
      const isNewToQueue = round.taken.length > 0 || lost > 0
      const [news] = await Promise.all([
        beats ? recordReports(tx, router.org, router.device, expectedEvery(after.heartbeatEveryS)) : false,
        isNewToQueue ? store.writeQueue(tx, router.org, place, row, receivedAtMs) : null,
        store.writeRouter(tx, router.org, router.device, after),
      ])
      isNews = news
      return round.items
    }
    const accepted = await storeItems(router, { receivedAtMs, make })
    if (accepted === null) return { ok: false, reason: "gone", message: "There is no such router any more." }
    remember(router.device, round.baseline)
    if (isNews) pacedAtMs.set(router.device, steady.now())
    if (isNews) changes.emit({ org: router.org, what: "device", id: router.device })
    const refused = [...shape.refused, ...round.refused]
    const known = shape.parsed.length + shape.doubles - round.taken.length - round.refused.length
    count("taken", round.taken.length)
    count("known", known)
    for (const { reason } of refused) count(reason, 1)
    return { ok: true, answer: { taken: round.taken.length, known, refused }, accepted }
  }

  return {
    accept: async (router, push, address) => {
      const sent = parseSpan(push.up)
      if (sent === null) return { ok: false, reason: "unreadable", message: "up: not a time as RouterOS prints it" }
      const shape = parseItems(push.items)
      return await inTurn(router.device, () => take(router, push, sent, shape, address))
    },
    refuse: async ({ org, device }, reason, message) => {
      const nowMs = clock.now()
      if (steady.now() - (refusedAtMs.get(device) ?? 0) < REFUSALS_EVERY_MS) return
      refusedAtMs.set(device, steady.now())
      await inTurn(device, () =>
        db.asOrg(org, async (tx) => {
          const was = (await store.readRouter(tx, org, device)) ?? store.NEW_ROUTER
          await store.writeRouter(tx, org, device, { ...was, lastRefusal: { atMs: nowMs, reason, message } })
        }),
      )
    },
    prune: (org) => db.asOrg(org, (tx) => store.pruneQueues(tx, org, clock.now())),
  }
}

type Read = {
  readonly items: readonly Item[]
  readonly taken: readonly (Parsed & { readonly atMs: number })[]
  readonly refused: readonly Refused[]
  readonly queue: store.QueueRow
  readonly baseline: Baseline | null
}
const nothing = (baseline: Baseline | null): Read => ({ items: [], taken: [], refused: [], queue: store.NEW_QUEUE, baseline })

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
  const refused: Refused[] = []
  let { seen, latestSeq, latestAtMs } = was
  let last = baseline
  for (const [index, parsed] of fresh.entries()) {
    const { seq } = parsed.item
    const newestMs = receivedAtMs - (fresh.length - 1 - index) // those after it are later, and none is later than now
    const guessMs = momentOf(parsed.up, sent, receivedAtMs)
    const atMs = Math.min(newestMs, seq > latestSeq ? Math.max(guessMs, latestAtMs + 1) : guessMs)
    if (atMs < receivedAtMs - keepMs) {
      refused.push({ seq, reason: "too-old", message: `${new Date(atMs).toISOString()} is before what is kept` })
      continue
    }
    const made = readItem(place, parsed.item, atMs, last)
    const fault = firstFault(made.items)
    if (fault !== null) {
      refused.push({ seq, reason: "malformed", message: fault })
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
  return { items, taken, refused, queue: { seen, lost: was.lost, latestSeq, latestAtMs }, baseline: last }
}
