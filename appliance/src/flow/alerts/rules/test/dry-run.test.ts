/** A rule tried on stored values finds what the same rule would have found as they arrived. */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../../../../test/database.ts"
import {
  healthOf,
  ingestInto,
  interfaceOf,
  makeAgent,
  makeMonitored,
  NOW,
  pingOf,
} from "../../../../../test/make-flow.ts"
import { readNamedEvents } from "../../../events/events.ts"
import type { AgentIdentity } from "../../../ingest/ingest.ts"
import { createSeries, readSamples, readUsualAt, type Series } from "../../../series/series.ts"
import { openAlerts } from "../../alerts.ts"
import { createAlertRules } from "../alert-rules.ts"

const MINUTE_MS = 60_000
let db: TestDatabase
let agent: AgentIdentity
let series: Series
before(async () => {
  db = await testDatabase()
  agent = await makeAgent(db, db.org)
  series = createSeries({ jobs: db.dbs.jobs, clock: { now: () => NOW } })
})
after(() => db.close())

const tryRule = async (yaml: string, range: "hour" | "day" | "week") => {
  const alerts = await openAlerts(db.dbs.jobs, db.org, NOW)
  await alerts.reload(NOW)
  const rules = createAlertRules({
    db: db.dbs.ui,
    audit: async () => undefined,
    now: () => ({ topology: alerts.topology(), counts: new Map() }),
    apply: async () => undefined,
    read: readSamples,
    readEvents: readNamedEvents,
    readPastUsual: readUsualAt,
    clock: { now: () => NOW },
  })
  return await rules.dryRun(db.org, { yaml, range })
}

test("a busy quarter of an hour is found by a lower bound, and not by the rule of now", async () => {
  const device = await makeMonitored(db, agent)
  const samples = Array.from({ length: 60 }, (_, minute) => {
    const atMs = NOW - (60 - minute) * MINUTE_MS + 30_000
    return healthOf(device, atMs, { cpuRatio: minute >= 20 && minute < 35 ? 0.85 : 0.3 })
  })
  await ingestInto(db, series, agent, samples)
  const tried = await tryRule(
    `id: cpu-high
name: CPU
when: { metric: device.cpu_pct, above: 80 }
for: 5m
severity: minor
`,
    "hour",
  )
  assert.deepEqual(tried.problems, [])
  assert.equal(tried.current?.raised, 0)
  assert.equal(tried.candidate?.raised, 1)
  const [alert] = tried.candidate?.alerts ?? []
  assert.equal(alert?.severity, "minor")
  assert.equal(Math.round(alert?.value ?? 0), 85)
  const minutesAgo = (ms: number | null | undefined) => Math.round((NOW - (ms ?? 0)) / MINUTE_MS)
  assert.deepEqual([minutesAgo(alert?.fromMs), minutesAgo(alert?.untilMs)], [34, 24])
})

test("probes, interfaces and events are replayed, and a rule without data says what it waits for", async () => {
  const device = await makeMonitored(db, agent)
  const lost = { answers: false, icmp: { sent: 1, received: 0, rttUs: null, jitterUs: null } }
  const items = Array.from({ length: 600 }, (_, s) => {
    const atMs = NOW - 20 * MINUTE_MS + s * 1_000
    return pingOf(device, atMs, s > 200 && s < 400 && s % 2 === 0 ? lost : {})
  })
  const ports = Array.from({ length: 60 }, (_, n) =>
    interfaceOf(device, NOW - (60 - n) * MINUTE_MS, "ether1", { errorsPs: n > 50 ? 12 : 0 }),
  )
  await ingestInto(db, series, agent, [...items, ...ports])
  await db.dbs.ui.asOrg(
    db.org,
    (tx) => tx`
      insert into events.event (org_id, id, at, received_at, device_id, name, source, severity, message, attributes)
      select ${db.org}, gen_random_uuid(), to_timestamp(${NOW}::float8 / 1000) - n * interval '1 minute', now(), ${device},
        'login-failed', 'syslog', 'warning', '', '{}' from generate_series(30, 45) n`,
  )
  const raisedBy = async (when: string): Promise<number> => {
    const id = `r-${randomUUID()
      .slice(0, 8)
      .replaceAll(/^[0-9]/g, "a")}`
    const yaml = `{ id: ${id}, name: R, severity: minor, when: ${when} }`
    const { candidate, problems } = await tryRule(yaml, "hour")
    assert.deepEqual(problems, [], when)
    return candidate?.raised ?? -1
  }
  assert.equal(await raisedBy("{ metric: ping.loss_pct, over: 1m, above: 20 }"), 1)
  assert.equal(await raisedBy("{ metric: ping.loss_pct, over: 1m, above: 80 }"), 0)
  assert.equal(await raisedBy("{ metric: interface.errors, above: 10 }"), 1)
  assert.equal(await raisedBy("{ events: [login-failed], over: 10m, count: 5 }"), 1)
  assert.equal(await raisedBy("{ events: [login-failed], over: 10m, count: 50 }"), 0)
  const waiting = await tryRule(
    "{ id: mpls, name: MPLS, severity: major, when: { metric: mpls.labels, above: 1000 } }",
    "day",
  )
  assert.equal(waiting.inactive?.code, "rule.inactive.not-collected")
  const wrong = await tryRule("{ id: x, name: X, severity: minor }", "day")
  assert.equal(wrong.problems.length, 1)
})

test("a deviation is measured against what was usual at each hour of the past", async () => {
  const [usual, never] = [await makeMonitored(db, agent), await makeMonitored(db, agent)]
  const hourMs = 60 * MINUTE_MS
  const thisHourMs = Math.floor(NOW / hourMs) * hourMs
  const rtt = (ms: number) => ({ icmp: { sent: 1, received: 1, rttUs: ms * 1_000, jitterUs: 0 } })
  for (let week = 4; week >= 1; week -= 1) {
    const weekMs = thisHourMs - week * 7 * 24 * hourMs
    const clock = { now: () => weekMs + 12 * hourMs }
    const then = createSeries({ jobs: db.dbs.jobs, clock })
    await db.dbs.ui.asOrg(
      db.org,
      (tx) => tx`select ispvm.run_housekeeping('premake', to_timestamp(${weekMs}::float8 / 1000))`,
    )
    const items = [-2, -1, 0, 1].map((hour) =>
      pingOf(usual, weekMs + hour * hourMs + MINUTE_MS, rtt(10)),
    )
    await ingestInto(db, then, agent, items, weekMs + 3 * hourMs)
    await then.runHousekeeping()
  }
  const minutes = Array.from({ length: 55 }, (_, n) => 55 - n)
  const now = (device: typeof usual) =>
    minutes.map((ago) =>
      pingOf(device, NOW - ago * MINUTE_MS, rtt(ago <= 30 && ago > 20 ? 60 : 12)),
    )
  await ingestInto(db, series, agent, [...now(usual), ...now(never)])
  const tried = await tryRule(
    "{ id: slow, name: S, severity: minor, when: { deviation: ping.rtt_ms, above: 3, least: 5 } }",
    "hour",
  )
  const devices = tried.candidate?.alerts.map(({ deviceId }) => deviceId)
  assert.deepEqual(devices, [usual], `not ${never}, of which nothing is usual`)
  assert.equal(Math.round(tried.candidate?.alerts[0]?.value ?? 0), 60)
})
