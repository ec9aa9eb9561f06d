/** Row-level security over the whole of what is migrated: a table that forgets it fails here. */
import assert from "node:assert/strict"
import { createHash, randomBytes } from "node:crypto"
import { after, before, test } from "node:test"
import { openSql, type Tx } from "../src/platform/postgres/db.ts"
import { createOrg } from "../src/registry/orgs/orgs.ts"
import { type TestDatabase, testDatabase } from "./database.ts"
import { makeActor, makeDevice, makeInventory } from "./make.ts"

let db: TestDatabase
before(async () => {
  db = await testDatabase()
})
after(() => db.close())

const GUARDED = [
  "orgs",
  "auth",
  "inventory",
  "secrets",
  "agents",
  "alerts",
  "incidents",
  "events",
  "audit",
  "push",
  "companion",
]
type Table = {
  readonly schema: string
  readonly name: string
  readonly enabled: boolean
  readonly forced: boolean
  readonly policies: number
  readonly hasOrg: boolean
}
const tables = async (): Promise<Table[]> => [
  ...(await db.dbs.ui.sql<Table[]>`
    select n.nspname as schema, c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
      (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies,
      exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'org_id' and not a.attisdropped) as "hasOrg"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition and n.nspname in ${db.dbs.ui.sql(GUARDED)}
    order by 1, 2`),
]

test("every table of registry and judgement has row-level security, forced, by organisation", async () => {
  const all = await tables()
  assert.ok(all.length > 15, `only ${all.length} tables found`)
  const isOwn = ({ schema, name, hasOrg }: Table) => hasOrg || `${schema}.${name}` === "orgs.org"
  const open = all.filter(
    (table) => !table.enabled || !table.forced || table.policies === 0 || !isOwn(table),
  )
  assert.deepEqual(
    open.map(({ schema, name }) => `${schema}.${name}`),
    [],
  )
})

test("the program's role owns nothing, may make nothing, and can become nobody else", async () => {
  const { sql } = db.dbs.ui
  const [me] = await sql<{ role: string; super: boolean; bypass: boolean; create: boolean }[]>`
    select rolname as role, rolsuper as super, rolbypassrls as bypass, rolcreaterole or rolcreatedb as create
    from pg_roles where rolname = current_user`
  assert.deepEqual({ ...me }, { role: "ispvm_app", super: false, bypass: false, create: false })
  const owned =
    await sql`select from pg_class where relowner = (select oid from pg_roles where rolname = current_user)`
  assert.equal(owned.length, 0)
  const memberships =
    await sql`select from pg_auth_members where member = (select oid from pg_roles where rolname = current_user)`
  assert.equal(memberships.length, 0)
  for (const statement of [
    "create table public.mine ()",
    "create schema mine",
    "set role ispvm_owner",
    "alter table inventory.device disable row level security",
  ]) {
    await assert.rejects(sql.unsafe(statement), /permission denied|must be owner/, statement)
  }
})

test("one organisation's rows are not there for another, nor for nobody", async () => {
  const inventory = makeInventory(db)
  const actor = makeActor(db.org)
  const site = await inventory.createSite(actor, {
    name: "Hill",
    regionId: null,
    latitude: null,
    longitude: null,
    note: "",
  })
  const credential = await inventory.createCredential(actor, {
    name: "c",
    username: "u",
    password: "p",
    snmpCommunity: null,
    snmpV3: null,
  })
  await inventory.createDevice(actor, makeDevice({ siteId: site.id, credentialId: credential.id }))
  await db.dbs.ui.asOrg(db.org, (tx) => insertPerson(tx, db.org, "ada@example.net"))
  const other = await db.dbs.ui.sql.begin((tx) => createOrg(tx, "Other"))
  let filled = 0
  for (const { schema, name } of await tables()) {
    const count = async (org: typeof other.id) =>
      db.dbs.ui.asOrg(
        org,
        async (tx) =>
          (await tx<{ n: number }[]>`select count(*)::int as n from ${tx(`${schema}.${name}`)}`)[0]
            ?.n,
      )
    if ((await count(db.org)) !== 0) filled += 1
    const own = `${schema}.${name}` === "orgs.org" ? 1 : 0
    assert.equal(await count(other.id), own, `${schema}.${name}`)
    const [nobody] = await db.dbs.ui.sql<
      { n: number }[]
    >`select count(*)::int as n from ${db.dbs.ui.sql(`${schema}.${name}`)}`
    assert.equal(nobody?.n, 0, `${schema}.${name}`)
  }
  assert.ok(filled >= 8)
  const moved = db.dbs.ui.asOrg(db.org, (tx) => tx`update inventory.site set org_id = ${other.id}`)
  await assert.rejects(moved, /row-level security/)
  const planted = db.dbs.ui.asOrg(
    other.id,
    (tx) => tx`insert into inventory.site (org_id, name) values (${db.org}, 'planted')`,
  )
  await assert.rejects(planted, /row-level security/)
})

const insertPerson = async (tx: Tx, org: string, email: string): Promise<Buffer> => {
  const hash = createHash("sha256").update(email).digest()
  const [row] = await tx<{ id: string }[]>`
    insert into auth.account (org_id, email, name, role, password_hash)
    values (${org}, ${email}, 'n', 'viewer', 'scrypt$x') returning id`
  await tx`
    insert into auth.session (token_hash, org_id, account_id, expires_at)
    values (${hash}, ${org}, ${row?.id ?? ""}, now() + interval '1 hour')`
  return hash
}

test("a login finds one account and one session by their exact keys before the organisation is known", async () => {
  const hash = await db.dbs.ui.asOrg(db.org, (tx) => insertPerson(tx, db.org, "bob@example.net"))
  const { sql } = db.dbs.ui
  const found = await sql`select org_id, password_hash from auth.by_email('BOB@example.net')`
  assert.deepEqual({ ...found[0] }, { org_id: db.org, password_hash: "scrypt$x" })
  assert.equal((await sql`select from auth.by_email('%')`).length, 0)
  const session = await sql`select org_id, email from auth.by_session(${hash})`
  assert.deepEqual({ ...session[0] }, { org_id: db.org, email: "bob@example.net" })
  await db.dbs.ui.asOrg(
    db.org,
    (tx) => tx`update auth.account set disabled = true where email = 'bob@example.net'`,
  )
  assert.equal((await sql`select from auth.by_session(${hash})`).length, 0)
  assert.deepEqual(Object.keys((await sql`select * from orgs.ids()`)[0] ?? {}), ["id"])
  for (const table of ["auth.account", "auth.session", "orgs.org"]) {
    assert.equal((await sql`select from ${sql(table)}`).length, 0, table)
    assert.equal(
      (await sql`delete from ${sql(table)} returning 1`.catch(() => [])).length,
      0,
      table,
    )
  }
})

test("the audit can be neither changed nor deleted", async () => {
  for (const statement of [
    "update audit.entry set actor = 'x'",
    "delete from audit.entry",
    "truncate audit.entry",
  ]) {
    await assert.rejects(db.dbs.ui.sql.unsafe(statement), /permission denied/)
  }
})

test("the agent API's two lookups are answered before the organisation is known, and nothing else is", async () => {
  const hash = createHash("sha256").update(randomBytes(8)).digest()
  const agent = await db.dbs.ui.asOrg(db.org, async (tx) => {
    const [row] = await tx<
      { id: string }[]
    >`insert into agents.agent (org_id, name) values (${db.org}, 'a') returning id`
    await tx`insert into agents.token (secret_hash, org_id, agent_id, expires_at) values (${hash}, ${db.org}, ${row?.id ?? ""}, now() + interval '1 minute')`
    await tx`
      insert into agents.certificate (serial, org_id, agent_id, fingerprint, expires_at)
      values ('0a', ${db.org}, ${row?.id ?? ""}, 'ff', now() + interval '1 day')`
    return row?.id
  })
  const { sql } = db.dbs.ui
  const [owner] = await openOwner(
    (owned) =>
      owned<
        { super: boolean }[]
      >`select rolsuper as super from pg_roles where rolname = current_user`,
  )
  assert.equal(owner?.super, false)
  const [byToken] = await sql`select agent_id, org_id from agents.by_token(${hash})`
  assert.deepEqual({ ...byToken }, { agent_id: agent, org_id: db.org })
  const [byCertificate] = await sql`select agent_id, revoked from agents.by_certificate('0a', 'ff')`
  assert.deepEqual({ ...byCertificate }, { agent_id: agent, revoked: false })
  assert.equal((await sql`select from agents.by_certificate('0a', 'fe')`).length, 0)
  await sql.begin(async (tx) => {
    await tx`select set_config('app.lookup', 'on', true)`
    assert.equal((await tx`select from agents.token`).length, 0)
  })
})

const openOwner = async <T>(
  work: (sql: ReturnType<typeof openSql>) => PromiseLike<T>,
): Promise<T> => {
  const sql = openSql(db.owner, { name: "test", max: 1 })
  try {
    return await work(sql)
  } finally {
    await sql.end()
  }
}
