import assert from "node:assert/strict"
import { test } from "node:test"
import { makeIsp } from "./isp.ts"
import { stream } from "./shape.ts"
import { DOWN, makeWorld, sightOf } from "./world.ts"

test("isp: as many routers and customers as asked for, all in sight, and a good share of them behind the trunk", () => {
  const { plan, trunk } = makeIsp({ routers: 2_000, customers: 20_000 }, stream("isp", 1))
  assert.equal(plan.nodes.filter(({ kind }) => kind === "router").length, 2_000)
  assert.equal(plan.nodes.filter(({ kind }) => kind === "customer").length, 20_000)
  const world = makeWorld(plan)
  const darkUnder = (components: string[]): number => {
    const sight = sightOf(world, components)
    return world.things.filter(({ signal }, place) => signal === "reachable" && sight[place] === DOWN).length
  }
  assert.equal(darkUnder([]), 0)
  const dark = darkUnder([trunk])
  assert.ok(dark > 3_000 && dark < 8_000, `${dark} dark`)
})

test("isp: the same for the same seed", () => {
  const make = (seed: number) => makeIsp({ routers: 300, customers: 100 }, stream("isp", seed))
  assert.deepEqual(make(1), make(1))
  assert.notDeepEqual(make(1), make(2))
})
