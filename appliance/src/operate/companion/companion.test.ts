import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { ReadResult } from "@ispvm/agent/wire"
import { openRig } from "../../../test/agent-rig.ts"
import { makeDevice } from "../../../test/make.ts"
import { makeOrg } from "../../../test/make-flow.ts"
import { CompanionInput } from "../../api/companion.ts"
import { MethodsInput } from "../../api/inventory.ts"
import type { RouterState } from "../../flow/push/push.ts"
import { AppError } from "../../platform/errors.ts"
import { createInventory, type Inventory } from "../../registry/inventory/inventory.ts"
import { type Companions, createCompanions, type KeyCut } from "./companion.ts"

type Rig = Awaited<ReturnType<typeof openRig>>
let rig: Rig
let inventory: Inventory
let companions: Companions
let hello: RouterState["hello"] = null
const cuts: KeyCut[] = []
const PEM = "-----BEGIN"
const HOUR = 3_600_000

before(async () => {
  rig = await openRig()
  const onError = assert.ifError
  inventory = createInventory({ db: rig.dbs.ui, secrets: rig.secrets, onError })
  companions = createCompanions({
    dbs: rig.dbs,
    clock: rig.clock,
    secrets: rig.secrets,
    inventory,
    agents: rig.agents,
    authority: rig.authority,
    applianceHost: "noc.example.net",
    pushPort: () => 8445,
    ownAddresses: () => ["192.0.2.250"],
    pushState: async () => (hello === null ? null : { ...PUSHED, hello }),
    onError,
  })
  companions.cut.on((cut) => cuts.push(cut))
})
after(async () => {
  companions.stop()
  await rig.close()
})

const PUSHED: RouterState = {
  lastPushAtMs: 5,
  lastAddress: "198.51.100.7",
  clockSkewMs: -1_500,
  taken: 3,
  known: 1,
  refused: 0,
  lost: 0,
  lastRefusal: null,
  hello: null,
  watches: [],
  heartbeatEveryS: null,
  lastHeartbeatAtMs: null,
}
const wish = (over: object = {}) =>
  CompanionInput.parse({
    release: "7.18.2",
    agentAddresses: ["192.0.2.9"],
    watches: [{ name: "gw", host: "192.0.2.1" }],
    ...over,
  })
const newDevice = async (over: Parameters<typeof makeDevice>[0] = {}): Promise<string> =>
  (await inventory.createDevice(rig.actor, makeDevice(over))).id
const wanted = async (over: object = {}, device: Parameters<typeof makeDevice>[0] = {}): Promise<string> => {
  const id = await newDevice(device)
  await companions.want(rig.actor, id, wish(over))
  return id
}
const onboard = (id: string) => companions.script(rig.actor, id, "onboard")
const keyIn = (text: string): string => /ispvmr1\.[\w-]{16}\.[\w-]{43}/.exec(text)?.[0] ?? assert.fail("no key in the script")
const keys = async (id: string) => (await companions.view(rig.org, id)).keys.map(({ state }) => state)
const identified = async (key: string) => {
  const found = await companions.identify(key)
  return found.ok ? `ok ${found.router.name}` : found.reason
}
const use = async (key: string): Promise<void> => {
  const found = await companions.identify(key)
  assert.ok(found.ok)
  await companions.used(found.router, rig.clock.now())
}
const deviceOf = async (id: string) => {
  const [row] = await rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx`select credential_id as credential, methods from inventory.device where id = ${id}`,
  )
  return { credential: row?.credential as string | null, methods: MethodsInput.parse(row?.methods) }
}
const refusal = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => assert.fail("was not refused"),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof AppError, String(error))
  return { status: error.status, code: error.code, fields: error.fields?.map(({ path }) => path) }
}
/** Every text of every row that could hold what was told to a router, as one. */
const stored = async (): Promise<string> => {
  const tables = ["companion.wish", "companion.key", "companion.link", "audit.entry", "secrets.credential", "inventory.device"]
  const rows = await rig.dbs.ui.asOrg(rig.org, async (tx) => {
    const all: unknown[] = []
    for (const table of tables) all.push(...(await tx`select to_jsonb(t) as row from ${tx(table)} t`))
    return all
  })
  return JSON.stringify(rows)
}

test("a wish is kept, and what it leaves out is told: release, agents, where the appliance is", async () => {
  const id = await newDevice()
  const none = await companions.view(rig.org, id)
  assert.deepEqual([none.wish, none.release, none.releaseFrom, none.keys, none.lastPushAtMs], [null, null, "none", [], null])
  const now = await companions.want(rig.actor, id, wish({ duty: "core" }))
  assert.deepEqual([now.wish?.duty, now.release, now.releaseFrom], ["core", "7.18.2", "wish"])
  assert.deepEqual(now.suggested, { agentAddresses: [], applianceHost: "noc.example.net" })
  await companions.want(rig.actor, id, wish({ release: null }))
  const telling = rig.dbs.ui.asOrg(rig.org, (tx) => tx`update inventory.device set version = '7.20.4 (stable)' where id = ${id}`)
  await telling
  const told = await companions.view(rig.org, id)
  assert.deepEqual([told.release, told.releaseFrom], ["7.20.4", "router"])
})

test("each onboarding script holds a new key and the same account; every other script holds no secret", async () => {
  const id = await wanted({ harden: { servicesOff: ["telnet"] } })
  const [first, second] = [await onboard(id), await onboard(id)]
  assert.notEqual(keyIn(first.text), keyIn(second.text))
  const withoutKeys = (text: string) => text.replaceAll(/ispvmr1\.[\w-]{16}\.[\w-]{43}/g, "KEY")
  assert.equal(withoutKeys(first.text), withoutKeys(second.text))
  assert.ok(first.text.includes(PEM) && first.text.includes("https://noc.example.net:8445/push/v1"))
  for (const kind of ["harden", "confirm-harden", "remove"] as const) {
    const { text } = await companions.script(rig.actor, id, kind)
    assert.ok(!/ispvmr1\.(?!x{16})/.test(text), kind)
  }
  assert.deepEqual(await keys(id), ["active", "overlapping"])
})

test("a preview shows the same script with its secrets masked, and makes nothing", async () => {
  const id = await newDevice()
  const before = await stored()
  const preview = await companions.preview(rig.org, id, wish())
  assert.equal(await stored(), before)
  await companions.want(rig.actor, id, wish())
  const script = await onboard(id)
  assert.deepEqual(
    preview.parts.map((part) => part.id),
    script.parts.map((part) => part.id),
  )
  assert.equal(keyIn(preview.text), `ispvmr1.${"x".repeat(16)}.${"x".repeat(43)}`)
})

test("what was told to a router once is nowhere in the database nor in the audit", async () => {
  const id = await wanted()
  const { text } = await onboard(id)
  const link = await companions.link(rig.actor, id, "onboard")
  const secret = /Bearer ([\w-]{43})/.exec(link.curl)?.[1] ?? assert.fail("no secret")
  const [row] = await rig.dbs.ui.asOrg(
    rig.org,
    (tx) => tx`select credential_id as id from companion.wish where device_id = ${id}`,
  )
  const account = await rig.dbs.ui.asOrg(rig.org, (tx) => rig.secrets.open(tx, rig.org, String(row?.id)))
  const { password, snmpV3 } = account
  const secrets = [keyIn(text).split(".")[2], secret, password, snmpV3?.authPassword, snmpV3?.privPassword]
  const all = await stored()
  for (const each of secrets) {
    assert.ok(each !== undefined && each !== null && each.length >= 20)
    assert.ok(!all.includes(each))
  }
  for (const each of secrets.filter((one) => one !== secret)) assert.ok(text.includes(String(each)))
  assert.ok(!link.url.includes(secret) && link.command.includes(secret))
})

test("the older key goes on until the newer one is first used, and then ends at once", async () => {
  const id = await wanted()
  const old = keyIn((await onboard(id)).text)
  await use(old)
  const made = await companions.rotate(rig.actor, id)
  const fresh = keyIn(made.script.text)
  assert.equal(made.key.id, fresh.split(".")[1])
  assert.ok(made.script.remarks.some((remark) => remark.id === "key-overlap"))
  assert.match(await identified(old), /^ok/)
  cuts.length = 0
  await use(old)
  assert.deepEqual(await keys(id), ["active", "overlapping"])
  await use(fresh)
  assert.deepEqual([await identified(old), await keys(id)], ["key-expired", ["active", "expired"]])
  assert.deepEqual(cuts, [{ org: rig.org, device: id, key: old.split(".")[1] }])
  assert.match(await identified(fresh), /^ok/)
})

test("an older key ends after a day even where the newer one was never used", async () => {
  const id = await wanted()
  const old = keyIn((await onboard(id)).text)
  const fresh = keyIn((await onboard(id)).text)
  rig.pass(23 * HOUR)
  assert.match(await identified(old), /^ok/)
  rig.pass(2 * HOUR)
  assert.deepEqual([await identified(old), await keys(id)], ["key-expired", ["active", "expired"]])
  assert.match(await identified(fresh), /^ok/)
})

test("a revoked key is refused from that moment on, and whoever kept its answer is told", async () => {
  const id = await wanted()
  const key = keyIn((await onboard(id)).text)
  const name = key.split(".")[1] ?? ""
  const other = await newDevice()
  cuts.length = 0
  assert.equal((await refusal(companions.revoke(rig.actor, other, name))).status, 404)
  assert.match(await identified(key), /^ok/)
  await companions.revoke(rig.actor, id, name)
  assert.deepEqual(cuts, [{ org: rig.org, device: id, key: name }])
  const found = await companions.identify(key)
  assert.deepEqual(
    [!found.ok && found.reason, !found.ok && found.router?.device, await keys(id)],
    ["key-revoked", id, ["revoked"]],
  )
})

test("a wrong secret, another's id, and what is no key at all are refused alike, and a removed router's key is none", async () => {
  const id = await wanted()
  const key = keyIn((await onboard(id)).text)
  const [head = "", name = "", secret = ""] = key.split(".")
  const flipped = `${secret.startsWith("A") ? "B" : "A"}${secret.slice(1)}`
  assert.equal(await identified(`${head}.${name}.${flipped}`), "key-unknown")
  assert.equal(await identified(`${head}.${"A".repeat(16)}.${secret}`), "key-unknown")
  for (const junk of ["", "x", `${key} `, `${key}\n`, "ispvmr1..", "a".repeat(100_000)])
    assert.equal(await identified(junk), "key-malformed")
  await inventory.removeDevice(rig.actor, id)
  assert.equal(await identified(key), "key-unknown")
})

test("a link hands its script out once: of two at once one gets it, and the key is made then", async () => {
  const id = await wanted()
  const { curl, expiresAtMs, url } = await companions.link(rig.actor, id, "onboard")
  assert.equal(url, "https://noc.example.net:8445/push/v1/script")
  assert.equal(expiresAtMs, rig.clock.now() + 15 * 60_000)
  assert.deepEqual(await keys(id), [])
  const secret = /Bearer ([\w-]{43})/.exec(curl)?.[1] ?? ""
  const taken = await Promise.all([1, 2, 3].map(() => companions.takeScript(secret, "198.51.100.7")))
  assert.equal(taken.filter((one) => one.ok).length, 1)
  const [got] = taken.filter((one) => one.ok)
  assert.match(await identified(keyIn(got?.ok ? got.text : "")), /^ok/)
  assert.deepEqual(await keys(id), ["active"])
  const again = await companions.takeScript(secret, "198.51.100.7")
  assert.equal(!again.ok && again.reason, "link-used")
})

test("a link ends after 15 minutes, when a newer one is made, and is no good where nobody made it", async () => {
  const id = await wanted()
  const secretOf = async () => /Bearer ([\w-]{43})/.exec((await companions.link(rig.actor, id, "remove")).curl)?.[1] ?? ""
  const [first, second] = [await secretOf(), await secretOf()]
  const reason = async (secret: string) => {
    const taken = await companions.takeScript(secret, "198.51.100.7")
    return taken.ok ? "ok" : taken.reason
  }
  assert.equal(await reason(first), "link-unknown")
  rig.pass(15 * 60_000)
  assert.equal(await reason(second), "link-expired")
  for (const junk of ["", "short", "A".repeat(43)]) assert.equal(await reason(junk), "link-unknown")
  const third = await secretOf()
  await companions.want(rig.actor, id, wish({ release: null }))
  assert.equal(await reason(third), "script-impossible")
  await companions.want(rig.actor, id, wish())
  assert.equal(await reason(third), "ok", "what could not be made has not used the link up")
})

const TWICE = ["192.0.2.1", "192.0.2.2"].map((host) => ({ name: "gw", host }))
test("what cannot be made is refused by its field", async () => {
  const bare = await newDevice()
  assert.deepEqual(await refusal(onboard(bare)), { status: 409, code: "no-wish", fields: undefined })
  const cases: readonly (readonly [over: object, kind: "onboard" | "harden", expected: unknown])[] = [
    [{ release: null }, "onboard", ["release"]],
    [{ release: "6.40" }, "onboard", ["release"]],
    [{ watches: TWICE }, "onboard", ["watches.1.name"]],
    [{ harden: null }, "harden", ["harden"]],
  ]
  for (const [over, kind, expected] of cases) {
    const id = await wanted(over)
    const found = await refusal(companions.script(rig.actor, id, kind))
    assert.deepEqual([found.status, found.fields], [422, expected], JSON.stringify(over))
    assert.equal((await refusal(companions.link(rig.actor, id, kind))).status, 422)
  }
  assert.equal((await refusal(companions.rotate(rig.actor, await wanted({ push: false })))).code, "no-push")
})

test("a router that no agent reaches is given no account, and that is said", async () => {
  const id = await wanted({ agentAddresses: [] })
  const { text, remarks, parts } = await onboard(id)
  assert.ok(remarks.some((remark) => remark.id === "no-agent"))
  assert.ok(!parts.some((part) => part.id === "api-account" || part.id === "snmp") && !text.includes("/user add"))
})

test("another organisation sees, changes and verifies nothing of it", async () => {
  const id = await wanted()
  const key = keyIn((await onboard(id)).text)
  const other = { ...rig.actor, org: await makeOrg(rig, "Other") }
  const tries = [
    () => companions.view(other.org, id),
    () => companions.want(other, id, wish()),
    () => companions.preview(other.org, id, wish()),
    () => companions.script(other, id, "onboard"),
    () => companions.link(other, id, "onboard"),
    () => companions.rotate(other, id),
    () => companions.revoke(other, id, key.split(".")[1] ?? ""),
    () => companions.verify(other, id),
  ]
  for (const each of tries) assert.equal((await refusal(each())).status, 404)
  assert.match(await identified(key), /^ok/)
})

// ── the account ────────────────────────────────────────────────────────────────────────────────────────────────────

const FINGERPRINT = "ab".repeat(32)
const report = async (id: string, over: Partial<NonNullable<RouterState["hello"]>> = {}) => {
  hello = { atMs: 1, version: "7.18.2 (stable)", done: ["api-account", "api-tls", "snmp"], failed: [], ...over }
  await companions.reported(rig.org, id)
  hello = null
  return await deviceOf(id)
}
const withFingerprint = { done: ["api-account", `api-tls: certificate ${FINGERPRINT}`, "snmp"] }

test("the device keeps what it has until the router reports in, and is then asked with the script's account", async () => {
  const had = await inventory.createCredential(rig.actor, {
    name: "by hand",
    username: "old",
    password: "old-password",
    snmpCommunity: "c",
    snmpV3: null,
  })
  const methods = MethodsInput.parse({ routerosApi: { port: 8728, tls: false }, snmp: {} })
  const id = await wanted({}, { credentialId: had.id, methods })
  assert.deepEqual(await report(id), { credential: had.id, methods }, "nothing was made yet")
  const { text } = await onboard(id)
  assert.deepEqual(await deviceOf(id), { credential: had.id, methods })
  const failed = await report(id, { failed: ["api-account", "snmp"] })
  assert.equal(failed.credential, had.id)
  assert.equal((await report(id)).credential, had.id, "a certificate that nobody knows would stop the polling")
  const now = await report(id, withFingerprint)
  assert.notEqual(now.credential, had.id)
  assert.deepEqual(now.methods.routerosApi, { port: 8729, tls: true, fingerprint: FINGERPRINT })
  const opened = await rig.dbs.ui.asOrg(rig.org, (tx) => rig.secrets.open(tx, rig.org, String(now.credential)))
  assert.ok(text.includes(String(opened.username)) && text.includes(String(opened.password)))
  assert.ok(text.includes(String(opened.snmpV3?.authPassword)))
  const view = await companions.view(rig.org, id)
  assert.equal(view.adoptedAtMs, rig.clock.now())
  assert.deepEqual(await report(id, withFingerprint), now, "told again it changes nothing")
})

test("a device without a credential gets the account when the router reports in, and what the script leaves alone stays", async () => {
  const plain = await wanted()
  await onboard(plain)
  const now = await report(plain)
  assert.deepEqual(now.methods.routerosApi, { port: 8729, tls: true, fingerprint: null })
  assert.notEqual(now.credential, null)

  const community = await inventory.createCredential(rig.actor, {
    name: "community",
    username: null,
    password: null,
    snmpCommunity: "by-hand",
    snmpV3: null,
  })
  const methods = MethodsInput.parse({ snmp: { port: 1161 } })
  const mixed = await wanted({ snmp: "off" }, { credentialId: community.id, methods })
  await onboard(mixed)
  const both = await report(mixed)
  assert.deepEqual(both.methods.snmp, { port: 1161 })
  const opened = await rig.dbs.ui.asOrg(rig.org, (tx) => rig.secrets.open(tx, rig.org, String(both.credential)))
  assert.deepEqual([opened.snmpCommunity, opened.username?.startsWith("ispvm-")], ["by-hand", true])
})

test("a wish that needs other secrets leaves those in use alone until the router has been set up anew", async () => {
  const id = await wanted({ snmp: "v3" })
  await onboard(id)
  const first = await report(id, withFingerprint)
  await companions.want(rig.actor, id, wish({ snmp: "v2c" }))
  await onboard(id)
  assert.deepEqual(await deviceOf(id), first)
  const second = await report(id, withFingerprint)
  assert.notEqual(second.credential, first.credential)
  const open = (credential: string | null) => rig.dbs.ui.asOrg(rig.org, (tx) => rig.secrets.open(tx, rig.org, String(credential)))
  const [was, now] = [await open(first.credential), await open(second.credential)]
  assert.deepEqual([now.username, now.password], [was.username, was.password])
  assert.deepEqual([now.snmpV3, now.snmpCommunity?.startsWith("ispvm-")], [null, true])
})

// ── verify ─────────────────────────────────────────────────────────────────────────────────────────────────────────

test("verifying says who cannot be asked, and why", async () => {
  const alone = await wanted()
  const first = await companions.verify(rig.actor, alone)
  assert.deepEqual([first.ok, first.drift], [false, []])
  assert.match(first.trouble ?? "", /No agent watches this router/)
  assert.deepEqual((await companions.view(rig.org, alone)).verification, first)
  const { id: silent } = await rig.agents.create(rig.actor, { name: "silent", siteId: null, deviceId: null })
  const device = await wanted({}, { agentId: silent })
  await onboard(device)
  assert.match((await companions.verify(rig.actor, device)).trouble ?? "", /never enrolled.*make a token/)
  assert.equal((await refusal(companions.verify(rig.actor, await newDevice()))).code, "no-wish")
})

/** Beats, polls, and answers each `read` with what `rows` makes of its menus: over the true door. */
const answering = async (
  client: Parameters<Rig["ask"]>[3],
  count: number,
  answer: (menus: readonly string[]) => Partial<ReadResult>,
) => {
  const accesses: unknown[] = []
  for (let left = count; left > 0; left -= 1) {
    const { json } = await rig.ask("GET", "/tasks/v1?wait=5000", null, client)
    const [task] = json.tasks as { id: string; access: unknown; menus: { menu: string }[] }[]
    assert.ok(task)
    accesses.push(task.access)
    const result = { kind: "read", id: task.id, trouble: null, menus: [], ...answer(task.menus.map(({ menu }) => menu)) }
    assert.equal((await rig.ask("POST", "/tasks/v1/results", result, client)).status, 204)
  }
  return accesses
}

test("what the router has is read through its agent and compared; the key in its own scripts is known by its hash", async () => {
  const { id: agentId, client } = await rig.enrolled("reader")
  const beat = {
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
  assert.equal((await rig.ask("POST", "/heartbeat/v1", beat, client)).status, 200)
  const id = await wanted({ agentAddresses: [] }, { agentId })
  assert.deepEqual((await companions.view(rig.org, id)).suggested.agentAddresses, ["192.0.2.250"], "from this machine")
  const script = await onboard(id)
  assert.ok(script.remarks.some((remark) => remark.id === "agent-addresses"))
  assert.ok(script.text.includes("192.0.2.250") && script.text.includes("1514"))

  const empty = answering(client, 1, (menus) => ({ menus: menus.map((menu) => ({ menu, rows: [], reason: "ok" as const })) }))
  const missing = await companions.verify(rig.actor, id)
  const [access] = (await empty) as { routerosApi: { username: string; port: number }; snmp: unknown }[]
  assert.deepEqual([access?.routerosApi.port, access?.snmp], [8729, null])
  assert.match(access?.routerosApi.username ?? "", /^ispvm-/)
  assert.deepEqual([missing.ok, missing.trouble], [false, null])
  assert.ok(missing.drift.length > 3 && missing.drift.every(({ kind }) => kind === "missing"))
  assert.deepEqual((await companions.view(rig.org, id)).verification, missing)
  // that account has worked: from now on it is the device's
  assert.notEqual((await deviceOf(id)).credential, null)

  const refused = answering(client, 1, () => ({ trouble: { reason: "wrong-credentials", message: "Refused by the router." } }))
  assert.match(
    (await companions.verify(rig.actor, id)).trouble ?? "",
    /^Refused by the router\. The router refuses this user name/,
  )
  await refused
})
