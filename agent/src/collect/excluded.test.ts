/**
 * What is switched off is not requested: over real sockets, with the scheduler, from a router by the
 * API and from a switch by SNMP. The same devices are asked for it once it is on.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import { AssignedDevice } from "@ispvm/wire"
import { fakeDevice, integer, octets, oidValue } from "../../test/fake-device.ts"
import { type CommandHandler, fakeRouter, sentence } from "../../test/fake-router.ts"
import { createRouterOsCollectors } from "./routeros/collectors/collectors.ts"
import { Schedule } from "./scheduler/scheduler.ts"
import { createSnmpCollectors } from "./snmp/collectors/collectors.ts"

const interval = (keys: readonly string[], ms: number) =>
  Object.fromEntries(keys.map((key) => [key, ms]))

/** Polls until `isDone`, with these intervals of single collectors; all others are off. */
const poll = async (
  access: object,
  collectorIntervals: Readonly<Record<string, number>>,
  isDone: (reads: ReadonlySet<string>) => boolean,
): Promise<void> => {
  const collectors = [
    createRouterOsCollectors({ clock: { now: Date.now } }),
    createSnmpCollectors({ now: Date.now, resolve: async (address) => address }),
  ]
  const off = collectors.flatMap(({ all }) =>
    all.map(({ source, reads }) => [`${source}.${reads}`, 0] as const),
  )
  const read = new Set<string>()
  const schedule = new Schedule({
    collectors,
    now: () => performance.now(),
    date: Date.now,
    random: () => 0,
    onReadings: (readings) => {
      for (const { kind } of readings) read.add(kind)
    },
    onSourceChange: () => undefined,
    onGone: () => undefined,
    onFault: (error) => {
      throw error
    },
  })
  try {
    const device = AssignedDevice.parse({
      ...{ id: "00000000-0000-4000-8000-000000000001", name: "one" },
      access: { address: "127.0.0.1", icmp: false, tcpPort: null, ...access },
      intervals: { pingMs: 0, interfaceMs: 0, healthMs: 0, factsMs: 0 },
    })
    const all = { ...Object.fromEntries(off), ...collectorIntervals }
    schedule.apply([{ ...device, collectorIntervals: all }])
    const endMs = Date.now() + 20_000
    while (!isDone(read)) {
      assert.ok(Date.now() < endMs, `read so far: ${[...read].join()}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  } finally {
    await schedule.stop()
  }
}

const ROWS: Readonly<Record<string, readonly string[]>> = {
  "/interface/print": ["=.id=*1", "=name=ether1", "=type=ether", "=running=true"],
  "/system/resource/print": ["=uptime=1d", "=version=7.20.1 (stable)", "=cpu-load=3"],
  "/system/health/print": ["=name=temperature", "=value=40", "=type=C"],
}
const answer: CommandHandler = ({ socket, command, tag }) => {
  const row = ROWS[command]
  if (row !== undefined) socket.write(sentence("!re", ...row, ...tag))
  socket.write(sentence("!done", ...tag))
}
const isRead = (kinds: readonly string[]) => (read: ReadonlySet<string>) =>
  kinds.every((kind) => read.has(kind))

test("API: a collector that is off requests none of its menus, and none asks for dynamic interfaces", async () => {
  const router = await fakeRouter(answer)
  const routerosApi = {
    ...{ port: router.port, tls: false, fingerprint: null },
    ...{ username: "watch", password: "secret-word" },
  }
  const access = { routerosApi, snmp: null }
  const requested = () => new Set(router.received.map(({ command }) => command))
  try {
    const some = interval(["routeros-api.interface", "routeros-api.facts"], 200)
    await poll(access, some, isRead(["interface", "facts"]))
    const first = requested()
    assert.ok(first.has("/interface/print"))
    const others = [...first].filter(
      (command) => !/^\/(login|interface|system\/(identity|resource|routerboard))/.test(command),
    )
    assert.deepEqual(others, [], "no menu of another collector")
    for (const { command, words } of router.received)
      if (command === "/interface/print")
        assert.ok(words.includes("?dynamic=true") && words.includes("?#!"), words.join(" "))
    await poll(access, interval(["routeros-api.health"], 200), isRead(["health"]))
    assert.ok(requested().has("/system/health/print"), "once it is on")
  } finally {
    await router.close()
  }
})

for (const isOn of [false, true])
  test(`API: a renamed interface is ${isOn ? "" : "not "}read as facts while facts are ${isOn ? "on" : "off"}`, async () => {
    let name = "ether1"
    const router = await fakeRouter((received) => {
      if (received.command !== "/interface/print") return answer(received)
      received.socket.write(sentence("!re", "=.id=*1", `=name=${name}`, ...received.tag))
      received.socket.write(sentence("!done", ...received.tag))
    })
    const routerosApi = {
      ...{ port: router.port, tls: false, fingerprint: null },
      ...{ username: "watch", password: "secret-word" },
    }
    const prints = () => router.received.filter(({ command }) => command === "/interface/print")
    const ofFacts = () => prints().filter(({ words }) => words.join().includes("mac-address"))
    const facts = isOn ? { "routeros-api.facts": 3_600_000 } : {}
    try {
      await poll({ routerosApi, snmp: null }, { "routeros-api.interface": 50, ...facts }, () => {
        if (prints().length >= 4) name = "uplink"
        return prints().length >= 12 && (!isOn || ofFacts().length >= 2)
      })
      assert.equal(ofFacts().length >= 2, isOn)
      if (!isOn) assert.equal(ofFacts().length, 0)
    } finally {
      await router.close()
    }
  })

test("SNMP: a collector that is off requests none of its objects", async () => {
  const requested: string[] = []
  const table = new Map([
    ["1.3.6.1.2.1.1.1.0", octets("a switch")],
    ["1.3.6.1.2.1.1.2.0", oidValue("1.3.6.1.4.1.99999.1")],
    ["1.3.6.1.2.1.1.3.0", integer(100_000, 0x43)],
    ["1.3.6.1.2.1.2.2.1.2.1", octets("port1")],
    ["1.3.6.1.2.1.2.2.1.3.1", integer(6)],
    ["1.3.6.1.2.1.2.2.1.7.1", integer(1)],
    ["1.3.6.1.2.1.2.2.1.8.1", integer(1)],
    ["1.3.6.1.2.1.25.3.3.1.2.1", integer(7)],
  ])
  const device = await fakeDevice(table, {
    varbinds: (list, { oids }) => {
      requested.push(...oids)
      return list
    },
  })
  const access = { routerosApi: null, snmp: { port: device.port, community: "right" } }
  const isOf = (root: string) => (oid: string) => oid.startsWith(root)
  const [HOST, IF_COUNTERS, BGP] = ["1.3.6.1.2.1.25.", "1.3.6.1.2.1.31.1.1.1.6", "1.3.6.1.2.1.15"]
  try {
    await poll(access, interval(["snmp.health"], 200), isRead(["health"]))
    assert.ok(requested.some(isOf(HOST)))
    assert.ok(!requested.some(isOf(IF_COUNTERS)), "counters are off")
    assert.ok(!requested.some(isOf(BGP)), "routing is off")
    requested.length = 0
    await poll(access, interval(["snmp.interface"], 200), isRead(["interface"]))
    assert.ok(requested.some(isOf(IF_COUNTERS)), "once they are on")
    assert.ok(!requested.some(isOf("1.3.6.1.2.1.25.3")), "health is off")
  } finally {
    await device.close()
  }
})
