import assert from "node:assert/strict"
import { test } from "node:test"
import { CELLS } from "./cells.ts"
import { lookAt, noiseTimes } from "./looks.ts"
import { canTell, oracle } from "./oracle.ts"
import { madeShapes, stream } from "./shape.ts"
import { makePlan } from "./variant.ts"
import { makeWorld, showSame, sightOf } from "./world.ts"

test("oracle: without noise it knows every single fault and every pair, however many customers go dark", () => {
  const [shape] = madeShapes("web", 1, 2)
  assert.ok(shape !== undefined)
  const world = makeWorld(makePlan(shape, { customers: 30, instrumented: 0.5, vantages: 1, hasGroups: false }, stream("oracle")))
  const core = [...shape.routers, ...shape.links.map(({ id }) => id)]
  for (const faults of [1, 2]) {
    const cell = CELLS.find(({ name }) => name === `quarter+customers/${faults}`)
    assert.ok(cell !== undefined && canTell(cell))
    for (let i = 0; i < core.length; i += faults === 1 ? 1 : 15) {
      const truth = [...new Set([core[i] ?? "", core[(i * 7 + 3) % core.length] ?? ""])].slice(0, faults)
      const observations = lookAt(world, sightOf(world, truth), noiseTimes(0), stream("still", i))
      const told = oracle(world, cell, observations)
      assert.ok(showSame(world, told, truth), `${truth.join(" + ")} told as ${told.join(" + ")}`)
    }
  }
})
