/**
 * Random histories of one condition: late data, restarts, silence and removal lead to the state that
 * the same facts have in order.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { historyRuns } from "../../../../../test/histories.ts"
import type { StoredAlert } from "../../model.ts"
import { buildTopology } from "../../topology.ts"
import type { RuleState } from "../rule-state.ts"
import {
  AGENT,
  cpu,
  probe,
  R1,
  R2,
  type RuleWorld,
  rulesOf,
  ruleWorld,
  START_MS,
  topologyWith,
} from "./rule-world.ts"

const RULES = rulesOf(`
- id: cpu
  name: CPU
  when: { metric: device.cpu_pct }
  recover: 8s
  levels:
    - { severity: major, above: 95, clear: 90, for: 5s, status: down }
    - { severity: minor, above: 80, clear: 60, for: 12s }
- id: cpu-mean
  name: Mean
  when: { metric: device.cpu_pct, over: 15s, above: 70, clear: 50 }
  severity: minor
- id: cpu-changes
  name: Changes
  when: { changes: device.uptime_s, over: 20s, count: 3 }
  severity: warning
`)
const RULE_IDS = ["cpu", "cpu-mean", "cpu-changes"]

type Fact = { readonly atMs: number; readonly percent: number; readonly delayMs: number }
/** Long runs of one level, so that `for` and `recover` are met as often as they are not. */
const history: fc.Arbitrary<readonly Fact[]> = fc
  .array(
    fc.record({
      percent: fc.constantFrom(10, 55, 70, 85, 93, 99),
      length: fc.integer({ min: 1, max: 12 }),
      stepMs: fc.constantFrom(500, 1_000, 3_000),
      delayMs: fc.integer({ min: 0, max: 20_000 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((runs) => {
    let atMs = START_MS
    return runs.flatMap(({ percent, length, stepMs, delayMs }) =>
      Array.from({ length }, (_, index) => {
        atMs += stepMs
        return { atMs, percent, delayMs: (delayMs * (index + 1)) % 20_000 }
      }),
    )
  })

const UNANSWERED = { answers: false, sent: 6, received: 0 }
const sample = ({ atMs, percent }: Fact) => ({ ...cpu(percent, atMs), uptimeS: percent })
const stateOf = (world: RuleWorld, rule: string): RuleState | "ok" => {
  const state = (world.engine.of(rule, R1) as StoredAlert | undefined)?.memory as
    | RuleState
    | undefined
  if (state === undefined || (state.phase === "ok" && state.raisedAtMs === null)) return "ok"
  // Why it was ok before it was pending again is not part of what it is.
  return state.phase === "ok" ? { ...state, reason: "", sinceMs: 0, value: null } : state
}
const played = (facts: readonly Fact[]): RuleWorld => {
  const world = ruleWorld(RULES)
  for (const fact of facts) world.deliver([sample(fact)])
  return world
}
/** Rows as the database would have them. */
const stored = ({ engine, transitions }: RuleWorld): StoredAlert[] => {
  const changed = engine.rules()?.drain() ?? []
  const rows = new Map(transitions.map(({ alert }) => [alert.id, alert]))
  for (const alert of changed) rows.set(alert.id, alert)
  return [...rows.values()].filter(({ rule }) => rule !== undefined)
}

test("facts that arrive late and in another order lead to the same state", () => {
  fc.assert(
    fc.property(history, (facts) => {
      const inOrder = played(facts)
      const late = ruleWorld(RULES)
      const arriving = facts.toSorted(
        (one, other) => one.atMs + one.delayMs - (other.atMs + other.delayMs),
      )
      for (const fact of arriving) late.deliver([sample(fact)], fact.atMs + fact.delayMs)
      // Time alone ends what counts changes: both have to have the same time.
      const untilMs = (facts.at(-1)?.atMs ?? START_MS) + 22_000
      for (const world of [inOrder, late]) world.wait(untilMs)
      for (const rule of RULE_IDS.slice(0, 2))
        assert.deepEqual(stateOf(late, rule), stateOf(inOrder, rule), rule)
      // When it ends depends on when timers run, and how long a flapping alert has to be good on that.
      for (const world of [inOrder, late]) world.wait(untilMs + 700_000)
      assert.equal(late.phase("cpu-changes"), inOrder.phase("cpu-changes"))
    }),
    { numRuns: historyRuns(150, 1 / 5) },
  )
})

test("simultaneous facts lead to the same state in any order", () => {
  fc.assert(
    fc.property(history, fc.integer({ min: 2, max: 5 }), (facts, together) => {
      const grouped = facts.map((fact, index) => ({
        ...fact,
        atMs: START_MS + Math.floor(index / together) * 4_000,
      }))
      const one = played(grouped)
      const groups = [...Map.groupBy(grouped, ({ atMs }) => atMs).values()]
      const other = played(groups.flatMap((group) => group.toReversed()))
      for (const rule of RULE_IDS) assert.deepEqual(stateOf(other, rule), stateOf(one, rule), rule)
    }),
    { numRuns: historyRuns(150, 1 / 5) },
  )
})

test("a restart anywhere leads to the state without a restart", () => {
  fc.assert(
    fc.property(history, fc.nat(), (facts, at) => {
      const without = played(facts)
      const cut = at % facts.length
      const before = played(facts.slice(0, cut))
      const nowMs = facts[cut]?.atMs ?? START_MS
      const after = ruleWorld(RULES, {}, stored(before), nowMs)
      for (const fact of facts.slice(cut)) after.deliver([sample(fact)])
      // The last value is stored with the next step: writing each would be a row for each sample.
      const [one, other] = [stateOf(after, "cpu"), stateOf(without, "cpu")]
      const withoutValue = (state: RuleState | "ok") =>
        state === "ok" ? state : { ...state, value: null }
      assert.deepEqual(withoutValue(one), withoutValue(other))
    }),
    { numRuns: historyRuns(150, 1 / 5) },
  )
})

test("every alert ends: with good data, with its device, with its rule, and after a day of silence", () => {
  fc.assert(
    fc.property(history, (facts) => {
      const endMs = facts.at(-1)?.atMs ?? START_MS
      const ends: Readonly<Record<string, (world: RuleWorld) => void>> = {
        good: (world) => {
          for (let atMs = endMs; atMs < endMs + 900_000; atMs += 10_000)
            world.deliver([sample({ atMs, percent: 1, delayMs: 0 })])
        },
        device: (world) => {
          const none = buildTopology([], [], [], [])
          world.transitions.push(...world.engine.updateTopology(none, endMs + 1))
        },
        rule: (world) => {
          world.transitions.push(...world.engine.swapRules(rulesOf("[]"), endMs + 1))
        },
        noData: (world) => world.wait(endMs + 86_400_000 + 900_000, 60_000),
      }
      for (const [how, end] of Object.entries(ends)) {
        const world = played(facts)
        end(world)
        const last = new Map(world.transitions.map((step) => [step.alert.id, step]))
        for (const { alert, now } of last.values())
          if (alert.rule !== undefined) assert.equal(now, "ok", `${how}: ${alert.kind}`)
      }
    }),
    { numRuns: historyRuns(25, 1 / 5) },
  )
})

/** What happens to the router, or to the way to it, in the middle of a history. */
const UPSETS: Readonly<Record<string, (world: RuleWorld, atMs: number) => void>> = {
  down: (world, atMs) => world.deliver([probe(atMs, UNANSWERED)]),
  unreachable: (world, atMs) =>
    world.deliver([probe(atMs, UNANSWERED, R2), probe(atMs, UNANSWERED)]),
  unknown: (world, atMs) => {
    for (let nowMs = atMs; nowMs < atMs + 60_000; nowMs += 1_000)
      world.transitions.push(...world.engine.evaluateTimers(nowMs))
  },
  paused: (world, atMs) => {
    const none = topologyWith({ agentId: null })
    world.transitions.push(...world.engine.updateTopology(none, atMs))
    const open = [...world.engine.all()].filter(
      ({ rule, state }) => rule !== undefined && state.phase !== "ok",
    )
    assert.deepEqual(open, [], "open on what nobody monitors")
    world.transitions.push(...world.engine.updateTopology(topologyWith(), atMs + 60_000))
  },
}
for (const [state, upset] of Object.entries(UPSETS))
  test(`with a router that is ${state} for a while, no alert opens twice, and each closes`, () => {
    fc.assert(
      fc.property(history, fc.nat(), (facts, at) => {
        const cut = at % facts.length
        const world = played(facts.slice(0, cut))
        const startMs = facts[cut]?.atMs ?? START_MS
        upset(world, startMs)
        const later = facts.slice(cut).map((fact) => ({ ...fact, atMs: fact.atMs + 61_000 }))
        for (const fact of later)
          world.deliver([sample(fact), probe(fact.atMs), probe(fact.atMs, {}, R2)])
        const endMs = later.at(-1)?.atMs ?? startMs
        for (let atMs = endMs; atMs < endMs + 900_000; atMs += 10_000)
          world.deliver([
            sample({ atMs, percent: 1, delayMs: 0 }),
            probe(atMs),
            probe(atMs, {}, R2),
          ])
        const phases = new Map<string, string>()
        for (const { alert, was, now } of world.transitions) {
          if (alert.rule === undefined) continue
          assert.equal(phases.get(alert.id) ?? "ok", was, alert.kind)
          phases.set(alert.id, now)
        }
        assert.deepEqual(
          [...phases.values()].filter((phase) => phase !== "ok"),
          [],
        )
      }),
      { numRuns: historyRuns(25, 1 / 5) },
    )
  })

test("steps follow each other without a gap: each begins where the one before ended", () => {
  fc.assert(
    fc.property(history, (facts) => {
      const world = played(facts)
      const phases = new Map<string, string>()
      for (const { alert, was, now } of world.transitions) {
        if (alert.rule === undefined) continue
        assert.equal(phases.get(alert.id) ?? "ok", was)
        phases.set(alert.id, now)
      }
    }),
    { numRuns: historyRuns(100, 1 / 5) },
  )
})

test("a rule about an agent is about the devices that it observes, by name or id", () => {
  const condition = "when: { metric: device.cpu_pct, above: 80 }, severity: minor"
  const world = ruleWorld(
    rulesOf(`
- { id: own, name: O, scope: { agents: [A] }, ${condition} }
- { id: own-id, name: O, scope: { agents: ["${AGENT}"] }, ${condition} }
- { id: other, name: O, scope: { agents: [B] }, ${condition} }
- { id: but, name: O, scope: { except: { agents: [A] } }, ${condition} }
`),
  )
  world.deliver([cpu(90, START_MS + 1_000)])
  const phases = ["own", "own-id", "other", "but"].map((rule) => world.phase(rule))
  assert.deepEqual(phases, ["degraded", "degraded", "ok", "ok"])
})

test("a rule about a tag follows the tags of a device and its site, and ends where it no longer applies", () => {
  const rules = rulesOf(`
- { id: tower, name: T, severity: minor, scope: { tags: [tower] }, when: { metric: device.cpu_pct, above: 80 } }
- { id: pop, name: P, severity: minor, scope: { tags: [pop], except: { roles: [edge] } }, when: { metric: device.cpu_pct, above: 80 } }
`)
  const world = ruleWorld(rules)
  const busy = (atMs: number) => world.deliver([cpu(90, atMs)])
  busy(START_MS + 1_000)
  assert.equal(world.phase("tower"), "ok")
  assert.equal(world.phase("pop"), "degraded", "its site has the tag")
  const tagged = topologyWith({ tags: ["tower"], roles: ["edge"] })
  world.transitions.push(...world.engine.updateTopology(tagged, START_MS + 2_000))
  assert.deepEqual(world.steps("pop").at(-1), "degraded>ok out-of-scope")
  busy(START_MS + 3_000)
  assert.equal(world.phase("tower"), "degraded")
  assert.equal(world.phase("pop"), "ok")
})
