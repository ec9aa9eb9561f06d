import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { makeActor, makeInventory } from "../../../test/make.ts"
import { MethodsInput } from "../../api/inventory.ts"
import type { Actor } from "../../platform/http/http.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import type { Inventory } from "./inventory.ts"

let db: TestDatabase
let inventory: Inventory
let actor: Actor
before(async () => {
  db = await testDatabase()
  inventory = makeInventory(db)
  actor = makeActor(db.org)
})
after(() => db.close())

test("an import stores valid lines, reports others by line and column, and a dry run stores nothing", async () => {
  const csv = [
    "\uFEFFName;Address;Site;Roles;Latitude;Longitude;API port;SNMP port;Agent",
    "csv-1;192.0.2.1;Valley;core|edge;46,5;7,25;8728;;",
    "csv-2;host.example;Valley;;;;;161;",
    "csv-2;192.0.2.3;;;;;;;",
    "csv-4;not an address;;king;;;;;",
    "csv-5;192.0.2.5;;;;;;;nobody",
  ].join("\r\n")
  const dry = await inventory.importCsv(actor, csv, true)
  assert.equal(
    (await inventory.sites(db.org)).some(({ name }) => name === "Valley"),
    false,
  )
  const answer = await inventory.importCsv(actor, csv, false)
  assert.deepEqual(dry, answer)
  assert.deepEqual(
    { ...answer, rejected: answer.rejected.map(({ line, column }) => [line, column]) },
    {
      created: 2,
      updated: 0,
      unchanged: 0,
      sitesCreated: 1,
      sitesUpdated: 0,
      changes: [],
      rejected: [
        [4, "name"],
        [5, "address"],
        [5, "roles"],
        [6, "agent"],
      ],
    },
  )
  const again = await inventory.importCsv(
    actor,
    "name,address,api_tls\ncsv-1,192.0.2.1,\ncsv-2,192.0.2.9,yes\n",
    false,
  )
  assert.deepEqual([again.created, again.updated, again.unchanged, again.rejected], [0, 1, 1, []])
  assert.deepEqual(again.changes, [
    {
      line: 3,
      what: "device",
      name: "csv-2",
      fields: [
        { field: "address", before: "host.example", after: "192.0.2.9" },
        { field: "api_port", before: null, after: "8729" },
        { field: "api_tls", before: null, after: "yes" },
      ],
    },
  ])
})

test("an import names what it changes: the site of a device, the position of a site", async () => {
  await inventory.importCsv(
    actor,
    "name,address,site\nmove-1,192.0.2.31,North\nmove-2,192.0.2.32,South\n",
    false,
  )
  const list =
    "name,address,site,lat,lon\nmove-1,192.0.2.31,South,46.5,7.25\nmove-2,192.0.2.32,South,46.5,7.25\n"
  const dry = await inventory.importCsv(actor, list, true)
  const answer = await inventory.importCsv(actor, list, false)
  assert.deepEqual(dry, answer)
  assert.deepEqual(
    [answer.updated, answer.unchanged, answer.sitesCreated, answer.sitesUpdated],
    [1, 1, 0, 1],
  )
  assert.deepEqual(answer.changes, [
    {
      line: 2,
      what: "site",
      name: "South",
      fields: [{ field: "place", before: null, after: "46.5, 7.25" }],
    },
    {
      line: 2,
      what: "device",
      name: "move-1",
      fields: [{ field: "site", before: "North", after: "South" }],
    },
  ])
  const south = (await inventory.sites(db.org)).find(({ name }) => name === "South")
  assert.deepEqual([south?.latitude, south?.longitude], [46.5, 7.25])
})

test("tags of devices and sites are stored, and an import names what it changes of them", async () => {
  const first = "name,address,site,tags,site_tags\ntag-1,192.0.2.51,Tower,radio;north,pop\n"
  assert.deepEqual((await inventory.importCsv(actor, first, false)).rejected, [])
  const read = async () => {
    const [device] = await db.dbs.ui.asOrg(
      db.org,
      (tx) => tx<{ tags: string[] }[]>`select tags from inventory.device where name = 'tag-1'`,
    )
    const site = (await inventory.sites(db.org)).find(({ name }) => name === "Tower")
    return [device?.tags, site?.tags]
  }
  assert.deepEqual(await read(), [["radio", "north"], ["pop"]])
  // The same in another order, and empty cells, change nothing.
  for (const cells of ["north;radio,pop", ","]) {
    const same = `name,address,site,tags,site_tags\ntag-1,192.0.2.51,Tower,${cells}\n`
    const { updated, unchanged, sitesUpdated } = await inventory.importCsv(actor, same, false)
    assert.deepEqual([updated, unchanged, sitesUpdated], [0, 1, 0])
  }
  const list = "name,address,site,tags,site_tags\ntag-1,192.0.2.51,Tower,radio,pop;fibre\n"
  const dry = await inventory.importCsv(actor, list, true)
  assert.deepEqual(await read(), [["radio", "north"], ["pop"]])
  assert.deepEqual(dry, await inventory.importCsv(actor, list, false))
  assert.deepEqual(
    dry.changes.map(({ what, fields }) => [what, fields]),
    [
      ["site", [{ field: "site_tags", before: "pop", after: "pop;fibre" }]],
      ["device", [{ field: "tags", before: "radio;north", after: "radio" }]],
    ],
  )
  assert.deepEqual(await read(), [["radio"], ["pop", "fibre"]])
})

test("the agent of the import is for devices without one; a router that reports itself gets none", async () => {
  const agents = await db.dbs.ui.asOrg(
    db.org,
    (tx) => tx<{ id: string }[]>`
      insert into agents.agent (org_id, name) values (${db.org}, 'a'), (${db.org}, 'b') returning id`,
  )
  const [a, b] = [agents[0]?.id ?? "", agents[1]?.id ?? ""]
  await inventory.importCsv(actor, "name,address\nown-1,192.0.2.41\n", false, a)
  await inventory.importCsv(actor, "name,address\npush-1,192.0.2.42\n", false)
  await db.dbs.ui.asOrg(
    db.org,
    (tx) => tx`update inventory.device set reports_every_s = 60 where name = 'push-1'`,
  )
  const list =
    "name,address,agent\nown-1,192.0.2.41,\npush-1,192.0.2.42,\nnew-1,192.0.2.43,\nnew-2,192.0.2.44,a\n"
  await inventory.importCsv(actor, list, false, b)
  const rows = await db.dbs.ui.asOrg(
    db.org,
    (tx) => tx<{ name: string; agent: string | null }[]>`
      select name, agent_id as agent from inventory.device
      where name in ('own-1', 'push-1', 'new-1', 'new-2') order by name`,
  )
  assert.deepEqual(
    rows.map(({ name, agent }) => [name, agent]),
    [
      ["new-1", b],
      ["new-2", a],
      ["own-1", a],
      ["push-1", null],
    ],
  )
  await assert.rejects(inventory.importCsv(actor, list, true, randomUUID()), HttpError)
})

test("a router whose certificate is in the list is read over TLS at once", async () => {
  const methodsOf = (name: string) =>
    db.dbs.ui.asOrg(db.org, async (tx) => {
      const [row] = await tx<
        { methods: unknown }[]
      >`select methods from inventory.device where name = ${name}`
      return MethodsInput.parse(row?.methods).routerosApi
    })
  const hash = "0f".repeat(32)
  await inventory.importCsv(actor, "name,address,api_port\ntls-1,192.0.2.21,8728\n", false)
  assert.deepEqual(await methodsOf("tls-1"), { port: 8728, tls: false, fingerprint: null })
  const colons = hash.toUpperCase().replaceAll(/(..)(?!$)/g, "$1:")
  const csv = `name,address,fingerprint\ntls-1,192.0.2.21,${colons}\ntls-2,192.0.2.22,${hash}\n`
  const { created, updated } = await inventory.importCsv(actor, csv, false)
  assert.deepEqual([created, updated], [1, 1])
  for (const name of ["tls-1", "tls-2"])
    assert.deepEqual(await methodsOf(name), { port: 8729, tls: true, fingerprint: hash })
  // A list without the column keeps what was confirmed.
  await inventory.importCsv(actor, "name,address,api_port\ntls-2,192.0.2.22,9000\n", false)
  assert.deepEqual(await methodsOf("tls-2"), { port: 9000, tls: true, fingerprint: hash })
})
for (const [name, csv, column] of [
  ["no address column", "name\nr1", "address"],
  ["an unknown column", "name,address,colour\nr1,192.0.2.1,red", "colour"],
  ["a quote that never ends", 'name,address\n"r1,192.0.2.1', null],
  ["nothing but blanks", "  ", null],
] as const) {
  test(`a list with ${name} is rejected as a whole`, async () => {
    const { created, rejected } = await inventory.importCsv(actor, csv, false)
    assert.equal(created, 0)
    assert.equal(rejected[0]?.column, column)
  })
}
