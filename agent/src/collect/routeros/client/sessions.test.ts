import assert from "node:assert/strict"
import { connect } from "node:net"
import { type TestContext, test } from "node:test"
import { type AssignedDevice, DeviceId } from "@ispvm/wire"
import {
  type CommandHandler,
  type FakeRouter,
  fakeRouter,
  sentence,
} from "../../../../test/fake-router.ts"
import { CollectError, type CollectReason } from "../../collector.ts"
import type { Dial } from "./dial.ts"
import type { RouterOsAccess } from "./open.ts"
import { selfSigned } from "./self-signed.ts"
import { backoffMs, Sessions, type SessionsDeps } from "./sessions.ts"

const id = DeviceId.parse("6f1f2f5e-1c3e-4c53-9a5e-6b1d0e0f2a11")
const deviceAt = (port: number, changes: Partial<RouterOsAccess> = {}): AssignedDevice => ({
  id,
  name: "core-1",
  access: {
    address: "127.0.0.1",
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
  },
  intervals: { pingMs: 1_000, interfaceMs: 5_000, healthMs: 10_000, factsMs: 60_000 },
})
const ok: CommandHandler = ({ socket, tag }) => void socket.write(sentence("!done", ...tag))
const never = new AbortController().signal
const failsWith = (reason: CollectReason) => (error: unknown) =>
  error instanceof CollectError && error.reason === reason

class HandClock {
  nowMs = 1_000_000
  readonly now = (): number => this.nowMs
}
const sessionsWith = (
  t: TestContext,
  changes: Partial<SessionsDeps> = {},
): { sessions: Sessions; clock: HandClock } => {
  const clock = new HandClock()
  const sessions = new Sessions({ clock, random: () => 0, openDeadlineMs: 5_000, ...changes })
  t.after(() => sessions.close())
  return { clock, sessions }
}
const served = async (
  t: TestContext,
  ...how: Parameters<typeof fakeRouter>
): Promise<FakeRouter> => {
  const router = await fakeRouter(...how)
  t.after(() => router.close())
  return router
}
const query = (
  sessions: Sessions,
  device: AssignedDevice,
  signal = never,
  deadlineMs = 5_000,
): Promise<unknown> =>
  sessions.use(device, signal, ({ connection }) => connection.print("/x", { deadlineMs, signal }))

test("many polls, at once and later, share one login", async (t) => {
  const router = await served(t, ok)
  const { sessions } = sessionsWith(t)
  await Promise.all(Array.from({ length: 20 }, () => query(sessions, deviceAt(router.port))))
  await query(sessions, deviceAt(router.port))
  assert.equal(router.received.filter((each) => each.command === "/login").length, 1)
  assert.equal(router.connections(), 1)
  assert.equal(sessions.counts.logins, 1)
})

test("a lost session is opened again at the next poll", async (t) => {
  const router = await served(t, ok)
  const { sessions } = sessionsWith(t)
  const cutOff = sessions.use(deviceAt(router.port), never, async ({ connection }) => {
    router.dropConnections()
    await connection.print("/x")
  })
  await assert.rejects(cutOff, failsWith("failed"))
  await query(sessions, deviceAt(router.port))
  assert.equal(router.connections(), 2)
})

test("a command without an answer ends the session, because the router may have restarted", async (t) => {
  let isMute = true
  const router = await served(t, (received) => {
    if (!isMute) ok(received)
  })
  const { sessions } = sessionsWith(t)
  await assert.rejects(query(sessions, deviceAt(router.port), never, 40), failsWith("timed-out"))
  isMute = false
  await query(sessions, deviceAt(router.port))
  assert.equal(router.connections(), 2)
})

test("after a failure there is no connection before the wait is over, and the reason is still reported", async (t) => {
  const router = await served(t, ok, { raw: (socket) => socket.end() })
  const { sessions, clock } = sessionsWith(t)
  const device = deviceAt(router.port)
  await assert.rejects(query(sessions, device), failsWith("refused"))
  await assert.rejects(query(sessions, device), failsWith("refused"))
  assert.equal(router.connections(), 1)
  clock.nowMs += 501
  await assert.rejects(query(sessions, device), failsWith("refused"))
  assert.equal(router.connections(), 2)
  clock.nowMs += 501
  await assert.rejects(query(sessions, device), failsWith("refused"))
  assert.equal(router.connections(), 2)
})

test("a clock set back does not lengthen a wait", async (t) => {
  const router = await served(t, ok, { raw: (socket) => socket.end() })
  const { sessions, clock } = sessionsWith(t)
  await assert.rejects(query(sessions, deviceAt(router.port)), failsWith("refused"))
  clock.nowMs -= 3_600_000
  await assert.rejects(query(sessions, deviceAt(router.port)), failsWith("refused"))
  assert.equal(router.connections(), 2)
})

test("a session that proves dead at the first command of a later poll is replaced within that poll", async (t) => {
  let isRestarted = false
  const router = await served(t, (received) => {
    if (isRestarted) received.socket.resetAndDestroy()
    else ok(received)
    isRestarted = false
  })
  const { sessions } = sessionsWith(t)
  await query(sessions, deviceAt(router.port))
  isRestarted = true
  await query(sessions, deviceAt(router.port))
  assert.equal(router.connections(), 2)
})

test("waits double up to a few seconds, and up to a quarter of an hour after a rejected login", () => {
  assert.deepEqual(
    [1, 2, 3, 10, 1_000].map((failures) => backoffMs("no-answer", failures, 0)),
    [500, 1_000, 2_000, 4_000, 4_000],
  )
  assert.equal(backoffMs("wrong-credentials", 1, 0), 60_000)
  assert.equal(backoffMs("wrong-credentials", 9, 0), 900_000)
  assert.equal(backoffMs("no-answer", 1, 1), 375)
})

test("changed credentials are tried at once, in a new session", async (t) => {
  const router = await served(
    t,
    ({ socket, tag, words, command }) => {
      const isWrong = command === "/login" && !words.includes("=password=right")
      if (isWrong) socket.write(sentence("!trap", "=message=cannot log in", ...tag))
      socket.write(sentence("!done", ...tag))
    },
    { login: true },
  )
  const { sessions } = sessionsWith(t)
  await assert.rejects(query(sessions, deviceAt(router.port)), failsWith("wrong-credentials"))
  await assert.rejects(query(sessions, deviceAt(router.port)), failsWith("wrong-credentials"))
  assert.equal(router.connections(), 1)
  await query(sessions, deviceAt(router.port, { password: "right" }))
})

test("without a confirmed certificate no password is ever sent: not later, not by a retry, not after a restart", async (t) => {
  const router = await served(t, ok, { tls: selfSigned("router") })
  for (let start = 0; start < 2; start += 1) {
    const { sessions, clock } = sessionsWith(t)
    for (let tries = 0; tries < 3; tries += 1) {
      await assert.rejects(
        query(sessions, deviceAt(router.port, { tls: true })),
        failsWith("unconfirmed-certificate"),
      )
      clock.nowMs += 3_600_000
    }
    assert.equal(sessions.counts.failures, 3)
  }
  assert.equal(router.received.length, 0)
})

test("a confirmed fingerprint allows the login at once, and another certificate later is rejected", async (t) => {
  const certificate = selfSigned("first")
  const first = await served(t, ok, { tls: certificate })
  const second = await served(t, ok, { tls: selfSigned("second") })
  let { port } = first
  const dial: Dial = {
    lookup: async (host) => [host],
    connect: (_, address) => connect(port, address),
  }
  const { sessions } = sessionsWith(t, { dial })
  await assert.rejects(
    query(sessions, deviceAt(8729, { tls: true })),
    failsWith("unconfirmed-certificate"),
  )
  const device = deviceAt(8729, { tls: true, fingerprint: certificate.fingerprint })
  const cutOff = sessions.use(device, never, async ({ connection }) => {
    first.dropConnections()
    await connection.print("/x")
  })
  await assert.rejects(cutOff, CollectError)
  port = second.port
  await assert.rejects(query(sessions, device), failsWith("wrong-certificate"))
  assert.equal(second.received.length, 0)
})

test("one aborted poll does not end the session of the others", async (t) => {
  let release: () => void = () => undefined
  const loginHeld = new Promise<void>((resolve) => {
    release = resolve
  })
  const router = await served(
    t,
    (received) => {
      if (received.command === "/login") loginHeld.then(() => ok(received), assert.ifError)
      else ok(received)
    },
    { login: true },
  )
  const { sessions } = sessionsWith(t, { openDeadlineMs: 5_000 })
  const giving = new AbortController()
  const first = assert.rejects(
    query(sessions, deviceAt(router.port), giving.signal),
    failsWith("timed-out"),
  )
  const second = query(sessions, deviceAt(router.port))
  giving.abort()
  await first
  release()
  await second
  assert.equal(router.connections(), 1)
})

test("forgetting a device, and closing, end open sessions and those being opened", async (t) => {
  const router = await served(t, () => undefined, { login: true })
  const { sessions } = sessionsWith(t, { openDeadlineMs: 60_000 })
  const forgotten = assert.rejects(query(sessions, deviceAt(router.port)), CollectError)
  sessions.forget(id)
  await forgotten
  const closed = assert.rejects(query(sessions, deviceAt(router.port)), CollectError)
  await sessions.close()
  await closed
  await assert.rejects(query(sessions, deviceAt(router.port)), failsWith("failed"))
})
