/** Lists of sites and of links, as they are exported, imported again. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { makeActor, makeInventory } from "../../../test/make.ts"
import type { ListImportAnswer } from "../../api/import-lists.ts"
import type { Actor } from "../../platform/http/http.ts"
import type { Inventory } from "./inventory.ts"
import { readLinks } from "./store.ts"

let db: TestDatabase
let inventory: Inventory
let actor: Actor
const devices = new Map<string, string>()
before(async () => {
  db = await testDatabase()
  inventory = makeInventory(db)
  actor = makeActor(db.org)
  for (const name of ["l-a", "l-b", "l-c"]) {
    const device = { name, address: "192.0.2.9", siteId: null, agentId: null, credentialId: null }
    const methods = { routerosApi: null, snmp: null, icmp: true, tcpPort: null }
    const { id } = await inventory.createDevice(actor, { ...device, roles: [], note: "", methods })
    devices.set(name, id)
  }
})
after(() => db.close())

const counts = ({ created, updated, unchanged, rejected }: ListImportAnswer) => ({
  ...{ created, updated, unchanged },
  rejected: rejected.map(({ line, column, code }) => [line, column, code]),
})
const importSites = (csv: string, dryRun = false) =>
  inventory.importList(actor, "site", csv, dryRun)
const importLinks = (csv: string, dryRun = false) =>
  inventory.importList(actor, "link", csv, dryRun)

// As in ui/src/features/devices/lists-csv.test.ts.
const SITES = "name,region,latitude,longitude,tags,text_encoding,note"
const LINKS =
  "name,a_device,a_interface,b_device,b_interface,capacity_bps,medium,tags,status,a_to_b_bps,b_to_a_bps"

test("a list of sites: new ones with their region, and the same list again changes nothing", async () => {
  const csv = [
    SITES,
    'Hill,North,46.5,-7.25,pop;tower,windows-1250,"by the lake, ""east"""',
    "'=Valley,,,,,,",
    "",
  ].join("\r\n")
  const dry = await importSites(csv, true)
  assert.deepEqual(counts(dry), { created: 2, updated: 0, unchanged: 0, rejected: [] })
  assert.deepEqual(await inventory.sites(db.org), [])
  assert.deepEqual(await importSites(csv), dry)
  const [valley, hill] = await inventory.sites(db.org)
  const regions = await inventory.regions(db.org)
  assert.equal(valley?.name, "=Valley")
  assert.deepEqual(
    { ...hill, id: "", regionId: "" },
    {
      ...{ id: "", name: "Hill", regionId: "", latitude: 46.5, longitude: -7.25 },
      ...{ note: 'by the lake, "east"', textEncoding: "windows-1250", tags: ["pop", "tower"] },
    },
  )
  assert.deepEqual(
    regions.map(({ id, name }) => [id, name]),
    [[hill?.regionId, "North"]],
  )
  assert.deepEqual(counts(await importSites(csv)), {
    ...{ created: 0, updated: 0, unchanged: 2, rejected: [] },
  })
})

test("a list of sites: what changes is named, an empty cell changes nothing, what is wrong is rejected", async () => {
  const answer = await importSites(
    [
      "name,region,latitude,longitude,tags,text_encoding",
      "Hill,,47,8,tower;pop,",
      "Half,,1,,,",
      "Hill,,,,,",
      "Odd,,,,,latin",
    ].join("\n"),
  )
  assert.deepEqual(counts(answer), {
    ...{ created: 0, updated: 1, unchanged: 0 },
    rejected: [
      [3, "longitude", "import.half-position"],
      [4, "name", "import.name-twice"],
      [5, "text_encoding", "import.choice"],
    ],
  })
  const field = { field: "place", before: "46.5, -7.25", after: "47, 8" }
  assert.deepEqual(answer.changes, [{ line: 2, what: "site", name: "Hill", fields: [field] }])
})

const named = async () => {
  const names = new Map([...devices].map(([name, id]) => [id, name]))
  const rows = await db.dbs.ui.asOrg(db.org, (tx) => readLinks(tx, db.org))
  return rows
    .map(({ name, a, b, capacityBps, medium, tags }) =>
      [
        ...[name, names.get(a.deviceId), a.interface, names.get(b.deviceId), b.interface],
        ...[capacityBps, medium, tags.join(";")],
      ].join(","),
    )
    .sort()
}

test("a list of links: new ones, and the same list again changes nothing, also turned round", async () => {
  const csv = [
    LINKS,
    "l-a–l-b,l-a,ether1,l-b,ether2,1000000000,fibre,core;ring,ok,12,34",
    "Backup,l-a,,l-b,,,radio,,down,,",
    "Backup,l-a,,l-b,,5000000,radio,,down,,",
    "l-b–l-c,l-b,'-uplink,l-c,sfp1,,,,unknown,,",
    "",
  ].join("\r\n")
  assert.deepEqual(counts(await importLinks(csv)), {
    ...{ created: 4, updated: 0, unchanged: 0, rejected: [] },
  })
  const stored = [
    ",l-a,ether1,l-b,ether2,1000000000,fibre,core;ring",
    ",l-b,-uplink,l-c,sfp1,,,",
    "Backup,l-a,,l-b,,,radio,",
    "Backup,l-a,,l-b,,5000000,radio,",
  ]
  assert.deepEqual(await named(), stored)
  assert.deepEqual(counts(await importLinks(csv)), {
    ...{ created: 0, updated: 0, unchanged: 4, rejected: [] },
  })
  const turned = "a_device,a_interface,b_device,b_interface,tags\nl-b,ether2,l-a,ether1,ring;core\n"
  assert.equal((await importLinks(turned)).unchanged, 1)
  assert.deepEqual(await named(), stored)
})

test("a list of links: a renamed interface, a new capacity, and what cannot be stored", async () => {
  await importLinks("name,a_device,a_interface,b_device,b_interface\nEast,l-a,e5,l-c,e5\n")
  const answer = await importLinks(
    [
      "name,a_device,a_interface,b_device,b_interface,capacity_bps,medium",
      "East,l-a,e6,l-c,e5,,",
      ",l-b,,l-a,ether1,2e9,",
      ",l-a,ether1,l-b,,2000000000,",
      ",l-a,,nowhere,,,",
      ",l-a,e1,l-a,e2,,",
      ",l-a,e6,l-b,e9,,",
      ",l-a,e8,l-b,e8,,wood",
      ",l-a,e7,l-c,e7,,",
      ",l-c,e7,l-a,e7,,",
    ].join("\n"),
  )
  assert.deepEqual(counts(answer), {
    ...{ created: 1, updated: 2, unchanged: 0 },
    rejected: [
      [3, "capacity_bps", "import.capacity"],
      [5, "b_device", "import.not-found"],
      [6, "b_device", "import.same-device"],
      [7, "a_interface", "import.interface-linked"],
      [8, "medium", "import.choice"],
      [10, null, "import.link-twice"],
    ],
  })
  assert.deepEqual(
    answer.changes.map(({ line, name, fields }) => [line, name, fields]),
    [
      [2, "East", [{ field: "a_interface", before: "e5", after: "e6" }]],
      [4, "l-a–l-b", [{ field: "capacity_bps", before: "1000000000", after: "2000000000" }]],
    ],
  )
})
