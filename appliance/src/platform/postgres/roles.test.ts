/** Roles on a real server, made by several sessions at once. */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { test } from "node:test"
import { testServer } from "../../../test/database.ts"
import { openSql } from "./db.ts"
import { prepareDatabase } from "./roles.ts"

const AT_ONCE = 8

test("several that prepare a database on one server at once all succeed", async () => {
  const server = await testServer()
  const connect = (database: string) => server.connection("postgres", database)
  const names = Array.from(
    { length: AT_ONCE },
    () => `roles_${randomUUID().replaceAll("-", "").slice(0, 12)}`,
  )
  const made = await Promise.all(
    names.map((name) => prepareDatabase(connect, name, server.passwords)),
  )
  assert.deepEqual(new Set(made.map(({ app }) => app.user)), new Set(["ispvm_app"]))
  const sql = openSql(connect("postgres"), { name: "test", max: 1 })
  for (const name of names) await sql.unsafe(`drop database ${name} with (force)`)
  await sql.end()
})
