import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { FAMILIES } from "@ispvm/wire/families"
import { type TestDatabase, testDatabase } from "../../../../test/database.ts"
import {
  healthOf,
  ingestInto,
  makeAgent,
  makeMonitored,
  NOW,
  pingOf,
  sensorOf,
} from "../../../../test/make-flow.ts"
import { fieldErrorsOf } from "../../../api/field-messages.ts"
import { seriesQuery } from "../../../api/series.ts"
import { textOf } from "../../../messages/text.ts"
import type { Tx } from "../../../platform/postgres/db.ts"
import type { AgentIdentity } from "../../ingest/ingest.ts"
import { createSeries } from "../series.ts"

const MINUTE = 60_000
let db: TestDatabase
let agent: AgentIdentity
let tooMany = 0
const clock = { at: NOW, now: () => clock.at }
const open = () =>
  createSeries({
    jobs: db.dbs.jobs,
    clock,
    onTooManyNames: (samples) => {
      tooMany += samples
    },
  })
const asOrg = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => db.dbs.ui.asOrg(db.org, work)
before(async () => {
  db = await testDatabase()
  agent = await makeAgent(db, db.org)
})
after(() => db.close())

test("whichever metrics are asked for, the statement is the same", async () => {
  const device = await makeMonitored(db, agent)
  const series = open()
  await ingestInto(db, series, agent, [healthOf(device, NOW - 1_000, { cpuRatio: 0.5 })])
  const span = { device, family: "health", fromMs: NOW - MINUTE, toMs: NOW, points: 60 }
  await asOrg(async (tx) => {
    const statements = async () =>
      (await tx<{ n: number }[]>`select count(*)::int as n from pg_prepared_statements`)[0]?.n
    const read = async (metrics?: readonly string[]) => {
      const { items, units } = await series.read(tx, db.org, { ...span, metrics })
      assert.deepEqual(Object.keys(units), Object.keys(items[0]?.columns ?? {}))
      return Object.keys(units)
    }
    assert.ok((await read()).length > 5)
    await statements()
    const prepared = await statements()
    assert.deepEqual(await read(["device.cpu_pct"]), ["device.cpu_pct"])
    assert.deepEqual(await read(["device.memory_pct"]), ["device.memory_pct"])
    assert.ok(prepared !== undefined && prepared > 1)
    assert.equal(await statements(), prepared)
  })
})

test("the latest loss is that of the clock minute and the one before, not of a single probe", async () => {
  const device = await makeMonitored(db, agent)
  const series = open()
  const minute = Math.floor(NOW / MINUTE) * MINUTE
  const lost = { answers: false, icmp: { sent: 1, received: 0, rttUs: null, jitterUs: null } }
  const earlier = Array.from({ length: 9 }, (_, s) => pingOf(device, minute - (s + 1) * 1_000))
  await ingestInto(db, series, agent, [...earlier, pingOf(device, minute + 500, lost)])
  const [latest] = await asOrg((tx) => series.latest(tx, db.org, device, "ping"))
  assert.equal(latest?.values["ping.sent"], 10)
  assert.equal(latest?.values["ping.received"], 9)
  assert.equal(Math.round(Number(latest?.values["ping.loss_pct"])), 10)
})

test("samples of names beyond a device's limit are counted", async () => {
  const device = await makeMonitored(db, agent)
  const series = open()
  await asOrg(
    async (tx) => tx`
      insert into series.entity (org_id, device_key, family, name, unit)
      select ${db.org}, key, 'sensor', 'known ' || n, 'V'
      from inventory.device cross join generate_series(1, 19999) n where id = ${device}`,
  )
  tooMany = 0
  const names = ["a", "b", "c"]
  await ingestInto(
    db,
    series,
    agent,
    names.flatMap((sensor) => [
      sensorOf(device, NOW - 2_000, sensor, "V", 1),
      sensorOf(device, NOW - 1_000, sensor, "V", 2),
    ]),
  )
  assert.equal(tooMany, 4)
  const latest = await asOrg((tx) => series.latest(tx, db.org, device, "sensor"))
  assert.deepEqual(
    latest.map(({ name }) => name),
    ["a"],
  )
})

test("a metric that the family does not have is named, and so are those that it has", () => {
  const input = { family: "ping", from: "0", to: "1", metrics: "ping.rtt_ms,ping.rtt" }
  const { error } = seriesQuery(FAMILIES).safeParse(input)
  const [found] = error === undefined ? [] : fieldErrorsOf(error, input)
  assert.equal(found?.path, "metrics")
  assert.equal(
    found === undefined ? "" : textOf(found),
    "family ping has no metric “ping.rtt”. It has device.up, ping.sent, ping.received, ping.rtt_ms, ping.jitter_ms, ping.loss_pct",
  )
  const fine = seriesQuery(FAMILIES).parse({ ...input, metrics: "ping.rtt_ms,ping.loss_pct" })
  assert.deepEqual(fine.metrics, ["ping.rtt_ms", "ping.loss_pct"])
})
