import assert from "node:assert/strict"
import { test } from "node:test"
import { DeviceId, Event, type Source } from "@ispvm/wire"
import type { HealthReading, Reading } from "../collect/collector.ts"
import { RebootDetector } from "./reboot-detector.ts"

const device = DeviceId.parse("00000000-0000-4000-8000-000000000001")
const T0 = 1_800_000_000_000
const empty = { totalByte: null, usedByte: null, freeByte: null }
const health = (
  atS: number,
  uptimeS: number | null,
  source: Source = "routeros-api",
): HealthReading => ({
  kind: "health",
  device,
  source,
  atMs: T0 + atS * 1_000,
  uptimeS,
  cpuPercents: [],
  memory: empty,
  disk: empty,
})
const line = (atS: number): Event => ({
  kind: "event",
  id: "00000000-0000-4000-8000-0000000000aa",
  device,
  name: "rebooted",
  atMs: T0 + atS * 1_000,
  source: "syslog",
  severity: "error",
  interface: null,
  message: "router was rebooted without proper shutdown",
  attributes: { proper: "no" },
})
let ids = 0
const reboots = () =>
  new RebootDetector(() => `00000000-0000-4000-8000-${String(++ids).padStart(12, "0")}`)
const countReboots = (it: RebootDetector, ...readings: Reading[]) => it.onReadings(readings).length

test("an uptime that goes back is a restart, reported once, with its time", () => {
  const it = reboots()
  assert.equal(countReboots(it, health(0, 90_000)), 0)
  const [event, ...more] = it.onReadings([health(100, 40)])
  assert.ok(event)
  assert.deepEqual(Event.parse(event), event)
  assert.deepEqual(
    [event.name, event.source, event.atMs, more.length],
    ["rebooted", "routeros-api", T0 + 60_000, 0],
  )
  assert.deepEqual(event.attributes, { uptimeBeforeS: "90000", uptimeS: "40" })
  assert.equal(countReboots(it, health(110, 50)), 0)
})

const quiet: [string, readonly Reading[]][] = [
  ["uptime that goes on is none", [health(0, 100), health(60, 160)]],
  ["a first look is none", [health(0, 5)]],
  ["uptime that is not told is none", [health(0, 100), health(60, null), health(120, 220)]],
  ["a second of difference is none", [health(0, 100), health(0.2, 99)]],
  ["this host's clock set forward is none", [health(0, 100), health(86_400, 160)]],
  ["this host's clock set back is none", [health(0, 100), health(-86_400, 160)]],
  [
    "the ticks of SNMP wrapping after 497 days is none",
    [health(0, 42_949_660, "snmp"), health(60, 47.3, "snmp")],
  ],
  [
    "an SNMP service that began anew on a host that runs on is none",
    [
      { ...health(0, 90_000, "snmp"), hostUptimeS: 95_000 },
      { ...health(60, 5, "snmp"), hostUptimeS: 95_060 },
    ],
  ],
  [
    "600 days told once without what tells of the wrap is none",
    [health(0, 600 * 86_400, "snmp"), health(60, 600 * 86_400 + 60 - 2 ** 32 / 100, "snmp")],
  ],
  [
    "two sources that count differently are none",
    [health(0, 90_000), health(1, 300, "snmp"), health(10, 90_010)],
  ],
]
for (const [name, readings] of quiet)
  test(name, () => {
    const it = reboots()
    for (const reading of readings) assert.equal(countReboots(it, reading), 0)
  })

test("the API's uptime does not wrap after 497 days, so a drop there is a restart", () => {
  const it = reboots()
  countReboots(it, health(0, 42_949_660))
  assert.equal(countReboots(it, health(60, 47.3)), 1)
})

test("one restart reported by API, SNMP and syslog is one event, whichever is first; others stay lines", () => {
  const before = [health(0, 90_000), health(0, 89_990, "snmp")]
  const api = (it: RebootDetector) => countReboots(it, health(100, 40))
  const snmp = (it: RebootDetector) => countReboots(it, health(130, 75, "snmp"))
  const syslog = (it: RebootDetector) => (it.onEvent(line(85)).name === "rebooted" ? 1 : 0)
  for (const order of [
    [api, snmp, syslog],
    [syslog, snmp, api],
    [snmp, syslog, api],
  ]) {
    const it = reboots()
    countReboots(it, ...before)
    assert.deepEqual(
      order.map((report) => report(it)),
      [1, 0, 0],
    )
  }
  const it = reboots()
  countReboots(it, ...before)
  api(it)
  assert.deepEqual(it.onEvent(line(85)), { ...line(85), name: "log" })
})

test("the next restart is reported again, even soon after", () => {
  const it = reboots()
  countReboots(it, health(0, 90_000))
  const results = [
    countReboots(it, health(100, 40)),
    it.onEvent(line(85)).name,
    countReboots(it, health(160, 20)),
    it.onEvent(line(150)).name,
  ]
  assert.deepEqual(results, [1, "log", 1, "log"])
  assert.equal(it.onEvent(line(9_000)).name, "rebooted")
})

test("a line with another meaning is passed on unchanged, and a forgotten device starts again", () => {
  const it = reboots()
  const other: Event = { ...line(0), name: "link-down" }
  assert.equal(it.onEvent(other), other)
  countReboots(it, health(0, 90_000))
  it.forget(device)
  assert.equal(countReboots(it, health(100, 40)), 0)
})

test("an invalid host uptime does not hide a restart", () => {
  for (const hosts of [
    [0, 0],
    [500, 530],
    [95_000, 20],
  ] as const) {
    const it = reboots()
    countReboots(it, { ...health(0, 90_000, "snmp"), hostUptimeS: hosts[0] })
    assert.equal(countReboots(it, { ...health(60, 5, "snmp"), hostUptimeS: hosts[1] }), 1)
  }
})
