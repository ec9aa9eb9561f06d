/**
 * A made-up alert kind, played through the engine and the database: everything a kind needs is in
 * one definition, as it would be in `temperature-high.ts`.
 */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { globSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { after, before, test } from "node:test"
import { z } from "zod"
import { testDatabase } from "../../../../test/database.ts"
import { AgentId, AlertId, DeviceId, IncidentId } from "../../../platform/ids.ts"
import { createIncidentEngine } from "../../incidents/engine/engine.ts"
import { openAlerts } from "../alerts.ts"
import { createAlertEngine } from "../engine.ts"
import type { AlertInput, Transition } from "../model.ts"
import { COMMON_REASONS, initialState, markDown, markUp } from "../state-machine.ts"
import { loadAlerts } from "../store.ts"
import { buildTopology } from "../topology.ts"
import { type AlertKind, samplesOf } from "./kind.ts"
import { KINDS } from "./kinds.ts"

const ROOT = join(import.meta.dirname, "../../../../..")
const MAX_CELSIUS = 70

const REASONS = {
  ok: "temperature-normal",
  recovering: "temperature-normal-again",
  recovered: "temperature-normal-for-hold",
  down: "temperature-too-high",
} as const
const Memory = z.object({ maxCelsius: z.number() })

const temperatureHigh: AlertKind<z.infer<typeof Memory>, number> = {
  id: "temperature-high",
  observes: null,
  reasons: {
    "temperature-normal": "ok",
    "temperature-normal-again": "recovering",
    "temperature-normal-for-hold": "ok",
    "temperature-too-high": "down",
  },
  memory: Memory,
  *subjects({ devices }) {
    for (const { id } of devices.values())
      yield { entity: id, deviceId: id, interface: null, agentId: null }
  },
  create: (nowMs) => ({
    state: initialState(nowMs),
    observedAtMs: null,
    answeredAtMs: null,
    memory: { maxCelsius: Number.NEGATIVE_INFINITY },
  }),
  readings: (input) =>
    samplesOf(input, "sensor").flatMap(({ device, sensor, atMs, value }) =>
      sensor === "temperature" && value !== null ? [{ entity: device, device, atMs, value }] : [],
    ),
  step: (was, celsius, atMs) => ({
    ...was,
    state: (celsius > MAX_CELSIUS ? markDown : markUp)(was.state, atMs, REASONS),
    observedAtMs: atMs,
    memory: { maxCelsius: Math.max(was.memory.maxCelsius, celsius) },
  }),
  unseenMs: () => 120_000,
  figure: ({ memory }) => memory.maxCelsius,
}
const kinds = [...KINDS, temperatureHigh]

const device = DeviceId.parse(randomUUID())
const agent = AgentId.parse(randomUUID())
const START_MS = 1_900_000_000_000
const topology = buildTopology(
  [{ id: device, name: "R1", roles: [], agentId: agent, siteId: null, reportsEveryS: null }],
  [],
  [{ id: agent, name: "A1", deviceId: null, siteId: null }],
  [],
)
const measured = (celsius: number, atMs: number, from = { agent, device }): AlertInput => ({
  agent: { id: from.agent },
  router: null,
  receivedAtMs: atMs,
  skewMs: 0,
  pings: [],
  interfaces: [],
  events: [],
  others: [
    {
      ...{ kind: "sensor", device: from.device, deviceKey: 1, atMs, source: "snmp" },
      ...{ sensor: "temperature", unit: "°C", value: celsius },
    },
  ],
})
const stepsOf = (transitions: readonly Transition[]) =>
  transitions.flatMap(({ alert, was, now, reason }) =>
    alert.kind === temperatureHigh.id ? [[was, now, reason]] : [],
  )

let db: Awaited<ReturnType<typeof testDatabase>>
before(async () => {
  db = await testDatabase()
})
after(() => db.close())

test("a made-up kind goes down, is hidden by its agent, recovers after the hold, and ends with its device", () => {
  const engine = createAlertEngine({
    org: db.org,
    newId: () => AlertId.parse(randomUUID()),
    kinds,
  })
  engine.updateTopology(topology, START_MS)
  let nowMs = START_MS
  const observe = (celsius: number, afterMs: number) => {
    nowMs += afterMs
    return stepsOf(engine.observe(measured(celsius, nowMs), nowMs))
  }
  const wait = (forMs: number) => {
    const steps: ReturnType<typeof stepsOf> = []
    for (const endMs = nowMs + forMs; nowMs < endMs; ) {
      nowMs += 500
      steps.push(...stepsOf(engine.evaluateTimers(nowMs)))
    }
    return steps
  }
  assert.deepEqual(observe(40, 1_000), [["unknown", "ok", "temperature-normal"]])
  assert.deepEqual(observe(75, 1_000), [["ok", "down", "temperature-too-high"]])
  assert.equal(engine.hasProblems(), true)
  // It observes no component of the network: root-cause analysis leaves it alone.
  const incidents = createIncidentEngine(() => IncidentId.parse(randomUUID()))
  assert.deepEqual(incidents.review(topology, engine, nowMs).changed, [])
  assert.equal(engine.observing("device", device)?.kind, "device-unreachable")
  assert.deepEqual(wait(5_000), [["down", "unknown", "agent-offline"]])
  // The agent is back: first nothing hides the alert any more, then the reading counts.
  assert.deepEqual(observe(80, 1_000), [
    ["unknown", "unknown", "no-recent-data"],
    ["unknown", "down", "temperature-too-high"],
  ])
  assert.deepEqual(observe(50, 1_000), [["down", "recovering", "temperature-normal-again"]])
  assert.deepEqual(observe(50, 1_000), [])
  assert.deepEqual(observe(50, 2_000), [["recovering", "ok", "temperature-normal-for-hold"]])
  assert.equal(engine.figure(temperatureHigh.id, device), 80)
  for (let second = 0; second < 120; second += 1) {
    nowMs += 1_000
    engine.markAgentSeen(agent, nowMs)
    assert.deepEqual(stepsOf(engine.evaluateTimers(nowMs)), [])
  }
  engine.markAgentSeen(agent, nowMs)
  assert.deepEqual(wait(500), [["ok", "unknown", "no-recent-data"]])
  assert.deepEqual(stepsOf(engine.updateTopology(buildTopology([], [], [], []), nowMs)), [
    ["unknown", "ok", "no-longer-monitored"],
  ])
})

test("the database stores a made-up kind with its memory, and ends its alerts when the kind is gone", async () => {
  const { org } = db
  const ids = await db.dbs.jobs.asOrg(org, async (tx) => {
    const [by] = await tx<{ id: string }[]>`
      insert into agents.agent (org_id, name, enrolled_at) values (${org}, 'A1', now()) returning id`
    const [of] = await tx<{ id: string }[]>`
      insert into inventory.device (org_id, name, address, methods, agent_id)
      values (${org}, 'R1', '10.0.0.1', '{}', ${by?.id ?? ""}) returning id`
    return { agent: AgentId.parse(by?.id), device: DeviceId.parse(of?.id) }
  })
  const stored = async () => {
    const rows = await db.dbs.jobs.asOrg(org, (tx) => loadAlerts(tx, org, kinds))
    return rows.find(({ kind }) => kind === temperatureHigh.id)
  }
  const alerts = await openAlerts(db.dbs.jobs, org, START_MS, { kinds })
  alerts.enqueue(await alerts.reload(START_MS))
  const atMs = START_MS + 1_000
  alerts.enqueue(alerts.observe(measured(90, atMs, ids), atMs))
  await alerts.flush()
  assert.deepEqual((await stored())?.memory, { maxCelsius: 90 })

  const restarted = await openAlerts(db.dbs.jobs, org, START_MS + 9_000, { kinds })
  assert.equal(restarted.of(temperatureHigh.id, ids.device)?.state.phase, "down")
  assert.equal(restarted.figure(temperatureHigh.id, ids.device), 90)

  const without = await openAlerts(db.dbs.jobs, org, START_MS + 10_000)
  without.enqueue(await without.reload(START_MS + 10_000))
  await without.flush()
  assert.equal((await stored())?.state.reason, "no-longer-monitored")
})

test("a made-up kind touches its own file, the list of kinds and the UI texts", () => {
  const points: unknown = JSON.parse(readFileSync(join(ROOT, ".ci/extension-points.json"), "utf8"))
  const { "alert kind": files } = z.object({ "alert kind": z.array(z.string()) }).parse(points)
  const folder = "appliance/src/flow/alerts/kinds"
  assert.deepEqual(files, [
    `${folder}/${temperatureHigh.id}.ts`,
    `${folder}/kinds.ts`,
    "ui/src/i18n/strings/incidents.ts",
  ])
  // The rest of the module, and the database as migrated, name no kind.
  const names = KINDS.flatMap(({ id, reasons }) => [id, ...Object.keys(reasons)])
  const sources = globSync("appliance/src/flow/alerts/*.ts", { cwd: ROOT }).filter(
    (file) => !file.endsWith(".test.ts"),
  )
  assert.ok(sources.length > 5)
  for (const file of sources) {
    const text = readFileSync(join(ROOT, file), "utf8")
    assert.deepEqual(
      names.filter((name) => text.includes(`"${name}"`) || text.includes(`'${name}'`)),
      [],
      file,
    )
  }
})

test("each kind is the file of its name, and each of its reasons has a text in each language of the UI", () => {
  const files = globSync("*.ts", { cwd: import.meta.dirname }).map((file) => basename(file, ".ts"))
  const reasons = Object.keys(COMMON_REASONS)
  for (const kind of KINDS) {
    assert.ok(files.includes(kind.id), kind.id)
    reasons.push(...Object.keys(kind.reasons))
  }
  for (const file of ["incidents.ts", "tr/incidents.ts"]) {
    const texts = readFileSync(join(ROOT, "ui/src/i18n/strings", file), "utf8")
    const missing = reasons.filter((reason) => !new RegExp(`^  "?${reason}"?: "`, "m").test(texts))
    assert.deepEqual(missing, [], file)
  }
})
