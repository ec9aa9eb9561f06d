import assert from "node:assert/strict"
import { generateKeyPairSync } from "node:crypto"
import https from "node:https"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { openAuthority } from "@ispvm/pki"
import { EnrolAnswer } from "@ispvm/wire"
import forge from "node-forge"
import {
  assertRejected,
  csrPem,
  heartbeatOf,
  keyPem,
  newAgent,
  openRig,
  type Rig,
} from "../../../test/agent-rig.ts"

let rig: Rig
before(async () => {
  rig = await openRig()
})
after(() => rig.close())

test("the root certificate is public, and its fingerprint is that of the token", async () => {
  const { token } = await newAgent(rig, "pinned")
  const answer = await rig.send("GET", "/ca")
  assert.equal(answer.text, rig.authority.rootPem)
  assert.equal(token.split(".")[2], rig.authority.fingerprint)
})

test("a token gives one certificate, which gives access to the agent API", async () => {
  const { token, id } = await newAgent(rig, "first")
  const answer = await rig.enrolWith(token)
  const enrolled = EnrolAnswer.parse(answer.json)
  assert.equal(enrolled.agent, id)
  const client = { cert: enrolled.certificatePem + enrolled.chainPem, key: keyPem }
  assert.equal((await rig.send("POST", "/heartbeat/v1", heartbeatOf(rig), client)).status, 200)
  const [seen] = (await rig.agents.all(rig.org)).filter((agent) => agent.id === id)
  assert.equal(seen?.status, "ok")
  assert.equal(seen?.enrolment, "enrolled")
  assert.equal(seen?.bufferBatches, 3)
  assertRejected(await rig.enrolWith(token), 401, "token-used")
})

test("of ten concurrent enrolments with one token exactly one succeeds", async () => {
  const { token, id } = await newAgent(rig, "raced")
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
  const { token: replaced, id } = await newAgent(rig, "late")
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
  const { token } = await newAgent(rig, "bad-csr")
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
    await rig.send("POST", "/heartbeat/v1", heartbeatOf(rig), issue(other)),
    401,
    "certificate-foreign",
  )
  assertRejected(
    await rig.send("POST", "/heartbeat/v1", heartbeatOf(rig), issue(rig.authority)),
    401,
    "certificate-unknown",
  )
  const server = await rig.authority.issueServer(["localhost"])
  const client = { cert: server.certificate.pem + rig.authority.issuingPem, key: server.keyPem }
  assertRejected(
    await rig.send("POST", "/heartbeat/v1", heartbeatOf(rig), client),
    401,
    "certificate-foreign",
  )
})

test("a revocation ends the waiting poll, the open connection and every later request", async () => {
  const { id, client } = await rig.enrolled("revoked")
  const keepAlive = new https.Agent({ keepAlive: true, maxSockets: 2 })
  const keepAliveClient = { ...client, keepAlive }
  assert.equal(
    (await rig.send("POST", "/heartbeat/v1", heartbeatOf(rig), keepAliveClient)).status,
    200,
  )
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
    await rig.send("POST", "/heartbeat/v1", heartbeatOf(rig), client),
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
    (await rig.send("POST", "/heartbeat/v1", heartbeatOf(rig), { ...client, keepAlive })).status,
    200,
  )
  // As if another process did it: the connection stays open.
  await rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx`update agents.certificate set revoked_at = now() where agent_id = ${id}`,
  )
  assertRejected(
    await rig.send("POST", "/heartbeat/v1", heartbeatOf(rig), { ...client, keepAlive }),
    401,
    "certificate-revoked",
  )
  keepAlive.destroy()
})

test("enrolling again revokes the old certificate; renewing keeps both", async () => {
  const { id, client: old } = await rig.enrolled("moved")
  const renewal = await rig.send("POST", "/renew/v1", { protocol: 1, csrPem }, old)
  const renewed = { cert: `${renewal.json.certificatePem}${renewal.json.chainPem}`, key: keyPem }
  assert.equal((await rig.send("POST", "/heartbeat/v1", heartbeatOf(rig), renewed)).status, 200)
  assert.equal((await rig.send("POST", "/heartbeat/v1", heartbeatOf(rig), old)).status, 200)
  const { token } = await rig.agents.token(rig.actor, id, "localhost")
  assert.equal((await rig.enrolWith(token)).status, 200)
  assertRejected(
    await rig.send("POST", "/heartbeat/v1", heartbeatOf(rig), old),
    401,
    "certificate-revoked",
  )
  assertRejected(
    await rig.send("POST", "/heartbeat/v1", heartbeatOf(rig), renewed),
    401,
    "certificate-revoked",
  )
})

test("an expired certificate is rejected although TLS accepted it", async () => {
  const { client } = await rig.enrolled("expired")
  rig.pass(31 * 86_400_000)
  assertRejected(
    await rig.send("POST", "/heartbeat/v1", heartbeatOf(rig), client),
    401,
    "certificate-expired",
  )
  rig.pass(-31 * 86_400_000)
  assert.equal((await rig.send("POST", "/heartbeat/v1", heartbeatOf(rig), client)).status, 200)
})

test("a removed agent's certificate is unknown", async () => {
  const { id, client } = await rig.enrolled("removed")
  await rig.agents.remove(rig.actor, id)
  assertRejected(
    await rig.send("POST", "/heartbeat/v1", heartbeatOf(rig), client),
    401,
    "certificate-unknown",
  )
})

test("no secret of an enrolment is written to the log", () => {
  assert.ok(rig.lines.length > 0)
  assert.doesNotMatch(rig.lines.join("\n"), /AAAA|PRIVATE KEY|CERTIFICATE/)
})
