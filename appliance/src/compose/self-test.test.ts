/** The synthetic device of the health gate: detected, seen by nobody, and gone afterwards. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../test/database.ts"
import { createLive } from "../flow/live/live.ts"
import type { OrgId } from "../platform/ids.ts"
import { openSql } from "../platform/postgres/db.ts"
import type { Pool } from "../platform/postgres/pool.ts"
import { detectSyntheticFault } from "./self-test.ts"

let db: TestDatabase
let admin: Pool
before(async () => {
  db = await testDatabase()
  admin = openSql(db.superuser, { name: "test", max: 1 })
})
after(async () => {
  await admin.end()
  await db.close()
})

const TABLES = [
  "orgs.org",
  "inventory.device",
  "inventory.link",
  "agents.agent",
  "alerts.alert",
  "incidents.incident",
  "ingest.unevaluated",
  "audit.entry",
  "notify.channel",
  "notify.delivery",
  "series.ping",
]
const counts = async (): Promise<Record<string, number>> => {
  const all: Record<string, number> = {}
  for (const table of TABLES) {
    const [row] = await admin<{ count: number }[]>`
      select count(*)::int as count from ${admin(table)}`
    all[table] = row?.count ?? -1
  }
  return all
}

test("the incident reaches the live stream; operators and the database see nothing of it", async () => {
  const clock = { now: Date.now }
  const live = createLive({ clock })
  const published: string[] = []
  const errors: unknown[] = []
  const spied = {
    ...live,
    publish: ((org: OrgId, name, data) => {
      published.push(name)
      assert.notEqual(org, db.org)
      live.publish(org, name, data)
    }) satisfies typeof live.publish,
  }
  const was = await counts()
  await detectSyntheticFault(
    { dbs: db.dbs, clock, live: spied, onError: (error) => errors.push(error) },
    15_000,
  )
  assert.ok(published.includes("incident"))
  assert.deepEqual(errors, [])
  assert.deepEqual(await counts(), was)
  assert.equal(live.stats().clients, 0)
})

test("a live stream that is full fails it, with the reason", async () => {
  const clock = { now: Date.now }
  const live = { ...createLive({ clock }), stream: () => false }
  await assert.rejects(
    detectSyntheticFault({ dbs: db.dbs, clock, live, onError: () => undefined }, 15_000),
    /takes no further page/,
  )
})
