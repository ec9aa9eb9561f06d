import assert from "node:assert/strict"
import { test } from "node:test"
import { CELLS } from "./cells.ts"
import { observeWithNoise, scaledNoise } from "./observations.ts"
import { isTractable, optimalAnswer } from "./optimal.ts"
import { generateShapes, randomStream } from "./shape.ts"
import { makePlan } from "./variant.ts"
import { isIndistinguishable, makeWorld, visibilityOf } from "./world.ts"

test("optimal: without noise it finds every single fault and every pair", () => {
  const [shape] = generateShapes("web", 1, 2)
  assert.ok(shape !== undefined)
  const world = makeWorld(
    makePlan(
      shape,
      { customers: 30, instrumented: 0.5, vantages: 1, hasGroups: false },
      randomStream("oracle"),
    ),
  )
  const core = [...shape.routers, ...shape.links.map(({ id }) => id)]
  for (const faults of [1, 2]) {
    const cell = CELLS.find(({ name }) => name === `quarter+customers/${faults}`)
    assert.ok(cell !== undefined && isTractable(cell))
    for (let i = 0; i < core.length; i += faults === 1 ? 1 : 15) {
      const truth = [...new Set([core[i] ?? "", core[(i * 7 + 3) % core.length] ?? ""])].slice(
        0,
        faults,
      )
      const observations = observeWithNoise(
        world,
        visibilityOf(world, truth),
        scaledNoise(0),
        randomStream("still", i),
      )
      const named = optimalAnswer(world, cell, observations)
      assert.ok(
        isIndistinguishable(world, named, truth),
        `${truth.join(" + ")} named as ${named.join(" + ")}`,
      )
    }
  }
})
