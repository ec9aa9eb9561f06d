/** Traps and informs of net-snmp's snmptrap, over real sockets. */
import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import dgram from "node:dgram"
import { existsSync } from "node:fs"
import { after, test } from "node:test"
import { AssignedDevice, Event } from "@ispvm/wire"
import fc from "fast-check"
import { environment, mutations } from "../../../test/config.ts"
import { answer, startTraps } from "./traps.ts"

const SNMPTRAP = "/usr/bin/snmptrap"
const skip = !existsSync(SNMPTRAP) && "snmptrap (Debian: snmp) is not installed"
const PASSWORDS = { authPassword: "auth-word-1", privPassword: "priv-word-1" }
const device = (n: number, address: string, snmp: unknown) =>
  AssignedDevice.parse({
    id: `00000000-0000-4000-8000-00000000000${n}`,
    name: `d${n}`,
    access: { address, routerosApi: null, snmp, icmp: true, tcpPort: null },
    intervals: { pingMs: 0, interfaceMs: 0, healthMs: 0, factsMs: 0 },
  })
const COMMUNITY = device(1, "127.0.0.2", { port: 161, community: "trap-word" })
const V3 = [
  device(2, "127.0.0.3", { port: 161, v3: { user: "watcher", ...PASSWORDS } }),
  device(3, "127.0.0.4", {
    port: 161,
    v3: { user: "watcher", ...PASSWORDS, authProtocol: "SHA512", privProtocol: "AES256" },
  }),
  device(4, "127.0.0.5", { port: 161, v3: { user: "watcher", authPassword: "auth-word-1" } }),
]

const stage = async () => {
  const events: Event[] = []
  const links: string[] = []
  let n = 0
  const traps = await startTraps({
    port: 0,
    bind: "127.0.0.1",
    resolve: async (name) => name,
    now: Date.now,
    steady: () => performance.now(),
    newId: () => `00000000-0000-4000-9000-${String(n++).padStart(12, "0")}`,
    emit: (event) => events.push(Event.parse(event)),
    onLink: (id) => links.push(id),
  })
  after(() => traps.stop())
  traps.apply([COMMUNITY, ...V3])
  traps.learn(COMMUNITY.id, [{ name: "sfp1 uplink", ifIndex: 3 }])
  await new Promise((resolve) => setImmediate(resolve))
  return { traps, events, links }
}
/** Gives the exit code: 0 for an inform means that it was answered. */
const snmptrap = (from: string, args: readonly string[]): Promise<number | null> =>
  new Promise((resolve) => {
    const all = ["-r", "1", "-t", "5", `--clientaddr=${from}`, ...args]
    const child = spawn(SNMPTRAP, all, { env: { ...environment(), MIBS: "" }, stdio: "ignore" })
    child.once("exit", (code) => resolve(code))
  })
const until = async (holds: () => boolean): Promise<void> => {
  for (let tries = 0; !holds() && tries < 2_000; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 5))
}

const LINK_DOWN = ".1.3.6.1.6.3.1.1.5.3"
const INDEX = [".1.3.6.1.2.1.2.2.1.1.3", "i", "3"]

test("v1, v2c: traps and informs with the device's community; others are counted", {
  skip,
}, async () => {
  const { traps, events, links } = await stage()
  const to = `127.0.0.1:${traps.port}`
  const v1 = ["-v1", "-c", "trap-word", to, ".1.3.6.1.4.1.14988.1", "127.0.0.2"]
  await snmptrap("127.0.0.2", [...v1, "2", "0", "7", ...INDEX])
  const v2 = ["-v2c", "-c", "trap-word"]
  await snmptrap("127.0.0.2", [...v2, to, "7", LINK_DOWN, ...INDEX])
  assert.equal(
    await snmptrap("127.0.0.2", [...v2, "-Ci", to, "7", ".1.3.6.1.6.3.1.1.5.4", ...INDEX]),
    0,
  )
  await snmptrap("127.0.0.2", [
    ...v2,
    to,
    "7",
    ".1.3.6.1.4.1.99999.0.7",
    ".1.3.6.1.4.1.99999.1",
    "s",
    "door open",
  ])
  await snmptrap("127.0.0.2", [
    ...v2,
    to,
    "7",
    ".1.3.6.1.2.1.15.7.2",
    ".1.3.6.1.2.1.15.3.1.2.192.0.2.9",
    "i",
    "1",
  ])
  const neighbour = ".1.3.6.1.2.1.14.10.1.6.192.0.2.8.0"
  await snmptrap("127.0.0.2", [...v2, to, "7", ".1.3.6.1.2.1.14.16.2.2", neighbour, "i", "5"])
  await snmptrap("127.0.0.2", ["-v2c", "-c", "other", to, "7", LINK_DOWN, ...INDEX])
  await snmptrap("127.0.0.9", [...v2, to, "7", LINK_DOWN, ...INDEX])
  await until(() => traps.counts.received === 8)
  assert.deepEqual(
    events.map(({ name, interface: port, source }) => [name, port, source]),
    [
      ["link-down", "sfp1 uplink", "snmp"],
      ["link-down", "sfp1 uplink", "snmp"],
      ["link-up", "sfp1 uplink", "snmp"],
      ["log", null, "snmp"],
      ["peer-down", null, "snmp"],
      ["log", null, "snmp"],
    ],
  )
  assert.equal(links.length, 3)
  assert.match(events[3]?.message ?? "", /^SNMP trap 1\.3\.6\.1\.4\.1\.99999\.0\.7 .*=door open$/)
  assert.deepEqual(
    [events[4]?.attributes.protocol, events[4]?.attributes.address],
    ["bgp", "192.0.2.9"],
  )
  assert.deepEqual(
    events.slice(4).map(({ message }) => message),
    ["BGP session left established: Idle", "OSPF neighbour changed state: ExStart"],
  )
  const { credentials, unknownSource, answered, malformed } = traps.counts
  assert.deepEqual(
    { credentials, unknownSource, answered, malformed },
    { credentials: 1, unknownSource: 1, answered: 1, malformed: 0 },
  )
})

const USERS: readonly (readonly [from: string, args: readonly string[]])[] = [
  ["127.0.0.3", ["-l", "authPriv", "-a", "SHA", "-x", "AES"]],
  ["127.0.0.4", ["-l", "authPriv", "-a", "SHA-512", "-x", "AES-256"]],
  ["127.0.0.5", ["-l", "authNoPriv", "-a", "SHA"]],
]
test("v3: traps and informs with the device's user, at every level; a wrong password is counted", {
  skip,
}, async () => {
  const { traps, events } = await stage()
  const to = `127.0.0.1:${traps.port}`
  const v3 = ["-v3", "-u", "watcher", "-A", "auth-word-1", "-X", "priv-word-1"]
  for (const [from, level] of USERS) {
    await snmptrap(from, [
      ...v3,
      ...level,
      "-e",
      "0x8000000001020304",
      to,
      "7",
      LINK_DOWN,
      ...INDEX,
    ])
    assert.equal(
      await snmptrap(from, [...v3, ...level, "-Ci", to, "7", LINK_DOWN, ...INDEX]),
      0,
      from,
    )
  }
  const wrong = ["-v3", "-u", "watcher", "-A", "other-word-1", "-X", "priv-word-1"]
  const level = ["-l", "authPriv", "-a", "SHA", "-x", "AES", "-e", "0x8000000001020304"]
  await snmptrap("127.0.0.3", [...wrong, ...level, to, "7", LINK_DOWN, ...INDEX])
  const less = ["-v3", "-u", "watcher", "-l", "noAuthNoPriv", "-e", "0x8000000001020304"]
  await snmptrap("127.0.0.3", [...less, to, "7", LINK_DOWN, ...INDEX])
  await until(() => traps.counts.credentials === 2)
  assert.deepEqual([events.length, traps.counts.answered, traps.counts.credentials], [6, 3, 2])
})

test("the same packet of v3 is not accepted twice", { skip }, async () => {
  const { traps, events } = await stage()
  const relay = dgram.createSocket("udp4")
  after(() => relay.close())
  await new Promise<void>((resolve) => relay.bind(0, "127.0.0.3", resolve))
  relay.on("message", (packet) => {
    for (let copy = 0; copy < 2; copy += 1) relay.send(packet, traps.port ?? 0, "127.0.0.1")
  })
  const v3 = ["-v3", "-u", "watcher", "-A", "auth-word-1", "-X", "priv-word-1", "-l", "authPriv"]
  const to = `127.0.0.3:${relay.address().port}`
  await snmptrap("127.0.0.9", [
    ...v3,
    "-a",
    "SHA",
    "-x",
    "AES",
    "-e",
    "0x8000000001020304",
    to,
    "7",
    LINK_DOWN,
  ])
  await until(() => traps.counts.received === 2)
  assert.deepEqual([events.length, traps.counts.replayed], [1, 1])
})

test("an inform that comes again is answered again, and is one event", { skip }, async () => {
  const { traps, events } = await stage()
  const relay = dgram.createSocket("udp4")
  after(() => relay.close())
  await new Promise<void>((resolve) => relay.bind(0, "127.0.0.2", resolve))
  let answers = 0
  let inform: Buffer | null = null
  relay.on("message", (packet, { port }) => {
    if (port === traps.port) {
      answers += 1
      if (answers === 1 && inform !== null) relay.send(inform, traps.port ?? 0, "127.0.0.1")
      return
    }
    inform ??= packet
    if (answers === 0) relay.send(packet, traps.port ?? 0, "127.0.0.1")
  })
  const to = `127.0.0.2:${relay.address().port}`
  const v2 = ["-v2c", "-c", "trap-word", "-Ci", "-r", "0", "-t", "1"]
  await snmptrap("127.0.0.9", [...v2, to, "7", LINK_DOWN, ...INDEX])
  await until(() => answers === 2)
  assert.deepEqual([events.length, answers, traps.counts.replayed], [1, 2, 1])
})

test("a value is cut between characters, and an address is printed as one", {
  skip,
}, async () => {
  const { traps, events } = await stage()
  const values = [".1.3.6.1.4.1.99999.1", "s", `${"x".repeat(255)}😀`]
  const address = [".1.3.6.1.4.1.99999.2", "a", "192.168.65.66"]
  const to = `127.0.0.1:${traps.port}`
  const enterprise = ".1.3.6.1.4.1.99999.0.7"
  const v2 = ["-v2c", "-c", "trap-word", to, "7", enterprise]
  await snmptrap("127.0.0.2", [...v2, ...values, ...address])
  await until(() => traps.counts.received === 1)
  assert.deepEqual([traps.counts.malformed, events.length], [0, 1])
  assert.equal(events[0]?.attributes["1.3.6.1.4.1.99999.2"], "192.168.65.66")
})

test("a packet from port 0 gets no answer, and stops nothing", async () => {
  const socket = dgram.createSocket("udp4")
  after(() => socket.close())
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve))
  assert.throws(() => socket.send(Buffer.from("x"), 0, "127.0.0.1"))
  answer(socket, Buffer.from("x"), 0, "127.0.0.1")
})

test("whatever packet arrives, the listener goes on", async () => {
  const { traps } = await stage()
  const base = Buffer.from(
    "303b0201010409747261702d776f7264a72b020101020100020100302030" +
      "0e06082b060102010103004302007b300e060a2b06010603010104010006002a",
    "hex",
  )
  const socket = dgram.createSocket("udp4")
  after(() => socket.close())
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.2", resolve))
  const packets = fc.sample(
    fc.array(fc.tuple(fc.nat(base.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
    mutations(),
  )
  let sent = 0
  for (const changes of packets) {
    const packet = Buffer.from(base)
    for (const [at, byte] of changes) packet[at] = byte
    socket.send(packet, traps.port ?? 0, "127.0.0.1")
    sent += 1
    if (sent % 50 === 0) await until(() => traps.counts.received >= sent)
  }
  await until(() => traps.counts.received === sent)
  assert.equal(traps.counts.received, sent)
})
