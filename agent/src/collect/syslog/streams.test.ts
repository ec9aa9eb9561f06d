import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import net from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import tls from "node:tls"
import fc from "fast-check"
import { createFrames, MAX_LINE_BYTES } from "./frames.ts"
import { startStreams } from "./streams.ts"

const framed = (chunks: readonly Buffer[]) => {
  const lines: string[] = []
  const faults: string[] = []
  const frames = createFrames(
    (line) => lines.push(line.toString()),
    (fault) => faults.push(fault),
  )
  const isOpen = chunks.every((chunk) => frames.push(chunk))
  if (isOpen) frames.flush()
  return { lines, faults, isOpen }
}
const A = "<30>Jan  5 09:34:11 edge-1 ether1 link down"
const counted = (line: string): string => `${Buffer.byteLength(line)} ${line}`

test("lines are split however TCP cut them, by line end and by length", () => {
  const streams = [
    `${A}\n${A}\r\n${A}\0${A}`,
    `${counted(A)}${counted(A)}${counted(A)}${counted(A)}`,
    `${counted(A)}\n${counted(A)}\n${counted(A)}\n${counted(A)}\n`,
  ]
  for (const text of streams) {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: text.length - 1 }), { maxLength: 12 }),
        (cuts) => {
          const bytes = Buffer.from(text)
          const at = [0, ...new Set(cuts)].toSorted((a, b) => a - b)
          const { lines, faults } = framed(at.map((from, n) => bytes.subarray(from, at[n + 1])))
          assert.deepEqual([lines, faults], [[A, A, A, A], []])
        },
      ),
      { numRuns: 60 },
    )
    assert.deepEqual(framed([...Buffer.from(text)].map((byte) => Buffer.from([byte]))).lines, [
      A,
      A,
      A,
      A,
    ])
  }
})
test("a year is not a length, and neither is a time", () => {
  for (const line of [
    "2026 Jun 23 12:13:10 edge-1 x",
    "12:13:10 system,info x",
    "2026-06-23T12:13:10Z edge-1 x",
    "interface,info x",
  ])
    assert.deepEqual(framed([Buffer.from(`${line}\n`)]).lines, [line])
  assert.deepEqual(framed([Buffer.from(`31 interface,info ether1 link down`)]).lines, [
    "interface,info ether1 link down",
  ])
})
test("a line that is too long is lost alone; an invalid length ends the connection", () => {
  const long = Buffer.alloc(MAX_LINE_BYTES + 1, 0x61)
  assert.deepEqual(framed([long, long, Buffer.from(`\n${A}\n`)]), {
    lines: [A],
    faults: ["too-long"],
    isOpen: true,
  })
  assert.deepEqual(framed([Buffer.from(`99999 ${A}`)]), {
    lines: [],
    faults: ["too-long"],
    isOpen: false,
  })
  assert.deepEqual(framed([Buffer.from(`${counted(A)}hello`)]), {
    lines: [A],
    faults: ["framing"],
    isOpen: false,
  })
})

const stage = async (limit: Parameters<typeof startStreams>[0]["limit"], max: number) => {
  const probe = net.createServer()
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve))
  const address = probe.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  await new Promise((resolve) => probe.close(resolve))
  const lines: string[] = []
  const faults: string[] = []
  const streams = await startStreams({
    port,
    bind: "127.0.0.1",
    limitOf: () => ({ max, isUnknownSender: false }),
    onLine: (line) => lines.push(line.toString()),
    onFault: (fault) => faults.push(fault),
    ...(limit === undefined ? {} : { limit }),
  })
  const dial = async (): Promise<net.Socket> => {
    const socket = net.connect(port, "127.0.0.1")
    socket.on("error", () => undefined)
    await once(socket, "connect")
    return socket
  }
  return { streams, lines, faults, dial }
}
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}

test("the oldest connection of an address is closed, and without line ends a pause ends the line", async () => {
  const { streams, lines, faults, dial } = await stage({ pauseMs: 30 }, 2)
  const sockets = [await dial(), await dial()]
  await until(() => streams.open() === 2)
  const closed = once(sockets[0] ?? new net.Socket(), "close")
  sockets.push(await dial())
  await closed
  await until(() => streams.open() === 2)
  assert.deepEqual(faults, ["connection-limit"])
  sockets[2]?.write("system,info without an end")
  await until(() => lines.length === 1)
  assert.deepEqual(lines, ["system,info without an end"])
  await streams.stop()
  for (const socket of sockets) socket.destroy()
})
test("endless lines use a bounded memory over all connections", async () => {
  const { streams, faults, dial } = await stage({ pendingBytes: 50_000 }, 8)
  const sockets = await Promise.all([dial(), dial(), dial()])
  for (const socket of sockets) socket.write(Buffer.alloc(30_000, 0x61))
  await until(() => faults.length > 0)
  assert.equal(faults[0], "connection-limit")
  await streams.stop()
  for (const socket of sockets) socket.destroy()
})

const folder = mkdtempSync(join(tmpdir(), "ispvm-streams-"))
after(() => rmSync(folder, { recursive: true, force: true }))
const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")]
/** Makes one, and gives what reads it. */
const makeCertificate = () => {
  const subject = ["-subj", "/CN=localhost", "-days", "2"]
  const files = ["-keyout", keyFile, "-out", certFile]
  const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
  execFileSync("openssl", [...request, "-nodes", ...subject, ...files], { stdio: "ignore" })
  return () => ({ key: readFileSync(keyFile, "utf8"), cert: readFileSync(certFile, "utf8") })
}

test("a certificate that cannot be read when it is renewed leaves the one in use", async () => {
  const read = makeCertificate()
  const { cert } = read()
  let reads = 0
  const streams = await startStreams({
    port: 0,
    bind: "127.0.0.1",
    certificate: () => {
      reads += 1
      return read()
    },
    renewEveryMs: 5,
    limitOf: () => ({ max: 2, isUnknownSender: false }),
    onLine: () => undefined,
    onFault: () => undefined,
  })
  after(() => streams.stop())
  for (const content of ["", "half of a certificate", null]) {
    if (content === null) rmSync(certFile)
    else writeFileSync(certFile, content)
    const from = reads
    await until(() => reads > from + 1)
  }
  const options = { host: "127.0.0.1", servername: "localhost", ca: cert }
  const socket = tls.connect({ port: streams.port, ...options })
  await once(socket, "secureConnect")
  socket.destroy()
})

test("a connection without a handshake ends with its time, and does not delay the end", async () => {
  const streams = await startStreams({
    port: 0,
    bind: "127.0.0.1",
    certificate: makeCertificate(),
    handshakeMs: 50,
    limitOf: () => ({ max: 2, isUnknownSender: false }),
    onLine: () => undefined,
    onFault: () => undefined,
  })
  const silent = net.connect(streams.port, "127.0.0.1")
  const signal = AbortSignal.timeout(5_000)
  await once(silent, "close", { signal })
  const late = net.connect(streams.port, "127.0.0.1")
  await once(late, "connect")
  await Promise.all([once(late, "close", { signal }), streams.stop()])
})

test("one address does not hold the connections of all by handshakes that it does not make", async () => {
  const faults: string[] = []
  const streams = await startStreams({
    port: 0,
    bind: "127.0.0.1",
    certificate: makeCertificate(),
    limitOf: () => ({ max: 2, isUnknownSender: true }),
    onLine: () => undefined,
    onFault: (fault) => faults.push(fault),
  })
  const connect = (localAddress: string): net.Socket =>
    net.connect({ port: streams.port, host: "127.0.0.1", localAddress })
  const silent = Array.from({ length: 6 }, () => connect("127.0.0.1"))
  await Promise.all(silent.map((each) => once(each, "connect")))
  const signal = AbortSignal.timeout(5_000)
  await once(connect("127.0.0.1").resume(), "close", { signal })
  const other = connect("127.0.0.2")
  await once(other, "connect")
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(other.closed, false)
  assert.deepEqual(faults, ["connection-limit"])
  await streams.stop()
})
