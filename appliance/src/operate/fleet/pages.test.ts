/** Lists over HTTP: pages, filters, and who gets which rows. */
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { z } from "zod"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { makeActor, makeDevice, makeInventory } from "../../../test/make.ts"
import { makeOrg, NOW } from "../../../test/make-flow.ts"
import { type ServedRoutes, serveRoutes } from "../../../test/serve-routes.ts"
import type { Status } from "../../api/shared.ts"
import { createEvents } from "../../flow/events/events.ts"
import { createLive } from "../../flow/live/live.ts"
import { createLatestMemory, createSeries } from "../../flow/series/series.ts"
import { createSharedAnswers } from "../../platform/http/shared-answers.ts"
import type { OrgId } from "../../platform/ids.ts"
import { routes as inventoryRoutes } from "../../registry/inventory/routes.ts"
import { createFleet } from "./fleet.ts"
import type { EntityStatus } from "./present.ts"
import { routes } from "./routes.ts"

let db: TestDatabase
let served: ServedRoutes
let inventory: ReturnType<typeof makeInventory>
const orgs: OrgId[] = []
const clock = { now: () => NOW }
const live = createLive({ clock })
const down = new Set<string>()

const statusOf = (id: string): EntityStatus => {
  const status: Status = down.has(id) ? "down" : "ok"
  const message = { code: "status.up", params: { by: "probes" } } as const
  return { status: { status, reason: "online", message, sinceMs: NOW }, incidentId: null }
}

before(async () => {
  db = await testDatabase()
  orgs.push(db.org, await makeOrg(db, "Other"))
  inventory = makeInventory(db)
  const latest = createLatestMemory({ clock })
  inventory.changes.on(({ org }) => latest.markStale(org))
  const fleet = createFleet({
    ...{ db: db.dbs.ui, clock, inventory, agents: async () => [] },
    series: createSeries({ jobs: db.dbs.jobs, clock }),
    latest,
    events: createEvents({ db: db.dbs.jobs, clock }),
    statuses: () => ({ device: statusOf, link: statusOf }),
    incidents: async () => ({ open: [], quietSinceMs: NOW }),
  })
  served = await serveRoutes([...routes({ fleet }), ...inventoryRoutes({ inventory })], db.org, {
    // Time stands still: an answer is made again only where something has changed.
    shared: createSharedAnswers({ steadyMs: () => 0, changesOf: live.changes }),
    authenticate: async (ctx) => makeActor(orgs[ctx.get("x-org") === "other" ? 1 : 0] ?? db.org),
  })
})
after(async () => {
  await served[Symbol.asyncDispose]()
  live.stop()
  await db.close()
})

const Page = z.object({
  items: z.array(z.object({ id: z.string(), name: z.string() }).loose()),
  next: z.string().nullable(),
  total: z.int(),
})
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${served.url}${path}`, { headers })
const pageAt = async (path: string, headers: Record<string, string> = {}) => {
  const response = await get(path, headers)
  assert.equal(response.status, 200, path)
  return Page.parse(await response.json())
}
const add = async (name: string, over: Parameters<typeof makeDevice>[0] = {}, org = db.org) =>
  (await inventory.createDevice(makeActor(org), makeDevice({ name, ...over }))).id
const remove = (id: string) => inventory.removeDevice(makeActor(db.org), id)

/** All rows, page by page; `between` runs after each page. */
const walk = async (
  query: string,
  between: (seen: readonly string[]) => Promise<void> = async () => undefined,
): Promise<string[]> => {
  const seen: string[] = []
  for (let cursor = "", pages = 0; pages < 100; pages += 1) {
    const page = await pageAt(`/devices?limit=4&${query}${cursor}`)
    seen.push(...page.items.map(({ id }) => id))
    if (page.next === null) return seen
    assert.equal(page.items.length, 4)
    cursor = `&cursor=${encodeURIComponent(page.next)}`
    await between(seen)
  }
  throw new Error("the pages do not end")
}

test("pages: each row that stays is on exactly one page, while rows are added and removed", async () => {
  const ids: string[] = []
  let made = 0
  for (let n = 0; n < 21; n += 1)
    ids.push(await add(`walk ${n}`, { address: `192.0.2.${n + 1}`, roles: ["core"] }))
  down.add(ids[3] ?? "")
  down.add(ids[12] ?? "")
  for (const sort of ["name", "-name", "address", "-address", "site", "status", "-status"]) {
    const added: string[] = []
    const removed: string[] = []
    const seen = await walk(`role=core&sort=${sort}`, async (before) => {
      made += 1
      added.push(await add(`walk ${(made * 7) % 50} added ${made}`, { roles: ["core"] }))
      // One that was shown already, and one that was not.
      const shown = ids.find((id) => before.includes(id) && !removed.includes(id))
      const rest = ids.find((id) => !before.includes(id) && !removed.includes(id))
      for (const id of removed.length < 6 ? [shown, rest] : [])
        if (id !== undefined) {
          removed.push(id)
          await remove(id)
        }
    })
    assert.equal(new Set(seen).size, seen.length, `${sort}: a row came twice`)
    const stayed = ids.filter((id) => !removed.includes(id))
    assert.ok(removed.length >= 2, sort)
    assert.deepEqual(
      stayed.filter((id) => !seen.includes(id)),
      [],
      `${sort}: a row is missing`,
    )
    ids.splice(0, ids.length, ...stayed, ...added)
  }
  for (const id of ids) await remove(id)
})

test("pages: names are in natural order in both directions, and what has no value comes last", async () => {
  const tag = "order"
  for (const name of ["r10", "r9", "R1", "r2"]) await add(name, { tags: [tag] })
  const names = async (query: string) =>
    (await pageAt(`/devices?tag=${tag}&${query}`)).items.map(({ name }) => name)
  assert.deepEqual(await names("sort=name"), ["R1", "r2", "r9", "r10"])
  assert.deepEqual(await names("sort=-name"), ["r10", "r9", "r2", "R1"])
  assert.deepEqual(await names("limit=2"), ["R1", "r2"])
  const site = await inventory.createSite(makeActor(db.org), {
    ...{ name: "Hill", regionId: null, latitude: null, longitude: null, note: "" },
  })
  await add("r5", { tags: [tag], siteId: site.id })
  for (const sort of ["site", "-site"]) assert.equal((await names(`sort=${sort}`))[0], "r5")
})

test("pages: filters and words search all rows, and `total` counts them on every page", async () => {
  const ids = [await add("Ankara core"), await add("Ankara edge"), await add("İzmir core")]
  down.add(ids[1] ?? "")
  const found = async (query: string) => {
    const { items, total, next } = await pageAt(`/devices?${query}`)
    return { names: items.map(({ name }) => name), total, isMore: next !== null }
  }
  assert.deepEqual(await found("q=core%20ANKARA"), {
    ...{ names: ["Ankara core"], total: 1, isMore: false },
  })
  assert.deepEqual(await found("q=ankara&limit=1"), {
    ...{ names: ["Ankara core"], total: 2, isMore: true },
  })
  assert.deepEqual((await found("q=ankara&status=down")).names, ["Ankara edge"])
  assert.deepEqual((await found(`q=ankara&site=${db.org}`)).names, [])
})

test("pages: links, interfaces and sites have them as well", async () => {
  const [a, b] = [await add("end a"), await add("end b")]
  const end = (deviceId: string, name: string) => ({ deviceId, interface: name })
  for (const n of [1, 2, 3])
    await inventory.createLink(makeActor(db.org), {
      ...{ name: `link ${n}`, capacityBps: null, medium: "fibre" },
      ...{ a: end(a, `ether${n}`), b: end(b, `ether${n}`) },
    })
  const first = await pageAt(`/links?device=${a}&sort=-name&limit=2`)
  const rest = await pageAt(`/links?device=${a}&sort=-name&limit=2&cursor=${first.next}`)
  assert.deepEqual(
    [...first.items, ...rest.items].map(({ name }) => name),
    ["link 3", "link 2", "link 1"],
  )
  assert.deepEqual([first.total, rest.total, rest.next], [3, 3, null])
  for (const path of [`/devices/${a}/interfaces`, "/sites"])
    assert.equal((await get(`${path}?limit=1&sort=name`)).status, 200)
})

const rejected = [
  ["limit=0", "limit"],
  ["limit=1001", "limit"],
  ["cursor=x", "cursor"],
  ["sort=note", "sort"],
  [`cursor=${Buffer.from('["-name","r1","x"]').toString("base64url")}`, "cursor"],
] as const
for (const [query, path] of rejected)
  test(`pages: ${query} is an invalid ${path}`, async () => {
    const response = await get(`/devices?${query}`)
    const problem = z
      .object({ fields: z.array(z.object({ path: z.string() })) })
      .parse(await response.json())
    assert.deepEqual([response.status, problem.fields[0]?.path], [422, path])
  })

test("pages: another organisation gets its own rows alone, with a cursor of this one too", async () => {
  await add("mine 1")
  await add("mine 2")
  const own = await add("zz other", {}, orgs[1])
  const { next } = await pageAt("/devices?limit=1")
  const other = { "x-org": "other" }
  for (const query of ["", "?limit=5", "?q=mine", `?limit=5&cursor=${next}`]) {
    const { items, total } = await pageAt(`/devices${query}`, other)
    const expected = query === "?q=mine" ? [] : [own]
    assert.deepEqual([items.map(({ id }) => id), total], [expected, expected.length], query)
  }
  const mine = await pageAt("/devices")
  assert.ok(!mine.items.some(({ id }) => id === own))
})

test("a list without parameters is one page, known by its ETag until something changes", async () => {
  const id = await add("watched one")
  const before = await get("/devices")
  const all = Page.parse(await before.json())
  assert.deepEqual([all.next, all.total], [null, all.items.length])
  const etag = before.headers.get("etag") ?? ""
  assert.equal((await get("/devices", { "if-none-match": etag })).status, 304)
  down.add(id)
  live.publish(db.org, "device", { id, ...statusOf(id) })
  const after = await get("/devices", { "if-none-match": etag })
  assert.equal(after.status, 200, "a status that changed is shown at once")
  const changed = Page.parse(await after.json()).items.find((one) => one.id === id)
  assert.equal(z.object({ status: z.string() }).parse(changed?.["status"]).status, "down")
})
