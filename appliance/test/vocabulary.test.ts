/** Migration 0022 renames what earlier releases stored: nothing may be lost or unreadable. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { CompanionInput, Verification } from "../src/api/companion.ts"
import { Hypothesis, Recheck } from "../src/api/incidents.ts"
import { KINDS } from "../src/flow/alerts/kinds/kinds.ts"
import { COMMON_REASONS, State } from "../src/flow/alerts/state-machine.ts"
import { Remainder } from "../src/flow/ingest/unevaluated.ts"
import { databaseBefore, type OldDatabase } from "./before-migration.ts"

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`
const OLD_REASONS = {
  "confirmed-silent": "probes-unanswered",
  heard: "online",
  "heard-again": "online-again",
  "heard-for-hold": "online-for-hold",
  "not-heard": "offline",
  "not-looked-at": "no-recent-data",
  "samples-refused": "samples-rejected",
  "no-longer-watched": "no-longer-monitored",
  "agent-silent": "agent-offline",
  answers: "answers",
}
const state = (reason: string) =>
  JSON.stringify({
    phase: "down",
    reason,
    sinceMs: 1,
    wasDown: true,
    goodSinceMs: null,
    risenAtMs: 7,
    flaps: 2,
  })
const SITE = { kind: "site", id: id(90), name: "S" }
const hypothesis = (probability: number, standIns: (typeof SITE)[][]) => ({
  components: [SITE],
  probability,
  standIns,
})
const rejectedItem = { device: id(2), port: "ether1" }

let database: OldDatabase
let sql: OldDatabase["sql"]
let applied: readonly string[]
before(async () => {
  database = await databaseBefore("0022")
  sql = database.sql
  await seed()
  applied = await database.migrate()
})
after(() => database?.close())

/** What a release before the migration wrote. */
const seed = async (): Promise<void> => {
  await sql`insert into orgs.org (id, name) values (${id(1)}, 'Test')`
  await sql`insert into inventory.device (id, org_id, name, address, methods)
    values (${id(2)}, ${id(1)}, 'D', '192.0.2.1', '{}')`
  await sql`insert into agents.agent (id, org_id, name) values (${id(3)}, ${id(1)}, 'A')`
  const wish = {
    release: null,
    duty: "core",
    watches: [{ name: "dns", host: "192.0.2.53" }],
    atMostAMinute: 7,
  }
  const verification = { atMs: 5, ok: false, trouble: "No answer.", drift: [] }
  await sql`insert into companion.wish (device_id, org_id, wish, verification)
    values (${id(2)}, ${id(1)}, ${sql.json(wish)}, ${sql.json(verification)})`
  await sql`insert into push.ledger values
    (${id(2)}, 'q', 'b', ${id(1)}, '[[1, 2]]', 0, 2, to_timestamp(1), to_timestamp(2))`
  await sql`insert into push.router (device_id, org_id, refused, last_refusal, watches) values
    (${id(2)}, ${id(1)}, 3, '{"atMs":1,"reason":"too-old","message":"m"}',
      '[{"name":"n","host":"h","state":"up","sinceMs":1}]')`
  await sql`insert into series.source_last (device_key, source, trouble, trouble_at)
    select key, 'snmp', 'no-answer', to_timestamp(3) from inventory.device`
  await sql`insert into ingest.unevaluated (org_id, agent_id, received_at, skew_ms, seen) values
    (${id(1)}, ${id(3)}, to_timestamp(4), 0,
      ${sql.json({ pings: [], interfaces: [], events: [], refused: [rejectedItem] })}),
    (${id(1)}, ${id(3)}, to_timestamp(4), 0, ${sql.json({ pings: [], interfaces: [], events: [] })})`
  for (const [n, reason] of Object.keys(OLD_REASONS).entries()) {
    const kind = n % 2 === 0 ? "agent-silent" : "device-unreachable"
    await sql`insert into alerts.alert (id, org_id, kind, entity, phase, reason, since, state)
      values (${id(10 + n)}, ${id(1)}, ${kind}, ${String(n)}, 'down', ${reason}, to_timestamp(1), ${state(reason)}::text::jsonb)`
    await sql`insert into alerts.transition (org_id, alert_id, at, was, now, reason)
      values (${id(1)}, ${id(10 + n)}, to_timestamp(1), 'ok', 'down', ${reason})`
  }
  await sql`insert into incidents.incident (id, number, org_id, state, title, causes, opened_at, devices_behind, hypotheses, rechecks)
    values (${id(50)}, 1, ${id(1)}, 'open', 'T', '[]', to_timestamp(1), 4,
      ${sql.json([hypothesis(0.7, [[SITE]]), hypothesis(0.3, [])])},
      ${sql.json([{ text: "t", askedAtMs: 9, answeredAtMs: null, result: null }])}),
    (${id(51)}, 2, ${id(1)}, 'closed', 'U', '[]', to_timestamp(1), 0, '[]', '[]')`
  await sql`insert into incidents.symptom (incident_id, alert_id, org_id, part, since) values
    (${id(50)}, ${id(10)}, ${id(1)}, 'cause', to_timestamp(1)),
    (${id(50)}, ${id(11)}, ${id(1)}, 'evidence', to_timestamp(1)),
    (${id(50)}, ${id(12)}, ${id(1)}, 'behind', to_timestamp(1))`
  await sql`insert into audit.entry (org_id, actor, action, subject, detail) values
    (${id(1)}, 'agent A', 'agent.samples-refused', 'agent', '{"duty":"core","refused":1}')`
}

test("migration 0022: a router's desired configuration and its last verification stay readable", async () => {
  assert.ok(applied.includes("0022-vocabulary.sql"))
  const [row] = await sql`select desired, verification from companion.desired_config`
  const desired = CompanionInput.parse(row?.desired)
  assert.deepEqual(
    [desired.profile, desired.maxPerMinute, desired.netwatch.map((entry) => entry.host)],
    ["core", 7, ["192.0.2.53"]],
  )
  assert.equal(Verification.parse(row?.verification).problem, "No answer.")
})

test("migration 0022: kinds, reasons and states of alerts are read as before", async () => {
  const rows = await sql`select kind, reason, state from alerts.alert order by id`
  assert.deepEqual(
    rows.map(({ reason }) => reason),
    Object.values(OLD_REASONS),
  )
  const reasons = KINDS.flatMap((kind) => Object.keys(kind.reasons))
  const known = new Set([...reasons, ...Object.keys(COMMON_REASONS)])
  assert.ok(rows.every(({ reason }) => known.has(String(reason))))
  assert.deepEqual(
    rows.map((row) => State.parse(row.state).reason),
    Object.values(OLD_REASONS),
  )
  assert.ok(rows.every((row) => State.parse(row.state).upAgainAtMs === 7))
  assert.deepEqual(
    rows.slice(0, 2).map(({ kind }) => kind),
    ["agent-offline", "device-unreachable"],
  )
  const steps = await sql`select reason from alerts.transition order by alert_id`
  assert.deepEqual(
    steps.map(({ reason }) => reason),
    Object.values(OLD_REASONS),
  )
  await assert.rejects(sql`update alerts.alert set kind = 'Agent silent'`, /alert_kind_check/)
})

test("migration 0022: incidents keep their hypotheses in order, their rechecks and their symptoms", async () => {
  const rows = await sql`
    select devices_downstream as downstream, hypotheses, rechecks from incidents.incident order by number`
  assert.equal(rows[0]?.downstream, 4)
  const hypotheses = Hypothesis.array().parse(rows[0]?.hypotheses)
  assert.deepEqual(
    hypotheses.map((one) => [one.probability, one.equivalents.length]),
    [
      [0.7, 1],
      [0.3, 0],
    ],
  )
  assert.equal(Recheck.array().parse(rows[0]?.rechecks)[0]?.requestedAtMs, 9)
  assert.deepEqual([rows[1]?.hypotheses, rows[1]?.rechecks], [[], []])
  const roles = await sql`select role from incidents.symptom order by alert_id`
  assert.deepEqual(
    roles.map(({ role }) => role),
    ["cause", "evidence", "downstream"],
  )
  await assert.rejects(sql`update incidents.symptom set role = 'behind'`, /symptom_role_check/)
})

test("migration 0022: unevaluated batches are still evaluated", async () => {
  const rows = await sql`select observations from ingest.unevaluated order by id`
  assert.deepEqual(
    rows.map((row) => Remainder.parse(row.observations).rejected),
    [[rejectedItem], []],
  )
})

test("migration 0022: columns of routers, queues and sources keep their values", async () => {
  const [router] = await sql<
    { rejected: number; last_rejection: { reason: string }; netwatch: { host: string }[] }[]
  >`select rejected::int, last_rejection, netwatch from push.router`
  assert.equal(router?.rejected, 3)
  assert.equal(router?.last_rejection.reason, "too-old")
  assert.equal(router?.netwatch[0]?.host, "h")
  const [queue] = await sql`select extract(epoch from received_at)::int as at from push.ledger`
  assert.equal(queue?.at, 2)
  const [source] = await sql`
    select problem, extract(epoch from problem_at)::int as at from series.source_last`
  assert.deepEqual([source?.problem, source?.at], ["no-answer", 3])
})

test("migration 0022: the audit is unchanged", async () => {
  const [entry] = await sql`select action, detail from audit.entry`
  assert.deepEqual(
    [entry?.action, entry?.detail],
    ["agent.samples-refused", { duty: "core", refused: 1 }],
  )
})

test("migration 0022: no policy, function or constraint has an old name", async () => {
  const names = await sql<{ name: string }[]>`
    select polname::text as name from pg_policy
    union all select conname from pg_constraint
    union all select n.nspname || '.' || p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace`
  const old =
    /^(door|fill)$|wish|behind|_part_|told|unevaluated_seen|watches|refus|trouble|ispvm\.tick|rename_key/
  assert.deepEqual(
    names.filter((row) => old.test(row.name)),
    [],
  )
})
