import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, before, test } from "node:test"
import type { Push } from "@ispvm/wire/push"
import fc from "fast-check"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { makeOrg, NOW } from "../../../test/make-flow.ts"
import {
  acceptPush,
  makeRouter as createRouter,
  heartbeat,
  link,
  makePushes,
  pushOf,
} from "../../../test/make-push.ts"
import { DeviceId, type OrgId } from "../../platform/ids.ts"
import type { InventoryChange } from "../../registry/inventory/inventory.ts"
import { type Pushes, type Router, type RouterState, stateOf } from "./push.ts"

let db: TestDatabase
let pushes: Pushes
const clock = { nowMs: NOW, now: () => clock.nowMs }
const crash = { next: false }
const changed: InventoryChange[] = []

/** As after a start: nothing in memory. */
const start = (): Pushes =>
  makePushes(db, clock, {
    writer: async () => {
      if (!crash.next) return
      crash.next = false
      throw new Error("the lights went out")
    },
    onChange: (change) => changed.push(change),
  })
const makeRouter = (org?: OrgId) => createRouter(db, org)
const accept = (router: Router, push: Push) => acceptPush(pushes, router, push)
type EventRow = {
  id: string
  name: string
  at: number
  message: string
  source: string
  interface: string | null
  agent: string | null
}
const eventsOf = (router: Router): Promise<EventRow[]> =>
  db.dbs.ui.asOrg(
    router.org,
    (tx) => tx<EventRow[]>`
      select id, name, (extract(epoch from at) * 1000)::float8 as at, message, source, interface, agent_id as agent
      from events.event where device_id = ${router.device} order by at, id`,
  )
const state = (router: Router): Promise<RouterState | null> =>
  db.dbs.ui.asOrg(router.org, (tx) => stateOf(tx, router.org, router.device))

before(async () => {
  db = await testDatabase()
  pushes = start()
})
after(() => db.close())

test("what a router reports becomes its own event, without an agent, in a sentence", async () => {
  const router = await makeRouter()
  const { answer, accepted } = await accept(
    router,
    pushOf([
      link(1, { up: "00:59:30" }),
      {
        seq: 2,
        up: "00:59:40",
        kind: "peer",
        protocol: "bgp",
        name: "up-1",
        address: "10.0.0.1",
        state: "down",
        detail: "",
      },
      { seq: 3, up: "00:59:50", kind: "sessions", count: "40", was: "812" },
      {
        seq: 4,
        up: "00:59:55",
        kind: "watch",
        name: "dns",
        host: "9.9.9.9",
        type: "icmp",
        because: "change",
        state: "down",
        loss: 100,
      },
      {
        seq: 5,
        up: "01:00:00",
        kind: "hello",
        version: "7.18.2",
        identity: "gw",
        done: ["user"],
        failed: ["snmp: no such menu"],
      },
    ]),
  )
  assert.deepEqual(answer, { taken: 5, known: 0, refused: [] })
  assert.deepEqual([accepted.agent, accepted.router], [null, router.device])
  const events = await eventsOf(router)
  assert.deepEqual(
    events.map(({ name, message }) => [name, message]),
    [
      ["link-down", "ether1 lost its link"],
      ["peer-down", "BGP neighbour up-1 (10.0.0.1) is down"],
      ["sessions-changed", "PPP sessions fell from 812 to 40"],
      ["watch-down", "Netwatch host dns (9.9.9.9) is down, 100 % of its probes lost"],
      ["reported-in", "Onboarding script ran: 1 part done. 1 failed: snmp: no such menu."],
    ],
  )
  assert.ok(events.every(({ source, agent }) => source === "push" && agent === null))
  assert.equal(events[0]?.interface, "ether1")
  assert.equal(events[0]?.at, NOW - 29_000)
  assert.deepEqual(
    accepted.others.map((sample) => ("sensor" in sample ? sample.sensor : null)),
    ["watch dns loss"],
  )
  const now = await state(router)
  assert.deepEqual(now?.netwatch, [
    { name: "dns", host: "9.9.9.9", state: "down", sinceMs: NOW - 4_000 },
  ])
  assert.deepEqual(now?.hello?.failed, ["snmp: no such menu"])
  assert.equal(now?.lastAddress, "192.0.2.7")
  assert.equal(now?.clockSkewMs, Date.UTC(2024, 2, 1, 13, 13, 32) - NOW)
})

test("a repeated push is recognized, stored once and answered alike, also after a restart", async () => {
  const router = await makeRouter()
  const push = pushOf([link(1), link(2, { state: "up" }), { seq: 3, kind: "nonsense" }])
  const first = await accept(router, push)
  assert.equal(first.answer.taken, 2)
  const before = await eventsOf(router)
  for (const again of [pushes, start()]) {
    pushes = again
    const { answer, accepted } = await accept(router, push)
    assert.deepEqual(answer, { taken: 0, known: 2, refused: first.answer.refused })
    assert.deepEqual(accepted.events, [])
  }
  assert.deepEqual(await eventsOf(router), before)
  const now = await state(router)
  assert.deepEqual([now?.accepted, now?.duplicates, now?.rejected], [2, 4, 3])
})

test("in whatever order and however often pushes come, each item is stored once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 10 }), {
        minLength: 1,
        maxLength: 8,
      }),
      async (contents) => {
        const router = await makeRouter()
        const made = contents.map((seqs) => pushOf([...new Set(seqs)].map((seq) => link(seq))))
        await Promise.all(made.map((push) => accept(router, push)))
        assert.equal((await eventsOf(router)).length, new Set(contents.flat()).size)
      },
    ),
    { numRuns: 15 },
  )
})

test("the same number at once by two processes is stored once", async () => {
  const router = await makeRouter()
  const push = pushOf([link(1)])
  const [one, other] = await Promise.all(
    [start(), start()].map((each) => each.accept(router, push, "")),
  )
  assert.ok(one?.ok === true && other?.ok === true)
  assert.equal(one.answer.taken + other.answer.taken, 1)
  assert.equal(one.answer.known + other.answer.known, 1)
  assert.equal((await eventsOf(router)).length, 1)
})

test("another queue, another boot and another router are counted separately", async () => {
  const [router, other] = [await makeRouter(), await makeRouter()]
  for (const over of [{}, { queue: "netwatch" }, { boot: "b2" }])
    assert.equal((await accept(router, pushOf([link(1)], over))).answer.taken, 1)
  assert.equal((await accept(other, pushOf([link(1)]))).answer.taken, 1)
  assert.equal((await eventsOf(router)).length, 3)
  assert.equal((await eventsOf(other)).length, 1)
})

test("what one queue reports later did not happen earlier, however uptimes are rounded", async () => {
  const router = await makeRouter()
  await accept(router, pushOf([link(1, { up: "00:59:59.900" })], { up: "00:59:59.950" }))
  clock.nowMs += 100
  // In whole seconds alone, the second one would be a second before the first.
  await accept(router, pushOf([link(2, { up: "00:59:58.100", state: "up" })], { up: "01:00:00" }))
  clock.nowMs = NOW
  const [first, second] = await eventsOf(router)
  assert.deepEqual([first?.name, second?.name], ["link-down", "link-up"])
})

test("items of the same second keep their order and none is in the future", async () => {
  const router = await makeRouter()
  const states = ["down", "up", "down", "up"]
  await accept(
    router,
    pushOf(states.map((to, index) => link(index + 1, { state: to, up: "02:00:00" }))),
  )
  const events = await eventsOf(router)
  assert.deepEqual(
    events.map(({ name }) => name),
    states.map((to) => `link-${to}`),
  )
  assert.ok(events.every(({ at }) => at <= NOW))
})

test("a bad item costs only itself, and is named", async () => {
  const router = await makeRouter()
  const { answer } = await accept(
    router,
    pushOf([
      link(1),
      link(2, { name: "a\0b" }),
      link(3, { name: "half \ud800" }),
      link(4, { up: "soon" }),
      link(5, { state: "sideways" }),
      link(6, { extra: 1 }),
      { kind: "link" },
      "text",
      link(7),
      link(7),
      link(7, { state: "up" }),
      heartbeat(8, { memTotal: "99999999999999999999" }),
      heartbeat(9, { cpu: 101 }),
      link(10, { name: "x".repeat(513) }),
      null,
    ]),
  )
  assert.equal(answer.taken, 2)
  assert.equal(answer.known, 1)
  assert.deepEqual(
    answer.refused.map(({ seq, reason }) => `${seq} ${reason}`),
    [
      "2 malformed",
      "3 malformed",
      "4 malformed",
      "5 malformed",
      "6 malformed",
      "null malformed",
      "null malformed",
      "7 conflict",
      "8 malformed",
      "9 malformed",
      "10 malformed",
      "null malformed",
    ],
  )
  assert.match(answer.refused[2]?.message ?? "", /^up: not a time/)
  assert.equal((await state(router))?.lastRejection?.reason, "malformed")
})

test("an item older than the retention is rejected for that reason", async () => {
  const router = await makeRouter()
  const { answer } = await accept(
    router,
    pushOf([link(1, { up: "1d" }), link(2, { up: "9w6d" })], { up: "10w" }),
  )
  assert.deepEqual(
    answer.refused.map(({ seq, reason }) => [seq, reason]),
    [[1, "too-old"]],
  )
  assert.equal(answer.taken, 1)
})

test("a crash before the commit stores nothing, and the repeated push is accepted", async () => {
  const router = await makeRouter()
  crash.next = true
  await assert.rejects(pushes.accept(router, pushOf([link(1)]), ""), /the lights went out/)
  assert.equal((await eventsOf(router)).length, 0)
  assert.equal(await state(router), null)
  assert.equal((await accept(router, pushOf([link(1)]))).answer.taken, 1)
})

test("what a router dropped from its full queue is counted once", async () => {
  const router = await makeRouter()
  await accept(router, pushOf([link(9)], { lost: 8 }))
  await accept(router, pushOf([link(9)], { lost: 8 }))
  await accept(router, pushOf([link(12)], { lost: 10 }))
  assert.equal((await state(router))?.lost, 10)
})

test("a router that was removed meanwhile, or is another organisation's, writes nothing", async () => {
  const other = await makeOrg(db, `other-${randomUUID()}`)
  const theirs = await makeRouter(other)
  const gone: Router = { org: db.org, device: DeviceId.parse(randomUUID()), name: "gone" }
  for (const router of [gone, { ...theirs, org: db.org }]) {
    const outcome = await pushes.accept(router, pushOf([link(1)]), "")
    assert.ok(!outcome.ok && outcome.reason === "gone")
  }
  assert.equal((await eventsOf(theirs)).length, 0)
})

test("an unreadable uptime is reported, and nothing is stored", async () => {
  const router = await makeRouter()
  const outcome = await pushes.accept(router, pushOf([link(1)], { up: "a while" }), "")
  assert.ok(!outcome.ok && outcome.reason === "unreadable")
  await pushes.recordRejection(router, "malformed", outcome.message)
  assert.equal(
    (await state(router))?.lastRejection?.message,
    "up: not a time as RouterOS prints it",
  )
})

test("the ledger keeps the last 64 boots of a router", async () => {
  const router = await makeRouter()
  for (let boot = 1; boot <= 70; boot += 1) {
    clock.nowMs = NOW + boot
    await accept(router, pushOf([link(1)], { boot: `b${boot}` }))
  }
  await pushes.prune(db.org)
  clock.nowMs = NOW
  assert.equal((await accept(router, pushOf([link(1)], { boot: "b70" }))).answer.known, 1)
  const [row] = await db.dbs.ui.asOrg(
    db.org,
    (tx) =>
      tx<
        { n: number }[]
      >`select count(*)::int as n from push.ledger where device_id = ${router.device}`,
  )
  assert.equal(row?.n, 64)
})

test("whatever JSON comes as items, the answer accounts for each and nothing fails", async () => {
  const router = await makeRouter()
  const text = fc.oneof(fc.string({ unit: "binary", maxLength: 20 }), fc.string({ maxLength: 20 }))
  const fields = fc.record(
    {
      seq: fc.oneof(fc.integer({ min: -1, max: 40 }), fc.double()),
      up: fc.constantFrom("00:00:01", "1w", "x"),
      kind: fc.constantFrom("link", "watch", "hello", "peer"),
      name: text,
      state: fc.constantFrom("up", "down", "x"),
      version: text,
      identity: text,
      done: fc.array(text, { maxLength: 2 }),
      failed: fc.array(text, { maxLength: 2 }),
      address: text,
      detail: text,
      protocol: fc.constantFrom("bgp", "ospf"),
      host: text,
      type: text,
      because: fc.constantFrom("change", "test"),
    },
    { requiredKeys: ["seq", "kind", "up"] },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.jsonValue(), fields), { maxLength: 12 }),
      fc.nat(9),
      async (items, boot) => {
        const { answer } = await accept(router, pushOf(items, { boot: `b${boot}` }))
        assert.equal(answer.taken + answer.known + answer.refused.length, items.length)
      },
    ),
    { numRuns: 60 },
  )
})
