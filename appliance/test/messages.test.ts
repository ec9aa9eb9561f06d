/** Migration 0025 makes stored sentences of incidents messages: shown word for word, none lost. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { Evidence, Recheck } from "../src/api/incidents.ts"
import {
  HistoryMessage,
  type Message,
  Reason,
  TimelineMessage,
  Title,
} from "../src/api/messages.ts"
import { textOf } from "../src/messages/text.ts"
import { databaseBefore, type OldDatabase } from "./before-migration.ts"

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`
const ODD = `Link "A–B" is cut, {"code": "x"} \\ 50 %; 2 devices behind it`

let old: OldDatabase
let sql: OldDatabase["sql"]
before(async () => {
  old = await databaseBefore("0025")
  sql = old.sql
  await fill()
  await old.migrate()
})
after(() => old?.close())

const fill = async (): Promise<void> => {
  await sql`insert into orgs.org (id, name) values (${id(1)}, 'O')`
  const evidence = [
    { stance: "for", text: "first", deviceId: id(2), linkId: null, atMs: 5 },
    { stance: "against", text: ODD, deviceId: null, linkId: null, atMs: null },
  ]
  const rechecks = [{ text: "asked", requestedAtMs: 9, answeredAtMs: null, result: null }]
  await sql`insert into incidents.incident
      (id, number, org_id, state, title, causes, because, evidence, rechecks, opened_at)
    values (${id(50)}, 1, ${id(1)}, 'closed', ${ODD}, '[]', ${sql.json(["b", "a", ODD])},
      ${sql.json(evidence)}, ${sql.json(rechecks)}, to_timestamp(1)),
    (${id(51)}, 2, ${id(1)}, 'open', '', '[]', '[]', '[]', '[]', to_timestamp(1))`
  await sql`insert into incidents.timeline (incident_id, org_id, at, kind, who, text) values
    (${id(50)}, ${id(1)}, to_timestamp(1), 'note', 'W', ${ODD})`
  await sql`insert into incidents.cause_change (incident_id, org_id, at, causes, text) values
    (${id(50)}, ${id(1)}, to_timestamp(1), '[]', ${ODD})`
}
const textsOf = (messages: readonly Message[]): string[] => messages.map((one) => textOf(one))

test("migration 0025: title, reasons, evidence and re-checks keep their sentences, in order", async () => {
  const rows = await sql`
    select title, because, evidence, rechecks from incidents.incident order by number`
  const [closed, empty] = rows
  assert.equal(textOf(Title.parse(closed?.title)), ODD)
  assert.deepEqual(textsOf(Reason.array().parse(closed?.because)), ["b", "a", ODD])
  const evidence = Evidence.array().parse(closed?.evidence)
  assert.deepEqual(
    evidence.map(({ stance, message, deviceId, atMs }) => [
      stance,
      textOf(message),
      deviceId,
      atMs,
    ]),
    [
      ["for", "first", id(2), 5],
      ["against", ODD, null, null],
    ],
  )
  assert.deepEqual(
    Recheck.array()
      .parse(closed?.rechecks)
      .map(({ message, requestedAtMs }) => [textOf(message), requestedAtMs]),
    [["asked", 9]],
  )
  assert.equal(textOf(Title.parse(empty?.title)), "")
  assert.deepEqual([empty?.because, empty?.evidence, empty?.rechecks], [[], [], []])
})

test("migration 0025: timeline and diagnosis history keep their sentences", async () => {
  const [line] = await sql`select message from incidents.timeline`
  assert.equal(textOf(TimelineMessage.parse(line?.message)), ODD)
  const [change] = await sql`select message from incidents.cause_change`
  assert.equal(textOf(HistoryMessage.parse(change?.message)), ODD)
})

test("migration 0025: defaults stay, and the functions it used are gone", async () => {
  await sql`insert into incidents.incident (id, number, org_id, state, title, causes, opened_at)
    values (${id(52)}, 3, ${id(1)}, 'open', '{}', '[]', to_timestamp(1))`
  const [row] = await sql`
    select because, evidence, rechecks from incidents.incident where number = 3`
  assert.deepEqual([row?.because, row?.evidence, row?.rechecks], [[], [], []])
  const functions = await sql`select proname from pg_proc where proname like 'legacy%'`
  assert.equal(functions.length, 0)
})
