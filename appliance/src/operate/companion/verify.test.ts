import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { type ReadResult, type Task, Tasks } from "@ispvm/wire"
import {
  type CompanionRig,
  makeDesired,
  openCompanionRig,
  rejectionOf,
} from "../../../test/companion-rig.ts"
import { MethodsInput } from "../../api/inventory.ts"
import { newKey } from "./keys.ts"
import { keyIn } from "./verify.ts"

let open: CompanionRig
let rig: CompanionRig["rig"]
before(async () => {
  open = await openCompanionRig()
  rig = open.rig
})
after(() => open.close())

// ── the account ──

const FINGERPRINT = "ab".repeat(32)
const withFingerprint = { done: ["api-account", `api-tls: certificate ${FINGERPRINT}`, "snmp"] }

test("the device keeps its credential until the router reports, and is then polled with the script's account", async () => {
  const had = await open.inventory.createCredential(rig.actor, {
    name: "by hand",
    username: "old",
    password: "old-password",
    snmpCommunity: "c",
    snmpV3: null,
  })
  const methods = MethodsInput.parse({ routerosApi: { port: 8728, tls: false }, snmp: {} })
  const id = await open.configuredDevice({}, { credentialId: had.id, methods })
  assert.deepEqual(await open.report(id), { credential: had.id, methods }, "nothing was made yet")
  const { text } = await open.onboard(id)
  assert.deepEqual(await open.deviceOf(id), { credential: had.id, methods })
  const failed = await open.report(id, { failed: ["api-account", "snmp"] })
  assert.equal(failed.credential, had.id)
  assert.equal(
    (await open.report(id)).credential,
    had.id,
    "a certificate that nobody knows would stop the polling",
  )
  const now = await open.report(id, withFingerprint)
  assert.notEqual(now.credential, had.id)
  assert.deepEqual(now.methods.routerosApi, { port: 8729, tls: true, fingerprint: FINGERPRINT })
  const opened = await rig.dbs.ui.asOrg(rig.org, (tx) =>
    rig.secrets.open(tx, rig.org, String(now.credential)),
  )
  assert.ok(text.includes(String(opened.username)) && text.includes(String(opened.password)))
  assert.ok(text.includes(String(opened.snmpV3?.authPassword)))
  const view = await open.companions.view(rig.org, id)
  assert.equal(view.adoptedAtMs, rig.clock.now())
  assert.deepEqual(await open.report(id, withFingerprint), now, "told again it changes nothing")
})

test("a device without a credential gets the account when the router reports, and omitted methods stay unchanged", async () => {
  const plain = await open.configuredDevice()
  await open.onboard(plain)
  const now = await open.report(plain)
  assert.deepEqual(now.methods.routerosApi, { port: 8729, tls: true, fingerprint: null })
  assert.notEqual(now.credential, null)

  const community = await open.inventory.createCredential(rig.actor, {
    name: "community",
    username: null,
    password: null,
    snmpCommunity: "by-hand",
    snmpV3: null,
  })
  const methods = MethodsInput.parse({ snmp: { port: 1161 } })
  const mixed = await open.configuredDevice(
    { snmp: "off" },
    { credentialId: community.id, methods },
  )
  await open.onboard(mixed)
  const both = await open.report(mixed)
  assert.deepEqual(both.methods.snmp, { port: 1161 })
  const opened = await rig.dbs.ui.asOrg(rig.org, (tx) =>
    rig.secrets.open(tx, rig.org, String(both.credential)),
  )
  assert.deepEqual([opened.snmpCommunity, opened.username?.startsWith("ispvm-")], ["by-hand", true])
})

test("a desired configuration with other secrets does not change those in use until the router is set up again", async () => {
  const id = await open.configuredDevice({ snmp: "v3" })
  await open.onboard(id)
  const first = await open.report(id, withFingerprint)
  await open.companions.configure(rig.actor, id, makeDesired({ snmp: "v2c" }))
  await open.onboard(id)
  assert.deepEqual(await open.deviceOf(id), first)
  const second = await open.report(id, withFingerprint)
  assert.notEqual(second.credential, first.credential)
  const opened = (credential: string | null) =>
    rig.dbs.ui.asOrg(rig.org, (tx) => rig.secrets.open(tx, rig.org, String(credential)))
  const [was, now] = [await opened(first.credential), await opened(second.credential)]
  assert.deepEqual([now.username, now.password], [was.username, was.password])
  assert.deepEqual([now.snmpV3, now.snmpCommunity?.startsWith("ispvm-")], [null, true])
})

test("somebody who has read a router's key cannot name another certificate for its password", async () => {
  const id = await open.configuredDevice()
  await open.onboard(id)
  rig.pass(1_000)
  const now = await open.report(id, withFingerprint)
  const other = { done: ["api-account", `api-tls: certificate ${"cd".repeat(32)}`, "snmp"] }
  assert.deepEqual(await open.report(id, other), now)
  await open.onboard(id)
  assert.equal(
    (await open.report(id, other)).methods.routerosApi?.fingerprint,
    "cd".repeat(32),
    "a new script is a new look",
  )
})

test("a person's own account is not sent to a certificate that a later report names", async () => {
  const had = await open.inventory.createCredential(rig.actor, {
    name: "a person's",
    username: "admin",
    password: "a-persons-password",
    snmpCommunity: null,
    snmpV3: null,
  })
  const methods = MethodsInput.parse({ routerosApi: { port: 8728, tls: false } })
  const id = await open.configuredDevice({}, { credentialId: had.id, methods })
  await open.onboard(id)
  const first = await open.report(id, { ...withFingerprint, failed: ["api-tls: no room"] })
  assert.deepEqual(first.methods.routerosApi, methods.routerosApi)
  const second = await open.report(id, withFingerprint)
  assert.deepEqual(second.methods.routerosApi, methods.routerosApi)
})

test("the next script creates a removed credential again", async () => {
  const id = await open.configuredDevice()
  const first = await open.onboard(id)
  const made = () =>
    rig.dbs.ui.asOrg(
      rig.org,
      (tx) => tx`select credential_id as id from companion.desired_config where device_id = ${id}`,
    )
  const [was] = await made()
  await open.inventory.removeCredential(rig.actor, String(was?.id))
  assert.equal((await made())[0]?.id, null)
  const second = await open.onboard(id)
  const userIn = (text: string) =>
    /name="?(ispvm-[0-9a-f]{6})/.exec(text)?.[1] ?? assert.fail("no account")
  assert.notEqual(userIn(first.text), userIn(second.text))
})

// ── verify ──

test("verifying a router that cannot be read gives the reason", async () => {
  const alone = await open.configuredDevice()
  const first = await open.companions.verify(rig.actor, alone)
  assert.deepEqual([first.ok, first.drift], [false, []])
  assert.match(first.problem ?? "", /No agent watches this router/)
  assert.deepEqual((await open.companions.view(rig.org, alone)).verification, first)
  const { id: unenrolled } = await rig.agents.create(rig.actor, {
    name: "silent",
    siteId: null,
    deviceId: null,
  })
  const device = await open.configuredDevice({}, { agentId: unenrolled })
  await open.onboard(device)
  assert.match(
    (await open.companions.verify(rig.actor, device)).problem ?? "",
    /never enrolled.*Create a token/,
  )
  assert.equal(
    (await rejectionOf(open.companions.verify(rig.actor, await open.newDevice()))).code,
    "no-desired-config",
  )
})

type ReadTask = Extract<Task, { kind: "read" }>
/**
 * Polls for tasks until one is to read menus, and answers with what `answer` gives: over the real
 * agent API.
 */
const answerRead = async (
  client: Parameters<CompanionRig["rig"]["send"]>[3],
  answer: (menus: readonly string[]) => Partial<ReadResult>,
): Promise<ReadTask> => {
  for (;;) {
    const { json } = await rig.send("GET", "/tasks/v1?wait=5000", null, client)
    const task = Tasks.parse(json).tasks.find((each): each is ReadTask => each.kind === "read")
    if (task === undefined) continue
    const found = answer(task.menus.map(({ menu }) => menu))
    const result: ReadResult = { kind: "read", id: task.id, trouble: null, menus: [], ...found }
    assert.equal((await rig.send("POST", "/tasks/v1/results", result, client)).status, 204)
    return task
  }
}

type Client = Parameters<CompanionRig["rig"]["send"]>[3]
/** The agent is online. */
const sendHeartbeat = async (client: Client): Promise<void> => {
  const heartbeat = {
    protocol: 1,
    atMs: rig.clock.now(),
    version: "0",
    startedAtMs: 0,
    hostname: "pop",
    revision: "",
    devices: 0,
    bufferBatches: 0,
    bufferBytes: 0,
    oldestBufferedAtMs: null,
    capabilities: { icmp: true, syslogPort: 1514 },
    notes: [],
  }
  assert.equal((await rig.send("POST", "/heartbeat/v1", heartbeat, client)).status, 200)
}

test("a working access is not replaced by an account with which the agent cannot log in", async () => {
  const { id: agentId, client } = await rig.enrolled("outside")
  await sendHeartbeat(client)
  const had = await open.inventory.createCredential(rig.actor, {
    name: "that works",
    username: "old",
    password: "old-password",
    snmpCommunity: null,
    snmpV3: null,
  })
  const methods = MethodsInput.parse({ routerosApi: { port: 8728, tls: false } })
  const id = await open.configuredDevice({}, { agentId, credentialId: had.id, methods })
  await open.onboard(id)
  const rejected = answerRead(client, () => ({
    trouble: { reason: "wrong-credentials", message: "refused" },
  }))
  assert.deepEqual(await open.report(id, withFingerprint), { credential: had.id, methods })
  const { access } = await rejected
  assert.deepEqual([access.routerosApi?.tls, access.routerosApi?.fingerprint], [true, FINGERPRINT])
  assert.match(access.routerosApi?.username ?? "", /^ispvm-/)
  const accepted = answerRead(client, (menus) => ({
    menus: menus.map((menu) => ({ menu, rows: [], reason: "ok" as const })),
  }))
  assert.notEqual((await open.report(id, withFingerprint)).credential, had.id)
  await accepted
})

test("the router is read through its agent and compared, and an account that works becomes that of the device", async () => {
  const { id: agentId, client } = await rig.enrolled("reader")
  await sendHeartbeat(client)
  const id = await open.configuredDevice({ agentAddresses: [] }, { agentId })
  assert.deepEqual(
    (await open.companions.view(rig.org, id)).suggested.agentAddresses,
    ["192.0.2.250"],
    "from this machine",
  )
  const script = await open.onboard(id)
  assert.ok(script.remarks.some((remark) => remark.id === "agent-addresses"))
  assert.ok(script.text.includes("192.0.2.250") && script.text.includes("1514"))

  const empty = answerRead(client, (menus) => ({
    menus: menus.map((menu) => ({ menu, rows: [], reason: "ok" as const })),
  }))
  const missing = await open.companions.verify(rig.actor, id)
  const { access } = await empty
  assert.deepEqual([access.routerosApi?.port, access.snmp], [8729, null])
  assert.match(access.routerosApi?.username ?? "", /^ispvm-/)
  assert.deepEqual([missing.ok, missing.problem], [false, null])
  assert.ok(missing.drift.length > 3 && missing.drift.every(({ kind }) => kind === "missing"))
  assert.deepEqual((await open.companions.view(rig.org, id)).verification, missing)
  // That account has worked: from now on it is that of the device.
  assert.notEqual((await open.deviceOf(id)).credential, null)

  const { username, password } = access.routerosApi ?? assert.fail("no account")
  const { key } = await open.companions.rotate(rig.actor, id)
  const shownKey = `ispvmr1.${key.id}.${"k".repeat(43)}`
  const wild = answerRead(client, (menus) => ({
    menus: menus.map((menu) => ({
      menu,
      rows: Array.from({ length: 30 }, (_, row) => ({
        name: `ispvm-${row} ${password} ${shownKey} ${"x".repeat(1_100)}`,
        comment: `ispvm: ${row} ${password} ${shownKey} ${"x".repeat(1_100)}`,
        source: shownKey,
      })),
      reason: "ok" as const,
    })),
  }))
  const swamped = await open.companions.verify(rig.actor, id)
  await wild
  const text = JSON.stringify(swamped)
  assert.ok(!text.includes(password) && !text.includes(shownKey) && text.includes("… …"), username)
  assert.ok(
    swamped.drift.length <= 201 && text.length < 300_000,
    `${swamped.drift.length} rows, ${text.length} letters`,
  )
  assert.match(swamped.drift.at(-1)?.what ?? "", /and \d+ more/)

  const refused = answerRead(client, () => ({
    trouble: { reason: "wrong-credentials", message: "Refused by the router." },
  }))
  assert.match(
    (await open.companions.verify(rig.actor, id)).problem ?? "",
    /^Refused by the router\. The router rejects this user name/,
  )
  await refused
})

test("the key in a router's scripts is recognised by its hash, if it is a valid key of this router", () => {
  const [mine, older, others] = [newKey(), newKey(), newKey()]
  const row = ({ id, secretHash }: typeof mine, revokedAtMs: number | null) => ({
    id,
    secretHash,
    createdAtMs: 0,
    expiresAtMs: null,
    lastUsedAtMs: null,
    revokedAtMs,
  })
  const keys = [row(mine, null), row(older, 1)]
  const rows = (...texts: string[]) =>
    new Map([["/system/script", texts.map((source) => ({ name: "s", source }))]])
  assert.equal(keyIn(rows(`:put 1; "Bearer ${mine.text},Content-Type"`), keys, 2), mine.text)
  assert.equal(keyIn(rows(others.text, older.text, `${mine.text.slice(0, -1)}_`), keys, 2), null)
  assert.equal(keyIn(new Map([["/system/script", null]]), keys, 2), null)
})
