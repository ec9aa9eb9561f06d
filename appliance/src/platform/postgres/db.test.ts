import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { z } from "zod"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { isConnectionLost, openDbs, openSql, retryIdempotent } from "./db.ts"

let db: TestDatabase
before(async () => {
  db = await testDatabase()
})
after(() => db.close())

test("64-bit integers are numbers, lone or in a list, both ways", async () => {
  const list = [1, null, 2 ** 41]
  const [row] = await db.dbs.ui.sql`
    select ${2 ** 40}::bigint as one, ${list}::bigint[] = '{1,null,2199023255552}' as same, ${[1, 2 ** 41]}::bigint[] as many,
      null::bigint as none`
  assert.deepEqual({ ...row }, { one: 2 ** 40, same: true, many: [1, 2 ** 41], none: null })
})

test("an organisation's setting ends with its transaction", async () => {
  const { jobs } = db.dbs
  const now = (rows: readonly { org: string | null }[]) => rows[0]?.org
  const inside = await jobs.asOrg(db.org, async (tx) =>
    now(await tx<{ org: string | null }[]>`select platform.current_org() as org`),
  )
  assert.equal(inside, db.org)
  for (let connection = 0; connection < 4; connection += 1) {
    assert.equal(
      now(await jobs.sql<{ org: string | null }[]>`select platform.current_org() as org`),
      null,
    )
  }
  await assert.rejects(
    jobs.asOrg(db.org, async () => {
      throw new Error("own")
    }),
    /own/,
  )
})

test("an id is sent as a value and cannot end the setting", async () => {
  const hostile = z.string().brand<"OrgId">().parse("x'; drop table inventory.device; --")
  await assert.rejects(
    db.dbs.ui.asOrg(hostile, (tx) => tx`select * from inventory.device`),
    /uuid/,
  )
})

const killAll = async (): Promise<void> => {
  const sql = openSql(db.superuser, { name: "killer", max: 1 })
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`
  await sql.end()
}

test("a transaction whose connection was lost before it began is repeated; one that had begun is not", async () => {
  const dbs = openDbs({ appUrl: db.url })
  await dbs.ui.asOrg(db.org, (tx) => tx`select 1`)
  await killAll()
  assert.equal((await dbs.ui.asOrg(db.org, (tx) => tx`select 1`)).length, 1)
  let runs = 0
  const broken = dbs.ui.asOrg(db.org, async (tx) => {
    runs += 1
    await killAll()
    return await tx`select 1`
  })
  await assert.rejects(broken, isConnectionLost)
  assert.equal(runs, 1)
  assert.equal((await retryIdempotent(() => dbs.ui.sql`select 1`)).length, 1)
  await dbs.close()
})

test("an idempotent unit is repeated only after a lost connection", async () => {
  let tries = 0
  const unit = async () => {
    tries += 1
    await db.dbs.ui.sql`select nonsense`
  }
  await assert.rejects(retryIdempotent(unit), /nonsense/)
  assert.equal(tries, 1)
})

test("a slow query of the UI is ended by the server; notices are logged as wanted", async () => {
  const notices: string[] = []
  const dbs = openDbs({ appUrl: db.url, onNotice: (message) => notices.push(message) })
  await dbs.ui.sql`do $$ begin raise notice 'heard'; end $$`
  assert.deepEqual(notices, ["NOTICE: heard"])
  const [row] = await dbs.ui.sql<
    { limit: string }[]
  >`select current_setting('statement_timeout') as limit`
  assert.equal(row?.limit, "15s")
  await dbs.close()
})

test("a transaction with a failed statement does not commit even if the error was caught", async () => {
  const name = "caught"
  const broken = db.dbs.ui.sql.begin(async (tx) => {
    await tx`insert into platform.setting (key, value) values (${name}, ${tx.json(1)})`
    await tx`select nonsense`.catch(() => undefined)
  })
  await assert.rejects(broken, /nonsense/)
  assert.deepEqual([...(await db.dbs.ui.sql`select from platform.setting where key = ${name}`)], [])
})

test("statements of one transaction may be sent together, and each gets its own answer", async () => {
  const rows = await db.dbs.ui.sql.begin((tx) =>
    Promise.all([1, 2, 3].map((n) => tx<{ n: number }[]>`select ${n}::int as n, pg_sleep(0.01)`)),
  )
  assert.deepEqual(
    rows.map(([row]) => row?.n),
    [1, 2, 3],
  )
})

test("closing waits for running work and ends what takes too long", async () => {
  const short = openSql(db.superuser, { name: "closing", max: 1 })
  const ends = short`select pg_sleep(0.2), 1 as one`.then((rows) => rows.length)
  await short.end()
  assert.equal(await ends, 1)
  const long = openSql(db.superuser, { name: "closing", max: 1 })
  const lost = assert.rejects(long`select pg_sleep(30)`, isConnectionLost)
  const waits = assert.rejects(long`select 1`, isConnectionLost)
  await long.end(100)
  await Promise.all([lost, waits])
})

test("pages, evaluation and clean-up have plans for the tables as they are, however often they run", async () => {
  for (const name of ["ui", "jobs"] as const) {
    const plans = await db.dbs[name].asOrg(db.org, async (tx) => {
      for (let time = 0; time < 8; time += 1)
        await tx`select count(*) from inventory.device where org_id = ${db.org}`
      return await tx<{ kept: number; made: number }[]>`
        select generic_plans::int as kept, custom_plans::int as made from pg_prepared_statements
        where statement like '%count(*) from inventory.device where org_id = $1'`
    })
    assert.deepEqual(
      plans.map((row) => ({ ...row })),
      [{ kept: 0, made: 8 }],
      name,
    )
  }
})
