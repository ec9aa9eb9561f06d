/** An administrator who lost the password is let in again, and nobody else. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import type { Actor } from "../../platform/http/http.ts"
import { createAccounts } from "./accounts.ts"
import { type Auth, createAuth, resetAdmin } from "./auth.ts"

const cost = { n: 16, r: 1, p: 1 }
const here = { address: "192.0.2.7", userAgent: "test" }
const BY = "console of this machine"
const clock = { now: () => 0 }
let db: TestDatabase
let auth: Auth
let ada: Actor

before(async () => {
  db = await testDatabase({ isSetUp: false })
  auth = createAuth({
    db: db.dbs.ui,
    clock,
    onError: (error) => {
      throw error
    },
    cost,
  })
})
after(() => db.close())

test("an appliance that is not set up has nobody to reset", async () => {
  assert.deepEqual(await resetAdmin(db.dbs.ui, null, BY), {
    ok: false,
    reason: "not-set-up",
    admins: [],
  })
})

test("the only administrator gets a new password; sessions end; it is audited without it", async () => {
  const setupCode = (await auth.prepareSetup(null)) ?? ""
  const password = "a long password"
  const owner = { organisation: "Net", name: "Ada", email: "ada@example.net", password, setupCode }
  const { token, actor } = await auth.setUp(owner, here)
  ada = actor
  const done = await resetAdmin(db.dbs.ui, null, BY)
  assert.ok(done.ok)
  assert.equal(done.email, "ada@example.net")
  assert.match(done.password, /^[a-z2-9]{5}(?:-[a-z2-9]{5}){3}$/)
  assert.equal(await auth.actor(token, here), null, "the session has ended")
  await assert.rejects(auth.login({ email: owner.email, password }, here))
  await auth.login({ email: owner.email, password: done.password }, here)
  const rows = await db.dbs.ui.asOrg(
    actor.org,
    (tx) => tx`select actor, action, detail::text from audit.entry order by id`,
  )
  const row = rows.find((each) => each.actor === BY)
  assert.equal(row?.action, "account.changed")
  assert.equal(JSON.stringify(rows).includes(done.password), false)
})

test("of several administrators one is named; a disabled one is enabled; others are rejected", async () => {
  const accounts = createAccounts({ db: db.dbs.ui, clock, cost })
  const add = (name: string, role: "admin" | "viewer") =>
    accounts.create(ada, { name, email: `${name}@example.net`, role, password: "nine tall trees" })
  const { id } = await add("bob", "admin")
  await add("vic", "viewer")
  const admins = ["ada@example.net", "bob@example.net"]
  assert.deepEqual(await resetAdmin(db.dbs.ui, null, BY), {
    ok: false,
    reason: "several-admins",
    admins,
  })
  assert.deepEqual(await resetAdmin(db.dbs.ui, "vic@example.net", BY), {
    ok: false,
    reason: "unknown-admin",
    admins,
  })
  await accounts.change(ada, id, { disabled: true })
  const done = await resetAdmin(db.dbs.ui, " Bob@example.net", BY)
  assert.ok(done.ok)
  await auth.login({ email: "bob@example.net", password: done.password }, here)
})
