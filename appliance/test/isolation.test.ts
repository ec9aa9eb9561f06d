/** What keeps organisations apart, read off the database's own catalogue: a table added later cannot be forgotten. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { openSql, type Sql } from "../src/platform/db.ts"
import { type TestDatabase, testDatabase } from "./database.ts"

let db: TestDatabase
let owner: Sql
before(async () => {
  db = await testDatabase()
  owner = openSql(db.owner, { name: "test", max: 1 })
})
after(async () => {
  await owner.end()
  await db.close()
})

/** Read before anybody knows the organisation: at login. */
const BEFORE_LOGIN = ["auth.account"]

test("every table with an organisation is under forced row-level security, asked once a statement", async () => {
  const rows = await owner<{ name: string; forced: boolean; asked: string | null }[]>`
    select c.oid::regclass::text as name, c.relrowsecurity and c.relforcerowsecurity as forced,
      (select p.qual from pg_policies p where (p.schemaname, p.tablename, p.policyname) = (n.nspname, c.relname, 'org')) as asked
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attname = 'org_id'
    where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')`
  assert.ok(rows.length > 15)
  const open = rows.filter(
    ({ name, forced, asked }) => !BEFORE_LOGIN.includes(name) && !(forced && /\(\s*SELECT/.test(asked ?? "")),
  )
  assert.deepEqual(open, [])
})

test("the program's role owns nothing, and may neither pass over policies nor make tables", async () => {
  const owned = await owner`select relname from pg_class where relowner = 'ispvm_app'::regrole`
  assert.equal(owned.length, 0)
  const [role] = await owner`select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole from pg_roles where rolname = 'ispvm_app'`
  assert.deepEqual({ ...role }, { rolsuper: false, rolbypassrls: false, rolcreatedb: false, rolcreaterole: false })
  await assert.rejects(db.dbs.jobs.sql`create table series.x (a int)`, /permission denied/)
})

test("a function that runs as its owner has a fixed search path, and is not for everybody", async () => {
  const loose = await owner`
    select p.oid::regprocedure::text as name from pg_proc p
    where p.prosecdef and (not coalesce(p.proconfig, '{}') && array['search_path=pg_catalog', 'search_path=pg_catalog, pg_temp']
      or p.proacl is null or exists (select from aclexplode(p.proacl) where grantee = 0))`
  assert.deepEqual([...loose], [])
})
