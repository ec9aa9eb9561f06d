/** The API as an attacker and as a clumsy program ask it: nothing is a fault of ours, and every write leaves its row in the audit. */
import assert from "node:assert/strict"
import { copyFileSync, mkdtempSync, rmSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { z } from "zod"
import { type App, startApp } from "../src/app.ts"
import { readConfig } from "../src/config.ts"
import { createLog } from "../src/platform/log.ts"
import { databaseUrl } from "../src/platform/postgres/database-url.ts"
import { makeAuthority } from "./authority.ts"
import { type TestDatabase, testDatabase } from "./database.ts"

const CODE = "open-sesame-now"
const PASSWORD = "a long password"
const SECRETS = [
  "router-password-1",
  "community-1",
  "router-password-2",
  "another long one",
  "a third long one",
]
let db: TestDatabase
let dataDir: string
let app: App
let cookie = ""

const send = (method: string, path: string, body?: unknown, as = cookie) =>
  fetch(`${app.url}${path}`, {
    method,
    headers: { "content-type": "application/json", cookie: as },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  })
const cookieOf = (answer: Response): string => answer.headers.getSetCookie()[0]?.split(";")[0] ?? ""
const idOf = async (answer: Response): Promise<string> =>
  z.object({ id: z.string() }).parse(await answer.json()).id

before(async () => {
  db = await testDatabase({ isSetUp: false })
  dataDir = mkdtempSync(join(tmpdir(), "ispvm-hostile-"))
  await makeAuthority(dataDir)
  copyFileSync(db.passwordsFile, join(dataDir, "database.json"))
  const env = {
    ISPVM_DATA_DIR: dataDir,
    ISPVM_HTTP_PORT: "0",
    ISPVM_AGENT_API_PORT: "0",
    ISPVM_PUSH_PORT: "0",
    ISPVM_LOCAL_AGENT: "off",
  }
  const parsed = readConfig(
    { ...env, ISPVM_SETUP_CODE: CODE, DATABASE_URL: databaseUrl(db.superuser) },
    [],
  )
  assert.ok(parsed.kind === "start")
  app = await startApp({
    config: parsed.config,
    log: createLog("silent"),
    signal: new AbortController().signal,
  })
  const setup = {
    setupCode: CODE,
    organisation: "Net",
    name: "Ada",
    email: "ada@example.net",
    password: PASSWORD,
  }
  cookie = cookieOf(await send("POST", "/api/v1/setup", setup, ""))
})
after(async () => {
  await app.stop()
  await db.close()
  rmSync(dataDir, { recursive: true, force: true })
})

/** What no client library would send. */
const raw = (text: string | Buffer): Promise<string> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(app.url)
    let output = ""
    const socket = connect(Number(port), hostname, () => socket.end(text))
    socket.on("data", (bytes) => {
      output += bytes
    })
    socket.on("error", () => resolve(output))
    socket.on("close", () => resolve(output))
  })

test("addresses, headers and bodies that nobody sane sends are refused, and none is a fault of ours", async () => {
  const host = `Host: ${new URL(app.url).host}\r\nConnection: close\r\n`
  const requests: (string | Buffer)[] = [
    "/%00",
    "/%ff%fe",
    "/api/v1/devices/%00",
    "/api/v1/devices/%c3%28",
    "/api/v1/../../etc/passwd",
    "/..%2f..%2fetc%2fpasswd",
    "//example.net/",
    "/api/v1/devices?__proto__[x]=1",
    "/api/v1/audit?limit=1e9&limit=2",
    `/${"a".repeat(9_000)}`,
  ].map((path) => `GET ${path} HTTP/1.1\r\n${host}Cookie: ${cookie}\r\n\r\n`)
  requests.push(
    `GET / HTTP/1.1\r\n${host}X-Long: ${"y".repeat(40_000)}\r\n\r\n`,
    `GET /api/v1/sites HTTP/1.1\r\n${host}Cookie: ispvm_session=x; ${cookie}; ispvm_session=\u0001\r\n\r\n`,
    `OPTIONS * HTTP/1.1\r\n${host}\r\n`,
    `OPTIONS /api/v1/sites HTTP/1.1\r\n${host}\r\n`,
    `TRACE / HTTP/1.1\r\n${host}\r\n`,
    `POST /api/v1/session HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    Buffer.concat([
      Buffer.from(
        `POST /api/v1/session HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 4\r\n\r\n`,
      ),
      Buffer.of(0xff, 0xfe, 0x22, 0x7b),
    ]),
    "GET / HTTP/1.1\r\n\r\n",
  )
  for (const text of requests) {
    const output = await raw(text)
    assert.doesNotMatch(
      output,
      /^HTTP\/1\.1 5/,
      `${text.toString("latin1").slice(0, 80)}: ${output.slice(0, 300)}`,
    )
    assert.doesNotMatch(output, /root:|node_modules|at file:/)
  }
  for (const method of ["HEAD", "GET"])
    assert.equal((await send(method, "/api/v1/sites")).status, 200)
  assert.equal((await send("GET", "/healthz")).status, 200)
})

test("a key that would reach an object's prototype is an unknown one, and deep lists are only wrong", async () => {
  for (const body of [
    '{"name":"S","__proto__":{"role":"admin"}}',
    '{"name":"S","constructor":{"prototype":{}}}',
  ]) {
    const answer = await send("POST", "/api/v1/regions", body)
    assert.ok(answer.status === 422 || answer.status === 201, `${body}: ${answer.status}`)
  }
  assert.equal(Reflect.get({}, "role"), undefined)
  const deep = `{"name":${"[".repeat(50_000)}${"]".repeat(50_000)}}`
  assert.ok([400, 422].includes((await send("POST", "/api/v1/regions", deep)).status))
})

test("an operator makes no accounts and no credentials; a viewer reads no credentials", async () => {
  const as: Record<string, string> = {}
  for (const role of ["operator", "viewer"]) {
    const email = `${role}@example.net`
    assert.equal(
      (await send("POST", "/api/v1/accounts", { name: role, email, role, password: PASSWORD }))
        .status,
      201,
    )
    as[role] = cookieOf(await send("POST", "/api/v1/session", { email, password: PASSWORD }, ""))
  }
  const account = { name: "x", email: "x@example.net", role: "admin", password: PASSWORD }
  assert.equal((await send("POST", "/api/v1/accounts", account, as.operator)).status, 403)
  assert.equal((await send("GET", "/api/v1/accounts", undefined, as.operator)).status, 403)
  assert.equal((await send("GET", "/api/v1/audit", undefined, as.operator)).status, 403)
  const credential = { name: "c", username: "u", password: "p", snmpCommunity: null }
  assert.equal((await send("POST", "/api/v1/credentials", credential, as.operator)).status, 403)
  assert.equal((await send("GET", "/api/v1/credentials", undefined, as.viewer)).status, 403)
})

test("each kind of write leaves its row, and no secret is in any of them, nor in any answer", async () => {
  const answers: string[] = []
  const write = async (method: string, path: string, body?: unknown): Promise<string> => {
    const answer = await send(method, `/api/v1${path}`, body)
    answers.push(await answer.clone().text())
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${answers.at(-1)}`)
    return answer.status === 201 ? await idOf(answer) : ""
  }
  const region = await write("POST", "/regions", { name: "North" })
  await write("PATCH", `/regions/${region}`, { name: "South" })
  const site = await write("POST", "/sites", {
    name: "Hill",
    regionId: region,
    latitude: null,
    longitude: null,
    note: "",
  })
  await write("PATCH", `/sites/${site}`, { note: "n" })
  const secret = {
    name: "Routers",
    username: "noc",
    password: SECRETS[0],
    snmpCommunity: SECRETS[1],
  }
  const credential = await write("POST", "/credentials", secret)
  await write("PATCH", `/credentials/${credential}`, { password: SECRETS[2] })
  const a = await write("POST", "/devices", {
    name: "r1",
    address: "192.0.2.1",
    siteId: site,
    credentialId: credential,
  })
  const b = await write("POST", "/devices", { name: "r2", address: "192.0.2.2" })
  await write("PATCH", `/devices/${a}`, { note: "x" })
  await write("POST", "/devices/import", {
    csv: '\ufeffname;address\r\n"r;3";192.0.2.3\r\n=1+1;192.0.2.4\r\n',
    dryRun: false,
  })
  const account = { name: "Bo", email: "bo@example.net", role: "viewer", password: SECRETS[3] }
  const person = await write("POST", "/accounts", account)
  await write("PATCH", `/accounts/${person}`, { password: SECRETS[4] })
  await write("DELETE", `/accounts/${person}`)
  await write("DELETE", `/devices/${b}`)
  await write("DELETE", `/devices/${a}`)
  await write("DELETE", `/credentials/${credential}`)
  await write("DELETE", `/sites/${site}`)
  await write("DELETE", `/regions/${region}`)
  const audit = await (await send("GET", "/api/v1/audit?limit=500")).text()
  const { items } = z
    .object({ items: z.array(z.object({ action: z.string() })) })
    .parse(JSON.parse(audit))
  const actions = new Set(items.map(({ action }) => action))
  for (const subject of ["region", "site", "credential", "device", "account"])
    for (const verb of ["created", "changed", "removed"])
      assert.ok(actions.has(`${subject}.${verb}`), `${subject}.${verb}`)
  for (const secretText of SECRETS)
    for (const text of [audit, ...answers]) assert.ok(!text.includes(secretText), secretText)
})

test("a list of 20,000 devices is refused as too long; one with a name twice names the line", async () => {
  const long = [
    "name,address",
    ...Array.from({ length: 20_000 }, (_, n) => `d${n},192.0.2.1`),
  ].join("\n")
  const tooLong = await (
    await send("POST", "/api/v1/devices/import", { csv: long, dryRun: true })
  ).text()
  assert.match(tooLong, /at most 10000 lines/)
  const twice = await (
    await send("POST", "/api/v1/devices/import", {
      csv: "name,address\nz,192.0.2.1\nz,192.0.2.2",
      dryRun: true,
    })
  ).text()
  assert.match(twice, /"line":3.*is in line 2 already/)
})
