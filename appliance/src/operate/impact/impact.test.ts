import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, before, beforeEach, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { makeActor, makeDevice, makeInventory } from "../../../test/make.ts"
import { IncidentImpact } from "../../api/impact.ts"
import type { IncidentDetail, Symptom } from "../../api/incidents.ts"
import { OrgId } from "../../platform/ids.ts"
import { createOrg } from "../../registry/orgs/orgs.ts"
import { createImpact } from "./impact.ts"

const FAULT_MS = Date.UTC(2026, 10, 1, 3)
const MINUTE_MS = 60_000
let db: TestDatabase
let org: OrgId
before(async () => {
  db = await testDatabase()
})
beforeEach(async () => {
  const { id } = await db.dbs.ui.sql.begin((tx) => createOrg(tx, randomUUID()))
  org = OrgId.parse(id)
})
after(() => db.close())

const addDevice = async (name: string): Promise<string> =>
  (await makeInventory(db).createDevice(makeActor(org), makeDevice({ name }))).id
/** `polledMs`: when its sessions were last read. */
const polled = (device: string, polledMs: number) =>
  db.dbs.ui.asOrg(
    org,
    (tx) => tx`
      insert into tables.snapshot (org_id, device_id, name, source, at, full_at, reported, stored)
      values (${org}, ${device}, 'sessions', 'routeros-api', to_timestamp(${polledMs}::float8 / 1000), now(), 0, 0)
      on conflict (device_id, name, source) do update set at = excluded.at`,
  )
type Times = { readonly fromMs?: number; readonly goneMs?: number | null }
const session = (device: string, user: string, { fromMs = 0, goneMs = null }: Times = {}) =>
  db.dbs.ui.asOrg(
    org,
    (tx) => tx`
      insert into tables.row (org_id, device_id, name, source, key, cells, words, first_seen_at, changed_at, seen_at, gone_at)
      values (${org}, ${device}, 'sessions', 'routeros-api', ${`${user} ${fromMs}`}, ${JSON.stringify({ user, service: "pppoe" })}::text::jsonb,
        '', to_timestamp(${fromMs}::float8 / 1000), now(), now(), to_timestamp(${goneMs}::float8 / 1000))`,
  )

const symptom = (deviceId: string, kind: string): Symptom => ({
  ...{
    alertId: randomUUID(),
    kind,
    deviceId,
    deviceName: "pppoe-1",
    interface: null,
    phase: "down",
  },
  ...{ part: "cause", reason: "no-answer", sinceMs: FAULT_MS },
})
const impactOf = async (
  symptomList: readonly Symptom[],
  { nowMs = FAULT_MS + MINUTE_MS, withPersons = true, closedAtMs = null as number | null } = {},
): Promise<IncidentImpact> => {
  const detail = { symptomList: [...symptomList], openedAtMs: FAULT_MS + 3_000, closedAtMs }
  const impact = createImpact({
    ...{ db: db.dbs.ui, clock: { now: () => nowMs } },
    incident: async () => detail as IncidentDetail,
  })
  return IncidentImpact.parse(await impact.ofIncident(org, randomUUID(), withPersons))
}
const cutOff = ({ sessions }: IncidentImpact): (string | null)[] =>
  (sessions ?? []).filter(({ isCutOff }) => isCutOff).map(({ user }) => user)

test("all sessions of a router that nobody reaches are cut off", async () => {
  const router = await addDevice("pppoe-1")
  await polled(router, FAULT_MS - MINUTE_MS)
  for (const user of ["ada", "bob"]) await session(router, user)
  await session(router, "left before", { goneMs: FAULT_MS - 5 * MINUTE_MS })
  const found = await impactOf([symptom(router, "device-unreachable")])
  assert.deepEqual([found.before, found.cutOff, found.more], [2, 2, 0])
  assert.deepEqual(found.devices, [
    { deviceId: router, deviceName: "pppoe-1", why: "unreachable", before: 2, cutOff: 2 },
  ])
  assert.deepEqual(cutOff(found), ["ada", "bob"])
})

test("a session that another router has now is back, and one that its own reports never left", async () => {
  const [router, backup] = [await addDevice("pppoe-1"), await addDevice("pppoe-2")]
  await polled(router, FAULT_MS - MINUTE_MS)
  for (const user of ["ada", "bob"]) await session(router, user)
  await polled(backup, FAULT_MS + MINUTE_MS)
  await session(backup, "ada", { fromMs: FAULT_MS + 20_000 })
  assert.deepEqual(cutOff(await impactOf([symptom(router, "device-unreachable")])), ["bob"])
  await polled(router, FAULT_MS + 5 * MINUTE_MS)
  const later = await impactOf([symptom(router, "device-unreachable")])
  assert.deepEqual([later.before, later.cutOff], [2, 0])
})

test("of a router that is read, only what it reports as ended since the fault counts", async () => {
  const router = await addDevice("pppoe-1")
  await polled(router, FAULT_MS + MINUTE_MS)
  await session(router, "stays")
  await session(router, "dropped", { goneMs: FAULT_MS - 10_000 })
  await session(router, "returned", { goneMs: FAULT_MS - 10_000 })
  await session(router, "returned", { fromMs: FAULT_MS + 40_000 })
  await session(router, "hours before", { goneMs: FAULT_MS - 3_600_000 })
  const found = await impactOf([symptom(router, "interface-down")])
  assert.deepEqual([found.before, found.cutOff, found.devices[0]?.why], [2, 1, "sessions-lost"])
  assert.deepEqual(cutOff(found), ["dropped"])
})

test("what ends long after an incident has closed is not its doing", async () => {
  const router = await addDevice("pppoe-1")
  await polled(router, FAULT_MS + 60 * MINUTE_MS)
  await session(router, "evening", { goneMs: FAULT_MS + 50 * MINUTE_MS })
  const closedAtMs = FAULT_MS + 5 * MINUTE_MS
  const found = await impactOf([symptom(router, "interface-down")], { closedAtMs })
  assert.equal(found.before, 0)
})

test("who may not see subscribers gets numbers alone", async () => {
  const router = await addDevice("pppoe-1")
  await polled(router, FAULT_MS - MINUTE_MS)
  await session(router, "ada")
  const found = await impactOf([symptom(router, "device-unreachable")], { withPersons: false })
  assert.deepEqual([found.cutOff, found.sessions, found.more], [1, null, 1])
  assert.ok(!JSON.stringify(found).includes("ada"))
})

test("thousands of sessions are counted, hundreds listed", async () => {
  const router = await addDevice("pppoe-1")
  await polled(router, FAULT_MS - MINUTE_MS)
  await db.dbs.ui.asOrg(
    org,
    (tx) => tx`
      insert into tables.row (org_id, device_id, name, source, key, cells, words, first_seen_at, changed_at, seen_at)
      select ${org}, ${router}, 'sessions', 'routeros-api', n::text, jsonb_build_object('user', 'u' || n), '', to_timestamp(0), now(), now()
      from generate_series(1, 20000) n`,
  )
  const found = await impactOf([symptom(router, "device-unreachable")])
  assert.deepEqual([found.before, found.cutOff, found.sessions?.length], [20_000, 20_000, 500])
  assert.equal(found.more, 19_500)
})
