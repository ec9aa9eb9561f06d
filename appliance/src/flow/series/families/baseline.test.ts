/** What is usual at an hour of the week, from the stored hours around it. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { FAMILIES } from "@ispvm/wire/families"
import { type TestDatabase, testDatabase } from "../../../../test/database.ts"
import { ingestInto, makeAgent, makeMonitored, NOW, pingOf } from "../../../../test/make-flow.ts"
import { createSeries, readUsual } from "../series.ts"
import { hoursAround } from "./baseline-store.ts"

const HOUR_MS = 3_600_000
const HOUR = Math.floor(NOW / HOUR_MS) * HOUR_MS
let db: TestDatabase
before(async () => {
  db = await testDatabase()
})
after(() => db.close())

test("the mean and deviation are those of the hours around it in the last weeks", async () => {
  const agent = await makeAgent(db, db.org)
  const [family] = FAMILIES
  const busy = await makeMonitored(db, agent)
  const fresh = await makeMonitored(db, agent)
  for (const ms of hoursAround(HOUR)) {
    const clock = { now: () => ms + 12 * HOUR_MS }
    const series = createSeries({ jobs: db.dbs.jobs, clock })
    await db.dbs.ui.asOrg(
      db.org,
      (tx) => tx`select ispvm.run_housekeeping('premake', to_timestamp(${ms}::float8 / 1000))`,
    )
    const isOdd = Math.floor(ms / HOUR_MS) % 2 === 1
    const rttUs = isOdd ? 30_000 : 10_000
    const one = { icmp: { sent: 1, received: 1, rttUs, jitterUs: 0 } }
    // Another hour of the day has another level, and does not count.
    const other = { icmp: { sent: 1, received: 1, rttUs: 900_000, jitterUs: 0 } }
    const items = [pingOf(busy, ms + 600_000, one), pingOf(busy, ms + 6 * HOUR_MS, other)]
    await ingestInto(db, series, agent, items, ms + 7 * HOUR_MS)
    await series.runHousekeeping()
  }
  const usual = await db.dbs.ui.asOrg(db.org, (tx) =>
    readUsual(tx, db.org, family, "ping.rtt_ms", HOUR),
  )
  assert.deepEqual(
    usual?.map(({ device }) => device),
    [busy],
    `not ${fresh}, of which nothing is stored`,
  )
  const [row] = usual ?? []
  const expected = [0, 1, 2].map((n) => (Math.floor(HOUR / HOUR_MS) + n) % 2)
  const mean = expected.reduce((sum, odd) => sum + (odd === 0 ? 30 : 10), 0) / 3
  assert.ok(Math.abs((row?.mean ?? 0) - mean) < 0.1, `${row?.mean} instead of ${mean}`)
  assert.ok((row?.deviation ?? 0) > 8 && (row?.deviation ?? 0) < 12, `${row?.deviation}`)
  const none = await db.dbs.ui.asOrg(db.org, (tx) =>
    readUsual(tx, db.org, family, "ping.loss_pct", HOUR),
  )
  assert.equal(none, null)
})
