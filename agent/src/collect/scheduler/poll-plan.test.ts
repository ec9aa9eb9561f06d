import assert from "node:assert/strict"
import { test } from "node:test"
import { AssignedDevice, type Intervals, type Source } from "@ispvm/wire"
import type { Collector } from "../collector.ts"
import type { Job } from "./device-plan.ts"
import type { Outcome } from "./poll-outcome.ts"
import { PollPlan } from "./poll-plan.ts"

type Read = keyof Intervals extends `${infer R}Ms` ? R : never
const collector = (source: Source, reads: Read, weight = 1): Collector => ({
  source,
  reads,
  everyMs: (intervals) => intervals[`${reads}Ms`],
  cost: { requests: 1, deadlineMs: 1_000, weight },
  supports: ({ access }) =>
    source === "snmp" ? access.snmp !== null : access.routerosApi !== null,
  collect: async () => [],
})
const device = (n: number, { address = "192.0.2.1", interfaceMs = 10_000, snmp = false } = {}) =>
  AssignedDevice.parse({
    id: `00000000-0000-4000-8000-00000000000${n}`,
    name: `d${n}`,
    access: {
      address,
      routerosApi: { port: 8728, tls: false, fingerprint: null, username: "u", password: "p" },
      snmp: snmp ? { port: 161, community: "c" } : null,
      icmp: true,
      tcpPort: null,
    },
    intervals: { pingMs: 0, interfaceMs, healthMs: 30_000, factsMs: 300_000 },
  })

const API: readonly Collector[] = [
  collector("routeros-api", "interface"),
  collector("routeros-api", "health"),
  collector("routeros-api", "facts"),
]
const BOTH: readonly Collector[] = [
  API[0] ?? collector("routeros-api", "interface"),
  collector("snmp", "interface"),
]
const OK: Outcome = { ok: true }
const refused: Outcome = { ok: false, reason: "refused" }
const tiers = (jobs: readonly Job[]) => jobs.map(({ collector: { reads } }) => reads)
const sources = (jobs: readonly Job[]) => jobs.map(({ collector: { source } }) => source)
const plan = (collectors = API, maxWeight = 100) => new PollPlan(collectors, maxWeight, () => 0)
/** Starts due polls and ends them at once. */
const step = (it: PollPlan, atMs: number, outcome: Outcome = OK) => {
  const jobs = it.due(atMs)
  const completions = jobs.map((job) => it.complete(job, outcome, atMs))
  const ended = completions.flatMap(({ superseded }) =>
    superseded.filter(({ change }) => change === "ended").map(({ source }) => source),
  )
  return { jobs, change: completions.map(({ change }) => change), ended }
}

test("a device has one running poll per source, facts first", () => {
  const it = plan()
  it.apply([device(1)], 0)
  const [first, ...others] = it.due(0)
  assert.deepEqual([first?.collector.reads, others.length, it.due(5_000).length], ["facts", 0, 0])
  if (first !== undefined) it.complete(first, OK, 100)
  assert.deepEqual(tiers(it.due(100)), ["interface"])
})

test("each tier is polled again after its own interval, counted from its start", () => {
  const it = plan([API[0] ?? collector("routeros-api", "interface")])
  it.apply([device(1)], 0)
  const [job] = it.due(0)
  if (job !== undefined) it.complete(job, OK, 700)
  assert.equal(it.nextMs(), 10_000)
  assert.deepEqual(it.due(9_999), [])
  assert.equal(it.due(10_000).length, 1)
})

test("concurrent polls are limited by weight, and one heavier than the limit still runs", () => {
  const it = plan([collector("routeros-api", "interface", 2)], 3)
  it.apply([device(1), device(2)], 0)
  assert.equal(it.due(100).length, 1)
  const heavy = plan([collector("routeros-api", "interface", 9)], 3)
  heavy.apply([device(1)], 0)
  assert.equal(heavy.due(100).length, 1)
})

test("the first polls of many devices are spread, a single new device is polled at once", () => {
  let drawn = 0
  const it = new PollPlan(API, 100, () => (drawn++ % 10) / 10)
  it.apply(
    [1, 2, 3, 4, 5].map((n) => device(n)),
    0,
  )
  assert.ok(it.due(0).length < 5)
  it.apply(
    [1, 2, 3, 4, 5, 6].map((n) => device(n)),
    10_000,
  )
  assert.ok((it.nextMs() ?? 0) <= 10_030)
})

test("the first failure and the recovery are reported, repeated failures are not", () => {
  const it = plan([API[0] ?? collector("routeros-api", "interface")])
  it.apply([device(1)], 0)
  assert.deepEqual(step(it, 0).change, ["works"])
  assert.deepEqual(step(it, 10_000, refused).change, ["failed"])
  assert.deepEqual(step(it, 20_000, refused).change, [null])
  assert.deepEqual(step(it, 40_000).change, ["works"])
  assert.deepEqual(step(it, 50_000).change, [null])
})

test("an unreachable source is polled less often, doubling up to five minutes", () => {
  const it = plan()
  it.apply([device(1)], 0)
  const waits: number[] = []
  let atMs = 0
  for (let i = 0; i < 9; i += 1) {
    const { jobs } = step(it, atMs, refused)
    assert.equal(jobs.length, 1, "all tiers of the source wait together")
    const nextMs = it.nextMs() ?? 0
    waits.push(nextMs - atMs)
    atMs = nextMs
  }
  assert.deepEqual(waits.slice(0, 4), [3_750, 7_500, 15_000, 30_000])
  assert.equal(waits.at(-1), 225_000)
})

test("a rejected password is not tried again for a while, and an urgent poll keeps that gap", () => {
  const it = plan([API[0] ?? collector("routeros-api", "interface")])
  it.apply([device(1)], 0)
  step(it, 0, { ok: false, reason: "wrong-credentials" })
  assert.ok((it.nextMs() ?? 0) >= 22_500)
  it.pollNow(device(1).id, 100)
  assert.equal(it.due(101).length, 1)
  const [running] = [...it.due(101)]
  assert.equal(running, undefined)
})

test("SNMP is polled only while the API fails", () => {
  const it = plan(BOTH)
  it.apply([device(1, { snmp: true })], 0)
  assert.deepEqual(sources(step(it, 0, refused).jobs), ["routeros-api"])
  assert.deepEqual(sources(step(it, 100).jobs), ["snmp"])
  assert.deepEqual(sources(step(it, 6_000).jobs), ["routeros-api"])
  assert.deepEqual(sources(step(it, 16_000).jobs), ["routeros-api"])
})

test("a failed or unknown fallback is reported as ended once the first source works", () => {
  const it = plan(BOTH)
  it.apply([device(1, { snmp: true })], 0)
  step(it, 0, refused)
  assert.deepEqual(step(it, 100, refused).change, ["failed"])
  const { jobs, ended } = step(it, 3_800)
  assert.deepEqual([sources(jobs), ended], [["routeros-api"], ["snmp"]])
  assert.deepEqual(step(it, 16_000).ended, [], "once")
  const fresh = plan(BOTH)
  fresh.apply([device(1, { snmp: true })], 0)
  assert.deepEqual(step(fresh, 0).ended, ["snmp"], "an earlier run may have left its trouble open")
  step(fresh, 10_000, refused)
  assert.deepEqual(step(fresh, 10_100).change, ["works"])
  assert.deepEqual([step(fresh, 16_000).ended, fresh.failing()], [[], 0])
})

test("a fallback for one tier only works again for the others when that tier is taken from it", () => {
  const it = plan([...API, collector("snmp", "interface"), collector("snmp", "health")])
  it.apply([device(1, { snmp: true })], 0)
  const outcomes = (atMs: number, of: Readonly<Record<string, Outcome>>) =>
    it.due(atMs).map((job) => {
      const key = `${job.collector.source} ${job.collector.reads}`
      return [key, it.complete(job, of[key] ?? OK, atMs)] as const
    })
  const denied: Outcome = { ok: false, reason: "not-permitted" }
  for (let atMs = 0; atMs < 1_000; atMs += 10)
    outcomes(atMs, {
      "routeros-api interface": denied,
      "routeros-api health": denied,
      "snmp health": denied,
    })
  assert.equal(it.failing(), 1)
  const after = { "routeros-api interface": denied, "snmp health": denied }
  const later = [60_000, 60_010, 60_020].flatMap((atMs) => outcomes(atMs, after))
  const superseded = later.find(([key]) => key === "routeros-api health")?.[1]
  assert.deepEqual(superseded?.superseded, [{ source: "snmp", change: "works" }])
})

test("removing a method, or changing its access, ends its reported failure", () => {
  const it = plan(BOTH)
  it.apply([device(1, { snmp: true })], 0)
  step(it, 0, refused)
  step(it, 100, refused)
  const { gone, ended } = it.apply([device(1)], 200)
  assert.deepEqual(gone, [device(1).id])
  assert.deepEqual(
    ended.map(({ device: { id }, source }) => [id, source]),
    [
      [device(1).id, "routeros-api"],
      [device(1).id, "snmp"],
    ],
  )
  assert.deepEqual(it.apply([], 300).ended, [], "of a device that left nothing is said")
})

test("a failing source is reported again if only a person can fix it", () => {
  const it = plan([API[0] ?? collector("routeros-api", "interface")])
  it.apply([device(1)], 0)
  const reasons = [
    "no-answer",
    "refused",
    "wrong-credentials",
    "wrong-credentials",
    "no-answer",
  ] as const
  const change = reasons.map(
    (reason, i) => step(it, i * 1_000_000, { ok: false, reason }).change[0],
  )
  assert.deepEqual(change, ["failed", null, "failed", null, null])
})

test("an urgent poll reads the interfaces now; many of them are one poll a second", () => {
  const it = plan([
    API[0] ?? collector("routeros-api", "interface"),
    API[1] ?? collector("routeros-api", "health"),
  ])
  it.apply([device(1)], 0)
  step(it, 0)
  step(it, 1)
  let polls = 0
  for (let atMs = 2_000; atMs < 5_000; atMs += 10) {
    it.pollNow(device(1).id, atMs)
    const { jobs } = step(it, atMs)
    assert.ok(
      jobs.every(({ isUrgent, collector: { reads } }) => reads === "interface" || !isUrgent),
    )
    polls += jobs.length
  }
  assert.ok(polls >= 3 && polls <= 4, `${polls} looks`)
})

test("an urgent poll during another one causes one more after it", () => {
  const it = plan([API[0] ?? collector("routeros-api", "interface")])
  it.apply([device(1)], 0)
  const [job] = it.due(0)
  it.pollNow(device(1).id, 50)
  if (job !== undefined) it.complete(job, OK, 100)
  const [again] = it.due(100)
  assert.equal(again?.isUrgent, true)
})

test("a changed assignment leaves unchanged devices as they are", () => {
  const it = plan([API[0] ?? collector("routeros-api", "interface")])
  it.apply([device(1), device(2), device(3)], 0)
  const jobs = it.due(100)
  const { gone } = it.apply([device(1), device(2, { address: "192.0.2.99" })], 200)
  assert.deepEqual(gone, [device(2).id, device(3).id])
  const completions = jobs.map((job) => it.complete(job, OK, 300))
  assert.deepEqual(
    completions.map(({ stale }) => stale),
    [false, true, true],
  )
  assert.deepEqual(
    it.due(300).map(({ device: { id } }) => id),
    [device(2).id],
  )
  assert.equal(
    it.apply([device(1, { interfaceMs: 5_000 }), device(2, { address: "192.0.2.99" })], 400).gone
      .length,
    0,
  )
  assert.equal(it.devices, 2)
})

test("a device that answers again is polled at once", () => {
  const it = plan()
  it.apply([device(1)], 0)
  for (let atMs = 0; atMs < 100_000; atMs += 10_000) step(it, atMs, refused)
  assert.equal(it.failing(), 1)
  it.retryNow(device(1).id, 100_000)
  assert.equal(it.due(100_000).length, 1)
})

test("a slow poll does not count against the limit, and only so many may be slow", () => {
  const it = plan([collector("snmp", "interface")], 1)
  it.apply([device(1, { snmp: true }), device(2, { snmp: true })], 0)
  const [slow] = it.due(100)
  assert.ok(slow !== undefined)
  assert.deepEqual(it.due(5_000), [])
  assert.deepEqual([it.markSlow(slow), it.markSlow(slow)], [true, false])
  const [other] = it.due(5_000)
  assert.ok(other !== undefined)
  it.complete(slow, OK, 6_000)
  it.complete(other, OK, 6_000)
  assert.equal(it.due(30_000).length, 1)
})

test("what was read in part is reported once, and polled again at its interval", () => {
  const it = plan([collector("snmp", "interface")])
  it.apply([device(1, { snmp: true })], 0)
  const partial: Outcome = { ok: false, reason: "timed-out", isPartial: true }
  assert.deepEqual(step(it, 100, partial).change, ["failed"])
  assert.deepEqual(step(it, 10_100, partial).change, [null])
  assert.deepEqual(step(it, 20_100).change, ["works"])
})

test("the interval of a collector replaces that of its tier, for this collector only", () => {
  const it = plan([...API, collector("snmp", "health")])
  const own = { "routeros-api.health": 60_000, "snmp.health": 0, "snmp.unknown": 1 }
  it.apply([{ ...device(1, { snmp: true }), collectorIntervals: own }], 0)
  assert.deepEqual(tiers(step(it, 0).jobs), ["facts"])
  assert.deepEqual(tiers(step(it, 1).jobs), ["interface"])
  assert.deepEqual(tiers(step(it, 2).jobs), ["health"])
  assert.deepEqual(tiers(step(it, 10_001).jobs), ["interface"])
  assert.deepEqual(tiers(step(it, 31_000).jobs), ["interface"], "not after healthMs")
  assert.deepEqual(tiers(step(it, 60_002).jobs), ["interface"])
  assert.deepEqual(tiers(step(it, 60_003).jobs), ["health"])
})

test("a device that answers slowly is polled for a quarter of the time at most", () => {
  const it = plan([collector("routeros-api", "interface")])
  it.apply([device(1)], 0)
  const poll = (startMs: number, tookMs: number) => {
    const [job] = it.due(startMs)
    assert.ok(job !== undefined, `nothing is due at ${startMs}`)
    it.complete(job, OK, startMs + tookMs)
    return it.nextMs()
  }
  assert.equal(poll(0, 1_900), 10_000)
  assert.equal(poll(10_000, 6_000), 34_000)
  assert.equal(poll(34_000, 100), 44_000)
})

const DAY = 86_400_000
test("a collector with a schedule of its own is polled at it, and soon after a request", () => {
  const waits: string[] = []
  const own: Collector = {
    ...collector("routeros-api", "facts"),
    everyMs: () => DAY,
    waitMs: (_device, everyMs, after) => {
      waits.push(`${after} ${everyMs}`)
      return after === "assigned" ? 500 : 7_000
    },
  }
  const it = plan([own])
  it.apply([device(1)], 0)
  assert.deepEqual(it.due(499), [])
  assert.equal(step(it, 500).jobs.length, 1)
  assert.equal(it.nextMs(), 7_500)
  assert.deepEqual(waits, [`assigned ${DAY}`, `polled ${DAY}`])

  // Requests are one poll, not sooner after the last one than the gap.
  const when = { delayMs: 60, gapMs: 1_000 }
  const { id } = device(1)
  for (const atMs of [510, 520, 530]) it.pollSoon(id, "facts", atMs, when)
  assert.equal(it.nextMs(), 1_500)
  assert.equal(step(it, 1_500).jobs.length, 1)
  it.pollSoon(id, "facts", 6_000, when)
  assert.equal(it.nextMs(), 6_060)
  // One that is planned earlier stays; a running poll is followed by another.
  it.pollSoon(id, "facts", 6_050, when)
  assert.equal(it.nextMs(), 6_060)
  const [job] = it.due(6_060)
  it.pollSoon(id, "facts", 6_100, when)
  assert.ok(job)
  it.complete(job, OK, 6_200)
  assert.equal(it.nextMs(), 7_060)
  it.pollSoon(id, "health", 6_300, when)
  assert.equal(it.nextMs(), 7_060)
})
