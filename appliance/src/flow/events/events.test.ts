import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { after, before, test } from "node:test"
import fc from "fast-check"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { makeActor, makeInventory } from "../../../test/make.ts"
import {
  batchOf,
  eventOf,
  makeAgent,
  makeMonitored,
  makeOrg,
  NOW,
} from "../../../test/make-flow.ts"
import { type AgentIdentity, createIngest, type Ingest } from "../ingest/ingest.ts"
import { readCursor, writeCursor } from "./cursor.ts"
import { createEvents, type EventFilter, type Events } from "./events.ts"
import type { StoredEvent } from "./model.ts"

let db: TestDatabase
let agent: AgentIdentity
let events: Events
let ingest: Ingest
const clock = { at: NOW, now: () => clock.at }

before(async () => {
  db = await testDatabase()
  agent = await makeAgent(db, db.org)
  events = createEvents({ db: db.dbs.jobs, clock })
  ingest = createIngest({
    db: db.dbs.ingest,
    clock: { now: () => NOW },
    changes: { emit: () => undefined, on: () => () => undefined },
    writers: [events.write],
    counters: { items: () => undefined, batch: () => undefined },
  })
})
after(() => db.close())

const list = (filter: Partial<EventFilter>, org = db.org) =>
  db.dbs.ui.asOrg(org, (tx) =>
    events.list(tx, org, {
      ...{ device: null, sinceMs: null, cursor: null, limit: 100, withPersons: true },
      ...filter,
    }),
  )

test("a log line's meaning is the event's name; one that is not known stays a log line", async () => {
  const device = await makeMonitored(db, agent)
  const line = (meaning: string, atMs: number) =>
    eventOf(device, atMs, { name: "log", attributes: { meaning, user: "anna" } })
  await ingest.accept(agent, batchOf([line("session-up", NOW), line("of-tomorrow", NOW - 1)]))
  const { items } = await list({ device })
  assert.deepEqual(
    items.map(({ name }) => name),
    ["session-up", "log"],
  )
})

test("the same event in two batches is stored once", async () => {
  const device = await makeMonitored(db, agent)
  const event = eventOf(device, NOW, {
    name: "link-down",
    interface: "ether2",
    severity: "warning",
    attributes: { a: "1" },
  })
  await ingest.accept(agent, batchOf([event]))
  await ingest.accept(agent, batchOf([event, eventOf(device, NOW - 1_000)]))
  const { items } = await list({ device })
  assert.equal(items.length, 2)
  assert.deepEqual(
    [items[0]?.id, items[0]?.name, items[0]?.interface],
    [event.id, "link-down", "ether2"],
  )
})

test("event ids are per organisation: an event of another organisation with the same id is neither hidden nor shown", async () => {
  const stranger = await makeOrg(db, "Stranger")
  const theirAgent = await makeAgent(db, stranger)
  const [ours, theirs] = [await makeMonitored(db, agent), await makeMonitored(db, theirAgent)]
  const id = randomUUID()
  await ingest.accept(agent, batchOf([eventOf(ours, NOW, { id, message: "ours" })]))
  await ingest.accept(theirAgent, batchOf([eventOf(theirs, NOW, { id, message: "theirs" })]))
  assert.deepEqual(
    (await list({ device: ours })).items.map(({ message }) => message),
    ["ours"],
  )
  assert.deepEqual(
    (await list({}, stranger)).items.map(({ message }) => message),
    ["theirs"],
  )
  assert.equal((await list({ device: theirs })).items.length, 0)
})

test("pages follow on without a gap or a repeat, also where many events share a moment", async () => {
  const device = await makeMonitored(db, agent)
  await ingest.accept(
    agent,
    batchOf(
      Array.from({ length: 57 }, (_, i) => eventOf(device, NOW - Math.floor(i / 20) * 1_000)),
    ),
  )
  const all = (await list({ device })).items
  assert.equal(all.length, 57)
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 60 }), async (limit) => {
      const seen: StoredEvent[] = []
      let next: string | null = null
      do {
        const page: Awaited<ReturnType<typeof list>> = await list({
          device,
          limit,
          cursor: next === null ? null : readCursor(next),
        })
        seen.push(...page.items)
        next = page.next
      } while (next !== null)
      assert.deepEqual(
        seen.map(({ id }) => id),
        all.map(({ id }) => id),
      )
    }),
    { numRuns: 12 },
  )
})

test("a query since a time includes that time", async () => {
  const device = await makeMonitored(db, agent)
  await ingest.accept(
    agent,
    batchOf([3, 2, 1].map((s) => eventOf(device, NOW - s * 1_000, { message: String(s) }))),
  )
  assert.deepEqual(
    (await list({ device, sinceMs: NOW - 2_000 })).items.map(({ message }) => message),
    ["1", "2"],
  )
})

test("log lines are found by severity, source, and a part of the message or the topics", async () => {
  const device = await makeMonitored(db, agent)
  const line = (n: number, severity: string, message: string, topics: string) =>
    eventOf(device, NOW - n, {
      ...{ name: "log", source: "syslog", severity, message },
      attributes: { topics },
    })
  await ingest.accept(
    agent,
    batchOf([
      line(1, "error", "login failure for user 50%", "system,error,critical"),
      line(2, "info", "pppoe connected", "pppoe,ppp,info"),
      line(3, "warning", "lease conflict", "dhcp,warning"),
    ]),
  )
  const messages = async (filter: object) =>
    (await list({ device, ...filter })).items.map(({ message }) => message.split(" ")[0])
  assert.deepEqual(await messages({ severity: "warning" }), ["login", "lease"])
  assert.deepEqual(await messages({ search: "PPP" }), ["pppoe"])
  assert.deepEqual(await messages({ search: "0%" }), ["login"])
  assert.deepEqual(await messages({ search: "_" }), [])
  assert.deepEqual(await messages({ source: "snmp" }), [])
  const { items } = await list({ device, search: "dhcp" })
  assert.equal(items[0]?.topics, "dhcp,warning")
})

test("events of a removed device stay, and say that it was removed", async () => {
  const device = await makeMonitored(db, agent)
  await ingest.accept(agent, batchOf([eventOf(device, NOW, { message: "last words" })]))
  await makeInventory(db).removeDevice(makeActor(db.org), device)
  assert.deepEqual(
    (await list({ device })).items.map(({ deviceName }) => deviceName),
    ["(removed)"],
  )
})

test("events are kept for a year, then deleted", async () => {
  const device = await makeMonitored(db, agent)
  await ingest.accept(agent, batchOf([eventOf(device, NOW)]))
  assert.equal(await events.prune(db.org), 0)
  // Of a device that logs all the time: more than one transaction deletes.
  await db.dbs.jobs.asOrg(
    db.org,
    (tx) => tx`
      insert into events.event (org_id, id, at, received_at, device_id, agent_id, name, source, severity, message, attributes)
      select org_id, gen_random_uuid(), at, received_at, device_id, agent_id, name, source, severity, message, attributes
      from (select * from events.event where device_id = ${device}) one, generate_series(1, 10500)`,
  )
  clock.at = NOW + 367 * 86_400_000
  assert.ok((await events.prune(db.org)) > 10_500)
  assert.equal((await list({})).items.length, 0)
})

test("a cursor round-trips, and nothing else parses as a cursor", () => {
  const place = { atMs: NOW, id: randomUUID() }
  assert.deepEqual(readCursor(writeCursor(place)), place)
  for (const text of [
    "",
    "x",
    "1.2",
    `zzzzzzzzzzzz.${place.id}`,
    `${writeCursor(place)}'`,
    `zzzzzzzzzzz.${place.id}`,
  ])
    assert.equal(readCursor(text), null, text)
})

const NAME = "Ayse.Yilmaz"
const logLine = (device: string, n: number, message: string, attributes: Record<string, string>) =>
  eventOf(device, NOW - n * 1_000, {
    ...{ name: "log", source: "syslog", severity: "info", message, attributes },
  })
/** As routers write them: with fields that the agent knows, and without. */
const linesOf = (device: string) => [
  logLine(device, 1, `<pppoe-${NAME}>: connected`, {
    ...{ topics: "pppoe,info", meaning: "session-step", session: `pppoe-${NAME}` },
  }),
  logLine(device, 2, `${NAME} logged in, 100.64.7.9 from 02:AB:CD:11:22:33`, {
    ...{ topics: "pppoe,ppp,info", meaning: "session-up", user: NAME },
    ...{ client: "100.64.7.9", caller: "02:AB:CD:11:22:33" },
  }),
  logLine(device, 3, `something unheard of about ${NAME}`, { topics: "ppp,debug" }),
  logLine(device, 4, "a script printed fatma.demir", { topics: "script,info" }),
  logLine(device, 5, "ether7 link down", { topics: "interface,info" }),
  eventOf(device, NOW - 6_000, {
    ...{ name: "link-down", source: "syslog", interface: `<pppoe-${NAME}>` },
    ...{ message: `<pppoe-${NAME}> link down`, attributes: { topics: "interface,info" } },
  }),
]
const HIDDEN = { withPersons: false }

test("without permission no name of a subscriber is in a line, an interface or a page's end", async () => {
  const device = await makeMonitored(db, agent)
  await ingest.accept(agent, batchOf(linesOf(device)))
  const page = await list({ device, ...HIDDEN })
  const text = page.items.map((item) => `${item.interface} ${item.message}`).join("\n")
  assert.doesNotMatch(text, /ayse|yilmaz|fatma|11:22:33/i)
  assert.deepEqual(
    page.items.map(({ message }) => message),
    [
      "<pppoe-•••>: connected",
      "••• logged in, 100.64.7.9 from •••",
      // The lines before have said whose name it is.
      "… about •••",
      "a script …",
      "ether7 link down",
      "<pppoe-•••> link down",
    ],
  )
  const all = await list({ device })
  assert.match(all.items.map(({ message }) => message).join("\n"), /Ayse.*fatma/s)
})

test("a search without permission finds what is shown and nothing that is hidden", async () => {
  const device = await makeMonitored(db, agent)
  await ingest.accept(agent, batchOf(linesOf(device)))
  const found = async (filter: object) => (await list({ device, ...filter })).items.length
  for (const search of ["ayse", "Yilmaz", "fatma", "11:22:33"]) {
    assert.ok((await found({ search })) > 0, search)
    const page = await list({ device, search, ...HIDDEN })
    assert.deepEqual([page.items.length, page.next], [0, null], search)
  }
  assert.equal(await found({ search: "logged in", ...HIDDEN }), 1)
  assert.equal(await found({ search: "PPPOE,PPP", ...HIDDEN }), 1)
  const port = `<pppoe-${NAME}>`
  assert.equal(await found({ interface: port }), 1)
  assert.equal(await found({ interface: port, ...HIDDEN }), 0)
})

test("where a page of such a search ends depends on what is shown alone", async () => {
  const device = await makeMonitored(db, agent)
  const noise = Array.from({ length: 2_300 }, (_, n) =>
    logLine(device, n + 10, n % 2 === 0 ? `${NAME} logged in` : "mehmet logged in", {
      ...{ topics: "ppp,info", meaning: "session-up" },
      user: n % 2 === 0 ? NAME : "mehmet",
    }),
  )
  const wanted = logLine(device, 9_000, "ether1 link down", { topics: "interface,info" })
  await ingest.accept(agent, batchOf(noise))
  await ingest.accept(agent, batchOf([wanted]))
  const walk = async (search: string) => {
    const pages: (readonly [number, string | null])[] = []
    let next: string | null = null
    do {
      const cursor = next === null ? null : readCursor(next)
      const page: Awaited<ReturnType<typeof list>> = await list({
        ...{ device, search, cursor, limit: 50 },
        ...HIDDEN,
      })
      pages.push([page.items.length, page.next])
      next = page.next
    } while (next !== null)
    return pages
  }
  assert.deepEqual(await walk("ayse"), await walk("nobody at all"))
  const pages = await walk("link down")
  assert.deepEqual(
    pages.map(([items]) => items),
    [0, 1],
  )
})
