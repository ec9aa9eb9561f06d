/** Syslog by TLS, and forwarding: with openssl, and with what Debian has for both. */
import assert from "node:assert/strict"
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import net from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import tls from "node:tls"
import { AssignedDevice, type Event } from "@ispvm/wire"
import { createForward } from "./forward.ts"
import { parseLine } from "./lines.ts"
import { startSyslog } from "./syslog.ts"

const RSYSLOGD = "/usr/sbin/rsyslogd"
const LOGGER = "/usr/bin/logger"
const folder = mkdtempSync(join(tmpdir(), "ispvm-syslog-"))
after(() => rmSync(folder, { recursive: true, force: true }))
const certificate = () => {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")]
  if (!existsSync(key))
    execFileSync(
      "openssl",
      `req -x509 -newkey rsa:2048 -nodes -keyout ${key} -out ${cert} -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1`.split(
        " ",
      ),
      { stdio: "ignore" },
    )
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") }
}
const device = AssignedDevice.parse({
  id: "00000000-0000-4000-8000-000000000001",
  name: "edge 1",
  access: { address: "127.0.0.1", routerosApi: null, snmp: null, icmp: true, tcpPort: null },
  intervals: { pingMs: 0, interfaceMs: 0, healthMs: 0, factsMs: 0 },
})
const until = async (holds: () => boolean): Promise<void> => {
  for (let tries = 0; !holds() && tries < 4_000; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 5))
  assert.ok(holds())
}
const options = (events: Event[], more: object): Parameters<typeof startSyslog>[0] => {
  let n = 0
  return {
    port: 0,
    bind: "127.0.0.1",
    resolve: async (name) => name,
    now: Date.now,
    newId: () => `00000000-0000-4000-9000-${String(n++).padStart(12, "0")}`,
    emit: (event) => events.push(event),
    onLink: () => undefined,
    onUnknownSender: () => undefined,
    tls: { port: 0, certificate },
    ...more,
  }
}
/** A port that is free for UDP may be taken for TCP; then another one is used. */
const stage = async (more: object = {}) => {
  const events: Event[] = []
  let syslog = await startSyslog(options(events, more))
  for (let tries = 0; syslog.note !== null && tries < 20; tries += 1) {
    await syslog.stop()
    syslog = await startSyslog(options(events, more))
  }
  after(() => syslog.stop())
  syslog.apply([device])
  await new Promise((resolve) => setImmediate(resolve))
  return { syslog, events }
}
/** What a log system receives. */
const collector = async (secure: boolean) => {
  const received: string[] = []
  const onSocket = (socket: net.Socket): void => {
    socket.on("error", () => undefined)
    socket.on("data", (chunk) => received.push(chunk.toString()))
  }
  const server = secure ? tls.createServer(certificate(), onSocket) : net.createServer(onSocket)
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  after(() => server.close())
  const at = server.address()
  return { received, port: typeof at === "object" && at !== null ? at.port : 0 }
}

test("by TLS: lines with a length and with line ends; a client without TLS gets nothing in", async () => {
  const { syslog, events } = await stage()
  const port = syslog.tlsPort ?? 0
  const line = "<30>Nov  8 17:06:34 edge ether1 link down"
  const other = line.replace("ether1", "ether2")
  for (const text of [`${line.length} ${line}`, `${other}\n`]) {
    const socket = tls.connect({ port, host: "127.0.0.1", ca: certificate().cert })
    await once(socket, "secureConnect")
    socket.end(text)
    await once(socket, "close")
  }
  const plain = net.connect({ port, host: "127.0.0.1" }, () => plain.end(`${line}\n`))
  plain.on("error", () => undefined)
  plain.resume()
  await once(plain, "close")
  await until(() => events.length >= 2)
  assert.deepEqual(
    events.map(({ name, interface: at }) => [name, at]),
    [
      ["link-down", "ether1"],
      ["link-down", "ether2"],
    ],
  )
})

test("logger sends by UDP, TCP, with lengths, and in RFC 5424", {
  skip: !existsSync(LOGGER) && "logger (Debian: bsdutils) is not installed",
}, async () => {
  const { syslog, events } = await stage()
  const to = ["--server", "127.0.0.1", "--port", String(syslog.port), "--id"]
  const forms = [
    ["-d"],
    ["-T"],
    ["-T", "--octet-count"],
    ["-T", "--rfc5424", "--octet-count"],
    ["-d", "--rfc3164"],
  ]
  for (const [n, option] of forms.entries())
    execFileSync(LOGGER, [...to, ...option, `ether${n} link down`], { stdio: "ignore" })
  await until(() => events.length === forms.length)
  assert.deepEqual(
    events.map(({ name }) => name),
    forms.map(() => "link-down"),
  )
})

test("rsyslog sends by UDP and TCP", {
  skip: !existsSync(RSYSLOGD) && "rsyslog is not installed",
}, async () => {
  const { syslog, events } = await stage()
  const file = join(folder, "in.log")
  writeFileSync(file, "")
  const config = join(folder, "rsyslog.conf")
  const to = `target="127.0.0.1" port="${syslog.port}"`
  writeFileSync(
    config,
    [
      'module(load="imfile" mode="polling" pollingInterval="1")',
      `global(workDirectory="${folder}")`,
      `input(type="imfile" File="${file}" Tag="routeros:" reopenOnTruncate="on")`,
      `action(type="omfwd" ${to} protocol="udp")`,
      `action(type="omfwd" ${to} protocol="tcp")`,
      `action(type="omfwd" ${to} protocol="tcp" TCP_Framing="octet-counted")`,
      "",
    ].join("\n"),
  )
  const child = spawn(RSYSLOGD, ["-n", "-f", config, "-i", join(folder, "pid")], {
    stdio: "ignore",
  })
  after(() => child.kill())
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  writeFileSync(file, "ether7 link down\n", { flag: "a" })
  await until(() => syslog.counts.lines >= 3)
  await until(() => syslog.counts.links >= 1)
  assert.equal(events[0]?.name, "link-down")
})

for (const secure of [false, true])
  test(`lines of devices are forwarded by ${secure ? "TLS" : "TCP"}`, async () => {
    const { received, port } = await collector(secure)
    const target = { tls: secure, host: "127.0.0.1", port }
    const { syslog } = await stage({ forward: { target, ca: certificate().cert } })
    const socket = net.connect({ port: syslog.port ?? 0, host: "127.0.0.1" })
    socket.end("pppoe,ppp,info <pppoe-anna>: connected\n")
    await until(() => received.join("") !== "")
    assert.match(
      received.join(""),
      /^\d+ <30>1 \S+Z edge_1 routeros - - - pppoe,ppp,info <pppoe-anna>: connected$/,
    )
    assert.equal(parseLine(received.join("").replace(/^\d+ /, "")).message.includes("anna"), true)
  })

test("a log system that does not read costs bounded memory and delays nothing", async () => {
  const server = net.createServer((socket) => void socket.pause())
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const at = server.address()
  const port = typeof at === "object" && at !== null ? at.port : 0
  const forward = createForward({ target: { tls: false, host: "127.0.0.1", port }, ca: null })
  after(() => {
    forward.stop()
    server.close()
  })
  await until(() => forward.counts.connects === 1)
  const line = parseLine(`system,info ${"x".repeat(1_000)}`)
  for (let n = 0; n < 60_000; n += 1) {
    forward.push("edge", line, 1)
    if (n % 5_000 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  assert.ok(forward.counts.dropped > 20_000, `${forward.counts.dropped} dropped`)
  assert.match(forward.note() ?? "", /lines were dropped/)
})

test("a log system that is often behind gets all lines, and nothing piles up", async () => {
  let received = 0
  const server = net.createServer((socket) => {
    socket.on("data", (chunk) => {
      received += chunk.length
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const at = server.address()
  const port = typeof at === "object" && at !== null ? at.port : 0
  const warnings: string[] = []
  const onWarning = ({ name }: Error): void => void warnings.push(name)
  process.on("warning", onWarning)
  const forward = createForward({ target: { tls: false, host: "127.0.0.1", port }, ca: null })
  after(() => {
    process.off("warning", onWarning)
    forward.stop()
    server.close()
  })
  await until(() => forward.counts.connects === 1)
  // More than the kernel takes at once.
  const line = { ...parseLine("system,info x"), message: "x".repeat(7_000_000) }
  for (let round = 1; round <= 12; round += 1) {
    forward.push("edge", line, 1)
    await until(() => received >= round * 7_000_000)
  }
  assert.deepEqual([forward.counts.sent, forward.counts.dropped, warnings], [12, 0, []])
})
