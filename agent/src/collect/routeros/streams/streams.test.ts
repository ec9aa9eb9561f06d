/** Streams of a router that speaks the real protocol: what arrives, and what happens without them. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Event } from "@ispvm/wire"
import type { FakeRouter } from "../../../../test/fake-router.ts"
import { deviceAt, deviceId, openRouter, session, until } from "../../../../test/listened-router.ts"
import type { Reading } from "../../collector.ts"
import { createRouterOsCollectors } from "../collectors/collectors.ts"

const NOW_MS = 1_700_000_000_000
const openStreams = (router: FakeRouter) => {
  const seen = {
    readings: [] as (readonly Reading[])[],
    events: [] as Omit<Event, "id">[],
    ports: 0,
    lines: [] as string[],
  }
  const time = { ms: 1_000_000 }
  const collectors = createRouterOsCollectors({
    clock: { now: () => NOW_MS + time.ms },
    steady: () => time.ms,
    tickMs: 3_600_000,
    sink: {
      onReadings: (readings) => seen.readings.push(readings),
      onEvent: (event) => seen.events.push(event),
      onInterface: () => {
        seen.ports += 1
      },
      onLogLine: (_, { topics, message }) => seen.lines.push(`${topics} ${message}`),
    },
  })
  const { listening: streams } = collectors
  assert.ok(streams !== null)
  const poll = async (reads: string): Promise<readonly Reading[]> => {
    const collector = collectors.all.find((each) => each.reads === reads)
    assert.ok(collector !== undefined, reads)
    return await collector.collect(deviceAt(router.port), new AbortController().signal)
  }
  const countOf = (readings: readonly Reading[]): unknown =>
    readings.flatMap((each) =>
      each.kind === "family" && each.name === "pppoe" ? [each.values.count] : [],
    )[0]
  return {
    seen,
    streams,
    poll,
    /** With what was sent before on the connection. */
    check: async (): Promise<void> => {
      await poll("listen")
      await poll("clock")
    },
    /** Some time later; after a short one, with the timer's work done. */
    later: (ms: number): void => {
      time.ms += ms
      if (ms < 60_000) streams.tick()
    },
    count: (): unknown => countOf(seen.readings.at(-1) ?? []),
    countOf,
    states: (): Record<string, string> =>
      Object.fromEntries(
        streams.reports(deviceId).map(({ name, state, reason }) => [name, reason ?? state]),
      ),
    close: () => collectors.close(),
  }
}
type Opened = ReturnType<typeof openStreams>
type Router = Awaited<ReturnType<typeof openRouter>>
const withStreams = async (
  run: (opened: Opened, router: Router) => Promise<void>,
  dead: "yes" | "true" = "true",
): Promise<void> => {
  const router = await openRouter(dead)
  const opened = openStreams(router)
  try {
    await run(opened, router)
  } finally {
    await opened.close()
    await router.close()
  }
}
const LISTENING = { interface: "listening", ppp: "listening", log: "listening" }

for (const [release, dead] of [
  ["6", "yes"],
  ["7", "true"],
] as const)
  test(`release ${release}: sessions, interfaces and log lines arrive without a poll, on one connection`, () =>
    withStreams(async ({ seen, check, later, count, states }, router) => {
      router.set("/ppp/active", "*A", session(1))
      await check()
      assert.deepEqual(states(), LISTENING)
      assert.deepEqual([...router.listeners.keys()], ["/ppp/active", "/log", "/interface"])
      later(1_000)
      assert.equal(count(), 1)
      const requests = router.received.length

      router.set("/ppp/active", "*B", session(2))
      router.set("/interface", "*1", ["=name=ether1", "=running=false"])
      router.set("/log", "*1", ["=topics=interface,info", "=message=ether1 link down"])
      await until("the line", () => seen.lines.length === 1)
      await until("the port", () => seen.ports === 1)
      later(1_000)
      assert.equal(count(), 2)
      assert.deepEqual(seen.lines, ["interface,info ether1 link down"])

      router.set("/ppp/active", "*A", null)
      router.set("/interface", "*1", ["=name=ether1", "=running=false"])
      router.set("/log", "*2", ["=topics=system,info", "=message=x"])
      await until("the second line", () => seen.lines.length === 2)
      later(1_000)
      assert.equal(count(), 1)
      const table = seen.readings.at(-1)?.find((each) => each.kind === "table")
      assert.deepEqual([table?.rows.length, table?.gone], [0, ["0x1"]])
      assert.equal(seen.ports, 1, "the same state again is no change")
      assert.equal(router.received.length, requests, "nothing was requested")
      assert.equal(router.connections(), 1)
    }, dead))

test("the number of sessions is known without reading it, and is read where no stream runs", () =>
  withStreams(async ({ poll, check, countOf }, router) => {
    for (const number of [1, 2, 3]) router.set("/ppp/active", `*${number}`, session(number))
    const prints = () => router.received.filter(({ command }) => command === "/ppp/active/print")
    assert.equal(countOf(await poll("sessions")), 3)
    await check()
    await poll("sessions")
    const before = prints().length
    router.set("/ppp/active", "*1", null)
    router.set("/ppp/active", "*2", null)
    router.set("/ppp/active", "*3", null)
    await until("no session", () => router.listeners.size === 3)
    await poll("clock") // a later answer on the connection: the rows before it have arrived
    assert.equal(countOf(await poll("sessions")), 0, "none, not no number")
    assert.equal(prints().length, before)
    router.end("/ppp/active")
    await poll("clock")
    assert.equal(countOf(await poll("sessions")), 0)
    assert.equal(prints().length, before + 1)
  }))

test("a stream that the router refuses is polled, and the others work", () =>
  withStreams(async ({ check, states, later }, router) => {
    router.refuse.set("/ppp/active", "no such command")
    router.refuse.set("/log", "not enough permissions (9)")
    router.refuse.set("/interface", "failure")
    await check()
    await until("all are refused", () => !Object.values(states()).includes("listening"))
    assert.deepEqual(states(), { interface: "failed", ppp: "missing", log: "not-permitted" })
    router.refuse.clear()
    await check()
    assert.equal(router.listeners.size, 0, "it is not asked again at once")
    later(10 * 60_000)
    await check()
    assert.deepEqual([...router.listeners.keys()], ["/interface"])
    later(50 * 60_000)
    await check()
    assert.deepEqual(states(), LISTENING)
  }))

test("a stream that ends is started again after a while, and lines of the log in between are read", () =>
  withStreams(async ({ seen, check, states, later, poll }, router) => {
    router.set("/log", "*1", ["=topics=system,info", "=message=before"])
    await check()
    router.end("/log")
    await until("it has ended", () => states().log === "ended")
    router.set("/log", "*2", ["=topics=ppp,info", "=message=in between"])
    await check()
    assert.deepEqual(seen.lines, ["ppp,info in between"])
    router.set("/log", "*3", ["=topics=ppp,info", "=message=later"])
    later(60_000)
    await check()
    assert.deepEqual(seen.lines, ["ppp,info in between", "ppp,info later"])
    assert.deepEqual(states(), LISTENING)
    router.set("/log", "*4", ["=topics=ppp,info", "=message=streamed"])
    await poll("clock")
    later(600_000)
    await check()
    assert.deepEqual(seen.lines.slice(2), ["ppp,info streamed"], "and none of them twice")
  }))

test("a stream that is silent although sessions changed has stalled, and they are read", () =>
  withStreams(async ({ check, states, later, poll, countOf }, router) => {
    router.set("/ppp/active", "*1", session(1))
    await poll("sessions")
    await check()
    later(300_000)
    await check()
    later(3_000)
    assert.deepEqual(states(), LISTENING, "nothing changed, so nothing was missed")
    router.set("/ppp/active", "*2", session(2), false)
    later(300_000)
    await check()
    later(1_000)
    assert.deepEqual(states(), LISTENING, "its row may be late")
    later(1_500)
    assert.equal(states().ppp, "stalled")
    assert.equal(countOf(await poll("sessions")), 2)
    later(300_000)
    await check()
    assert.deepEqual(states(), LISTENING)
  }))

test("an interface that was found to be down without a row of it shows a stalled stream", () =>
  withStreams(async ({ check, states, later, poll }, router) => {
    await poll("interface")
    await check()
    await poll("interface")
    router.set("/interface", "*1", ["=name=ether1", "=type=ether", "=running=false"], false)
    await poll("interface")
    later(2_500)
    assert.deepEqual(states(), { ...LISTENING, interface: "stalled" })
  }))

test("5,000 changes of 20,000 sessions are one number, exact, and no row is lost in it", () =>
  withStreams(async ({ seen, check, later, count, poll, streams }, router) => {
    for (let n = 0; n < 20_000; n += 1) router.set("/ppp/active", `*${n}`, session(n), false)
    await check()
    later(1_000)
    assert.equal(count(), 20_000)
    const sent = seen.readings.length
    for (let n = 0; n < 2_400; n += 1) router.set("/ppp/active", `*${n}`, null)
    for (let n = 30_000; n < 32_600; n += 1) router.set("/ppp/active", `*${n}`, session(n))
    await poll("clock")
    later(5_000)
    assert.equal(count(), 20_200)
    assert.equal(seen.readings.length, sent + 1)
    assert.equal(
      seen.readings.at(-1)?.some((each) => each.kind === "table"),
      false,
      "so many rows are left to the next complete reading",
    )
    assert.equal(streams.counts.rows, 5_000)
    assert.deepEqual(seen.events, [])
    router.set("/ppp/active", "*30000", null)
    await poll("clock")
    later(5_000)
    assert.equal(count(), 20_199)
    const table = seen.readings.at(-1)?.find((each) => each.kind === "table")
    assert.deepEqual(table?.gone, ["0x7530"])
  }))

test("a server of sessions is listened to for its ports, not for the interfaces of sessions", () =>
  withStreams(async ({ check }, router) => {
    for (let n = 0; n < 51; n += 1) router.set("/ppp/active", `*${n}`, session(n))
    await check()
    assert.deepEqual([...router.listeners.keys()], ["/ppp/active", "/log", "/interface/ethernet"])
  }))

test("a loss of sessions is sent at once and is an event; a small change is not", () =>
  withStreams(async ({ seen, check, later, count, poll }, router) => {
    for (let n = 0; n < 40; n += 1) router.set("/ppp/active", `*${n}`, session(n))
    await check()
    later(1_000)
    router.set("/ppp/active", "*0", null)
    await poll("clock")
    later(1_000)
    assert.deepEqual([count(), seen.events.length], [39, 0])
    for (let n = 1; n < 40; n += 1) router.set("/ppp/active", `*${n}`, null)
    await poll("clock")
    later(1_000)
    assert.equal(count(), 0)
    assert.deepEqual(
      seen.events.map(({ name, severity, attributes }) => [name, severity, attributes]),
      [["sessions-changed", "warning", { count: "0", was: "40" }]],
    )
  }))

test("what is reported while the table is read goes over what was read", () =>
  withStreams(async ({ check, poll }, router) => {
    for (const number of [1, 2]) router.set("/ppp/active", `*${number}`, session(number))
    await check()
    router.during.set("/ppp/active", () => {
      router.set("/ppp/active", "*1", null)
      router.set("/ppp/active", "*3", session(3))
    })
    const [table] = await poll("session-list")
    assert.ok(table?.kind === "table")
    assert.deepEqual(
      table.rows.map(({ key }) => key),
      ["0x2", "0x3"],
    )
  }))

test("streams end when nothing keeps them going, and start again after a lost connection", () =>
  withStreams(async ({ check, later, states, streams }, router) => {
    await check()
    router.dropConnections()
    await until("they are lost", () => states().log === "disconnected")
    assert.equal(streams.counts.fellBack, 0)
    await check()
    assert.deepEqual(states(), LISTENING)
    assert.equal(router.connections(), 2)
    later(61_000)
    streams.tick()
    await until("all are cancelled", () => router.listeners.size === 0)
    assert.equal(streams.listening, 0)
  }))
