import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, before, test } from "node:test"
import fc from "fast-check"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { makeActor } from "../../../test/make.ts"
import { makeOrg, NOW } from "../../../test/make-flow.ts"
import { IncidentsAction } from "../../api/incident-actions.ts"
import type { OrgId } from "../../platform/ids.ts"
import { page, write } from "../../registry/audit/audit.ts"
import { actOnAll } from "./bulk.ts"
import { createIncidents, type Incidents, NOTHING_AFTER, openIncidents } from "./incidents.ts"
import type { ListQuery } from "./store.ts"
import { World } from "./test/world.ts"

const COUNT = 23
const HOUR_MS = 3_600_000
let db: TestDatabase
before(async () => {
  db = await testDatabase()
})
after(() => db.close())

const TITLE = JSON.stringify({ code: "legacy-text", params: { text: "t" } })
/** Number n opened n hours after NOW and, if it is closed, half an hour later. */
const insert = async (
  org: OrgId,
  number: number,
  state: "open" | "acknowledged" | "closed",
): Promise<string> => {
  const id = randomUUID()
  const openedAtMs = NOW + number * HOUR_MS
  const closedAtMs = state === "closed" ? openedAtMs + HOUR_MS / 2 : null
  await db.dbs.ui.asOrg(
    org,
    (tx) => tx`
      insert into incidents.incident
        (id, number, org_id, state, title, causes, alternatives, opened_at, closed_at)
      values (${id}, ${number}, ${org}, ${state}, ${TITLE}::text::jsonb, '[]', '[]',
        to_timestamp(${openedAtMs}::float8 / 1000), to_timestamp(${closedAtMs}::float8 / 1000))`,
  )
  return id
}

const incidentsOf = async (org: OrgId): Promise<Incidents> => {
  const open = await openIncidents(db.dbs.jobs, org, [])
  return createIncidents({
    db: db.dbs.ui,
    now: () => NOW + 100 * HOUR_MS,
    runSerially: (_, work) => {
      const world = new World({ links: ["A-B"], at: "A" })
      return work(open, { topology: world.topology, view: world.alertEngine })
    },
    onChanged: () => undefined,
    afterSave: NOTHING_AFTER,
    audit: write,
    alertsById: async () => [],
    deviceName: () => null,
    peerOf: () => null,
  })
}
const ALL: ListQuery = { state: null, before: null, limit: 50 }

test("incidents: pages of any size go down and up again without a gap or a repeat, and say where they are", async () => {
  const org = await makeOrg(db, "Pages")
  for (let n = 1; n <= COUNT; n += 1) await insert(org, n, n % 5 === 0 ? "open" : "closed")
  const incidents = await incidentsOf(org)
  const all = (await incidents.list(org, ALL)).items.map(({ number }) => number)
  assert.deepEqual(
    all,
    Array.from({ length: COUNT }, (_, i) => COUNT - i),
  )
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: COUNT + 2 }), async (limit) => {
      const seen: number[] = []
      let query: ListQuery = { ...ALL, limit }
      for (;;) {
        const { items, next, previous, total, offset } = await incidents.list(org, query)
        assert.deepEqual([total, offset], [COUNT, seen.length])
        if (previous !== null) {
          const newer = await incidents.list(org, { ...ALL, limit, after: Number(previous) })
          assert.deepEqual(
            newer.items.map(({ number }) => number),
            seen.slice(-limit),
          )
          assert.equal(newer.next, String(seen.at(-1)))
        }
        seen.push(...items.map(({ number }) => number))
        if (next === null) break
        query = { ...ALL, limit, before: Number(next) }
      }
      assert.deepEqual(seen, all)
    }),
    { numRuns: 12 },
  )
})

test("incidents: a range finds those that were not over at its start and had begun before its end", async () => {
  const org = await makeOrg(db, "Range")
  for (const [number, state] of [
    [1, "closed"],
    [2, "open"],
    [3, "closed"],
    [4, "closed"],
  ] as const)
    await insert(org, number, state)
  const incidents = await incidentsOf(org)
  const found = async (fromMs: number | null, toMs: number | null, over: Partial<ListQuery> = {}) =>
    (await incidents.list(org, { ...ALL, fromMs, toMs, ...over })).items.map(({ number }) => number)
  assert.deepEqual(await found(NOW + 3.2 * HOUR_MS, null), [4, 3, 2])
  assert.deepEqual(await found(NOW + 3.6 * HOUR_MS, null), [4, 2])
  assert.deepEqual(await found(null, NOW + 3 * HOUR_MS), [2, 1])
  assert.deepEqual(await found(NOW + 2.9 * HOUR_MS, NOW + 3.1 * HOUR_MS), [3, 2])
  assert.deepEqual(await found(NOW, null, { state: "closed" }), [4, 3, 1])
  const { total, offset } = await incidents.list(org, {
    ...ALL,
    limit: 1,
    before: 4,
    fromMs: NOW + 3.2 * HOUR_MS,
  })
  assert.deepEqual([total, offset], [3, 1])
})

test("incidents: one action on several gives a result for each, and one that is rejected stops no other", async () => {
  const org = await makeOrg(db, "Bulk")
  const [first, second] = [await insert(org, 1, "open"), await insert(org, 2, "open")]
  const closed = await insert(org, 3, "closed")
  const stranger = await insert(await makeOrg(db, "Other"), 1, "open")
  const incidents = await incidentsOf(org)
  const actor = makeActor(org)
  const act = (request: object) =>
    actOnAll(incidents, actor, IncidentsAction.parse(request), assert.ifError)
  const ids = [first, closed, stranger, second, first]
  const results = await act({ action: "acknowledge", ids, note: "on my way" })
  assert.deepEqual(
    results.map(({ id, rejection }) => [id, rejection?.code ?? null]),
    [
      [first, null],
      [closed, "incident-closed"],
      [stranger, "not-found"],
      [second, null],
    ],
  )
  const states = async () =>
    (await incidents.list(org, ALL)).items.map(({ number, state }) => [number, state])
  assert.deepEqual(await states(), [
    [3, "closed"],
    [2, "acknowledged"],
    [1, "acknowledged"],
  ])
  assert.deepEqual(
    (await act({ action: "note", ids: [closed, second], note: "power is back" })).map(
      ({ rejection }) => rejection,
    ),
    [null, null],
  )
  const [opened] = await act({ action: "unacknowledge", ids: [second] })
  assert.equal(opened?.rejection, null)
  const entries = await db.dbs.ui.asOrg(org, (tx) =>
    page(tx, org, { before: null, limit: 50, subject: "incident", id: null }),
  )
  assert.deepEqual(
    entries.items.map(({ action, subjectId }) => [action, subjectId]),
    [
      ["incident.unacknowledged", second],
      ["incident.noted", second],
      ["incident.noted", closed],
      ["incident.acknowledged", second],
      ["incident.acknowledged", first],
    ],
  )
})

test("incidents: a fault of the appliance on one of several is its result, and is reported", async () => {
  const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()]
  const faults: unknown[] = []
  const acted: string[] = []
  const note = async (_: unknown, id: string) => {
    if (id === second) throw new Error("a secret of the database")
    acted.push(id)
    return { id, unknown: [], withoutChannel: [] }
  }
  const results = await actOnAll(
    { act: note },
    makeActor(db.org),
    IncidentsAction.parse({ action: "note", ids: [first, second, third], note: "x" }),
    (error) => faults.push(error),
  )
  assert.deepEqual(acted, [first, third])
  assert.deepEqual(
    results.map(({ rejection }) => rejection?.code ?? null),
    [null, "fault", null],
  )
  const [fault] = faults
  assert.ok(fault instanceof Error && fault.cause instanceof Error)
  const [, reference = "none"] = /^request (\S+):/.exec(fault.message) ?? []
  assert.ok(results[1]?.rejection?.message.includes(reference))
  assert.doesNotMatch(JSON.stringify(results), /secret/)
})

test("incidents: an action needs incidents, a note its text, and too many are rejected", () => {
  const ids = [randomUUID()]
  for (const request of [
    { action: "acknowledge", ids: [] },
    { action: "note", ids, note: " " },
    { action: "unacknowledge", ids, note: "x" },
    { action: "close", ids },
    { action: "acknowledge", ids: Array.from({ length: 201 }, () => randomUUID()) },
  ])
    assert.equal(IncidentsAction.safeParse(request).success, false, JSON.stringify(request))
})
