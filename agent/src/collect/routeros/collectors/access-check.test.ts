import assert from "node:assert/strict"
import { Socket } from "node:net"
import { after, before, test } from "node:test"
import type { Access, TestReason } from "@ispvm/wire"
import { TestResult } from "@ispvm/wire"
import { type CommandHandler, fakeRouter, sentence } from "../../../../test/fake-router.ts"
import { type Dial, systemDial, tcpReason } from "../client/dial.ts"
import { challengeResponse } from "../client/login.ts"
import { type SelfSigned, selfSigned } from "../client/self-signed.ts"
import { type AccessCheckDeps, testAccess } from "./access-check.ts"

type Api = NonNullable<Access["routerosApi"]>
/** For steps that have to time out. */
const SOON = { stepDeadlineMs: 80 }

const accessOf = (port: number, changes: Partial<Api> = {}, address = "127.0.0.1"): Access => ({
  address,
  routerosApi: {
    port,
    tls: false,
    fingerprint: null,
    username: "watch",
    password: "secret-word",
    ...changes,
  },
  snmp: null,
  icmp: false,
  tcpPort: null,
})

const rows: Readonly<Record<string, readonly string[]>> = {
  "/system/identity/print": ["=name=core-1"],
  "/system/resource/print": [
    "=uptime=1d2h",
    "=version=7.20.4 (stable)",
    "=board-name=CCR2004-16G-2S+",
  ],
  "/interface/print": ["=name=ether1"],
}
const answering: CommandHandler = ({ socket, command, tag }) => {
  const row = rows[command]
  if (row !== undefined) socket.write(sentence("!re", ...row, ...tag))
  socket.write(sentence("!done", ...tag))
}
const trapping =
  (command: string, message: string): CommandHandler =>
  (received) => {
    if (received.command !== command) return answering(received)
    received.socket.write(sentence("!trap", `=message=${message}`, ...received.tag))
    received.socket.write(sentence("!done", ...received.tag))
  }

const check = async (
  access: Access,
  deps: AccessCheckDeps = {},
  signal: AbortSignal = new AbortController().signal,
) => {
  const report = await testAccess(access, signal, { stepDeadlineMs: 5_000, ...deps })
  TestResult.parse({
    kind: "test-access",
    id: "6f1f2f5e-1c3e-4c53-9a5e-6b1d0e0f2a11",
    ok: true,
    ...report,
  })
  assert.ok(!JSON.stringify(report).includes("secret-word"), "the password is in the report")
  return {
    ...report,
    reasons: Object.fromEntries(
      report.steps.map(({ step, reason }): [string, TestReason] => [step, reason]),
    ),
  }
}

let certificate: SelfSigned
let other: SelfSigned
before(() => {
  certificate = selfSigned("router")
  other = selfSigned("other")
})

const servers: (() => Promise<void>)[] = []
after(async () => {
  for (const close of servers) await close()
})
const router = async (...args: Parameters<typeof fakeRouter>) => {
  const made = await fakeRouter(...args)
  servers.push(made.close)
  return made
}

test("a good access: each step is ok, and the router is described", async () => {
  const { port } = await router(answering)
  const report = await check(accessOf(port))
  assert.deepEqual(report.reasons, { resolve: "ok", tcp: "ok", login: "ok", read: "ok" })
  assert.deepEqual(report.facts, {
    identity: "core-1",
    board: "CCR2004-16G-2S+",
    version: "7.20.4 (stable)",
    uptimeS: 93_600,
  })
})

test("over TLS the certificate is reported, and accepted if it is the pinned one", async () => {
  const { port } = await router(answering, { tls: certificate })
  const report = await check(accessOf(port, { tls: true, fingerprint: certificate.fingerprint }))
  assert.deepEqual(report.reasons, { resolve: "ok", tcp: "ok", tls: "ok", login: "ok", read: "ok" })
  assert.equal(report.fingerprint, certificate.fingerprint)
})

test("another certificate than the pinned one is reported, and no password is sent", async () => {
  const served = await router(answering, { tls: certificate })
  const report = await check(accessOf(served.port, { tls: true, fingerprint: other.fingerprint }))
  assert.deepEqual(report.reasons, {
    resolve: "ok",
    tcp: "ok",
    tls: "wrong-certificate",
    login: "not-tried",
    read: "not-tried",
  })
  assert.equal(report.fingerprint, certificate.fingerprint)
  assert.equal(served.received.length, 0)
})

test("without a pin the certificate is reported and no password is sent; with it the next test logs in", async () => {
  const served = await router(answering, { tls: certificate })
  const first = await check(accessOf(served.port, { tls: true }))
  assert.deepEqual(first.reasons, {
    resolve: "ok",
    tcp: "ok",
    tls: "ok",
    login: "not-tried",
    read: "not-tried",
  })
  assert.match(
    first.steps.find(({ step }) => step === "login")?.message ?? "",
    /Compare .* confirm/,
  )
  assert.equal(first.fingerprint, certificate.fingerprint)
  assert.equal(served.received.length, 0)
  const second = await check(accessOf(served.port, { tls: true, fingerprint: first.fingerprint }))
  assert.deepEqual(second.reasons, { resolve: "ok", tcp: "ok", tls: "ok", login: "ok", read: "ok" })
})

test("api-ssl without a certificate (anonymous ciphers only) is tls-failed, with the reason", async () => {
  const { port } = await router(answering, {
    tls: { ciphers: "ADH-AES256-SHA256:ADH-AES128-SHA256:@SECLEVEL=0", maxVersion: "TLSv1.2" },
  })
  const report = await check(accessOf(port, { tls: true }))
  assert.equal(report.reasons.tls, "tls-failed")
  assert.match(
    report.steps.find((each) => each.step === "tls")?.message ?? "",
    /without a certificate/,
  )
})

test("TLS to the API without TLS is tls-failed", async () => {
  const { port } = await router(answering, {
    raw: (socket) => void socket.write(sentence("!fatal", "not a sentence")),
  })
  const report = await check(accessOf(port, { tls: true }))
  assert.equal(report.reasons.tls, "tls-failed")
  assert.match(report.steps.find((each) => each.step === "tls")?.message ?? "", /does not use TLS/)
})

test("a TLS version before 1.2 is tls-failed, with the reason", async () => {
  const { port } = await router(answering, {
    tls: {
      ...certificate,
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT@SECLEVEL=0",
    },
  })
  const report = await check(accessOf(port, { tls: true }))
  assert.equal(report.reasons.tls, "tls-failed")
  assert.match(
    report.steps.find((each) => each.step === "tls")?.message ?? "",
    /only TLS versions before 1\.2/,
  )
})

test("a peer that closes during the handshake is tls-failed", async () => {
  const { port } = await router(answering, {
    raw: (socket) => socket.once("data", () => socket.destroy()),
  })
  assert.equal((await check(accessOf(port, { tls: true }))).reasons.tls, "tls-failed")
})

test("a handshake without an answer is timed-out", async () => {
  const { port } = await router(answering, { raw: () => undefined })
  assert.equal((await check(accessOf(port, { tls: true }), SOON)).reasons.tls, "timed-out")
})

test("a port without a listener is refused", async () => {
  const gone = await fakeRouter(answering)
  await gone.close()
  assert.deepEqual((await check(accessOf(gone.port))).reasons, {
    resolve: "ok",
    tcp: "refused",
    login: "not-tried",
    read: "not-tried",
  })
})

test("no answer to TCP is no-answer", async () => {
  const dial: Dial = { ...systemDial, connect: () => new Socket() }
  assert.equal((await check(accessOf(8728), { ...SOON, dial })).reasons.tcp, "no-answer")
})

test("an address that cannot be reached from here is no-route", async () => {
  assert.equal((await check(accessOf(8728, {}, "255.255.255.255"))).reasons.tcp, "no-route")
  assert.equal(tcpReason("EHOSTUNREACH"), "no-route")
  assert.equal(tcpReason("ETIMEDOUT"), "no-answer")
})

test("a name without an address is name-not-found", async () => {
  const lookup = (): Promise<string[]> =>
    Promise.reject(Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" }))
  assert.equal(
    (await check(accessOf(1, {}, "no.such.name"), { dial: { ...systemDial, lookup } })).reasons
      .resolve,
    "name-not-found",
  )
  const empty = async (): Promise<string[]> => []
  assert.equal(
    (await check(accessOf(1, {}, "no.such.name"), { dial: { ...systemDial, lookup: empty } }))
      .reasons.resolve,
    "name-not-found",
  )
})

test("the second address of a name is tried when the first does not answer", async () => {
  const { port } = await router(answering)
  const lookup = async (): Promise<string[]> => ["255.255.255.255", "127.0.0.1"]
  assert.equal(
    (await check(accessOf(port, {}, "two.addresses"), { dial: { ...systemDial, lookup } })).reasons
      .read,
    "ok",
  )
})

test("a name server that never answers is timed-out", async () => {
  const lookup = (): Promise<string[]> => new Promise(() => undefined)
  assert.equal(
    (await check(accessOf(1, {}, "slow.name"), { ...SOON, dial: { ...systemDial, lookup } }))
      .reasons.resolve,
    "timed-out",
  )
})

test("another protocol on the port is not-routeros", async () => {
  const { port } = await router(answering, {
    raw: (socket) => void socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"),
  })
  assert.equal((await check(accessOf(port))).reasons.login, "not-routeros")
})

test("the API without TLS to api-ssl, which answers with an alert, is not-routeros, with the reason", async () => {
  const { port } = await router(answering, {
    raw: (socket) => void socket.write(Buffer.of(0x15, 3, 1, 0, 2, 2, 70)),
  })
  const login = (await check(accessOf(port))).steps.find((each) => each.step === "login")
  assert.equal(login?.reason, "not-routeros")
  assert.match(login?.message ?? "", /TLS/)
})

test("a service that closes at once, because it does not allow this address, is refused", async () => {
  const { port } = await router(answering, { raw: (socket) => socket.end() })
  assert.equal((await check(accessOf(port))).reasons.login, "refused")
})

test("a rejected login is wrong-credentials", async () => {
  const { port } = await router(trapping("/login", "invalid user name or password (6)"), {
    login: true,
  })
  assert.deepEqual((await check(accessOf(port))).reasons, {
    resolve: "ok",
    tcp: "ok",
    login: "wrong-credentials",
    read: "not-tried",
  })
})

test("an account without the policy api, or without read, is not-permitted", async () => {
  const without = await router(trapping("/login", "std failure: not allowed (9)"), { login: true })
  assert.equal((await check(accessOf(without.port))).reasons.login, "not-permitted")
  const unprivileged = await router(trapping("/interface/print", "not enough permissions (9)"))
  assert.equal((await check(accessOf(unprivileged.port))).reasons.read, "not-permitted")
})

test("a login without an answer is timed-out, and so is reading", async () => {
  const mute = await router(() => undefined, { login: true })
  assert.equal((await check(accessOf(mute.port), SOON)).reasons.login, "timed-out")
  const stuck = await router(() => undefined)
  assert.equal((await check(accessOf(stuck.port), SOON)).reasons.read, "timed-out")
})

test("an aborted test ends at once and says so", async () => {
  const { port } = await router(answering, { raw: () => undefined })
  const report = await check(accessOf(port), {}, AbortSignal.abort())
  assert.ok(report.steps.some((each) => each.reason === "timed-out" || each.reason === "no-answer"))
})

test("before 6.43 the challenge is answered with the expected digest", async () => {
  const challenge = "ebddd18303a54111e2dea05a92ab46b4"
  const { port } = await router(
    (received) => {
      if (received.command !== "/login") return answering(received)
      const response = received.words.find((each) => each.startsWith("=response="))
      if (response === undefined)
        received.socket.write(sentence("!done", `=ret=${challenge}`, ...received.tag))
      // md5(0x00 "secret-word" challenge), computed with md5sum.
      else if (response === "=response=005d22fd6dec3011122f0b2a7ae6493ee0")
        received.socket.write(sentence("!done", ...received.tag))
      else
        received.socket.write(
          Buffer.concat([
            sentence("!trap", `=message=cannot log in`, ...received.tag),
            sentence("!done", ...received.tag),
          ]),
        )
    },
    { login: true },
  )
  assert.deepEqual((await check(accessOf(port))).reasons, {
    resolve: "ok",
    tcp: "ok",
    login: "ok",
    read: "ok",
  })
  assert.equal(
    (await check(accessOf(port, { password: "other" }))).reasons.login,
    "wrong-credentials",
  )
  assert.equal(challengeResponse("", "00".repeat(16)).length, 34)
})

test("an invalid challenge is not-routeros", async () => {
  const { port } = await router(
    ({ socket, tag }) => void socket.write(sentence("!done", "=ret=hello", ...tag)),
    { login: true },
  )
  assert.equal((await check(accessOf(port))).reasons.login, "not-routeros")
})

test("odd facts of a router are still reported within the contract", async () => {
  const { port } = await router(({ socket, command, tag }) => {
    if (command === "/system/identity/print")
      socket.write(sentence("!re", `=name=a\0b${"x".repeat(9_000)}`, ...tag))
    socket.write(sentence("!done", ...tag))
  })
  const report = await check(accessOf(port))
  assert.equal(report.reasons.read, "ok")
  assert.equal(report.facts?.identity?.slice(0, 3), "abx")
})

test("an access without the API has no steps", async () => {
  const report = await check({ ...accessOf(1), routerosApi: null })
  assert.deepEqual(report.steps, [])
})
