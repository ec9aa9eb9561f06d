import assert from "node:assert/strict"
import { once } from "node:events"
import { createServer, IncomingMessage, request, ServerResponse } from "node:http"
import { Socket } from "node:net"
import { after, test } from "node:test"
import { createGunzip } from "node:zlib"
import { serveLive } from "../../../test/live-server.ts"
import { AgentId, DeviceId, InterfaceId, OrgId } from "../../platform/ids.ts"
import type { Accepted } from "../ingest/model.ts"
import {
  createLive,
  type Live,
  type LiveDeps,
  type StreamOptions,
  type StreamOwner,
} from "./live.ts"
import { createCollectedReadings } from "./readings.ts"
import { createRing } from "./ring.ts"

const ORG = OrgId.parse("00000000-0000-4000-8000-000000000001")
const OTHER = OrgId.parse("00000000-0000-4000-8000-000000000002")
const DEVICE = DeviceId.parse("00000000-0000-4000-8000-00000000000a")
const closing: (() => void)[] = []
after(() => {
  for (const close of closing) close()
})

test("ring: messages after an id are returned in order", () => {
  const ring = createRing("e1")
  for (const name of ["a", "b", "c"]) ring.push(name, "{}")
  assert.deepEqual(
    ring.after("e1-1")?.map((message) => message.name),
    ["b", "c"],
  )
  assert.deepEqual(ring.after("e1-3"), [])
  assert.deepEqual(createRing("e1").after("e1-0"), [])
})
for (const [name, id] of [
  ["of another process", "e0-1"],
  ["that is older than what is kept", "e1-1"],
  ["of the future", "e1-99"],
  ["that is none", "hello"],
  ["that is empty", ""],
] as const) {
  test(`ring: an id ${name} cannot be resumed`, () => {
    const ring = createRing("e1", 3)
    for (let n = 0; n < 6; n += 1) ring.push("x", "{}")
    assert.equal(ring.after(id), null)
    assert.equal(ring.after("e1-3")?.length, 3)
  })
}

const serve = async (live: Live, allowed: () => Promise<boolean> = async () => true) => {
  const server = await serveLive(live, (request, response) => {
    const from = request.headers["last-event-id"]
    if (!live.stream(ORG, response, typeof from === "string" ? from : null, allowed))
      response.writeHead(503).end()
  })
  closing.push(server.close)
  return () => server.open()
}
const make = (more: Partial<LiveDeps> = {}): Live =>
  createLive({ clock: { now: () => 5 }, epoch: "e1", ...more })
const readUntil = async (response: IncomingMessage, until: RegExp): Promise<string> => {
  let text = ""
  for await (const chunk of response) {
    text += String(chunk)
    if (until.test(text)) break
  }
  return text
}

test("live: a client receives only messages of its own organisation", async () => {
  const live = make()
  const response = await (await serve(live))()
  live.publish(OTHER, "inventory", { what: "device", id: "theirs" })
  live.publish(ORG, "inventory", { what: "device", id: "ours" })
  const text = await readUntil(response, /ours/)
  assert.match(
    text,
    /^retry: 1000\nid: e1-0\nevent: hello\ndata: {"serverAtMs":5,"resumed":false}\n\n/,
  )
  assert.doesNotMatch(text, /theirs/)
  assert.equal(response.headers["content-type"], "text/event-stream; charset=utf-8")
})

test("live: a client that does not read is dropped and counted, and the others go on", async () => {
  const live = make({ waitingBytes: 64 * 1024 })
  const open = await serve(live)
  const slow = await open()
  slow.pause()
  const quick = await open()
  const all = readUntil(quick, /the-last/)
  const id = "x".repeat(32 * 1024)
  for (let n = 0; n < 400 && live.stats().dropped === 0; n += 1) {
    live.publish(ORG, "inventory", { what: "device", id })
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.equal(live.stats().dropped, 1)
  live.publish(ORG, "inventory", { what: "device", id: "the-last" })
  assert.match(await all, /the-last/)
  slow.destroy()
})

test("live: a session that has ended ends its stream at the next heartbeat", async () => {
  const live = make({ heartbeatMs: 5 })
  let isAllowed = true
  const response = await (await serve(live, async () => isAllowed))()
  assert.match(await readHeart(response), /: still here/)
  isAllowed = false
  response.resume()
  await once(response, "end")
  assert.equal(live.stats().clients, 0)
})
const readHeart = async (response: IncomingMessage): Promise<string> => {
  let text = ""
  while (!text.includes(": still here")) {
    const [chunk] = await once(response, "data")
    text += String(chunk)
  }
  return text
}

test("live: a stream that is closed from outside is forgotten", async () => {
  const live = make({ heartbeatMs: 60_000 })
  const response = await (await serve(live))()
  assert.equal(live.hasClients(ORG), true)
  live.stop()
  response.resume()
  await once(response, "end")
  assert.equal(live.hasClients(ORG), false)
})

const streamed = async (live: Live, options: StreamOptions): Promise<IncomingMessage> => {
  const server = createServer(
    (_, response) => void live.stream(ORG, response, null, async () => true, options),
  )
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  closing.push(() => {
    live.stop()
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const asking = request({
    port: typeof address === "object" && address !== null ? address.port : 0,
    host: "127.0.0.1",
  })
  asking.end()
  const [response] = await once(asking, "response")
  return response
}

test("live: only requested topics are sent, and the interfaces of requested devices", async () => {
  const live = make()
  const response = await streamed(live, { topics: new Set(["event", `ports:${DEVICE}`]) })
  assert.equal(live.hasSubscriber(ORG, `ports:${DEVICE}`), true)
  assert.equal(live.hasSubscriber(ORG, `ports:${OTHER}`), false)
  live.publish(ORG, "inventory", { what: "device", id: "not-asked" })
  live.publish(ORG, "readings", { devices: [], interfaces: [] })
  const state = {
    running: true,
    disabled: false,
    rxBps: 1,
    txBps: 1,
    errorsPs: null,
    dropsPs: null,
    atMs: 1,
  }
  const ports = (deviceId: string, count: number) =>
    Array.from({ length: count }, (_, id) => ({ id, deviceId, ...state }))
  live.publishPorts(ORG, OTHER, ports(OTHER, 1))
  live.publishPorts(ORG, DEVICE, ports(DEVICE, 600))
  const text = await readUntil(response, /"id":599,/)
  // Many ports come in pieces: one message of 10,000 would be more than a stream may hold back.
  assert.deepEqual(text.match(/^event: .*$/gm), [
    "event: hello",
    "event: readings",
    "event: readings",
  ])
})

test("live: a compressed stream is read as it comes, message by message, and takes a tenth", async () => {
  const live = make()
  const response = await streamed(live, { isGzip: true })
  assert.equal(response.headers["content-encoding"], "gzip")
  const at = { lastSeenAtMs: 1, probedAtMs: 1, healthAtMs: 1, trafficAtMs: 1 }
  const device = {
    ...at,
    rttMs: 2,
    lossPct: 0,
    cpuPct: 50,
    memoryPct: 50,
    uptimeS: 1,
    rxBps: 1,
    txBps: 1,
  }
  const devices = Array.from({ length: 500 }, (_, n) => ({
    id: `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`,
    ...device,
  }))
  let bytes = 0
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.length
  })
  const plain = response.pipe(createGunzip())
  plain.setEncoding("utf8")
  let text = ""
  const seen = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(text)) text += String((await once(plain, "data"))[0])
  }
  await seen(/event: hello/)
  live.publish(ORG, "readings", { devices, interfaces: [] })
  await seen(/"uptimeS":1,[^\n]*\]\}\n\n$/)
  live.publish(ORG, "inventory", { what: "device", id: "after" })
  await seen(/after/)
  assert.ok(bytes * 10 < text.length, `${bytes} of ${text.length} bytes`)
  plain.destroy()
  response.destroy()
})

/**
 * Opens a stream for each requested watcher and gives the statuses. The streams stay open without
 * sockets.
 */
const serveAs = async (live: Live) => {
  closing.push(() => live.stop())
  return async (watcher: StreamOwner): Promise<number> => {
    const response = new ServerResponse(new IncomingMessage(new Socket()))
    return live.stream(ORG, response, null, async () => true, { owner: watcher }) ? 200 : 503
  }
}

const accepted = (part: Partial<Accepted>): Accepted => ({
  org: ORG,
  agent: { id: AgentId.parse("00000000-0000-4000-8000-0000000000aa"), key: 1, name: "agent-1" },
  router: null,
  receivedAtMs: 10_000,
  skewMs: 0,
  pings: [],
  interfaces: [],
  health: [],
  events: [],
  others: [],
  facts: [],
  ...part,
})
const port = (id: number, rxBps: number | null, atMs = 9_000): Accepted["interfaces"][number] => ({
  kind: "interface",
  device: DEVICE,
  interface: `ether${id}`,
  interfaceId: InterfaceId.parse(id),
  atMs,
  source: "snmp",
  running: true,
  disabled: false,
  rxBps,
  txBps: rxBps,
  rxPps: null,
  txPps: null,
  errorsPs: null,
  dropsPs: null,
})
const ping = (atMs: number, rttUs: number | null): Accepted["pings"][number] => ({
  kind: "ping",
  device: DEVICE,
  targetId: 1,
  atMs,
  answers: rttUs !== null,
  icmp: { sent: 1, received: rttUs === null ? 0 : 1, rttUs, jitterUs: null },
  tcp: null,
  because: "round",
})

test("readings: only changes since the last call are returned, the latest of each", () => {
  const gathered = createCollectedReadings(() => true)
  assert.equal(gathered.drain(), null)
  gathered.add(accepted({ pings: [ping(8_000, 900), ping(9_000, 700)] }), () => 0.1)
  assert.deepEqual(
    gathered.drain()?.devices.map((one) => [one.id, one.rttMs, one.lossPct, one.lastSeenAtMs]),
    [[DEVICE, 0.7, 10, 9_000]],
  )
  assert.equal(gathered.drain(), null)
})
test("readings: a probe without an answer leaves the time it was last seen", () => {
  const gathered = createCollectedReadings(() => true)
  gathered.add(accepted({ pings: [ping(8_000, 900), ping(9_000, null)] }), () => null)
  assert.deepEqual(
    gathered.drain()?.devices.map((one) => [one.rttMs, one.lastSeenAtMs]),
    [[null, 8_000]],
  )
})
test("readings: each kind of value has its time of measurement, and a backlog does not set it back", () => {
  const gathered = createCollectedReadings(() => true)
  const health = (atMs: number, cpuRatio: number): Accepted["health"][number] => ({
    ...{ kind: "health", device: DEVICE, deviceKey: 1, atMs, source: "snmp", uptimeS: 1, cpuRatio },
    ...{ memoryUsedByte: null, memoryTotalByte: null, diskUsedByte: null, diskTotalByte: null },
  })
  gathered.add(
    accepted({
      pings: [ping(9_500, null)],
      health: [health(9_000, 0.5)],
      interfaces: [port(1, 1, 8_000), port(2, 1, 8_500)],
    }),
    () => 1,
  )
  gathered.add(accepted({ health: [health(4_000, 0.1)] }), () => 1)
  assert.deepEqual(
    gathered
      .drain()
      ?.devices.map((one) => [one.probedAtMs, one.healthAtMs, one.trafficAtMs, one.cpuPct]),
    [[9_500, 9_000, 8_500, 50]],
  )
})
test("readings: a device's traffic is that of its ports, without counting its bridges again", () => {
  const gathered = createCollectedReadings((id) => id !== 3)
  gathered.add(accepted({ interfaces: [port(1, 100), port(2, 200), port(3, 300)] }), () => null)
  const readings = gathered.drain()
  assert.deepEqual(
    readings?.devices.map((one) => one.rxBps),
    [300],
  )
  assert.equal(readings?.interfaces.length, 3)
})
test("readings: an old reading does not overwrite a newer one, and no value is not zero", () => {
  const gathered = createCollectedReadings(() => true)
  gathered.add(accepted({ interfaces: [port(1, null, 9_500)] }), () => null)
  gathered.add(accepted({ interfaces: [port(1, 100, 9_000)] }), () => null)
  assert.deepEqual(
    gathered.drain()?.interfaces.map((one) => [one.rxBps, one.atMs]),
    [[null, 9_500]],
  )
})

test("readings: the ports of one large router cost as much each as those of a small one", () => {
  const usPerPort = (count: number): number => {
    const ports = Array.from({ length: count }, (_, n) => port(n + 1, n))
    const before = process.cpuUsage()
    const gathered = createCollectedReadings(() => true)
    gathered.add(accepted({ interfaces: ports }), () => null)
    assert.equal(gathered.drain()?.devices[0]?.rxBps, (count * (count - 1)) / 2)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / count
  }
  const best = (count: number): number => Math.min(...[0, 1, 2].map(() => usPerPort(count)))
  best(200)
  const [small, large] = [best(200), best(20_000)]
  assert.ok(large < Math.max(small, 1) * 8, `${small} µs a port of 200, ${large} µs of 20,000`)
})

test("a viewer who opens all streams leaves room for other accounts and for administrators", async () => {
  const live = make({ heartbeatMs: 60_000 })
  const streams = await serveAs(live)
  const viewer = (session: number, account = "viewer") => ({
    account,
    session: `s${session}`,
    isAdmin: false,
  })
  for (let n = 0; n < 20; n += 1) assert.equal(await streams(viewer(0)), 200)
  assert.equal(live.excess(viewer(0)), "too-many-of-session")
  assert.equal(await streams(viewer(0)), 503)
  for (let n = 20; n < 100; n += 1) await streams(viewer(Math.floor(n / 20)))
  assert.equal(live.excess(viewer(99)), "too-many-of-account")
  for (let n = 0; n < 350; n += 1) await streams(viewer(n, `other ${n % 10}`))
  assert.equal(live.stats().clients, 450)
  assert.equal(live.excess(viewer(1, "late")), "too-many")
  assert.equal(await streams({ account: "admin", session: "a", isAdmin: true }), 200)
})
