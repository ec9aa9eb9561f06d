import assert from "node:assert/strict"
import { test } from "node:test"
import { makeIsp } from "./isp.ts"
import { randomStream } from "./shape.ts"
import { DOWN, makeWorld, visibilityOf } from "./world.ts"

test("isp: has the requested size, everything reachable, and many nodes behind the trunk", () => {
  const { plan, trunk } = makeIsp({ routers: 2_000, customers: 20_000 }, randomStream("isp", 1))
  assert.equal(plan.nodes.filter(({ kind }) => kind === "router").length, 2_000)
  assert.equal(plan.nodes.filter(({ kind }) => kind === "customer").length, 20_000)
  const world = makeWorld(plan)
  const unreachableUnder = (components: string[]): number => {
    const visibility = visibilityOf(world, components)
    return world.observables.filter(
      ({ signal }, place) => signal === "reachable" && visibility[place] === DOWN,
    ).length
  }
  assert.equal(unreachableUnder([]), 0)
  const unreachable = unreachableUnder([trunk])
  assert.ok(unreachable > 3_000 && unreachable < 8_000, `${unreachable} unreachable`)
})

test("isp: the same seed gives the same network", () => {
  const make = (seed: number) =>
    makeIsp({ routers: 300, customers: 100 }, randomStream("isp", seed))
  assert.deepEqual(make(1), make(1))
  assert.notDeepEqual(make(1), make(2))
})
