/** The parts that the figures of the storm depend on, on cases counted by hand. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Answer, Observation } from "@ispvm/rca"
import { makeIsp } from "../eval/isp.ts"
import { randomStream } from "../eval/shape.ts"
import { makeWorld } from "../eval/world.ts"
import { createObservationStore, serve } from "./storm-serve.ts"
import { type Arrival, createRoundRobin, makeFlow, makeStorm } from "./storm-stream.ts"
import { createTree } from "./storm-tree.ts"

const NOTHING: Answer = { hypotheses: [], recheck: [], suppressed: [] }
const observation = (entity: string, value: "up" | "down"): Observation => ({
  entity,
  signal: "reachable",
  value,
  from: "A",
})
const arrivals = (times: readonly number[]): Arrival[] =>
  times.map((atMs) => ({ atMs, observation: observation(`${atMs}`, "up"), isTrulyDown: false }))

/** A worker whose answers take `answerMs` each, on a fake clock. */
const serveBy = async (times: readonly number[], answerMs: number) => {
  let [nowMs, idledMs] = [0, 0]
  const batches: string[][] = [[]]
  const moments: (readonly [number, number])[] = []
  await serve({
    arrivals: arrivals(times),
    fromMs: 0,
    untilMs: 300,
    everyMs: 100,
    clock: () => nowMs,
    idle: async (idleMs) => {
      idledMs += idleMs
    },
    add: ({ entity }) => batches.at(-1)?.push(entity),
    answer: () => {
      nowMs += answerMs
      batches.push([])
      return NOTHING
    },
    onMoment: ({ atMs, waiting }) => moments.push([atMs, waiting]),
  })
  return { batches: batches.slice(0, -1), moments, idledMs }
}

test("storm: a fast worker answers at each interval and idles in between", async () => {
  const { batches, moments, idledMs } = await serveBy([1, 50, 120, 250], 10)
  assert.deepEqual(batches, [["1", "50"], ["120"], ["250"]])
  assert.deepEqual(moments, [
    [110, 0],
    [210, 0],
    [310, 0],
  ])
  assert.equal(idledMs, 270)
})

test("storm: what arrives during a slow answer waits and is added at once", async () => {
  const { batches, moments } = await serveBy([1, 120, 150, 250, 299], 160)
  assert.deepEqual(batches, [["1"], ["120", "150", "250"], ["299"]])
  assert.deepEqual(moments, [
    [260, 3],
    [420, 1],
    [580, 0],
  ])
})

test("storm: a new observation replaces the previous one of the same thing", () => {
  const log: string[] = []
  const store = createObservationStore({
    observe: (one) => log.push(`+${one.entity} ${one.value}`),
    forget: (one) => log.push(`-${one.entity} ${one.value}`),
  })
  for (const one of [observation("A", "up"), observation("B", "up"), observation("A", "down")])
    store.add(one)
  assert.deepEqual(log, ["+A up", "+B up", "-A up", "+A down"])
  assert.deepEqual(store.current(), [observation("B", "up"), observation("A", "down")])
})

test("storm: observations are different and sorted by time, and noise is marked", () => {
  const random = randomStream("storm", 7)
  const { plan, trunk } = makeIsp({ routers: 200, customers: 400 }, random)
  const world = makeWorld(plan)
  const storm = makeStorm(world, [trunk], 600, 3_000, random)
  assert.equal(storm.length, 600)
  assert.ok(storm.every((one, at) => one.atMs >= (storm[at - 1]?.atMs ?? 0) && one.atMs <= 3_000))
  assert.equal(
    new Set(storm.map((one) => JSON.stringify({ ...one.observation, value: "" }))).size,
    600,
  )
  const remote = storm.filter(({ observation: one }) => one.entity.startsWith("far-"))
  assert.ok(
    remote.length > 0 &&
      remote.every((one) => one.isTrulyDown === (one.observation.value === "down")),
  )
  const roundRobin = createRoundRobin(world, random)
  const healthy = makeFlow(world, [], roundRobin, 1_000, 3_000, 60_000, random)
  assert.equal(
    new Set(healthy.map((one) => JSON.stringify({ ...one.observation, value: "" }))).size,
    Math.min(1_000, roundRobin.order.length),
  )
  assert.ok(healthy.every((one) => !one.isTrulyDown))
  assert.deepEqual([healthy[0]?.atMs, healthy.at(-1)?.atMs], [3_060, 63_000])
  assert.throws(() => makeStorm(world, [trunk], 1_000_000, 3_000, random), /things are observable/)
})

test("storm: the tree assigns down nodes to the topmost one, across unobserved nodes", () => {
  const node = (id: string) => ({ id, kind: "router", monitored: false })
  const links = ["A-B", "B-C", "C-D", "A-E"].map((id) => ({
    id,
    a: id.slice(0, 1),
    b: id.slice(2),
  }))
  const tree = createTree(
    makeWorld({ nodes: [..."ABCDE"].map(node), links, groups: [], vantages: ["A"] }),
  )
  const observeAll = (...observations: readonly [string, "up" | "down"][]) => {
    for (const [entity, value] of observations) tree.observe(observation(entity, value))
    const { topOf, pages, named } = tree.answer()
    return { tops: [..."BCDE"].map(topOf), pages, named }
  }
  assert.deepEqual(observeAll(["A", "up"], ["D", "down"]), {
    tops: [null, null, "D", null],
    pages: 1,
    named: "D",
  })
  assert.deepEqual(observeAll(["B", "down"]), {
    tops: ["B", null, "B", null],
    pages: 1,
    named: "B",
  })
  assert.deepEqual(observeAll(["C", "up"], ["E", "down"]), {
    tops: ["B", null, "D", "E"],
    pages: 3,
    named: "B",
  })
})
