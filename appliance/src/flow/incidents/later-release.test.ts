/** After a return to this release, incidents of a later one are listed as plain text. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { textOf } from "../../messages/text.ts"
import { listIncidents, loadOpen } from "./store.ts"

let db: TestDatabase
before(async () => {
  db = await testDatabase()
})
after(() => db.close())

test("a title that this release has not is plain text, and a reason that it has not is left out", async () => {
  const title = JSON.stringify({ code: "title.made-up", params: { what: 1 } })
  const because = JSON.stringify([{ code: "reason.made-up", params: {} }])
  await db.dbs.ui.asOrg(
    db.org,
    (tx) => tx`
      insert into incidents.incident (number, org_id, state, title, causes, alternatives, because, opened_at)
      values (1, ${db.org}, 'open', ${title}::text::jsonb, '[]', '[]', ${because}::text::jsonb, now())`,
  )
  const read = await db.dbs.ui.asOrg(db.org, async (tx) => ({
    listed: await listIncidents(tx, db.org, { state: "open", before: null, limit: 10 }),
    loaded: await loadOpen(tx, db.org, () => undefined, 0),
  }))
  assert.deepEqual(
    read.listed.map((one) => textOf(one.title)),
    ["Opened by a later release (title.made-up)"],
  )
  assert.deepEqual(
    read.loaded.incidents.map((one) => [one.title.code, one.because]),
    [["legacy-text", []]],
  )
})
