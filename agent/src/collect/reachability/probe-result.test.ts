import assert from "node:assert/strict"
import { test } from "node:test"
import {
  BURST_REPEAT_MS,
  isAnswer,
  learnRtt,
  measure,
  requestsConfirmation,
  timeoutFor,
} from "./probe-result.ts"
import type { TcpProbeResult } from "./tcp-probe.ts"

test("a burst without an answered probe has no round trip", () => {
  assert.deepEqual(measure([null, null]), { sent: 2, received: 0, rttUs: null, jitterUs: null })
  assert.equal(measure([]), null)
})

test("the round trip is the mean of the answered probes, the jitter that of their differences", () => {
  assert.deepEqual(measure([1, null, 3, 2]), {
    sent: 4,
    received: 3,
    rttUs: 2_000,
    jitterUs: 1_500,
  })
  assert.deepEqual(measure([1.5]), { sent: 1, received: 1, rttUs: 1_500, jitterUs: null })
})

const answers: [string, (number | null)[], TcpProbeResult | null, boolean][] = [
  ["any probe back is an answer", [null, 1], "silent", true],
  ["TCP accepted is an answer, whatever the probes", [null, null], "accepted", true],
  ["a refusal is an answer where ICMP is at hand", [null, null], "refused", true],
  ["a refusal alone is none", [], "refused", false],
  ["silence of both is none", [null, null], "silent", false],
  ["no answer without a TCP probe is none", [null, null], null, false],
]
for (const [name, rtts, tcp, expected] of answers)
  test(name, () => assert.equal(isAnswer(measure(rtts), tcp), expected))

test("the timeout follows the line: 250 ms at least, a second at most, a second for an unknown device", () => {
  const steadyRtt = (rttMs: number) =>
    Array.from({ length: 50 }).reduce<ReturnType<typeof learnRtt>>(
      (rtt) => learnRtt(rtt, rttMs),
      learnRtt(null, rttMs),
    )
  assert.equal(timeoutFor(null), 1_000)
  assert.equal(timeoutFor(steadyRtt(2)), 250)
  assert.equal(timeoutFor(steadyRtt(300)), 500)
  assert.equal(timeoutFor(steadyRtt(900)), 1_000)
})

test("a continuing outage gets a full burst every few seconds only", () => {
  assert.equal(requestsConfirmation(null, 1_000), true)
  assert.equal(requestsConfirmation(1_000, 1_000 + BURST_REPEAT_MS - 1), false)
  assert.equal(requestsConfirmation(1_000, 1_000 + BURST_REPEAT_MS), true)
  assert.equal(
    requestsConfirmation(9_000, 1_000),
    true,
    "a clock that was set back does not stop it",
  )
})
