import assert from "node:assert/strict"
import { test } from "node:test"
import { CELLS } from "./cells.ts"
import { drawFaults } from "./faults.ts"
import { lookAgain, lookAt, USUAL_NOISE } from "./looks.ts"
import { largestComponent, MADE_KINDS, madeShapes, type Shape, shapeOf, stream } from "./shape.ts"
import { benchOf, runTrial } from "./trial.ts"
import { makePlan } from "./variant.ts"
import { DOWN, makeWorld, sightOf, UNSEEN } from "./world.ts"

const LADDER: Shape = shapeOf(
  "ladder",
  ["A", "B", "C", "D", "E", "F", "G", "H"],
  [
    ["A", "B"],
    ["B", "C"],
    ["C", "D"],
    ["E", "F"],
    ["F", "G"],
    ["B", "F"],
    ["C", "G"],
    ["B", "H"],
  ],
)
const variant = { customers: 2, instrumented: 0.5, vantages: 2, hasGroups: false } as const
const plan = makePlan(LADDER, variant, stream("test"))

test("variant: the busiest router looks, and a far one; half the routers tell; customers hang on the edge", () => {
  assert.deepEqual(plan.vantages, ["B", "G"])
  assert.equal(plan.nodes.filter(({ monitored }) => monitored).length, 4)
  const homes = plan.nodes.filter(({ kind }) => kind === "customer")
  assert.equal(homes.length, 2 * ["A", "D", "E", "G", "H"].length)
  assert.equal(plan.links.length, LADDER.links.length + homes.length)
  assert.ok(homes.every(({ id, monitored }) => !monitored && plan.links.filter(({ b }) => b === id).length === 1))
})
test("variant: groups are of members that are there, two or more", () => {
  const world = makeWorld(makePlan(LADDER, { ...variant, hasGroups: true }, stream("groups")))
  assert.ok(world.plan.groups.length > 1)
  for (const { members } of world.plan.groups) {
    assert.ok(members.length > 1 && new Set(members).size === members.length)
    assert.ok(members.every((id) => world.indexOf.has(id)))
  }
})
test("faults: as many as asked for, of the core alone, each link three times as likely as each router", () => {
  const world = makeWorld(plan)
  const random = stream("faults")
  const drawn = Array.from({ length: 6_000 }, () => drawFaults(world, { faults: 2, groupRatio: 0, uplinkRatio: 0 }, random))
  assert.ok(drawn.every((set) => set.length === 2 && new Set(set).size === 2))
  const times = new Map<string, number>()
  for (const [first = ""] of drawn) times.set(first, (times.get(first) ?? 0) + 1)
  assert.deepEqual([...times.keys()].toSorted(), [...LADDER.routers, ...LADDER.links.map(({ id }) => id)].toSorted())
  // 8 routers and 8 links: a router is drawn first in 1 of 32, a link in 3 of 32.
  for (const [id, count] of times) {
    const expected = (6_000 * (LADDER.routers.includes(id) ? 1 : 3)) / 32
    assert.ok(Math.abs(count - expected) < 5 * Math.sqrt(expected), `${id}: ${count}, expected about ${expected}`)
  }
})
test("looks: noise takes away, and turns both ways, as often as it says", () => {
  const world = makeWorld(plan)
  const sight = sightOf(world, ["B – C", "F – G"])
  const random = stream("looks")
  const count = { dark: 0, darkAsUp: 0, lit: 0, litAsDown: 0, expected: 0 }
  for (let round = 0; round < 2_000; round += 1) {
    for (const { value, ...thing } of lookAt(world, sight, USUAL_NOISE, random)) {
      const place = world.things.findIndex(
        (one) => one.entity === thing.entity && one.signal === thing.signal && one.from === thing.from && one.end === thing.end,
      )
      const isDark = sight[place] === DOWN
      count.dark += Number(isDark)
      count.darkAsUp += Number(isDark && value === "up")
      count.lit += Number(!isDark)
      count.litAsDown += Number(!isDark && value === "down")
    }
    count.expected += sight.filter((word) => word !== UNSEEN).length
  }
  const near = (ratio: number, expected: number): boolean => Math.abs(ratio - expected) < expected / 4
  assert.ok(near(1 - (count.dark + count.lit) / count.expected, USUAL_NOISE.missingRatio), JSON.stringify(count))
  assert.ok(near(count.darkAsUp / count.dark, USUAL_NOISE.downAsUpRatio), JSON.stringify(count))
  assert.ok(near(count.litAsDown / count.lit, USUAL_NOISE.upAsDownRatio), JSON.stringify(count))
})
test("looks: what cannot be seen, or is not there, gives no fresh look; the rest as many as asked for", () => {
  const still = { missingRatio: 0, downAsUpRatio: 0, upAsDownRatio: 0 }
  const world = makeWorld(makePlan(LADDER, { ...variant, instrumented: 1, vantages: 1 }, stream("all")))
  const sight = sightOf(world, ["B – H"])
  const asked = [
    { entity: "H", signal: "reachable", from: "B" },
    { entity: "B – H", signal: "adjacency", end: "B" },
    { entity: "B – H", signal: "port", end: "H" },
    { entity: "Z", signal: "reachable", from: "B" },
  ] as const
  const fresh = lookAgain(world, sight, asked, 2, still, stream("again"))
  assert.deepEqual(fresh, [
    { ...asked[0], value: "down" },
    { ...asked[0], value: "down" },
    { ...asked[1], value: "down" },
    { ...asked[1], value: "down" },
  ])
})
test("shapes: what is made up is in one piece, of 8 to 120 routers, and the same for the same seed", () => {
  for (const kind of MADE_KINDS) {
    const shapes = madeShapes(kind, 12, 5)
    assert.deepEqual(shapes, madeShapes(kind, 12, 5))
    for (const shape of shapes) {
      assert.ok(shape.routers.length >= 8 && shape.routers.length <= 120, shape.name)
      assert.equal(new Set(shape.links.map(({ id }) => id)).size, shape.links.length)
      assert.deepEqual(largestComponent(shape), shape)
    }
  }
})
test("trial: the same seed is the same case whichever cells run beside it, and cells have names of their own", () => {
  assert.equal(new Set(CELLS.map(({ name }) => name)).size, CELLS.length)
  const cell = CELLS.find(({ name }) => name === "quarter+customers/2")
  assert.ok(cell !== undefined)
  const once = () => runTrial(cell, LADDER.name, benchOf(cell, LADDER, 3), { seed: 3, looks: 1, isOracleAsked: false }, 0)
  const [one, other] = [once(), once()]
  assert.deepEqual(one.truth, other.truth)
  assert.deepEqual(one.first.document, other.first.document)
  assert.deepEqual(one.references, other.references)
  assert.equal(one.truth.length, 2)
  assert.ok(one.rechecked.document.observations.length >= one.first.document.observations.length)
})
