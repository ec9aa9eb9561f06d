/**
 * A made-up metric family: everything it needs is its row, as it would be in a file of
 * agent/wire/families. It goes through ingest, the database, housekeeping and the UI API.
 */
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { after, before, beforeEach, test } from "node:test"
import {
  bool,
  counter,
  defineFamily,
  FAMILIES,
  type Family,
  gauge,
  state,
} from "@ispvm/wire/families"
import { z } from "zod"
import { type TestDatabase, testDatabase } from "../../../../test/database.ts"
import {
  batchOf,
  healthOf,
  makeAgent,
  makeMonitored,
  makeOrg,
  NOW,
} from "../../../../test/make-flow.ts"
import { serveRoutes } from "../../../../test/serve-routes.ts"
import { createFleet } from "../../../operate/fleet/fleet.ts"
import { routes } from "../../../operate/fleet/routes.ts"
import { openSql } from "../../../platform/postgres/db.ts"
import { type AgentIdentity, createIngest } from "../../ingest/ingest.ts"
import { createSeries, type Series } from "../series.ts"
import { createFamilyTables } from "./tables-store.ts"

const ROOT = join(import.meta.dirname, "../../../../..")
const HOUR = 3_600_000

const row = {
  name: "ups-outlet",
  title: "Outlets of the UPS",
  description: "Load and state of each outlet",
  key: { by: "name", field: "outlet", maxNames: { agent: 5, router: 1 } },
  fields: {
    loadMw: gauge("outlet.load_w", "W", "power drawn", { scale: 0.001, hasExtremes: true }),
    energyWh: counter("outlet.energy_wh", "count", "energy since the start"),
    isLocked: bool("outlet.locked", "cannot be switched off"),
    state: state("outlet.state", { on: 0, overload: 5, off: 9 }, "state of the outlet"),
  },
  charts: [{ title: "Load", metrics: ["outlet.load_w"], style: "band", top: 2 }],
} as const
const outlets = defineFamily(row)
const families: readonly Family[] = [...FAMILIES, outlets]

const outletOf = (device: string, atMs: number, outlet: string, over: object = {}) => ({
  kind: "ups-outlet",
  device,
  outlet,
  atMs,
  source: "snmp",
  loadMw: 1_500,
  energyWh: 10,
  isLocked: false,
  state: "on",
  ...over,
})

let db: TestDatabase
let agent: AgentIdentity
const clock = { at: NOW, now: () => clock.at }
const counted = new Map<string, number>()
const ingestOf = (series: Series, known: readonly Family[]) =>
  createIngest({
    db: db.dbs.ingest,
    clock,
    changes: { emit: () => undefined, on: () => () => undefined },
    writers: [series.write],
    counters: {
      items: (outcome, n) => counted.set(outcome, (counted.get(outcome) ?? 0) + n),
      batch: () => undefined,
    },
    families: known,
  })
let series: Series
let send: (items: readonly object[]) => Promise<readonly { message: string }[]>

before(async () => {
  db = await testDatabase()
  agent = await makeAgent(db, db.org)
  assert.deepEqual(await createFamilyTables(db.owner, families), ["ups_outlet"])
  assert.deepEqual(await createFamilyTables(db.owner, families), [], "again changes nothing")
  series = createSeries({ jobs: db.dbs.jobs, clock, families })
  const ingest = ingestOf(series, families)
  send = async (items) => (await ingest.accept(agent, batchOf(items))).ack.rejected
})
beforeEach(() => {
  clock.at = NOW
})
after(() => db.close())

const read = (device: string, over: object = {}) =>
  db.dbs.ui.asOrg(db.org, (tx) =>
    series.read(tx, db.org, {
      device,
      family: outlets.name,
      fromMs: NOW - HOUR,
      toMs: NOW,
      points: 12,
      ...over,
    }),
  )
const valuesOf = (values: readonly (number | null)[] | undefined) =>
  values?.filter((value) => value !== null)

test("samples are checked by the row: an unknown state or field costs only its own sample", async () => {
  const device = await makeMonitored(db, agent)
  const rejected = await send([
    outletOf(device, NOW - 1_000, "a"),
    outletOf(device, NOW - 1_000, "b", { state: "burning" }),
    outletOf(device, NOW - 1_000, "c", { colour: "red" }),
    outletOf(device, NOW - 1_000, "d", { loadMw: -1 }),
    outletOf(device, NOW - 1_000, "e", { energyWh: 1e16 }),
    outletOf(device, NOW - 1_000, "f", { loadMw: null, state: null, isLocked: null }),
  ])
  assert.deepEqual(
    rejected.map(({ message }) => message.replace(/:.*/, "")),
    ["state", "item", "loadMw", "energyWh"],
  )
  const { items } = await read(device, { name: "f" })
  assert.deepEqual(valuesOf(items[0]?.columns["outlet.load_w"]), [])
  assert.deepEqual(valuesOf(items[0]?.columns["outlet.energy_wh"]), [10])
})

test("a family that only a newer agent knows is rejected by name and counted, and nothing else is lost", async () => {
  const device = await makeMonitored(db, agent)
  const known = createSeries({ jobs: db.dbs.jobs, clock })
  const older = ingestOf(known, FAMILIES)
  counted.clear()
  const { ack } = await older.accept(
    agent,
    batchOf([outletOf(device, NOW - 1_000, "a"), healthOf(device, NOW - 1_000)]),
  )
  assert.deepEqual(ack.rejected, [
    { index: 0, reason: "malformed", message: "kind: no metric family is called ups-outlet" },
  ])
  assert.equal(ack.accepted, 1)
  assert.equal(counted.get("unknown-family"), 1)
})

test("latest values are the newest by time, and a replayed sample is stored once", async () => {
  const device = await makeMonitored(db, agent)
  const newest = outletOf(device, NOW - 1_000, "a", { state: "overload", loadMw: 2_500 })
  await send([newest, outletOf(device, NOW - 2_000, "a")])
  await send([outletOf(device, NOW - 3_000, "a"), newest])
  const [latest] = await db.dbs.ui.asOrg(db.org, (tx) =>
    series.latest(tx, db.org, device, outlets.name),
  )
  assert.deepEqual(latest, {
    family: "ups-outlet",
    name: "a",
    unit: null,
    atMs: NOW - 1_000,
    values: {
      "outlet.load_w": 2.5,
      "outlet.energy_wh": 10,
      "outlet.locked": false,
      "outlet.state": "overload",
    },
  })
  const rows = await db.dbs.ui.sql`
    select from series.ups_outlet o join series.entity e on e.id = o.entity_id
    join inventory.device d on d.key = e.device_key where d.id = ${device}`
  assert.equal(rows.length, 0, "row-level security hides the names of other organisations")
  const { items } = await read(device)
  assert.deepEqual(valuesOf(items[0]?.columns["outlet.load_w.max"]), [2.5])
})

test("a device has at most so many names, whatever one batch brings", async () => {
  const device = await makeMonitored(db, agent)
  const names = ["a", "b", "c", "d", "e", "f", "g", "h"]
  await send(names.map((name) => outletOf(device, NOW - 2_000, name)))
  await send(["z", "b"].map((name) => outletOf(device, NOW - 1_000, name, { loadMw: 9_000 })))
  const { items, total } = await read(device)
  assert.equal(total, 5)
  assert.deepEqual(
    items.map(({ name }) => name),
    ["b", "a", "c", "d", "e"],
    "the highest last value first",
  )
  assert.equal((await read(device, { top: 2 })).items.length, 2)
})

test("a row may gain fields; a column never changes its type, nor a family its key", async () => {
  const device = await makeMonitored(db, agent)
  const grown = defineFamily({
    ...row,
    fields: {
      ...row.fields,
      celsius: gauge("outlet.temperature", "°C", "heat", { isSigned: true }),
    },
  })
  assert.deepEqual(await createFamilyTables(db.owner, [grown]), [])
  const known = [...FAMILIES, grown]
  const own = createSeries({ jobs: db.dbs.jobs, clock, families: known })
  const startMs = NOW - 26 * HOUR
  await ingestOf(own, known).accept(
    agent,
    batchOf([outletOf(device, startMs, "a", { celsius: -4 })]),
  )
  await own.runHousekeeping()
  const { items } = await db.dbs.ui.asOrg(db.org, (tx) =>
    own.read(tx, db.org, {
      device,
      family: grown.name,
      fromMs: startMs - HOUR,
      toMs: NOW,
      points: 30,
    }),
  )
  assert.deepEqual(valuesOf(items[0]?.columns["outlet.temperature"]), [-4], "in the rollup as well")
  const retyped = defineFamily({
    ...row,
    fields: { ...row.fields, energyWh: gauge("outlet.energy_wh", "count", "") },
  })
  await assert.rejects(
    createFamilyTables(db.owner, [retyped]),
    /ups_outlet\.energy_wh holds bigint, and its row says real\. Give the field another column/,
  )
  const rekeyed = defineFamily({ ...row, key: { by: "device" } })
  await assert.rejects(createFamilyTables(db.owner, [rekeyed]), /cannot change its key/)
})

test("hours are stored by housekeeping: the mean with its extremes, the worst state, the newest count", async () => {
  const device = await makeMonitored(db, agent)
  // Later than the tables: what is older than they are counts as late from the start.
  const startMs = Math.floor(NOW / HOUR) * HOUR + 2 * HOUR
  clock.at = startMs + 3 * HOUR
  const minute = (n: number, over: object) => outletOf(device, startMs + n * 60_000, "a", over)
  await send([
    minute(1, { loadMw: 1_000, energyWh: 10 }),
    minute(2, { loadMw: 3_000, energyWh: 12, state: "overload", isLocked: true }),
    minute(3, { loadMw: 2_000, energyWh: 14, isLocked: true }),
    minute(70, { isLocked: true }),
  ])
  const span = { fromMs: startMs - 26 * HOUR, toMs: startMs + 4 * HOUR, points: 30 }
  const whole = async () => (await read(device, span)).items[0]?.columns ?? {}
  const live = await whole()
  clock.at = startMs + 9 * HOUR
  for (let round = 0; round < 2; round += 1) await series.runHousekeeping()
  const stored = await whole()
  assert.deepEqual(stored, live, "the live part and the stored part agree")
  const hours = Object.entries(stored).map(([name, values]) => [name, valuesOf(values)])
  assert.deepEqual(Object.fromEntries(hours), {
    "outlet.load_w": [2, 1.5],
    "outlet.load_w.min": [1, 1.5],
    "outlet.load_w.max": [3, 1.5],
    "outlet.energy_wh": [14, 10],
    "outlet.locked": [0, 1],
    "outlet.state": [5, 0],
  })
  // Late values are added to an hour that is stored already.
  await send([minute(4, { loadMw: 6_000, energyWh: 16, state: "off" })])
  await series.runHousekeeping()
  assert.equal(valuesOf((await whole())["outlet.load_w"])?.[0], 3)
  assert.equal(valuesOf((await whole())["outlet.state"])?.[0], 9)
  clock.at = NOW + 20 * 24 * HOUR
  for (let round = 0; round < 3; round += 1) await series.runHousekeeping()
  const sql = openSql(db.owner, { name: "test", max: 1 })
  const rows = await sql`select from series.ups_outlet where ts < to_timestamp(${clock.at / 1000})`
  await sql.end()
  assert.equal(rows.length, 0, "raw values go after their retention")
  assert.equal(valuesOf((await whole())["outlet.load_w"])?.[0], 3, "their hours stay")
})

test("after the clock was set back, latest values are not in the future", async () => {
  const device = await makeMonitored(db, agent)
  await send([outletOf(device, NOW + 60_000, "a")])
  await series.clampFutureTimes(0)
  const [latest] = await db.dbs.ui.asOrg(db.org, (tx) =>
    series.latest(tx, db.org, device, outlets.name),
  )
  assert.equal(latest?.atMs, NOW)
})

const Answer = z.object({
  items: z.array(
    z.object({ name: z.string().nullable(), columns: z.record(z.string(), z.array(z.unknown())) }),
  ),
  units: z.record(z.string(), z.string()),
  states: z.record(z.string(), z.record(z.string(), z.number())),
})

test("the UI API answers in public names and units, and OpenAPI and the catalogue name the family", async () => {
  const device = await makeMonitored(db, agent)
  await send([outletOf(device, NOW - 60_000, "a")])
  const unused = async () => {
    throw new Error("not part of this test")
  }
  const fleet = createFleet({
    db: db.dbs.ui,
    clock,
    inventory: { sites: unused },
    series,
    events: { list: unused, write: unused, note: unused, prune: unused },
    agents: unused,
    statuses: unused as never,
    incidents: unused,
  })
  await using served = await serveRoutes(routes({ fleet, families }), db.org)
  const span = `from=${NOW - HOUR}&to=${NOW}`
  const answer = await served.get(`/devices/${device}/series?family=ups-outlet&${span}`)
  const { items, units, states } = Answer.parse(answer.json)
  assert.equal(items[0]?.name, "a")
  assert.ok(items[0]?.columns["outlet.load_w"]?.includes(1.5))
  assert.equal(units["outlet.load_w"], "W")
  assert.deepEqual(states, { "outlet.state": { on: 0, overload: 5, off: 9 } })
  const latest = await served.get(`/devices/${device}/metrics?family=ups-outlet`)
  assert.match(JSON.stringify(latest.json), /"outlet\.state":"on"/)
  const catalogue = await served.get("/metric-families")
  assert.match(JSON.stringify(catalogue.json), /"metric":"outlet\.load_w","unit":"W"/)
  assert.match(JSON.stringify(served.openApi), /"enum":\[[^\]]*"ups-outlet"/)
  const unknown = await served.get(`/devices/${device}/series?family=no-such&${span}`)
  assert.equal(unknown.status, 422)
  const stranger = await makeOrg(db, "Stranger")
  await using theirs = await serveRoutes(routes({ fleet, families }), stranger)
  const stolen = await theirs.get(`/devices/${device}/metrics`)
  assert.equal(stolen.status, 404)
})

test("a made-up family and its collector each touch a file of their own and a list", () => {
  const points: unknown = JSON.parse(readFileSync(join(ROOT, ".ci/extension-points.json"), "utf8"))
  const files = z.record(z.string(), z.array(z.string())).parse(points)
  assert.deepEqual(files["metric family"], [
    `agent/wire/families/${outlets.name}.ts`,
    "agent/wire/families/families.ts",
  ])
  const collectors = "agent/src/collect/snmp/collectors"
  assert.deepEqual(files["collector of a metric family"], [
    `${collectors}/${outlets.name}.ts`,
    `${collectors}/collectors.ts`,
  ])
})
