import assert from "node:assert/strict"
import https from "node:https"
import { after, before, test } from "node:test"
import { connect } from "node:tls"
import { gzipSync } from "node:zlib"
import { LIMITS } from "@ispvm/wire"
import fc from "fast-check"
import {
  assertRejected,
  batch,
  heartbeatOf,
  newAgent,
  openRig,
  type Rig,
} from "../../../test/agent-rig.ts"
import type { TlsAnswer } from "../../../test/send-tls.ts"

let rig: Rig
before(async () => {
  rig = await openRig()
})
after(() => rig.close())

test("a batch is accepted, gzipped or plain, and acknowledged", async () => {
  const { id, client } = await rig.enrolled("sender")
  const sent = batch([{ any: "thing" }])
  const answer = await rig.send(
    "POST",
    "/ingest/v1/batches",
    gzipSync(JSON.stringify(sent)),
    client,
    {
      "content-encoding": "gzip",
    },
  )
  assert.deepEqual(answer.json, {
    protocol: 1,
    buffer: sent.buffer,
    number: 1,
    accepted: 1,
    rejected: [],
  })
  assert.equal((await rig.send("POST", "/ingest/v1/batches", sent, client)).status, 200)
  const last = rig.batches.at(-1)
  assert.equal(last?.agent.id, id)
  assert.equal(last?.agent.name, "sender")
  assert.equal(typeof last?.agent.key, "number")
})

test("a body that is not a batch is rejected with a reason and not passed on", async () => {
  const { client } = await rig.enrolled("clumsy")
  const before = rig.batches.length
  const post = (body: unknown, headers = {}) =>
    rig.send("POST", "/ingest/v1/batches", body, client, headers)
  assertRejected(await post("not json"), 400, "malformed")
  assertRejected(await post(Buffer.from([0x22, 0xff, 0x22])), 400, "malformed")
  assertRejected(await post("not gzip", { "content-encoding": "gzip" }), 400, "malformed")
  assertRejected(await post("{}", { "content-encoding": "br" }), 415, "encoding-unsupported")
  assertRejected(await post({ ...batch(), extra: 1 }), 400, "malformed")
  assertRejected(await post({ ...batch(), number: 0 }), 400, "malformed")
  assertRejected(await post({ ...batch(), protocol: 99 }), 426, "protocol-unsupported")
  assertRejected(await post("[".repeat(50_000)), 400, "malformed")
  const bomb = gzipSync(Buffer.alloc(LIMITS.batchBytes + 1, 0x20))
  assert.ok(bomb.length < 100_000)
  assertRejected(await post(bomb, { "content-encoding": "gzip" }), 413, "too-large")
  assertRejected(await post(Buffer.alloc(LIMITS.batchBytesGzip + 1, 0x20)), 413, "too-large")
  assertRejected(
    await rig.send(
      "POST",
      "/heartbeat/v1",
      { ...heartbeatOf(rig), notes: Array(21).fill("x") },
      client,
    ),
    400,
    "malformed",
  )
  assertRejected(await rig.send("GET", "/nothing", null, client), 404, "not-found")
  assert.equal(rig.batches.length, before)
  assert.equal((await post(batch())).status, 200)
})

test("nested brackets are cheap, and only an agent that keeps sending unusable bodies is slowed down", async () => {
  const [nested, unaffected] = [await rig.enrolled("nested"), await rig.enrolled("beside nested")]
  const bomb = gzipSync(Buffer.from(`{"protocol":1,"items":${"[".repeat(LIMITS.batchBytes - 100)}`))
  assert.ok(bomb.length < 30_000)
  const send = () =>
    rig.send("POST", "/ingest/v1/batches", bomb, nested.client, { "content-encoding": "gzip" })
  const statuses: number[] = []
  for (let n = 0; n < 23; n += 1) statuses.push((await send()).status)
  assert.deepEqual(statuses.slice(0, 20), Array(20).fill(400))
  assert.deepEqual(statuses.slice(20), [429, 429, 429])
  const answer = await rig.send(
    "POST",
    "/ingest/v1/batches",
    { ...batch(), number: 2 },
    unaffected.client,
  )
  assert.equal(answer.status, 200)
  rig.pass(11_000)
  const after = await send()
  assertRejected(after, 400, "malformed")
  assert.match(after.text, /nested more than 16 levels/)
})

test("any JSON at any path gets an answer of the contract, and never an internal error", async () => {
  const { client } = await rig.enrolled("fuzzed")
  const keepAlive = new https.Agent({ keepAlive: true, maxSockets: 1 })
  const paths = [
    "/heartbeat/v1",
    "/ingest/v1/batches",
    "/tasks/v1/results",
    "/renew/v1",
    "/enrol/v1",
  ]
  const message = fc.oneof(
    fc.jsonValue(),
    fc.record({
      protocol: fc.oneof(fc.constant(1), fc.jsonValue()),
      csrPem: fc.string(),
      number: fc.jsonValue(),
      items: fc.jsonValue(),
    }),
    fc.record({
      protocol: fc.constant(1),
      secret: fc.string({ minLength: 43, maxLength: 43 }),
      csrPem: fc.string({ minLength: 1 }),
      hostname: fc.string(),
      version: fc.string(),
    }),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), message, async (path, body) => {
      rig.pass(3_600_000) // So that no rate limit applies.
      const answer = await rig.send("POST", path, JSON.stringify(body), { ...client, keepAlive })
      assert.ok(
        [400, 401, 422, 426].includes(answer.status),
        `${path} answered ${answer.status}: ${answer.text}`,
      )
    }),
    { numRuns: 150 },
  )
  keepAlive.destroy()
})

test("an agent that floods has to wait, and another one does not", async () => {
  const [wild, unaffected] = [await rig.enrolled("wild"), await rig.enrolled("calm")]
  let last: TlsAnswer | undefined
  const keepAlive = new https.Agent({ keepAlive: true, maxSockets: 1 })
  for (let sent = 0; sent < 120 && last?.status !== 429; sent += 1)
    last = await rig.send("POST", "/ingest/v1/batches", batch(), { ...wild.client, keepAlive })
  assert.ok(last)
  assertRejected(last, 429, "too-many")
  assert.equal(last.headers["retry-after"], "1")
  assert.equal(
    (await rig.send("POST", "/ingest/v1/batches", batch(), unaffected.client)).status,
    200,
  )
  rig.pass(1_000)
  assert.equal(
    (await rig.send("POST", "/ingest/v1/batches", batch(), { ...wild.client, keepAlive })).status,
    200,
  )
  keepAlive.destroy()
})

test("an internal error is a 500 with Retry-After, described in the log and not in the answer", async () => {
  const { client } = await rig.enrolled("unlucky")
  rig.whenBatch(() => Promise.reject(new Error("the disk's secret trouble")))
  const answer = await rig.send("POST", "/ingest/v1/batches", batch(), client)
  rig.whenBatch(async () => undefined)
  assertRejected(answer, 500, "failed")
  assert.equal(answer.headers["retry-after"], "2")
  assert.doesNotMatch(answer.text, /secret trouble/)
})

test("a client that disconnects in the middle of a body is not an internal error", async () => {
  const { client } = await rig.enrolled("hasty")
  const request = https.request({
    host: "127.0.0.1",
    port: rig.port,
    method: "POST",
    path: "/ingest/v1/batches",
    ca: rig.authority.rootPem,
    agent: false,
    headers: { "content-length": "1000" },
    ...(client.cert === undefined ? {} : { cert: client.cert }),
    ...(client.key === undefined ? {} : { key: client.key }),
  })
  const gone = new Promise((resolve) => request.once("close", resolve))
  request.on("error", () => undefined)
  request.write("{", () => request.destroy())
  await gone
  assert.equal((await rig.send("POST", "/heartbeat/v1", heartbeatOf(rig), client)).status, 200)
  // The one of the test before.
  assert.equal(rig.lines.filter((line) => line.includes("agent API: failed")).length, 1)
})

test("guessing tokens is slowed down, and no secret is ever written to the log", async () => {
  const guess = () => rig.enrolWith(`ispvm1.${"C".repeat(43)}.x`)
  let last: TlsAnswer | undefined
  for (let tried = 0; tried < 30 && last?.status !== 429; tried += 1) last = await guess()
  assert.equal(last?.status, 429)
  assert.ok(Number(last?.headers["retry-after"]) >= 1)
  rig.pass(60_000)
  assert.equal((await guess()).status, 401)
  assert.doesNotMatch(rig.lines.join("\n"), /CCCC|PRIVATE KEY|CERTIFICATE/)
})

test("TLS below 1.2 is rejected", async () => {
  const { command } = await rig.agents.token(
    rig.actor,
    (await newAgent(rig, "old-tls")).id,
    "localhost",
  )
  assert.match(command, /--url https:\/\//)
  const answer = new Promise((resolve) => {
    const socket = connect({
      host: "127.0.0.1",
      port: rig.port,
      rejectUnauthorized: false,
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
    })
    socket.on("error", () => resolve("refused"))
    socket.on("secureConnect", () => resolve("accepted"))
  })
  assert.equal(await answer, "refused")
})

test("strangers at many addresses that guess tokens do not prevent an enrolment", async () => {
  const invalidToken = {
    protocol: 1,
    secret: "A".repeat(43),
    csrPem: "x",
    hostname: "pop",
    version: "0.1.0",
  }
  const from = (localAddress: string) =>
    rig.send("POST", "/enrol/v1", invalidToken, { localAddress })
  const strangerStatuses: number[] = []
  for (let n = 0; n < 120; n += 1)
    strangerStatuses.push((await from(`127.77.0.${Math.floor(n / 15) + 1}`)).status)
  assert.ok(!strangerStatuses.includes(429), strangerStatuses.join(" "))
  for (let n = 0; n < 20; n += 1) await from("127.77.1.1")
  assert.equal((await from("127.77.1.1")).status, 429)
  assertRejected(await from("127.77.2.1"), 401, "token-unknown")
})

test("invented paths are not written to the log", async () => {
  const before = rig.lines.length
  for (let n = 0; n < 30; n += 1) await rig.send("GET", `/made-up-${n}`)
  const logged = rig.lines.slice(before)
  assert.ok(logged.length <= 3 && !logged.join().includes("made-up"), logged.join("\n"))
})
