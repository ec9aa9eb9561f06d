/**
 * A fault while the appliance restarts: its reports arrive in pieces, and yet it is one incident.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { AlertInput } from "../../alerts/engine.ts"
import { World } from "./world.ts"

const ROUTERS = ["B", "C", "D", "E", "F"] as const
const LINKS = ["H-A", ...ROUTERS.map((name) => `A-${name}`)]
const SITES = { Hill: ["A", ...ROUTERS] }
const PIECE_MS = 400
/** The longest wait of an incident after a restart. */
const MAX_MS = 15_000

const newWorld = (): World =>
  new World({ links: LINKS, at: "H", sites: SITES, mute: ["H", "A", ...ROUTERS] }).run(10_000)

type Ping = AlertInput["pings"][number]
const ping = (world: World, name: string, answers: boolean, atMs: number): Ping => ({
  kind: "ping",
  device: world.device(name),
  targetId: 1,
  atMs,
  answers,
  icmp: { sent: answers ? 1 : 6, received: answers ? 1 : 0, rttUs: null, jitterUs: null },
  tcp: answers ? null : "silent",
  because: answers ? "round" : "missed",
})
const deliver = (world: World, pings: readonly Ping[]): void =>
  world.deliver({ pings: [...pings], interfaces: [], events: [] })
/** Timers at most half a second apart, as in the pipeline. */
const pass = (world: World, ms: number): void => {
  world.nowMs += ms
  world.alertEngine.evaluateTimers(world.nowMs)
  world.review()
}

for (const awayMs of [200, 1_000, 2_000, 5_000]) {
  test(`killed for ${awayMs} ms at the start of an outage: its pieces, 400 ms apart, are one incident`, () => {
    const world = newWorld()
    world.kill("A")
    const measuredAtMs = world.nowMs
    world.nowMs += awayMs
    world.restart()
    // Its own end of the outage arrives last.
    for (const name of [...ROUTERS, "A"]) {
      deliver(world, [ping(world, name, false, measuredAtMs)])
      pass(world, PIECE_MS)
      assert.deepEqual(world.titles(), [], `not all has been heard at the piece of ${name}`)
    }
    world.run(25_000)
    assert.equal(world.incidents.size, 1, JSON.stringify(world.titleHistory))
    assert.match(world.titles()[0] ?? "", /H–A|\bA\b/)
  })
}

test("a device that is not observed any more delays an incident after a restart by no more than the limit", () => {
  const world = newWorld()
  world.restart()
  const startedAtMs = world.nowMs
  while (world.openedAs.length === 0 && world.nowMs - startedAtMs < 2 * MAX_MS) {
    const others = ["H", "A", "B", "C", "D"].map((name) => ping(world, name, true, world.nowMs))
    deliver(world, [...others, ping(world, "F", false, world.nowMs)])
    pass(world, 500)
  }
  const waitedMs = world.nowMs - startedAtMs
  assert.ok(waitedMs >= MAX_MS - 1_000 && waitedMs <= MAX_MS + 2_000, `opened after ${waitedMs} ms`)
  assert.match(world.titles()[0] ?? "", /F/)
})

test("what was received before the restart and is evaluated after it does not end the wait", () => {
  const world = newWorld()
  const cameAtMs = world.nowMs
  const pings = ["H", "A", ...ROUTERS].map((name) => ping(world, name, name !== "B", cameAtMs))
  world.nowMs += 5_000
  world.restart()
  const about = {
    agent: { id: world.agentId },
    router: null,
    receivedAtMs: cameAtMs,
    skewMs: 0,
    interfaces: [],
    events: [],
  }
  world.alertEngine.observe({ ...about, pings }, cameAtMs)
  world.nowMs += 2_000
  assert.equal(world.alertEngine.isCatchingUp(world.nowMs), true)
})

test("once everything was observed after a restart, a fault is reported as fast as without one", () => {
  const openedAfterMs = (restarts: boolean): number => {
    const world = newWorld()
    if (restarts) world.restart()
    world.run(5_000).kill("A")
    const atMs = world.nowMs
    world.run(10_000)
    assert.equal(world.incidents.size, 1, JSON.stringify(world.titleHistory))
    return (world.openedAs[0]?.openedAtMs ?? 0) - atMs
  }
  assert.equal(openedAfterMs(true), openedAfterMs(false))
})
