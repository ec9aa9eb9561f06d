import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, before, test } from "node:test"
import type { z } from "zod"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { makeActor, makeInventory } from "../../../test/make.ts"
import {
  healthOf,
  ingestInto,
  interfaceOf,
  makeAgent,
  makeMonitored,
  makeOrg,
  NOW,
  pingOf,
} from "../../../test/make-flow.ts"
import type { Agent } from "../../api/agents.ts"
import type { Incident } from "../../api/incidents.ts"
import type { Device } from "../../api/inventory.ts"
import { createEvents } from "../../flow/events/events.ts"
import type { AgentIdentity } from "../../flow/ingest/ingest.ts"
import { createSeries, type Series } from "../../flow/series/series.ts"
import { HttpError } from "../../platform/http/http-error.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db } from "../../platform/postgres/db.ts"
import { createFleet, type Fleet } from "./fleet.ts"
import { countDevices, median, minutes } from "./present.ts"
import { routes } from "./routes.ts"

let db: TestDatabase
let agent: AgentIdentity
let series: Series
let fleet: Fleet
const clock = { now: () => NOW }
const down = new Set<string>()
const statements = { count: 0 }

/** The UI's pool, with its statements counted. */
const counted = (inner: Db): Db => ({
  sql: inner.sql,
  asOrg: (org, work) =>
    inner.asOrg(org, (tx) =>
      work(
        new Proxy(tx, {
          apply: (target, self, args) => {
            statements.count += 1
            return Reflect.apply(target, self, args)
          },
        }),
      ),
    ),
})

const statusOf = (id: string) => ({
  status: {
    status: down.has(id) ? ("down" as const) : ("ok" as const),
    reason: "online",
    message: { code: "status.up", params: { by: "probes" } } as const,
    sinceMs: NOW,
  },
  incidentId: null,
})
const agentsOf = async (org: OrgId): Promise<readonly Agent[]> =>
  org !== db.org
    ? []
    : [
        {
          id: agent.id,
          name: agent.name,
          siteId: null,
          deviceId: null,
          allowedNetworks: [],
          enrolment: "enrolled",
          tokenExpiresAtMs: null,
          status: "unknown",
          statusReason: "offline",
          sinceMs: null,
          lastSeenAtMs: null,
          version: null,
          hostname: null,
          certificateSerial: null,
          certificateExpiresAtMs: null,
          devices: 1,
          bufferBatches: null,
          oldestBufferedAtMs: null,
          clockSkewMs: null,
          icmp: null,
          syslogPort: null,
          notes: [],
          update: null,
        },
      ]

before(async () => {
  db = await testDatabase()
  agent = await makeAgent(db, db.org)
  series = createSeries({ jobs: db.dbs.jobs, clock })
  fleet = createFleet({
    db: counted(db.dbs.ui),
    clock,
    inventory: makeInventory(db),
    series,
    events: createEvents({ db: db.dbs.jobs, clock }),
    agents: agentsOf,
    statuses: () => ({ device: statusOf, link: statusOf }),
    incidents: async () => ({ open: [] satisfies Incident[], quietSinceMs: NOW - 5 }),
  })
})
after(() => db.close())

/** Calls a route like http.ts: input and answer are checked with the route's schemas. */
const request = async (
  path: string,
  { params = {}, query = {}, org = db.org }: { params?: object; query?: object; org?: OrgId } = {},
) => {
  const route = routes({ fleet }).find((candidate) => candidate.path === path)
  assert.ok(route, path)
  const parse = (schema: z.ZodType | undefined, value: unknown) => schema?.parse(value)
  const input = {
    params: parse(route.params, params),
    query: parse(route.query, query),
    body: undefined,
    ctx: undefined,
  }
  const answer = await route.handle(
    input as unknown as Parameters<typeof route.handle>[0],
    makeActor(org),
  )
  const parsed = parse(route.answer, answer)
  assert.deepEqual(parsed, answer) // The schema strips unknown fields: nothing was stripped.
  return answer
}

/** Two devices with a link between them; A reports it. */
const makePair = async () => {
  const a = await makeMonitored(db, agent, {
    methods: {
      routerosApi: { port: 8729, tls: true, fingerprint: null },
      snmp: null,
      icmp: true,
      tcpPort: null,
    },
  })
  const b = await makeMonitored(db, agent)
  const { id: link } = await makeInventory(db).createLink(makeActor(db.org), {
    name: null,
    a: { deviceId: a, interface: "ether1" },
    b: { deviceId: b, interface: "ether9" },
    capacityBps: 1e9,
    medium: "fibre",
  })
  await ingestInto(db, series, agent, [
    pingOf(a, NOW - 1_000),
    healthOf(a, NOW - 1_000),
    interfaceOf(a, NOW - 1_000, "ether1", { rxBps: 10, txBps: 30 }),
    interfaceOf(a, NOW - 1_000, "ether10"),
    interfaceOf(a, NOW - 1_000, "ether2"),
    interfaceOf(b, NOW - 90_000, "ether9", { rxBps: 31, txBps: 11 }),
  ])
  return { a, b, link }
}

test("the list of devices shows each change of the inventory, and reads rows again only then", async () => {
  const { a, b } = await makePair()
  const asOwner = (text: string) => db.dbs.ui.asOrg(db.org, (tx) => tx.unsafe(text))
  const site = randomUUID()
  await asOwner(
    `insert into inventory.site (id, org_id, name) values ('${site}', '${db.org}', 'Hill')`,
  )
  const shown = async (id: string) => {
    const before = statements.count
    const device = (await fleet.devices(db.org)).find((each) => each.id === id)
    return { device, statements: statements.count - before }
  }
  await shown(a)
  const again = await shown(a)
  const changes: [text: string, of: (device: Device | undefined) => unknown, expected: unknown][] =
    [
      [`update inventory.device set note = 'x' where id = '${a}'`, (one) => one?.note, "x"],
      [`update inventory.device set site_id = '${site}' where id = '${a}'`, siteOf, "Hill"],
      [`update inventory.site set name = 'Hill 2' where id = '${site}'`, siteOf, "Hill 2"],
      [`update agents.agent set name = 'agent 2' where id = '${agent.id}'`, agentNameOf, "agent 2"],
      [
        `update agents.agent set name = '${agent.name}' where id = '${agent.id}'`,
        agentNameOf,
        agent.name,
      ],
      [`delete from inventory.site where id = '${site}'`, siteOf, null],
      [
        `update inventory.device set tags = '{t}' where id = '${a}'`,
        (one) => one?.tags?.join(),
        "t",
      ],
    ]
  for (const [text, of, expected] of changes) {
    await asOwner(text)
    const { device, statements: needed } = await shown(a)
    assert.deepEqual([of(device), needed > again.statements], [expected, true], text)
    assert.deepEqual(device, await fleet.device(db.org, a))
  }
  // A heartbeat changes nothing of it.
  await asOwner(`update agents.agent set last_seen_at = now() where id = '${agent.id}'`)
  assert.equal((await shown(a)).statements, again.statements)
  await asOwner(`delete from inventory.device where id = '${b}'`)
  assert.equal((await shown(b)).device, undefined)
})
const siteOf = (device: Device | undefined): unknown => device?.siteName
const agentNameOf = (device: Device | undefined): unknown => device?.agentName

test("a device has its latest values, its status and its sources", async () => {
  const { a } = await makePair()
  const device = await fleet.device(db.org, a)
  assert.deepEqual(
    [
      device.rttMs,
      device.lossPct,
      device.cpuPct,
      device.memoryPct,
      device.uptimeS,
      device.lastSeenAtMs,
    ],
    [1.5, 0, 25, 25, 3_600, NOW - 1_000],
  )
  assert.equal(device.agentName, agent.name)
  assert.equal(device.status.status, "ok")
  assert.deepEqual(device.sources, [
    { source: "routeros-api", lastAtMs: NOW - 1_000, problem: null },
    { source: "icmp", lastAtMs: NOW - 1_000, problem: null },
  ])
})

test("interfaces are in natural order and have their link", async () => {
  const { a, link } = await makePair()
  const ports = await fleet.interfaces(db.org, a)
  assert.deepEqual(
    ports.map(({ name, linkId }) => [name, linkId]),
    [
      ["ether1", link],
      ["ether2", null],
      ["ether10", null],
    ],
  )
})

test("a link has the load that its ends report, and is named after them without a name of its own", async () => {
  const { a, b, link } = await makePair()
  const names = (await fleet.devices(db.org)).filter(({ id }) => id === a || id === b)
  const found = (await fleet.links(db.org)).find(({ id }) => id === link)
  assert.deepEqual([found?.aToBBps, found?.bToABps, found?.atMs], [30, 10, NOW - 1_000])
  assert.equal(
    found?.name,
    `${names.find(({ id }) => id === a)?.name}–${names.find(({ id }) => id === b)?.name}`,
  )
  assert.equal(found?.b.interface, "ether9")
  assert.equal(typeof found?.b.interfaceId, "number")
})

test("a link has both ends, and says that nothing carries its traffic when it fails", async () => {
  const { a, b, link } = await makePair()
  const found = await fleet.link(db.org, link)
  assert.deepEqual([found.link.id, found.a.device.id, found.b.device.id], [link, a, b])
  assert.deepEqual(
    [found.a.interface?.name, found.a.interface?.txBps, found.b.interface?.rxBps],
    ["ether1", 30, 31],
  )
  assert.deepEqual([found.a.device.rttMs, found.b.device.rttMs], [1.5, null])
  assert.deepEqual([found.failover.kind, found.failover.ifThisFails], ["none", null])
})

test("a parallel link takes over, without a stated capacity by the speed of the slower interface", async () => {
  const { a, b, link } = await makePair()
  const ends = { a: { deviceId: a, interface: "ether2" }, b: { deviceId: b, interface: "ether10" } }
  const input = { name: "second", ...ends, capacityBps: null, medium: null }
  const { id: second } = await makeInventory(db).createLink(makeActor(db.org), input)
  const leftOf = async () => (await fleet.link(db.org, link)).failover.ifThisFails?.aToB.leftBps
  assert.equal(await leftOf(), null)
  await ingestInto(db, series, agent, [
    interfaceOf(a, NOW, "ether2", { rxBps: 5, txBps: 7 }),
    interfaceOf(b, NOW, "ether10", { rxBps: 7, txBps: 5 }),
  ])
  await db.dbs.ui.asOrg(
    db.org,
    (
      tx,
    ) => tx`update inventory.interface set speed_bps = case name when 'ether2' then 100 else 1000 end
      where device_id in (${a}, ${b}) and name in ('ether2', 'ether10')`,
  )
  assert.equal(await leftOf(), 100 - 7 - 30)
  assert.equal((await fleet.link(db.org, second)).failover.kind, "parallel")
})

test("an interface is found by its name, with its device and its link", async () => {
  const { a, link } = await makePair()
  const found = await fleet.interface(db.org, a, "ether1")
  assert.deepEqual(
    [found.device.id, found.interface.name, found.link?.link.id],
    [a, "ether1", link],
  )
  assert.equal((await fleet.interface(db.org, a, "ether2")).link, null)
})

test("every route answers exactly as its schema says", async () => {
  const { a, b, link } = await makePair()
  down.add(b)
  const range = { from: String(NOW - 600_000), to: String(NOW) }
  const port = (await fleet.interfaces(db.org, a))[0]?.id
  await request("/devices")
  await request("/devices/{id}", { params: { id: a } })
  await request("/devices/{id}/interfaces", { params: { id: a } })
  for (const family of ["ping", "health", "sensor"])
    await request("/devices/{id}/series", { params: { id: a }, query: { family, ...range } })
  await request("/devices/{id}/series", {
    params: { id: a },
    query: { family: "interface", interface: String(port), ...range },
  })
  await request("/devices/{id}/metrics", { params: { id: a } })
  await request("/metric-families")
  await request("/devices/{id}/events", {
    params: { id: a },
    query: { limit: "5", interface: "ether1" },
  })
  await request("/devices/{id}/interface", { params: { id: a }, query: { name: "ether1" } })
  await request("/links/{id}", { params: { id: link } })
  await request("/events", { query: { since: "1" } })
  await request("/links")
  await request("/topology")
  const overview = await fleet.overview(db.org, true)
  await request("/overview")
  assert.equal(overview.devices.down, 1)
  assert.equal(overview.devices.total, overview.devices.ok + 1)
  assert.deepEqual(overview.agents, { total: 1, offline: 1 })
  assert.equal(overview.trafficHour.length, 60)
  assert.ok((overview.trafficBps ?? 0) >= 40)
  assert.ok(overview.trafficHour.some(({ bps }) => bps !== null && bps >= 40))
  assert.equal(overview.rttMs, 1.5)
  down.clear()
})

test("the number of queries does not grow with the number of devices", async () => {
  const cost = async (work: () => Promise<unknown>): Promise<number> => {
    statements.count = 0
    await work()
    return statements.count
  }
  const all = async () => [
    await cost(() => fleet.devices(db.org)),
    await cost(() => fleet.links(db.org)),
    await cost(() => fleet.topology(db.org)),
    await cost(() => fleet.overview(db.org, true)),
  ]
  // Rows of an inventory that has changed are read once more.
  await makePair()
  const before = await all()
  for (let i = 0; i < 10; i += 1) await makePair()
  assert.deepEqual(await all(), before)
})

test("traffic counts each link once although both ends report it, and not the links that are cut", async () => {
  const before = (await fleet.overview(db.org, true)).trafficBps ?? 0
  const { link, b } = await makePair()
  await ingestInto(db, series, agent, [
    interfaceOf(b, NOW - 500, "ether9", { rxBps: 30, txBps: 10 }),
  ])
  assert.equal((await fleet.overview(db.org, true)).trafficBps, before + 40)
  down.add(link)
  assert.equal((await fleet.overview(db.org, true)).trafficBps, before === 0 ? null : before)
  down.clear()
})

test("another organisation sees nothing of it", async () => {
  const { a, link } = await makePair()
  const stranger = await makeOrg(db, "Stranger")
  assert.deepEqual(await fleet.devices(stranger), [])
  assert.deepEqual(await fleet.links(stranger), [])
  assert.deepEqual((await fleet.overview(stranger, true)).devices.total, 0)
  assert.equal((await fleet.overview(stranger, true)).trafficBps, null)
  const missing = (error: unknown) => error instanceof HttpError && error.status === 404
  await assert.rejects(fleet.device(stranger, a), missing)
  await assert.rejects(fleet.interfaces(stranger, a), missing)
  await assert.rejects(fleet.interface(stranger, a, "ether1"), missing)
  await assert.rejects(fleet.link(stranger, link), missing)
  await assert.rejects(fleet.interface(db.org, a, "no-such-port"), missing)
  await assert.rejects(
    fleet.events(stranger, { device: a, withPersons: true, since: null, cursor: null, limit: 5 }),
    missing,
  )
  await assert.rejects(
    fleet.series(stranger, a, { family: "ping", from: 1, to: 2, points: 2 }, true),
    missing,
  )
})

const rejected: [string, object, number][] = [
  ["a range that ends before it begins", { family: "ping", from: 5, to: 5 }, 422],
  ["a port's series without the port", { family: "interface", from: 1, to: 2 }, 422],
  [
    "a port of another device",
    { family: "interface", from: 1, to: 2, interface: 2_000_000_000 },
    404,
  ],
]
for (const [name, query, status] of rejected)
  test(`${name} is answered with ${status}`, async () => {
    const { a } = await makePair()
    const is = (error: unknown) => error instanceof HttpError && error.status === status
    await assert.rejects(request("/devices/{id}/series", { params: { id: a }, query }), is)
  })

test("the widest possible range gets an answer", async () => {
  const { a } = await makePair()
  const answer = await fleet.series(
    db.org,
    a,
    {
      family: "ping",
      from: 0,
      to: Number.MAX_SAFE_INTEGER,
      points: 600,
    },
    true,
  )
  assert.ok(answer.atMs.length <= 601)
})

test("an invalid cursor is an invalid field", async () => {
  const is = (error: unknown) => error instanceof HttpError && error.fields?.[0]?.path === "cursor"
  await assert.rejects(
    fleet.events(db.org, { device: null, withPersons: true, since: null, cursor: "x", limit: 5 }),
    is,
  )
})

test("figures: the median, devices by status, an hour of minutes with its gaps", () => {
  assert.equal(median([null, 3, 1, 2]), 2)
  assert.equal(median([4, 1]), 2.5)
  assert.equal(median([null]), null)
  const of = (status: "ok" | "maintenance" | "unreachable") => ({
    ...statusOf("x"),
    status: { ...statusOf("x").status, status },
  })
  assert.deepEqual(countDevices([of("ok"), of("maintenance"), of("unreachable")]), {
    total: 3,
    ok: 2,
    degraded: 0,
    down: 0,
    unreachable: 1,
    recovering: 0,
    unknown: 0,
  })
  const hour = minutes(NOW + 1, [{ atMs: NOW - 60_000, bps: 7 }])
  assert.deepEqual(
    [hour.length, hour[59], hour[58]?.bps],
    [60, { atMs: NOW - 60_000, bps: 7 }, null],
  )
})
