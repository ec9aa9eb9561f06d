/** Routers that no agent looks at and that report themselves: their silence, and what it is put down to. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { AgentId, AlertId, DeviceId, IncidentId, LinkId, OrgId } from "../../../platform/ids.ts"
import { createBook, type Seen } from "../../alerts/book.ts"
import { watch } from "../../alerts/watched.ts"
import { createDocket } from "../docket.ts"
import type { Incident } from "../incident.ts"
import { deviceStanding } from "../status.ts"

const uuid = (space: number, n: number): string =>
  `00000000-0000-4000-8${String(space).padStart(3, "0")}-${String(n).padStart(12, "0")}`
const AGENT = AgentId.parse(uuid(1, 1))
const EVERY_S = 60
const NAMES = ["core", "access", "cpe-1", "cpe-2", "far-away"] as const
type Name = (typeof NAMES)[number]
const device = (name: Name): DeviceId => DeviceId.parse(uuid(2, NAMES.indexOf(name) + 1))
const isLone = (name: Name): boolean => name !== "core" && name !== "access"

/** core - access - cpe-1, cpe-2; far-away hangs nowhere. The agent stands at core and pings core and access. */
const scene = (options: { agents: boolean } = { agents: true }) => {
  const line = (n: number, a: Name, b: Name) => ({
    id: LinkId.parse(uuid(3, n)),
    name: `${a}–${b}`,
    a: { deviceId: device(a), interface: `to-${b}` },
    b: { deviceId: device(b), interface: null },
  })
  const watched = watch(
    NAMES.map((name) => ({
      id: device(name),
      name,
      roles: [],
      agentId: isLone(name) || !options.agents ? null : AGENT,
      siteId: null,
      reportsEveryS: isLone(name) ? EVERY_S : null,
    })),
    [line(1, "core", "access"), line(2, "access", "cpe-1"), line(3, "access", "cpe-2")],
    options.agents ? [{ id: AGENT, name: "agent-1", deviceId: device("core"), siteId: null }] : [],
    [],
  )
  let ids = 0
  const next = (): number => {
    ids += 1
    return ids
  }
  let nowMs = 1_800_000_000_000
  const silent = new Set<Name>()
  const book = createBook({ org: OrgId.parse(uuid(4, 1)), newId: () => AlertId.parse(uuid(5, next())) })
  const docket = createDocket(() => IncidentId.parse(uuid(6, next())))
  const incidents = new Map<string, Incident>()
  const see = (part: Partial<Seen>): void => {
    const none = { agent: null, router: null, receivedAtMs: nowMs, skewMs: 0, pings: [], interfaces: [], events: [] }
    book.observe({ ...none, ...part }, nowMs)
  }
  const look = (name: Name): Seen["pings"][number] => ({
    kind: "ping",
    device: device(name),
    atMs: nowMs,
    answers: !silent.has(name),
    icmp: { sent: 5, received: silent.has(name) ? 0 : 5, rttUs: null, jitterUs: null },
    tcp: silent.has(name) ? "silent" : "accepted",
    because: "confirm",
    targetId: 1,
  })
  book.rewatch(watched, nowMs)
  return {
    watched,
    book,
    silent,
    incidents,
    status: (name: Name) => deviceStanding({ watched, view: book, docket, failingSource: () => null }, device(name)).status,
    open: () => [...incidents.values()].filter((incident) => incident.state !== "closed"),
    /** Second by second: the agent looks, and routers report on their minute. */
    pass: (seconds: number): void => {
      for (let second = 0; second < seconds; second += 1) {
        nowMs += 1_000
        if (options.agents) see({ agent: { id: AGENT, key: 1, name: "agent-1" }, pings: [look("core"), look("access")] })
        for (const [index, name] of NAMES.entries())
          if (isLone(name) && !silent.has(name) && (Math.round(nowMs / 1_000) + index * 7) % EVERY_S === 0)
            see({ router: device(name) })
        book.tick(nowMs)
        for (const incident of docket.review(watched, book, nowMs).changed) incidents.set(incident.id, incident)
      }
    },
  }
}

test("a router that only reports itself is well while it does, and its silence opens one incident that says so", () => {
  const { pass, silent, status, open } = scene()
  assert.equal(status("cpe-1").reason, "no-data-yet")
  pass(90)
  assert.deepEqual(
    ["cpe-1", "cpe-2", "far-away"].map((name) => status(name as Name).status),
    ["ok", "ok", "ok"],
  )
  silent.add("far-away")
  pass(85)
  assert.equal(status("far-away").status, "ok", "one report may be lost")
  pass(150)
  assert.equal(open().length, 1)
  assert.match(open()[0]?.title ?? "", /far-away has stopped reporting$/)
  assert.ok((open()[0]?.confidence ?? 1) <= 0.7, "its script may merely have been taken out")
  assert.match(JSON.stringify(open()[0]?.because), /revoked key/)
  assert.doesNotMatch(JSON.stringify([open()[0]?.because, open()[0]?.evidence]), /ping/)
  assert.deepEqual([status("far-away").status, status("far-away").reason], ["down", "reports-missing"])
  silent.delete("far-away")
  pass(90)
  assert.deepEqual(open(), [])
  assert.equal(status("far-away").status, "ok")
})

test("what reports through a dead router is behind it, and no incident of its own", () => {
  const { pass, silent, status, open } = scene()
  pass(90)
  for (const name of ["access", "cpe-1", "cpe-2"] as const) silent.add(name)
  pass(300)
  assert.equal(open().length, 1, JSON.stringify(open().map(({ title }) => title)))
  assert.match(open()[0]?.title ?? "", /access/)
  assert.equal(status("cpe-1").status, "behind")
  for (const name of ["access", "cpe-1", "cpe-2"] as const) silent.delete(name)
  pass(150)
  assert.deepEqual(open(), [])
})

test("without any agent each router stands for itself", () => {
  const { pass, silent, open } = scene({ agents: false })
  pass(90)
  silent.add("cpe-1")
  silent.add("far-away")
  pass(300)
  assert.equal(open().length, 2, JSON.stringify(open().map(({ title }) => title)))
})

test("before a silence is believed it is asked whether it could have been heard", () => {
  const { pass, silent, status, book, open } = scene({ agents: false })
  pass(90)
  silent.add("far-away")
  assert.ok(book.quietForMs(1_800_000_000_000 + 90_000) <= 2_000)
  let asked = 0
  for (let second = 0; second < 400; second += 1) {
    pass(1)
    const nowMs = 1_800_000_000_000 + (91 + second) * 1_000
    if (book.quietForMs(nowMs) <= 2_000) continue
    asked += 1
    book.couldNotHear(nowMs)
  }
  assert.ok(asked > 0)
  assert.deepEqual(open(), [], "silence counts only from when it could be heard")
  assert.equal(status("far-away").status, "ok")
})
