import assert from "node:assert/strict"
import { test } from "node:test"
import { evaluateLivenessTimeout, newLiveness, stepSeen } from "./kinds/agent-offline.ts"
import {
  lossRatio,
  newReach,
  type ProbeResult,
  type Reach,
  stepReach,
} from "./kinds/device-unreachable.ts"
import { evaluatePortHold, newPort, type PortReading, stepPort } from "./kinds/interface-down.ts"
import { stepSkew } from "./skew.ts"
import {
  FLAP_WITHIN_MS,
  holdFor,
  initialState,
  isProblem,
  MAX_HOLD_MS,
  markDegraded,
  markDown,
  markRemoved,
  markUnknown,
  markUp,
  type Phase,
  type Reason,
  type State,
} from "./state-machine.ts"

const REASONS = {
  ok: "answers",
  recovering: "answers-again",
  recovered: "answered-for-hold",
  down: "probes-unanswered",
} as const
const at = (phase: Phase, more: Partial<State> = {}): State => ({
  ...initialState(0),
  phase,
  reason: "answers",
  ...more,
})

type TimedProbe = ProbeResult & { readonly atMs: number }
const burst = (atMs: number, more: Partial<TimedProbe> = {}): TimedProbe => ({
  atMs,
  answers: false,
  icmp: { sent: 6, received: 0 },
  tcp: "silent",
  because: "missed",
  ...more,
})
const answer = (atMs: number): TimedProbe => ({
  atMs,
  answers: true,
  icmp: { sent: 1, received: 1 },
  tcp: null,
  because: "round",
})
const missed = (atMs: number): TimedProbe => ({
  atMs,
  answers: false,
  icmp: { sent: 1, received: 0 },
  tcp: null,
  because: "round",
})
const afterProbes = (list: readonly TimedProbe[], from: Reach = newReach(0)): Reach =>
  list.reduce((was, probe) => stepReach(was, probe, probe.atMs), from)
const down = afterProbes([answer(0), burst(1_000)])

const reachCases: [string, Reach, TimedProbe[], Phase, Reason][] = [
  ["the first answer makes it ok", newReach(0), [answer(0)], "ok", "answers"],
  [
    "a lost probe is no outage",
    afterProbes([answer(0)]),
    [missed(1_000)],
    "degraded",
    "probe-missed",
  ],
  [
    "ten lost probes that nobody confirms are none either",
    afterProbes([answer(0)]),
    Array.from({ length: 10 }, (_, i) => missed(i)),
    "degraded",
    "probe-missed",
  ],
  [
    "an answer after a lost probe is ok at once",
    afterProbes([answer(0), missed(1_000)]),
    [answer(2_000)],
    "ok",
    "answers",
  ],
  [
    "a whole burst unanswered is down",
    afterProbes([answer(0)]),
    [burst(1_000)],
    "down",
    "probes-unanswered",
  ],
  [
    "so is one that was asked for",
    afterProbes([answer(0)]),
    [burst(1_000, { because: "confirm" })],
    "down",
    "probes-unanswered",
  ],
  [
    "a burst without a TCP probe is enough",
    afterProbes([answer(0)]),
    [burst(1_000, { tcp: null })],
    "down",
    "probes-unanswered",
  ],
  [
    "a burst too short proves nothing",
    afterProbes([answer(0)]),
    [burst(1_000, { icmp: { sent: 4, received: 0 } })],
    "degraded",
    "probe-missed",
  ],
  [
    "an accepted TCP connection outweighs unanswered pings",
    afterProbes([answer(0)]),
    [burst(1_000, { answers: true, tcp: "accepted" })],
    "ok",
    "answers",
  ],
  [
    "TCP refused is an answer where there is ICMP",
    afterProbes([answer(0)]),
    [burst(1_000, { answers: true, tcp: "refused" })],
    "ok",
    "answers",
  ],
  [
    "one answer of six is an answer",
    afterProbes([answer(0)]),
    [burst(1_000, { answers: true, icmp: { sent: 6, received: 1 } })],
    "ok",
    "answers",
  ],
  [
    "without ICMP one unanswered TCP probe is not enough",
    afterProbes([answer(0)]),
    [burst(1_000, { icmp: null })],
    "degraded",
    "probe-missed",
  ],
  [
    "without ICMP the second is",
    afterProbes([answer(0)]),
    [burst(1_000, { icmp: null }), burst(2_000, { icmp: null, tcp: "refused" })],
    "down",
    "probes-unanswered",
  ],
  ["never seen and not answering is down", newReach(0), [burst(0)], "down", "probes-unanswered"],
  [
    "the first answer after an outage is recovering",
    down,
    [answer(2_000)],
    "recovering",
    "answers-again",
  ],
  [
    "shorter than the hold stays recovering",
    down,
    [answer(2_000), answer(4_999)],
    "recovering",
    "answers-again",
  ],
  ["as long as the hold is ok", down, [answer(2_000), answer(5_000)], "ok", "answered-for-hold"],
  [
    "a miss while recovering starts the hold again",
    down,
    [answer(2_000), missed(4_000), answer(5_000)],
    "recovering",
    "answers-again",
  ],
  [
    "no answer while recovering is down again",
    down,
    [answer(2_000), burst(3_000)],
    "down",
    "probes-unanswered",
  ],
  [
    "a round without any probe is no evidence",
    afterProbes([answer(0)]),
    [burst(1, { icmp: null, tcp: null })],
    "ok",
    "answers",
  ],
]
for (const [name, was, seen, phase, reason] of reachCases) {
  test(`reach: ${name}`, () => {
    const { state } = afterProbes(seen, was)
    assert.deepEqual([state.phase, state.reason], [phase, reason])
  })
}

test("reach: sustained loss is degraded, and over only well below the bound that began it", () => {
  const lossy = Array.from({ length: 60 }, (_, i) =>
    burst(i * 1_000, { answers: true, icmp: { sent: 4, received: 3 } }),
  )
  const bad = afterProbes(lossy, afterProbes([answer(0)]))
  assert.deepEqual([bad.state.phase, bad.state.reason], ["degraded", "loss"])
  const between = Array.from({ length: 60 }, (_, i) =>
    burst(60_000 + i * 1_000, { answers: true, icmp: { sent: 20, received: 17 } }),
  )
  assert.equal(afterProbes(between, bad).state.reason, "loss")
  const good = Array.from({ length: 80 }, (_, i) => answer(120_000 + i * 1_000))
  assert.equal(afterProbes(good, afterProbes(between, bad)).state.phase, "ok")
})
test("reach: a device that answers by TCP alone is not a lossy one", () => {
  const quiet = Array.from({ length: 60 }, (_, i) =>
    burst(i * 1_000, { answers: true, tcp: "accepted" }),
  )
  assert.equal(lossRatio(afterProbes(quiet).memory), null)
  assert.equal(afterProbes(quiet).state.phase, "ok")
})
test("reach: what was lost during an outage is not loss afterwards", () => {
  const outage = Array.from({ length: 30 }, (_, i) => burst(1_000 + i * 1_000))
  const back = Array.from({ length: 5 }, (_, i) => answer(40_000 + i * 1_000))
  assert.equal(afterProbes([...outage, ...back], afterProbes([answer(0)])).state.phase, "ok")
})

type TimedReading = PortReading & { readonly atMs: number }
const up = (atMs: number): TimedReading => ({ atMs, running: true, disabled: false })
const noLink = (atMs: number): TimedReading => ({ atMs, running: false, disabled: false })
const off = (atMs: number): TimedReading => ({ atMs, running: false, disabled: true })
const portCases: [string, TimedReading[], number, Phase, Reason][] = [
  ["with a link is ok", [up(0)], 0, "ok", "port-up"],
  ["without one is down", [up(0), noLink(1_000)], 1_000, "down", "port-down"],
  [
    "switched off by hand is nobody's fault",
    [up(0), off(1_000)],
    1_000,
    "degraded",
    "disabled-by-admin",
  ],
  [
    "switched off while down is down no more",
    [up(0), noLink(1_000), off(2_000)],
    2_000,
    "degraded",
    "disabled-by-admin",
  ],
  ["switched on without a link is down", [off(0), noLink(1_000)], 1_000, "down", "port-down"],
  [
    "up again is recovering",
    [up(0), noLink(1_000), up(2_000)],
    4_900,
    "recovering",
    "port-up-again",
  ],
  [
    "and ok after the hold by the clock alone",
    [up(0), noLink(1_000), up(2_000)],
    5_000,
    "ok",
    "port-up-for-hold",
  ],
  [
    "a second fall doubles the hold",
    [up(0), noLink(1_000), up(2_000), noLink(3_000), up(4_000)],
    9_900,
    "recovering",
    "port-up-again",
  ],
  [
    "which then runs out",
    [up(0), noLink(1_000), up(2_000), noLink(3_000), up(4_000)],
    10_000,
    "ok",
    "port-up-for-hold",
  ],
]
for (const [name, seen, nowMs, phase, reason] of portCases) {
  test(`port: ${name}`, () => {
    const port = seen.reduce((was, reading) => stepPort(was, reading, reading.atMs), newPort(0))
    const { state } = evaluatePortHold(port, nowMs)
    assert.deepEqual([state.phase, state.reason], [phase, reason])
  })
}

test("flapping lengthens the hold up to a limit, and a quiet minute resets it", () => {
  let state = at("ok")
  for (let flap = 0; flap < 12; flap += 1)
    state = markUp(markDown(state, flap, REASONS), flap, REASONS)
  assert.equal(holdFor(state), MAX_HOLD_MS)
  state = markUp(state, 60_000, REASONS)
  assert.equal(state.phase, "ok")
  assert.equal(markDown(state, 60_000 + FLAP_WITHIN_MS, REASONS).flaps, 1)
})

const machineCases: [string, State, Phase, boolean][] = [
  [
    "ok without recent data is unknown, and no problem",
    markUnknown(at("ok"), 1, "agent-offline"),
    "unknown",
    false,
  ],
  [
    "down without recent data is unknown, and remembered",
    markUnknown(markDown(at("ok"), 0, REASONS), 1, "agent-offline"),
    "unknown",
    true,
  ],
  [
    "up again after that it recovers first",
    markUp(markUnknown(markDown(at("ok"), 0, REASONS), 1, "agent-offline"), 2, REASONS),
    "recovering",
    true,
  ],
  [
    "up again without that it is ok",
    markUp(markUnknown(at("ok"), 1, "agent-offline"), 2, REASONS),
    "ok",
    false,
  ],
  [
    "down ends by being weakened",
    markDegraded(markDown(at("ok"), 0, REASONS), 1, "disabled-by-admin"),
    "degraded",
    false,
  ],
  [
    "what is no longer monitored is over",
    markRemoved(markDown(at("ok"), 0, REASONS), 1),
    "ok",
    false,
  ],
]
for (const [name, state, phase, problem] of machineCases) {
  test(`state machine: ${name}`, () =>
    assert.deepEqual([state.phase, isProblem(state)], [phase, problem]))
}
test("state machine: since is when the phase began, not when it was last confirmed", () => {
  const first = markDown(at("ok"), 1_000, REASONS)
  assert.equal(markDown(first, 2_000, REASONS).sinceMs, 1_000)
})

test("liveness: an agent is offline after four seconds, online again at once, and ok after the hold", () => {
  const seen = stepSeen(newLiveness(0), 1_000)
  assert.equal(evaluateLivenessTimeout(seen, 5_000).state.phase, "ok")
  const offline = evaluateLivenessTimeout(seen, 5_001)
  assert.deepEqual(
    [offline.state.phase, offline.state.reason, offline.state.sinceMs],
    ["down", "offline", 1_000],
  )
  const back = stepSeen(offline, 6_000)
  assert.equal(back.state.phase, "recovering")
  assert.equal(stepSeen(back, 9_000).state.phase, "ok")
})

test("skew: the shortest delay wins, a long one changes little, and a clock that was set back is accepted in the end", () => {
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
