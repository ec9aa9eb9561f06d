import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { makeActor } from "../../../test/make.ts"
import { type AuditQuery, page, write } from "./audit.ts"

let db: TestDatabase
before(async () => {
  db = await testDatabase()
  await db.dbs.ui.asOrg(db.org, async (tx) => {
    const ada = { ...makeActor(db.org), email: "ada@example.net" }
    const bob = { ...makeActor(db.org), email: "Bob@example.net" }
    await write(tx, ada, "device.created", "device", "d1")
    await write(tx, bob, "device.changed", "device", "d1")
    await write(tx, bob, "site.created", "site", "s1")
    await write(tx, { system: "agent near" }, "credential.sent-to-agent", "agent", "a1")
  })
})
after(() => db.close())

const ALL: AuditQuery = { before: null, limit: 50, subject: null, id: null }
const actions = async (over: Partial<AuditQuery>) =>
  (await db.dbs.ui.asOrg(db.org, (tx) => page(tx, db.org, { ...ALL, ...over }))).items.map(
    ({ action }) => action,
  )

const CASES: readonly (readonly [string, Partial<AuditQuery>, readonly string[]])[] = [
  ["by who, in any case", { actor: "bob@" }, ["site.created", "device.changed"]],
  ["by a part of the system", { actor: "agent" }, ["credential.sent-to-agent"]],
  ["a mark of a pattern is a letter", { actor: "%" }, []],
  ["by subject", { subject: "device" }, ["device.changed", "device.created"]],
  ["by what was done", { action: "device.changed" }, ["device.changed"]],
  ["by the beginning of it", { action: "device." }, ["device.changed", "device.created"]],
  ["after a time to come", { fromMs: 4e12 }, []],
  ["before a time that is over", { toMs: 1e12 }, []],
  ["within a time", { fromMs: 1e12, toMs: 4e12, subject: "site" }, ["site.created"]],
]
for (const [name, over, expected] of CASES)
  test(`rows are found ${name}`, async () => assert.deepEqual(await actions(over), expected))

test("pages lead to older and newer rows, with the number of matches and of rows before the page", async () => {
  const get = (over: Partial<AuditQuery>) =>
    db.dbs.ui.asOrg(db.org, (tx) => page(tx, db.org, { ...ALL, limit: 3, ...over }))
  const first = await get({})
  assert.deepEqual([first.items.length, first.total, first.offset, first.previous], [3, 4, 0, null])
  const second = await get({ before: Number(first.next) })
  assert.deepEqual(
    [second.items.map(({ action }) => action), second.next, second.total, second.offset],
    [["device.created"], null, 4, 3],
  )
  const back = await get({ after: Number(second.previous) })
  assert.deepEqual(
    back.items.map(({ id }) => id),
    first.items.map(({ id }) => id),
  )
  assert.deepEqual([back.previous, back.next, back.offset], [null, first.next, 0])
  const filtered = await get({ limit: 1, actor: "bob@" })
  assert.deepEqual([filtered.items.length, filtered.total], [1, 2])
  assert.deepEqual(await get({ actor: "nobody" }), {
    items: [],
    next: null,
    previous: null,
    total: 0,
    offset: 0,
  })
})
