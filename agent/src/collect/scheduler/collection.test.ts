import assert from "node:assert/strict"
import { test } from "node:test"
import { AssignedDevice, COLLECTORS } from "@ispvm/wire"
import { readBy, TABLE_NAMES } from "@ispvm/wire/tables"
import { idleCollector } from "../../../test/idle-collector.ts"
import { RowSnapshots } from "../../normalize/row-snapshots.ts"
import { CollectError, type Collector, type Reading, type TableReading } from "../collector.ts"
import { CollectionCosts } from "./collection.ts"
import { Schedule } from "./scheduler.ts"
import { slowedMs } from "./slow-answer.ts"

const device = AssignedDevice.parse({
  id: "00000000-0000-4000-8000-000000000001",
  name: "d",
  access: {
    address: "192.0.2.1",
    routerosApi: null,
    snmp: { port: 161, community: "c" },
    icmp: true,
    tcpPort: null,
  },
  intervals: { pingMs: 0, interfaceMs: 1_000, healthMs: 0, factsMs: 0 },
})
const api = idleCollector("routeros-api", "bgp", 30_000)
const snmp = idleCollector("snmp", "bgp", 30_000)
const off = idleCollector("routeros-api", "queues", 0)
const cells = ({ rows }: TableReading) =>
  Object.fromEntries(rows.map(({ key, values }) => [key, values]))

test("what each collector cost, which are off or stand by, and which menus are missing", () => {
  const costs = new CollectionCosts()
  const measured = { atMs: 5_000, tookMs: 41.7, rows: 12, receivedByte: 900, failure: null }
  assert.equal(costs.add(device.id, { ...measured, collector: api, slowedMs: null }, 0), false)
  const reading = costs.report(
    {
      device,
      collectors: [api, snmp, off],
      dormant: new Set([snmp]),
      observe: (source) =>
        source === "snmp"
          ? null
          : { receivedByte: 900, missingMenus: ["/routing/bgp/peer"], forbiddenMenus: [] },
      streams: [
        { name: "ppp", menu: "/ppp/active/listen", state: "polling", reason: "missing" },
        { name: "log", menu: "/log/listen", state: "listening", reason: null },
      ].map((each) => ({ ...each, state: each.state as "polling", rows: 3, lastMs: 4_000 })),
    },
    6_000,
  )
  const rows = cells(reading)
  assert.deepEqual(
    Object.entries(rows).map(([key, { state }]) => [key, state]),
    [
      ["routeros-api.bgp", "ok"],
      ["snmp.bgp", "standby"],
      ["routeros-api.queues", "off"],
      ["routeros-api.listen-ppp", "polling"],
      ["routeros-api.listen-log", "listening"],
    ],
  )
  assert.equal(rows["routeros-api.listen-ppp"]?.missing, "/ppp/active/listen")
  const { tookMs, rows: count, receivedByte, missing, forbidden } = rows["routeros-api.bgp"] ?? {}
  assert.deepEqual(
    [tookMs, count, receivedByte, missing, forbidden],
    [42, 12, 900, "/routing/bgp/peer", null],
  )
  assert.ok(new RowSnapshots().normalize(reading).length === 1, "it is a table of the wire")
})

test("a failure has its reason, and what was read in spite of it makes it partial", () => {
  const costs = new CollectionCosts()
  const of = (failure: "timed-out" | null, rows: number) => {
    costs.add(
      device.id,
      { collector: api, atMs: 1, tookMs: 1, rows, receivedByte: null, failure, slowedMs: null },
      0,
    )
    const all = costs.report(
      { device, collectors: [api], dormant: new Set(), observe: () => null, streams: [] },
      1,
    )
    const { state, reason } = cells(all)["routeros-api.bgp"] ?? {}
    return [state, reason]
  }
  assert.deepEqual(of("timed-out", 0), ["failed", "timed-out"])
  assert.deepEqual(of("timed-out", 3), ["partial", "timed-out"])
  assert.deepEqual(of(null, 0), ["ok", null])
})

test("slow answers lengthen the interval, fast ones do not", () => {
  const cases: readonly (readonly [number, number, number | null])[] = [
    [10_000, 1_900, null],
    [10_000, 2_000, null],
    [10_000, 2_600, 10_400],
    [10_000, 6_000, 24_000],
    [300_000, 6_000, null],
  ]
  for (const [everyMs, tookMs, expected] of cases)
    assert.equal(slowedMs(everyMs, tookMs), expected, `${everyMs} ${tookMs}`)
})

test("a polled device is reported soon, then once a minute, also while it fails", async () => {
  const reports: TableReading[] = []
  let nowMs = 0
  let isReported = Promise.withResolvers<void>()
  const failing: Collector = {
    ...idleCollector("snmp", "interface", 1_000),
    collect: () => {
      // Each poll takes twenty seconds of the clock.
      nowMs += 20_000
      return Promise.reject(new CollectError("timed-out", "no answer"))
    },
  }
  const schedule = new Schedule({
    collectors: [{ all: [failing], forget: () => undefined, close: async () => undefined }],
    now: () => nowMs,
    date: () => 1_700_000_000_000 + nowMs,
    random: () => 0,
    onReadings: (readings: readonly Reading[]) => {
      for (const each of readings) if (each.kind === "table") reports.push(each)
      if (reports.length > 0) isReported.resolve()
    },
    onSourceChange: () => undefined,
    onGone: () => undefined,
    onFault: (error) => assert.fail(String(error)),
  })
  schedule.apply([device])
  // The first poll makes the device known; the second one ends after the first report is due.
  await new Promise((resolve) => setImmediate(resolve))
  nowMs += 300_000
  schedule.retryNow(device.id)
  await isReported.promise
  isReported = Promise.withResolvers()
  await schedule.stop()
  const [report] = reports
  assert.equal(report?.source, "agent")
  const row = report === undefined ? undefined : cells(report)["snmp.interface"]
  assert.deepEqual(
    [row?.state, row?.reason, row?.isSlowed, row?.slowedMs],
    ["failed", "timed-out", true, 80_000],
  )
  assert.ok(Number(row?.lastMs) > 1_700_000_000_000)
})

test("every table but the agent's own is read by a collector that exists", () => {
  const read = new Set(Object.keys(COLLECTORS).map((name) => name.slice(name.indexOf(".") + 1)))
  const without = TABLE_NAMES.filter((table) => !read.has(readBy(table)))
  assert.deepEqual(without, ["collection"])
})
