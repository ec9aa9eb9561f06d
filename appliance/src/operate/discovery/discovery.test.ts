import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { makeActor, makeDevice, makeInventory } from "../../../test/make.ts"
import { makeAgent } from "../../../test/make-flow.ts"
import { DiscoveryAnswer, type DiscoveryDecision, type Proposal } from "../../api/discovery.ts"
import { CredentialInput, LinkInput } from "../../api/inventory.ts"
import { OrgId } from "../../platform/ids.ts"
import { createOrg } from "../../registry/orgs/orgs.ts"
import { createDiscovery, type Discovery } from "./discovery.ts"

const NOW_MS = Date.UTC(2026, 10, 1)
let db: TestDatabase
let discovery: Discovery
const clock = { nowMs: NOW_MS }
before(async () => {
  db = await testDatabase()
  discovery = createDiscovery({
    ...{ db: db.dbs.ui, jobs: db.dbs.jobs, inventory: makeInventory(db) },
    clock: { now: () => clock.nowMs },
  })
})
after(() => db.close())

type Cells = Readonly<Record<string, string>>
const mac = (device: number, port: number): string => `48:a9:8a:00:0${device}:0${port}`
/** Devices with two ports each, whose neighbours are reported over the API. */
const addDevice = async (org: OrgId, at: number): Promise<string> => {
  const input = makeDevice({ name: `router-${at}`, address: `192.0.2.${at}` })
  const { id } = await makeInventory(db).createDevice(makeActor(org), input)
  await db.dbs.ui.asOrg(org, async (tx) => {
    await tx`update inventory.device set identity = ${`router-${at}`}, board = 'RB5009' where id = ${id}`
    for (const port of [1, 2])
      await tx`
        insert into inventory.interface (org_id, device_id, name, type, mac)
        values (${org}, ${id}, ${`ether${port}`}, 'ether', ${mac(at, port)})`
  })
  return id
}
const report = async (org: OrgId, device: string, key: string, cells: Cells): Promise<void> => {
  await db.dbs.ui.asOrg(
    org,
    (tx) => tx`
      insert into tables.row (org_id, device_id, name, source, key, cells, words, first_seen_at, changed_at, seen_at)
      values (${org}, ${device}, 'neighbours', 'routeros-api', ${key}, ${JSON.stringify(cells)}::text::jsonb, '', now(), now(),
        to_timestamp(${clock.nowMs}::float8 / 1000))
      on conflict (device_id, name, source, key) do update set gone_at = null`,
  )
}
const forget = (org: OrgId, device: string, key: string) =>
  db.dbs.ui.asOrg(
    org,
    (tx) => tx`
      update tables.row set gone_at = to_timestamp(${clock.nowMs}::float8 / 1000)
      where device_id = ${device} and key = ${key}`,
  )
const neighbour = (on: string, far: number, port: number): Cells => ({
  ...{ interface: on, identity: `router-${far}`, mac: mac(far, port), remotePort: `ether${port}` },
  ...{ address: `192.0.2.${far}`, board: "RB5009", protocols: "cdp,lldp,mndp" },
})
const listed = async (org: OrgId, state: "open" | "accepted" | "rejected" = "open") =>
  DiscoveryAnswer.parse(await discovery.list(org, { state, limit: 10_000 })).items
const only = async (org: OrgId, state?: "open" | "accepted" | "rejected"): Promise<Proposal> => {
  const [first, more] = await listed(org, state)
  assert.ok(first !== undefined && more === undefined)
  return first
}
const decide = (org: OrgId, ids: readonly string[], decision: DiscoveryDecision["decision"]) =>
  discovery.decide(makeActor(org), {
    ...{ ids: [...ids], decision, siteId: null, agentId: null, credentialId: null },
  })
const newOrg = async (name: string): Promise<OrgId> =>
  OrgId.parse((await db.dbs.ui.sql.begin((tx) => createOrg(tx, name))).id)
const links = (org: OrgId) =>
  db.dbs.ui.asOrg(
    org,
    (tx) => tx<{ id: string; a: string; b: string }[]>`
    select id, a_interface as a, b_interface as b from inventory.link where org_id = ${org}`,
  )

test("a link that both devices report is proposed once, and accepted into the inventory", async () => {
  const org = await newOrg("links")
  const [one, other] = [await addDevice(org, 1), await addDevice(org, 2)]
  await report(org, one, "a", neighbour("ether1", 2, 2))
  await report(org, other, "b", neighbour("ether2", 1, 1))
  const run = await discovery.run(org)
  assert.deepEqual([run.devices, run.proposed, run.confirmed], [2, 1, 0])
  const proposal = await only(org)
  assert.deepEqual(proposal.sources, ["cdp", "lldp", "mndp"])
  assert.ok(proposal.confidence > 0.99)
  const figures = await discovery.list(org, { state: "open", limit: 0 })
  assert.deepEqual([figures.items, figures.counts], [[], { open: 1, accepted: 0, rejected: 0 }])
  assert.deepEqual(await decide(org, [proposal.id], "accept"), { done: 1, failed: [] })
  assert.deepEqual(
    (await links(org)).map(({ a, b }) => [a, b].sort()),
    [["ether1", "ether2"]],
  )
  const next = await discovery.run(org)
  assert.deepEqual([next.proposed, next.confirmed], [0, 1])
  assert.deepEqual(await listed(org), [])
  const again = await decide(org, [proposal.id], "accept")
  assert.deepEqual([again.done, again.failed.length], [0, 1])
})

test("a link that was drawn without interfaces is the one that is found", async () => {
  const org = await newOrg("drawn")
  const [one, other] = [await addDevice(org, 1), await addDevice(org, 2)]
  const ends = { a: { deviceId: one, interface: null }, b: { deviceId: other, interface: null } }
  await makeInventory(db).createLink(makeActor(org), LinkInput.parse(ends))
  await report(org, one, "a", neighbour("ether1", 2, 2))
  await report(org, one, "b", neighbour("ether2", 2, 1))
  const run = await discovery.run(org)
  // The second cable between the two is not drawn yet.
  assert.deepEqual([run.confirmed, run.proposed], [1, 1])
})

test("a switch finds a silent router among thousands of learned MAC addresses", async () => {
  const org = await newOrg("switch")
  const [one] = [await addDevice(org, 1), await addDevice(org, 2)]
  await db.dbs.ui.asOrg(
    org,
    (tx) => tx`
      insert into tables.row (org_id, device_id, name, source, key, cells, words, first_seen_at, changed_at, seen_at)
      select ${org}, ${one}, 'hosts', 'snmp', n::text, jsonb_build_object('mac', case when n = 5000 then ${mac(2, 1).toUpperCase()}
        else '02:00:00:00:' || lpad(to_hex(n / 256), 2, '0') || ':' || lpad(to_hex(n % 256), 2, '0') end, 'interface', 'ether2'),
        '', now(), now(), now()
      from generate_series(1, 9000) n`,
  )
  await discovery.run(org)
  const { ends, sources } = await only(org)
  assert.deepEqual(sources, ["bridge"])
  assert.deepEqual(ends.map((end) => end.interface).sort(), ["ether1", "ether2"])
})

test("decisions survive a day of runs, and one can be taken back", async () => {
  const org = await newOrg("decisions")
  const [one, other] = [await addDevice(org, 1), await addDevice(org, 2)]
  await report(org, one, "a", neighbour("ether1", 2, 2))
  await discovery.run(org)
  const { id } = await only(org)
  await decide(org, [id], "reject")
  for (let hour = 0; hour < 24; hour += 1) {
    clock.nowMs += 3_600_000
    await report(org, other, `b${hour % 2}`, neighbour("ether2", 1, 1))
    await discovery.run(org)
  }
  assert.deepEqual(await listed(org), [])
  const rejected = await only(org, "rejected")
  assert.deepEqual([rejected.id, rejected.decidedBy], [id, "admin@example.net"])
  await decide(org, [id], "reopen")
  await decide(org, [id], "accept")
  assert.equal((await links(org)).length, 1)
  await decide(org, [id], "reopen")
  assert.equal((await links(org)).length, 0)
  assert.equal((await only(org)).state, "open")
})

test("a link that an operator removes from the inventory is not proposed again", async () => {
  const org = await newOrg("removed")
  const one = await addDevice(org, 1)
  await addDevice(org, 2)
  await report(org, one, "a", neighbour("ether1", 2, 2))
  await discovery.run(org)
  await decide(org, [(await only(org)).id], "accept")
  const [link] = await links(org)
  await makeInventory(db).removeLink(makeActor(org), link?.id ?? "")
  await discovery.run(org)
  assert.deepEqual(await listed(org), [])
  assert.equal((await only(org, "rejected")).createdId, null)
})

test("a box that neighbours report is one proposal, also when another of its ports is seen", async () => {
  const org = await newOrg("found")
  const [one, other] = [await addDevice(org, 1), await addDevice(org, 2)]
  const box = { identity: "tower", board: "hEX" }
  await report(org, one, "a", { ...neighbour("ether1", 9, 2), ...box })
  await discovery.run(org)
  const { id } = await only(org)
  await report(org, other, "b", { ...neighbour("ether1", 9, 1), ...box })
  await discovery.run(org)
  const proposal = await only(org)
  assert.deepEqual(
    [proposal.id, proposal.macs, proposal.name],
    [id, [mac(9, 1), mac(9, 2)], "tower"],
  )
  assert.deepEqual(
    proposal.ends.map(({ name, interface: on, farInterface }) => [name, on, farInterface]),
    [
      ["router-1", "ether1", "ether2"],
      ["router-2", "ether1", "ether1"],
    ],
  )
  assert.deepEqual(await decide(org, [id], "accept"), { done: 1, failed: [] })
  // Its links are known by its name and address, before it has been read.
  await discovery.run(org)
  assert.deepEqual(
    (await listed(org)).map(({ kind }) => kind),
    ["link", "link"],
  )
})

test("what is not reported any more is stale, and what another organisation has is its own", async () => {
  const org = await newOrg("stale")
  const one = await addDevice(org, 1)
  await addDevice(org, 2)
  await report(org, one, "a", neighbour("ether1", 2, 2))
  await discovery.run(org)
  assert.equal((await only(org)).isStale, false)
  await forget(org, one, "a")
  await discovery.run(org)
  assert.equal((await only(org)).isStale, true)
  const other = await newOrg("other")
  await discovery.run(other)
  assert.deepEqual(await listed(other), [])
  const { id } = await only(org)
  assert.deepEqual(
    (await decide(other, [id], "accept")).failed.map((one) => one.detail),
    ["there is no such proposal"],
  )
})

test("a decision that is not possible names why, and the rest is done", async () => {
  const org = await newOrg("partly")
  const one = await addDevice(org, 1)
  await report(org, one, "a", {
    interface: "ether1",
    identity: "nowhere",
    mac: mac(8, 1),
    protocols: "mndp",
  })
  await report(org, one, "b", { ...neighbour("ether2", 9, 1), identity: "somewhere" })
  await discovery.run(org)
  const all = await listed(org)
  const { done, failed } = await decide(
    org,
    all.map(({ id }) => id),
    "accept",
  )
  assert.equal(done, 1)
  assert.deepEqual(
    failed.map(({ name, detail }) => [name, detail]),
    [["nowhere", "no address is known at which it could be polled"]],
  )
})

test("a saved secret is not sent to an address that a neighbour claims", async () => {
  const org = await newOrg("secrets")
  const one = await addDevice(org, 1)
  const box = { identity: "trap", board: "switch", protocols: "lldp" }
  await report(org, one, "a", { ...neighbour("ether1", 9, 1), ...box })
  await discovery.run(org)
  const inventory = makeInventory(db)
  const secret = CredentialInput.parse({
    ...{ name: "saved", snmpCommunity: "secret-of-routers" },
    allowedNetworks: ["10.0.0.0/8"],
  })
  const { id: credentialId } = await inventory.createCredential(makeActor(org), secret)
  const operator = { ...makeActor(org), role: "operator" as const }
  const { id } = await only(org)
  const { id: agentId } = await makeAgent(db, org)
  const decision = { ids: [id], decision: "accept" as const, siteId: null, agentId }
  const { done, failed } = await discovery.decide(operator, { ...decision, credentialId })
  assert.deepEqual([done, failed.map(({ name }) => name)], [0, ["trap"]])
  assert.equal((await only(org)).state, "open")
})
