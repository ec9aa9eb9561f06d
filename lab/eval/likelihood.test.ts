import assert from "node:assert/strict"
import { test } from "node:test"
import type { Observation } from "@ispvm/rca"
import { CELLS } from "./cells.ts"
import { isAvoidable, logLikelihood } from "./likelihood.ts"
import { makeWorld } from "./world.ts"

const cell = CELLS.find(({ name }) => name === "ping/1")
const links = ["A-B", "B-C", "C-D"].map((id) => ({ id, a: id[0] ?? "", b: id[2] ?? "" }))
const nodes = [..."ABCD"].map((id) => ({ id, kind: "router", monitored: false }))
const world = makeWorld({ nodes, links, groups: [], vantages: ["A"] })
const seen = (up: string, down: string): Observation[] => [
  ...[...up].map(
    (entity): Observation => ({ entity, signal: "reachable", value: "up", from: "A" }),
  ),
  ...[...down].map(
    (entity): Observation => ({ entity, signal: "reachable", value: "down", from: "A" }),
  ),
]

test("likelihood: of a set and its observations, computed by hand", () => {
  assert.ok(cell !== undefined)
  // 3 links of weight 3 and 4 routers of weight 1: a link fails in 3 of 13 draws. One observation,
  // of D, is missing.
  const expected =
    Math.log(3 / 13) + 2 * Math.log(0.975 * 0.995) + Math.log(0.975 * 0.975) + Math.log(0.025)
  assert.ok(Math.abs(logLikelihood(world, cell, ["B-C"], seen("AB", "C")) - expected) < 1e-12)
})
test("likelihood: a wrong answer is avoidable if the observations support the truth", () => {
  assert.ok(cell !== undefined)
  assert.equal(isAvoidable(world, cell, ["B"], ["D"], seen("A", "BCD")), true)
  assert.equal(
    isAvoidable(world, cell, ["D"], [], seen("ABCD", "")),
    false,
    "its only symptom read wrong",
  )
  assert.equal(isAvoidable(world, cell, ["B"], ["no such thing"], seen("ABCD", "")), true)
  // A router behind the cut shows nothing: the truth is weighed by the simplest set that shows the
  // same.
  assert.equal(isAvoidable(world, cell, ["A-B", "D"], ["A-B", "B-C"], seen("A", "BCD")), true)
})
