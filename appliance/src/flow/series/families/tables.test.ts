import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { defineFamily, FAMILIES, type Family, gauge } from "@ispvm/wire/families"
import { type TestDatabase, testDatabase } from "../../../../test/database.ts"
import { batchOf, makeAgent, makeMonitored, NOW } from "../../../../test/make-flow.ts"
import { openSql } from "../../../platform/postgres/db.ts"
import { type AgentIdentity, createIngest } from "../../ingest/ingest.ts"
import { createSeries } from "../series.ts"
import { aggregatesOf } from "./sql.ts"
import { createFamilyTables } from "./tables-store.ts"

const HOUR = 3_600_000
const DAY = 24 * HOUR

let db: TestDatabase
let agent: AgentIdentity
let owner: ReturnType<typeof openSql>
before(async () => {
  db = await testDatabase()
  agent = await makeAgent(db, db.org)
  owner = openSql(db.owner, { name: "test", max: 1 })
})
after(async () => {
  await owner.end()
  await db.close()
})

const columnsOf = async (table: string): Promise<readonly string[]> => {
  const rows = await owner<{ name: string }[]>`
    select attname as name from pg_attribute
    where attrelid = ${`series.${table}`}::regclass and attnum > 0 and not attisdropped`
  return rows.map(({ name }) => name).toSorted()
}

test("tables that migrations made agree with the rows, and stay as they are", async () => {
  assert.deepEqual(await createFamilyTables(db.owner, FAMILIES), [])
  for (const family of FAMILIES)
    for (const width of family.storage.rollups) {
      const { table, key } = family.storage
      const keys = family.name === "ping" ? [key, "agent_id"] : [key]
      const expected = [...keys, "ts", "n", ...aggregatesOf(family).map(({ name }) => name)]
      assert.deepEqual(
        await columnsOf(`${table}_${width}`),
        [...new Set(expected)].toSorted(),
        `${table}_${width}`,
      )
    }
})

const row = {
  name: "queue-length",
  title: "Queue",
  description: "How many packets wait",
  key: { by: "device" },
  fields: { packets: gauge("queue.packets", "count", "packets that wait", { isWhole: true }) },
  charts: [{ title: "Queue", metrics: ["queue.packets"] }],
} as const
const sampleOf = (device: string, atMs: number, packets: number) => ({
  ...{ kind: "queue-length", device, atMs, source: "snmp", packets },
})

const openFlow = (families: readonly Family[], clock: { now: () => number }) => {
  const series = createSeries({ jobs: db.dbs.jobs, clock, families })
  const ingest = createIngest({
    db: db.dbs.ingest,
    clock,
    changes: { emit: () => undefined, on: () => () => undefined },
    writers: [series.write],
    counters: { items: () => undefined, batch: () => undefined },
    families,
  })
  return { series, ingest }
}

test("a family gains a width of rollups later: it begins with the raw values that are there", async () => {
  const device = await makeMonitored(db, agent)
  const clock = { at: NOW, now: () => clock.at }
  const hourly = defineFamily(row)
  assert.deepEqual(await createFamilyTables(db.owner, [hourly]), ["queue_length"])
  const before = openFlow([hourly], clock)
  const atMs = NOW - 30 * HOUR
  await before.ingest.accept(
    agent,
    batchOf([sampleOf(device, atMs, 4), sampleOf(device, atMs + 1_000, 6)]),
  )
  const both = defineFamily({ ...row, storage: { rollups: ["5m", "1h"] } })
  assert.deepEqual(await createFamilyTables(db.owner, [both]), [])
  assert.deepEqual(await createFamilyTables(db.owner, [both]), [], "again changes nothing")
  const { series } = openFlow([both], clock)
  const read = async () => {
    const span = { fromMs: NOW - 2 * DAY, toMs: NOW, points: 600 }
    const { items } = await db.dbs.ui.asOrg(db.org, (tx) =>
      series.read(tx, db.org, { device, family: both.name, ...span }),
    )
    return items[0]?.columns["queue.packets"]?.filter((value) => value !== null)
  }
  const stored = () => owner<{ n: number }[]>`select sum(n)::int as n from series.queue_length_5m_m`
  assert.deepEqual(await read(), [5], "from the live part")
  assert.equal((await stored())[0]?.n, null)
  for (let round = 0; round < 4; round += 1) await series.runHousekeeping()
  assert.equal((await stored())[0]?.n, 2)
  assert.deepEqual(await read(), [5], "from the stored part")
})

test("a value that SQL reads from the column is aggregated in the same way", () => {
  const rawSql = "coalesce(packets, 1)"
  const fields = { packets: gauge("queue.packets", "count", "", { isWhole: true, rawSql }) }
  const sqlOf = aggregatesOf(defineFamily({ ...row, fields }))
  assert.deepEqual(
    sqlOf.map(({ sql }) => sql),
    [`count(${rawSql})::int`, `sum(${rawSql})::bigint`, `min(${rawSql})`, `max(${rawSql})`],
  )
})
