import assert from "node:assert/strict"
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { EnrolRequest, EnrolToken, RenewRequest } from "@ispvm/wire"
import { pino } from "pino"
import {
  type Answer,
  createRoot,
  openFakeAppliance,
  type ReceivedRequest,
  type Root,
} from "../../test/fake-appliance.ts"
import { createHttpsUplink } from "../transport/https.ts"
import { type Enrolled, enrol } from "./enrol.ts"
import { identify } from "./identify.ts"
import { generateKeys, type Identity, readIdentity, writeIdentity } from "./keys.ts"
import { isRenewalDue, renew, runRenewal } from "./renew.ts"

const root = createRoot()
const other = createRoot("other")
/** Generated once: generating keys is slow, and few of these tests are about them. */
const keys = await generateKeys()
const folder = await mkdtemp(join(tmpdir(), "ispvm-enrol-"))
after(() => rm(folder, { recursive: true }))
const SECRET = "s".repeat(43)
const AGENT = "00000000-0000-4000-8000-00000000000a"
const token = (by: Root = root) => EnrolToken.parse(`ispvm1.${SECRET}.${by.fingerprint}`)
const log = pino({ level: "silent" })
const never = new AbortController().signal

const grant = (csrPem: string) => ({
  protocol: 1,
  agent: AGENT,
  name: "pop",
  certificatePem: root.issueFor(csrPem),
  chainPem: root.rootPem,
  rootPem: root.rootPem,
  renewAfterMs: 1_000,
})
const requests: ReceivedRequest[] = []
/** An agent API that enrols every agent, unless the test says otherwise. */
const fakeAppliance = (instead: (one: ReceivedRequest) => Answer | null = () => null) =>
  openFakeAppliance(root, (one) => {
    requests.push(one)
    const answer = instead(one)
    if (answer !== null) return answer
    if (one.path === "/ca") return { status: 200, text: root.rootPem }
    if (one.path === "/enrol/v1")
      return { status: 200, json: grant(EnrolRequest.parse(one.body).csrPem) }
    if (one.path === "/renew/v1" && one.hasCertificate)
      return { status: 200, json: grant(RenewRequest.parse(one.body).csrPem) }
    return { status: 401, json: { code: "no-certificate", message: "No certificate." } }
  })
const withAppliance = async (
  instead: ((one: ReceivedRequest) => Answer | null) | undefined,
  use: (url: string) => Promise<void>,
): Promise<void> => {
  requests.length = 0
  const open = await fakeAppliance(instead)
  try {
    await use(open.url)
  } finally {
    await open.close()
  }
}
const enrolAt = (url: string, by: Root = root): Promise<Enrolled> =>
  enrol({
    url,
    token: token(by),
    hostname: "pop",
    version: "0",
    signal: never,
    makeKeys: async () => keys,
  })

test("a token gives an identity, in a file that only its owner can read", async () => {
  await withAppliance(undefined, async (url) => {
    const enrolled = await enrolAt(url)
    assert.ok(enrolled.ok)
    assert.deepEqual(
      requests.map(({ path }) => path),
      ["/ca", "/enrol/v1"],
    )
    const file = join(folder, "a", "identity.json")
    await writeIdentity(file, enrolled.identity)
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    assert.deepEqual(await readIdentity(file), { kind: "identity", identity: enrolled.identity })
    assert.doesNotMatch(
      await readFile(file, "utf8"),
      new RegExp(SECRET),
      "the token's secret is not kept",
    )
  })
})

test("a server with another root than the token's gets neither the secret nor a request", async () => {
  await withAppliance(undefined, async (url) => {
    const enrolled = await enrolAt(url, other)
    assert.equal(enrolled.ok ? "ok" : enrolled.reason, "fingerprint-mismatch")
    assert.deepEqual(
      requests.map(({ path }) => path),
      ["/ca"],
    )
  })
})

test("a server with the right root but without its certificate gets no secret", async () => {
  const open = await openFakeAppliance(other, (one) => {
    requests.push(one)
    return { status: 200, text: root.rootPem }
  })
  requests.length = 0
  const enrolled = await enrolAt(open.url)
  await open.close()
  assert.equal(enrolled.ok ? "ok" : enrolled.reason, "unreachable")
  assert.deepEqual(
    requests.map(({ path }) => path),
    ["/ca"],
  )
})

test("an agent's certificate is not valid for a server", async () => {
  const open = await openFakeAppliance(
    root,
    () => ({ status: 200, text: root.rootPem }),
    "clientAuth",
  )
  const enrolled = await enrolAt(open.url)
  await open.close()
  assert.equal(enrolled.ok, false)
})

const rejections: [string, Answer, string][] = [
  [
    "a used token",
    { status: 401, json: { code: "token-used", message: "This token was used." } },
    "token-rejected",
  ],
  [
    "an expired token",
    { status: 401, json: { code: "token-expired", message: "This token has expired." } },
    "token-rejected",
  ],
  [
    "a forged token",
    { status: 401, json: { code: "token-unknown", message: "There is no such token." } },
    "token-rejected",
  ],
  [
    "a request that is refused",
    { status: 422, json: { code: "csr-weak", message: "Too weak." } },
    "rejected",
  ],
  ["too many", { status: 429, json: { code: "too-many", message: "Wait." } }, "busy"],
  [
    "an appliance without its database",
    { status: 503, json: { code: "unavailable", message: "Later." } },
    "busy",
  ],
  ["an answer that is none", { status: 200, text: "<html>" }, "not-agent-api"],
]
for (const [name, answer, reason] of rejections)
  test(`${name} is ${reason}`, async () => {
    await withAppliance(
      (one) => (one.path === "/enrol/v1" ? answer : null),
      async (url) => {
        const enrolled = await enrolAt(url)
        assert.equal(enrolled.ok ? "ok" : enrolled.reason, reason)
        assert.doesNotMatch(enrolled.ok ? "" : enrolled.message, new RegExp(SECRET))
      },
    )
  })

test("another server is not the agent API, and no server is unreachable", async () => {
  await withAppliance(
    () => ({ status: 404, text: "nginx" }),
    async (url) => {
      const enrolled = await enrolAt(url)
      assert.equal(enrolled.ok ? "ok" : enrolled.reason, "not-agent-api")
    },
  )
  const nobody = await enrolAt("https://127.0.0.1:1")
  assert.equal(nobody.ok ? "ok" : nobody.reason, "unreachable")
})

const known = async (url: string, more: Partial<Parameters<typeof identify>[0]> = {}) => {
  const saved: Identity[] = []
  const save = async (identity: Identity) => {
    saved.push(identity)
  }
  const deps = {
    stored: { kind: "none" },
    url,
    token: token(),
    save,
    hostname: "pop",
    version: "0",
    random: () => 0,
    pause: async () => undefined,
    log,
    signal: never,
  } as const
  return { outcome: await identify({ ...deps, ...more }), saved }
}

test("the same token at the next start does not enrol again, and a rejected new one keeps the old identity", async () => {
  await withAppliance(undefined, async (url) => {
    const { outcome, saved } = await known(url)
    assert.ok(outcome.ok && saved.length === 1)
    const stored = { kind: "identity", identity: outcome.identity } as const
    requests.length = 0
    assert.deepEqual((await known(url, { stored })).outcome, {
      ok: true,
      identity: outcome.identity,
    })
    assert.equal(requests.length, 0)
    const another = EnrolToken.parse(`ispvm1.${"x".repeat(43)}.${other.fingerprint}`)
    const stayed = await known(url, { stored, token: another })
    assert.deepEqual(
      [stayed.outcome, stayed.saved.length],
      [{ ok: true, identity: outcome.identity }, 0],
    )
  })
})

test("a start without a token says what to type, and an unreachable appliance is waited for", async () => {
  const nothing = await known("https://127.0.0.1:1", { token: null })
  assert.equal(nothing.outcome.ok ? "" : nothing.outcome.reason, "not-configured")
  let tries = 0
  await withAppliance(
    (one) =>
      one.path === "/enrol/v1" && ++tries < 3
        ? { status: 503, json: { code: "unavailable", message: "Later." } }
        : null,
    async (url) => {
      assert.ok((await known(url)).outcome.ok)
      assert.equal(tries, 3)
    },
  )
})

test("a damaged identity is reported, not guessed", async () => {
  const file = join(folder, "damaged.json")
  await writeFile(file, "{")
  const stored = await readIdentity(file)
  assert.equal(stored.kind, "unreadable")
  assert.deepEqual(await readIdentity(join(folder, "none.json")), { kind: "none" })
})

test("renewal uses a new key, stores it before using it, and is not due too early", async () => {
  await withAppliance(undefined, async (url) => {
    const enrolled = await enrolAt(url)
    assert.ok(enrolled.ok)
    const { identity } = enrolled
    assert.deepEqual([isRenewalDue(identity, 999), isRenewalDue(identity, 1_000)], [false, true])
    const uplink = createHttpsUplink(identity)
    const renewed = await renew(identity, uplink, never)
    assert.notEqual(renewed.keyPem, identity.keyPem)
    assert.equal(requests.at(-1)?.hasCertificate, true)
    const steps: string[] = []
    const stop = new AbortController()
    const saveThenStop = async () => {
      steps.push("saved")
    }
    const use = () => {
      steps.push("used")
      stop.abort()
    }
    await runRenewal({
      identity,
      uplink: () => uplink,
      save: saveThenStop,
      use,
      now: () => 2_000,
      random: () => 0,
      pause: async () => undefined,
      log,
      signal: stop.signal,
    })
    assert.deepEqual(steps, ["saved", "used"])
    uplink.close()
  })
})

test("a renewal for another key is rejected: using it would lock the agent out", async () => {
  await withAppliance(
    (one) =>
      one.path === "/renew/v1"
        ? { status: 200, json: grant(String((requests[1]?.body as { csrPem?: string })?.csrPem)) }
        : null,
    async (url) => {
      const enrolled = await enrolAt(url)
      assert.ok(enrolled.ok)
      const uplink = createHttpsUplink(enrolled.identity)
      await assert.rejects(
        renew(enrolled.identity, uplink, never),
        /does not match the requested key/,
      )
      uplink.close()
    },
  )
})
