/** A step that polls show rarely, or late, is found: of the default pack, and of shorter windows. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { namedEntity } from "../readings.ts"
import { packSet, probe, R1, rulesOf, ruleWorld, START_MS } from "./rule-world.ts"

const SESSIONS = namedEntity(R1, "sessions", "pppoe")
const within = (over: string) =>
  rulesOf(`
- id: pppoe-sessions-lost
  name: Sessions lost
  when: { metric: pppoe.sessions, over: ${over}, by: change-pct, below: -20, clear: -5 }
  for: 30s
  severity: major
`)
const HALF_HOUR_MS = 1_800_000

/** The states that were shown: a thousand sessions, then so many from the half hour on. */
const phasesOf = (
  rules: ReturnType<typeof packSet>,
  everyMs: number,
  lateMs: (poll: number) => number,
  after: number,
): ReadonlySet<string> => {
  const world = ruleWorld(rules)
  const phases = new Set<string>()
  for (let poll = 0; poll * everyMs < 2 * HALF_HOUR_MS; poll += 1) {
    const atMs = START_MS + poll * everyMs + lateMs(poll)
    const count = atMs < START_MS + HALF_HOUR_MS ? 1_000 : after
    const sample = { kind: "sessions", device: R1, deviceKey: 1, service: "pppoe", atMs, count }
    world.deliver([{ ...sample, source: "routeros-api" }, probe(atMs)])
    phases.add(world.phase("pppoe-sessions-lost", SESSIONS))
  }
  assert.equal(world.phase("pppoe-sessions-lost", SESSIONS), "ok", "it ends by itself")
  return phases
}
const never = (): number => 0
/** Every second poll of a busy agent is some seconds late. */
const sometimes = (poll: number): number => (poll % 2 === 0 ? 0 : 4_000)

test("a loss within a minute is found with polls every 30 s, also where they are late", () => {
  for (const late of [never, sometimes])
    for (const over of ["1m", "3m"])
      assert.ok(phasesOf(within(over), 30_000, late, 700).has("degraded"), `${over} ${late.name}`)
})

test("the rule of the pack finds it in every profile of intervals, and by SNMP", () => {
  for (const everyMs of [5_000, 30_000, 60_000, 120_000, 240_000])
    for (const late of [never, sometimes])
      assert.ok(phasesOf(packSet(), everyMs, late, 0).has("degraded"), `${everyMs} ${late.name}`)
})

test("fewer sessions than a fifth are none, and a slow decline is none", () => {
  assert.ok(!phasesOf(within("1m"), 30_000, sometimes, 850).has("degraded"))
  const world = ruleWorld(packSet())
  for (let poll = 0; poll < 120; poll += 1) {
    const atMs = START_MS + poll * 30_000
    const sample = { kind: "sessions", device: R1, deviceKey: 1, service: "pppoe", atMs }
    world.deliver([
      { ...sample, source: "snmp", count: Math.round(1_000 * 0.99 ** poll) },
      probe(atMs),
    ])
    assert.notEqual(world.phase("pppoe-sessions-lost", SESSIONS), "degraded")
  }
})
