import assert from "node:assert/strict"
import { test } from "node:test"
import { CELLS } from "./cells.ts"
import { drawFaults } from "./faults.ts"
import { observeWithNoise, recheckWithNoise, USUAL_NOISE } from "./observations.ts"
import {
  GENERATED_KINDS,
  generateShapes,
  largestComponent,
  randomStream,
  type Shape,
  shapeOf,
} from "./shape.ts"
import { cachedWorldOf, runTrial } from "./trial.ts"
import { makePlan } from "./variant.ts"
import { DOWN, makeWorld, UNSEEN, visibilityOf } from "./world.ts"

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
const plan = makePlan(LADDER, variant, randomStream("test"))

test("variant: vantages are far apart, half the routers report, customers are at the edge", () => {
  assert.deepEqual(plan.vantages, ["B", "G"])
  assert.equal(plan.nodes.filter(({ monitored }) => monitored).length, 4)
  const customers = plan.nodes.filter(({ kind }) => kind === "customer")
  assert.equal(customers.length, 2 * ["A", "D", "E", "G", "H"].length)
  assert.equal(plan.links.length, LADDER.links.length + customers.length)
  assert.ok(
    customers.every(
      ({ id, monitored }) => !monitored && plan.links.filter(({ b }) => b === id).length === 1,
    ),
  )
})
test("variant: groups have two or more existing members", () => {
  const world = makeWorld(makePlan(LADDER, { ...variant, hasGroups: true }, randomStream("groups")))
  assert.ok(world.plan.groups.length > 1)
  for (const { members } of world.plan.groups) {
    assert.ok(members.length > 1 && new Set(members).size === members.length)
    assert.ok(members.every((id) => world.indexOf.has(id)))
  }
})
test("faults: the requested number, of the core, links three times as likely as routers", () => {
  const world = makeWorld(plan)
  const random = randomStream("faults")
  const drawn = Array.from({ length: 6_000 }, () =>
    drawFaults(world, { faults: 2, groupRatio: 0, uplinkRatio: 0 }, random),
  )
  assert.ok(drawn.every((set) => set.length === 2 && new Set(set).size === 2))
  const times = new Map<string, number>()
  for (const [first = ""] of drawn) times.set(first, (times.get(first) ?? 0) + 1)
  assert.deepEqual(
    [...times.keys()].toSorted(),
    [...LADDER.routers, ...LADDER.links.map(({ id }) => id)].toSorted(),
  )
  // 8 routers and 8 links: a router is drawn first in 1 of 32, a link in 3 of 32.
  for (const [id, count] of times) {
    const expected = (6_000 * (LADDER.routers.includes(id) ? 1 : 3)) / 32
    assert.ok(
      Math.abs(count - expected) < 5 * Math.sqrt(expected),
      `${id}: ${count}, expected about ${expected}`,
    )
  }
})
test("observations: noise drops and inverts as many as its ratios say", () => {
  const world = makeWorld(plan)
  const visibility = visibilityOf(world, ["B – C", "F – G"])
  const random = randomStream("looks")
  const count = { down: 0, downAsUp: 0, up: 0, upAsDown: 0, expected: 0 }
  for (let round = 0; round < 2_000; round += 1) {
    for (const { value, ...observable } of observeWithNoise(
      world,
      visibility,
      USUAL_NOISE,
      random,
    )) {
      const place = world.observables.findIndex(
        (one) =>
          one.entity === observable.entity &&
          one.signal === observable.signal &&
          one.from === observable.from &&
          one.end === observable.end,
      )
      const isDown = visibility[place] === DOWN
      count.down += Number(isDown)
      count.downAsUp += Number(isDown && value === "up")
      count.up += Number(!isDown)
      count.upAsDown += Number(!isDown && value === "down")
    }
    count.expected += visibility.filter((reading) => reading !== UNSEEN).length
  }
  const isClose = (ratio: number, expected: number): boolean =>
    Math.abs(ratio - expected) < expected / 4
  assert.ok(
    isClose(1 - (count.down + count.up) / count.expected, USUAL_NOISE.missingRatio),
    JSON.stringify(count),
  )
  assert.ok(isClose(count.downAsUp / count.down, USUAL_NOISE.downAsUpRatio), JSON.stringify(count))
  assert.ok(isClose(count.upAsDown / count.up, USUAL_NOISE.upAsDownRatio), JSON.stringify(count))
})
test("observations: re-checks give the requested number, and none of what is unseen", () => {
  const noNoise = { missingRatio: 0, downAsUpRatio: 0, upAsDownRatio: 0 }
  const world = makeWorld(
    makePlan(LADDER, { ...variant, instrumented: 1, vantages: 1 }, randomStream("all")),
  )
  const visibility = visibilityOf(world, ["B – H"])
  const requested = [
    { entity: "H", signal: "reachable", from: "B" },
    { entity: "B – H", signal: "adjacency", end: "B" },
    { entity: "B – H", signal: "port", end: "H" },
    { entity: "Z", signal: "reachable", from: "B" },
  ] as const
  const fresh = recheckWithNoise(world, visibility, requested, 2, noNoise, randomStream("again"))
  assert.deepEqual(fresh, [
    { ...requested[0], value: "down" },
    { ...requested[0], value: "down" },
    { ...requested[1], value: "down" },
    { ...requested[1], value: "down" },
  ])
})
test("shapes: generated ones are connected, have 8 to 120 routers, and follow the seed", () => {
  for (const kind of GENERATED_KINDS) {
    const shapes = generateShapes(kind, 12, 5)
    assert.deepEqual(shapes, generateShapes(kind, 12, 5))
    for (const shape of shapes) {
      assert.ok(shape.routers.length >= 8 && shape.routers.length <= 120, shape.name)
      assert.equal(new Set(shape.links.map(({ id }) => id)).size, shape.links.length)
      assert.deepEqual(largestComponent(shape), shape)
    }
  }
})
test("trial: the same seed gives the same case, and cell names are unique", () => {
  assert.equal(new Set(CELLS.map(({ name }) => name)).size, CELLS.length)
  const cell = CELLS.find(({ name }) => name === "quarter+customers/2")
  assert.ok(cell !== undefined)
  const once = () =>
    runTrial(
      cell,
      LADDER.name,
      cachedWorldOf(cell, LADDER, 3),
      { seed: 3, repeats: 1, isOptimalRequested: false, mayBeUnrouted: false, work: "none" },
      0,
    )
  const [one, other] = [once(), once()]
  assert.deepEqual(one.truth, other.truth)
  assert.deepEqual(one.first.document, other.first.document)
  assert.deepEqual(one.references, other.references)
  assert.equal(one.truth.length, 2)
  assert.ok(one.rechecked.document.observations.length >= one.first.document.observations.length)
})
