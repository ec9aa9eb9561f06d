/**
 * A support bundle of an appliance that has a secret of every kind, and a log into which each of
 * them was written: none is found in it, plain or encoded.
 */
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { generateKeyPairSync, randomBytes } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { openApp, SETUP } from "../../test/app-rig.ts"
import { parseDatabaseUrl } from "../platform/postgres/database-url.ts"
import { type Dbs, openDbs } from "../platform/postgres/db.ts"
import { listOrgs } from "../registry/orgs/orgs.ts"
import { parseMasterKey, SEALED_COLUMNS, unseal } from "../registry/secrets/secrets.ts"
import { createRedact, REMOVED } from "./redact.ts"
import { writeBundle } from "./support-bundle.ts"
import { readDatabaseFacts } from "./support-store.ts"

const CREDENTIAL = {
  name: "core",
  username: "monitor",
  password: "Router-Pass/7+",
  snmpCommunity: "noc-readers",
  snmpV3: {
    user: "snmp-user",
    authProtocol: "SHA256",
    authPassword: "auth-phrase-1",
    privProtocol: "AES128",
    privPassword: "priv-phrase-2",
  },
  allowedNetworks: [],
}
/** Of loopback ports where nobody listens, and of a name that no server has. */
const WEBHOOK = {
  url: "http://127.0.0.1:1/hooks/T0-B1-Hidden",
  signingSecret: "sign-with-this-4",
}
const SMS = {
  url: "http://127.0.0.1:1/send?login=noc-sms-5",
  body: '{"to":"{{to}}","text":"{{text}}","password":"sms-pass-12"}',
  headerValue: "Basic sms-gateway-6",
}
const HEARTBEAT = "http://127.0.0.1:1/ping/5f0c-alive-7"
const BROWSER = {
  endpoint: "https://push.invalid/wpush/v2/browser-8",
  p256dh: Buffer.concat([Buffer.of(4), randomBytes(64)]).toString("base64url"),
  auth: randomBytes(16).toString("base64url"),
}
const CHANNELS = [
  { settings: { kind: "webhook" }, secrets: WEBHOOK },
  {
    settings: { kind: "sms", to: ["+905551112233"], contentType: "application/json" },
    secrets: SMS,
  },
  {
    settings: {
      kind: "email",
      ...{ host: "127.0.0.1", port: 1, security: "none", username: "noc" },
      ...{ from: "noc@example.net", to: ["ada@example.net"] },
    },
    secrets: { password: "Mail-Pass-9" },
  },
  {
    settings: { kind: "telegram", chatId: "-100123" },
    secrets: { token: "123456:telegram-token" },
  },
  { settings: { kind: "teams" }, secrets: { webhookUrl: "http://127.0.0.1:1/teams/IncomingX" } },
  { settings: { kind: "slack" }, secrets: { webhookUrl: "http://127.0.0.1:1/services/T1/B2/x3" } },
  { settings: { kind: "pagerduty" }, secrets: { routingKey: "0123456789abcdef0123456789ABCDE1" } },
  { settings: { kind: "opsgenie" }, secrets: { apiKey: "opsgenie-key-11" } },
]
const SFTP_KEY = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" })
const BACKUP = {
  frequency: "off",
  ...{ hourUtc: 2, keepCount: 14, keepDays: 30 },
  target: {
    kind: "sftp",
    ...{ host: "127.0.0.1", port: 1, username: "noc", path: "/backups", hostKey: null },
  },
  secret: `${SFTP_KEY}`,
}
const SETUP_CODE = "ABCD-EFGH-JKLM"
const SETTINGS = new Map([
  ["ISPVM_METRICS_TOKEN", "metrics-token-of-ours"],
  ["DATABASE_URL", "postgres://ispvm:db-pass-99@db.example.net/ispvm"],
  ["LOG_LEVEL", "info"],
])

/** All that a careless line of a log could hold of it. */
const writings = (secret: string | Buffer): readonly string[] => {
  const bytes = Buffer.from(secret)
  const shifted = [Buffer.from("a"), Buffer.from("ab")].map((before) =>
    Buffer.concat([before, bytes, Buffer.from("z")]).toString("base64"),
  )
  return [
    ...(typeof secret === "string" ? [secret] : []),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    bytes.toString("base64"),
    bytes.toString("base64url"),
    ...shifted,
  ]
}

const bodyLines = (pem: string): readonly string[] =>
  pem.split("\n").filter((line) => line.length > 40 && !line.startsWith("-----"))

/** Every kind of secret, from a running appliance. */
const makeSecrets = async (rig: Awaited<ReturnType<typeof openApp>>, { ui }: Dbs) => {
  const cookie = (await rig.claim()).admin
  const send = async (method: string, path: string, body: unknown) => {
    const answer = await rig.send(path, { method, body, cookie })
    assert.ok(answer.status < 300, `${path}: ${answer.text}`)
    return answer.json as Record<string, string>
  }
  const post = (path: string, body: unknown) => send("POST", path, body)
  await post("/api/v1/credentials", CREDENTIAL)
  for (const { settings, secrets } of CHANNELS)
    await post("/api/v1/notifications/channels", { name: settings.kind, settings, secrets })
  await send("PUT", "/api/v1/notifications/heartbeat", { url: HEARTBEAT })
  await post("/api/v1/push/subscriptions", { ...BROWSER, label: "Firefox" })
  await send("PUT", "/api/v1/backup/settings", BACKUP)
  const agent = await post("/api/v1/agents", { name: "pop", siteId: null, deviceId: null })
  const token = await post(`/api/v1/agents/${agent.id}/token`, {})
  const api = await post("/api/v1/tokens", { name: "ansible", permissions: ["inventory:read"] })
  const file = (name: string): string => readFileSync(join(rig.dataDir, name), "utf8")
  const passwords = Object.values(JSON.parse(file("database.json"))) as string[]
  const master = parseMasterKey(file("master.key")) ?? assert.fail("no master key")
  const { password, snmpCommunity, snmpV3 } = CREDENTIAL
  const [org] = await listOrgs(ui.sql)
  const id = org?.id ?? assert.fail("no organisation")
  const [vapid] = await ui.asOrg(
    id,
    (tx) => tx<{ secrets: Buffer }[]>`select secrets from notify.push_key`,
  )
  const signing = unseal(master, `notify push key ${id}`, vapid?.secrets ?? Buffer.of())
  assert.ok(signing.ok)
  return {
    texts: [
      ...[password, snmpCommunity, snmpV3.authPassword, snmpV3.privPassword, SETUP_CODE],
      ...CHANNELS.flatMap(({ secrets }) => Object.values(secrets)),
      ...[HEARTBEAT, "/ping/5f0c-alive-7", "/hooks/T0-B1-Hidden"],
      ...[signing.text, ...Object.values(BROWSER)],
      ...bodyLines(`${SFTP_KEY}`),
      ...passwords,
      ...[cookie.split("=")[1] ?? "", token.token ?? "", api.token ?? ""],
      ...[...SETTINGS.values()].filter((value) => value !== "info"),
      ...["root.key", "issuing.key"].flatMap((name) => bodyLines(file(`pki/${name}`))),
    ],
    master,
  }
}

test("no secret of the system is in its support bundle, raw, in hex or in base64", async () => {
  const rig = await openApp()
  const work = mkdtempSync(join(tmpdir(), "ispvm-bundle-"))
  const runtimeFile = join(work, "setup-code")
  writeFileSync(runtimeFile, `${SETUP_CODE}\n`)
  const url = parseDatabaseUrl(rig.databaseUrl)
  const dbs = openDbs(url)
  try {
    const { texts, master } = await makeSecrets(rig, dbs)
    const written = [...texts, master].map((secret) => writings(secret))
    const journal = written
      .flat()
      .map((text) => `Nov 30 03:00:00 noc ispvm[7]: got ${text}, went on`)
    const key = readFileSync(join(rig.dataDir, "pki/root.key"), "utf8")
    const bundle = join(work, "bundle.tar.gz")
    await writeBundle(bundle, {
      places: { dataDir: rig.dataDir, settings: SETTINGS, dbs, runtimeFiles: [runtimeFile] },
      collect: async (open) => ({
        "journal.txt": [...journal, key, `password=${SETUP.password}`].join("\n"),
        "database.json": JSON.stringify(await readDatabaseFacts((open ?? dbs).ui)),
        "plain.txt":
          "ispvm.service active since 03:00; agent 6143cbfe-3dea-4d86-8b35-2c439f14b4eb\n",
      }),
    })
    assert.equal(statSync(bundle).mode & 0o777, 0o600)
    execFileSync("tar", ["--extract", "--gzip", `--file=${bundle}`, `--directory=${work}`])
    const read = (name: string) => readFileSync(join(work, "ispvm-support", name), "utf8")
    const text = ["journal.txt", "database.json", "plain.txt"].map(read).join("\n")
    const found = [...written.flat(), SETUP.password, ...bodyLines(key)].filter((secret) =>
      text.includes(secret),
    )
    assert.deepEqual(found, [])
    assert.match(text, /got \[removed\], went on/)
    assert.match(
      read("plain.txt"),
      /active since 03:00; agent 6143cbfe-3dea-4d86-8b35-2c439f14b4eb/,
    )
    assert.match(read("database.json"), /auth\.account/)
    assert.match(read("database.json"), /0001-orgs\.sql/)
  } finally {
    await dbs.close()
    await rig.close()
    rmSync(work, { recursive: true, force: true })
  }
})

/** Bytes that open nothing: hashes, by their name, and the hash of a batch. */
const isHash = (name: string): boolean => /_hash$/.test(name) || name === "ingest.batch.content"

test("every encrypted column of the schema is opened for the search, and the test above fills each", async () => {
  const rig = await openApp()
  const dbs = openDbs(parseDatabaseUrl(rig.databaseUrl))
  try {
    await makeSecrets(rig, dbs)
    const { sql } = dbs.ui
    const columns = await sql<{ table: string; column: string }[]>`
      select table_schema || '.' || table_name as table, column_name as column
      from information_schema.columns
      where data_type = 'bytea' and table_schema not in ('pg_catalog', 'information_schema')`
    const names = columns
      .map(({ table, column }) => `${table}.${column}`)
      .filter((name) => !isHash(name))
    const known = SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`)
    assert.deepEqual(names.sort(), [...known].sort())
    const [org] = await listOrgs(sql)
    for (const { table, column } of SEALED_COLUMNS) {
      const rows = await dbs.ui.asOrg(
        org?.id ?? assert.fail("no organisation"),
        (tx) => tx`select 1 from ${tx(table)} where ${tx(column)} is not null`,
      )
      assert.ok(rows.length > 0, `${table}.${column} has a secret`)
    }
  } finally {
    await dbs.close()
    await rig.close()
  }
})

test("ordinary lines of a log stay as they are", () => {
  const redact = createRedact(["abc", "a secret of ours"])
  for (const line of [
    "Nov 30 03:00:00 noc systemd[1]: Started ispvm.service - ISP Visual Monitor appliance.",
    "ispvm-database.service loaded active running ISP Visual Monitor database",
    "/opt/ispvm/releases/0.1.0~20261130.5eefd9d/appliance/src/listeners/agents/agent-listener.ts:12",
    "abcdef is a word, and 2001:db8::10 an address",
    "6143cbfe-3dea-4d86-8b35-2c439f14b4eb",
  ])
    assert.equal(redact(line), line)
  assert.equal(redact("it was a secret of ours, abc."), `it was ${REMOVED}, ${REMOVED}.`)
  assert.equal(redact("Authorization: Bearer x.y-z"), `Authorization: Bearer ${REMOVED}`)
  assert.equal(redact("postgres://u:p@h/d"), `postgres://${REMOVED}@h/d`)
})
