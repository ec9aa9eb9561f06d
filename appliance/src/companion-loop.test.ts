/**
 * A router is connected by hand over the real UI API and push API: choose, link, fetch, report,
 * revoke. No secret of it is logged.
 */
import assert from "node:assert/strict"
import { copyFileSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { CA_PATH, PUSH_PATH, SCRIPT_PATH } from "@ispvm/wire/push"
import { makeAuthority } from "../test/authority.ts"
import { keyIn } from "../test/companion-rig.ts"
import { type TestDatabase, testDatabase } from "../test/database.ts"
import { until } from "../test/program.ts"
import { sendTls } from "../test/send-tls.ts"
import { Companion, CompanionScript, KeyRotation, ScriptLink } from "./api/companion.ts"
import { type App, startApp } from "./app.ts"
import { readConfig } from "./config.ts"
import type { Log } from "./platform/log.ts"
import { databaseUrl } from "./platform/postgres/database-url.ts"

const CODE = "open-sesame-now"
const FINGERPRINT = "cd".repeat(32)
let db: TestDatabase
let dataDir: string
let app: App
let cookie = ""
let device = ""
let port = 0
const lines: string[] = []

const log = (() => {
  const note = (...args: unknown[]): void => {
    lines.push(
      JSON.stringify(args, (_, value) => (value instanceof Error ? `${value.stack}` : value)),
    )
  }
  const all = { trace: note, debug: note, info: note, warn: note, error: note, fatal: note }
  return { ...all, child: () => log } as unknown as Log
})()

before(async () => {
  db = await testDatabase({ isSetUp: false })
  dataDir = mkdtempSync(join(tmpdir(), "ispvm-loop-"))
  await makeAuthority(dataDir)
  copyFileSync(db.passwordsFile, join(dataDir, "database.json"))
  const parsed = readConfig(
    {
      ISPVM_DATA_DIR: dataDir,
      ISPVM_HTTP_PORT: "0",
      ISPVM_AGENT_API_PORT: "0",
      ISPVM_PUSH_PORT: "0",
      ISPVM_LOCAL_AGENT: "off",
      ISPVM_SETUP_CODE: CODE,
      DATABASE_URL: databaseUrl(db.superuser),
    },
    [],
  )
  assert.ok(parsed.kind === "start")
  app = await startApp({ config: parsed.config, log, signal: new AbortController().signal })
  const setup = {
    setupCode: CODE,
    organisation: "Net",
    name: "Ada",
    email: "ada@example.net",
    password: "a long password",
  }
  const setUp = await fetch(`${app.url}/api/v1/setup`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(setup),
  })
  cookie = setUp.headers.getSetCookie()[0]?.split(";")[0] ?? ""
  device = String((await api("POST", "/devices", { name: "edge-1", address: "192.0.2.1" })).json.id)
})
after(async () => {
  await app.stop()
  await db.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const api = async (method: string, path: string, body?: object) => {
  const answer = await fetch(`${app.url}/api/v1${path}`, {
    method,
    headers: { cookie, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  const json: Record<string, unknown> = text === "" ? {} : JSON.parse(text)
  return { status: answer.status, headers: answer.headers, text, json }
}
/** As a router: over TLS, with its secret in a header. */
const pushApi = (
  method: string,
  path: string,
  { ca = null, bearer, body }: { ca?: string | null; bearer?: string; body?: object } = {},
) =>
  sendTls({
    ...{ port, method, path, ca, body },
    headers: {
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
  })
const hello = (seq: number) => ({
  v: 1,
  queue: "hello",
  boot: `b${seq}`,
  up: "00:10:00",
  clock: "2024-03-01 13:13:32",
  gmt: "+00:00",
  lost: 0,
  items: [
    {
      seq,
      up: "00:10:00",
      kind: "hello",
      version: "7.18.2 (stable)",
      identity: "edge-1",
      done: ["api-account", `api-tls: certificate ${FINGERPRINT}`, "api-tls", "snmp"],
      failed: [],
    },
  ],
})
const companion = async () =>
  Companion.parse((await api("GET", `/devices/${device}/companion`)).json)
/** Chooses what the router does, and fetches its script by a link; twice, because it works once. */
const fetchScript = async () => {
  const desired = {
    release: "7.18.2",
    agentAddresses: ["192.0.2.9"],
    netwatch: [{ name: "gateway", host: "192.0.2.254" }],
  }
  const saved = await api("PUT", `/devices/${device}/companion`, desired)
  assert.equal(saved.status, 200, saved.text)
  assert.equal(Companion.parse(saved.json).desired?.profile, "edge")
  const made = await api("POST", `/devices/${device}/companion/link`, { kind: "onboard" })
  assert.equal(made.headers.get("cache-control"), "no-store")
  const link = ScriptLink.parse(made.json)
  port = Number(new URL(link.url).port)
  const ca = (await pushApi("GET", CA_PATH)).text
  const secret = /Bearer ([\w-]{43})/.exec(link.curl)?.[1] ?? ""
  const fetched = await Promise.all(
    [1, 2].map(() => pushApi("GET", SCRIPT_PATH, { ca, bearer: secret })),
  )
  assert.deepEqual(fetched.map(({ status }) => status).sort(), [200, 401])
  const script = fetched.find(({ status }) => status === 200)?.text ?? ""
  return { ca, secret, script, key: keyIn(script) }
}

/** The device is polled with the account that the script made. */
const assertAdopted = async (): Promise<void> => {
  const now = await until("the account", async () => {
    const view = await companion()
    return view.adoptedAtMs === null ? null : view
  })
  assert.deepEqual(
    [now.hello?.version, now.pushes.accepted, now.keys.map(({ state }) => state)],
    ["7.18.2 (stable)", 1, ["active"]],
  )
  const { json } = await api("GET", `/devices/${device}`)
  assert.deepEqual((json.methods as { routerosApi: unknown }).routerosApi, {
    port: 8729,
    tls: true,
    fingerprint: FINGERPRINT,
  })
}

/** A second key ends the first when it is used, and is revoked at once. */
const rotateAndRevoke = async (ca: string, key: string): Promise<string> => {
  const push = (bearer: string, seq: number) =>
    pushApi("POST", PUSH_PATH, { ca, bearer, body: hello(seq) })
  const other = KeyRotation.parse((await api("POST", `/devices/${device}/companion/keys`)).json)
  const fresh = keyIn(other.script.text)
  assert.equal((await push(key, 2)).status, 200, "the old key still works")
  assert.equal((await push(fresh, 3)).status, 200)
  await until("the old key's end", async () => ((await push(key, 4)).status === 401 ? true : null))
  assert.equal(
    (await api("DELETE", `/devices/${device}/companion/keys/${other.key.id}`)).status,
    204,
  )
  const rejected = await push(fresh, 5)
  assert.deepEqual(
    [rejected.status, JSON.parse(rejected.text).code],
    [401, "key-revoked"],
    "at once, although it was accepted a moment ago",
  )
  return fresh
}

test("a router gets its script once, reports, is polled with that script's account, and loses its keys", async () => {
  const { ca, secret, script, key } = await fetchScript()
  const pushed = await pushApi("POST", PUSH_PATH, { ca, bearer: key, body: hello(1) })
  assert.deepEqual(
    [pushed.status, JSON.parse(pushed.text)],
    [200, { taken: 1, known: 0, refused: [] }],
  )
  await assertAdopted()
  const fresh = await rotateAndRevoke(ca, key)

  assert.ok(lines.length > 5)
  const all = lines.join("\n")
  const secrets = [
    key,
    fresh,
    secret,
    /password="?([A-Za-z0-9]{24})/.exec(script)?.[1] ?? assert.fail("no password in the script"),
  ]
  for (const each of secrets) {
    assert.ok(!all.includes(each) && !all.includes(each.split(".")[2] ?? each))
  }
})

test("a script is shown with its sections, and never cached by a browser", async () => {
  const preview = await api("POST", "/companion/preview", { deviceId: device, release: "7.18.2" })
  const script = CompanionScript.parse(preview.json)
  const texts = script.text.split("\n")
  for (const part of script.parts)
    assert.equal(texts[part.firstLine - 1], part.text.split("\n")[0], part.id)
  const real = await api("POST", `/devices/${device}/companion/script`, { kind: "onboard" })
  assert.deepEqual([real.status, real.headers.get("cache-control")], [201, "no-store"])
})
