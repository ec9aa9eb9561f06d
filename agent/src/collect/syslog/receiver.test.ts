/** The whole receiver, over real sockets. */
import assert from "node:assert/strict"
import dgram from "node:dgram"
import net from "node:net"
import { afterEach, test } from "node:test"
import { AssignedDevice, type Event } from "@ispvm/wire"
import { startSyslog } from "./syslog.ts"

const device = (n: number, name: string, address: string, more: object = {}) =>
  AssignedDevice.parse({
    id: `00000000-0000-4000-8000-00000000000${n}`,
    name,
    access: { address, routerosApi: null, snmp: null, icmp: true, tcpPort: null },
    intervals: { pingMs: 0, interfaceMs: 0, healthMs: 0, factsMs: 0 },
    ...more,
  })

const open: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.stop()
})

const accepts = (port: number | null): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect({ port: port ?? 0, host: "127.0.0.1" })
    socket.once("connect", () => socket.end())
    socket.once("close", (hadError) => resolve(!hadError))
    socket.once("error", () => undefined)
  })
/** Another program may use the UDP port number for TCP: then another one is used. */
const startOnBoth = async (options: Parameters<typeof startSyslog>[0]) => {
  for (let tries = 1; ; tries += 1) {
    const syslog = await startSyslog(options)
    if (tries === 5 || (await accepts(syslog.port))) return syslog
    await syslog.stop()
  }
}
const stage = async (devices: readonly AssignedDevice[], relays: readonly string[] = []) => {
  const events: Event[] = []
  const unknownSenders: string[] = []
  let n = 0
  const syslog = await startOnBoth({
    port: 0,
    bind: "127.0.0.1",
    resolve: async (name) => name,
    now: Date.now,
    newId: () => `00000000-0000-4000-9000-${String(n++).padStart(12, "0")}`,
    emit: (event) => events.push(event),
    onLink: () => undefined,
    onUnknownSender: (address) => unknownSenders.push(address),
    relays,
  })
  open.push(syslog)
  syslog.apply(devices)
  await new Promise((resolve) => setImmediate(resolve))
  const port = syslog.port ?? 0
  /** In groups that fit the kernel's buffer, each until it was received. */
  const send = async (from: string, texts: readonly (string | Buffer)[]): Promise<void> => {
    const socket = dgram.createSocket("udp4")
    await new Promise<void>((resolve) => socket.bind(0, from, resolve))
    for (let at = 0; at < texts.length; at += 20) {
      const group = texts.slice(at, at + 20)
      const before = syslog.counts.lines
      for (const text of group)
        await new Promise((resolve) => socket.send(text, port, "127.0.0.1", resolve))
      while (syslog.counts.lines < before + group.length)
        await new Promise((resolve) => setTimeout(resolve, 1))
    }
    socket.close()
  }
  const stream = async (from: string, text: string): Promise<void> => {
    const socket = net.connect({ port, host: "127.0.0.1", localAddress: from })
    await new Promise<void>((resolve) => socket.once("connect", () => resolve()))
    socket.end(text)
    await new Promise<void>((resolve) => socket.once("close", () => resolve()))
  }
  return { syslog, events, unknownSenders, send, stream }
}
const LINE = "<30>Jan  5 09:34:11 edge-1 ether1 link down"

test("TCP on the same port: line by line, with lengths, and together with UDP", async () => {
  const { syslog, events, stream, send } = await stage([device(1, "edge-1", "127.0.0.2")])
  await stream("127.0.0.2", `${LINE}\n${LINE.replace("down", "up")}\n`)
  await stream(
    "127.0.0.2",
    `${LINE.length} ${LINE}${LINE.length - 2} ${LINE.replace("down", "up")}`,
  )
  await send("127.0.0.2", [LINE.replace("ether1", "ether2")])
  await stream("127.0.0.9", `${LINE.replace("edge-1", "edge-9")}\n`)
  assert.deepEqual(
    events.map(({ name, interface: port }) => [name, port]),
    [
      ["link-down", "ether1"],
      ["link-up", "ether1"],
      ["link-down", "ether1"],
      ["link-up", "ether1"],
      ["link-down", "ether2"],
    ],
  )
  assert.equal(syslog.counts.unknownSource, 1)
  assert.equal(syslog.connections(), 0)
})

test("strangers share one small budget, and a router's own lines are received meanwhile", async () => {
  const { syslog, events, send } = await stage([
    device(1, "edge-1", "127.0.0.2"),
    device(2, "edge-2", "127.0.0.3"),
  ])
  const hostile = `system,info x added by ${":a@".repeat(340)}${"/".repeat(1_000)} !`
  for (const from of ["127.0.1.1", "127.0.1.2", "127.0.1.3"])
    await send(from, Array<string>(300).fill(hostile))
  // 127.0.0.0/8 are this host's own addresses, so these are relays; only the sender itself uses the
  // budget of a device's address.
  await send(
    "127.0.0.2",
    Array.from({ length: 600 }, (_, n) => `system,info ${n}`),
  )
  assert.ok(syslog.counts.limited > 0)
  await send("127.0.0.3", ["interface,info ether7 link down"])
  assert.deepEqual(
    [events.at(-1)?.interface, events.at(-1)?.device],
    ["ether7", device(2, "edge-2", "127.0.0.3").id],
  )
  assert.match(syslog.notes().join("\n"), /edge-1 \d+/)
})

test("two routers behind one address: a line that names neither is unassigned, and that is reported", async () => {
  const { syslog, events, send } = await stage([
    device(1, "farm-a", "127.0.0.2"),
    device(2, "farm-b", "127.0.0.2"),
  ])
  await send("127.0.0.2", [
    "<30>Jun 23 12:13:10 farm-b ether1 link down",
    "interface,info ether5 link down",
  ])
  assert.deepEqual(
    events.map(({ device: id, interface: port }) => [id, port]),
    [[device(2, "farm-b", "127.0.0.2").id, "ether1"]],
  )
  assert.equal(syslog.counts.severalDevices, 1)
  assert.match(
    syslog.notes()[0] ?? "",
    /1 line from 127\.0\.0\.2 cannot be assigned.*farm-a, farm-b/,
  )
})

test("what is learned of a device is used: its identity, its interfaces, its code page", async () => {
  const one = device(1, "edge-1", "127.0.0.2", { textEncoding: "windows-1250" })
  const { syslog, events, send } = await stage([one])
  syslog.learn(one.id, "North Tower Core", ["uplink to hill"])
  const polish = Buffer.concat([
    Buffer.from("<30>Jun 23 12:13:10 North Tower Core K"),
    Buffer.from([0xea]),
    Buffer.from("ty link down"),
  ])
  await send("127.0.0.2", ["<30>Jun 23 12:13:10 North Tower Core uplink to hill link down", polish])
  assert.deepEqual(
    events.map(({ interface: port }) => port),
    ["uplink to hill", "Kęty"],
  )
})

test("one line that two rules of a router send is one event", async () => {
  const { syslog, events, send } = await stage([device(1, "edge-1", "127.0.0.2")])
  const [down, up] = ["interface,info ether1 link down", "interface,info ether1 link up"]
  await send("127.0.0.2", [down, down, up, up, down, down])
  assert.deepEqual(
    [events.map(({ name }) => name), syslog.counts.repeated],
    [["link-down", "link-up", "link-down"], 3],
  )
})
