import assert from "node:assert/strict"
import { after, before, beforeEach, test } from "node:test"
import { FAMILIES } from "@ispvm/wire/families"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import {
  healthOf,
  ingestInto,
  interfaceOf,
  makeAgent,
  makeMonitored,
  makeOrg,
  NOW,
  pingOf,
  sensorOf,
} from "../../../test/make-flow.ts"
import { storedSeries } from "../../../test/series-storage.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { AgentIdentity } from "../ingest/ingest.ts"
import { createSeries, type Series } from "./series.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE

let db: TestDatabase
let agent: AgentIdentity
let series: Series
const clock = { at: NOW, now: () => clock.at }
const asOrg = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => db.dbs.ui.asOrg(db.org, work)
const write = (items: readonly object[], by = agent) => ingestInto(db, series, by, items)
const read = (device: string, family: string, fromMs: number, toMs: number, over: object = {}) =>
  asOrg((tx) => series.read(tx, db.org, { device, family, fromMs, toMs, points: 600, ...over }))
const columnsOf = ({ items }: Awaited<ReturnType<typeof read>>) => items[0]?.columns ?? {}
const one = async (device: string) =>
  (await asOrg((tx) => series.devicesNow(tx, db.org, device)))[0]

before(async () => {
  db = await testDatabase()
  agent = await makeAgent(db, db.org)
  series = createSeries({
    jobs: db.dbs.jobs,
    clock,
  })
})
beforeEach(() => {
  clock.at = NOW
})
after(() => db.close())

test("the latest values are the newest by time, in whatever order they arrive", async () => {
  const device = await makeMonitored(db, agent)
  await write([
    interfaceOf(device, NOW - 10_000, "ether1", { rxBps: 7e9 }),
    healthOf(device, NOW - 10_000, { cpuRatio: 0.5 }),
  ])
  await write([
    interfaceOf(device, NOW - 20_000, "ether1", { rxBps: 1 }),
    healthOf(device, NOW - 20_000, { cpuRatio: 0.1 }),
  ])
  const now = await one(device)
  assert.equal(now?.rxBps, 7e9)
  assert.equal(now?.cpuPct, 50)
  assert.equal(now?.memoryPct, 25)
  assert.equal(now?.lastSeenAtMs, NOW - 10_000)
  assert.deepEqual(
    [now?.healthAtMs, now?.trafficAtMs, now?.probedAtMs],
    [NOW - 10_000, NOW - 10_000, null],
  )
  const [port] = await asOrg((tx) => series.interfacesNow(tx, db.org, device))
  assert.equal(port?.rxBps, 7e9)
  assert.equal(port?.atMs, NOW - 10_000)
})

test("the traffic of a device is that of its own ports, without counting bridges again", async () => {
  const device = await makeMonitored(db, agent)
  await write([
    interfaceOf(device, NOW, "ether1", { rxBps: 5 }),
    interfaceOf(device, NOW, "bridge1", { rxBps: 5 }),
  ])
  await asOrg(
    (tx) =>
      tx`update inventory.interface set type = 'bridge' where device_id = ${device} and name = 'bridge1'`,
  )
  assert.equal((await one(device))?.rxBps, 5)
})

test("loss over the last minute is lost per sent, from this clock minute and the rest of the one before", async () => {
  const device = await makeMonitored(db, agent)
  const lost = { answers: false, icmp: { sent: 1, received: 0, rttUs: null, jitterUs: null } }
  const probes = Array.from({ length: 90 }, (_, s) =>
    pingOf(device, NOW - MINUTE + s * 1_000, s % 10 === 0 ? lost : {}),
  )
  clock.at = NOW + 30_000
  await write(probes.slice(0, 40))
  await write(probes.slice(40, 70))
  await write(probes.slice(30, 90)) // some of them again
  const now = await one(device)
  assert.ok(Math.abs((now?.lossPct ?? 0) - 10) < 0.1, `${now?.lossPct}`)
  assert.equal(now?.rttMs, 1.5)
  assert.deepEqual([now?.lastSeenAtMs, now?.probedAtMs], [NOW + 29_000, NOW + 29_000])
  clock.at = NOW + 5 * MINUTE
  assert.equal((await one(device))?.lossPct, null)
})

test("an unanswered probe has no round-trip time, and does not count as seen", async () => {
  const device = await makeMonitored(db, agent)
  await write([pingOf(device, NOW - 2_000)])
  await write([pingOf(device, NOW - 1_000, { answers: false, icmp: null, tcp: "silent" })])
  const now = await one(device)
  assert.equal(now?.rttMs, null)
  assert.equal(now?.lastSeenAtMs, NOW - 2_000)
  assert.equal(now?.lossPct, 50)
})

test("values over time: means with least and most, and a gap where nothing came", async () => {
  const device = await makeMonitored(db, agent)
  const at = NOW - HOUR
  const ping = (s: number, rttUs: number) =>
    pingOf(device, at + s * 1_000, { icmp: { sent: 2, received: 1, rttUs, jitterUs: null } })
  await write(
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49].map((s) =>
      ping(s, 1_000 + s),
    ),
  )
  const answer = await read(device, "ping", at, at + MINUTE, { points: 6 })
  assert.equal(answer.bucketMs, 10_000)
  assert.deepEqual(
    answer.atMs.map((ms) => (ms - at) / 1_000),
    [0, 10, 20, 30, 40, 50],
  )
  const columns = columnsOf(answer)
  assert.deepEqual(columns["ping.rtt_ms"], [1.0045, null, null, null, 1.0445, null])
  assert.deepEqual(columns["ping.rtt_ms.min"], [1, null, null, null, 1.04, null])
  assert.deepEqual(columns["ping.rtt_ms.max"], [1.009, null, null, null, 1.049, null])
  assert.deepEqual(columns["ping.loss_pct"], [50, null, null, null, 50, null])
  assert.equal(answer.units["ping.rtt_ms"], "ms")
})

test("ports, health and sensors have the columns the screens were promised", async () => {
  const device = await makeMonitored(db, agent)
  const at = NOW - 30 * MINUTE
  const times = Array.from({ length: 60 }, (_, i) => at + i * 10_000)
  await write(
    times.flatMap((ms, i) => [
      interfaceOf(device, ms, "ether1", { running: i !== 3 }),
      healthOf(device, ms),
    ]),
  )
  await write(
    times.flatMap((ms) => [
      sensorOf(device, ms, "psu1", "state", 1),
      sensorOf(device, ms, "psu1", "V", 12),
      sensorOf(device, ms, "cpu", "°C", 40),
    ]),
  )
  const id = (await asOrg((tx) => series.interfacesNow(tx, db.org, device)))[0]?.interfaceId ?? null
  const port = await read(device, "interface", at, at + 10 * MINUTE, { interface: id, points: 10 })
  assert.deepEqual(Object.keys(columnsOf(port)), [
    "interface.up",
    "interface.rx_bps",
    "interface.tx_bps",
    "interface.rx_pps",
    "interface.tx_pps",
    "interface.errors",
    "interface.drops",
  ])
  assert.deepEqual(columnsOf(port)["interface.up"]?.slice(0, 2), [0, 1])
  const health = await read(device, "health", at, at + 10 * MINUTE)
  assert.equal(health.bucketMs, 15_000) // no finer than values come
  assert.deepEqual(new Set(columnsOf(health)["device.cpu_pct"]), new Set([25]))
  assert.deepEqual(new Set(columnsOf(health)["device.memory_pct"]), new Set([25]))
  const some = await read(device, "health", at, at + 10 * MINUTE, { metrics: ["device.uptime_s"] })
  assert.deepEqual(Object.keys(columnsOf(some)), ["device.uptime_s"])
  const sensors = await read(device, "sensor", at, at + 10 * MINUTE)
  assert.deepEqual(
    sensors.items.map(({ name, unit, columns }) => [name, unit, columns["sensor.value"]?.[0]]),
    [
      ["cpu", "°C", 40],
      ["psu1", "V", 12],
      ["psu1", "state", 1],
    ],
  )
  assert.equal(sensors.total, 3)
})

test("the 95th percentile of a port is that of its raw values", async () => {
  const device = await makeMonitored(db, agent)
  const at = NOW - HOUR
  await write(
    Array.from({ length: 101 }, (_, i) =>
      interfaceOf(device, at + i * 1_000, "ether1", { rxBps: i, txBps: null }),
    ),
  )
  const id = (await asOrg((tx) => series.interfacesNow(tx, db.org, device)))[0]?.interfaceId ?? null
  const p95 = await asOrg((tx) =>
    series.p95(tx, db.org, { device, interface: id, fromMs: at, toMs: NOW }),
  )
  assert.deepEqual({ ...p95 }, { rxBps: 95, txBps: null })
})

test("one organisation reads nothing of another, whatever the kind", async () => {
  const stranger = await makeOrg(db, "Stranger")
  const theirAgent = await makeAgent(db, stranger)
  const theirs = await makeMonitored(db, theirAgent)
  const at = NOW - MINUTE
  await write(
    [
      pingOf(theirs, at),
      interfaceOf(theirs, at, "ether1"),
      healthOf(theirs, at),
      sensorOf(theirs, at, "t", "°C", 1),
    ],
    theirAgent,
  )
  const [port] = await db.dbs.ui.asOrg(stranger, (tx) => series.interfacesNow(tx, stranger, theirs))
  assert.equal(port?.running, true)
  for (const { name: kind } of FAMILIES) {
    const answer = await read(theirs, kind, at - HOUR, at + HOUR, {
      interface: port?.interfaceId ?? 0,
    })
    assert.deepEqual(
      answer.items
        .flatMap(({ columns }) => Object.values(columns))
        .flat()
        .filter((value) => value !== null),
      [],
      kind,
    )
  }
  assert.equal((await asOrg((tx) => series.devicesNow(tx, db.org, theirs))).length, 0)
  assert.equal((await asOrg((tx) => series.interfacesNow(tx, db.org, theirs))).length, 0)
  assert.equal((await asOrg((tx) => series.sourcesNow(tx, db.org, theirs))).length, 0)
})

test("the program's role reads series by their parents alone, and makes none", async () => {
  const [range] = (await storedSeries(db, "ping")).ranges
  assert.ok(range !== undefined)
  const sql = db.dbs.jobs.sql
  await assert.rejects(sql`select from ${sql(range.table)}`, /permission denied/)
  await assert.rejects(sql`select from series.ping_5m_m`, /permission denied/)
  await assert.rejects(sql`delete from series.ping`, /permission denied/)
  await assert.rejects(
    sql`select ispvm.series_create('x', 'a int', '{a}', '1 day', 'raw')`,
    /permission denied/,
  )
})
