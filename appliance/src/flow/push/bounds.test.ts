/**
 * A router whose key was stolen, over the real push API: what it invents affects only itself, and
 * fills no table.
 */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { heartbeat, port, rawPushOf as pushOf } from "../../../test/make-push.ts"
import { openRig, type PushRig } from "../../../test/push-rig.ts"
import type { KnownRouter } from "../../listeners/routers/push-key-cache.ts"
import { stateOf } from "./push.ts"

let db: TestDatabase
let rig: PushRig
before(async () => {
  db = await testDatabase()
  rig = await openRig(db)
})
after(async () => {
  await rig.close()
  await db.close()
})

const state = (router: KnownRouter) =>
  db.dbs.ui.asOrg(db.org, (tx) => stateOf(tx, db.org, router.device))
/** As slowly as its key may. */
const push = (key: string, items: readonly unknown[], over: object = {}) => {
  rig.clock.aheadMs += 1_000
  return rig.send({ key, body: pushOf(items, over) })
}

test("ports with new names in every heartbeat stop at a limit; existing ports go on", async () => {
  const { key, router } = await rig.router()
  const ports = () =>
    db.dbs.ui.asOrg(
      db.org,
      (tx) =>
        tx<
          { name: string }[]
        >`select name from inventory.interface where device_id = ${router.device}`,
    )
  for (let round = 1; round <= 8; round += 1) {
    const made = Array.from({ length: 250 }, (_, index) => port({ name: `p${round}-${index}` }))
    const { json } = await push(key, [heartbeat(round, { ports: [port(), ...made] })])
    assert.deepEqual(json, { taken: 1, known: 0, refused: [] })
  }
  const known = await ports()
  assert.ok(known.length >= 1_000 && known.length <= 1_300, `${known.length} ports`)
  assert.ok(known.some(({ name }) => name === "ether1"))
  const [last] = await db.dbs.ui.asOrg(
    db.org,
    (tx) => tx<{ ageMs: number }[]>`
      select (${rig.clock.now()} - extract(epoch from l.ts) * 1000)::float8 as "ageMs"
      from series.interface_last l join inventory.interface i on i.id = l.interface_id
      where i.device_id = ${router.device} and i.name = 'ether1'`,
  )
  assert.ok(
    (last?.ageMs ?? Number.POSITIVE_INFINITY) < 1_000,
    `ether1 was last updated ${last?.ageMs} ms ago`,
  )
})

test("endless new netwatch names do not create endless series, and their row stays small", async () => {
  const { key, router } = await rig.router()
  const long = "x".repeat(500)
  for (let round = 0; round < 8; round += 1) {
    const items = Array.from({ length: 50 }, (_, index) => ({
      seq: round * 50 + index + 1,
      up: "1h",
      kind: "watch",
      name: `w${round}-${index} ${long}`,
      host: long,
      type: "icmp",
      because: "test",
      state: "up",
      loss: 1,
    }))
    assert.equal((await push(key, items)).json.taken, 50)
  }
  const [row] = await db.dbs.ui.asOrg(
    db.org,
    (tx) => tx<{ sensors: number; bytes: number }[]>`
      select (select count(*)::int from series.entity s join inventory.device d on d.key = s.device_key where d.id = ${router.device}) as sensors,
        (select length(netwatch::text) from push.router where device_id = ${router.device}) as bytes`,
  )
  assert.equal(row?.sensors, 200)
  assert.ok((row?.bytes ?? 0) < 60_000, `${row?.bytes} bytes`)
})

test("an absurdly large count of lost items does not stop later pushes from being accepted", async () => {
  const { key, router } = await rig.router()
  for (let boot = 0; boot < 3; boot += 1) {
    const { status } = await push(key, [], { boot: `b${boot}`, lost: Number.MAX_SAFE_INTEGER })
    assert.equal(status, 200)
  }
  assert.ok(Number.isSafeInteger((await state(router))?.lost))
})

test("a router is called missing neither within seconds nor only after days, whatever interval it reports", async () => {
  const { key, router } = await rig.router()
  const expected = async (every: number, seq: number) => {
    rig.clock.aheadMs += 30_000
    assert.equal((await push(key, [heartbeat(seq, { every })])).json.taken, 1)
    const [row] = await db.dbs.ui.asOrg(
      db.org,
      (tx) =>
        tx<
          { s: number }[]
        >`select reports_every_s as s from inventory.device where id = ${router.device}`,
    )
    return row?.s
  }
  assert.deepEqual(
    [await expected(1, 1), await expected(60, 2), await expected(86_400, 3)],
    [10, 60, 3_600],
  )
})

test("a router that changes its identity and interval with every push does not reload the inventory each time", async () => {
  const { key, router } = await rig.router()
  const names = async (): Promise<string[]> => {
    const [row] = await db.dbs.ui.asOrg(
      db.org,
      (tx) =>
        tx<
          { identity: string; s: number }[]
        >`select identity, reports_every_s as s from inventory.device where id = ${router.device}`,
    )
    return [row?.identity ?? "", String(row?.s)]
  }
  const hello = (seq: number, identity: string) => ({
    seq,
    up: "1h",
    kind: "hello",
    version: "7",
    identity,
    done: [],
    failed: [],
  })
  const seen = new Set<string>()
  for (let seq = 1; seq <= 12; seq += 2) {
    const items = [
      heartbeat(seq, { identity: `gw-${seq}`, every: 60 + seq }),
      hello(seq + 1, `hello-${seq}`),
    ]
    assert.equal((await push(key, items)).json.taken, 2)
    seen.add((await names()).join(" "))
  }
  assert.deepEqual([...seen], ["gw-1 61"])
  rig.clock.aheadMs += 31_000
  await push(key, [heartbeat(20, { identity: "gw", every: 30 })])
  assert.deepEqual(await names(), ["gw", "30"])
})
