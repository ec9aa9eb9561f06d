import assert from "node:assert/strict"
import { test } from "node:test"
import { DeviceId, Item } from "@ispvm/wire"
import fc from "fast-check"
import type {
  FactsReading,
  HealthReading,
  InterfaceReading,
  PortFact,
  Reading,
  SensorReading,
} from "../collect/collector.ts"
import { facts, healthSample, Normalizer, sensorSample } from "./normalize.ts"

const device = DeviceId.parse("6f1f2f5e-1c3e-4c53-9a5e-6b1d0e0f2a11")
const elsewhere = DeviceId.parse("6f1f2f5e-1c3e-4c53-9a5e-6b1d0e0f2a12")
const at = (atMs: number) => ({ device, source: "routeros-api", atMs }) as const

const port = (
  name: string,
  atMs: number,
  rxByte: bigint,
  changes: Partial<InterfaceReading> = {},
): InterfaceReading => ({
  ...at(atMs),
  kind: "interface",
  interface: name,
  running: true,
  disabled: false,
  dynamic: false,
  uptimeS: atMs / 1_000,
  counters: {
    bits: 64,
    rxByte,
    txByte: 0n,
    rxPacket: 0n,
    txPacket: 0n,
    rxError: 0n,
    txError: 0n,
    rxDrop: 0n,
    txDrop: 0n,
  },
  ...changes,
})
const rxBpsOf = (normalizer: Normalizer, readings: Reading[]): (number | null)[] =>
  normalizer
    .normalize(readings)
    .map((sample) => (sample.kind === "interface" ? sample.rxBps : null))

test("the second reading of an interface has a rate", () => {
  const normalizer = new Normalizer()
  assert.deepEqual(rxBpsOf(normalizer, [port("ether1", 100_000, 0n)]), [null])
  assert.deepEqual(rxBpsOf(normalizer, [port("ether1", 110_000, 1_250n)]), [1_000])
  assert.equal(normalizer.counts.ok, 1)
})

test("sources, devices and interfaces are independent", () => {
  const normalizer = new Normalizer()
  normalizer.normalize([port("ether1", 100_000, 0n), port("ether2", 100_000, 500n)])
  assert.deepEqual(rxBpsOf(normalizer, [port("ether1", 110_000, 1_250n, { source: "snmp" })]), [
    null,
  ])
  assert.deepEqual(rxBpsOf(normalizer, [port("ether1", 110_000, 1_250n, { device: elsewhere })]), [
    null,
  ])
  assert.deepEqual(rxBpsOf(normalizer, [port("ether2", 110_000, 1_750n)]), [1_000])
})

test("a removed interface is forgotten, and so is a device", () => {
  const normalizer = new Normalizer()
  normalizer.normalize([port("<pppoe-anna>", 100_000, 0n), port("ether1", 100_000, 0n)])
  normalizer.normalize([port("ether1", 110_000, 0n)])
  assert.deepEqual(
    rxBpsOf(normalizer, [port("<pppoe-anna>", 120_000, 900n), port("ether1", 120_000, 1_250n)]),
    [null, 1_000],
  )
  normalizer.forget(device)
  assert.deepEqual(rxBpsOf(normalizer, [port("ether1", 130_000, 2_500n)]), [null])
})

test("interfaces of subscriber sessions are not sent", () => {
  const normalizer = new Normalizer()
  assert.deepEqual(normalizer.normalize([port("<l2tp-anna>", 100_000, 0n, { dynamic: true })]), [])
  assert.equal(normalizer.counts.dynamic, 1)
})

const health = (changes: Partial<HealthReading>): HealthReading => ({
  ...at(1),
  kind: "health",
  uptimeS: 90,
  cpuPercents: [10, 30],
  memory: { totalByte: 1_000, usedByte: null, freeByte: 400 },
  disk: { totalByte: 500, usedByte: 100, freeByte: null },
  ...changes,
})

test("health: the mean of the cores, and used computed from free if only that is reported", () => {
  const sample = healthSample(health({}))
  assert.equal(sample?.cpuRatio, 0.2)
  assert.equal(sample?.memoryUsedByte, 600)
  assert.equal(sample?.diskUsedByte, 100)
})

test("health: more than 100 % is limited, a negative value is omitted, and no value at all is no sample", () => {
  const nothing = { totalByte: null, usedByte: null, freeByte: null }
  assert.equal(healthSample(health({ cpuPercents: [140] }))?.cpuRatio, 1)
  assert.equal(
    healthSample(health({ memory: { totalByte: 1, usedByte: null, freeByte: 5 } }))?.memoryUsedByte,
    null,
  )
  assert.equal(
    healthSample(health({ uptimeS: null, cpuPercents: [], memory: nothing, disk: nothing })),
    null,
  )
})

const portFact = (changes: Partial<PortFact>): PortFact => ({
  name: "ether1",
  type: "ether",
  mac: "aa-bb-cc-11-22-33",
  comment: null,
  mtu: 1_500,
  speedBps: 1e9,
  ifIndex: 1,
  dynamic: false,
  ...changes,
})
const factsReading = (changes: Partial<FactsReading>): FactsReading => ({
  ...at(1),
  kind: "facts",
  identity: "core-1",
  vendor: "MikroTik",
  board: "x86",
  version: "7.20.4 (stable)",
  architecture: "arm64",
  serial: null,
  interfaces: [portFact({})],
  ...changes,
})

test("facts: MAC addresses in one form, and invalid ones omitted", () => {
  const macs = ["aa-bb-cc-11-22-33", "aabb.cc11.2233", "AA:BB:CC:11:22:33", "", "12:34:56"].map(
    (mac) => portFact({ mac }),
  )
  assert.deepEqual(
    facts(factsReading({ interfaces: macs })).interfaces?.map((each) => each.mac),
    ["AA:BB:CC:11:22:33", "AA:BB:CC:11:22:33", "AA:BB:CC:11:22:33", null, null],
  )
})

test("facts: beyond the limit of the contract, interfaces of subscribers are dropped first", () => {
  const many = [
    ...Array.from({ length: 5_000 }, (_, index) =>
      portFact({ name: `<pppoe-${index}>`, dynamic: true }),
    ),
    portFact({}),
  ]
  const limited = facts(factsReading({ interfaces: many })).interfaces ?? []
  assert.equal(limited.length, 5_000)
  assert.equal(limited[0]?.name, "ether1")
})

test("no NUL is sent, because no database would store it", () => {
  const { identity, interfaces } = facts(
    factsReading({
      identity: "co\0re",
      interfaces: [portFact({ name: "\0", comment: "\0x" }), portFact({})],
    }),
  )
  assert.equal(identity, "core")
  assert.equal(interfaces?.length, 1)
})

test("a setting among the sensors is not a sample", () => {
  const sensor: SensorReading = {
    ...at(1),
    kind: "sensor",
    sensor: "fan-mode",
    value: "auto",
    unit: null,
  }
  assert.equal(sensorSample(sensor), null)
})

const text = fc.oneof(fc.string(), fc.string({ minLength: 300, maxLength: 5_000, unit: "binary" }))
const textOrNull = fc.option(text)
const number = fc.oneof(fc.double(), fc.integer())
const numberOrNull = fc.option(number)
const counter = fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
const common = {
  device: fc.constant(device),
  source: fc.constantFrom("routeros-api" as const, "snmp" as const),
  atMs: fc.nat(),
}
const store = fc.record({
  totalByte: numberOrNull,
  usedByte: numberOrNull,
  freeByte: numberOrNull,
})
const reading: fc.Arbitrary<Reading> = fc.oneof(
  fc.record({
    ...common,
    kind: fc.constant("interface" as const),
    interface: text,
    running: fc.boolean(),
    disabled: fc.boolean(),
    dynamic: fc.boolean(),
    uptimeS: numberOrNull,
    counters: fc.record({
      bits: fc.constantFrom(32 as const, 64 as const),
      rxByte: counter,
      txByte: counter,
      rxPacket: counter,
      txPacket: counter,
      rxError: counter,
      txError: counter,
      rxDrop: counter,
      txDrop: counter,
    }),
  }),
  fc.record({
    ...common,
    kind: fc.constant("health" as const),
    uptimeS: numberOrNull,
    cpuPercents: fc.array(number),
    memory: store,
    disk: store,
  }),
  fc.record({
    ...common,
    kind: fc.constant("sensor" as const),
    sensor: text,
    value: fc.oneof(text, number),
    unit: textOrNull,
  }),
  fc.record({
    ...common,
    kind: fc.constant("facts" as const),
    identity: textOrNull,
    vendor: textOrNull,
    board: textOrNull,
    version: textOrNull,
    architecture: textOrNull,
    serial: textOrNull,
    interfaces: fc.option(
      fc.array(
        fc.record({
          name: text,
          type: text,
          mac: textOrNull,
          comment: textOrNull,
          mtu: numberOrNull,
          speedBps: numberOrNull,
          ifIndex: numberOrNull,
          dynamic: fc.boolean(),
        }),
        { maxLength: 3 },
      ),
    ),
  }),
)

test("whatever a device reports, samples are valid", () => {
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 5 }), (readings) => {
      const normalizer = new Normalizer()
      for (const item of [...normalizer.normalize(readings), ...normalizer.normalize(readings)])
        Item.parse(item)
    }),
  )
})

const snmpFact = (type: string): FactsReading => ({
  ...at(1),
  source: "snmp",
  kind: "facts",
  identity: null,
  vendor: null,
  board: null,
  version: null,
  architecture: null,
  serial: null,
  interfaces: [
    {
      name: "p1",
      type,
      mac: null,
      comment: null,
      mtu: null,
      speedBps: 1e7,
      ifIndex: 1,
      dynamic: false,
    },
  ],
})

test("the speed from the facts limits an interface's rates, but not those of a tunnel", () => {
  for (const [type, rxBps] of [
    ["ether", null],
    ["tunnel", 8e7],
  ] as const) {
    const normalizer = new Normalizer()
    const snmp = { source: "snmp" } as const
    normalizer.normalize([snmpFact(type)])
    normalizer.normalize([port("p1", 100_000, 0n, snmp)])
    assert.deepEqual(rxBpsOf(normalizer, [port("p1", 110_000, 100_000_000n, snmp)]), [rxBps])
  }
})

test("an aborted poll keeps the totals of interfaces that it did not reach", () => {
  const normalizer = new Normalizer()
  normalizer.normalize([port("p1", 100_000, 0n), port("p2", 100_000, 0n)])
  normalizer.normalize([port("p1", 110_000, 0n, { isPartial: true })])
  assert.deepEqual(
    rxBpsOf(normalizer, [port("p1", 120_000, 0n), port("p2", 120_000, 2_500n)]),
    [0, 1_000],
  )
})

test("a discontinuity time that changes with each reading is ignored", () => {
  const normalizer = new Normalizer()
  const rates = [1, 2, 3, 4].map(
    (n) =>
      rxBpsOf(normalizer, [port("p1", n * 10_000, BigInt(n) * 1_250n, { discontinuity: n })])[0],
  )
  assert.deepEqual(rates, [null, null, 1_000, 1_000])
})

test("an impossible sensor value is omitted and counted", () => {
  const normalizer = new Normalizer()
  const hot: SensorReading = {
    ...at(1),
    kind: "sensor",
    sensor: "cpu",
    value: 5_000,
    unit: "celsius",
  }
  assert.deepEqual(normalizer.normalize([hot]), [])
  assert.equal(normalizer.counts.impossible, 1)
})
