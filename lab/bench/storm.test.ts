/** The parts of the storm that its figures rest on, each held against a case small enough to count by hand. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Answer, Observation } from "@ispvm/appliance/cause"
import { makeIsp } from "../eval/isp.ts"
import { stream } from "../eval/shape.ts"
import { makeWorld } from "../eval/world.ts"
import { createDesk, serve } from "./storm-serve.ts"
import { type Arrival, createTurns, makeFlow, makeStorm } from "./storm-stream.ts"
import { createTree } from "./storm-tree.ts"

const NOTHING: Answer = { hypotheses: [], recheck: [], suppressed: [] }
const look = (entity: string, value: "up" | "down"): Observation => ({ entity, signal: "reachable", value, from: "A" })
const arrivals = (times: readonly number[]): Arrival[] =>
  times.map((atMs) => ({ atMs, look: look(`${atMs}`, "up"), isTrulyDown: false }))

/** A worker whose every answer takes as long as it is told, on a clock of the test's own. */
const serveBy = async (times: readonly number[], answerMs: number) => {
  let [nowMs, rested] = [0, 0]
  const taken: string[][] = [[]]
  const moments: (readonly [number, number])[] = []
  await serve({
    arrivals: arrivals(times),
    fromMs: 0,
    untilMs: 300,
    everyMs: 100,
    clock: () => nowMs,
    rest: async (restMs) => {
      rested += restMs
    },
    take: ({ entity }) => taken.at(-1)?.push(entity),
    answer: () => {
      nowMs += answerMs
      taken.push([])
      return NOTHING
    },
    onMoment: ({ atMs, waiting }) => moments.push([atMs, waiting]),
  })
  return { taken: taken.slice(0, -1), moments, rested }
}

test("storm: a worker that is fast enough answers at each moment and rests between them", async () => {
  const { taken, moments, rested } = await serveBy([1, 50, 120, 250], 10)
  assert.deepEqual(taken, [["1", "50"], ["120"], ["250"]])
  assert.deepEqual(moments, [
    [110, 0],
    [210, 0],
    [310, 0],
  ])
  assert.equal(rested, 270)
})

test("storm: what comes while a slow worker answers waits, and is taken all at once", async () => {
  const { taken, moments } = await serveBy([1, 120, 150, 250, 299], 160)
  assert.deepEqual(taken, [["1"], ["120", "150", "250"], ["299"]])
  assert.deepEqual(moments, [
    [260, 3],
    [420, 1],
    [580, 0],
  ])
})

test("storm: a new look at a thing takes the place of the one before", () => {
  const log: string[] = []
  const desk = createDesk({
    observe: (one) => log.push(`+${one.entity} ${one.value}`),
    forget: (one) => log.push(`-${one.entity} ${one.value}`),
  })
  for (const one of [look("A", "up"), look("B", "up"), look("A", "down")]) desk.take(one)
  assert.deepEqual(log, ["+A up", "+B up", "-A up", "+A down"])
  assert.deepEqual(desk.held(), [look("B", "up"), look("A", "down")])
})

test("storm: looks come by time, once each, and what is wrong by noise is known", () => {
  const random = stream("storm", 7)
  const { plan, trunk } = makeIsp({ routers: 200, customers: 400 }, random)
  const world = makeWorld(plan)
  const storm = makeStorm(world, [trunk], 600, 3_000, random)
  assert.equal(storm.length, 600)
  assert.ok(storm.every((one, at) => one.atMs >= (storm[at - 1]?.atMs ?? 0) && one.atMs <= 3_000))
  assert.equal(new Set(storm.map((one) => JSON.stringify({ ...one.look, value: "" }))).size, 600)
  const far = storm.filter(({ look: one }) => one.entity.startsWith("far-"))
  assert.ok(far.length > 0 && far.every((one) => one.isTrulyDown === (one.look.value === "down")))
  const turns = createTurns(world, random)
  const well = makeFlow(world, [], turns, 1_000, 3_000, 60_000, random)
  assert.equal(new Set(well.map((one) => JSON.stringify({ ...one.look, value: "" }))).size, Math.min(1_000, turns.order.length))
  assert.ok(well.every((one) => !one.isTrulyDown))
  assert.deepEqual([well[0]?.atMs, well.at(-1)?.atMs], [3_060, 63_000])
  assert.throws(() => makeStorm(world, [trunk], 1_000_000, 3_000, random), /things can be looked at/)
})

test("storm: the tree folds what is down into the topmost thing down above it, through what nobody has looked at", () => {
  const node = (id: string) => ({ id, kind: "router", monitored: false })
  const links = ["A-B", "B-C", "C-D", "A-E"].map((id) => ({ id, a: id.slice(0, 1), b: id.slice(2) }))
  const tree = createTree(makeWorld({ nodes: [..."ABCDE"].map(node), links, groups: [], vantages: ["A"] }))
  const told = (...looks: readonly [string, "up" | "down"][]) => {
    for (const [entity, value] of looks) tree.observe(look(entity, value))
    const { topOf, pages, named } = tree.answer()
    return { tops: [..."BCDE"].map(topOf), pages, named }
  }
  assert.deepEqual(told(["A", "up"], ["D", "down"]), { tops: [null, null, "D", null], pages: 1, named: "D" })
  assert.deepEqual(told(["B", "down"]), { tops: ["B", null, "B", null], pages: 1, named: "B" })
  assert.deepEqual(told(["C", "up"], ["E", "down"]), { tops: ["B", null, "D", "E"], pages: 3, named: "B" })
})
