/**
 * DATABASE_URL: roles created with the rights of its user, or SQL for somebody with sufficient
 * rights.
 */
import assert from "node:assert/strict"
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { openSql } from "../src/platform/postgres/db.ts"
import { migrate } from "../src/platform/postgres/migrate.ts"
import { startPostgres } from "../src/platform/postgres/postgres.ts"
import { prepareExternalDatabase } from "../src/platform/postgres/roles.ts"
import { MIGRATIONS } from "./database.ts"

test("a user who may create roles creates them; for another one the error names the command, without a password", async () => {
  // A separate server: roles belong to a whole server, and other tests log in with them.
  const folder = mkdtempSync(join(tmpdir(), "ispvm-given-"))
  chmodSync(folder, 0o755)
  const server = await startPostgres({
    dataDir: join(folder, "server"),
    user: null,
    info: () => undefined,
    settings: { fsync: "off" },
  })
  const dataDir = mkdtempSync(join(folder, "data-"))
  const admin = openSql(server.connection("postgres", "postgres"), { name: "test", max: 1 })
  try {
    await admin`create database noc`
    await admin`create role limited login password 'limited-password'`
    const limited = {
      ...server.connection("postgres", "noc"),
      user: "limited",
      password: "limited-password",
    }
    const failure = await prepareExternalDatabase(limited, dataDir, () => undefined).then(
      () => assert.fail("expected a refusal"),
      (error: unknown) => (error instanceof Error ? error.message : ""),
    )
    const file = join(dataDir, "database-setup.sql")
    assert.match(failure, /limited@.*may not create the roles ispvm_owner and ispvm_app/)
    assert.ok(failure.includes(file))
    assert.equal(statSync(file).mode & 0o777, 0o600)
    const text = readFileSync(file, "utf8")
    const [, password = ""] = /ispvm_app login password '([^']+)'/.exec(text) ?? []
    assert.ok(password.length > 20 && !failure.includes(password))

    // Somebody with the rights runs it; then the same start works.
    const asAdmin = openSql(server.connection("postgres", "noc"), { name: "test", max: 1 })
    await asAdmin.unsafe(text)
    await asAdmin.end()
    const logins = await prepareExternalDatabase(limited, dataDir, () => undefined)
    assert.ok((await migrate(logins.owner, MIGRATIONS)).length > 5)

    // Another installation, whose user may create roles: its passwords are set, and that is
    // reported.
    await admin`create database other`
    const messages: string[] = []
    const superuser = server.connection("postgres", "other")
    const again = await prepareExternalDatabase(
      superuser,
      mkdtempSync(join(folder, "data-")),
      (message) => messages.push(message),
    )
    assert.equal(messages.length, 2)
    assert.ok((await migrate(again.owner, MIGRATIONS)).length > 5)

    await assert.rejects(
      prepareExternalDatabase({ ...limited, password: "wrong-password" }, dataDir, () => undefined),
      (error: unknown) => {
        assert.ok(error instanceof Error)
        assert.match(
          error.message,
          /DATABASE_URL: cannot connect to limited@.*: wrong user or password/,
        )
        assert.doesNotMatch(error.message, /wrong-password/)
        return true
      },
    )
    await assert.rejects(
      prepareExternalDatabase({ ...superuser, database: "nowhere" }, dataDir, () => undefined),
      /no database of that name/,
    )
  } finally {
    await admin.end()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
