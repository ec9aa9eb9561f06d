import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import {
  healthOf,
  ingestInto,
  interfaceOf,
  makeAgent,
  makeMonitored,
  NOW,
} from "../../../test/make-flow.ts"
import type { AgentIdentity } from "../ingest/ingest.ts"
import { createSeries } from "./series.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
let db: TestDatabase
let agent: AgentIdentity
before(async () => {
  db = await testDatabase()
  agent = await makeAgent(db, db.org)
})
after(() => db.close())

test("the latest values are shown for 15 minutes, or for three polls that are further apart", async () => {
  const clock = { at: NOW, now: () => clock.at }
  const polled = { interfaceMs: 10_000, healthMs: 10_000 }
  const series = createSeries({
    jobs: db.dbs.jobs,
    clock,
    pollIntervals: async () => polled,
  })
  const device = await makeMonitored(db, agent)
  const other = await makeMonitored(db, agent)
  await ingestInto(db, series, agent, [
    interfaceOf(device, NOW, "ether1", { rxBps: 5, txBps: 7 }),
    healthOf(device, NOW, { cpuRatio: 0.5 }),
  ])
  await db.dbs.ui.asOrg(
    db.org,
    (tx) => tx`
      insert into inventory.link (org_id, a_device_id, a_interface, b_device_id)
      values (${db.org}, ${device}, 'ether1', ${other})`,
  )
  const shown = () =>
    db.dbs.ui.asOrg(db.org, async (tx) => {
      const [now] = await series.devicesNow(tx, db.org, device)
      const [link] = await series.linksNow(tx, db.org)
      return [now?.rxBps ?? null, now?.cpuPct ?? null, link?.aToBBps ?? null]
    })
  clock.at = NOW + 14 * MINUTE
  assert.deepEqual(await shown(), [5, 50, 7])
  clock.at = NOW + HOUR
  assert.deepEqual(await shown(), [null, null, null])
  polled.interfaceMs = HOUR
  assert.deepEqual(await shown(), [5, null, 7])
  polled.healthMs = 24 * HOUR
  clock.at = NOW + 4 * HOUR
  assert.deepEqual(await shown(), [null, 50, null])
})
