import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { setTimeout as wait } from "node:timers/promises"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { makeActor } from "../../../test/make.ts"
import { createDenials, MAX_ROWS } from "./denials.ts"

let db: TestDatabase
before(async () => {
  db = await testDatabase()
})
after(() => db.close())

const rows = async (email: string) =>
  db.dbs.ui.asOrg(
    db.org,
    (tx) => tx<{ id: string; detail: { suppressed?: number; permission: string; role: string } }[]>`
      select subject_id as id, detail from audit.entry where action = 'permission.denied' and actor = ${email} order by entry.id`,
  )
const until = async (email: string, count: number) => {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = await rows(email)
    if (found.length >= count) return found
    await wait(20)
  }
  return await rows(email)
}

test("a denial is recorded once per route in ten minutes, a few per account, and the rest are counted", async () => {
  let nowMs = 0
  const denied = createDenials({
    db: db.dbs.ui,
    clock: { now: () => nowMs },
    onError: assert.ifError,
  })
  const actor = { ...makeActor(db.org), role: "operator" as const, email: "script@example.net" }
  const deny = (path: string) =>
    denied(actor, { method: "POST", path, permission: "accounts:write", code: "forbidden" })
  for (let n = 0; n < 500; n += 1) deny("/accounts")
  assert.equal((await until(actor.email, 1)).length, 1)
  for (let n = 0; n < 500; n += 1) deny(`/made-up-${n}`)
  assert.equal((await until(actor.email, MAX_ROWS)).length, MAX_ROWS)
  nowMs += 10 * 60_000 + 1
  deny("/accounts")
  const all = await until(actor.email, MAX_ROWS + 1)
  const last = all.at(-1)
  assert.deepEqual(
    [last?.id, last?.detail.permission, last?.detail.role],
    ["POST /accounts", "accounts:write", "operator"],
  )
  const suppressed = all.reduce((sum, { detail }) => sum + (detail.suppressed ?? 0), 0)
  assert.equal(suppressed, 499 + 500 - (MAX_ROWS - 1))
})
