import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { MIGRATIONS, testServer } from "../../../test/database.ts"
import type { Connection } from "./database-url.ts"
import { openSql } from "./db.ts"
import {
  countMissing,
  isReleaseAtLeast,
  type Migration,
  migrate,
  plan,
  readMigrations,
  runsFromOf,
} from "./migrate.ts"
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

test("files run in order, once, all of them or none, and a failure names file and line", async () => {
  // ispvm_owner may make schemas, and tables in its own.
  put("0001-a.sql", "create schema own; create table own.a (n int);\ninsert into own.a values (1);")
  put(
    "0002-b.sql",
    "-- two lines of comment\n--\ninsert into own.a values (2);\ninsert into own.nowhere values (3);",
  )
  await assert.rejects(migrate(owner, folder), /Migration 0002-b\.sql, line 4: .*nowhere/)
  const sql = openSql(owner, { name: "test", max: 1 })
  assert.equal((await sql`select to_regclass('own.a') as a`)[0]?.a, null, "nothing is left of them")
  put("0002-b.sql", "insert into own.a values (2);")
  assert.deepEqual(await migrate(owner, folder), ["0001-a.sql", "0002-b.sql"])
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

test("a release runs on tables of a later one that only added to them, and on no others", async () => {
  const later = mkdtempSync(join(tmpdir(), "ispvm-later-"))
  for (const { name, text } of readMigrations(folder).filter(({ name }) => name !== "0002-b.sql"))
    writeFileSync(join(later, name), text)
  writeFileSync(join(later, "0002-b.sql"), "insert into own.a values (2);")
  writeFileSync(join(later, "0004-d.sql"), "-- Why.\n-- expand\ncreate table own.d (n int);")
  put("0002-b.sql", "insert into own.a values (2);")
  assert.deepEqual(await migrate(owner, later), ["0004-d.sql"])
  assert.deepEqual(await migrate(owner, folder), [], "this release does not know it")
  const asApp = openSql(app, { name: "test", max: 1 })
  assert.equal(await countMissing(asApp, readMigrations(folder)), 0)
  writeFileSync(join(later, "0005-e.sql"), "-- contract after 99.0.0\ndrop table own.d;")
  assert.deepEqual(await migrate(owner, later), ["0005-e.sql"])
  await assert.rejects(
    migrate(owner, folder),
    /newer than this build: it has the migration 0005-e\.sql.*Releases since 99\.0\.0/,
  )
  await asApp.end()
  rmSync(later, { recursive: true, force: true })
})

for (const [text, expected] of [
  ["-- Why.\n-- expand\nselect 1;", "0.0.0"],
  ["-- contract after 0.3.0\n-- Why.", "0.3.0"],
  ["-- It would expand.\nselect '-- expand';", null],
] as const)
  test(`the oldest release after "${text.split("\n")[0]}" is ${expected}`, () =>
    assert.equal(runsFromOf(text), expected))

test("releases compare by number, and a build of one is that release", () => {
  assert.deepEqual(
    [
      isReleaseAtLeast("0.10.0", "0.9.1"),
      isReleaseAtLeast("0.3.0~20261130.5eefd9d", "0.3.0"),
      isReleaseAtLeast("0.2.9", "0.3.0"),
    ],
    [true, true, false],
  )
})

test("every migration from 0033 on says whether earlier releases run on it", () => {
  const silent = readMigrations(MIGRATIONS).filter((one) => one.name >= "0033" && !one.runsFrom)
  assert.deepEqual(
    silent.map(({ name }) => name),
    [],
  )
})

const file = (name: string, runsFrom: string | null = null): Migration => ({
  name,
  sha256: name,
  text: "",
  runsFrom,
})
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
    assert.throws(
      () =>
        plan(
          files.map((name) => file(name)),
          applied.map((name) => file(name)),
          "0.1.0",
        ),
      expected,
    ))
}
