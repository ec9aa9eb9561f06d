import assert from "node:assert/strict"
import { generateKeyPairSync, randomUUID } from "node:crypto"
import { after, test } from "node:test"
import { AgentId, type Batch, DeviceId } from "@ispvm/wire"
import { encodeSection } from "@ispvm/wire/compact"
import {
  type Answer,
  createRoot,
  openFakeAppliance,
  type ReceivedRequest,
} from "../../test/fake-appliance.ts"
import { createHttpsUplink } from "./https.ts"
import { RejectedError } from "./uplink.ts"

const root = createRoot()
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
const signal = new AbortController().signal
let answer: (request: ReceivedRequest) => Answer = () => ({ status: 500 })
const requests: ReceivedRequest[] = []
const appliance = await openFakeAppliance(root, (one) => {
  requests.push(one)
  return answer(one)
})
const uplink = createHttpsUplink({
  url: appliance.url,
  agent: AgentId.parse(randomUUID()),
  name: "pop",
  keyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  certificatePem: root.issue(
    "agent",
    publicKey.export({ type: "spki", format: "pem" }).toString(),
    "clientAuth",
  ),
  chainPem: root.rootPem,
  rootPem: root.rootPem,
  renewAfterMs: 0,
  tokenHash: "",
})
after(async () => {
  uplink.close()
  await appliance.close()
})

const batch: Batch = {
  protocol: 1,
  buffer: "7b0d3f8e-13a5-4a3e-9d38-0d6e4c1f0a11",
  number: 7,
  sentAtMs: 1,
  items: [],
}
const ack = { protocol: 1, buffer: batch.buffer, number: 7, accepted: 0, rejected: [] }
const sentWith = (status: number, json: unknown, headers: Record<string, string> = {}) => {
  answer = () => ({ status, json, headers })
  return uplink.send(batch, signal)
}

test("a compact batch is sent as its sections are stored", async () => {
  const items = [
    { kind: "ping", atMs: 1 },
    { kind: "event", message: "ş" },
  ]
  const { buffer, number, sentAtMs } = batch
  answer = () => ({ status: 200, json: ack })
  const sections = items.map((item) => encodeSection([item]))
  const sent = await uplink.send({ buffer, number, sentAtMs, sections }, signal)
  assert.deepEqual(sent, { kind: "acked", ack })
  const { body, headers } = requests.splice(0).at(-1) ?? {}
  const { items: read } = body as Batch
  assert.deepEqual([read, headers?.["content-encoding"]], [items, undefined])
})

test("a batch is sent gzipped and with the certificate, on a keep-alive connection", async () => {
  assert.deepEqual(await sentWith(200, ack), { kind: "acked", ack })
  await sentWith(200, ack)
  assert.deepEqual(
    requests.map(({ body }) => body),
    [batch, batch],
  )
  assert.ok(requests.every(({ hasCertificate, connection }) => hasCertificate && connection === 1))
})

const outcomes: [string, number, unknown, string, string][] = [
  ["an ack of another batch is none", 200, { ...ack, number: 8 }, "retry", "ack-mismatch"],
  [
    "an answer that is not as agreed keeps the batch",
    200,
    { ok: true },
    "retry",
    "malformed-answer",
  ],
  [
    "400 names the batch",
    400,
    { code: "malformed", message: "items: too many" },
    "unusable",
    "malformed",
  ],
  [
    "413 names the batch",
    413,
    { code: "too-large", message: "too large" },
    "unusable",
    "too-large",
  ],
  [
    "401 is about the agent, and the batch is kept",
    401,
    { code: "revoked", message: "revoked" },
    "retry",
    "revoked",
  ],
  [
    "426 is about the release, and the batch is kept",
    426,
    { code: "protocol-unsupported", message: "speak 2" },
    "retry",
    "protocol-unsupported",
  ],
  ["a proxy's own page keeps the batch", 502, undefined, "retry", "http-502"],
]
for (const [name, status, json, kind, code] of outcomes)
  test(name, async () => {
    const sent = await sentWith(status, json)
    assert.deepEqual([sent.kind, sent.kind === "acked" ? "" : sent.code], [kind, code])
  })

test("429 has its Retry-After", async () => {
  const sent = await sentWith(429, { code: "too-many", message: "wait" }, { "retry-after": "2" })
  assert.equal(sent.kind === "retry" ? sent.retryAfterMs : null, 2_000)
})

test("304 is the same assignment, 200 a new one, 401 an error with its code", async () => {
  answer = () => ({ status: 304 })
  assert.equal(await uplink.assignment("r 1", signal), null)
  assert.equal(requests.at(-1)?.path, "/assignment/v1?revision=r%201&accepts=preferred")
  const device = {
    id: DeviceId.parse(randomUUID()),
    name: "d",
    access: { address: "a", routerosApi: null, snmp: null, icmp: true, tcpPort: null },
    intervals: { pingMs: 1, interfaceMs: 1, healthMs: 1, factsMs: 1 },
  }
  answer = () => ({ status: 200, json: { protocol: 1, revision: "r2", devices: [device] } })
  assert.equal((await uplink.assignment("", signal))?.devices[0]?.id, device.id)
  answer = () => ({ status: 401, json: { code: "revoked", message: "revoked" } })
  await assert.rejects(
    uplink.tasks(signal),
    (error) => error instanceof RejectedError && error.status === 401 && error.code === "revoked",
  )
})

test("no server is 'later', and an abort ends it at once", async () => {
  answer = () => ({ status: 200, json: ack })
  const stop = new AbortController()
  stop.abort()
  const sent = await uplink.send(batch, stop.signal)
  assert.deepEqual([sent.kind, sent.kind === "retry" ? sent.code : ""], ["retry", "unreachable"])
})
