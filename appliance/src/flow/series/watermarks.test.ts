import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import {
  batchOf,
  healthOf,
  interfaceOf,
  makeAgent,
  makeMonitored,
  NOW,
  pingOf,
} from "../../../test/make-flow.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { type AgentIdentity, createIngest } from "../ingest/ingest.ts"
import { createSeries, createWatermarks, type DiskUse } from "./series.ts"
import { nextLevel } from "./watermarks.ts"

const DAY = 86_400_000
let db: TestDatabase
let agent: AgentIdentity
const clock = { at: NOW, now: () => clock.at }
const disk = { usedPct: 50 }
const useOf = (usedPct: number): DiskUse => ({ usedBytes: usedPct, freeBytes: 100 - usedPct })
const changes: string[] = []
const watermarks = createWatermarks({
  readDisk: async () => useOf(disk.usedPct),
  onChange: (level, was) => changes.push(`${was} ${level}`),
})
const counted: Record<string, number> = {}
const make = () => {
  const series = createSeries({
    ...{ jobs: db.dbs.jobs, clock, watermarks },
    onNotStored: (samples) => {
      counted["not-stored"] = (counted["not-stored"] ?? 0) + samples
    },
  })
  const ingest = createIngest({
    ...{ db: db.dbs.ingest, clock, writers: [series.write] },
    changes: { emit: () => undefined, on: () => () => undefined },
    counters: { items: () => undefined, batch: () => undefined },
  })
  return { series, ingest }
}
const asOrg = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => db.dbs.ui.asOrg(db.org, work)
const rowsOf = async (table: string): Promise<number> =>
  await asOrg(
    async (tx) =>
      (await tx<{ n: number }[]>`select count(*)::int as n from ${tx(table)}`)[0]?.n ?? -1,
  )

before(async () => {
  db = await testDatabase()
  agent = await makeAgent(db, db.org)
})
after(() => db.close())

test("each level is left two percent below where it is entered", () => {
  const levels: string[] = []
  let level: Parameters<typeof nextLevel>[0] = "normal"
  for (const used of [0.89, 0.9, 0.89, 0.95, 0.94, 0.93, 0.92, 0.88, 0.87, 0.97, 0.5]) {
    level = nextLevel(level, used)
    levels.push(level)
  }
  assert.deepEqual(
    levels.join(" "),
    "normal shorten shorten stop stop stop shorten shorten normal stop normal",
  )
})

test("past 95 % samples are acknowledged and handed to the evaluation, counted by device, and not stored", async () => {
  const { ingest, series } = make()
  const [one, other] = [await makeMonitored(db, agent), await makeMonitored(db, agent)]
  const send = (atMs: number) =>
    ingest.accept(
      agent,
      batchOf([
        pingOf(one, atMs),
        interfaceOf(one, atMs, "ether1", { rxBps: atMs - NOW + 5e6 }),
        healthOf(other, atMs),
      ]),
    )
  const tables = ["series.ping_raw", "series.interface_counters_raw", "series.device_health_raw"]
  const stored = async () => await Promise.all(tables.map(rowsOf))
  await watermarks.refresh()
  await send(NOW - 3_000)
  assert.deepEqual(await stored(), [1, 1, 1])

  disk.usedPct = 96
  await watermarks.refresh()
  const { ack, accepted } = await send(NOW - 2_000)
  assert.deepEqual([ack.accepted, ack.rejected], [3, []])
  assert.deepEqual(
    [accepted?.pings.length, accepted?.interfaces.length, accepted?.health.length],
    [1, 1, 1],
  )
  assert.deepEqual(await stored(), [1, 1, 1])
  const latest = await asOrg((tx) => series.interfacesNow(tx, db.org, one))
  assert.equal(latest[0]?.atMs, NOW - 2_000, "latest values go on")
  const now = await asOrg((tx) => series.devicesNow(tx, db.org, one))
  assert.equal(now[0]?.probedAtMs, NOW - 2_000)
  disk.usedPct = 94
  await watermarks.refresh()
  await send(NOW - 1_000)
  assert.deepEqual(await stored(), [1, 1, 1], "94 % is not far enough below")
  const counts = await asOrg(
    (tx) => tx<{ device: string; samples: number }[]>`
      select device_id as device, samples::int as samples from ingest.not_stored`,
  )
  assert.deepEqual(Object.fromEntries(counts.map(({ device, samples }) => [device, samples])), {
    [one]: 4,
    [other]: 2,
  })
  assert.deepEqual(watermarks.view()?.notStored, { samples: 6, devices: 2 })
  assert.equal(counted["not-stored"], 6)

  disk.usedPct = 92
  await watermarks.refresh()
  await send(NOW)
  assert.deepEqual(await stored(), [2, 2, 2])
  assert.deepEqual(changes, ["normal stop", "stop shorten"])
})

test("from 90 % on the oldest raw values are dropped, not below their minimum, and it is recorded", async () => {
  const { ingest, series } = make()
  const device = await makeMonitored(db, agent)
  disk.usedPct = 50
  await watermarks.refresh()
  for (let days = 10; days >= 0; days -= 1)
    await ingest.accept(
      agent,
      batchOf([healthOf(device, NOW - days * DAY), pingOf(device, NOW - days * DAY)]),
    )
  const oldest = async (table: string): Promise<number> =>
    await asOrg(async (tx) => {
      const [row] = await tx<{ days: number }[]>`
        select (extract(epoch from to_timestamp(${NOW}::float8 / 1000) - min(ts)) / 86400)::float8 as days
        from ${tx(`series.${table}_raw`)}`
      return row?.days ?? -1
    })
  await series.runHousekeeping()
  assert.deepEqual([await oldest("device_health"), await oldest("ping")], [10, 3])
  assert.equal(watermarks.view()?.droppedUntilMs, null)

  disk.usedPct = 91
  await series.runHousekeeping()
  const [health, ping] = [await oldest("device_health"), await oldest("ping")]
  // A partition is a day: one that is partly younger stays.
  assert.ok(health >= 3 && health < 5, `${health} days of raw values are left`)
  assert.ok(ping >= 1 && ping < 3, `${ping} days of probes are left`)
  const droppedMs = NOW - (watermarks.view()?.droppedUntilMs ?? 0)
  assert.ok(droppedMs >= DAY && droppedMs < 2 * DAY)
  const [hours] = await asOrg(
    (tx) => tx<{ n: number }[]>`
      select sum(n)::int as n from series.device_health_1h
        join inventory.device on key = device_key where id = ${device}`,
  )
  assert.equal(hours?.n, 11, "roll-ups have all of them")
})
