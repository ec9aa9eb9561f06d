import assert from "node:assert/strict"
import { test } from "node:test"
import {
  Access,
  DeviceId,
  type Heartbeat,
  type ReadResult,
  type Task,
  TestResult,
} from "@ispvm/wire"
import { pino } from "pino"
import type { Uplink } from "../transport/uplink.ts"
import { createHeartbeat } from "./heartbeat.ts"
import { createTasks } from "./tasks.ts"
import { createTestAccess } from "./test-access.ts"

const log = pino({ level: "silent" })
const notUsed = (): never => assert.fail("not asked for here")
const unusedUplink: Uplink = {
  send: notUsed,
  heartbeat: notUsed,
  assignment: notUsed,
  tasks: notUsed,
  result: notUsed,
  renew: notUsed,
  packagePiece: notUsed,
  close: notUsed,
}
const id = "00000000-0000-4000-8000-000000000002"
const device = DeviceId.parse("00000000-0000-4000-8000-000000000001")
const access = Access.parse({
  address: "192.0.2.1",
  routerosApi: null,
  snmp: { port: 161, community: "c" },
  icmp: true,
  tcpPort: null,
})
const result = (found: Partial<TestResult> = {}): TestResult => ({
  kind: "test-access",
  id,
  ok: true,
  steps: [],
  fingerprint: null,
  facts: null,
  ...found,
})
const readResult: ReadResult = {
  kind: "read",
  id,
  trouble: null,
  menus: [{ menu: "/ip/service", rows: null, reason: "missing" }],
}

test("each task is run, a failing poll is repeated later, and the result of a test is posted", async () => {
  const stop = new AbortController()
  const seen: unknown[] = []
  const pauses: number[] = []
  const polls: (() => Promise<readonly Task[]>)[] = [
    () => Promise.reject(new Error("away")),
    async () => [
      { kind: "confirm", id, devices: [device], because: "a line" },
      { kind: "reload", id },
      { kind: "probe", id, probes: [id] },
      { kind: "test-access", id, access, deadlineMs: 1_000 },
      {
        kind: "read",
        id,
        access,
        menus: [{ menu: "/ip/service", properties: ["name"] }],
        deadlineMs: 1_000,
      },
    ],
  ]
  const uplink: Uplink = {
    ...unusedUplink,
    tasks: (signal) =>
      polls.shift()?.() ??
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(new Error("stopped"))),
      ),
    result: async (one) => {
      seen.push(one)
      if (seen.length === 5) stop.abort()
    },
  }
  const work = {
    confirm: (devices: unknown) => seen.push(devices),
    reload: () => seen.push("reload"),
    probe: (ids: unknown) => seen.push(ids),
    test: async () => result(),
    read: async () => readResult,
    diagnose: notUsed,
    cancel: notUsed,
  }
  const tasks = createTasks({
    uplink: () => uplink,
    work,
    random: () => 1,
    steady: () => 0,
    pause: async (ms) => {
      pauses.push(ms)
    },
    log,
  })
  await tasks.run(stop.signal)
  assert.deepEqual(seen, [[device], "reload", [id], result(), readResult])
  assert.deepEqual(pauses, [500])
  assert.deepEqual(tasks.counts, {
    received: 5,
    confirms: 1,
    tests: 1,
    reads: 1,
    diagnoses: 0,
    failures: 1,
  })
})

test("an empty answer that was not held open is followed by a pause, a held one by the next poll at once", async () => {
  const stop = new AbortController()
  const happened: string[] = []
  let nowMs = 0
  const heldMs = [0, 99, 25_000, 100]
  const uplink: Uplink = {
    ...unusedUplink,
    tasks: async () => {
      const ms = heldMs.shift()
      if (ms === undefined) stop.abort()
      nowMs += ms ?? 0
      happened.push(`poll ${ms ?? "end"}`)
      return []
    },
  }
  const tasks = createTasks({
    uplink: () => uplink,
    work: {
      confirm: notUsed,
      probe: notUsed,
      reload: notUsed,
      test: notUsed,
      read: notUsed,
      diagnose: notUsed,
      cancel: notUsed,
    },
    random: () => 1,
    steady: () => nowMs,
    pause: async (ms, signal) => {
      if (!signal.aborted) happened.push(`pause ${ms}`)
    },
    log,
  })
  await tasks.run(stop.signal)
  assert.deepEqual(happened, [
    "poll 0",
    "pause 500",
    "poll 99",
    "pause 500",
    "poll 25000",
    "poll 100",
    "poll end",
  ])
  assert.equal(tasks.counts.failures, 0)
})

test("a heartbeat returns the revision, and measures the round trip by the monotonic clock", async () => {
  const stop = new AbortController()
  const seen: unknown[] = []
  let nowMs = 1_000
  const uplink: Uplink = {
    ...unusedUplink,
    heartbeat: async () => {
      nowMs += 100
      return { protocol: 1, revision: "r2", serverAtMs: 550 }
    },
  }
  const describe = (): Heartbeat => ({
    protocol: 1,
    atMs: nowMs,
    version: "0",
    startedAtMs: 0,
    hostname: "pop",
    revision: "r1",
    devices: 0,
    bufferBatches: 0,
    bufferBytes: 0,
    oldestBufferedAtMs: null,
    capabilities: { icmp: true, syslogPort: null },
    notes: [],
  })
  const heartbeat = createHeartbeat({
    uplink: () => uplink,
    describe,
    redaction: () => ({ floor: [], hide: [], version: 0, keyOf: null, keyCheck: null }),
    packages: null,
    onRevision: (revision) => seen.push(revision),
    onBatchVersion: (latest) => seen.push(latest ?? "version 1"),
    onInterfaceIds: () => undefined,
    onRoundTrip: (trip) => seen.push(trip),
    steady: () => nowMs,
    pause: async (ms) => {
      seen.push(ms)
      stop.abort()
    },
    log,
  })
  await heartbeat.run(stop.signal)
  assert.deepEqual(seen, [
    { sentMs: 1_000, receivedMs: 1_100, answeredMs: 550 },
    "r2",
    "version 1",
    1_900,
  ])
})

type Deps = Parameters<typeof createTestAccess>[0]
const testWith = (more: Partial<Deps>, of: Partial<Access> = {}, deadlineMs = 1_000) => {
  const nothing = async () => ({ steps: [], facts: null, fingerprint: null })
  const deps: Deps = {
    icmpProbe: null,
    tcpProbe: async () => "silent",
    resolve: async () => "192.0.2.1",
    now: () => 1,
    testRouterOs: nothing,
    testSnmp: nothing,
    ...more,
  }
  return createTestAccess(deps)(
    { kind: "test-access", id, access: { ...access, ...of }, deadlineMs },
    new AbortController().signal,
  )
}
const steps = ({ steps }: TestResult) => steps.map(({ step, reason }) => `${step} ${reason}`)
const snmpOk: Deps["testSnmp"] = async () => ({
  steps: [{ step: "snmp", reason: "ok", message: "", tookMs: 1 }],
  facts: null,
  fingerprint: null,
})

test("a name that cannot be resolved ends the test there", async () => {
  const found = await testWith({ resolve: async () => null, testSnmp: notUsed })
  assert.deepEqual([found.ok, steps(found)], [false, ["resolve name-not-found"]])
  assert.deepEqual(TestResult.parse(found), found)
})

test("an agent that cannot ping reports it, and one working protocol is enough", async () => {
  const found = await testWith({ testSnmp: snmpOk })
  assert.deepEqual(
    [found.ok, steps(found)],
    [true, ["resolve ok", "ping icmp-unavailable", "snmp ok"]],
  )
})

test("a device with ping only is good if it answers, and else not", async () => {
  const only = { snmp: null }
  const pinging =
    (rttMs: number | null): Deps["icmpProbe"] =>
    async ({ targets }, onProbe) => {
      onProbe(targets[0] ?? "", 0, rttMs)
      return { kind: "done" }
    }
  const alive = await testWith({ icmpProbe: pinging(1.5) }, only)
  const dead = await testWith({ icmpProbe: pinging(null) }, only)
  assert.deepEqual(
    [alive.ok, steps(alive), dead.ok, steps(dead)],
    [true, ["resolve ok", "ping ok"], false, ["resolve ok", "ping no-answer"]],
  )
})

test("a closed port is refused or has no answer, by reason", async () => {
  const refused = await testWith(
    { tcpProbe: async () => "refused" },
    { snmp: null, icmp: false, tcpPort: 8291 },
  )
  assert.deepEqual([refused.ok, steps(refused)], [false, ["resolve ok", "tcp refused"]])
})

test("an endless test is ended", async () => {
  const found = await testWith({ testSnmp: () => new Promise(() => undefined) }, {}, 1)
  assert.deepEqual([found.ok, steps(found)], [false, ["read timed-out"]])
})
