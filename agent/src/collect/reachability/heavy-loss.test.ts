/**
 * A path that loses most of its probes is not down: how often it is reported so, by calculation and
 * by many devices probed through the pinger itself.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import { AssignedDevice, DeviceId, type PingSample } from "@ispvm/wire"
import type { IcmpProbe } from "./fping.ts"
import { Pinger } from "./ping.ts"
import { BURST, learnLoss, NO_LOSS, probesToConfirm } from "./probe-result.ts"

/** Of probes there and back, where each direction loses this share. */
const roundTrip = (each: number): number => 1 - (1 - each) ** 2
/** The missed probe, the burst, and the TCP connect are all lost. */
const isMistaken = (each: number, probes: number): number => roundTrip(each) ** (probes + 2)
/** A device that is probed each second. */
const perHour = (each: number, probes: number): number =>
  3_600 * roundTrip(each) * roundTrip(each) ** (probes + 1)

test("calculated: with a burst of fixed length, heavy loss is reported as an outage; with one by loss it is not", () => {
  const rows = [0.3, 0.4, 0.5, 0.6].map((each) => {
    const probes = probesToConfirm({ sent: 23, lost: 23 * roundTrip(each) })
    return [each, BURST.count, perHour(each, BURST.count), probes, perHour(each, probes)] as const
  })
  assert.deepEqual(
    rows.map(([each, , fixed, probes, adaptive]) => [
      each,
      Number(fixed.toPrecision(2)),
      probes,
      adaptive < 0.001,
    ]),
    [
      [0.3, 0.29, 48, true],
      [0.4, 7, 48, true],
      [0.5, 64, 96, true],
      [0.6, 310, 96, true],
    ],
  )
  assert.ok(isMistaken(0.6, BURST.count) > 0.08)
})

test("a clean path, and one that loses a tenth, is confirmed by the usual burst", () => {
  let loss = NO_LOSS
  assert.equal(probesToConfirm(loss), BURST.count)
  for (let n = 0; n < 200; n += 1) loss = learnLoss(loss, { sent: 1, received: 1 })
  assert.equal(probesToConfirm(loss), BURST.count)
  for (let n = 0; n < 20; n += 1) loss = learnLoss(loss, { sent: 10, received: 9 })
  assert.equal(probesToConfirm(loss), BURST.count)
  // Two answered bursts of a path that has become bad are enough to know.
  for (let n = 0; n < 2; n += 1) loss = learnLoss(loss, { sent: 13, received: 2 })
  assert.ok(probesToConfirm(loss) >= 24)
  for (let n = 0; n < 100; n += 1) loss = learnLoss(loss, { sent: 1, received: 1 })
  assert.equal(probesToConfirm(loss), BURST.count)
})

/** Seeded, so that a run can be repeated. */
const randomOf = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

type Run = { readonly reported: number; readonly rounds: number; readonly probes: number }
const DEVICES = 400
/** Rounds until the loss of a path is known. */
const WARM_UP = 5

/** All devices lose this share in each direction; how many reports of an outage there are. */
const probeLossy = async (each: number, rounds: number): Promise<readonly [Run, Run]> => {
  const random = randomOf(7)
  const isLost = (): boolean => random() < roundTrip(each)
  let probes = 0
  let isOver = false
  const lossy: IcmpProbe = async (spec, onProbe, signal) => {
    for (let index = 0; index < spec.count && !signal.aborted; index += 1) {
      for (const ip of spec.targets) {
        probes += 1
        onProbe(ip, index, isLost() ? null : 1)
      }
      await Promise.resolve()
    }
    return { kind: "done" }
  }
  const samples: PingSample[] = []
  const pinger = new Pinger({
    icmpProbe: lossy,
    icmpLoop: async (spec, onProbe, signal) => {
      while (!signal.aborted) {
        await lossy({ ...spec, count: 1 }, onProbe, signal)
        await sleep(spec.periodMs, undefined, { signal }).catch(() => undefined)
      }
      return { kind: "stopped" }
    },
    tcpProbe: async () => (isLost() ? "silent" : "accepted"),
    resolve: async (address) => address,
    now: Date.now,
    steady: () => performance.now(),
    random: () => 0,
    emit: (sample) => samples.push(sample),
    onAnswers: () => undefined,
    onToolFailed: (message) => assert.fail(message),
  })
  const stretch = async (count: number): Promise<Run> => {
    const [from, sent] = [samples.length, probes]
    while (samples.length < from + count * DEVICES && !isOver) await sleep(20)
    const own = samples.slice(from)
    const reported = own.filter(({ because, answers }) => because !== "round" && !answers).length
    return { reported, rounds: own.length, probes: probes - sent }
  }
  pinger.apply(
    Array.from({ length: DEVICES }, (_, n) =>
      AssignedDevice.parse({
        id: DeviceId.parse(`00000000-0000-4000-8000-${String(n).padStart(12, "0")}`),
        name: `d${n}`,
        access: {
          address: `198.18.${n >> 8}.${n & 255}`,
          ...{ routerosApi: null, snmp: null, icmp: true, tcpPort: 22 },
        },
        intervals: { pingMs: 200, interfaceMs: 0, healthMs: 0, factsMs: 0 },
      }),
    ),
  )
  const first = await stretch(WARM_UP)
  const then = await stretch(rounds)
  isOver = true
  await pinger.stop()
  return [first, then]
}

for (const each of [0.3, 0.4, 0.5, 0.6])
  test(`probed: ${DEVICES} devices that lose ${100 * each} % in each direction are not reported as down once their loss is known`, async (context) => {
    const [first, then] = await probeLossy(each, 20)
    context.diagnostic(
      `first ${first.rounds} rounds: ${first.reported} reports; then ${then.rounds} rounds: ${then.reported}, ${(then.probes / then.rounds).toFixed(1)} probes a round; ${Math.round(then.rounds * isMistaken(each, BURST.count))} with a burst of fixed length`,
    )
    assert.ok(then.rounds >= 20 * DEVICES)
    // Those whose first bursts were lost as a whole: nothing is known of their loss by then.
    assert.ok(then.reported <= then.rounds / 1_000)
    assert.ok(first.reported <= DEVICES * 2 * isMistaken(each, BURST.count) + 3)
  })
