/**
 * Enrolment on a host with a wrong clock: the certificate of the agent API begins in ten minutes.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import { EnrolRequest, EnrolToken, type TimeAnswer, timeStatement } from "@ispvm/wire"
import {
  type Answer,
  createRoot,
  openFakeAppliance,
  type ReceivedRequest,
  type Root,
} from "../../test/fake-appliance.ts"
import { createAgentClock } from "../clock.ts"
import { createHttpsUplink } from "../transport/https.ts"
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
/** `time`: the answer to the request for the time. */
const enrolAt = async (time: (nonce: string) => Answer) => {
  const paths: string[] = []
  const answer = ({ path, body }: ReceivedRequest): Answer => {
    paths.push(path.split("?")[0] ?? "")
    if (path === "/ca") return { status: 200, text: root.rootPem }
    if (path.startsWith("/time/v1?nonce=")) return time(path.split("=")[1] ?? "")
    if (path === "/enrol/v1") return { status: 200, json: grant(EnrolRequest.parse(body).csrPem) }
    if (path === "/heartbeat/v1")
      return {
        status: 200,
        json: { protocol: 1, revision: "r", serverAtMs: Date.now() + AHEAD_MS },
      }
    return { status: 404 }
  }
  const appliance = await openFakeAppliance(
    root,
    answer,
    "serverAuth",
    Date.now() + AHEAD_MS - 60_000,
  )
  const clock = createAgentClock()
  const enrolled = await enrol({
    url: appliance.url,
    token,
    hostname: "pop",
    version: "0",
    signal: never,
    makeKeys: async () => keys,
    clock,
  })
  return { enrolled, paths, clock, appliance }
}

test("the appliance's signed time is used to check its certificate, at enrolment and later", async () => {
  const { enrolled, paths, clock, appliance } = await enrolAt((nonce) => ({
    status: 200,
    json: timeAnswer(nonce, Date.now() + AHEAD_MS),
  }))
  assert.ok(enrolled.ok, enrolled.ok ? "" : enrolled.message)
  assert.deepEqual(paths, ["/ca", "/time/v1", "/enrol/v1"])
  const skewMs = clock.skewMs() ?? 0
  assert.ok(skewMs < -AHEAD_MS + 10_000 && skewMs > -AHEAD_MS - 10_000, String(skewMs))
  const uplink = createHttpsUplink(enrolled.identity, null, () => clock.now())
  const heartbeat = {
    protocol: 1,
    atMs: 1,
    version: "0",
    startedAtMs: 1,
    hostname: "pop",
    revision: "",
    devices: 0,
  }
  const rest = {
    bufferBatches: 0,
    bufferBytes: 0,
    oldestBufferedAtMs: null,
    capabilities: { icmp: true, syslogPort: null },
    notes: [],
  }
  assert.equal((await uplink.heartbeat({ ...heartbeat, ...rest }, never)).revision, "r")
  uplink.close()
  const unsynced = createHttpsUplink(enrolled.identity)
  await assert.rejects(
    unsynced.heartbeat({ ...heartbeat, ...rest }, never),
    /not yet valid at this time/,
  )
  unsynced.close()
  await appliance.close()
})

const rejections: [string, (nonce: string) => Answer][] = [
  [
    "an appliance that signs no time",
    () => ({ status: 401, json: { code: "certificate-missing", message: "no" } }),
  ],
  [
    "a time signed by somebody else",
    (nonce) => ({ status: 200, json: timeAnswer(nonce, Date.now() + AHEAD_MS, other) }),
  ],
  [
    "an old answer",
    () => ({ status: 200, json: timeAnswer("n".repeat(43), Date.now() + AHEAD_MS) }),
  ],
  [
    "a signed time by which the certificate is not valid either",
    (nonce) => ({ status: 200, json: timeAnswer(nonce, Date.now()) }),
  ],
  ["an answer that is none", () => ({ status: 200, text: "<html>" })],
]
for (const [name, time] of rejections)
  test(`${name}: the message names the clock, and the token is not used`, async () => {
    const { enrolled, paths, appliance } = await enrolAt(time)
    await appliance.close()
    assert.ok(!enrolled.ok && enrolled.reason === "clock-skew")
    assert.match(
      enrolled.message,
      /this machine's clock .* is not valid yet .* Set the clock .* token is still valid/,
    )
    assert.ok(!paths.includes("/enrol/v1"))
  })

test("a statement is accepted only from our issuing authority, for this nonce and this time", () => {
  const nonce = "n".repeat(43)
  const good = timeAnswer(nonce, Date.now())
  const invalid: Partial<TimeAnswer>[] = [
    { atMs: good.atMs + 1 },
    { nonce: "m".repeat(43) },
    { signature: "" },
    { issuingPem: other.rootPem },
    { issuingPem: "none" },
    timeAnswer(nonce, Date.now() + 1e12),
  ]
  assert.equal(isSigned(good, nonce, root.rootPem), true)
  for (const over of invalid)
    assert.equal(isSigned({ ...good, ...over }, nonce, root.rootPem), false)
})
