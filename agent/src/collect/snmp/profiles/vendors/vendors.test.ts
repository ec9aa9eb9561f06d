/**
 * Devices of our own making: what the documents of each vendor say that such a device has, through
 * a socket, the collectors and the normalizer.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import { AssignedDevice, type Sample } from "@ispvm/wire"
import {
  fakeDevice,
  integer,
  octets,
  oidValue,
  type Value,
} from "../../../../../test/fake-device.ts"
import { Normalizer } from "../../../../normalize/normalize.ts"
import { createSnmpCollectors } from "../../collectors/collectors.ts"

const DEVICE = AssignedDevice.parse({
  id: "00000000-0000-4000-8000-000000000001",
  name: "d",
  access: {
    address: "127.0.0.1",
    routerosApi: null,
    snmp: { port: 1, community: "right" },
    icmp: true,
    tcpPort: null,
  },
  intervals: { pingMs: 0, interfaceMs: 1, healthMs: 1, factsMs: 1 },
})

type Rows = Readonly<Record<string, number | string>>
const signed = (value: number): Value => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return { tag: 2, bytes }
}
const encoded = (value: number | string): Value =>
  typeof value === "string" ? octets(value) : value < 0 ? signed(value) : integer(value)

/** All samples, as `kind name field value`. */
const read = async (objectId: string, rows: Rows): Promise<ReadonlySet<string>> => {
  const fake = await fakeDevice(
    new Map([
      ["1.3.6.1.2.1.1.2.0", oidValue(`1.3.6.1.4.1.${objectId}`)],
      ["1.3.6.1.2.1.31.1.1.1.1.7", octets("port7")],
      ...Object.entries(rows).map(([oid, value]): [string, Value] => [
        oid.startsWith("std.") ? `1.3.6.1.2.1.${oid.slice(4)}` : `1.3.6.1.4.1.${oid}`,
        encoded(value),
      ]),
    ]),
  )
  const collectors = createSnmpCollectors({ now: Date.now, resolve: async (address) => address })
  const { access } = DEVICE
  const device = { ...DEVICE, access: { ...access, snmp: { ...access.snmp, port: fake.port } } }
  const normalizer = new Normalizer()
  const found = new Set<string>()
  try {
    for (const { reads, collect } of collectors.all) {
      if (["facts", "interface", "neighbours", "vlans"].includes(reads)) continue
      const readings = await collect(device as AssignedDevice, AbortSignal.timeout(20_000))
      for (const item of normalizer.normalize(readings))
        if (item.kind !== "facts" && item.kind !== "rows")
          for (const line of linesOf(item as Sample)) found.add(line)
    }
  } finally {
    await collectors.close()
    await fake.close()
  }
  return found
}

const linesOf = (sample: Sample): readonly string[] => {
  if (sample.kind === "sensor") return [`${sample.sensor}: ${sample.value} ${sample.unit}`]
  const name = Object.entries(sample).find(
    ([key, value]) =>
      typeof value === "string" && !["kind", "device", "source", "state", "role"].includes(key),
  )?.[1]
  return Object.entries(sample).flatMap(([key, value]) =>
    ["kind", "device", "source", "atMs"].includes(key) || value === null || value === name
      ? []
      : [`${sample.kind} ${name ?? ""} ${key} ${value}`],
  )
}

const includes = (found: ReadonlySet<string>, ...lines: readonly string[]): void =>
  assert.deepEqual(
    lines.filter((line) => !found.has(line)),
    [],
    [...found].join("\n"),
  )

test("Huawei: channels of a module, thresholds, energy, the modem of an AR, an access node's power", async () => {
  const H = "2011.5.25.31.1.1"
  const found = await read("2011.2.23.1", {
    "std.47.1.1.1.1.7.16": "40GE1/0/1",
    [`${H}.3.1.8.16`]: -1,
    [`${H}.3.1.32.16`]: "-312,-298",
    [`${H}.3.1.33.16`]: "-150,-148",
    [`${H}.8.1.5.1.1.1.0`]: 1,
    [`${H}.8.1.6.1.1.1.0`]: 41,
    [`${H}.9.1.5.1.1.1.0`]: 3,
    [`${H}.9.1.7.1.1.1.0`]: 11_980,
    "2011.6.157.1.3.0": 91_500,
    "2011.5.25.241.1.2.1.1.35.1": -71,
    "2011.5.25.241.1.2.1.1.38.1": -98,
    "2011.6.2.1.2.1.2.0": 4,
    "2011.6.2.1.2.1.3.0": 229_000,
    "2011.6.3.3.2.1.8.0.3": 2,
    "2011.6.3.3.2.1.8.0.4": 11,
  })
  includes(
    found,
    "optics 40GE1/0/1 rxDbm -3.12",
    "optics 40GE1/0/1 txDbm -1.5",
    "sensor 1.1.1.0 temperature: 41 °C",
    "sensor 1.1.1.0 voltage: 0 state",
    "sensor 1.1.1.0 voltage: 11.98 V",
    "average power: 91.5 W",
    "lte modem 1 rssiDbm -71",
    "lte modem 1 rsrpDbm -98",
    "AC input 0: 0 state",
    "AC input 0 voltage: 229 V",
    "slot 0.3: 1 state",
  )
  assert.equal(
    [...found].some((line) => line.startsWith("slot 0.4")),
    false,
  )
})

test("ZTE: cards, fans and modules of each generation", async () => {
  includes(
    await read("3902.1082.1001.320.2.1", {
      "3902.1082.10.1.2.4.1.2.1.1.3": 5,
      "3902.1082.10.1.2.4.1.4.1.1.3": "GTGH",
      "3902.1082.10.1.2.4.1.5.1.1.3": 1,
      "3902.1082.10.1.2.4.1.2.1.1.4": 0,
      "3902.1082.10.1.2.4.1.5.1.1.4": 4,
      "3902.1015.3.1.13.1.1.7": -21_300,
      "3902.1015.3.1.13.1.12.7": 45_500,
      "3902.3.6002.2.1.1.7.1.1": 23,
      "3902.3.6002.2.3.1.7.1.1.2": 0,
    }),
    "card GTGH (1.1.3): 1 state",
    "optics port7 rxDbm -21.3",
    "optics port7 temperatureC 45.5",
    "cpu 1.1 load: 23 %",
    "fan 1.1.2: 0 state",
  )
})

test("Nokia: fans, alarms, subscribers, coherent optics", async () => {
  includes(
    await read("6527.1.3.17", {
      "6527.3.1.2.2.1.24.1.1.2.1.1.1": 3,
      "6527.3.1.2.2.1.24.1.1.5.1.1.1": 38,
      "6527.3.1.2.2.1.8.1.8.1.184549377": "Slot 1",
      "6527.3.1.2.2.1.8.1.24.1.184549377": 1,
      "6527.3.1.2.2.1.3.1.12.1": 1,
      "6527.3.1.2.33.1.107.1.65.1": 4_212,
      "6527.3.1.2.2.12.8.1.26.1.7": -810,
      "6527.3.1.2.2.12.8.1.6.1.7": 162,
    }),
    "fan 1.1.1: 1 state",
    "fan 1.1.1 speed: 38 %",
    "Slot 1 alarm: 0 state",
    "chassis 1 critical alarm: 1 state",
    "device-counts subscribers value 4212",
    "optics port7 rxDbm -8.1",
    "port7 signal to noise: 16.2 dB",
  )
})

test("Juniper: an idle card is read, a fan without memory is not", async () => {
  const T = "2636.3.1.13.1"
  const found = await read("2636.1.1.1.2.21", {
    [`${T}.5.7.1.0.0`]: "FPC: MPC 3D",
    [`${T}.8.7.1.0.0`]: 0,
    [`${T}.11.7.1.0.0`]: 25,
    [`${T}.15.7.1.0.0`]: 2_048,
    [`${T}.5.4.1.0.0`]: "Fan 1",
    [`${T}.8.4.1.0.0`]: 0,
    [`${T}.15.4.1.0.0`]: 0,
    "2636.3.71.1.2.1.1.8.7": -1_205,
  })
  includes(found, "FPC: MPC 3D load: 0 %", "optics port7 rxDbm -12.05")
  assert.equal(found.has("Fan 1 load: 0 %"), false)
})

test("Cisco: modules, HSRP, a cellular modem, memory of NX-OS", async () => {
  includes(
    await read("9.12.3.1.3.1", {
      "std.47.1.1.1.1.7.22": "Slot 1",
      "9.9.117.1.2.1.1.2.22": 7,
      "9.9.106.1.2.1.1.15.7.10": 6,
      "9.9.817.1.1.1.1.1.1.22": -101,
      "9.9.661.1.3.4.1.1.1.22": -69,
      "9.9.305.1.1.2.0": 44,
    }),
    "Slot 1 module: 0 state",
    "HSRP port7 10: 1 state",
    "vrrp HSRP port7 10 role master",
    "lte Slot 1 rsrpDbm -101",
    "lte Slot 1 rssiDbm -69",
    "memory used: 44 %",
  )
})

test("AOS-CX: temperature, supplies, fans, and channels in milliwatts", async () => {
  const CX = "47196.4.1.1.3"
  includes(
    await read("47196.4.1.1.1.50", {
      [`${CX}.11.3.1.1.5.1.1.1`]: "1/1-PHY",
      [`${CX}.11.3.1.1.7.1.1.1`]: 42_250,
      [`${CX}.11.2.1.1.3.1.1`]: "1/1",
      [`${CX}.11.2.1.1.11.1.1`]: 3,
      [`${CX}.11.5.1.1.4.1.1`]: "1/1/1",
      [`${CX}.11.5.1.1.10.1.1`]: 4,
      [`${CX}.27.1.2.2.1.12.7.1`]: "0.5",
      [`${CX}.22.1.0.1.1.3.3.49.47.49`]: 12,
    }),
    "1/1-PHY: 42.25 °C",
    "power 1/1: 0 state",
    "fan 1/1/1: 1 state",
    "optics port7 rxDbm -3.01029995664",
    "module 1/1 load: 12 %",
  )
})

test("Calix AXOS, Ciena CES and Waveserver, Mimosa, cnPilot, CyberPower", async () => {
  includes(
    await read("6321.1.1.3.1", {
      "6321.1.2.4.2.4.2.1.2.1": "1/1/xp1",
      "6321.1.2.4.2.4.2.1.3.1": 1,
      "6321.1.2.4.2.4.2.1.4.1": 39_500,
      "6321.1.2.4.2.4.2.1.6.1": 20_000,
      "6321.1.2.4.2.6.1.1.3.9": 1,
      "6321.1.2.4.2.6.1.1.6.9": 100,
    }),
    "optics 1/1/xp1 temperatureC 39.5",
    "optics 1/1/xp1 txDbm 3.01029995664",
    "ONT 9 received power: -20 dBm",
  )
  includes(
    await read("1271.1.2.30", {
      "1271.2.1.5.1.2.1.4.5.1.4.1.3.1": 31,
      "1271.2.1.9.1.1.1.1.2.7": 1,
      "1271.2.1.9.1.1.1.1.6.7": 500,
      "1271.3.4.15.13.1.2.4": 47,
    }),
    "slot 3 cpu load: 31 %",
    "optics port7 rxDbm -3.01029995664",
    "module 4 temperature: 47 °C",
  )
  includes(
    await read("43356.1.1.1", { "43356.2.1.2.6.2.1.2.1": 866, "43356.2.1.2.2.5.0": 1 }),
    "stream 1 transmit rate: 866000000 bit/s",
    "satellite signal: 1 state",
  )
  includes(
    await read("17713.22", {
      "17713.22.1.2.1.3.0": "5GHz",
      "17713.22.1.2.1.5.0": 11,
      "17713.22.1.2.1.6.0": "36",
    }),
    "wireless radio 5GHz clients 11",
    "wireless radio 5GHz frequencyMhz 5180",
  )
  includes(
    await read("3808.1.1.1", { "3808.1.1.1.2.2.1.0": 99, "3808.1.1.1.4.2.1.0": 2_301 }),
    "battery charge: 99 %",
    "output voltage: 230.1 V",
  )
})

test("Eltex, Adtran access nodes, ISAM, FASTPATH, a modem of RouterOS", async () => {
  includes(
    await read("35265.1.81", {
      "89.53.15.1.2.1": 1,
      "89.53.15.1.3.1": 4,
      "89.53.15.1.10.1": 43,
      "35265.41.1.2.1.1.3.0": 400,
      "35265.41.1.2.1.1.7.0": 100,
      "35265.1.22.1.10.4.0": 155,
    }),
    "unit 1 main supply: 1 state",
    "unit 1 redundant supply: 0 state",
    "unit 1 temperature: 43 °C",
    "health  memoryUsedByte 300",
    "cpu load: 15.5 %",
  )
  includes(
    await read("664.1.1166", {
      "664.5.70.22.2.1.1.1.1": 2_000,
      "664.5.70.22.2.1.1.2.1": 500,
      "664.5.70.22.2.2.1.1.1": 1_250,
      "664.2.751.2.1.1.1.9": 3_100,
    }),
    "cpu 1 load: 12.5 %",
    "slot 9 fan 1 speed: 3100 rpm",
    "health  memoryUsedByte 500",
  )
  includes(
    await read("637.61.1", { "637.61.1.3.4.0": 3, "637.61.1.3.5.0": 16 }),
    "active alarms: 3 count",
    "most severe alarm: 0 state",
  )
  includes(
    await read("4413.1.1", { "4413.1.1.43.1.6.1.3.1.0": 2, "4413.1.1.43.1.8.1.4.1.0": 1 }),
    "fan 0: 0 state",
    "temperature 0: 1 state",
  )
  includes(
    await read("14988.1", { "14988.1.1.13.1.0": -79, "14988.1.1.13.10.0": -104 }),
    "lte modem rssiDbm -79",
    "lte modem rsrpDbm -104",
  )
})

test("BGP of the draft, with IPv6 peers, on Dell OS10 and IronWare", async () => {
  const six = "2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1"
  for (const [objectId, root] of [
    ["674.11000.5000.100.2.1.5", "674.11000.5000.200.1.1"],
    ["1991.1.3.48", "1991.3.5.1.1"],
  ] as const)
    includes(
      await read(objectId, {
        [`${root}.2.1.10.1.${six}`]: 64_500,
        [`${root}.2.1.12.1.${six}`]: 2,
        [`${root}.2.1.13.1.${six}`]: 6,
        [`${root}.8.1.3.1.${six}.2.1`]: 91,
      }),
      "bgp 2001:db8::1 state established",
      "bgp 2001:db8::1 remoteAs 64500",
      "bgp 2001:db8::1 prefixesReceived 91",
    )
})

test("a device without a profile has processors, memory and sensors of the standard MIBs", async () => {
  includes(
    await read("99999.1", {
      "std.25.3.3.1.2.196608": 7,
      "2021.4.5.0": 1_000,
      "2021.4.6.0": 400,
      "std.47.1.1.1.1.7.5": "CPU temperature",
      "std.99.1.1.1.1.5": 8,
      "std.99.1.1.1.2.5": 9,
      "std.99.1.1.1.3.5": 1,
      "std.99.1.1.1.4.5": 455,
      "std.99.1.1.1.5.5": 1,
      "std.33.1.2.3.0": 12,
    }),
    "health  cpuRatio 0.07",
    "health  memoryTotalByte 1024000",
    "CPU temperature: 45.5 °C",
    "battery time left: 720 s",
  )
})
