import assert from "node:assert/strict"
import { test } from "node:test"
import { makeIncident, uuid } from "../../../test/make.ts"
import { severityOf } from "../../state/severity.ts"
import { closedRows, groupsOf, neighbour, newIncidents, readState } from "./groups.ts"

const open = makeIncident(3, { openedAtMs: 30 })
const older = makeIncident(2, { openedAtMs: 20 })
const acknowledgedOne = makeIncident(1, { state: "acknowledged", openedAtMs: 10 })
const shortOver = makeIncident(5, { state: "closed", openedAtMs: 50, closedAtMs: 60 })
const longOver = makeIncident(4, { state: "closed", openedAtMs: 5, closedAtMs: 90 })
const all = [older, open, acknowledgedOne, shortOver, longOver]
const numbers = (groups: ReturnType<typeof groupsOf>): number[][] =>
  groups.map((group) => group.items.map((each) => each.number))

const active = [older, open, acknowledgedOne]
const closed = [shortOver, longOver]

test("incidents: open first by age, closed as the page of the appliance has them", () =>
  assert.deepEqual(numbers(groupsOf(active, closed, null, new Set())), [[3, 2], [1], [5, 4]]))
test("incidents: the address chooses one state; nonsense chooses none", () => {
  assert.equal(readState(new URLSearchParams("state=closed")), "closed")
  assert.equal(readState(new URLSearchParams("state=lost")), null)
  assert.deepEqual(numbers(groupsOf(active, closed, "acknowledged", new Set())), [[1]])
})
test("incidents: what is deferred is not in the list", () =>
  assert.deepEqual(numbers(groupsOf(active, closed, "open", new Set([open.id]))), [[2]]))
test("incidents: what the stream has closed since is on the newest page, and what is open again on none", () => {
  const known = (...items: (typeof open)[]) => new Map(items.map((each) => [each.id, each]))
  const shown = (isNewest: boolean, ...items: (typeof open)[]) =>
    closedRows(closed, known(...items), isNewest).map(({ number }) => number)
  const justClosed = makeIncident(6, { state: "closed" })
  assert.deepEqual(shown(true, justClosed), [6, 5, 4])
  assert.deepEqual(shown(false, justClosed), [5, 4])
  assert.deepEqual(shown(true, makeIncident(2, { state: "closed" })), [5, 4])
  const reopened = { ...shortOver, state: "open" as const, updatedAtMs: shortOver.updatedAtMs + 1 }
  assert.deepEqual(shown(false, reopened), [4])
  assert.deepEqual(shown(false, { ...reopened, updatedAtMs: shortOver.updatedAtMs - 1 }), [5, 4])
})
test("incidents: only what is still going on comes as new", () =>
  assert.deepEqual([...newIncidents(all, new Set([older.id, acknowledgedOne.id]))], [open.id]))
test("incidents: j and k stop at the ends and start at the first", () => {
  const ids = [uuid(1), uuid(2)]
  assert.equal(neighbour(ids, null, 1), uuid(1))
  assert.equal(neighbour(ids, uuid(1), 1), uuid(2))
  assert.equal(neighbour(ids, uuid(2), 1), uuid(2))
  assert.equal(neighbour([], null, -1), null)
})
test("incidents: a cut with a way round it is less than one without, and an offline agent is no fault of its routers", () => {
  assert.equal(severityOf(makeIncident(1, { devicesDown: 0, devicesUnreachable: 0 })), "degraded")
  assert.equal(severityOf(makeIncident(1, { devicesDown: 0, devicesUnreachable: 1 })), "down")
  assert.equal(
    severityOf(makeIncident(1, { causes: [{ kind: "agent", id: uuid(1), name: "a" }] })),
    "unknown",
  )
  assert.equal(severityOf(shortOver), "ok")
})
