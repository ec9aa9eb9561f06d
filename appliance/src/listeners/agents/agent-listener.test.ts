import assert from "node:assert/strict"
import { generateKeyPairSync } from "node:crypto"
import https from "node:https"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { connect } from "node:tls"
import { gzipSync } from "node:zlib"
import { openAuthority } from "@ispvm/pki"
import { EnrolAnswer, LIMITS } from "@ispvm/wire"
import fc from "fast-check"
import forge from "node-forge"
import { csrPem, keyPem, openRig, type Rig } from "../../../test/agent-rig.ts"
import type { TlsAnswer } from "../../../test/send-tls.ts"

let rig: Rig
before(async () => {
  rig = await openRig()
})
after(() => rig.close())

const assertRejected = (answer: TlsAnswer, status: number, code: string): void => {
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.json.code, code)
  assert.match(String(answer.json.message), /\w+ \w+/)
}
const newAgent = async (name: string): Promise<{ id: string; token: string }> => {
  const { id } = await rig.agents.create(rig.actor, { name, siteId: null, deviceId: null })
  return { id, token: (await rig.agents.token(rig.actor, id, "localhost")).token }
}
const batch = (items: unknown[] = []) => ({
  protocol: 1,
  buffer: "7b0d3f8e-13a5-4a3e-9d38-0d6e4c1f0a11",
  number: 1,
  sentAtMs: 1,
  items,
})
const heartbeat = () => ({
  protocol: 1,
  atMs: rig.clock.now(),
  version: "0.1.0",
  startedAtMs: 1,
  hostname: "pop",
  revision: "",
  devices: 0,
  bufferBatches: 3,
  bufferBytes: 10,
  oldestBufferedAtMs: null,
  capabilities: { icmp: true, syslogPort: 5514 },
  notes: [],
})

test("the root certificate is public, and its fingerprint is that of the token", async () => {
  const { token } = await newAgent("pinned")
  const answer = await rig.send("GET", "/ca")
  assert.equal(answer.text, rig.authority.rootPem)
  assert.equal(token.split(".")[2], rig.authority.fingerprint)
})

test("a token gives one certificate, which gives access to the agent API", async () => {
  const { token, id } = await newAgent("first")
  const answer = await rig.enrolWith(token)
  const enrolled = EnrolAnswer.parse(answer.json)
  assert.equal(enrolled.agent, id)
  const client = { cert: enrolled.certificatePem + enrolled.chainPem, key: keyPem }
  assert.equal((await rig.send("POST", "/heartbeat/v1", heartbeat(), client)).status, 200)
  const [seen] = (await rig.agents.all(rig.org)).filter((agent) => agent.id === id)
  assert.equal(seen?.status, "ok")
  assert.equal(seen?.enrolment, "enrolled")
  assert.equal(seen?.bufferBatches, 3)
  assertRejected(await rig.enrolWith(token), 401, "token-used")
})

test("of ten concurrent enrolments with one token exactly one succeeds", async () => {
  const { token, id } = await newAgent("raced")
  const answers = await Promise.all(Array.from({ length: 10 }, () => rig.enrolWith(token)))
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, ...Array(9).fill(401)])
  const certificates = await rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx`select serial from agents.certificate where agent_id = ${id}`,
  )
  assert.equal(certificates.length, 1)
})

test("an expired, a replaced and a forged token are each rejected with a reason", async () => {
  rig.pass(3_600_000) // So that the rate limit has forgotten the earlier tests.
  const { token: replaced, id } = await newAgent("late")
  const { token } = await rig.agents.token(rig.actor, id, "localhost")
  assertRejected(await rig.enrolWith(replaced), 401, "token-unknown")
  assertRejected(
    await rig.enrolWith(`ispvm1.${"A".repeat(43)}.${"B".repeat(43)}`),
    401,
    "token-unknown",
  )
  rig.pass(10 * 60_000)
  assertRejected(await rig.enrolWith(token), 401, "token-expired")
})

test("an invalid certificate request is rejected with a reason, and the token stays valid", async () => {
  const { token } = await newAgent("bad-csr")
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 1024 })
  const csr = forge.pki.createCertificationRequest()
  csr.publicKey = forge.pki.publicKeyFromPem(
    publicKey.export({ type: "spki", format: "pem" }).toString(),
  )
  csr.sign(
    forge.pki.privateKeyFromPem(privateKey.export({ type: "pkcs8", format: "pem" }).toString()),
    forge.md.sha256.create(),
  )
  assertRejected(
    await rig.enrolWith(token, forge.pki.certificationRequestToPem(csr)),
    422,
    "csr-key-too-small",
  )
  assertRejected(await rig.enrolWith(token, "junk"), 422, "csr-not-pem")
  assert.equal((await rig.enrolWith(token)).status, 200)
})

test("without a certificate every other path answers 401, even if it does not exist", async () => {
  for (const [method, path] of [
    ["POST", "/ingest/v1/batches"],
    ["POST", "/heartbeat/v1"],
    ["GET", "/assignment/v1"],
    ["GET", "/tasks/v1"],
    ["POST", "/tasks/v1/results"],
    ["POST", "/renew/v1"],
    ["GET", "/"],
    ["GET", "/enrol/v1"],
    ["POST", "/ca"],
  ] as const)
    assertRejected(
      await rig.send(method, path, method === "POST" ? "{}" : null),
      401,
      "certificate-missing",
    )
})

test("a certificate of another authority, of the server, or without a record is rejected", async () => {
  const other = await openAuthority({
    directory: join(rig.directory, "other"),
    now: rig.clock.now,
    caBits: 2048,
  })
  const issue = (from: typeof other) => {
    const made = from.issueAgent(csrPem, { commonName: "x", uri: "urn:x" })
    assert.ok(made.ok)
    return { cert: made.issued.pem + from.issuingPem, key: keyPem }
  }
  assertRejected(
    await rig.send("POST", "/heartbeat/v1", heartbeat(), issue(other)),
    401,
    "certificate-foreign",
  )
  assertRejected(
    await rig.send("POST", "/heartbeat/v1", heartbeat(), issue(rig.authority)),
    401,
    "certificate-unknown",
  )
  const server = await rig.authority.issueServer(["localhost"])
  const client = { cert: server.certificate.pem + rig.authority.issuingPem, key: server.keyPem }
  assertRejected(
    await rig.send("POST", "/heartbeat/v1", heartbeat(), client),
    401,
    "certificate-foreign",
  )
})

test("a revocation ends the waiting poll, the open connection and every later request", async () => {
  const { id, client } = await rig.enrolled("revoked")
  const keepAlive = new https.Agent({ keepAlive: true, maxSockets: 2 })
  const keepAliveClient = { ...client, keepAlive }
  assert.equal((await rig.send("POST", "/heartbeat/v1", heartbeat(), keepAliveClient)).status, 200)
  const waits = rig.nextPoll()
  const poll = rig.send("GET", "/tasks/v1?wait=25000", null, keepAliveClient).then(
    (answer) => answer.json.tasks,
    () => "cut",
  )
  await waits
  await rig.agents.revoke(rig.actor, id)
  const ended = await poll
  assert.ok(ended === "cut" || (Array.isArray(ended) && ended.length === 0))
  assertRejected(
    await rig.send("POST", "/heartbeat/v1", heartbeat(), client),
    401,
    "certificate-revoked",
  )
  const agent = await rig.agents.one(rig.org, id)
  assert.deepEqual([agent.enrolment, agent.statusReason], ["revoked", "revoked"])
  keepAlive.destroy()
})

test("validity is checked per request: after a revocation, an open connection is rejected", async () => {
  const { id, client } = await rig.enrolled("kept")
  const keepAlive = new https.Agent({ keepAlive: true, maxSockets: 1 })
  assert.equal(
    (await rig.send("POST", "/heartbeat/v1", heartbeat(), { ...client, keepAlive })).status,
    200,
  )
  // As if another process did it: the connection stays open.
  await rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx`update agents.certificate set revoked_at = now() where agent_id = ${id}`,
  )
  assertRejected(
    await rig.send("POST", "/heartbeat/v1", heartbeat(), { ...client, keepAlive }),
    401,
    "certificate-revoked",
  )
  keepAlive.destroy()
})

test("enrolling again revokes the old certificate; renewing keeps both", async () => {
  const { id, client: old } = await rig.enrolled("moved")
  const renewal = await rig.send("POST", "/renew/v1", { protocol: 1, csrPem }, old)
  const renewed = { cert: `${renewal.json.certificatePem}${renewal.json.chainPem}`, key: keyPem }
  assert.equal((await rig.send("POST", "/heartbeat/v1", heartbeat(), renewed)).status, 200)
  assert.equal((await rig.send("POST", "/heartbeat/v1", heartbeat(), old)).status, 200)
  const { token } = await rig.agents.token(rig.actor, id, "localhost")
  assert.equal((await rig.enrolWith(token)).status, 200)
  assertRejected(
    await rig.send("POST", "/heartbeat/v1", heartbeat(), old),
    401,
    "certificate-revoked",
  )
  assertRejected(
    await rig.send("POST", "/heartbeat/v1", heartbeat(), renewed),
    401,
    "certificate-revoked",
  )
})

test("an expired certificate is rejected although TLS accepted it", async () => {
  const { client } = await rig.enrolled("expired")
  rig.pass(31 * 86_400_000)
  assertRejected(
    await rig.send("POST", "/heartbeat/v1", heartbeat(), client),
    401,
    "certificate-expired",
  )
  rig.pass(-31 * 86_400_000)
  assert.equal((await rig.send("POST", "/heartbeat/v1", heartbeat(), client)).status, 200)
})

test("a removed agent's certificate is unknown", async () => {
  const { id, client } = await rig.enrolled("removed")
  await rig.agents.remove(rig.actor, id)
  assertRejected(
    await rig.send("POST", "/heartbeat/v1", heartbeat(), client),
    401,
    "certificate-unknown",
  )
})

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
    await rig.send("POST", "/heartbeat/v1", { ...heartbeat(), notes: Array(21).fill("x") }, client),
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
  assert.equal((await rig.send("POST", "/heartbeat/v1", heartbeat(), client)).status, 200)
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
  const { command } = await rig.agents.token(rig.actor, (await newAgent("old-tls")).id, "localhost")
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
