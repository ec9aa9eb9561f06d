import assert from "node:assert/strict"
import { test } from "node:test"
import type { DeviceId } from "@ispvm/wire"
import { FAMILIES } from "@ispvm/wire/families"
import fc from "fast-check"
import { Normalizer } from "../../../normalize/normalize.ts"
import { nothingLearned } from "../collectors/learned.ts"
import type { Poll } from "../collectors/poll.ts"
import { neighbourRows } from "../collectors/topology.ts"
import { PROFILES } from "./all.ts"
import { amountOf, fieldValue, oidOf, readOf, scaledOf, stateOf } from "./cell.ts"
import { entitiesFrom } from "./context.ts"
import { entitySensors } from "./entity-sensors.ts"
import { cellsIn, ipOf, nameOf, type Row } from "./names.ts"
import type { FamilyRows, TableProfile } from "./profile.ts"
import { profilesOf, readFamilyTables, readSensorTables, readVendorHealth } from "./readings.ts"

const DEVICE = "00000000-0000-4000-8000-000000000001" as DeviceId
const text = (value: string) => Buffer.from(value)

test("every family and field of a profile is one of the wire's", () => {
  const fields = new Map(
    FAMILIES.map(({ name, fields: own }) => [name as string, own.map((field) => field.name)]),
  )
  for (const { name, tables } of PROFILES)
    for (const { families = {} } of tables)
      for (const [family, rows] of Object.entries(families))
        for (const { values } of [rows].flat() as FamilyRows[])
          assert.deepEqual(
            Object.keys(values).filter((field) => fields.get(family)?.includes(field) !== true),
            [],
            `${name}: ${family}`,
          )
})

test("every object of a profile is an OID, and every table reads something", () => {
  for (const { name, tables } of PROFILES)
    for (const table of tables) {
      const cells = cellsOf(table)
      assert.notEqual(cells.length, 0, `${name}: ${table.of} reads nothing`)
      for (const cell of cells)
        assert.match(oidOf(table.of, cell, table.isScalars), /^1\.[023](?:\.\d{1,10}){4,}$/, name)
    }
})

const cellsOf = ({ sensors = [], cpu = [], memory = [], families = {} }: TableProfile) => [
  ...[...sensors, ...cpu].flatMap(([name, at]) => [at, ...cellsIn(name)]),
  ...memory.flatMap(({ name = "", total, used, free, percent }) => [
    ...cellsIn(name),
    ...[total, used, free, percent].flatMap((field) =>
      field === undefined ? [] : [readOf(field).at],
    ),
  ]),
  ...Object.values(families).flatMap((rows) =>
    ([rows].flat() as FamilyRows[]).flatMap(({ name, values }) => [
      ...cellsIn(name),
      ...Object.values(values).map((field) => readOf(field).at),
    ]),
  ),
]

test("profiles follow from sysObjectID, at whole numbers", () => {
  const of = (objectId: string, descr = "") =>
    profilesOf(PROFILES, { objectId, descr }).map(({ name }) => name)
  assert.deepEqual(of("1.3.6.1.4.1.9.1.1208"), ["cisco", "standard"])
  assert.deepEqual(of("1.3.6.1.4.1.99.1"), ["standard"])
  assert.deepEqual(of("1.3.6.1.4.1.8072.3.2.10", "Linux r1 5.10"), ["ubiquiti", "standard"])
  assert.deepEqual(of(""), ["standard"])
})

test("a number is read from a number, a text, a part of a text, and Net-SNMP's float", () => {
  assert.equal(amountOf(-60), -60)
  assert.equal(amountOf(text("-12.30 dBm")), -12.3)
  assert.equal(amountOf(text("0.03 mW (-14.61 dBm)"), "("), -14.61)
  assert.equal(amountOf(text("5 Secs ( 18.6%) 60 Secs ( 17.1%)"), "60 Secs"), 17.1)
  assert.equal(amountOf(text("N/A")), null)
  assert.equal(amountOf(Buffer.from("9f780441f00000", "hex")), 30)
})

test("scales, missing values, microwatts and states", () => {
  assert.equal(scaledOf({ factor: 0.01 }, -1_414), -14.14)
  assert.equal(scaledOf({ none: [2_147_483_647] }, 2_147_483_647), null)
  assert.equal(scaledOf({ above: [1_000, 1e-7] }, 160_000_000), 16)
  assert.equal(scaledOf({ from: 100 }, 97), 3)
  assert.equal(scaledOf({ isMicrowattAbove: 0, factor: 0.01 }, 500)?.toFixed(2), "-3.01")
  assert.equal(scaledOf({ isMicrowattAbove: 0, factor: 0.01 }, -250), -2.5)
  assert.equal(fieldValue({ at: 1, map: { 6: "established" } }, 6), "established")
  assert.equal(fieldValue({ at: 1, map: { 6: "established" } }, 7), null)
  assert.equal(fieldValue({ at: 1, isTotal: true }, 7), 7n)
  assert.equal(stateOf([1], [2], 3), null)
  assert.equal(stateOf([1], undefined, 3), 0)
})

const row = (index: string, cells: Readonly<Record<string, unknown>> = {}): Row => {
  const parts = index.split(".").map(Number)
  return {
    index,
    parts,
    own: parts,
    cell: (cell) => cells[cell],
    port: (ifIndex) => (ifIndex === 7 ? "ge-0/0/7" : null),
    entity: (at) => (at === "5" ? "Slot 5" : null),
    radio: "wlan0",
  }
}

test("names of rows", () => {
  assert.equal(nameOf("{port} rx", row("1.7")), "ge-0/0/7 rx")
  assert.equal(nameOf("{port|2|'port '}", row("8")), "port 8")
  assert.equal(nameOf("{port|2}", row("8", { 2: text(" sfp1\0\0") })), "sfp1")
  assert.equal(nameOf("{2}", row("8")), null)
  assert.equal(nameOf("{ip:i0}", row("10.0.0.1")), "10.0.0.1")
  assert.equal(nameOf("{inet:i0} {afi:i-2}", row("1.4.10.0.0.1.1.128")), "10.0.0.1 ipv4 vpn")
  assert.equal(nameOf("{inet:i0}", row("2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1")), "2001:db8::1")
  assert.equal(nameOf("{mac:i0}", row("184.105.244.127.65.112.3")), "B8:69:F4:7F:41:70")
  assert.equal(nameOf("{id:3}", row("1", { 3: 167_772_161 })), "10.0.0.1")
  assert.equal(
    nameOf("{sysid:6}", row("1", { 6: Buffer.from("192168001001", "hex") })),
    "1921.6800.1001",
  )
  assert.equal(nameOf("{entity}", row("5")), "Slot 5")
  assert.equal(nameOf("{radio}", row("1")), "wlan0")
  assert.equal(ipOf([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1]), "2001:db8::1:0:0:1")
})

test("ENTITY-SENSOR: scale, precision, status, and entities that contain each other in a circle", () => {
  const column = (value: unknown) => new Map([["1", value]])
  const read = (type: number, scale: number, precision: number, value: number, status = 1) =>
    entitySensors(
      {
        type: column(type),
        scale: column(scale),
        precision: column(precision),
        value: column(value),
        status: column(status),
        units: new Map(),
      },
      () => "x",
    )[0]
  assert.deepEqual(read(8, 9, 1, 418), { index: "1", name: "x", unit: "°C", value: 41.8 })
  assert.equal(read(4, 8, 0, 3_300)?.value, 3.3)
  assert.equal(read(14, 9, 2, -1_234)?.value, -12.34)
  assert.equal(read(7, 10, 0, 5_000)?.value, 5)
  assert.equal(read(8, 9, 0, 40, 2), undefined)
  assert.equal(read(8, 9, 0, -1_000_000_000), undefined)
  const entities = entitiesFrom(
    {
      descr: new Map(),
      name: new Map(),
      kind: new Map(),
      inside: new Map<string, unknown>([
        ["1", 2],
        ["2", 1],
        ["3", 4],
      ]),
    },
    new Map([["4.0", "1.3.6.1.2.1.2.2.1.1.17"]]),
  )
  assert.equal(entities.ifIndexOf("1"), null)
  assert.equal(entities.ifIndexOf("3"), 17)
})

test("a neighbour that two protocols report is one row", () => {
  const base = {
    localPort: "ether1",
    chassis: "B8:69:F4:7F:41:70",
    port: "ether5",
    portDescr: null,
    name: "r2",
    platform: null,
    address: "10.0.0.2",
  }
  const rows = neighbourRows([
    { ...base, protocol: "lldp" },
    { ...base, protocol: "mndp" },
  ])
  assert.equal(rows.length, 1)
  assert.equal(rows[0]?.key, "ether1 B8:69:F4:7F:41:70")
  assert.equal(rows[0]?.values.protocols, "lldp, mndp")
})

const anyValue = fc.oneof(
  fc.integer({ min: -(2 ** 31), max: 2 ** 32 }),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc
    .stringMatching(/^[-+(]?\d{0,20}\.?\d{0,20} ?[a-zA-Z%)]{0,8}$/)
    .map((each) => Buffer.from(each)),
  fc.constantFrom(null, undefined, "1.3.6.1.2.1.2.2.1.1.1", 255, 2_147_483_647, -2_147_483_648),
)
const anyIndex = fc
  .array(fc.oneof(fc.nat(255), fc.nat()), { minLength: 1, maxLength: 24 })
  .map((parts) => parts.join("."))

/** A device that answers any question with any values. */
const pollOf = (values: readonly unknown[], indexes: readonly string[]): Poll => {
  let at = 0
  const any = (): unknown => values[at++ % values.length]
  const session = {
    abortError: null,
    problems: [],
    get: async (oids: readonly string[]) => new Map(oids.map((oid) => [oid, any()])),
    columns: async (requested: Readonly<Record<string, string>>) =>
      Object.fromEntries(
        Object.keys(requested).map((key) => [key, new Map(indexes.map((index) => [index, any()]))]),
      ),
  }
  return {
    session: session as unknown as Poll["session"],
    learned: nothingLearned(),
    options: { signal: new AbortController().signal, now: () => 1_000 },
    origin: () => ({ device: DEVICE, source: "snmp", atMs: 1_000 }),
  }
}

test("any values in any row of any profile give samples of the wire, or none", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...PROFILES),
      fc.array(anyValue, { minLength: 1, maxLength: 60 }),
      fc.uniqueArray(anyIndex, { minLength: 1, maxLength: 6 }),
      async (profile, values, indexes) => {
        const poll = pollOf(values, indexes)
        const names = new Set(profile.tables.flatMap(({ families }) => Object.keys(families ?? {})))
        const readings = [
          ...(await readSensorTables(poll, [profile])),
          ...(await readVendorHealth(poll, [profile], { uptimeS: 1, hostUptimeS: null }, NOTHING)),
        ]
        for (const name of names)
          readings.push(...(await readFamilyTables(poll, [profile], name, 1)))
        for (const sample of new Normalizer().normalize(readings))
          assert.equal(JSON.stringify(sample).includes("NaN"), false)
      },
    ),
    { numRuns: 1_000 },
  )
})
const NO_STORE = { totalByte: null, usedByte: null, freeByte: null }
const NOTHING = { cpuPercents: [], memory: NO_STORE, disk: NO_STORE }

test("names and numbers take linear time", () => {
  const started = performance.now()
  for (const long of ["-".repeat(1e6), "9".repeat(1e6), "1e".repeat(5e5), " ".repeat(1e6)]) {
    amountOf(text(long))
    amountOf(text(long), "dBm")
    nameOf("{2} {mac:2} {ip:2} {sysid:2}", row("1", { 2: text(long) }))
  }
  nameOf("{inet:i0} {text:i0} {mac:i0}", row("9.".repeat(20_000).slice(0, -1)))
  assert.ok(performance.now() - started < 2_000)
})
