import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { createAgentClock, type Offset, stepOffset } from "./clock.ts"

const measured = (ms: number): Offset => ({ ms, from: "appliance" })
const trip = (sentMs: number, tookMs: number, answeredMs: number) => ({
  sentMs,
  receivedMs: sentMs + tookMs,
  answeredMs,
})

const cases: [string, Offset, ReturnType<typeof trip>, number][] = [
  [
    "the first round trip is taken in the middle",
    { ms: 5, from: "host" },
    trip(100, 20, 10_110),
    10_000,
  ],
  ["one that agrees changes nothing", measured(10_003), trip(100, 20, 10_110), 10_003],
  ["a slow one proves nothing", measured(10_000), trip(100, 4_000, 10_200), 10_000],
  ["a slow way there is no step", measured(10_000), trip(100, 4_000, 14_099), 10_000],
  ["a drift is followed as far as it is proven", measured(10_000), trip(100, 20, 10_200), 10_080],
  [
    "the appliance's clock set an hour ahead is followed",
    measured(10_000),
    trip(100, 0, 3_610_100),
    3_610_000,
  ],
  ["and one that is set back", measured(10_000_000), trip(100, 10, 6_400_100), 6_400_000],
  ["what was received before it was sent is no round trip", measured(7), trip(100, -1, 10_000), 7],
]
for (const [name, was, round, expected] of cases)
  test(name, () => assert.equal(stepOffset(was, round).ms, expected))

test("whatever the latency, the offset is never off by more than half of the shortest round trip", () => {
  const trips = fc.array(
    fc.tuple(fc.nat({ max: 5_000 }), fc.nat({ max: 5_000 }), fc.nat({ max: 3_000 })),
    {
      minLength: 1,
      maxLength: 30,
    },
  )
  fc.assert(
    fc.property(trips, fc.integer({ min: -1e12, max: 1e12 }), (rounds, trueMs) => {
      let offset: Offset = { ms: 0, from: "host" }
      let atMs = 0
      let shortest = Number.POSITIVE_INFINITY
      for (const [there, back, gap] of rounds) {
        offset = stepOffset(offset, {
          sentMs: atMs,
          receivedMs: atMs + there + back,
          answeredMs: atMs + there + trueMs,
        })
        atMs += there + back + gap
        shortest = Math.min(shortest, there + back)
        assert.ok(Math.abs(offset.ms - trueMs) <= shortest + 1e-3)
      }
    }),
  )
})

const SERVER = 1_800_000_000_000
const open = (hostSkewMs: number) => {
  let steadyMs = 500
  let skewMs = hostSkewMs
  const clock = createAgentClock({ steady: () => steadyMs, host: () => SERVER + steadyMs + skewMs })
  return {
    clock,
    pass: (ms: number) => {
      steadyMs += ms
    },
    setHost: (ms: number) => {
      skewMs = ms
    },
    heartbeat: () =>
      clock.measure({ sentMs: steadyMs, receivedMs: steadyMs, answeredMs: SERVER + steadyMs }),
  }
}

test("a host whose clock is off by years uses the appliance's time from the first answer on, and reports the skew", () => {
  const { clock, heartbeat } = open(63_072_000_000)
  assert.deepEqual(
    [clock.now(), clock.skewMs(), clock.isMeasured()],
    [SERVER + 500 + 63_072_000_000, null, false],
  )
  heartbeat()
  assert.deepEqual(
    [clock.now(), clock.skewMs(), clock.isMeasured()],
    [SERVER + 500, 63_072_000_000, true],
  )
})

test("setting the host's clock moves no reading, before or after the next heartbeat", () => {
  for (const stepMs of [600_000, -600_000, 3_600_000, -3_600_000]) {
    const { clock, heartbeat, pass, setHost } = open(0)
    heartbeat()
    pass(1_000)
    setHost(stepMs)
    assert.equal(clock.now(), SERVER + 1_500)
    heartbeat()
    pass(1)
    assert.deepEqual([clock.now(), clock.skewMs()], [SERVER + 1_501, stepMs])
  }
})

test("a wait for the first measurement ends with it, or with an abort", async () => {
  const { clock, heartbeat } = open(0)
  const stop = new AbortController()
  const waits = [clock.measured(stop.signal), clock.measured(new AbortController().signal)]
  stop.abort()
  await waits[0]
  heartbeat()
  await waits[1]
  await clock.measured(stop.signal)
})
