import assert from "node:assert/strict"
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { openSql } from "./db.ts"
import { type RunningPostgres, readPasswords, startPostgres } from "./postgres.ts"
import { choosePlace, chooseSocket } from "./postgres-place.ts"
import { findServerUser, inaccessibleFolder } from "./postgres-runtime.ts"

const isRoot = process.getuid?.() === 0
let folder: string
let dataDir: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), "ispvm-postgres-"))
  chmodSync(folder, 0o755)
  // So deep that a socket in it would have too long a path.
  dataDir = join(folder, "d".repeat(60), "e".repeat(60))
})
after(() => rmSync(folder, { recursive: true, force: true }))

const start = () =>
  startPostgres({ dataDir, user: null, info: () => undefined, settings: { fsync: "off" } })
const query = async (server: RunningPostgres, name: string): Promise<string> => {
  const sql = openSql(server.connection("postgres", "postgres"), { name: "test", max: 1 })
  try {
    const [row] = await sql<{ value: string }[]>`select current_setting(${name}) as value`
    return row?.value ?? ""
  } finally {
    await sql.end()
  }
}

test("the server survives: first start, adoption after a kill, stop, restart, a failing start", async () => {
  const first = await start()
  assert.equal(first.adopted, false)
  const { at } = first.connection("postgres", "postgres")
  assert.equal(at.kind, "socket")
  assert.match(first.directory, /pg18$/)
  assert.equal(await query(first, "listen_addresses"), "")
  assert.equal(await query(first, "server_encoding"), "UTF8")
  assert.equal(statSync(join(dataDir, "database.json")).mode & 0o777, 0o600)
  assert.equal(statSync(first.directory).mode & 0o777, 0o700)
  assert.doesNotMatch(
    readFileSync(join(first.directory, "pg_hba.conf"), "utf8"),
    /^[^#]*\btrust\b/m,
  )

  // As after kill -9 of the appliance: the next start finds the server and uses it.
  const second = await start()
  assert.equal(second.adopted, true)
  assert.equal(await query(second, "port"), "5432")
  await second.stop()
  await second.stop() // A stopped one stays stopped.
  await assert.rejects(query(second, "port"))

  const third = await start()
  assert.equal(third.adopted, false)
  await third.stop()

  appendFileSync(join(third.directory, "postgresql.conf"), "no_such_setting = 1\n")
  await assert.rejects(start(), /does not start[\s\S]*no_such_setting/)

  renameSync(join(dataDir, "database.json"), join(dataDir, "kept.json"))
  await assert.rejects(start(), /database\.json is missing/)
  writeFileSync(join(dataDir, "database.json"), "{}")
  assert.throws(
    () => readPasswords(dataDir, true),
    /does not hold this installation's database passwords/,
  )
})

test("as root the server's files move where its user can reach them, and the reason is printed", {
  skip: !isRoot,
}, () => {
  const user = findServerUser(null)
  assert.ok(user !== null && user.uid !== 0)
  const closed = join(folder, "closed")
  mkdirSync(join(closed, "data"), { recursive: true })
  chmodSync(closed, 0o700)
  assert.equal(inaccessibleFolder(join(closed, "data"), user), closed)
  const messages: string[] = []
  const place = choosePlace(
    join(closed, "data"),
    user,
    (message) => messages.push(message),
    join(folder, "elsewhere"),
  )
  assert.ok(place.directory.startsWith(join(folder, "elsewhere")))
  assert.match(messages.join(), new RegExp(`${closed} is closed to it`))
  assert.throws(
    () => choosePlace(join(closed, "data"), user, () => undefined, join(closed, "elsewhere")),
    /cannot reach .* set ISPVM_DATA_DIR to a folder/,
  )
  assert.equal(
    choosePlace(join(folder, "open"), user, () => undefined).directory,
    join(folder, "open", "pg18"),
  )
})

test("a user that does not exist, or is root, is rejected with a reason", { skip: !isRoot }, () => {
  for (const name of ["no-such-user", "root", "--help"])
    assert.throws(() => findServerUser(name), /ISPVM_DB_USER: there is no user/)
})

test("if no socket can be created, the server listens on a loopback port", async () => {
  const at = await chooseSocket(join(folder, 'a"quote'), null)
  assert.ok(at.kind === "tcp" && at.host === "127.0.0.1" && at.port > 0)
})
