import assert from "node:assert/strict"
import { after, before, beforeEach, test } from "node:test"
import type { DeviceId } from "@ispvm/wire"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { makeActor, makeInventory } from "../../../test/make.ts"
import { makeAgent, makeMonitored } from "../../../test/make-flow.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { addInterfaces } from "../../registry/inventory/inventory.ts"
import type { AgentIdentity } from "./ingest.ts"
import { createLookups, type Lookups } from "./lookups.ts"
import { portKey, readKeep } from "./store.ts"

let db: TestDatabase
let agent: AgentIdentity
let other: AgentIdentity
let device: DeviceId
let lookups: Lookups
before(async () => {
  db = await testDatabase()
})
after(() => db.close())
beforeEach(async () => {
  agent = await makeAgent(db, db.org)
  other = await makeAgent(db, db.org)
  device = (await makeMonitored(db, agent)) as DeviceId
  lookups = createLookups()
})

const versionOf = async (tx: Tx) => (await readKeep(tx, db.org)).inventoryVersion
/** As a batch looks it up. */
const atOf = async (tx: Tx) => ({ tx, org: db.org, version: await versionOf(tx) })
const find = (by = agent) =>
  db.dbs.ingest.asOrg(db.org, async (tx) =>
    (await lookups.devices(await atOf(tx), [device], by.id)).get(device),
  )
const change = (what: (tx: Tx) => Promise<unknown>) => db.dbs.ui.asOrg(db.org, what)

test("what nothing has changed is not looked up again", async () => {
  const first = await find()
  assert.equal(first?.agentId, agent.id)
  assert.equal(await find(), first, "the same object")
  // Neither does a heartbeat count.
  await change((tx) => tx`update agents.agent set last_seen_at = now() where id = ${agent.id}`)
  assert.equal(await find(), first)
})

test("each change is seen by the next batch", async () => {
  await find()
  await change((tx) => tx`update inventory.device set agent_id = ${other.id} where id = ${device}`)
  assert.equal((await find())?.agentId, other.id, "another agent")
  await change(
    (tx) => tx`insert into agents.lease (org_id, device_id, agent_id, from_at, reason)
      values (${db.org}, ${device}, ${agent.id}, now(), 'agent-offline')`,
  )
  assert.equal((await find())?.leases?.length, 1, "a lease")
  await change((tx) => tx`update agents.lease set to_at = now() where device_id = ${device}`)
  assert.notEqual((await find())?.leases?.[0]?.toMs, null, "the end of a lease")
  await change((tx) => tx`update inventory.device set agent_fallback = 'site' where id = ${device}`)
  assert.notEqual((await find(other))?.mayTakeOver, true)
  const [site] = await db.dbs.ui.asOrg(
    db.org,
    (tx) =>
      tx<
        { id: string }[]
      >`insert into inventory.site (org_id, name) values (${db.org}, 'north') returning id`,
  )
  await change((tx) => tx`update inventory.device set site_id = ${site?.id ?? ""}`)
  await change((tx) => tx`update agents.agent set site_id = ${site?.id ?? ""}`)
  assert.equal((await find(other))?.mayTakeOver, true, "the site of an agent")
  await change(
    (tx) => tx`insert into probes.probe (org_id, device_id, name, segment, "check", every_s,
        timeout_ms, is_enabled, created_by, created_at)
      values (${db.org}, ${device}, 'web', 'service', '{}', 60, 1000, true, 'test', now())`,
  )
  assert.equal((await find())?.isProbed, true, "a probe")
  await makeInventory(db).removeDevice(makeActor(db.org), device)
  assert.equal(await find(), undefined, "its removal")
})

test("what is not committed is neither seen nor kept", async () => {
  await find()
  await assert.rejects(
    change(async (tx) => {
      await tx`update inventory.device set agent_id = ${other.id} where id = ${device}`
      assert.equal((await find())?.agentId, agent.id)
      throw new Error("given up")
    }),
    /given up/,
  )
  assert.equal((await find())?.agentId, agent.id)
})

test("facts that change no lookup do not count", async () => {
  const first = await find()
  await change((tx) => tx`update inventory.device set board = 'RB5009' where id = ${device}`)
  assert.equal(await find(), first)
})

const portOf = (name: string) =>
  db.dbs.ingest.asOrg(db.org, async (tx) => {
    const found = await lookups.ports(await atOf(tx), [{ device, name }])
    return found.get(portKey({ device, name }))
  })

test("an interface is found under the name that it has now", async () => {
  assert.equal(await portOf("ether1"), undefined)
  await change((tx) => addInterfaces(tx, db.org, [{ device, name: "ether1" }], 10))
  const id = await portOf("ether1")
  assert.ok(id !== undefined, "a new one")
  await change((tx) => tx`update inventory.interface set speed_bps = 1000 where id = ${id}`)
  assert.equal(await portOf("ether1"), id)
  await change((tx) => tx`update inventory.interface set name = 'wan' where id = ${id}`)
  assert.deepEqual([await portOf("ether1"), await portOf("wan")], [undefined, id])
  await change((tx) => tx`update inventory.interface set gone_at = now() where id = ${id}`)
  assert.equal(await portOf("wan"), undefined)
})

test("many changes of one transaction count once", async () => {
  const before = await db.dbs.ui.asOrg(db.org, versionOf)
  await change(async (tx) => {
    await tx`update inventory.device set agent_fallback = 'site' where org_id = ${db.org}`
    await tx`update inventory.device set agent_fallback = 'none' where org_id = ${db.org}`
  })
  const after = await db.dbs.ui.asOrg(db.org, versionOf)
  assert.equal(Number(after), Number(before) + 1)
})
