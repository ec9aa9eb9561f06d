import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import dgram from "node:dgram"
import { once } from "node:events"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { networkInterfaces, tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import { AssignedDevice } from "@ispvm/wire"
import { environment, recordingsFolder } from "../../../../test/config.ts"
import {
  counter64,
  type Faults,
  fakeDevice,
  integer,
  octets,
  oidValue,
  parseRecord,
  type Table,
} from "../../../../test/fake-device.ts"
import { CollectError, type Reading, type Tier } from "../../collector.ts"
import { bigOf, compareOids, macOf, numberOf, textOf } from "../client/values.ts"
import { createSnmpCheck } from "./access-check.ts"
import { createSnmpCollectors } from "./collectors.ts"

const resolve = async (address: string) => address
const device = (port: number, community = "right") =>
  AssignedDevice.parse({
    id: "00000000-0000-4000-8000-000000000001",
    name: "d",
    access: {
      address: "127.0.0.1",
      routerosApi: null,
      snmp: { port, community },
      icmp: true,
      tcpPort: null,
    },
    intervals: { pingMs: 0, interfaceMs: 1, healthMs: 1, factsMs: 1 },
  })
const collect = async (
  port: number,
  tier: Tier,
  signal = AbortSignal.timeout(5_000),
  community = "right",
): Promise<Reading[]> => {
  const collectors = createSnmpCollectors({ now: () => 1_000, resolve })
  try {
    return (
      (await collectors.all
        .find(({ reads }) => reads === tier)
        ?.collect(device(port, community), signal)) ?? []
    )
  } finally {
    await collectors.close()
  }
}

const IF = "1.3.6.1.2.1.2.2.1"
const IFX = "1.3.6.1.2.1.31.1.1.1"
const rowsOf = (index: number, name: string): [string, ReturnType<typeof integer>][] => [
  [`${IF}.2.${index}`, octets(name)],
  [`${IF}.7.${index}`, integer(1)],
  [`${IF}.8.${index}`, integer(index === 2 ? 2 : 1)],
  [`${IF}.10.${index}`, integer(1_000 + index, 0x41)],
  [`${IF}.16.${index}`, integer(2_000 + index, 0x41)],
]
const narrow: Table = new Map([
  ["1.3.6.1.2.1.1.3.0", integer(123_400, 0x43)],
  ...rowsOf(1, "ether1"),
  ...rowsOf(2, "ether2"),
  ...rowsOf(2_147_483_650, "<pppoe-a>"),
])
const wide: Table = new Map([
  ...narrow,
  [`${IFX}.1.1`, octets("uplink")],
  [`${IFX}.6.1`, counter64(18_446_744_073_709_551_610n)],
  [`${IFX}.7.1`, counter64(7n)],
  [`${IFX}.8.1`, counter64(3n)],
  [`${IFX}.10.1`, counter64(0n)],
])
const withDevice = async (
  table: Table,
  faults: Faults,
  use: (port: number, requests: () => number) => Promise<void>,
): Promise<void> => {
  const fake = await fakeDevice(table, faults)
  try {
    await use(fake.port, fake.requests)
  } finally {
    await fake.close()
  }
}
const names = (readings: readonly Reading[]) =>
  readings.flatMap((reading) => (reading.kind === "interface" ? [reading.interface] : []))

test("values are converted whatever their length, and invalid ones are null", () => {
  assert.deepEqual(
    [
      bigOf(Buffer.of()),
      bigOf(Buffer.of(2, 0xa4)),
      bigOf(Buffer.alloc(9, 0xff)),
      bigOf(Buffer.alloc(10)),
      bigOf("x"),
    ],
    [0n, 676n, 2n ** 64n - 1n, null, null],
  )
  assert.deepEqual(
    [numberOf(5), numberOf(Number.NaN), numberOf(undefined), numberOf(Buffer.of(9))],
    [5, null, null, 9],
  )
  assert.deepEqual(
    [textOf(Buffer.from("Łódź\0")), textOf(Buffer.of(0xe9)), textOf(Buffer.of()), textOf(4)],
    ["Łódź", "é", null, null],
  )
  assert.deepEqual(
    [macOf(Buffer.from("00005e005301", "hex")), macOf(Buffer.alloc(6)), macOf(Buffer.of(1))],
    ["00:00:5E:00:53:01", null, null],
  )
  assert.deepEqual(
    [compareOids("1.3.9", "1.3.10"), compareOids("1.3", "1.3.1"), compareOids("1.3", "1.3")],
    [-1, -1, 0],
  )
})

test("interfaces without 64-bit counters are read in 32 bits, also with an index beyond 31 bits", async () => {
  await withDevice(narrow, {}, async (port) => {
    const readings = await collect(port, "interface")
    assert.deepEqual(names(readings), ["ether1", "ether2", "<pppoe-a>"])
    const [first, second, third] = readings.flatMap((reading) =>
      reading.kind === "interface" ? [reading] : [],
    )
    assert.deepEqual(
      [first?.counters.bits, first?.counters.rxByte, first?.counters.txByte, first?.uptimeS],
      [32, 1_001n, 2_001n, 1_234],
    )
    assert.deepEqual([first?.running, second?.running, third?.dynamic], [true, false, true])
  })
})

test("64-bit counters and the name of ifXTable are preferred", async () => {
  await withDevice(wide, {}, async (port) => {
    const [first] = await collect(port, "interface")
    assert.ok(first?.kind === "interface")
    assert.deepEqual(
      [
        first.interface,
        first.counters.bits,
        first.counters.rxByte,
        first.counters.rxPacket,
        first.counters.txByte,
      ],
      ["uplink", 64, 18_446_744_073_709_551_610n, 10n, 0n],
    )
  })
})

const faults: [string, Faults][] = [
  [
    "an OID that does not grow ends the column",
    { varbinds: (list, { type }) => (type === 0xa5 ? [...list, ...list] : list) },
  ],
  [
    "a packet that is no SNMP before each answer is ignored",
    { packets: (answer) => [Buffer.from("nonsense"), Buffer.of(0x30, 0x84), answer] },
  ],
  ["a doubled answer is taken once", { packets: (answer) => [answer, answer] }],
  [
    "an answer that is cut short is asked for again",
    (() => {
      let n = 0
      return {
        packets: (answer: Buffer) => [n++ === 1 ? answer.subarray(0, answer.length - 7) : answer],
      }
    })(),
  ],
]
for (const [name, fault] of faults)
  test(name, async () => {
    await withDevice(narrow, fault, async (port) =>
      assert.deepEqual(names(await collect(port, "interface")), ["ether1", "ether2", "<pppoe-a>"]),
    )
  })

test("an endless walk comes to an end", async () => {
  const circle: Faults = {
    varbinds: (list, { type, oids }) =>
      type === 0xa5 ? oids.flatMap((oid) => list.filter((it) => it.oid === oid)) : list,
  }
  await withDevice(narrow, circle, async (port, requests) => {
    await collect(port, "interface")
    assert.ok(requests() < 20)
  })
})

test("no answer, as with a wrong community, is no-answer, and the whole poll is bounded", async () => {
  await withDevice(narrow, {}, async (port) => {
    await assert.rejects(
      collect(port, "interface", AbortSignal.timeout(100), "wrong"),
      (error) => error instanceof CollectError && error.reason === "timed-out",
    )
  })
})

test("a correct answer from another port is not accepted", async () => {
  await withDevice(narrow, { fromAnotherPort: true }, async (port, requests) => {
    await assert.rejects(collect(port, "facts", AbortSignal.timeout(100)), CollectError)
    assert.ok(requests() > 0)
  })
})

test("health: cores, the storage of RouterOS, and gauges before scalars", async () => {
  const HEALTH = "1.3.6.1.4.1.14988.1.1.3"
  const STORE = "1.3.6.1.2.1.25.2.3.1"
  const table: Table = new Map([
    ["1.3.6.1.2.1.1.2.0", oidValue("1.3.6.1.4.1.14988.1")],
    ["1.3.6.1.2.1.25.3.3.1.2.1", integer(16)],
    ["1.3.6.1.2.1.25.3.3.1.2.2", integer(20)],
    ...[65_536, 131_072].flatMap((index): [string, ReturnType<typeof integer>][] => [
      [`${STORE}.4.${index}`, integer(1_024)],
      [`${STORE}.5.${index}`, integer(1_000)],
      [`${STORE}.6.${index}`, integer(index / 65_536)],
    ]),
    [`${HEALTH}.8.0`, integer(237)],
    [`${HEALTH}.100.1.2.14`, octets("temperature")],
    [`${HEALTH}.100.1.3.14`, integer(45, 0x42)],
    [`${HEALTH}.100.1.4.14`, integer(1)],
  ])
  await withDevice(table, {}, async (port) => {
    const [health, ...sensors] = await collect(port, "health")
    assert.ok(health?.kind === "health")
    assert.deepEqual(
      [health.cpuPercents, health.memory.usedByte, health.disk.usedByte],
      [[16, 20], 1_024, 2_048],
    )
    assert.deepEqual(
      sensors.map((one) => (one.kind === "sensor" ? [one.sensor, one.value, one.unit] : [])),
      [["temperature", 45, "celsius"]],
    )
  })
  await withDevice(
    new Map([...table].filter(([oid]) => !oid.includes(".3.100."))),
    {},
    async (port) => {
      const sensors = (await collect(port, "health")).filter(({ kind }) => kind === "sensor")
      assert.deepEqual(
        sensors.map((one) => (one.kind === "sensor" ? [one.sensor, one.value, one.unit] : [])),
        [["voltage", 237, "dV"]],
      )
    },
  )
})

test("the access test says who answered, and reports a missing answer as such", async () => {
  await withDevice(
    new Map([
      ["1.3.6.1.2.1.1.1.0", octets("RouterOS RB5009")],
      ["1.3.6.1.2.1.1.2.0", oidValue("1.3.6.1.4.1.14988.1")],
      ["1.3.6.1.2.1.1.5.0", octets("core-1")],
    ]),
    {},
    async (port) => {
      const check = createSnmpCheck(resolve, () => 1)
      const good = await check(device(port).access, AbortSignal.timeout(2_000))
      assert.deepEqual(
        [good.steps[0]?.reason, good.facts?.identity, good.facts?.board],
        ["ok", "core-1", "RB5009"],
      )
      const bad = await check(device(port, "wrong").access, AbortSignal.timeout(60))
      assert.equal(bad.steps[0]?.reason, "timed-out")
    },
  )
})

const recordings = recordingsFolder()
const expected = {
  routeros_crs317: [20, "CRS317-1G-16S+", "6.44.2"],
  routeros_rb433gl: [null, "RB433GL", null],
  routeros_rb760igs: [null, null, null],
} as const
for (const [name, [ports, board, version]] of Object.entries(expected))
  test(`a recorded walk is read completely: ${name}`, {
    skip: recordings === undefined && "ISPVM_RECORDINGS is not set: 1 case",
  }, async () => {
    const lines = readFileSync(
      join(recordings ?? "", "snmp/mikrotik", `${name}.snmprec`),
      "utf8",
    ).split("\n")
    await withDevice(
      new Map(lines.flatMap((line) => [parseRecord(line)].filter((record) => record !== null))),
      {},
      async (port) => {
        const [facts] = await collect(port, "facts")
        const [health] = await collect(port, "health")
        const rows = await collect(port, "interface")
        assert.ok(facts?.kind === "facts" && health?.kind === "health")
        assert.equal(facts.vendor, "MikroTik")
        if (board !== null) assert.equal(facts.board, board)
        if (version !== null) assert.equal(facts.version, version)
        if (ports !== null) assert.equal(rows.length, ports)
        assert.ok(rows.length > 0 && rows.length === facts.interfaces?.length)
        assert.ok(health.cpuPercents.length > 0 && (health.memory.totalByte ?? 0) > 0)
      },
    )
  })

const SNMPD = ["/usr/sbin/snmpd", "/usr/bin/snmpd"].find((path) => existsSync(path))
test("a real snmpd reports the interfaces of this machine", {
  skip: SNMPD === undefined && "no snmpd here: 1 case",
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-snmpd-"))
  const free = dgram.createSocket("udp4")
  await new Promise<void>((done) => free.bind(0, "127.0.0.1", done))
  const { port } = free.address()
  await new Promise<void>((done) => free.close(() => done()))
  writeFileSync(
    join(folder, "snmpd.conf"),
    `agentaddress udp:127.0.0.1:${port}\nrocommunity right 127.0.0.1\nsysName probe\n`,
  )
  const env = { ...environment(), SNMP_PERSISTENT_DIR: folder, MIBS: "" }
  const snmpd = spawn(
    SNMPD ?? "",
    ["-f", "-C", "-c", join(folder, "snmpd.conf"), "-p", join(folder, "pid")],
    {
      env,
      stdio: "ignore",
    },
  )
  try {
    let facts: Reading[] = []
    for (let tries = 0; facts.length === 0 && tries < 20; tries += 1)
      facts = await collect(port, "facts", AbortSignal.timeout(300)).catch(() => sleep(50, []))
    const [one] = facts
    assert.ok(one?.kind === "facts")
    assert.equal(one.identity, "probe")
    const own = Object.keys(networkInterfaces())
    const rows = names(await collect(port, "interface"))
    assert.ok(
      own.every((name) => rows.includes(name)),
      `${own} in ${rows}`,
    )
  } finally {
    snmpd.kill()
    await once(snmpd, "exit")
    rmSync(folder, { recursive: true })
  }
})
