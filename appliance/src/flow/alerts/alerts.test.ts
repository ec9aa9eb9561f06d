import assert from "node:assert/strict"
import { test } from "node:test"
import {
  blind,
  fall,
  holdFor,
  isTrouble,
  type Phase,
  type Reason,
  RULE,
  release,
  rise,
  type State,
  unseen,
  weaken,
} from "./machine.ts"
import { newPort, type PortLook, stepPort, tickPort } from "./port.ts"
import { type Look, lossRatio, newReach, type Reach, stepReach } from "./reach.ts"
import { newHearing, stepHeard, tickHearing } from "./silence.ts"
import { stepSkew } from "./skew.ts"

const WORDS = { good: "answers", again: "answers-again", held: "answered-for-hold", bad: "confirmed-silent" } as const
const at = (phase: Phase, more: Partial<State> = {}): State => ({ ...unseen(0), phase, reason: "answers", ...more })

const burst = (atMs: number, more: Partial<Look> = {}): Look => ({
  atMs,
  answers: false,
  icmp: { sent: 6, received: 0 },
  tcp: "silent",
  because: "missed",
  ...more,
})
const answer = (atMs: number): Look => ({ atMs, answers: true, icmp: { sent: 1, received: 1 }, tcp: null, because: "round" })
const missed = (atMs: number): Look => ({ atMs, answers: false, icmp: { sent: 1, received: 0 }, tcp: null, because: "round" })
const looks = (list: readonly Look[], from: Reach = newReach(0)): Reach =>
  list.reduce((was, look) => stepReach(was, look, RULE), from)
const down = looks([answer(0), burst(1_000)])

const reachCases: [string, Reach, Look[], Phase, Reason][] = [
  ["the first answer makes it ok", newReach(0), [answer(0)], "ok", "answers"],
  ["a lost probe is no outage", looks([answer(0)]), [missed(1_000)], "degraded", "probe-missed"],
  [
    "ten lost probes that nobody confirms are none either",
    looks([answer(0)]),
    Array.from({ length: 10 }, (_, i) => missed(i)),
    "degraded",
    "probe-missed",
  ],
  ["an answer after a lost probe is ok at once", looks([answer(0), missed(1_000)]), [answer(2_000)], "ok", "answers"],
  ["a whole burst unanswered is down", looks([answer(0)]), [burst(1_000)], "down", "confirmed-silent"],
  ["so is one that was asked for", looks([answer(0)]), [burst(1_000, { because: "confirm" })], "down", "confirmed-silent"],
  ["a burst without a TCP probe is enough", looks([answer(0)]), [burst(1_000, { tcp: null })], "down", "confirmed-silent"],
  [
    "a burst too short proves nothing",
    looks([answer(0)]),
    [burst(1_000, { icmp: { sent: 4, received: 0 } })],
    "degraded",
    "probe-missed",
  ],
  [
    "TCP accepted outweighs silent pings",
    looks([answer(0)]),
    [burst(1_000, { answers: true, tcp: "accepted" })],
    "ok",
    "answers",
  ],
  [
    "TCP refused is an answer where there is ICMP",
    looks([answer(0)]),
    [burst(1_000, { answers: true, tcp: "refused" })],
    "ok",
    "answers",
  ],
  [
    "one answer of six is an answer",
    looks([answer(0)]),
    [burst(1_000, { answers: true, icmp: { sent: 6, received: 1 } })],
    "ok",
    "answers",
  ],
  ["without ICMP one silent knock is not enough", looks([answer(0)]), [burst(1_000, { icmp: null })], "degraded", "probe-missed"],
  [
    "without ICMP the second is",
    looks([answer(0)]),
    [burst(1_000, { icmp: null }), burst(2_000, { icmp: null, tcp: "refused" })],
    "down",
    "confirmed-silent",
  ],
  ["never seen and silent is down", newReach(0), [burst(0)], "down", "confirmed-silent"],
  ["the first answer after an outage is recovering", down, [answer(2_000)], "recovering", "answers-again"],
  ["shorter than the hold stays recovering", down, [answer(2_000), answer(4_999)], "recovering", "answers-again"],
  ["as long as the hold is ok", down, [answer(2_000), answer(5_000)], "ok", "answered-for-hold"],
  [
    "a miss while recovering starts the hold again",
    down,
    [answer(2_000), missed(4_000), answer(5_000)],
    "recovering",
    "answers-again",
  ],
  ["silence while recovering is down again", down, [answer(2_000), burst(3_000)], "down", "confirmed-silent"],
  ["a look without any probe says nothing", looks([answer(0)]), [burst(1, { icmp: null, tcp: null })], "ok", "answers"],
]
for (const [name, was, seen, phase, reason] of reachCases) {
  test(`reach: ${name}`, () => {
    const { state } = looks(seen, was)
    assert.deepEqual([state.phase, state.reason], [phase, reason])
  })
}

test("reach: sustained loss is degraded, and over only well below the bound that began it", () => {
  const lossy = Array.from({ length: 60 }, (_, i) => burst(i * 1_000, { answers: true, icmp: { sent: 4, received: 3 } }))
  const bad = looks(lossy, looks([answer(0)]))
  assert.deepEqual([bad.state.phase, bad.state.reason], ["degraded", "loss"])
  const between = Array.from({ length: 60 }, (_, i) =>
    burst(60_000 + i * 1_000, { answers: true, icmp: { sent: 20, received: 17 } }),
  )
  assert.equal(looks(between, bad).state.reason, "loss")
  const good = Array.from({ length: 80 }, (_, i) => answer(120_000 + i * 1_000))
  assert.equal(looks(good, looks(between, bad)).state.phase, "ok")
})
test("reach: a device that answers by TCP alone is not a lossy one", () => {
  const quiet = Array.from({ length: 60 }, (_, i) => burst(i * 1_000, { answers: true, tcp: "accepted" }))
  assert.equal(lossRatio(looks(quiet), RULE), null)
  assert.equal(looks(quiet).state.phase, "ok")
})
test("reach: what was lost during an outage is not loss afterwards", () => {
  const outage = Array.from({ length: 30 }, (_, i) => burst(1_000 + i * 1_000))
  const back = Array.from({ length: 5 }, (_, i) => answer(40_000 + i * 1_000))
  assert.equal(looks([...outage, ...back], looks([answer(0)])).state.phase, "ok")
})

const up = (atMs: number): PortLook => ({ atMs, running: true, disabled: false })
const dark = (atMs: number): PortLook => ({ atMs, running: false, disabled: false })
const off = (atMs: number): PortLook => ({ atMs, running: false, disabled: true })
const portCases: [string, PortLook[], number, Phase, Reason][] = [
  ["with a link is ok", [up(0)], 0, "ok", "port-up"],
  ["without one is down", [up(0), dark(1_000)], 1_000, "down", "port-down"],
  ["switched off by hand is nobody's fault", [up(0), off(1_000)], 1_000, "degraded", "disabled-by-admin"],
  ["switched off while down is down no more", [up(0), dark(1_000), off(2_000)], 2_000, "degraded", "disabled-by-admin"],
  ["switched on without a link is down", [off(0), dark(1_000)], 1_000, "down", "port-down"],
  ["up again is recovering", [up(0), dark(1_000), up(2_000)], 4_900, "recovering", "port-up-again"],
  ["and ok after the hold by the clock alone", [up(0), dark(1_000), up(2_000)], 5_000, "ok", "port-up-for-hold"],
  [
    "a second fall doubles the hold",
    [up(0), dark(1_000), up(2_000), dark(3_000), up(4_000)],
    9_900,
    "recovering",
    "port-up-again",
  ],
  ["which then runs out", [up(0), dark(1_000), up(2_000), dark(3_000), up(4_000)], 10_000, "ok", "port-up-for-hold"],
]
for (const [name, seen, nowMs, phase, reason] of portCases) {
  test(`port: ${name}`, () => {
    const port = seen.reduce((was, look) => stepPort(was, look, RULE), newPort(0))
    const { state } = tickPort(port, nowMs, RULE)
    assert.deepEqual([state.phase, state.reason], [phase, reason])
  })
}

test("flapping lengthens the hold to a bound, and a quiet minute forgets it", () => {
  let state = at("ok")
  for (let flap = 0; flap < 12; flap += 1) state = rise(fall(state, flap, WORDS, RULE), flap, WORDS, RULE)
  assert.equal(holdFor(state, RULE), RULE.holdMostMs)
  state = rise(state, 60_000, WORDS, RULE)
  assert.equal(state.phase, "ok")
  assert.equal(fall(state, 60_000 + RULE.flapWithinMs, WORDS, RULE).flaps, 1)
})

const machineCases: [string, State, Phase, boolean][] = [
  ["ok unseen is unknown, and no trouble", blind(at("ok"), 1, "agent-silent"), "unknown", false],
  ["down unseen is unknown, and remembered", blind(fall(at("ok"), 0, WORDS, RULE), 1, "agent-silent"), "unknown", true],
  [
    "seen well again after that it recovers first",
    rise(blind(fall(at("ok"), 0, WORDS, RULE), 1, "agent-silent"), 2, WORDS, RULE),
    "recovering",
    true,
  ],
  ["seen well again without that it is ok", rise(blind(at("ok"), 1, "agent-silent"), 2, WORDS, RULE), "ok", false],
  ["down ends by being weakened", weaken(fall(at("ok"), 0, WORDS, RULE), 1, "disabled-by-admin"), "degraded", false],
  ["what is no longer watched is over", release(fall(at("ok"), 0, WORDS, RULE), 1), "ok", false],
]
for (const [name, state, phase, trouble] of machineCases) {
  test(`machine: ${name}`, () => assert.deepEqual([state.phase, isTrouble(state)], [phase, trouble]))
}
test("machine: since tells when the phase began, not when it was last confirmed", () => {
  const first = fall(at("ok"), 1_000, WORDS, RULE)
  assert.equal(fall(first, 2_000, WORDS, RULE).sinceMs, 1_000)
})

test("silence: an agent is silent after four seconds, heard again at once, and well after the hold", () => {
  const heard = stepHeard(newHearing(0), 1_000, RULE)
  assert.equal(tickHearing(heard, 5_000, RULE).state.phase, "ok")
  const silent = tickHearing(heard, 5_001, RULE)
  assert.deepEqual([silent.state.phase, silent.state.reason, silent.state.sinceMs], ["down", "not-heard", 1_000])
  const back = stepHeard(silent, 6_000, RULE)
  assert.equal(back.state.phase, "recovering")
  assert.equal(stepHeard(back, 9_000, RULE).state.phase, "ok")
})

test("skew: the shortest way wins, a long one changes little, and a clock set back is believed in the end", () => {
  let skew = stepSkew(null, -40)
  skew = stepSkew(skew, -5)
  assert.equal(skew.ms, -5)
  assert.equal(stepSkew(skew, -800).ms, -5.5)
  assert.equal(stepSkew(skew, 60_000).ms, 60_000)
  let back = skew
  for (let batch = 0; batch < 19; batch += 1) back = stepSkew(back, -60_000)
  assert.equal(back.ms, -5)
  assert.equal(stepSkew(back, -60_000).ms, -60_000)
})
