/** Each rule of the default pack on samples as devices send them: what raises it, and what does not. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { portEntity } from "../../topology.ts"
import { defaultPack } from "../pack.ts"
import { namedEntity } from "../readings.ts"
import { type Case, during, SERVICE_CASES, sampleOf } from "./pack-cases.ts"
import { NETWORK_CASES } from "./pack-network-cases.ts"
import {
  cpu,
  event,
  packSet,
  port,
  probe,
  R1,
  ruleWorld,
  START_MS,
  sensor,
  topologyWith,
} from "./rule-world.ts"

const MINUTE_MS = 60_000
const ETHER1 = portEntity(R1, "ether1")

const LOSS = (every: number) => (atMs: number) =>
  Math.floor(atMs / 1_000) % every === 0
    ? [probe(atMs, { answers: false, received: 0 })]
    : [probe(atMs)]
const CASES: readonly Case[] = [
  {
    rule: "cpu-high",
    everyMs: 10_000,
    good: (at) => [cpu(40, at)],
    almost: [9 * MINUTE_MS, (at) => [cpu(95, at)]],
    bad: [11 * MINUTE_MS, (at) => [cpu(95, at)]],
    severity: "minor",
  },
  {
    rule: "cpu-high",
    everyMs: 10_000,
    good: (at) => [cpu(40, at)],
    almost: [30 * MINUTE_MS, (at) => [cpu(89, at)]],
    bad: [6 * MINUTE_MS, (at) => [cpu(99, at)]],
    severity: "major",
  },
  {
    rule: "memory-high",
    everyMs: 30_000,
    good: (at) => [cpu(10, at)],
    almost: [9 * MINUTE_MS, (at) => [{ ...cpu(10, at), memoryUsedByte: 9.2 }]],
    bad: [11 * MINUTE_MS, (at) => [{ ...cpu(10, at), memoryUsedByte: 9.2 }]],
    severity: "minor",
  },
  {
    rule: "disk-full",
    everyMs: 30_000,
    good: (at) => [cpu(10, at)],
    almost: [20 * MINUTE_MS, (at) => [{ ...cpu(10, at), diskUsedByte: 9.4 }]],
    bad: [11 * MINUTE_MS, (at) => [{ ...cpu(10, at), diskUsedByte: 9.8 }]],
    severity: "minor",
  },
  {
    rule: "device-rebooted",
    everyMs: 30_000,
    good: (at) => [cpu(10, at)],
    almost: [MINUTE_MS, (at) => [{ ...cpu(10, at), uptimeS: 700 }]],
    bad: [MINUTE_MS, (at) => [{ ...cpu(10, at), uptimeS: 90 }]],
    severity: "warning",
  },
  {
    rule: "temperature",
    entity: namedEntity(R1, "sensor", "board"),
    everyMs: 30_000,
    good: (at) => [sensor(at, "board", "°C", 45), sensor(at, "psu1", "V", 230)],
    almost: [4 * MINUTE_MS, (at) => [sensor(at, "board", "°C", 78)]],
    bad: [6 * MINUTE_MS, (at) => [sensor(at, "board", "°C", 78)]],
    severity: "minor",
  },
  {
    rule: "fan-stopped",
    entity: namedEntity(R1, "sensor", "fan1"),
    everyMs: 30_000,
    good: (at) => [sensor(at, "fan1", "rpm", 4_000)],
    almost: [10 * MINUTE_MS, (at) => [sensor(at, "fan1", "rpm", 900)]],
    bad: [2 * MINUTE_MS, (at) => [sensor(at, "fan1", "rpm", 0)]],
    severity: "major",
  },
  {
    rule: "power-supply-failed",
    entity: namedEntity(R1, "sensor", "psu2-state"),
    everyMs: 30_000,
    good: (at) => [sensor(at, "psu2-state", "state", 1)],
    almost: [10 * MINUTE_MS, (at) => [sensor(at, "vlan-state", "state", 0)]],
    bad: [2 * MINUTE_MS, (at) => [sensor(at, "psu2-state", "state", 0)]],
    severity: "major",
  },
  {
    rule: "sensor-not-ok",
    entity: namedEntity(R1, "sensor", "alarm"),
    everyMs: 30_000,
    good: (at) => [sensor(at, "alarm", "state", 1)],
    almost: [30_000, (at) => [sensor(at, "alarm", "state", 0)]],
    bad: [2 * MINUTE_MS, (at) => [sensor(at, "alarm", "state", 0)]],
    severity: "warning",
  },
  {
    rule: "interface-errors",
    entity: ETHER1,
    everyMs: 10_000,
    good: (at) => [port(at)],
    almost: [20 * MINUTE_MS, (at) => [port(at, { errorsPs: 0.9 })]],
    bad: [6 * MINUTE_MS, (at) => [port(at, { errorsPs: 3 })]],
    severity: "minor",
  },
  {
    rule: "interface-drops",
    entity: ETHER1,
    everyMs: 10_000,
    good: (at) => [port(at)],
    almost: [4 * MINUTE_MS, (at) => [port(at, { dropsPs: 400 })]],
    bad: [6 * MINUTE_MS, (at) => [port(at, { dropsPs: 400 })]],
    severity: "minor",
  },
  {
    rule: "link-saturated",
    entity: ETHER1,
    everyMs: 10_000,
    good: (at) => [port(at, { rxBps: 5e8 })],
    almost: [9 * MINUTE_MS, (at) => [port(at, { rxBps: 8.5e8 })]],
    bad: [11 * MINUTE_MS, (at) => [port(at, { txBps: 8.5e8 })]],
    severity: "minor",
  },
  {
    rule: "link-saturated",
    entity: ETHER1,
    everyMs: 10_000,
    good: (at) => [port(at, { rxBps: 5e8 })],
    almost: [4 * MINUTE_MS, (at) => [port(at, { rxBps: 9.7e8 })]],
    bad: [6 * MINUTE_MS, (at) => [port(at, { rxBps: 9.7e8 })]],
    severity: "major",
  },
  {
    rule: "interface-flapping",
    entity: ETHER1,
    everyMs: 30_000,
    good: (at) => [port(at)],
    almost: [3 * MINUTE_MS, (at) => [port(at, { running: at % (4 * MINUTE_MS) !== 0 })]],
    bad: [5 * MINUTE_MS, (at) => [port(at, { running: Math.floor(at / 30_000) % 2 === 0 })]],
    severity: "minor",
  },
  {
    rule: "packet-loss",
    everyMs: 1_000,
    good: (at) => [probe(at)],
    almost: [4 * MINUTE_MS, LOSS(20)],
    bad: [7 * MINUTE_MS, LOSS(20)],
    severity: "minor",
  },
  {
    rule: "packet-loss",
    everyMs: 1_000,
    good: (at) => [probe(at)],
    almost: [50_000, LOSS(3)],
    bad: [150_000, LOSS(2)],
    severity: "major",
  },
  {
    rule: "login-failures",
    everyMs: 10_000,
    good: () => [],
    almost: [90_000, (at) => [event(at, "login-failed")]],
    bad: [200_000, (at) => [event(at, "login-failed")]],
    severity: "minor",
  },
  {
    rule: "source-failing",
    everyMs: 60_000,
    good: () => [],
    almost: [2 * MINUTE_MS, (at) => [event(at, "collect-failed")]],
    bad: [4 * MINUTE_MS, (at) => [event(at, "collect-failed")]],
    severity: "minor",
  },
  {
    rule: "path-changed",
    everyMs: MINUTE_MS,
    good: () => [],
    // The first path that an agent finds is no change.
    almost: [20 * MINUTE_MS, (at) => [event(at, "path-seen")]],
    bad: [MINUTE_MS, (at) => [event(at, "path-changed")]],
    severity: "warning",
  },
  {
    rule: "reboot-loop",
    everyMs: 10 * MINUTE_MS,
    good: () => [],
    almost: [20 * MINUTE_MS, (at) => [event(at, "rebooted")]],
    bad: [30 * MINUTE_MS, (at) => [event(at, "rebooted")]],
    severity: "major",
  },
  {
    rule: "peer-flapping",
    everyMs: 60_000,
    good: () => [],
    almost: [2 * MINUTE_MS, (at) => [event(at, "peer-down")]],
    bad: [4 * MINUTE_MS, (at) => [event(at, "peer-down")]],
    severity: "major",
  },
  {
    rule: "config-changed",
    everyMs: 60_000,
    good: () => [],
    almost: [MINUTE_MS, (at) => [event(at, "login")]],
    bad: [MINUTE_MS, (at) => [event(at, "config-changed")]],
    severity: "warning",
  },
  {
    rule: "api-dead",
    everyMs: 10_000,
    good: (at) => [cpu(10, at)],
    almost: [4 * MINUTE_MS, () => []],
    bad: [8 * MINUTE_MS, () => []],
    severity: "major",
  },
  {
    rule: "stale-data",
    entity: ETHER1,
    everyMs: 10_000,
    good: (at) => [port(at)],
    almost: [9 * MINUTE_MS, () => []],
    bad: [11 * MINUTE_MS, () => []],
    severity: "warning",
  },
]

for (const { rule, entity = R1, everyMs = 10_000, good, almost, bad, severity } of [
  ...CASES,
  ...SERVICE_CASES,
  ...NETWORK_CASES,
])
  test(`${rule} (${severity}): quiet, then almost, then bad, then quiet again`, () => {
    const world = ruleWorld(packSet(true))
    const level = (): string | null => world.engine.of(rule, entity)?.rule?.severity ?? null
    let atMs = during(world, [START_MS, 20 * MINUTE_MS, everyMs], good)
    assert.equal(level(), null, "quiet")
    atMs = during(world, [atMs, almost[0], everyMs], almost[1])
    assert.equal(level(), null, "almost")
    atMs = during(world, [atMs, 130 * MINUTE_MS, everyMs], good)
    assert.equal(world.phase(rule, entity), "ok", "quiet again")
    atMs = during(world, [atMs, bad[0], everyMs], bad[1])
    assert.equal(level(), severity, "bad")
    during(world, [atMs, 130 * MINUTE_MS, everyMs], good)
    assert.equal(world.phase(rule, entity), "ok", "over")
    const raised = world.steps(rule).filter((step) => /raised$/.test(step))
    assert.ok(raised.length <= 3, raised.join())
  })

test("latency is compared with what is usual at this hour", () => {
  const world = ruleWorld(packSet(), { baseline: () => ({ mean: 10, deviation: 4 }) })
  const rtt = (ms: number) => (at: number) => [probe(at, { rttUs: ms * 1_000 })]
  let atMs = START_MS
  for (const [ms, minutes, phase] of [
    [10, 20, "ok"],
    [21, 30, "ok"],
    [30, 8, "pending"],
    [30, 6, "degraded"],
    [10, 30, "ok"],
  ] as const) {
    for (const end = atMs + minutes * MINUTE_MS; atMs < end; atMs += 5_000)
      world.deliver(rtt(ms)(atMs))
    assert.equal(world.phase("latency-unusual"), phase, `${ms} ms for ${minutes} min`)
  }
})

test("the signal of a radio link is compared with what is usual at this hour", () => {
  const world = ruleWorld(packSet(), { baseline: () => ({ mean: -60, deviation: 1 }) })
  const radio = sampleOf("wireless", { interface: "ether1" })
  let atMs = START_MS
  for (const [signalDbm, minutes, phase] of [
    [-60, 20, "ok"],
    [-65, 60, "ok"],
    [-70, 14, "pending"],
    [-70, 6, "degraded"],
    [-60, 30, "ok"],
  ] as const) {
    const samples = (at: number) => [radio(at, { signalDbm })]
    atMs = during(world, [atMs, minutes * MINUTE_MS, MINUTE_MS], samples)
    assert.equal(world.phase("radio-signal-dropped", ETHER1), phase, `${signalDbm} dBm`)
  }
})

test("what thousands of customers' routers would say at once is no alert of theirs", () => {
  const bad = (at: number) => [
    sampleOf("watch", { host: "192.0.2.1" })(at, { state: "down" }),
    sampleOf("tunnel", { tunnel: "wireguard wg1 noc" })(at, { state: "down" }),
    sampleOf("clock", {})(at, { isSynchronized: false }),
    sampleOf("wireless", { interface: "ether1" })(at, { signalDbm: -90, clients: 0 }),
  ]
  const raised = (roles: readonly string[]): string[] => {
    const world = ruleWorld(packSet(), { topology: topologyWith({ roles }) })
    during(world, [START_MS, 60 * MINUTE_MS, MINUTE_MS], bad)
    const alerts = world.transitions.flatMap(({ alert, reason }) =>
      reason === "raised" ? [alert.kind] : [],
    )
    return [...new Set(alerts)].sort()
  }
  assert.deepEqual(raised(["cpe"]), [])
  assert.deepEqual(raised(["access"]), [
    "netwatch-down",
    "ntp-not-synchronised",
    "radio-link-lost",
    "radio-signal-low",
    "wireguard-not-connected",
  ])
})

test("every rule of the pack that has its data is in a table, and the others say what they wait for", () => {
  const { rules, inactive, evaluators } = packSet(true)
  const tested = new Set([
    ...[...CASES, ...SERVICE_CASES, ...NETWORK_CASES].map(({ rule }) => rule),
    ...["latency-unusual", "radio-signal-dropped", "service-slow"],
  ])
  assert.deepEqual(
    rules.filter(({ id }) => !tested.has(id)).map(({ id }) => id),
    [],
  )
  assert.deepEqual([...evaluators.keys()].sort(), [
    "agent-offline",
    "device-unreachable",
    "interface-down",
  ])
  for (const { rule, why } of inactive)
    assert.equal(why.code, "rule.inactive.not-collected", rule.id)
  const off = packSet().inactive.filter(({ why }) => why.code === "rule.inactive.disabled")
  assert.deepEqual(off.map(({ rule }) => rule.id).sort(), [
    "client-signal-low",
    "queue-drops",
    "queue-full",
  ])
  for (const { rule, yaml } of defaultPack()) {
    if (rule.evaluator !== undefined) continue
    assert.ok(rule.description !== undefined || yaml.startsWith("#"), `${rule.id} is justified`)
  }
})
