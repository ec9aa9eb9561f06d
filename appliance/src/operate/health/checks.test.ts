import assert from "node:assert/strict"
import { test } from "node:test"
import { CheckId } from "../../api/check-messages.ts"
import { HealthCheck } from "../../api/health.ts"
import { textOf } from "../../messages/text.ts"
import { evaluate } from "./health.ts"
import { createLatencyWindow } from "./latency-window.ts"
import type { Readings } from "./model.ts"
import { createRateWindow } from "./rate-window.ts"

const NOW = 1_900_000_000_000
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const GB = 1e9
const NONE = { p95Ms: null, samples: 0 }

const well: Readings = {
  nowMs: NOW,
  storageFault: null,
  disks: [{ path: "/data", freeBytes: 400 * GB, totalBytes: 500 * GB }],
  rawStorage: rawStorage(60, "normal"),
  clock: { isSynchronized: true, lostSinceMs: null },
  agents: [
    {
      name: "north",
      isOnline: true,
      oldestBufferedAtMs: NOW - 2_000,
      certificateExpiresAtMs: NOW + 20 * DAY,
      gaveUp: null,
    },
  ],
  waiting: 0,
  certificate: { fault: null, expiresAtMs: NOW + 300 * DAY },
  backup: {
    everyMs: DAY,
    keyMadeAtMs: NOW - 90 * DAY,
    lastVerifiedAtMs: NOW - HOUR,
    hasFailed: false,
  },
  undoneUpdate: null,
  notifications: { channels: 2, failing: [] },
  detection: { p95Ms: 2_400, samples: 3 },
  ingest: { p95Ms: 40, samples: 400 },
  queries: { p95Ms: 120, samples: 90 },
  dispatch: { p95Ms: 800, samples: 4 },
  evaluation: { p95Ms: 12, samples: 900, rulesPerS: 4_100.04, alertsPerS: 0.25 },
}
/** After it has lasted for an hour. */
const found = (more: Partial<Readings>) => {
  const readings = { ...well, ...more }
  const first = evaluate({}, readings, { nowMs: NOW - HOUR, steadyMs: 0 })
  return evaluate(first.held, readings, { nowMs: NOW, steadyMs: HOUR })
}
const stateOf = (id: CheckId, more: Partial<Readings>) => {
  const check = found(more).checks.find((each) => each.id === id)
  assert.ok(check)
  return { state: check.state, text: textOf(check.message), value: check.value }
}
const agent = (more: Partial<NonNullable<Readings["agents"]>[number]>): Readings["agents"] => [
  {
    name: "south",
    isOnline: true,
    oldestBufferedAtMs: null,
    certificateExpiresAtMs: null,
    gaveUp: null,
    ...more,
  },
]

test("a healthy appliance: every check is ok and as the API has it", () => {
  const { checks, incidents } = found({})
  assert.deepEqual(
    checks.map(({ id }) => id),
    CheckId.options,
  )
  for (const check of checks) {
    assert.deepEqual(HealthCheck.parse(check), check)
    assert.equal(check.state, "ok", check.id)
  }
  assert.deepEqual(new Set(incidents.map(({ incident }) => incident)), new Set(["close"]))
})

test("before anything was read nothing is known, and nothing is wrong", () => {
  const nothing: Readings = {
    ...well,
    ...{ disks: [], agents: null, waiting: null, backup: null },
    clock: { isSynchronized: null, lostSinceMs: null },
    certificate: { fault: null, expiresAtMs: null },
    ...{ detection: NONE, ingest: NONE, queries: NONE, dispatch: NONE },
    evaluation: { ...NONE, rulesPerS: null, alertsPerS: null },
    ...{ notifications: null, rawStorage: null },
  }
  const { checks, incidents } = evaluate({}, nothing, { nowMs: NOW, steadyMs: 0 })
  assert.deepEqual(
    checks.flatMap(({ id, state }) => (state === "unknown" ? [] : [id])),
    ["database", "update"],
  )
  assert.ok(incidents.every(({ incident }) => incident === "keep"))
})

const cases: readonly [CheckId, string, Partial<Readings>, HealthCheck["state"], RegExp][] = [
  ["database", "read-only", { storageFault: "read-only" }, "critical", /read-only/],
  ["disk", "12 % of a small disk", disk(12, 100), "warning", /12 GB of 100 GB/],
  ["disk", "4 % of a small disk", disk(4, 100), "critical", /4 000 MB of 100 GB/u],
  ["disk", "3 % of a large disk is plenty", disk(60, 2_000), "ok", /60 GB/],
  ["clock", "lost for 6 minutes", lost(6 * MINUTE), "warning", /6 min/],
  ["clock", "lost for 2 hours", lost(2 * HOUR), "critical", /2 h/],
  [
    "clock",
    "of a machine that does not say",
    { clock: { isSynchronized: null, lostSinceMs: null } },
    "unknown",
    /does not say/,
  ],
  [
    "ingest-lag",
    "of 5 minutes",
    { agents: agent({ oldestBufferedAtMs: NOW - 5 * MINUTE }) },
    "warning",
    /south.*5 min/,
  ],
  [
    "ingest-lag",
    "of an hour",
    { agents: agent({ oldestBufferedAtMs: NOW - HOUR }) },
    "critical",
    /1 h/,
  ],
  [
    "ingest-lag",
    "of an agent that is offline",
    { agents: agent({ isOnline: false, oldestBufferedAtMs: NOW - HOUR }) },
    "ok",
    /within a minute/,
  ],
  ["queue", "of 40", { waiting: 40 }, "warning", /40/],
  ["queue", "of 64", { waiting: 64 }, "critical", /64/],
  [
    "certificates",
    "the provider's with 20 days",
    { certificate: { fault: null, expiresAtMs: NOW + 20.5 * DAY } },
    "warning",
    /your certificate.*20 days/,
  ],
  [
    "certificates",
    "an agent's with a day",
    { agents: agent({ certificateExpiresAtMs: NOW + 1.2 * DAY }) },
    "critical",
    /agent south, in 1 day/,
  ],
  [
    "certificates",
    "an agent's that has ended",
    { agents: agent({ certificateExpiresAtMs: NOW - DAY }) },
    "critical",
    /Expired.*south/,
  ],
  [
    "certificates",
    "unusable",
    { certificate: { fault: "key-does-not-fit", expiresAtMs: null } },
    "critical",
    /does not belong/,
  ],
  [
    "backup",
    "never set up",
    { backup: backup({ everyMs: null }) },
    "warning",
    /No backups are made/,
  ],
  ["backup", "failed", { backup: backup({ hasFailed: true }) }, "warning", /failed/],
  [
    "backup",
    "two days old",
    { backup: backup({ lastVerifiedAtMs: NOW - 2 * DAY }) },
    "warning",
    /overdue/,
  ],
  [
    "backup",
    "four days old",
    { backup: backup({ lastVerifiedAtMs: NOW - 4 * DAY }) },
    "critical",
    /4 d/,
  ],
  [
    "backup",
    "none since the key was made",
    { backup: backup({ lastVerifiedAtMs: null }) },
    "critical",
    /No backup/,
  ],
  [
    "backup",
    "none yet, with a new key",
    { backup: backup({ lastVerifiedAtMs: null, keyMadeAtMs: NOW - HOUR }) },
    "ok",
    /No backup/,
  ],
  [
    "agents",
    "one offline",
    { agents: agent({ isOnline: false }) },
    "warning",
    /1 of 1 agent offline: south/,
  ],
  ["agents", "none", { agents: [] }, "warning", /No agent/],
  [
    "update",
    "undone two hours ago",
    { undoneUpdate: { to: "0.2.0", atMs: NOW - 2 * HOUR, isIncomplete: false } },
    "warning",
    /The update to 0\.2\.0 was undone 2 h ago/,
  ],
  [
    "update",
    "packages of Debian that do not all work",
    { undoneUpdate: { to: "trixie-20261201.0938", atMs: NOW - 2 * HOUR, isIncomplete: true } },
    "warning",
    /Debian packages \(trixie-20261201\.0938\) were installed 2 h ago, and not everything works/,
  ],
  [
    "update",
    "given up by an agent",
    { agents: agent({ gaveUp: "0.2.0" }) },
    "warning",
    /Agent south went back from 0\.2\.0/,
  ],
  [
    "raw-storage",
    "at 81 %",
    { rawStorage: rawStorage(81, "normal") },
    "warning",
    /81 % of the database's disk are used; all values are stored/,
  ],
  [
    "raw-storage",
    "at 91 %",
    { rawStorage: rawStorage(91, "shorten") },
    "critical",
    /dropped early. Some go back only 4 d/,
  ],
  [
    "raw-storage",
    "at 96 %",
    { rawStorage: rawStorage(96, "stop") },
    "critical",
    /evaluated and not stored. 1.200 of 2 devices so far/,
  ],
  ["raw-storage", "on another machine", { rawStorage: null }, "unknown", /another machine/],
  ["slo-detection", "of 40 s", { detection: { p95Ms: 40_000, samples: 4 } }, "warning", /40 s/],
  ["slo-ingest", "of 700 ms", { ingest: { p95Ms: 700, samples: 40 } }, "warning", /700 ms/],
  [
    "slo-ingest",
    "of three batches",
    { ingest: { p95Ms: 9_000, samples: 3 } },
    "unknown",
    /20 are needed/,
  ],
  [
    "notifications",
    "without a channel",
    { notifications: { channels: 0, failing: [] } },
    "warning",
    /nobody is notified/,
  ],
  [
    "notifications",
    "with one of two failing",
    { notifications: { channels: 2, failing: [{ name: "Mail", sinceMs: NOW - HOUR }] } },
    "warning",
    /1 of 2 channels fails \(Mail\)/,
  ],
  [
    "notifications",
    "with the only one failing",
    { notifications: { channels: 1, failing: [{ name: "Mail", sinceMs: NOW - HOUR }] } },
    "critical",
    /1 of 1 channel fails/,
  ],
  ["slo-dispatch", "of 40 s", { dispatch: { p95Ms: 40_000, samples: 3 } }, "warning", /40 s/],
  [
    "slo-evaluation",
    "with its rates",
    {},
    "ok",
    /at most 12 ms; 900 measured. 4.100 evaluations of rules and 0.3 steps of alerts a second/,
  ],
  [
    "slo-evaluation",
    "of 4 s",
    { evaluation: { p95Ms: 4_000, samples: 900, rulesPerS: null, alertsPerS: null } },
    "warning",
    /4.000 ms/,
  ],
  ["slo-queries", "of 25 s", { queries: { p95Ms: 25_000, samples: 40 } }, "critical", /25 s/],
]
function disk(freeGb: number, totalGb: number): Partial<Readings> {
  return { disks: [{ path: "/data", freeBytes: freeGb * GB, totalBytes: totalGb * GB }] }
}
function rawStorage(
  usedPct: number,
  level: "normal" | "shorten" | "stop",
): NonNullable<Readings["rawStorage"]> {
  return {
    usedBytes: usedPct * GB,
    freeBytes: (100 - usedPct) * GB,
    level,
    droppedUntilMs: level === "normal" ? null : NOW - 4 * DAY,
    notStored: { samples: level === "stop" ? 1_200 : 0, devices: level === "stop" ? 2 : 0 },
  }
}
function lost(forMs: number): Partial<Readings> {
  return { clock: { isSynchronized: false, lostSinceMs: NOW - forMs } }
}
function backup(more: Partial<NonNullable<Readings["backup"]>>): Readings["backup"] {
  return well.backup === null ? null : { ...well.backup, ...more }
}
for (const [id, what, more, state, text] of cases)
  test(`${id}, ${what}: ${state}`, () => {
    const check = stateOf(id, more)
    assert.equal(check.state, state)
    assert.match(check.text.replaceAll("\u202f", " "), text)
  })

test("the fullest of several disks decides", () => {
  const disks = [
    { path: "/small", freeBytes: 4 * GB, totalBytes: 100 * GB },
    { path: "/data", freeBytes: 400 * GB, totalBytes: 500 * GB },
  ]
  assert.match(stateOf("disk", { disks }).text, /\/small/)
})

test("an incident opens with a critical state, stays while nothing is known, and closes after a minute of being well", () => {
  const step = (was: Parameters<typeof evaluate>[0], second: number, more: Partial<Readings>) =>
    evaluate(was, { ...well, ...more }, { nowMs: NOW + second * 1_000, steadyMs: second * 1_000 })
  const of = ({ incidents }: ReturnType<typeof evaluate>) =>
    incidents.find(({ check }) => check === "queue")?.incident
  const start = step({}, 0, {})
  assert.equal(of(start), "keep", "after a restart an incident is not closed at once")
  const waiting = step(start.held, 5, { waiting: 100 })
  assert.equal(of(waiting), "keep")
  const open = step(waiting.held, 40, { waiting: 100 })
  assert.equal(of(open), "open")
  assert.deepEqual(
    open.changed.map(({ check, was }) => [check.id, was, check.state]),
    [["queue", "ok", "critical"]],
  )
  const unknown = step(step(open.held, 45, { waiting: null }).held, 300, { waiting: null })
  assert.equal(of(unknown), "keep")
  const well1 = step(step(unknown.held, 305, {}).held, 340, {})
  assert.equal(of(well1), "keep")
  assert.equal(of(step(well1.held, 400, {})), "close")
})

test("a latency is the 95th percentile of what is young enough", () => {
  let steadyMs = 0
  const window = createLatencyWindow({ lastsMs: 1_000, maxSamples: 100, steady: () => steadyMs })
  assert.deepEqual(window.read(), { p95Ms: null, samples: 0 })
  for (let n = 1; n <= 100; n += 1) window.add(n)
  assert.deepEqual(window.read(), { p95Ms: 95, samples: 100 })
  for (let n = 0; n < 50; n += 1) window.add(500)
  assert.deepEqual(window.read(), { p95Ms: 500, samples: 100 }, "only the newest are kept")
  steadyMs = 2_000
  window.add(7)
  assert.deepEqual(window.read(), { p95Ms: 7, samples: 1 })
})

test("a rate is that of the last minute, and begins again with its count", () => {
  let nowMs = 0
  const rate = createRateWindow(() => nowMs)
  assert.equal(rate.perSecond(), null)
  for (let total = 0; total <= 1_200; total += 10, nowMs += 1_000) rate.note(total)
  assert.equal(rate.perSecond(), 10)
  for (let total = 1_200; total <= 4_200; total += 50, nowMs += 1_000) rate.note(total)
  assert.equal(rate.perSecond(), 50)
  rate.note(0)
  assert.equal(rate.perSecond(), null)
})
