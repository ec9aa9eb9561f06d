import assert from "node:assert/strict"
import dgram from "node:dgram"
import { test } from "node:test"
import { AssignedDevice } from "@ispvm/wire"
import {
  counter64,
  type Faults,
  fakeDevice,
  integer,
  octets,
  type Table,
  type Value,
} from "../../../../test/fake-device.ts"
import { CollectError, type InterfaceReading, type Reading, type Tier } from "../../collector.ts"
import { integerTlv, tlv } from "../client/ber.ts"
import { communityMessage, readCommunityAnswer, readVersion } from "../client/pdu.ts"
import { createSnmpCollectors } from "./collectors.ts"

const IF = "1.3.6.1.2.1.2.2.1"
const IFX = "1.3.6.1.2.1.31.1.1.1"
const UPTIME: [string, Value] = ["1.3.6.1.2.1.1.3.0", integer(100_000, 0x43)]
const port = (i: number, descr: string): [string, Value][] => [
  [`${IF}.2.${i}`, octets(descr)],
  [`${IF}.7.${i}`, integer(1)],
  [`${IF}.8.${i}`, integer(1)],
  [`${IF}.10.${i}`, integer(i, 0x41)],
  [`${IF}.16.${i}`, integer(i, 0x41)],
]
const deviceAt = (udpPort: number, snmp: object = {}) =>
  AssignedDevice.parse({
    id: "00000000-0000-4000-8000-000000000001",
    name: "d",
    access: {
      address: "127.0.0.1",
      routerosApi: null,
      snmp: { port: udpPort, community: "right", ...snmp },
      icmp: false,
      tcpPort: null,
    },
    intervals: { pingMs: 0, interfaceMs: 1, healthMs: 1, factsMs: 1 },
  })
const pollAt = async (
  udpPort: number,
  tiers: readonly Tier[] = ["interface"],
): Promise<Reading[]> => {
  const collectors = createSnmpCollectors({ now: () => 1_000, resolve: async (address) => address })
  try {
    let readings: Reading[] = []
    for (const tier of tiers) {
      const collector = collectors.all.find(({ reads }) => reads === tier)
      readings = (await collector?.collect(deviceAt(udpPort), AbortSignal.timeout(8_000))) ?? []
    }
    return readings
  } finally {
    await collectors.close()
  }
}
const poll = async (
  table: Table,
  faults: Faults = {},
  tiers: readonly Tier[] = ["interface"],
): Promise<Reading[]> => {
  const fake = await fakeDevice(table, faults)
  try {
    return await pollAt(fake.port, tiers)
  } finally {
    await fake.close()
  }
}
const portsOf = (readings: readonly Reading[]): InterfaceReading[] =>
  readings.flatMap((reading) => (reading.kind === "interface" ? [reading] : []))
const namesOf = (readings: readonly Reading[]): string[] =>
  portsOf(readings).map((each) => each.interface)

test("each interface has its widest counters, octets and packets separately, errors always in 32 bits", async () => {
  const table = new Map([
    UPTIME,
    ...port(1, "e1"),
    ...port(2, "gig"),
    [`${IF}.11.2`, integer(7, 0x41)] as const,
    [`${IFX}.6.2`, counter64(2n ** 40n)] as const,
    [`${IFX}.10.2`, counter64(5n)] as const,
  ])
  const [narrow, wide] = portsOf(await poll(table))
  assert.deepEqual([narrow?.counters.bits, narrow?.counters.rxByte], [32, 1n])
  assert.deepEqual(
    [wide?.counters.bits, wide?.counters.rxByte, wide?.counters.rxPacket],
    [64, 2n ** 40n, 7n],
  )
  assert.ok(wide?.counters.narrow?.includes("rxPacket") && wide.counters.narrow.includes("rxError"))
})

test("two interfaces with one name keep their series when their indexes change", async () => {
  const two = (a: number, b: number): Table =>
    new Map([
      UPTIME,
      ...port(a, "Ethernet"),
      ...port(b, "Ethernet"),
      [`${IF}.10.${a}`, integer(111, 0x41)] as const,
      [`${IFX}.18.${a}`, octets("to north")] as const,
      [`${IFX}.18.${b}`, octets("to south")] as const,
    ])
  const before = portsOf(await poll(two(1, 2))).map((each) => [
    each.interface,
    each.counters.rxByte === 111n,
  ])
  const after = portsOf(await poll(two(2, 1))).map((each) => [
    each.interface,
    each.counters.rxByte === 111n,
  ])
  assert.deepEqual(before, [
    ["Ethernet (to north)", true],
    ["Ethernet (to south)", false],
  ])
  assert.deepEqual(after.toSorted(), before.toSorted())
})

test("an interface without a name is named by its index", async () => {
  const table = new Map([UPTIME, ...port(1, ""), ...port(7, "")])
  assert.deepEqual(namesOf(await poll(table)), ["ifIndex 1", "ifIndex 7"])
  const [facts] = await poll(table, {}, ["facts"])
  assert.deepEqual(facts?.kind === "facts" ? facts.interfaces?.map(({ name }) => name) : [], [
    "ifIndex 1",
    "ifIndex 7",
  ])
})

test("rows after an index that does not increase are read; an endless walk is reported with what was read", async () => {
  const rows = [1, 10, 11, 2, 3].flatMap((i) => port(i, `port${i}`))
  const columns = Map.groupBy(rows, ([oid]) => oid.split(".").slice(0, -1).join("."))
  const walk = [UPTIME, ...[...columns.values()].flat()]
  const next = (oid: string, turn: boolean) => {
    const at = walk.findIndex(([each]) => each === oid)
    const found = at >= 0 ? walk[at + 1] : walk.find(([each]) => each.startsWith(`${oid}.`))
    const [to = oid, value = { tag: 0x82, bytes: Buffer.alloc(0) }] = found ?? []
    return { oid: turn ? to.replace(/\.3$/, ".1") : to, value }
  }
  const faults = (turn: boolean): Faults => ({
    varbinds: (list, { type, oids, repetitions }) => {
      if (type === 0xa0) return list
      let from = [...oids]
      return Array.from({ length: repetitions }, () => {
        const row = from.map((oid) => next(oid, turn))
        from = row.map(({ oid }) => oid)
        return row
      }).flat()
    },
  })
  assert.deepEqual(namesOf(await poll(new Map(walk), faults(false))).toSorted(), [
    "port1",
    "port10",
    "port11",
    "port2",
    "port3",
  ])
  await assert.rejects(poll(new Map(walk), faults(true)), (error) => {
    assert.ok(error instanceof CollectError)
    assert.match(error.message, /the poll is incomplete; .* repeats its rows at 1\.3/)
    assert.equal(error.partial.length, 4)
    return true
  })
})

const errorReply = (packet: Buffer, status: number, index: number): Buffer => {
  const { body, at, version } = readVersion(packet)
  const { id } = readCommunityAnswer(body, at)
  const pdu = tlv(0xa2, integerTlv(id), integerTlv(status), integerTlv(index), tlv(0x30))
  return tlv(0x30, integerTlv(version), tlv(4, Buffer.from("right")), pdu)
}

test("tooBig is answered with a smaller request, down to a single value", async () => {
  const rows = Array.from({ length: 12 }, (_, i) =>
    port(i + 1, `vlan${i}, ${"long ".repeat(30)}`),
  ).flat()
  let rejected = 0
  const packets = (answer: Buffer): readonly Buffer[] => {
    if (answer.length <= 484) return [answer]
    rejected += 1
    return [errorReply(answer, 1, 0)]
  }
  assert.equal(namesOf(await poll(new Map([UPTIME, ...rows]), { packets })).length, 12)
  assert.ok(rejected > 0)
})

test("an error for one value affects only that value; without an index it is found by bisection", async () => {
  for (const at of ["index", "none"]) {
    let failing = 0
    const faults: Faults = {
      varbinds: (list, { type }) => {
        failing = type === 0xa0 ? list.findIndex(({ value }) => value.tag === 0x80) + 1 : 0
        return list
      },
      packets: (answer) => [
        failing === 0 ? answer : errorReply(answer, 5, at === "index" ? failing : 0),
      ],
    }
    assert.deepEqual(namesOf(await poll(new Map([UPTIME, ...port(1, "eth0")]), faults)), ["eth0"])
  }
})

/** Answers v1 only, by GETNEXT, as old radios do; accepts any community. */
const v1Agent = async (table: Table) => {
  const backend = await fakeDevice(table)
  const socket = dgram.createSocket("udp4")
  const requests = { v1: 0, v2c: 0 }
  socket.on("message", (packet, { port: to, address }) => {
    const { version, body, at } = readVersion(packet)
    if (version !== 0) {
      requests.v2c += 1
      return
    }
    requests.v1 += 1
    const { id, varbinds, type } = readCommunityAnswer(body, at)
    const oids = varbinds.map(({ oid }) => oid)
    const kind =
      type === 0xa0
        ? ({ kind: "get", oids } as const)
        : ({ kind: "getBulk", oids, repetitions: 1 } as const)
    const back = dgram.createSocket("udp4")
    back.on("message", (reply) => {
      back.close()
      const read = readVersion(reply)
      const bad =
        readCommunityAnswer(read.body, read.at).varbinds.findIndex(({ tag }) => tag >= 0x80) + 1
      const answer = bad > 0 ? errorReply(reply, 2, bad) : reply
      answer[answer.indexOf(Buffer.of(2, 1, 1)) + 2] = 0
      socket.send(answer, to, address)
    })
    back.send(communityMessage("v2c", "right", kind, id), backend.port, "127.0.0.1")
  })
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve))
  const close = async () => {
    await new Promise<void>((resolve) => socket.close(() => resolve()))
    await backend.close()
  }
  return { port: socket.address().port, requests, close }
}

test("a device that answers v1 only is read with v1, and the next poll does not try v2c", async () => {
  const agent = await v1Agent(new Map([UPTIME, ...port(1, "ath0"), ...port(2, "eth0")]))
  const collectors = createSnmpCollectors({ now: () => 1_000, resolve: async (address) => address })
  try {
    const collector = collectors.all.find(({ reads }) => reads === "interface")
    const signal = AbortSignal.timeout(8_000)
    assert.deepEqual(namesOf((await collector?.collect(deviceAt(agent.port), signal)) ?? []), [
      "ath0",
      "eth0",
    ])
    const before = agent.requests.v2c
    assert.deepEqual(namesOf((await collector?.collect(deviceAt(agent.port), signal)) ?? []), [
      "ath0",
      "eth0",
    ])
    assert.equal(agent.requests.v2c, before)
  } finally {
    await collectors.close()
    await agent.close()
  }
})
