import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { Push } from "@ispvm/wire/push"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { NOW } from "../../../test/make-flow.ts"
import {
  acceptPush,
  makeRouter as createRouter,
  heartbeat,
  makePushes,
  port,
  pushOf,
} from "../../../test/make-push.ts"
import type { InventoryChange } from "../../registry/inventory/inventory.ts"
import { type Pushes, type Router, type RouterState, stateOf } from "./push.ts"

let db: TestDatabase
let pushes: Pushes
const clock = { nowMs: NOW, now: () => clock.nowMs }
const changed: InventoryChange[] = []

const makeRouter = () => createRouter(db)
const accept = (router: Router, push: Push) => acceptPush(pushes, router, push)
const state = (router: Router): Promise<RouterState | null> =>
  db.dbs.ui.asOrg(router.org, (tx) => stateOf(tx, router.org, router.device))

before(async () => {
  db = await testDatabase()
  pushes = makePushes(db, clock, { onChange: (change) => changed.push(change) })
})
after(() => db.close())

test("heartbeats become health, ports with rates, and facts where they changed; counters start again after a restart", async () => {
  const router = await makeRouter()
  const at = (minute: number) => `01:${String(minute).padStart(2, "0")}:00`
  const send = async (minute: number, rx: number, more: object = {}) => {
    clock.nowMs = NOW + minute * 60_000
    const ports = [port({ rx: String(rx) }), port({ name: "<pppoe-anna>" }), port({ name: "" })]
    const item = heartbeat(minute + 1, { up: at(minute), ports, ...more })
    return (await accept(router, pushOf([item], { queue: "heartbeat", up: at(minute) }))).accepted
  }
  const first = await send(0, 1_000)
  assert.deepEqual(
    [first.health[0]?.memoryUsedByte, first.health[0]?.cpuRatio, first.health[0]?.uptimeS],
    [300, 0.07, 3_600],
  )
  assert.deepEqual(
    first.interfaces.map((sample) => [sample.interface, sample.rxBps]),
    [["ether1", null]],
  )
  assert.equal(first.facts[0]?.identity, "gw")
  const second = await send(1, 7_500_000 + 1_000)
  assert.equal(Math.round((second.interfaces[0]?.rxBps ?? 0) / 10_000), 100)
  assert.deepEqual(second.facts, [])
  assert.equal((await send(2, 7_501_000, { identity: "gw2" })).facts[0]?.identity, "gw2")
  pushes = makePushes(db, clock, { onChange: (change) => changed.push(change) })
  const after = await send(3, 7_600_000)
  assert.equal(after.interfaces[0]?.rxBps, null)
  clock.nowMs = NOW
  const now = await state(router)
  assert.deepEqual([now?.heartbeatEveryS, now?.lastHeartbeatAtMs !== null], [60, true])
  // Missing reports can be noticed from the first one on; that is announced once, whatever comes
  // later.
  assert.deepEqual(
    changed.filter(({ id }) => id === router.device),
    [{ org: db.org, what: "device", id: router.device }],
  )
})

test("a heartbeat that arrives out of order does not distort rates", async () => {
  const router = await makeRouter()
  const ports = (rx: number) => [port({ rx })]
  await accept(
    router,
    pushOf([heartbeat(2, { up: "01:00:00", ports: ports(1_000_000) })], { up: "01:00:00" }),
  )
  await accept(
    router,
    pushOf([heartbeat(1, { up: "00:59:00", ports: ports(10) })], { up: "01:00:01" }),
  )
  clock.nowMs += 60_000
  const { accepted } = await accept(
    router,
    pushOf([heartbeat(3, { up: "01:01:00", ports: ports(1_000_000 + 7_500) })], { up: "01:01:00" }),
  )
  clock.nowMs = NOW
  assert.equal(Math.round(accepted.interfaces[0]?.rxBps ?? 0), 1_000)
})
