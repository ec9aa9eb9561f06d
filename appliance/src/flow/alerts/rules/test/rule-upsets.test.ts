/**
 * Histories with everything at once: late and simultaneous data, restarts, clocks that are set. They
 * end where the same facts end without; every alert that was raised ended once. `npm run soak` plays
 * 100,000 of them.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { historyRuns } from "../../../../../test/histories.ts"
import type { StoredAlert, Transition } from "../../model.ts"
import type { RuleState } from "../rule-state.ts"
import { cpu, R1, type RuleWorld, rulesOf, ruleWorld, START_MS } from "./rule-world.ts"

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
  when: { metric: device.cpu_pct, over: 20s, above: 80, clear: 70 }
  severity: minor
`)
const IDS = ["cpu", "cpu-mean"]
/** Each of two properties. */
const HISTORIES = historyRuns(150, 1 / 2)

type Upset = "none" | "restart" | "forward" | "back"
const STEPS_MS: Readonly<Record<Upset, number>> = {
  none: 0,
  restart: 0,
  forward: 3_600_000,
  back: -3_600_000,
}
const history = fc.array(
  fc.record({
    percent: fc.constantFrom(10, 70, 85, 93, 99),
    /** Zero: at the same time as the one before. */
    stepMs: fc.constantFrom(0, 1_000, 3_000, 8_000),
    delayMs: fc.constantFrom(0, 0, 4_000, 20_000),
    upset: fc.constantFrom<Upset>("none", "none", "none", "none", "restart", "forward", "back"),
  }),
  { minLength: 1, maxLength: 30 },
)

const rowsOf = ({ engine, transitions }: RuleWorld): StoredAlert[] => {
  const rows = new Map(transitions.map(({ alert }) => [alert.id, alert]))
  for (const alert of engine.rules()?.drain() ?? []) rows.set(alert.id, alert)
  return [...rows.values()].filter(({ rule }) => rule !== undefined)
}
const levelOf = ({ engine }: RuleWorld, rule: string): number | null => {
  const stored = engine.of(rule, R1) as StoredAlert | undefined
  return (stored?.memory as RuleState | undefined)?.level ?? null
}

type Facts = typeof history extends fc.Arbitrary<infer T> ? T : never
/** All that follows is measured for 20 minutes: longer than a flapping alert has to be good. */
const TAIL = Array.from({ length: 40 }, (_, n) => (n + 1) * 30_000)

/** Plays it, then what is bad for good, then what is good for good. */
const play = (facts: Facts) => {
  let world = ruleWorld(RULES)
  let stepped = 0
  let atMs = START_MS
  const rows = new Map<string, StoredAlert>()
  const steps: Transition[] = []
  const late: { readonly dueMs: number; readonly deliver: () => void }[] = []
  const send = (percent: number, whenMs: number, nowMs: number) =>
    world.deliver([cpu(percent, whenMs)], nowMs)
  const release = (untilMs: number) => {
    for (const one of late.splice(0).toSorted((a, b) => a.dueMs - b.dueMs))
      if (one.dueMs <= untilMs) one.deliver()
      else late.push(one)
  }
  for (const { percent, stepMs, delayMs, upset } of facts) {
    atMs += stepMs
    if (upset !== "none") {
      // What is on its way when the clock is set is of another time: it is delivered before.
      release(Number.POSITIVE_INFINITY)
      for (const row of rowsOf(world)) rows.set(row.id, row)
      steps.push(...world.transitions)
      stepped += STEPS_MS[upset]
      world = ruleWorld(RULES, {}, [...rows.values()], atMs + stepped)
      // The next value comes a moment after the start.
      atMs += 500
    }
    const whenMs = atMs + stepped
    release(whenMs)
    if (delayMs === 0) send(percent, whenMs, whenMs)
    else
      late.push({
        dueMs: whenMs + delayMs,
        deliver: () => send(percent, whenMs, Math.max(whenMs + delayMs, atMs + stepped)),
      })
  }
  release(Number.POSITIVE_INFINITY)
  atMs += 30_000
  for (const ms of TAIL) send(99, atMs + stepped + ms, atMs + stepped + ms)
  const bad = IDS.map((id) => levelOf(world, id))
  atMs += TAIL.at(-1) ?? 0
  for (const ms of TAIL) send(1, atMs + stepped + ms, atMs + stepped + ms)
  const good = IDS.map((id) => levelOf(world, id))
  return { bad, good, steps: [...steps, ...world.transitions] }
}

test("after any upset, what is bad is raised and what is good has ended", () => {
  fc.assert(
    fc.property(history, (facts) => {
      const { bad, good } = play(facts)
      assert.deepEqual(bad, [0, 0], "raised at its most severe level")
      assert.deepEqual(good, [null, null], "ended")
    }),
    { numRuns: HISTORIES },
  )
})

test("every alert that was raised ended once, and its steps follow each other", () => {
  const isRaised = ({ alert }: Transition): boolean => alert.state.wasDown
  fc.assert(
    fc.property(history, (facts) => {
      const { steps } = play(facts)
      for (const id of IDS) {
        const own = steps.filter(({ alert }) => alert.kind === id)
        const changes = own.filter(
          (step, index) => isRaised(step) !== (index > 0 && isRaised(own[index - 1] as Transition)),
        )
        const [opened, closed] = [true, false].map(
          (raised) => changes.filter((step) => isRaised(step) === raised).length,
        )
        assert.equal(closed, opened, id)
        for (const [index, { was }] of own.entries())
          assert.equal(was, own[index - 1]?.now ?? "ok", `${id} step ${index}`)
      }
    }),
    { numRuns: HISTORIES },
  )
})
