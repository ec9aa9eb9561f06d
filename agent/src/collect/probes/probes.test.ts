import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import dgram from "node:dgram"
import { once } from "node:events"
import http from "node:http"
import https from "node:https"
import net, { type AddressInfo } from "node:net"
import { after, test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import { AssignedProbe, Item, type ProbeCheck, type Sample } from "@ispvm/wire"
import { makeCertificate } from "../../../test/tls-certificate.ts"
import { createDestinations } from "../destinations.ts"
import { systemLookup } from "../reachability/resolve.ts"
import { encodeQuery, parseAnswer } from "./dns-message.ts"
import { createLocate } from "./locate.ts"
import { createProbes } from "./probes.ts"

const cleanups: (() => void)[] = []
after(() => {
  for (const clean of cleanups) clean()
})
const device = randomUUID()
const steady = (): number => performance.now()

type ServiceSample = Extract<Sample, { kind: "service" }>
const isService = (item: Item): item is ServiceSample => item.kind === "service"

/** Runs a probe once, as an assignment gives it, and answers its sample. */
const probe = async (check: ProbeCheck, { timeoutMs = 2_000, allowLoopback = true } = {}) => {
  const items: Item[] = []
  const destinations = createDestinations({ allowLoopback, steady })
  const arrived = Promise.withResolvers<void>()
  const probes = createProbes({
    icmpProbe: null,
    locate: createLocate({ lookup: systemLookup, destinations, steady }),
    now: Date.now,
    steady,
    random: () => 0.5,
    newId: randomUUID,
    emit: (given) => {
      items.push(...given)
      arrived.resolve()
    },
    onFault: arrived.reject,
  })
  const id = randomUUID()
  const assigned = { id, device, name: "p", everyMs: 60_000, timeoutMs, check }
  assert.ok(AssignedProbe.safeParse(assigned).success, JSON.stringify(assigned))
  probes.apply([assigned])
  probes.runNow([id])
  await arrived.promise
  await probes.stop()
  const sample = Item.parse(items[0])
  assert.ok(isService(sample))
  return sample
}

const listen = async (server: net.Server): Promise<number> => {
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  cleanups.push(() => {
    if (server instanceof http.Server) server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}
/** Accepts connections, and does not mind that they are reset. */
const quiet = (): net.Server => net.createServer((socket) => socket.on("error", () => undefined))
const closedPort = async (): Promise<number> => {
  const server = net.createServer()
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
}

type HttpCheck = Extract<ProbeCheck, { kind: "http" }>
const HTTP: Omit<HttpCheck, "url"> = {
  kind: "http",
  method: "GET",
  status: [200, 299],
  contains: "",
  redirects: 5,
  isVerified: true,
}
const page = (handler: http.RequestListener): Promise<number> => listen(http.createServer(handler))

test("TCP: a listening port is up, a closed one refuses, an address that is not allowed is not contacted", async () => {
  const port = await listen(quiet())
  const up = await probe({ kind: "tcp", host: "127.0.0.1", port })
  assert.equal(up.outcome, "ok")
  assert.equal(up.isUp, true)
  assert.ok(up.connectMs !== null && up.connectMs > 0)
  assert.equal(up.source, "tcp")
  const refused = await probe({ kind: "tcp", host: "127.0.0.1", port: await closedPort() })
  assert.deepEqual(
    [refused.outcome, refused.isUp, refused.totalMs],
    ["connection-refused", false, null],
  )
  const denied = await probe({ kind: "tcp", host: "224.0.0.1", port })
  assert.deepEqual([denied.outcome, denied.isUp], ["not-allowed", null])
  const localhost = await probe(
    { ...HTTP, url: `http://127.0.0.1:${port}/` },
    { allowLoopback: false },
  )
  assert.equal(localhost.outcome, "not-allowed")
  const unknown = await probe({ kind: "tcp", host: "no-such-host.invalid", port })
  assert.equal(unknown.outcome, "name-not-found")
})

test("HTTP: status, text, redirects and phases", async () => {
  const port = await page((request, response) => {
    if (request.url === "/old") response.writeHead(302, { location: "/new?x=1" }).end()
    else if (request.url === "/loop") response.writeHead(302, { location: "/loop" }).end()
    else if (request.url === "/odd") response.writeHead(302, { location: "ftp://x/" }).end()
    else if (request.url === "/gone") response.writeHead(503).end("maintenance")
    else response.end(`welcome ${request.url}`)
  })
  const url = (path: string): string => `http://127.0.0.1:${port}${path}`
  const ok = await probe({ ...HTTP, url: url("/"), contains: "welcome /" })
  assert.deepEqual([ok.outcome, ok.isUp, ok.tlsMs], ["ok", true, null])
  for (const phase of [ok.connectMs, ok.firstByteMs, ok.totalMs])
    assert.ok(phase !== null && phase > 0)
  const cases: [string, Partial<typeof HTTP>, string][] = [
    ["/old", {}, "ok"],
    ["/old", { redirects: 0 }, "wrong-status"],
    ["/loop", {}, "too-many-redirects"],
    ["/odd", {}, "wrong-answer"],
    ["/gone", {}, "wrong-status"],
  ]
  for (const [path, more, outcome] of cases)
    assert.equal((await probe({ ...HTTP, ...more, url: url(path) })).outcome, outcome, path)
  const text = await probe({ ...HTTP, url: url("/"), contains: "something else" })
  assert.deepEqual([text.outcome, text.isUp], ["wrong-answer", false])
})

test("HTTP: a redirect to an address that is not allowed is not followed", async () => {
  let asked = 0
  const port = await page((_, response) => {
    asked += 1
    response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data" }).end()
  })
  const denied = await probe({ ...HTTP, url: `http://127.0.0.1:${port}/` })
  assert.equal(denied.outcome, "not-allowed")
  assert.equal(asked, 1)
})

test("HTTP: an endless body is read up to 64 KiB and no further", async () => {
  let written = 0
  const port = await page((_, response) => {
    const chunk = Buffer.alloc(16 * 1024, "x")
    const more = (): void => {
      if (response.destroyed) return
      written += chunk.length
      response.write(chunk, () => setImmediate(more))
    }
    more()
  })
  const endless = await probe({ ...HTTP, url: `http://127.0.0.1:${port}/` })
  assert.equal(endless.outcome, "ok")
  await sleep(50)
  const soFar = written
  await sleep(50)
  assert.equal(written, soFar, "the connection is closed")
})

test("HTTP: a slow server, a silent one, garbage and huge headers", async () => {
  const slow = await page((_, response) => setTimeout(() => response.end("late"), 300))
  const late = await probe({ ...HTTP, url: `http://127.0.0.1:${slow}/` })
  assert.equal(late.outcome, "ok")
  assert.ok((late.firstByteMs ?? 0) >= 290)
  const cut = await probe({ ...HTTP, url: `http://127.0.0.1:${slow}/` }, { timeoutMs: 100 })
  assert.deepEqual([cut.outcome, cut.isUp], ["no-answer", false])
  assert.ok((cut.connectMs ?? 0) > 0, "it was connected all the same")

  const raw = (answer: string): Promise<number> =>
    listen(
      net.createServer((socket) => {
        socket.on("error", () => undefined)
        socket.end(answer)
      }),
    )
  const outcomeOf = async (answer: string) =>
    (await probe({ ...HTTP, url: `http://127.0.0.1:${await raw(answer)}/` })).outcome
  assert.equal(await outcomeOf("SSH-2.0-OpenSSH_9.2\r\n"), "not-the-protocol")
  assert.equal(
    await outcomeOf(`HTTP/1.1 200 OK\r\nx: ${"y".repeat(40_000)}\r\n\r\n`),
    "not-the-protocol",
  )
  assert.equal(await outcomeOf(""), "connection-closed")
  const tls = await raw("no TLS here")
  assert.equal((await probe({ ...HTTP, url: `https://127.0.0.1:${tls}/` })).outcome, "tls-failed")
})

test("HTTPS: days of the certificate, whether or not it is trusted", async () => {
  const port = await listen(
    https.createServer(makeCertificate("localhost", 5), (_, response) => response.end("ok")),
  )
  const url = `https://127.0.0.1:${port}/`
  const strict = await probe({ ...HTTP, url })
  assert.deepEqual([strict.outcome, strict.isUp], ["certificate-invalid", false])
  assert.ok(Math.abs((strict.certificateDays ?? 0) - 5) < 0.01)
  const lax = await probe({ ...HTTP, url, isVerified: false })
  assert.equal(lax.outcome, "ok")
  assert.ok((lax.tlsMs ?? 0) > 0)
  const expired = await listen(
    https.createServer(makeCertificate("localhost", -3), (_, response) => response.end("ok")),
  )
  const old = await probe({ ...HTTP, url: `https://127.0.0.1:${expired}/`, isVerified: false })
  assert.ok((old.certificateDays ?? 0) < -2.9)
})

/** Answers each datagram with what `answer` makes of it; null: nothing. */
const dnsServer = async (answer: (query: Buffer) => Buffer | null): Promise<number> => {
  const socket = dgram.createSocket("udp4")
  socket.on("message", (query, from) => {
    const reply = answer(query)
    if (reply !== null) socket.send(reply, from.port, from.address)
  })
  socket.bind(0, "127.0.0.1")
  await once(socket, "listening")
  cleanups.push(() => socket.close())
  return socket.address().port
}
/** The query again, as an answer with this code and these addresses. */
const reply = (
  query: Buffer,
  rcode: number,
  addresses: readonly string[] = [],
  flags = 0,
): Buffer => {
  const head = Buffer.from(query)
  head.writeUInt16BE(0x8180 | rcode | flags, 2)
  head.writeUInt16BE(addresses.length, 6)
  const records = addresses.map((address) =>
    Buffer.concat([
      Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]),
      Buffer.from(address.split(".").map(Number)),
    ]),
  )
  return Buffer.concat([head, ...records])
}
const dnsCheck = (port: number, expects = ""): ProbeCheck => ({
  ...{ kind: "dns", server: "127.0.0.1", port, name: "www.example.net", type: "A", expects },
})

test("DNS: answers, response codes, silence and garbage", async () => {
  const good = await dnsServer((query) => reply(query, 0, ["192.0.2.7", "192.0.2.8"]))
  const up = await probe(dnsCheck(good, "192.0.2.8"))
  assert.deepEqual([up.outcome, up.isUp], ["ok", true])
  assert.ok((up.totalMs ?? 0) > 0)
  assert.equal((await probe(dnsCheck(good, "192.0.2.9"))).outcome, "wrong-answer")
  const codes: [number, string][] = [
    [2, "dns-server-failure"],
    [3, "dns-name-missing"],
    [5, "dns-refused"],
    [9, "dns-error"],
    [0, "wrong-answer"],
  ]
  for (const [rcode, outcome] of codes) {
    const found = await probe(dnsCheck(await dnsServer((query) => reply(query, rcode))))
    assert.deepEqual([found.outcome, found.isUp], [outcome, false], String(rcode))
    assert.ok((found.totalMs ?? 0) > 0, "a wrong answer has a time as well")
  }
  const silent = await dnsServer(() => null)
  assert.equal((await probe(dnsCheck(silent), { timeoutMs: 150 })).outcome, "no-answer")
  const garbage = await dnsServer(() => Buffer.from("garbage"))
  assert.equal((await probe(dnsCheck(garbage), { timeoutMs: 150 })).outcome, "not-the-protocol")
  const other = await dnsServer((query) => {
    const forged = reply(query, 0, ["192.0.2.66"])
    forged.writeUInt16BE((query.readUInt16BE(0) + 1) & 0xffff, 0)
    return forged
  })
  assert.equal((await probe(dnsCheck(other), { timeoutMs: 150 })).outcome, "not-the-protocol")
  const closed = await probe(dnsCheck(await closedPort()), { timeoutMs: 500 })
  assert.equal(closed.outcome, "connection-refused")
})

test("DNS: an answer that does not fit is asked for again by TCP", async () => {
  const answers = Array.from({ length: 40 }, (_, index) => `192.0.2.${index + 1}`)
  const server = net.createServer((socket) =>
    socket.on("data", (bytes: Buffer) => {
      const message = reply(bytes.subarray(2), 0, answers)
      const length = Buffer.alloc(2)
      length.writeUInt16BE(message.length)
      socket.write(length)
      socket.write(message)
    }),
  )
  const port = await listen(server)
  const udp = dgram.createSocket("udp4")
  udp.on("message", (query, from) => udp.send(reply(query, 0, [], 0x0200), from.port, from.address))
  udp.bind(port, "127.0.0.1")
  await once(udp, "listening")
  cleanups.push(() => udp.close())
  assert.equal((await probe(dnsCheck(port, "192.0.2.40"))).outcome, "ok")
})

test("DNS: a message that is cut or points at itself is no answer", () => {
  const whole = reply(encodeQuery(7, "a.example", "A"), 0, ["192.0.2.1"])
  assert.deepEqual(parseAnswer(whole, "A")?.answers, ["192.0.2.1"])
  for (let length = 0; length < whole.length; length += 1)
    assert.equal(parseAnswer(whole.subarray(0, length), "A"), null, String(length))
  const loop = Buffer.concat([whole.subarray(0, 12), Buffer.from([0xc0, 12, 0, 1, 0, 1])])
  assert.equal(parseAnswer(loop, "A"), null)
})

test("probes of a later release are ignored, and the others run", async () => {
  const emitted: Item[] = []
  const destinations = createDestinations({ allowLoopback: true, steady })
  const probes = createProbes({
    icmpProbe: null,
    locate: createLocate({ lookup: systemLookup, destinations, steady }),
    now: Date.now,
    steady,
    random: () => 0,
    newId: randomUUID,
    emit: (items) => emitted.push(...items),
    onFault: (error) => assert.fail(String(error)),
  })
  const common = { device, everyMs: 60_000, timeoutMs: 500 }
  const port = await listen(quiet())
  const tcp = { kind: "tcp", host: "127.0.0.1", port }
  const id = randomUUID()
  probes.apply([
    { ...common, id: randomUUID(), name: "quantum", check: { kind: "quantum" } },
    { ...common, id, name: "tcp", check: tcp },
    { ...common, id: randomUUID(), name: "shell", check: { ...tcp, host: "-f /etc/passwd" } },
  ])
  assert.deepEqual([probes.size(), probes.counts.ignored], [1, 2])
  while (emitted.length === 0) await sleep(5)
  assert.deepEqual(
    emitted.map((item) => ("service" in item ? item.service : null)),
    ["tcp"],
  )
  probes.apply([])
  probes.runNow([id])
  await probes.stop()
  assert.equal(emitted.length, 1, "what has left the assignment does not run")
})
