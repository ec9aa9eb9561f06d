import assert from "node:assert/strict"
import { once } from "node:events"
import https from "node:https"
import { after, before, test } from "node:test"
import { connect as connectTls } from "node:tls"
import { CA_PATH, PUSH_LIMITS, PUSH_PATH, SCRIPT_PATH } from "@ispvm/wire/push"
import fc from "fast-check"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { link, rawPushOf as pushOf } from "../../../test/make-push.ts"
import { newKey, openRig, type PushRig } from "../../../test/push-rig.ts"
import type { TlsAnswer } from "../../../test/send-tls.ts"
import { stateOf } from "../../flow/push/push.ts"
import type { KnownRouter } from "./push-key-cache.ts"

let db: TestDatabase
let rig: PushRig
before(async () => {
  db = await testDatabase()
  rig = await openRig(db)
})
after(async () => {
  await rig.close()
  await db.close()
})

const eventsOf = (router: KnownRouter): Promise<{ interface: string }[]> =>
  db.dbs.ui.asOrg(
    db.org,
    (tx) =>
      tx<
        { interface: string }[]
      >`select interface from events.event where device_id = ${router.device}`,
  )
const assertRejected = (answer: TlsAnswer, status: number, code: string): void => {
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.json.code, code)
  assert.match(String(answer.json.message), /\w+ \w+/)
  assert.equal(answer.headers.connection, "close")
}

test("a push is stored once and acknowledged, and the use of its key is recorded", async () => {
  const { key, router } = await rig.router()
  const push = pushOf([link(1), link(2, { state: "up" })])
  assert.deepEqual((await rig.send({ key, body: push })).json, { taken: 2, known: 0, refused: [] })
  assert.deepEqual((await rig.send({ key, body: push })).json, { taken: 0, known: 2, refused: [] })
  assert.equal((await eventsOf(router)).length, 2)
  assert.ok(rig.keys.usedBy.includes(router.name))
})

test("a key identifies its router, whatever the push contains", async () => {
  const [mine, other] = [await rig.router(), await rig.router()]
  const body = pushOf([link(1), link(2, { device: other.router.device })], {})
  const { json } = await rig.send({ key: mine.key, body })
  assert.equal(json.taken, 1)
  assert.equal(
    (await rig.send({ key: mine.key, body: { ...body, device: other.router.device } })).status,
    400,
  )
  assert.equal((await eventsOf(other.router)).length, 0)
})

test("a missing, malformed, unknown, revoked and expired key are each rejected with a reason, the malformed one without a query", async () => {
  const { router } = await rig.router()
  const over = (reason: string): string => {
    const key = newKey()
    rig.keys.known.set(key, { ok: false, reason, router })
    return key
  }
  const body = pushOf([link(1)])
  const before = rig.keys.lookups.times
  assertRejected(await rig.send({ body }), 401, "key-missing")
  assertRejected(await rig.send({ key: "ispvmr1.short", body }), 401, "key-malformed")
  assertRejected(
    await rig.send({ headers: { authorization: `Basic ${newKey()}` }, body }),
    401,
    "key-malformed",
  )
  assert.equal(rig.keys.lookups.times, before)
  assertRejected(await rig.send({ key: newKey(), body }), 401, "key-unknown")
  assertRejected(await rig.send({ key: over("key-revoked"), body }), 401, "key-revoked")
  assertRejected(await rig.send({ key: over("key-expired"), body }), 401, "key-expired")
  assert.equal((await eventsOf(router)).length, 0)
})

test("a revocation applies from the next request on, also on open connections", async () => {
  const { key, router } = await rig.router()
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 })
  assert.equal((await rig.send({ key, body: pushOf([]), agent })).status, 200)
  rig.keys.known.set(key, { ok: false, reason: "key-revoked", router })
  rig.keys.keysInvalidated.emit({ device: router.device, key: router.key })
  assertRejected(await rig.send({ key, body: pushOf([]), agent }), 401, "key-revoked")
  agent.destroy()
})

test("a key is queried once in a few seconds, however many pushes arrive", async () => {
  const { key } = await rig.router()
  const before = rig.keys.lookups.times
  await Promise.all([1, 2, 3, 4].map((seq) => rig.send({ key, body: pushOf([link(seq)]) })))
  assert.equal(rig.keys.lookups.times, before + 1)
  rig.clock.aheadMs += 6_000
  await rig.send({ key, body: pushOf([]) })
  assert.equal(rig.keys.lookups.times, before + 2)
})

test("a body that is not a push is rejected with a reason and shown at its router; the next push is accepted", async () => {
  const { key, router } = await rig.router()
  const post = (body: unknown, headers = {}) => rig.send({ key, body, headers })
  assertRejected(await post("not json"), 400, "malformed")
  assertRejected(await post("["), 400, "malformed")
  assertRejected(await post("[".repeat(60_000)), 400, "malformed")
  assertRejected(await post(`${"[".repeat(30_000)}${"]".repeat(30_000)}`), 400, "malformed")
  assertRejected(await post({ ...pushOf([]), v: 2 }), 400, "malformed")
  assertRejected(await post(pushOf([], { up: "soon" })), 400, "malformed")
  assertRejected(await post(pushOf([], { boot: "a b" })), 400, "malformed")
  assertRejected(await post(pushOf(Array(51).fill(link(1)))), 400, "malformed")
  assertRejected(await post("{}", { "content-encoding": "gzip" }), 415, "encoding-unsupported")
  const state = await db.dbs.ui.asOrg(db.org, (tx) => stateOf(tx, db.org, router.device))
  assert.equal(state?.lastRejection?.reason, "malformed")
  const deep = `{"seq":1,"up":"1h","kind":"link","name":${"[".repeat(20_000)}${"]".repeat(20_000)},"state":"up"}`
  const bad = await post(
    JSON.stringify(pushOf(["@"])).replace(
      '"@"',
      `${deep},{"seq":2,"kind":"link","up":"1h","name":"\\ud800","state":"up"},{"seq":3,"kind":"link","up":"1h","name":"\\u0000","state":"up"}`,
    ),
  )
  assert.equal(bad.status, 200)
  assert.equal(JSON.parse(bad.text).refused.length, 3)
  assert.equal((await post(pushOf([link(9)]))).json.taken, 1)
})

test("a name in the router's code page is stored as Unicode", async () => {
  const { key, router } = await rig.router()
  const text = JSON.stringify(pushOf([link(1, { name: "uplink-M@nchen" })]))
  const body = Buffer.concat([
    Buffer.from(text.split("@")[0] ?? ""),
    Buffer.from([0xfc]),
    Buffer.from(text.split("@")[1] ?? ""),
  ])
  assert.equal((await rig.send({ key, body })).json.taken, 1)
  assert.deepEqual(
    (await eventsOf(router)).map((event) => event.interface),
    ["uplink-München"],
  )
})

test("a body that is too large gets 413, declared or chunked, and nothing of it is stored", async () => {
  const { key } = await rig.router()
  const large = Buffer.alloc(PUSH_LIMITS.bodyBytes + 1, 0x20)
  assertRejected(await rig.send({ key, body: large }), 413, "too-large")
  assertRejected(
    await rig.send({ key, body: large, headers: { "transfer-encoding": "chunked" } }),
    413,
    "too-large",
  )
  assert.equal((await rig.send({ key, body: pushOf([]) })).status, 200)
})

test("other paths answer 404 and other methods 405, also without a key", async () => {
  const requests: [string, string, number][] = [
    ["GET", "/", 404],
    ["POST", "/enrol/v1", 404],
    ["GET", "/push/v1/", 404],
    ["GET", PUSH_PATH, 405],
    ["POST", SCRIPT_PATH, 405],
    ["DELETE", CA_PATH, 405],
  ]
  for (const [method, path, status] of requests)
    assert.equal((await rig.send({ method, path })).status, status, `${method} ${path}`)
})

test("the root certificate is public, a script is for the holder of its link", async () => {
  assert.equal((await rig.send({ method: "GET", path: CA_PATH })).text, rig.authority.rootPem)
  const script = (key: string | null) => rig.send({ method: "GET", path: SCRIPT_PATH, key })
  assert.equal((await script("one-time")).text, "/system identity print\n")
  assertRejected(await script("wrong"), 401, "link-unknown")
  assertRejected(await script(null), 401, "link-missing")
})

test("a client without a key gets the root certificate once per connection", async () => {
  const statuses = await volleyOf(rig, `GET ${CA_PATH} HTTP/1.1\r\nhost: x\r\n\r\n`.repeat(100))
  assert.deepEqual(statuses, [200])
})

test("an internal error is a 500 with Retry-After, described in the log and not in the answer", async () => {
  const { key } = await rig.router()
  rig.fault.next = true
  const answer = await rig.send({ key, body: pushOf([link(1)]) })
  assertRejected(answer, 500, "failed")
  assert.ok(Number(answer.headers["retry-after"]) >= 1)
  assert.doesNotMatch(answer.text, /secret trouble/)
  assert.equal((await rig.send({ key, body: pushOf([link(1)]) })).json.taken, 1)
})

test("guessing keys is slowed down, and a router at the same address is not locked out", async () => {
  const { key } = await rig.router()
  assert.equal((await rig.send({ key, body: pushOf([]) })).status, 200)
  const statuses: number[] = []
  for (let tried = 0; tried < 40; tried += 1)
    statuses.push((await rig.send({ key: newKey(), body: pushOf([]) })).status)
  assert.ok(statuses.includes(429))
  rig.clock.aheadMs += 6_000 // Its key is queried again.
  for (let tried = 0; tried < 40; tried += 1) await rig.send({ key: newKey(), body: pushOf([]) })
  assert.equal((await rig.send({ key, body: pushOf([]) })).status, 200)
  rig.clock.aheadMs += 60_000
})

test("a router that fills every push is limited to a number of items per second, and loses none of them", async () => {
  const { key, router } = await rig.router()
  const full = (push: number) =>
    pushOf(Array.from({ length: 50 }, (_, index) => link(push * 50 + index + 1)))
  let pushes = 0
  for (; pushes < 40; pushes += 1) {
    const answer = await rig.send({ key, body: full(pushes) })
    if (answer.status === 429) break
    assert.equal(answer.json.taken, 50)
  }
  assert.ok(pushes >= 20 && pushes < 30, `${pushes} pushes`)
  assert.equal((await eventsOf(router)).length, pushes * 50)
  rig.clock.aheadMs += 2_000
  assert.equal((await rig.send({ key, body: full(pushes) })).json.taken, 50)
})

/**
 * Many requests at once on one connection; gives the statuses that arrived before it was closed.
 */
const volleyOf = (at: PushRig, text: string): Promise<number[]> =>
  new Promise((resolve) => {
    const socket = connectTls({ host: "127.0.0.1", port: at.port, ca: at.authority.rootPem })
    let output = ""
    socket.on("error", () => undefined)
    socket.on("data", (chunk) => {
      output += chunk
    })
    socket.on("close", () =>
      resolve([...output.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))),
    )
    socket.setTimeout(3_000, () => socket.destroy())
    socket.write(text)
  })
/** A hundred pushes. */
const volley = (at: PushRig, key: string, from: number): Promise<number[]> => {
  const head = `POST ${PUSH_PATH} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\n`
  const one = (seq: number): string => {
    const body = JSON.stringify(pushOf([link(seq)]))
    return `${head}content-length: ${body.length}\r\n\r\n${body}`
  }
  return volleyOf(at, Array.from({ length: 100 }, (_, index) => one(from + index)).join(""))
}

test("a flood of one router is limited, and another router is answered meanwhile", async (t) => {
  const busy = await openRig(db, {
    burst: PUSH_LIMITS.addressBurst,
    perSecond: PUSH_LIMITS.addressPerSecond,
  })
  t.after(() => busy.close())
  const [wild, other] = [await busy.router(), await busy.router()]
  const statuses: number[] = []
  let volleys = 0
  const flood = async (): Promise<void> => {
    while (volleys < 100) {
      volleys += 1
      statuses.push(...(await volley(busy, wild.key, volleys * 100)))
    }
  }
  const flooding = Promise.all(Array.from({ length: 4 }, flood))
  let answered = 0
  while (volleys < 100) {
    const { status } = await busy.send({ key: other.key, body: pushOf([link(answered + 1)]) })
    assert.equal(status, 200)
    // Starved is what waits for the flood to end.
    if (volleys < 100) answered += 1
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  await flooding
  assert.ok(statuses.includes(429))
  const taken = (await eventsOf(wild.router)).length
  assert.ok(taken >= 1 && taken < 200, `of 10,000 were taken: ${taken}`)
  assert.ok(answered >= 1, "no push of the other router was answered during the flood")
})

test("any JSON gets an answer of the contract, and never an internal error", async () => {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 })
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.jsonValue(),
        fc.record({
          ...Object.fromEntries(
            Object.entries(pushOf([])).map(([name, value]) => [
              name,
              fc.oneof(fc.constant(value), fc.jsonValue()),
            ]),
          ),
        }),
      ),
      async (body) => {
        rig.clock.aheadMs += 60_000
        const { key } = await rig.router()
        const { status, text } = await rig.send({ key, body: JSON.stringify(body), agent })
        assert.ok([200, 400].includes(status), `${status}: ${text}`)
      },
    ),
    { numRuns: 60 },
  )
  agent.destroy()
})

test("TLS below 1.2 is rejected, and the certificate chain is complete", async () => {
  const socket = connectTls({
    host: "127.0.0.1",
    port: rig.port,
    ca: rig.authority.rootPem,
    servername: "localhost",
  })
  await once(socket, "secureConnect")
  assert.ok(socket.authorized)
  socket.destroy()
  const old = connectTls({
    host: "127.0.0.1",
    port: rig.port,
    ca: rig.authority.rootPem,
    maxVersion: "TLSv1.1",
    minVersion: "TLSv1",
  })
  const [error] = await once(old, "error")
  assert.ok(error instanceof Error)
})

test("a connection has one handshake", async () => {
  const at = {
    host: "127.0.0.1",
    port: rig.port,
    ca: rig.authority.rootPem,
    maxVersion: "TLSv1.2",
  } as const
  const socket = connectTls(at)
  await once(socket, "secureConnect")
  const output = await new Promise<string>((resolve) => {
    socket.on("error", (error) => resolve(error.message))
    socket.renegotiate({}, (error) => resolve(error?.message ?? "agreed"))
  })
  socket.destroy()
  assert.match(output, /renegotiation/i)
})

test("no key, header or body is ever written to the log", () => {
  const output = rig.lines.join("\n")
  assert.match(output, /push API: rejected/)
  assert.doesNotMatch(output, /ispvmr1\.|Bearer|ether1|one-time|PRIVATE KEY/)
})
