import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { testServer } from "../../../test/database.ts"
import type { Connection } from "./database-url.ts"
import { openSql } from "./db.ts"
import { countMissing, type Migration, migrate, plan, readMigrations } from "./migrate.ts"
import { prepareDatabase } from "./roles.ts"

let folder: string
let owner: Connection
let app: Connection
const name = `migrate_${randomUUID().replaceAll("-", "").slice(0, 12)}`
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "ispvm-migrate-"))
  const server = await testServer()
  const prepare = () =>
    prepareDatabase((database) => server.connection("postgres", database), name, server.passwords)
  await prepare()
  const logins = await prepare() // again changes nothing
  owner = logins.owner
  app = logins.app
})
after(async () => {
  rmSync(folder, { recursive: true, force: true })
  const server = await testServer()
  const sql = openSql(server.connection("postgres", "postgres"), { name: "test", max: 1 })
  await sql.unsafe(`drop database ${name} with (force)`)
  await sql.end()
})
const put = (file: string, text: string) => writeFileSync(join(folder, file), text)

test("files run in order, once, each completely or not at all, and a failure names file and line", async () => {
  // ispvm_owner may make schemas, and tables in its own.
  put("0001-a.sql", "create schema own; create table own.a (n int);\ninsert into own.a values (1);")
  put(
    "0002-b.sql",
    "-- two lines of comment\n--\ninsert into own.a values (2);\ninsert into own.nowhere values (3);",
  )
  await assert.rejects(migrate(owner, folder), /Migration 0002-b\.sql, line 4: .*nowhere/)
  const sql = openSql(owner, { name: "test", max: 1 })
  assert.deepEqual([...(await sql`select n from own.a`)], [{ n: 1 }])
  put("0002-b.sql", "insert into own.a values (2);")
  assert.deepEqual(await migrate(owner, folder), ["0002-b.sql"])
  assert.deepEqual(await migrate(owner, folder), [])
  assert.deepEqual([...(await sql`select n from own.a order by n`)], [{ n: 1 }, { n: 2 }])

  put("0003-c.sql", "insert into own.a values (3);")
  const asApp = openSql(app, { name: "test", max: 1 })
  assert.equal(await countMissing(asApp, readMigrations(folder)), 1)
  const both = await Promise.all([migrate(owner, folder), migrate(owner, folder)])
  assert.deepEqual(both.flat(), ["0003-c.sql"])
  await assert.rejects(
    asApp`insert into migrations.applied (name, sha256) values ('x', 'y')`,
    /permission denied/,
  )
  await assert.rejects(asApp`select * from own.a`, /permission denied/)
  await Promise.all([sql.end(), asApp.end()])

  put("0002-b.sql", "insert into own.a values (22);")
  await assert.rejects(migrate(owner, folder), /0002-b\.sql was changed after it had run/)
})

test("a file with an invalid name is rejected", () => {
  put("2-x.sql", "")
  assert.throws(() => readMigrations(folder), /expected a name like/)
  rmSync(join(folder, "2-x.sql"))
})

const file = (name: string): Migration => ({ name, sha256: name, text: "" })
const cases: [string, string[], string[], RegExp][] = [
  ["a database that is newer", ["1"], ["1", "2"], /newer than this build: it has the migration 2/],
  ["a database of another build", ["1", "3"], ["1", "2"], /2, which this build does not know/],
  [
    "a file slipped in before what has run",
    ["1", "2", "3"],
    ["1", "3"],
    /2 comes before 3, which has run already/,
  ],
]
for (const [what, files, applied, expected] of cases) {
  test(`${what} is rejected`, () =>
    assert.throws(() => plan(files.map(file), applied.map(file)), expected))
}
