import assert from "node:assert/strict"
import { globSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { after, before, test } from "node:test"
import { setTimeout as delay } from "node:timers/promises"
import { type TestDatabase, testDatabase } from "../../test/database.ts"
import { isConnectionLost, openDbs, openSql } from "./db.ts"
import { MENDED } from "./postgres-client.ts"

let db: TestDatabase
before(async () => {
  db = await testDatabase()
})
after(() => db.close())

test("what is mended stands in the installed package as expected: a new release has to be looked at anew", () => {
  const folder = join(dirname(createRequire(import.meta.url).resolve("postgres")), "..", "..", "src")
  const source = ["connection.js", "index.js"].map((file) => readFileSync(join(folder, file), "utf8")).join("\n")
  for (const { was, times } of MENDED) assert.equal(source.split(was).length - 1, times, was)
})

test("no other file reads the package first", () => {
  const appliance = join(import.meta.dirname, "..", "..")
  const others = globSync("{src,test}/**/*.ts", { cwd: appliance }).filter((file) =>
    /^import (?!type )[^\n]* from "postgres"$/m.test(readFileSync(join(appliance, file), "utf8")),
  )
  assert.deepEqual(others, [])
})

test("transactions under way when the server ends their connections fail, and the pool works on", {
  timeout: 20_000,
}, async () => {
  const dbs = openDbs({ appUrl: db.url })
  const killer = openSql(db.superuser, { name: "killer", max: 1 })
  const started = Promise.withResolvers<void>()
  const endAll = () =>
    killer`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`
  const inQuery = dbs.jobs.asOrg(db.org, async (tx) => {
    await tx`select 1`
    started.resolve()
    await tx`select pg_sleep(10)`
  })
  const between = dbs.jobs.asOrg(db.org, async (tx) => {
    await tx`select 1`
    await started.promise
    await endAll()
    await delay(5) // the end has to arrive between two queries of this transaction
    await tx`select 2`
  })
  const both = await Promise.allSettled([inQuery, between])
  for (const end of both) assert.ok(end.status === "rejected" && isConnectionLost(end.reason), JSON.stringify(end))
  const answers = await Promise.all([1, 2, 3, 4, 5].map((n) => dbs.jobs.asOrg(db.org, (tx) => tx`select ${n}::int as n`)))
  assert.deepEqual(
    answers.map((rows) => rows[0]?.n),
    [1, 2, 3, 4, 5],
  )
  await Promise.all([killer.end(), dbs.close()])
})
