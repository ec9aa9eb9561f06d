import assert from "node:assert/strict"
import { test } from "node:test"
import { madeShapes, stream } from "../shape.ts"
import { makePlan } from "../variant.ts"
import { DOWN, sightOf, UNSEEN, UP } from "../world.ts"
import { playOurs } from "./ours.ts"
import { paceOf } from "./pace.ts"
import { MISSING, makePlay } from "./play.ts"
import { makeScene, type Scene } from "./scene.ts"

const SILENT = { missingRatio: 0, downAsUpRatio: 0, upAsDownRatio: 0 }
const pace = paceOf(4)
const scenes = madeShapes("isp", 4, 5).map((shape, i): Scene => {
  const variant = { customers: i % 2 === 0 ? 0 : 3, instrumented: 1, vantages: 1, hasGroups: false } as const
  return makeScene(`n${i}`, makePlan(shape, variant, stream("play test", i)))
})

test("without noise each reading turns once each way, within the time a symptom may take, and all is well at the end", () => {
  for (const [i, { world }] of scenes.entries()) {
    const { truth, shown, looks } = makePlay(world, 1 + (i % 3), pace, `silent ${i}`, SILENT)
    assert.deepEqual(shown, sightOf(world, truth))
    assert.deepEqual(looks[pace.spread + pace.delay], shown)
    assert.deepEqual(looks[pace.lifetime - 1], shown)
    assert.ok(looks.at(-1)?.every((reading) => reading === UP))
  }
})

test("noise lies on the first looks after a change alone", () => {
  const noisy = { missingRatio: 0.2, downAsUpRatio: 0.2, upAsDownRatio: 0.2 }
  for (const [i, { world }] of scenes.entries()) {
    const { shown, looks } = makePlay(world, 2, pace, `noisy ${i}`, noisy)
    const isSteady = (time: number) => time >= pace.spread + pace.delay + pace.attempts && time < pace.lifetime
    for (const [time, readings] of looks.entries()) if (isSteady(time)) assert.deepEqual(readings, shown)
    assert.ok(looks.some((readings) => readings.includes(MISSING)))
  }
})

test("a vantage never fails, and a port whose teller is cut off is not seen", () => {
  for (const [i, { world }] of scenes.entries())
    for (let seed = 0; seed < 5; seed += 1) {
      const { truth, shown } = makePlay(world, 3, pace, `${i} ${seed}`)
      assert.ok(!truth.some((id) => world.plan.vantages.includes(id)))
      for (const [place, thing] of world.things.entries())
        if (thing.end !== undefined && shown[world.indexOf.get(thing.end) ?? -1] === DOWN) assert.equal(shown[place], UNSEEN)
    }
})

test("the same seed plays the same case", () => {
  const [scene] = scenes
  assert.ok(scene !== undefined)
  assert.deepEqual(makePlay(scene.world, 3, pace, "x"), makePlay(scene.world, 3, pace, "x"))
  assert.notDeepEqual(makePlay(scene.world, 3, pace, "x").looks, makePlay(scene.world, 3, pace, "y").looks)
})

test("ours pages a cause once and tells when it is over", () => {
  for (const [i, { world }] of scenes.entries()) {
    const play = makePlay(world, 1, pace, `ours ${i}`, SILENT)
    const pages = playOurs(world, play, pace, () => undefined)
    assert.equal(pages.length, 1, `${play.truth} gave ${JSON.stringify(pages)}`)
    assert.ok(pages.every(({ recovered }) => recovered))
  }
})

test("ours says nothing while nothing has failed", () => {
  for (const { world } of scenes) {
    const looks = Array.from({ length: 20 }, () => sightOf(world, []))
    assert.deepEqual(
      playOurs(world, { truth: [], shown: sightOf(world, []), looks }, pace, () => undefined),
      [],
    )
  }
})
