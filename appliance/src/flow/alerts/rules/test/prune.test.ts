/** Ended alerts of rules are deleted after 90 days, unless an incident holds them. */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../../../../test/database.ts"
import { makeAgent, makeMonitored, NOW } from "../../../../../test/make-flow.ts"
import { DeviceId } from "../../../../platform/ids.ts"
import { openAlerts, pruneAlerts } from "../../alerts.ts"
import type { Transition } from "../../model.ts"
import { rulesOf } from "./rule-world.ts"

const DAY_MS = 86_400_000
const RULES = rulesOf(
  "{ id: cpu, name: C, severity: minor, when: { metric: device.cpu_pct, above: 90 } }",
)
let db: TestDatabase
before(async () => {
  db = await testDatabase()
})
after(() => db.close())

/** An alert that was raised and has ended, unless `isRaised`. */
const stored = async (id: string, endedAtMs: number, isRaised = false): Promise<string> => {
  const device = DeviceId.parse(id)
  const startMs = endedAtMs - 60_000
  const alerts = await openAlerts(db.dbs.jobs, db.org, startMs, { rules: RULES })
  const steps: Transition[] = await alerts.reload(startMs)
  const observed = (atMs: number, cpuRatio: number) =>
    steps.push(
      ...alerts.observe(
        {
          ...{ agent: null, router: device, receivedAtMs: atMs, skewMs: 0, isSecond: false },
          ...{ rejected: [], pings: [], interfaces: [], events: [] },
          others: [{ kind: "health", device, atMs, cpuRatio } as never],
        },
        atMs,
      ),
    )
  observed(startMs, 0.99)
  if (!isRaised) observed(endedAtMs, 0.1)
  const own = steps.filter(({ alert }) => alert.kind === "cpu" && alert.deviceId === device)
  assert.equal(own.at(-1)?.now, isRaised ? "degraded" : "ok")
  alerts.enqueue(own)
  await alerts.flush()
  return own[0]?.alert.id ?? ""
}

test("housekeeping deletes alerts of rules that ended 90 days ago, with their steps", async () => {
  const agent = await makeAgent(db, db.org)
  const device = () => makeMonitored(db, agent)
  const old = await stored(await device(), NOW - 91 * DAY_MS)
  const recent = await stored(await device(), NOW - 89 * DAY_MS)
  const raised = await stored(await device(), NOW - 91 * DAY_MS, true)
  const held = await stored(await device(), NOW - 91 * DAY_MS)
  const builtIn = randomUUID()
  await db.dbs.ui.asOrg(db.org, async (tx) => {
    const incident = randomUUID()
    await tx`
      insert into incidents.incident (id, number, org_id, state, title, causes, opened_at)
      values (${incident}, 1, ${db.org}, 'closed', '{}', '[]', now())`
    await tx`
      insert into incidents.symptom (incident_id, alert_id, org_id, role, since)
      values (${incident}, ${held}, ${db.org}, 'cause', now())`
    await tx`
      insert into alerts.alert (id, org_id, kind, entity, phase, reason, since, state)
      values (${builtIn}, ${db.org}, 'device-unreachable', 'x', 'ok', 'answers', '2001-01-01', '{}')`
  })
  await pruneAlerts(db.dbs.jobs, db.org, NOW)
  const left = await db.dbs.ui.asOrg(
    db.org,
    (tx) => tx<{ id: string }[]>`select id from alerts.alert order by id`,
  )
  assert.deepEqual(
    left.map(({ id }) => id),
    [recent, raised, held, builtIn].toSorted(),
    `not ${old}`,
  )
})
