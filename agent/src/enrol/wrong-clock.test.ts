/** Enrolment of a host by whose clock the appliance's certificate is not valid: the door's certificate begins in ten minutes. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { createAgentClock } from "../clock.ts"
import { type Answer, type Asked, createRoot, openFakeDoor, type Root } from "../transport/fake-door.ts"
import { createHttpsUplink } from "../transport/https.ts"
import { EnrolRequest, EnrolToken, type TimeAnswer, timeStatement } from "../wire/wire.ts"
import { enrol } from "./enrol.ts"
import { generateKeys } from "./keys.ts"
import { isSigned } from "./server-time.ts"

const root = createRoot()
const other = createRoot("other")
const keys = await generateKeys()
const never = new AbortController().signal
const AHEAD_MS = 600_000
const token = EnrolToken.parse(`ispvm1.${"s".repeat(43)}.${root.fingerprint}`)

const timeAnswer = (nonce: string, atMs: number, by: Root = root): TimeAnswer => ({
  protocol: 1,
  nonce,
  atMs,
  issuingPem: by.rootPem,
  signature: by.sign(timeStatement(nonce, atMs)),
})
const grant = (csrPem: string) => ({
  protocol: 1,
  agent: "00000000-0000-4000-8000-00000000000a",
  name: "pop",
  certificatePem: root.issueFor(csrPem),
  chainPem: root.rootPem,
  rootPem: root.rootPem,
  renewAfterMs: 1_000,
})
/** `time`: what is answered to the question for the time. */
const enrolAt = async (time: (nonce: string) => Answer) => {
  const asked: string[] = []
  const answer = ({ path, body }: Asked): Answer => {
    asked.push(path.split("?")[0] ?? "")
    if (path === "/ca") return { status: 200, text: root.rootPem }
    if (path.startsWith("/time/v1?nonce=")) return time(path.split("=")[1] ?? "")
    if (path === "/enrol/v1") return { status: 200, json: grant(EnrolRequest.parse(body).csrPem) }
    if (path === "/heartbeat/v1") return { status: 200, json: { protocol: 1, revision: "r", serverAtMs: Date.now() + AHEAD_MS } }
    return { status: 404 }
  }
  const door = await openFakeDoor(root, answer, "serverAuth", Date.now() + AHEAD_MS - 60_000)
  const clock = createAgentClock()
  const enrolled = await enrol({
    url: door.url,
    token,
    hostname: "pop",
    version: "0",
    signal: never,
    makeKeys: async () => keys,
    clock,
  })
  return { enrolled, asked, clock, door }
}

test("the appliance's signed time is what its certificate is judged by, at enrolment and ever after", async () => {
  const { enrolled, asked, clock, door } = await enrolAt((nonce) => ({
    status: 200,
    json: timeAnswer(nonce, Date.now() + AHEAD_MS),
  }))
  assert.ok(enrolled.ok, enrolled.ok ? "" : enrolled.message)
  assert.deepEqual(asked, ["/ca", "/time/v1", "/enrol/v1"])
  const skewMs = clock.skewMs() ?? 0
  assert.ok(skewMs < -AHEAD_MS + 10_000 && skewMs > -AHEAD_MS - 10_000, String(skewMs))
  const line = createHttpsUplink(enrolled.identity, null, () => clock.now())
  const beat = { protocol: 1, atMs: 1, version: "0", startedAtMs: 1, hostname: "pop", revision: "", devices: 0 }
  const rest = {
    bufferBatches: 0,
    bufferBytes: 0,
    oldestBufferedAtMs: null,
    capabilities: { icmp: true, syslogPort: null },
    notes: [],
  }
  assert.equal((await line.heartbeat({ ...beat, ...rest }, never)).revision, "r")
  line.close()
  const blind = createHttpsUplink(enrolled.identity)
  await assert.rejects(blind.heartbeat({ ...beat, ...rest }, never), /not yet valid by the time at hand/)
  blind.close()
  await door.close()
})

const refusals: [string, (nonce: string) => Answer][] = [
  ["an appliance that signs no time", () => ({ status: 401, json: { code: "certificate-missing", message: "no" } })],
  ["a time signed by somebody else", (nonce) => ({ status: 200, json: timeAnswer(nonce, Date.now() + AHEAD_MS, other) })],
  ["an old answer", () => ({ status: 200, json: timeAnswer("n".repeat(43), Date.now() + AHEAD_MS) })],
  [
    "a signed time by which the certificate is not valid either",
    (nonce) => ({ status: 200, json: timeAnswer(nonce, Date.now()) }),
  ],
  ["an answer that is none", () => ({ status: 200, text: "<html>" })],
]
for (const [name, time] of refusals)
  test(`${name}: the clock is named, the token is not spent`, async () => {
    const { enrolled, asked, door } = await enrolAt(time)
    await door.close()
    assert.ok(!enrolled.ok && enrolled.reason === "wrong-clock")
    assert.match(enrolled.message, /this machine's clock .* is not valid yet .* Set the clock .* token is still good/)
    assert.ok(!asked.includes("/enrol/v1"))
  })

test("a statement is believed of our issuing authority alone, for this nonce and this time", () => {
  const nonce = "n".repeat(43)
  const good = timeAnswer(nonce, Date.now())
  const wrong: Partial<TimeAnswer>[] = [
    { atMs: good.atMs + 1 },
    { nonce: "m".repeat(43) },
    { signature: "" },
    { issuingPem: other.rootPem },
    { issuingPem: "none" },
    timeAnswer(nonce, Date.now() + 1e12),
  ]
  assert.equal(isSigned(good, nonce, root.rootPem), true)
  for (const over of wrong) assert.equal(isSigned({ ...good, ...over }, nonce, root.rootPem), false)
})
