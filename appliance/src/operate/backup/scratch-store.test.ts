/** The scratch database of a verification goes away, whatever else is connected to it. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { setTimeout as delay } from "node:timers/promises"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import type { Connection } from "../../platform/postgres/database-url.ts"
import { openSession } from "../../platform/postgres/session.ts"
import { quoteName } from "../../platform/postgres/sql.ts"
import { openScratch, scratchName } from "./scratch-store.ts"

/** Longer than Postgres itself waits for a session to end. */
const HELD_MS = 7_000
let db: TestDatabase
let admin: Connection
before(async () => {
  db = await testDatabase()
  const role = `backup_of_${db.owner.database}`
  const session = await openSession(db.superuser, { name: "test" })
  await session.tx.unsafe(`create role ${role} login createdb password 'of-the-test'`)
  await session.tx.unsafe(`grant ${quoteName(db.owner.user)} to ${role}`)
  await session.end()
  admin = { ...db.superuser, user: role, password: "of-the-test" }
})
after(() => db.close())

const connectTo = (connection: Connection) =>
  openSession({ ...connection, database: scratchName(db.owner.database) }, { name: "other" })
const isThere = async (): Promise<boolean> => {
  const session = await openSession(db.superuser, { name: "test" })
  const rows = await session.tx`
    select from pg_database where datname = ${scratchName(db.owner.database)}`
  await session.end()
  return rows.length > 0
}

test("one that a backup has left, with its session, is made again", async () => {
  const left = await openScratch(admin, { ...db.owner })
  const { session, drop } = await openScratch(admin, { ...db.owner })
  await assert.rejects(left.session.tx`select 1`)
  await session.end()
  await drop()
  assert.equal(await isThere(), false)
})

test("a session of a superuser in it, which no other role may end, is waited for", async () => {
  const { session, drop } = await openScratch(admin, { ...db.owner })
  await session.end()
  const worker = await connectTo(db.superuser)
  const dropped = drop()
  await delay(HELD_MS)
  assert.equal(await isThere(), true)
  await worker.end()
  await dropped
  assert.equal(await isThere(), false)
})
