import assert from "node:assert/strict"
import { test } from "node:test"
import type { Observation } from "@ispvm/rca"
import { observeWithNoise, USUAL_NOISE } from "./observations.ts"
import { cacheWorld, REFERENCES, readingOf } from "./references.ts"
import { isIndistinguishable, makeWorld, visibilityOf } from "./world.ts"

const NO_NOISE = { missingRatio: 0, downAsUpRatio: 0, upAsDownRatio: 0 }
const draw = (links: readonly string[], monitored: string) => {
  const ends = links.map((id) => ({ id, a: id[0] ?? "", b: id[2] ?? "" }))
  const nodes = [...new Set(ends.flatMap(({ a, b }) => [a, b]))]
  return makeWorld({
    nodes: nodes.map((id) => ({
      id,
      kind: id === id.toLowerCase() ? "customer" : "router",
      monitored: monitored.includes(id),
    })),
    links: ends,
    groups: [],
    vantages: ["A"],
  })
}
const answers = (world: ReturnType<typeof makeWorld>, truth: readonly string[]) => {
  const observations = observeWithNoise(world, visibilityOf(world, truth), NO_NOISE, () => 0.5)
  const read = readingOf(world, observations)
  return Object.fromEntries(
    Object.entries(REFERENCES).map(([name, answer]) => [name, answer(cacheWorld(world), read)]),
  )
}
const right = (world: ReturnType<typeof makeWorld>, truth: readonly string[]): string[] =>
  Object.entries(answers(world, truth))
    .filter(([, sets]) => sets.some((set) => isIndistinguishable(world, set, truth)))
    .map(([name]) => name)

test("references: all three name a dead router in the middle of a chain", () => {
  const world = draw(["A-B", "B-C", "C-D", "D-x"], "")
  assert.deepEqual(answers(world, ["B"])["parent tree"], [["B"], ["A-B"]])
  assert.deepEqual(right(world, ["B"]), ["parent tree", "greedy", "SCORE"])
})
test("references: the tree ignores ports, so that a cut link of a ring is no fault to it", () => {
  const world = draw(["A-B", "B-C", "C-A"], "ABC")
  assert.deepEqual(answers(world, ["B-C"])["parent tree"], [[]])
  assert.deepEqual(right(world, ["B-C"]), ["greedy", "SCORE"])
})
test("references: greedy blames a common parent that is up; SCORE requires its symptoms", () => {
  const world = draw(["A-B", "B-C", "B-D"], "")
  assert.deepEqual(answers(world, ["C", "D"]).greedy, [["B"]])
  assert.deepEqual(right(world, ["C", "D"]), ["parent tree", "SCORE"])
})
test("references: none of the three names a single customer, or a fault where all is up", () => {
  const world = draw(["A-B", "B-x", "B-y"], "AB")
  assert.deepEqual(right(world, []), ["parent tree", "greedy", "SCORE"])
  assert.deepEqual(right(world, ["x"]), ["parent tree", "greedy", "SCORE"])
})
test("references: several observations count as what most of them read", () => {
  const world = draw(["A-B"], "")
  const observation = (value: "up" | "down"): Observation => ({
    entity: "B",
    signal: "reachable",
    value,
    from: "A",
  })
  const read = (...values: ("up" | "down")[]): number | undefined =>
    readingOf(world, values.map(observation))[1]
  assert.deepEqual(
    [read(), read("up"), read("down"), read("down", "up"), read("up", "down", "up")],
    [-1, 0, 1, 1, 0],
  )
  assert.ok(USUAL_NOISE.missingRatio > 0)
})
