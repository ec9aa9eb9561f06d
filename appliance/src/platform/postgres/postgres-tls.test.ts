/** A Postgres that speaks TLS with a certificate for the name localhost, of an authority of our own. */
import assert from "node:assert/strict"
import { once } from "node:events"
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { type Authority, openAuthority } from "@ispvm/pki"
import { type Connection, databaseUrl, parseDatabaseUrl, type Tls } from "./database-url.ts"
import { openDbs, openSql } from "./db.ts"
import { type RunningPostgres, startPostgres } from "./postgres.ts"
import { findServerUser } from "./postgres-runtime.ts"
import { prepareExternalDatabase } from "./roles.ts"

let folder: string
let server: RunningPostgres
let port: number
const file = (name: string) => join(folder, name)
const authorityOf = (name: string): Promise<Authority> =>
  openAuthority({ directory: file(name), now: Date.now, name, caBits: 2048, leafBits: 2048 })

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "ispvm-tls-"))
  chmodSync(folder, 0o755)
  const [ours, others] = await Promise.all([authorityOf("ours"), authorityOf("others")])
  writeFileSync(file("root.crt"), ours.rootPem)
  writeFileSync(file("other.crt"), others.rootPem)
  writeFileSync(file("nothing.crt"), "no certificate\n")
  const { certificate, keyPem } = await ours.issueServer(["localhost"])
  writeFileSync(file("server.crt"), certificate.pem + ours.issuingPem)
  writeFileSync(file("server.key"), keyPem, { mode: 0o600 })
  // The server refuses a key that anybody else could read, and could not read one of root's.
  const user = findServerUser(null)
  if (user !== null) chownSync(file("server.key"), user.uid, user.gid)
  port = await freePort()
  server = await startPostgres({
    dataDir: file("server"),
    user: null,
    info: () => undefined,
    settings: {
      fsync: "off",
      listen_addresses: "127.0.0.1",
      port: String(port),
      ssl: "on",
      ssl_cert_file: file("server.crt"),
      ssl_key_file: file("server.key"),
    },
  })
})
after(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

const freePort = async (): Promise<number> => {
  const other = createServer().listen(0, "127.0.0.1")
  await once(other, "listening")
  const address = other.address()
  other.close()
  await once(other, "close")
  assert.ok(typeof address === "object" && address !== null)
  return address.port
}
const at = (tls: Tls, rootFile: string | null, host = "localhost"): Connection => ({
  at: { kind: "tcp", host, port, tls, rootFile: rootFile === null ? null : file(rootFile) },
  database: "postgres",
  user: "postgres",
  password: server.passwords.postgres,
})
const isTls = async (connection: Connection): Promise<boolean | undefined> => {
  // By way of the text people type: that is what has to hold.
  const sql = openSql(parseDatabaseUrl(databaseUrl(connection)), { name: "test", max: 1 })
  try {
    const [row] = await sql<
      { ssl: boolean }[]
    >`select ssl from pg_stat_ssl where pid = pg_backend_pid()`
    return row?.ssl
  } finally {
    await sql.end()
  }
}

for (const [tls, root, host, expected] of [
  ["disable", null, "127.0.0.1", false],
  ["prefer", null, "127.0.0.1", true],
  ["require", null, "127.0.0.1", true],
  ["require", "root.crt", "127.0.0.1", true],
  ["verify-ca", "root.crt", "127.0.0.1", true],
  ["verify-full", "root.crt", "localhost", true],
] as const) {
  test(`sslmode=${tls}${root === null ? "" : " with its root"} to ${host} is ${expected ? "spoken by TLS" : "plain"}`, async () => {
    assert.equal(await isTls(at(tls, root, host)), expected)
  })
}

for (const [what, connection, expected] of [
  [
    "a root nobody was told of",
    () => at("verify-full", null),
    /signed by nobody trusted here.*PGSSLROOTCERT/,
  ],
  ["another root", () => at("verify-full", "other.crt"), /signed by nobody trusted here/],
  [
    "another root, though only require was said",
    () => at("require", "other.crt"),
    /signed by nobody trusted here/,
  ],
  [
    "another root, though no name was asked for",
    () => at("verify-ca", "other.crt"),
    /signed by nobody trusted here/,
  ],
  [
    "another name",
    () => at("verify-full", "root.crt", "127.0.0.1"),
    /certificate is for another name/,
  ],
  [
    "a root's file that is not there",
    () => at("verify-full", "missing.crt"),
    /root certificate .*missing\.crt cannot be read/,
  ],
  [
    "a root's file without one",
    () => at("verify-full", "nothing.crt"),
    /nothing\.crt holds no certificate/,
  ],
] as const) {
  test(`${what} is rejected in one line without the password`, async () => {
    mkdirSync(file("data"), { recursive: true })
    await assert.rejects(
      prepareExternalDatabase(connection(), file("data"), () => undefined),
      (error: unknown) => {
        assert.ok(error instanceof Error)
        assert.match(error.message, /^DATABASE_URL: cannot connect to postgres@[^\n]*\.$/)
        assert.match(error.message, expected)
        assert.ok(!error.message.includes(server.passwords.postgres))
        return true
      },
    )
  })
}

test("a server that closes, or answers too much, is rejected", async () => {
  for (const [answer, expected] of [
    ["", /it hung up/],
    ["Sand more", /does not answer a request for TLS as Postgres does/],
  ] as const) {
    const other = createServer((socket) => {
      socket.on("error", () => undefined)
      socket.once("data", () => (answer === "" ? socket.destroy() : socket.write(answer)))
    }).listen(0, "127.0.0.1")
    await once(other, "listening")
    const address = other.address()
    assert.ok(typeof address === "object" && address !== null)
    const url = `postgres://u:p@localhost:${address.port}/d?sslmode=verify-full`
    await assert.rejects(
      prepareExternalDatabase(parseDatabaseUrl(url), file("data"), () => undefined),
      expected,
    )
    other.close()
    await once(other, "close")
  }
})

test("an answer of many records is complete, and a connection that was ended is opened again", async () => {
  const dbs = openDbs(at("verify-full", "root.crt"))
  try {
    const [row] = await dbs.ui.sql<{ text: string }[]>`select repeat('x', 5000000) as text`
    assert.equal(row?.text.length, 5_000_000)
    await assert.rejects(dbs.ui.sql`select pg_terminate_backend(pg_backend_pid())`)
    const [again] = await dbs.ui.sql<
      { ssl: boolean }[]
    >`select ssl from pg_stat_ssl where pid = pg_backend_pid()`
    assert.equal(again?.ssl, true)
  } finally {
    await dbs.close()
  }
})

test("if the server offers no TLS, require is rejected and prefer continues without it", async () => {
  const sql = openSql(at("disable", null), { name: "test", max: 1 })
  await sql`alter system set ssl = off`
  await sql`select pg_reload_conf()`
  await sql.end()
  // Each process of the server reads the new settings in its own time.
  for (
    const until = performance.now() + 5_000;
    performance.now() < until && (await isTls(at("prefer", null)));
  );
  assert.equal(await isTls(at("prefer", null)), false)
  await assert.rejects(isTls(at("require", null)), /offers no TLS, and sslmode=require asks for it/)
})
