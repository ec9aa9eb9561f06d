import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { makeActor, makeDevice, makeInventory } from "../../../test/make.ts"
import { SiteInput } from "../../api/inventory.ts"
import type { Actor } from "../../platform/http/http.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import { DeviceId, type OrgId } from "../../platform/ids.ts"
import { page } from "../audit/audit.ts"
import { createOrg } from "../orgs/orgs.ts"
import { createSecrets } from "../secrets/secrets.ts"
import { type DeviceFacts, type Inventory, type InventoryChange, recordFacts } from "./inventory.ts"

let db: TestDatabase
let inventory: Inventory
let actor: Actor
let stranger: Actor
before(async () => {
  db = await testDatabase()
  inventory = makeInventory(db)
  actor = makeActor(db.org)
  stranger = makeActor((await db.dbs.ui.sql.begin((tx) => createOrg(tx, "Other"))).id)
})
after(() => db.close())

const errorOf = async (work: Promise<unknown>): Promise<HttpError> => {
  const error = await work.then(
    () => assert.fail("expected a refusal"),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof HttpError, String(error))
  return error
}
const lastAudit = async () =>
  (
    await db.dbs.ui.asOrg(db.org, (tx) =>
      page(tx, db.org, { before: null, limit: 1, subject: null, id: null }),
    )
  ).items[0]

test("a change is stored, audited with before and after, and announced", async () => {
  const published: InventoryChange[] = []
  const stop = inventory.changes.on((news) => published.push(news))
  const region = await inventory.createRegion(actor, { name: "North" })
  const site = await inventory.createSite(
    actor,
    SiteInput.parse({ name: "Hill", regionId: region.id, latitude: 46.5 }),
  )
  await inventory.changeSite(actor, site.id, { note: "key at the farm", latitude: null })
  stop()
  const entry = await lastAudit()
  assert.equal(entry?.action, "site.changed")
  assert.equal(entry.actor, actor.email)
  assert.deepEqual(entry.detail, {
    note: { before: "", after: "key at the farm" },
    latitude: { before: 46.5, after: null },
  })
  assert.deepEqual(
    published.map(({ what }) => what),
    ["region", "site", "site"],
  )
  assert.deepEqual(await inventory.sites(db.org), [
    {
      id: site.id,
      name: "Hill",
      regionId: region.id,
      latitude: null,
      longitude: null,
      note: "key at the farm",
      tags: [],
      textEncoding: null,
    },
  ])
})

test("a taken name is rejected at its field", async () => {
  await inventory.createDevice(actor, makeDevice({ name: "twice" }))
  const error = await errorOf(inventory.createDevice(actor, makeDevice({ name: "twice" })))
  assert.equal(error.status, 409)
  assert.deepEqual(error.fields, [{ path: "name", code: "field.taken", params: {} }])
})

test("resources of another organisation can be neither referenced, changed nor read", async () => {
  const site = await inventory.createSite(actor, SiteInput.parse({ name: "Ours" }))
  const error = await errorOf(
    inventory.createDevice(stranger, makeDevice({ siteId: site.id, credentialId: randomUUID() })),
  )
  assert.deepEqual(
    error.fields?.map(({ path }) => path),
    ["siteId", "credentialId"],
  )
  assert.equal(
    (await errorOf(inventory.changeSite(stranger, site.id, { name: "Theirs" }))).status,
    404,
  )
  assert.equal((await errorOf(inventory.removeSite(stranger, site.id))).status, 404)
  assert.deepEqual(await inventory.sites(stranger.org), [])
})

test("an interface has at most one link, and a link connects two devices", async () => {
  const [a, b, c] = await Promise.all(
    [1, 2, 3].map(() => inventory.createDevice(actor, makeDevice())),
  )
  assert.ok(a && b && c)
  const ends = (x: string, y: string) => ({
    name: null,
    a: { deviceId: x, interface: "ether1" },
    b: { deviceId: y, interface: null },
    capacityBps: 1e9,
    medium: null,
  })
  const link = await inventory.createLink(actor, ends(a.id, b.id))
  assert.equal(
    (await errorOf(inventory.createLink(actor, ends(a.id, c.id)))).fields?.[0]?.path,
    "a.interface",
  )
  assert.equal(
    (await errorOf(inventory.createLink(actor, ends(c.id, c.id)))).fields?.[0]?.path,
    "b.deviceId",
  )
  await inventory.changeLink(actor, link.id, { medium: "radio" })
  assert.deepEqual((await lastAudit())?.detail, { medium: { before: null, after: "radio" } })
  await inventory.removeDevice(actor, a.id)
  assert.equal((await errorOf(inventory.changeLink(actor, link.id, { medium: null }))).status, 404)
})

test("a patch leaves omitted fields unchanged and clears those that are null", async () => {
  const credential = await inventory.createCredential(actor, {
    name: "snmp",
    username: null,
    password: null,
    snmpCommunity: "s3cret",
    snmpV3: null,
  })
  const { id } = await inventory.createDevice(
    actor,
    makeDevice({ credentialId: credential.id, roles: ["core"] }),
  )
  await inventory.changeDevice(actor, id, { credentialId: null, roles: [] })
  assert.deepEqual((await lastAudit())?.detail, {
    credentialId: { before: credential.id, after: null },
    roles: { before: ["core"], after: [] },
  })
})

test("a credential is encrypted, is decrypted for its own organisation only, and leaves no secret in the audit", async () => {
  const secrets = createSecrets({ key: Buffer.alloc(32, 7) })
  const { id } = await inventory.createCredential(actor, {
    name: "api",
    username: "watch",
    password: "hunter22",
    snmpCommunity: null,
    snmpV3: null,
  })
  const open = (org: OrgId) => db.dbs.ui.asOrg(org, (tx) => secrets.open(tx, org, id))
  assert.deepEqual(await open(db.org), {
    username: "watch",
    password: "hunter22",
    snmpCommunity: null,
    snmpV3: null,
  })
  await assert.rejects(open(stranger.org), /There is no credential/)
  await inventory.changeCredential(actor, id, { password: "hunter33", username: null })
  assert.deepEqual(await open(db.org), {
    username: null,
    password: "hunter33",
    snmpCommunity: null,
    snmpV3: null,
  })
  const audit = JSON.stringify(
    await db.dbs.ui.asOrg(db.org, (tx) =>
      page(tx, db.org, { before: null, limit: 100, subject: null, id }),
    ),
  )
  assert.match(audit, /secretsChanged/)
  assert.doesNotMatch(audit, /hunter/)
  assert.equal(
    (await inventory.credentials(db.org)).find((credential) => credential.id === id)?.hasPassword,
    true,
  )
  const other = createSecrets({ key: Buffer.alloc(32, 8) })
  await assert.rejects(
    db.dbs.ui.asOrg(db.org, (tx) => other.open(tx, db.org, id)),
    /master key has changed/,
  )
  await inventory.createDevice(actor, makeDevice({ credentialId: id }))
  assert.equal((await errorOf(inventory.removeCredential(actor, id))).code, "in-use")
})

test("a credential names its SNMP version and protocols, but never its passwords", async () => {
  const snmpV3 = {
    user: "m",
    authPassword: "auth-word-1",
    privPassword: null,
    authProtocol: "SHA256",
  } as const
  const made = await inventory.createCredential(actor, {
    name: "v3",
    username: null,
    password: null,
    snmpCommunity: null,
    snmpV3,
  })
  const old = {
    name: "v1",
    username: null,
    password: null,
    snmpCommunity: "public",
    snmpVersion: "v1",
    snmpV3: null,
  } as const
  const { id } = await inventory.createCredential(actor, old)
  const shown = async (of: string) =>
    (await inventory.credentials(db.org)).find((each) => each.id === of)
  const v3 = await shown(made.id)
  assert.deepEqual(
    [v3?.snmpV3User, v3?.snmpV3AuthProtocol, v3?.snmpV3PrivProtocol],
    ["m", "SHA256", null],
  )
  assert.equal((await shown(id))?.snmpVersion, "v1")
  await inventory.changeCredential(actor, id, { snmpVersion: null })
  assert.equal((await shown(id))?.snmpVersion, null)
  assert.doesNotMatch(JSON.stringify([v3, await shown(id)]), /auth-word|public/)
})

const port = (
  name: string,
  over: Partial<NonNullable<DeviceFacts["interfaces"]>[number]> = {},
) => ({
  name,
  type: "ether",
  mac: null,
  comment: null,
  mtu: 1500,
  speedBps: 1e9,
  ifIndex: 1,
  dynamic: false,
  ...over,
})
test("facts add interfaces, skip those of sessions, keep what a source does not report, and mark removed ones", async () => {
  const { id } = await inventory.createDevice(actor, makeDevice())
  const facts: DeviceFacts = {
    device: DeviceId.parse(id),
    atMs: Date.now(),
    source: "snmp",
    identity: "hill-1",
    vendor: null,
    board: null,
    version: "7.20",
    architecture: null,
    serial: null,
    interfaces: [
      port("ether1"),
      port("ether2", { comment: "to farm" }),
      port("<pppoe-ann>", { dynamic: true }),
      port("ether1"),
    ],
  }
  const record = (change: Partial<DeviceFacts>) =>
    db.dbs.ingest.asOrg(db.org, (tx) => recordFacts(tx, db.org, { ...facts, ...change }))
  const first = await record({})
  assert.deepEqual(first.changed, ["device", "interface"])
  assert.deepEqual((await record({})).changed, [])
  assert.deepEqual((await record({ version: null, interfaces: null })).changed, [])
  const fewer = await record({ interfaces: [port("ether2", { ifIndex: 9, comment: null })] })
  assert.deepEqual(fewer.changed, ["interface"])
  const rows = await db.dbs.ui.asOrg(
    db.org,
    (tx) =>
      tx`select name, comment, if_index, gone_at is not null as gone from inventory.interface where device_id = ${id} order by name`,
  )
  assert.deepEqual(
    [...rows],
    [
      { name: "ether1", comment: null, if_index: 1, gone: true },
      { name: "ether2", comment: "to farm", if_index: 9, gone: false },
    ],
  )
  assert.deepEqual((await record({})).changed, ["interface"])
})

test("a text encoding is stored for a site and for a device, and cleared by null", async () => {
  const site = await inventory.createSite(
    actor,
    SiteInput.parse({ name: "Śląsk", textEncoding: "windows-1250" }),
  )
  const encodingOf = async () =>
    (await inventory.sites(db.org)).find(({ id }) => id === site.id)?.textEncoding
  assert.equal(await encodingOf(), "windows-1250")
  await inventory.changeSite(actor, site.id, { note: "x" })
  assert.equal(await encodingOf(), "windows-1250")
  await inventory.changeSite(actor, site.id, { textEncoding: null })
  assert.equal(await encodingOf(), null)
})

test("tags of sites, devices and links are stored once each, and another change keeps them", async () => {
  const tagged = SiteInput.parse({ name: "Tagged", tags: ["pop", "pop"] })
  const site = await inventory.createSite(actor, tagged)
  const device = await inventory.createDevice(
    actor,
    makeDevice({ tags: ["tower", "customer:acme"] }),
  )
  await inventory.changeSite(actor, site.id, { note: "x" })
  await inventory.changeDevice(actor, device.id, { note: "x" })
  const tags = await db.dbs.ui.asOrg(db.org, async (tx) => [
    ...(await tx<{ tags: string[] }[]>`select tags from inventory.site where id = ${site.id}`),
    ...(await tx<{ tags: string[] }[]>`select tags from inventory.device where id = ${device.id}`),
  ])
  assert.deepEqual(
    tags.map((row) => row.tags),
    [["pop"], ["tower", "customer:acme"]],
  )
})
