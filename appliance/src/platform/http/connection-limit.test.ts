import assert from "node:assert/strict"
import { once } from "node:events"
import { createServer, get } from "node:http"
import { connect, type Socket } from "node:net"
import { type TestContext, test } from "node:test"
import { type ConnectionLimits, createConnectionLimit } from "./connection-limit.ts"
import { sourceOf } from "./source-address.ts"

const LIMITS: ConnectionLimits = {
  perSource: 4,
  unauthenticated: 8,
  perIdentity: 2,
  authenticated: 6,
}

/** A server that answers each request; `/as/NAME` authenticates its connection as NAME. */
const serve = async (
  t: TestContext,
  more: Partial<Parameters<typeof createConnectionLimit>[0]> = {},
) => {
  const dropped: string[] = []
  const limit = createConnectionLimit({
    limits: LIMITS,
    onDrop: (reason) => dropped.push(reason),
    ...more,
  })
  const server = createServer((request, response) => {
    const name = /^\/as\/(.+)/.exec(request.url ?? "")?.[1]
    if (name !== undefined) limit.authenticated(request.socket, name)
    response.end("ok")
  })
  limit.guard(server)
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  const sockets: Socket[] = []
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.closeAllConnections()
    server.close()
  })
  /** Connects, and sends a request if a path is given; resolves when connected or answered. */
  const open = async (from: string, path: string | null = null): Promise<Socket> => {
    const socket = connect({ host: "127.0.0.1", port, localAddress: from })
    socket.on("error", () => undefined)
    sockets.push(socket)
    await once(socket, "connect")
    if (path === null) return socket
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`)
    await once(socket, "data")
    return socket
  }
  const status = (from: string): Promise<number> =>
    new Promise((resolve) => {
      const request = get(
        { host: "127.0.0.1", port, localAddress: from, agent: false },
        (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        },
      )
      request.on("error", () => resolve(0))
    })
  return { limit, dropped, open, status }
}
/** The server has processed what was sent before: a request answered now was accepted after it. */
const openCount = (sockets: readonly Socket[]): number =>
  sockets.filter((socket) => !socket.destroyed).length

test("the oldest half-open connection of an address is closed, and the address still gets answers", async (t) => {
  const { open, status, dropped, limit } = await serve(t)
  const idle: Socket[] = []
  for (let n = 0; n < 20; n += 1) idle.push(await open("127.0.0.9"))
  assert.equal(await status("127.0.0.9"), 200)
  assert.ok(limit.stats().unauthenticated <= LIMITS.perSource)
  assert.equal(dropped.filter((reason) => reason === "too-many-of-address").length, dropped.length)
  const first = idle[0]
  assert.ok(first)
  if (!first.destroyed) await once(first, "close")
})

test("when all addresses together hold too many, the heaviest loses, and another one gets answers", async (t) => {
  const { open, status, dropped } = await serve(t)
  const light = await open("127.0.0.20")
  for (const from of ["127.0.0.11", "127.0.0.12", "127.0.0.13"])
    for (let n = 0; n < 4; n += 1) await open(from)
  assert.equal(await status("127.0.0.99"), 200)
  assert.ok(dropped.includes("too-many"))
  assert.equal(openCount([light]), 1)
})

test("connections that have authenticated count by identity: many share one address", async (t) => {
  const { open, status, limit } = await serve(t)
  const known: Socket[] = []
  for (const name of ["a", "b", "c"])
    for (let n = 0; n < 2; n += 1) known.push(await open("127.0.0.30", `/as/${name}`))
  for (let n = 0; n < 20; n += 1) await open("127.0.0.30")
  assert.equal(await status("127.0.0.30"), 200)
  assert.equal(limit.stats().authenticated, 6)
  assert.equal(openCount(known), 6)
})

test("an identity with too many connections loses its oldest, and one that opens all leaves room for others", async (t) => {
  const { open, dropped, limit } = await serve(t)
  const other = await open("127.0.0.40", "/as/calm")
  for (let n = 0; n < 5; n += 1) await open("127.0.0.41", "/as/wild")
  assert.deepEqual(new Set(dropped), new Set(["too-many-of-identity"]))
  for (const name of ["b", "c", "d", "e"])
    for (let n = 0; n < 2; n += 1) await open("127.0.0.42", `/as/${name}`)
  assert.ok(limit.stats().authenticated <= LIMITS.authenticated)
  assert.equal(openCount([other]), 1)
})

test("a closed connection is no longer counted", async (t) => {
  const { open, status, limit } = await serve(t)
  for (let n = 0; n < 3; n += 1) (await open("127.0.0.50", "/as/a")).destroy()
  for (let n = 0; n < 3; n += 1) (await open("127.0.0.50")).destroy()
  while (limit.stats().authenticated + limit.stats().unauthenticated > 0)
    await status("127.0.0.51").then(() => new Promise(setImmediate))
})

test("a rate limit rejects before any byte is exchanged", async (t) => {
  const { status, dropped } = await serve(t, {
    checkRate: (source) => (source === "127.0.0.60" ? 1_000 : 0),
  })
  assert.deepEqual([await status("127.0.0.60"), await status("127.0.0.61")], [0, 200])
  assert.deepEqual(dropped, ["too-fast"])
})

test("a trusted proxy carries many clients and has no limit per address", async (t) => {
  const { open, limit } = await serve(t, { isTrustedProxy: (address) => address === "127.0.0.70" })
  const carried: Socket[] = []
  for (let n = 0; n < 6; n += 1) carried.push(await open("127.0.0.70", "/as/anybody"))
  assert.equal(openCount(carried), 6)
  assert.equal(limit.stats().authenticated, 6)
})

for (const [address, source] of [
  ["192.0.2.7", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8:1:2::1", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  [undefined, ""],
] as const)
  test(`${address} is counted as ${source}`, () => assert.equal(sourceOf(address), source))
