/** The checks as they are composed: a database that is down, the page meanwhile, the incident. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { makeActor } from "../../test/make.ts"
import { serveRoutes } from "../../test/serve-routes.ts"
import { Health } from "../api/health.ts"
import { IDLE } from "../machine/update-state.ts"
import { createHostClock } from "../platform/clock.ts"
import { createCounters } from "../platform/counters.ts"
import { endpoint, route } from "../platform/http/http.ts"
import { OrgId } from "../platform/ids.ts"
import { createLog } from "../platform/log.ts"
import { createHealthChecks, type HealthSources } from "./health-checks.ts"
import type { StorageFault } from "./storage-health.ts"

const ORG = OrgId.parse("00000000-0000-4000-8000-000000000001")
const lost = Object.assign(new Error("gone"), { code: "ECONNREFUSED" })
const never = async (): Promise<never> => {
  throw lost
}
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const make = () => {
  const world = {
    monotonicMs: 0,
    fault: null as StorageFault | null,
    opened: [] as string[],
    counters: createCounters({ process: false }),
  }
  const clock = createHostClock(
    (error) => {
      throw error
    },
    {
      wall: () => 1_900_000_000_000 + world.monotonicMs,
      monotonic: () => world.monotonicMs,
    },
  )
  const checks = createHealthChecks({
    clock,
    counters: world.counters,
    log: createLog("silent"),
    storage: { fault: () => (world.fault === null ? null : { fault: world.fault, sinceMs: 0 }) },
    clockSync: { isSynchronized: () => null, lostSinceMs: () => null },
    certificate: () => ({ fault: null, expiresAtMs: null }),
    rawStorage: () => null,
    folders: [import.meta.dirname, "/no/such/folder"],
    updateState: () => IDLE,
  })
  const sources: HealthSources = {
    orgs: async () => [{ id: ORG }],
    agents: never,
    channels: never,
    backup: never,
    reviewChecks: async (_, found) => {
      world.opened.push(...found.flatMap((one) => (one.incident === "open" ? [one.check] : [])))
    },
  }
  return { world, checks, sources }
}

test("a database that is down for half a minute opens an incident, and readings that fail are unknown", async () => {
  const { world, checks, sources } = make()
  await using stack = new AsyncDisposableStack()
  const evaluate = checks.start(sources, stack)
  await nextTurn()
  await evaluate()
  const stateOf = (id: string) => checks.view().checks.find((check) => check.id === id)?.state
  assert.deepEqual(["database", "agents", "backup", "queue"].map(stateOf), [
    "ok",
    "unknown",
    "unknown",
    "unknown",
  ])
  checks.noteWaiting(0)
  world.fault = "unreachable"
  for (const second of [1, 20, 30]) {
    world.monotonicMs = second * 1_000
    await evaluate()
  }
  assert.deepEqual([stateOf("database"), stateOf("queue"), world.opened], ["ok", "ok", []])
  world.monotonicMs = 32_000
  await evaluate()
  assert.deepEqual([stateOf("database"), world.opened], ["critical", ["database"]])
  assert.match(
    (await world.counters.text()).body,
    /ispvm_health_check\{check="database"\} 2[\s\S]*ispvm_health_check\{check="agents"\} -1/,
  )
})

test("queries count for their objective, and not what every page polls", async () => {
  const { checks } = make()
  const answer = (routePath: string, more: object = {}) =>
    checks.onAnswered({ method: "GET", route: routePath, status: 200, tookMs: 5, ...more })
  answer("/api/v1/devices")
  answer("/api/v1/health")
  answer("/api/v1/live")
  answer("/api/v1/devices", { status: 503 })
  answer("/api/v1/devices/import", { method: "POST" })
  answer("other")
  assert.deepEqual(checks.latencies.queries.read(), { p95Ms: 5, samples: 1 })
})

test("while nobody can be looked up, health is answered to who was known shortly before, and nothing else is", async () => {
  const { checks } = make()
  const health = route({
    ...endpoint("GET /health"),
    permission: "live:read",
    isFromMemory: true,
    summary: "",
    handle: async () => ({ ...checks.view(), problems: [] }),
  })
  const agents = route({
    ...endpoint("GET /agents"),
    permission: "agents:read",
    summary: "",
    handle: async () => ({ items: [], next: null }),
  })
  let known = true
  await using served = await serveRoutes([health, agents], ORG, {
    authenticate: never,
    recall: () => (known ? makeActor(ORG) : null),
  })
  const { status, json } = await served.get("/health")
  assert.equal(status, 200)
  assert.deepEqual(Health.parse(json), { checkedAtMs: null, checks: [], problems: [] })
  assert.equal((await served.get("/agents")).status, 503)
  known = false
  assert.equal((await served.get("/health")).status, 503)
})
