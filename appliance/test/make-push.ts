/** Pushes of a router, for tests of their evaluation, and the module that stores them. */
import assert from "node:assert/strict"
import { Push, PushAnswer } from "@ispvm/wire/push"
import { createEvents } from "../src/flow/events/events.ts"
import { createIngest, type IngestDeps } from "../src/flow/ingest/ingest.ts"
import type { Accepted } from "../src/flow/ingest/model.ts"
import { createPushes, type Pushes, type Router } from "../src/flow/push/push.ts"
import { createSeries } from "../src/flow/series/series.ts"
import type { Clock } from "../src/platform/clock.ts"
import { DeviceId, type OrgId } from "../src/platform/ids.ts"
import type { InventoryChange } from "../src/registry/inventory/inventory.ts"
import type { TestDatabase } from "./database.ts"
import { makeActor, makeDevice, makeInventory } from "./make.ts"

type Options = {
  /** Runs after series and events, in the same transaction. */
  readonly writer?: IngestDeps["writers"][number]
  readonly onChange?: (change: InventoryChange) => void
}
/** Stores what is accepted, in the real tables. Nothing is in memory, as after a start. */
export const makePushes = (
  { dbs }: TestDatabase,
  clock: Clock,
  { writer = async () => undefined, onChange = () => undefined }: Options = {},
): Pushes => {
  const series = createSeries({ jobs: dbs.jobs, clock })
  const events = createEvents({ db: dbs.jobs, clock })
  const ingest = createIngest({
    db: dbs.ingest,
    clock,
    changes: { emit: () => undefined, on: () => () => undefined },
    writers: [series.write, events.write, writer],
    counters: { items: () => undefined, batch: () => undefined },
  })
  return createPushes({
    db: dbs.ingest,
    clock,
    store: ingest.push,
    changes: { emit: onChange, on: () => () => undefined },
    count: () => undefined,
  })
}

/** As a router sends it; `over` may make it invalid. */
export const rawPushOf = (items: readonly unknown[], over: object = {}) => ({
  v: 1,
  queue: "watch",
  boot: "b1",
  up: "01:00:00",
  clock: "2024-03-01 13:13:32",
  gmt: "0",
  lost: 0,
  items,
  ...over,
})
export const pushOf = (items: readonly unknown[], over: object = {}): Push =>
  Push.parse(rawPushOf(items, over))
export const link = (seq: number, over: object = {}) => ({
  seq,
  up: "01:00:00",
  kind: "link",
  name: "ether1",
  state: "down",
  ...over,
})
export const heartbeat = (seq: number, over: object = {}) => ({
  seq,
  up: "01:00:00",
  kind: "heartbeat",
  every: 60,
  cpu: "7",
  memFree: "100",
  memTotal: 400,
  diskFree: 1,
  diskTotal: 2,
  sessions: null,
  identity: "gw",
  version: "7.18.2 (stable)",
  board: "hEX",
  ports: [port()],
  ...over,
})
export const port = (over: object = {}) => ({
  name: "ether1",
  running: true,
  disabled: false,
  rx: "1000",
  tx: "2000",
  rxp: 10,
  txp: 20,
  err: 0,
  drop: 0,
  ...over,
})

export const makeRouter = async (db: TestDatabase, org: OrgId = db.org): Promise<Router> => {
  const { id } = await makeInventory(db).createDevice(makeActor(org), makeDevice())
  return { org, device: DeviceId.parse(id), name: "r" }
}
export const acceptPush = async (
  pushes: Pushes,
  router: Router,
  push: Push,
): Promise<{ answer: PushAnswer; accepted: Accepted }> => {
  const outcome = await pushes.accept(router, push, "192.0.2.7")
  assert.ok(outcome.ok, JSON.stringify(outcome))
  return { answer: PushAnswer.parse(outcome.answer), accepted: outcome.accepted }
}
