import assert from "node:assert/strict"
import { test } from "node:test"
import { AssignedDevice } from "@ispvm/wire"
import fc from "fast-check"
import { idleCollector } from "../../../test/idle-collector.ts"
import type { Job } from "./device-plan.ts"
import { Heap, type HeapItem } from "./heap.ts"
import type { Outcome } from "./poll-outcome.ts"
import { PollPlan } from "./poll-plan.ts"

type Item = HeapItem & { rank: number }

test("a heap gives the least item, whatever was added, moved and removed", () => {
  const operation = fc.record({
    kind: fc.constantFrom("put", "put", "remove", "take"),
    item: fc.nat(19),
    rank: fc.nat(9),
  })
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
      const items: Item[] = Array.from({ length: 20 }, () => ({ place: -1, rank: 0 }))
      const heap = new Heap<Item>(({ rank }) => rank)
      const expected = new Set<Item>()
      for (const { kind, item: at, rank } of operations) {
        const item = kind === "take" ? heap.first() : items[at]
        if (item === undefined) continue
        if (kind === "put") {
          item.rank = rank
          heap.put(item)
          expected.add(item)
        } else {
          heap.remove(item)
          expected.delete(item)
        }
        const least = Math.min(...[...expected].map((each) => each.rank))
        assert.equal(heap.first()?.rank ?? Number.POSITIVE_INFINITY, least)
        assert.deepEqual(
          items.map((each) => heap.has(each)),
          items.map((each) => expected.has(each)),
        )
        assert.equal(heap.size, expected.size)
      }
    }),
  )
})

const COLLECTORS = [
  idleCollector("routeros-api", "facts", 300_000),
  idleCollector("routeros-api", "interface", 10_000),
  idleCollector("routeros-api", "bgp", 30_000),
  idleCollector("snmp", "interface", 7_000),
  idleCollector("snmp", "health", 30_000),
]
const DEVICES = 5
const device = (at: number): AssignedDevice =>
  AssignedDevice.parse({
    id: `00000000-0000-4000-8000-00000000000${at}`,
    name: `d${at}`,
    access: {
      address: "192.0.2.1",
      routerosApi: null,
      snmp: { port: 161, community: "c" },
      icmp: true,
      tcpPort: null,
    },
    intervals: { pingMs: 0, interfaceMs: 1, healthMs: 1, factsMs: 1 },
  })
const devices = Array.from({ length: DEVICES }, (_, at) => device(at))
const nameOf = ({ device: { id }, collector: { source, reads } }: Job): string =>
  `${id} ${source} ${reads}`

type Act = "none" | "pollNow" | "retryNow" | "remove" | "add"
type End = "ok" | "refused" | "timed-out" | "running"

/** One plan of many devices, and beside it a plan for each: one device has nothing to order. */
class Comparison {
  readonly #all = new PollPlan(COLLECTORS, 1_000, () => 0)
  readonly #single = devices.map(() => new PollPlan(COLLECTORS, 1_000, () => 0))
  readonly #present = new Set(devices)
  readonly #running = new Map<string, readonly { readonly job: Job; readonly plan: PollPlan }[]>()
  #nowMs = 0

  constructor() {
    this.#assign()
  }

  #assign(): void {
    this.#all.apply([...this.#present], this.#nowMs)
    for (const [at, each] of devices.entries())
      this.#single[at]?.apply(this.#present.has(each) ? [each] : [], this.#nowMs)
  }

  act(act: Act, at: number, afterMs: number): void {
    this.#nowMs += afterMs
    const chosen = devices[at] ?? device(0)
    for (const plan of [this.#all, this.#single[at] ?? this.#all])
      if (act === "pollNow" || act === "retryNow") plan[act](chosen.id, this.#nowMs)
    if (act === "remove") this.#present.delete(chosen)
    if (act === "add") this.#present.add(chosen)
    if (act === "remove" || act === "add") this.#assign()
  }

  startSame(): void {
    const started = this.#all.due(this.#nowMs).map((job) => ({ job, plan: this.#all }))
    const apart = this.#single.flatMap((plan) =>
      plan.due(this.#nowMs).map((job) => ({ job, plan })),
    )
    const names = (of: readonly { readonly job: Job }[]) => of.map(({ job }) => nameOf(job)).sort()
    assert.deepEqual(names(started), names(apart))
    for (const [name, both] of Map.groupBy([...started, ...apart], ({ job }) => nameOf(job)))
      this.#running.set(name, both)
  }

  endSame(ends: readonly End[]): void {
    for (const [index, [name, both]] of [...this.#running].entries()) {
      const end = ends[index % ends.length] ?? "ok"
      if (end === "running") continue
      this.#running.delete(name)
      const outcome: Outcome = end === "ok" ? { ok: true } : { ok: false, reason: end }
      const [ofAll, ofSingle] = both.map(({ job, plan }) =>
        plan.complete(job, outcome, this.#nowMs),
      )
      assert.deepEqual(ofAll, ofSingle)
    }
  }

  nextSame(): void {
    const [all, ...single] = [this.#all, ...this.#single].map((plan) =>
      Math.max(this.#nowMs, plan.nextMs() ?? Number.POSITIVE_INFINITY),
    )
    assert.equal(all, Math.min(...single))
  }
}

test("many devices in one plan start what each starts in a plan of its own", () => {
  const step = fc.record({
    afterMs: fc.nat(6_000),
    device: fc.nat(DEVICES - 1),
    act: fc.constantFrom<Act>("none", "pollNow", "retryNow", "remove", "add"),
    ends: fc.array(fc.constantFrom<End>("ok", "refused", "timed-out", "running"), {
      minLength: 1,
      maxLength: 9,
    }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const comparison = new Comparison()
      for (const { afterMs, device: at, act, ends } of steps) {
        comparison.act(act, at, afterMs)
        comparison.startSame()
        comparison.endSame(ends)
        comparison.nextSame()
      }
    }),
  )
})

test("of what is due, urgent polls come first, then those that wait longest", () => {
  const plan = new PollPlan([idleCollector("snmp", "interface", 10_000)], 1, () => 0)
  plan.apply(devices, 0)
  const order: string[] = []
  plan.pollNow(device(3).id, 0)
  let nowMs = 0
  for (let count = 0; count < 2 * DEVICES; count += 1) {
    const [job, ...others] = plan.due(nowMs)
    assert.ok(job !== undefined && others.length === 0, "one at a time")
    assert.equal(
      plan.nextMs() === null || (plan.nextMs() ?? 0) > nowMs,
      true,
      "nothing to wake for",
    )
    order.push(job.device.name)
    nowMs += 3_000
    plan.complete(job, { ok: true }, nowMs)
  }
  assert.equal(order[0], "d3")
  assert.deepEqual(order.slice(0, DEVICES).toSorted(), ["d0", "d1", "d2", "d3", "d4"])
  assert.deepEqual(order.slice(0, DEVICES), order.slice(DEVICES), "none is left out")
})
