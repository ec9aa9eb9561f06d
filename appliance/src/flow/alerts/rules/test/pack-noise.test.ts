/**
 * Days of a network in which nothing is wrong that the rule is about, and what the default pack must
 * not say then; beside each, the fault of the same shape that it has to find.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import { namedEntity } from "../readings.ts"
import { during, sampleOf } from "./pack-cases.ts"
import { cpu, event, packSet, R1, type RuleWorld, ruleWorld, START_MS } from "./rule-world.ts"

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const PEER = namedEntity(R1, "bgp", "upstream")
const POOL = namedEntity(R1, "sessions", "pppoe")
const peer = sampleOf("bgp", { peer: "upstream" })
const sessions = sampleOf("sessions", { service: "pppoe" })

const raises = (world: RuleWorld, rule: string): number =>
  world.steps(rule).filter((step) => / (?:raised|raised-again)$/.test(step)).length
const isRaised = (world: RuleWorld, rule: string, entity: string): boolean =>
  world.engine.of(rule, entity)?.rule?.severity != null

const FULL_TABLE = 950_000
/** A session that came up at `upMs` and takes eight minutes to receive its table. */
const loading = (atMs: number, upMs: number, hasUptime = true) => {
  const received = Math.min(1, (atMs - upMs) / (8 * MINUTE_MS)) * FULL_TABLE
  return peer(atMs, {
    ...{ state: "established", disabled: false, prefixesReceived: Math.round(received) },
    ...(hasUptime ? { uptimeS: Math.round((atMs - upMs) / 1_000) } : {}),
  })
}
const whole = (atMs: number, prefixesReceived = FULL_TABLE, hasUptime = true) =>
  peer(atMs, {
    ...{ state: "established", disabled: false, prefixesReceived },
    ...(hasUptime ? { uptimeS: 40 * 86_400 } : {}),
  })

test("a full table that is being loaded is no leak, and the reset before it no withdrawal", () => {
  const world = ruleWorld(packSet())
  let atMs = during(world, [START_MS, 30 * MINUTE_MS, 30_000], (at) => [whole(at)])
  // A reset within one poll: what is seen of it is the uptime.
  const upMs = atMs - 20_000
  atMs = during(world, [atMs, HOUR_MS, 30_000], (at) => [loading(at, upMs)])
  assert.deepEqual(world.steps("bgp-prefixes-changed"), [])
  // Down for some minutes, without a count, then up.
  atMs = during(world, [atMs, 5 * MINUTE_MS, 30_000], (at) => [
    peer(at, { state: "active", disabled: false }),
  ])
  const againMs = atMs
  atMs = during(world, [atMs, HOUR_MS, 30_000], (at) => [loading(at, againMs)])
  assert.deepEqual(world.steps("bgp-prefixes-changed"), [])
  during(world, [atMs, 5 * MINUTE_MS, 30_000], (at) => [
    { ...loading(at, againMs), prefixesReceived: 500_000 },
  ])
  assert.ok(isRaised(world, "bgp-prefixes-changed", PEER), "half of the table is gone")
})

test("a peer whose uptime nobody reads is still compared with itself", () => {
  const world = ruleWorld(packSet())
  const atMs = during(world, [START_MS, 30 * MINUTE_MS, 30_000], (at) => [
    whole(at, FULL_TABLE, false),
  ])
  during(world, [atMs, 5 * MINUTE_MS, 30_000], (at) => [whole(at, 500_000, false)])
  assert.ok(isRaised(world, "bgp-prefixes-changed", PEER))
})

test("a server of sessions that restarts has lost them by that, and they come back by themselves", () => {
  for (const outageMs of [10_000, 40_000, 2 * MINUTE_MS]) {
    const world = ruleWorld(packSet())
    // Sessions are read every 30 s, the uptime every 10 s and after them.
    const read = (at: number, uptimeS: number, count: number) => {
      const second = Math.floor(at / 1_000) % 30
      return [
        ...(second === 0 ? [sessions(at, { count })] : []),
        ...(second % 10 === 5 ? [{ ...cpu(20, at), uptimeS }] : []),
      ]
    }
    let atMs = during(world, [START_MS, 30 * MINUTE_MS, 5_000], (at) => read(at, 1e6, 1_000))
    // No probe was lost: the restart is seen by the uptime alone.
    atMs += outageMs
    const bootMs = atMs - 5_000
    during(world, [atMs, HOUR_MS, 5_000], (at) => {
      const upS = (at - bootMs) / 1_000
      return read(at, upS, Math.min(1_000, Math.round(upS * 2)))
    })
    assert.equal(raises(world, "pppoe-sessions-lost"), 0, `${outageMs} ms`)
  }
  const world = ruleWorld(packSet())
  const atMs = during(world, [START_MS, 30 * MINUTE_MS, 10_000], (at) => [
    { ...cpu(20, at), uptimeS: 1e6 },
    sessions(at, { count: 1_000 }),
  ])
  during(world, [atMs, MINUTE_MS, 10_000], (at) => [
    { ...cpu(20, at), uptimeS: 1e6 },
    sessions(at, { count: 300 }),
  ])
  assert.ok(isRaised(world, "pppoe-sessions-lost", POOL), "they are gone without a restart")
})

test("who tries passwords all day in bursts is one alert, not one for each burst", () => {
  const world = ruleWorld(packSet())
  let atMs = START_MS
  for (; atMs < START_MS + 24 * HOUR_MS; atMs += 15_000) {
    const isBurst = (atMs - START_MS) % (20 * MINUTE_MS) < 4 * MINUTE_MS
    world.deliver(isBurst ? [event(atMs, "login-failed")] : [cpu(10, atMs)])
  }
  assert.equal(raises(world, "login-failures"), 1)
  during(world, [atMs, 2 * HOUR_MS, MINUTE_MS], (at) => [cpu(10, at)])
  assert.equal(world.phase("login-failures"), "ok", "over when nobody tries any more")
})
