import assert from "node:assert/strict"
import { test } from "node:test"
import { generateShapes, randomStream } from "../shape.ts"
import { makePlan } from "../variant.ts"
import { DOWN, UNSEEN, UP, visibilityOf } from "../world.ts"
import { makeInventory, type NetworkInventory } from "./inventory.ts"
import { runOurs } from "./own-solver.ts"
import { MISSING, makeTimeline } from "./timeline.ts"
import { timingFor } from "./timing.ts"

const NO_NOISE = { missingRatio: 0, downAsUpRatio: 0, upAsDownRatio: 0 }
const timing = timingFor(4)
const inventories = generateShapes("isp", 4, 5).map((shape, i): NetworkInventory => {
  const variant = {
    customers: i % 2 === 0 ? 0 : 3,
    instrumented: 1,
    vantages: 1,
    hasGroups: false,
  } as const
  return makeInventory(`n${i}`, makePlan(shape, variant, randomStream("play test", i)))
})

test("timeline: without noise all symptoms appear in time, and everything recovers", () => {
  for (const [i, { world }] of inventories.entries()) {
    const { truth, shown, probeRounds } = makeTimeline(
      world,
      1 + (i % 3),
      timing,
      `silent ${i}`,
      NO_NOISE,
    )
    assert.deepEqual(shown, visibilityOf(world, truth))
    assert.deepEqual(probeRounds[timing.spread + timing.delay], shown)
    assert.deepEqual(probeRounds[timing.faultRounds - 1], shown)
    assert.ok(probeRounds.at(-1)?.every((reading) => reading === UP))
  }
})

test("timeline: only the first observations after a change are noisy", () => {
  const noisy = { missingRatio: 0.2, downAsUpRatio: 0.2, upAsDownRatio: 0.2 }
  for (const [i, { world }] of inventories.entries()) {
    const { shown, probeRounds } = makeTimeline(world, 2, timing, `noisy ${i}`, noisy)
    const isSteady = (time: number) =>
      time >= timing.spread + timing.delay + timing.attempts && time < timing.faultRounds
    for (const [time, readings] of probeRounds.entries())
      if (isSteady(time)) assert.deepEqual(readings, shown)
    assert.ok(probeRounds.some((readings) => readings.includes(MISSING)))
  }
})

test("timeline: a vantage never fails, and ports of unreachable routers are unseen", () => {
  for (const [i, { world }] of inventories.entries())
    for (let seed = 0; seed < 5; seed += 1) {
      const { truth, shown } = makeTimeline(world, 3, timing, `${i} ${seed}`)
      assert.ok(!truth.some((id) => world.plan.vantages.includes(id)))
      for (const [place, observable] of world.observables.entries())
        if (observable.end !== undefined && shown[world.indexOf.get(observable.end) ?? -1] === DOWN)
          assert.equal(shown[place], UNSEEN)
    }
})

test("timeline: the same seed gives the same case", () => {
  const [inventory] = inventories
  assert.ok(inventory !== undefined)
  assert.deepEqual(
    makeTimeline(inventory.world, 3, timing, "x"),
    makeTimeline(inventory.world, 3, timing, "x"),
  )
  assert.notDeepEqual(
    makeTimeline(inventory.world, 3, timing, "x").probeRounds,
    makeTimeline(inventory.world, 3, timing, "y").probeRounds,
  )
})

test("own solver: pages a cause once, and its recovery", () => {
  for (const [i, { world }] of inventories.entries()) {
    const timeline = makeTimeline(world, 1, timing, `ours ${i}`, NO_NOISE)
    const pages = runOurs(world, timeline, timing, () => undefined)
    assert.equal(pages.length, 1, `${timeline.truth} gave ${JSON.stringify(pages)}`)
    assert.ok(pages.every(({ recovered }) => recovered))
  }
})

test("own solver: sends no page while nothing has failed", () => {
  for (const { world } of inventories) {
    const probeRounds = Array.from({ length: 20 }, () => visibilityOf(world, []))
    assert.deepEqual(
      runOurs(
        world,
        { truth: [], shown: visibilityOf(world, []), probeRounds },
        timing,
        () => undefined,
      ),
      [],
    )
  }
})
