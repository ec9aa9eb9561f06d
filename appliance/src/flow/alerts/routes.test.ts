/** Alerts over HTTP, page by page. */
import assert from "node:assert/strict"
import { randomUUID } from "node:crypto"
import { test } from "node:test"
import { z } from "zod"
import { serveRoutes } from "../../../test/serve-routes.ts"
import { OrgId } from "../../platform/ids.ts"
import { routes } from "./routes.ts"

const org = OrgId.parse("00000000-0000-4000-8000-000000000001")
const Page = z.object({
  items: z.array(z.object({ id: z.string() })),
  next: z.string().nullable(),
  total: z.int(),
})
type Deps = Parameters<typeof routes>[0]
type Alerts = ReturnType<Deps["alerts"]>

const alertOf = (phase: string, kind: string, deviceId: string) => ({
  ...{ id: randomUUID(), kind, deviceId, interface: null, agentId: null, linkId: null },
  state: { phase, reason: "no-answer", sinceMs: 1 },
})

test("alerts: `cursor` or `after` leads through each that stays once, and `total` counts all", async () => {
  const [a, b] = [randomUUID(), randomUUID()]
  const all = Array.from({ length: 11 }, (_, n) =>
    alertOf(n === 0 ? "ok" : "down", n % 2 === 0 ? "reach" : "interface-down", n < 6 ? a : b),
  )
  const raised = all.slice(1)
  const topology = { devices: new Map(), linksAt: new Map() }
  await using served = await serveRoutes(
    routes({
      // Only what the route reads of them.
      alerts: () => ({ topology, all }) as unknown as Alerts,
      incidentOf: () => null,
      peerOf: () => null,
      suppressedBy: () => null,
    }),
    org,
  )
  const pageAt = async (query: string) => {
    const { status, json } = await served.get(`/alerts?${query}`)
    assert.equal(status, 200, query)
    return Page.parse(json)
  }
  for (const name of ["cursor", "after"]) {
    const before = raised.filter((alert) => all.includes(alert))
    const seen: string[] = []
    for (let at = ""; ; ) {
      const { items, next, total } = await pageAt(`limit=3${at}`)
      assert.equal(total, all.length - 1)
      seen.push(...items.map(({ id }) => id))
      if (next === null) break
      at = `&${name}=${next}`
      all.push(alertOf("down", "reach", a))
    }
    assert.equal(new Set(seen).size, seen.length)
    assert.deepEqual(
      before.filter(({ id }) => !seen.includes(id)),
      [],
    )
  }
  const ids = async (query: string) => (await pageAt(query)).items.map(({ id }) => id).sort()
  const raisedWhere = (is: (alert: (typeof all)[number]) => boolean) =>
    all.filter((alert) => alert.state.phase !== "ok" && is(alert)).map(({ id }) => id)
  assert.deepEqual(await ids(`device=${b}`), raisedWhere(({ deviceId }) => deviceId === b).sort())
  assert.deepEqual(await ids("kind=reach"), raisedWhere(({ kind }) => kind === "reach").sort())
  assert.equal((await served.get("/alerts?cursor=x")).status, 422)
})
