/** People merge and split incidents of rules, with each other and with those of the network. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { seeded } from "@ispvm/rca/random"
import { playHistories, seededHistories } from "../../../../test/histories.ts"
import { textOf } from "../../../messages/text.ts"
import { activeSymptoms } from "../engine/merge-split.ts"
import type { Incident } from "../model.ts"
import { type LossOf, LossWorld, type Name } from "./loss-world.ts"

const BEHIND: readonly Name[] = ["C", "D", "F"]
const behind =
  (ratio: number): LossOf =>
  (name) =>
    BEHIND.includes(name) ? ratio : 0
const fine: LossOf = () => 0
const titleOf = ({ state, title }: Incident): string => `${state} ${textOf(title)}`
const pair = (world: LossWorld): readonly [Incident, Incident] => {
  const [one, other] = world.open()
  assert.ok(one !== undefined && other !== undefined, world.all().join(" | "))
  return [one, other]
}
/** Opened once, closed once, and nothing after it. */
const checkLines = (world: LossWorld, where = ""): void => {
  for (const { id, number, mergedInto } of world.ordered()) {
    const codes = world.lines.flatMap((one) => (one.incidentId === id ? one.message.code : []))
    const count = (code: string): number => codes.filter((one) => one === code).length
    const begins = count("timeline.opened") + count("timeline.split-from")
    const ends = count("timeline.closed") + count("timeline.merged") + count("timeline.merged-by")
    assert.deepEqual([begins, ends], [1, 1], `${where} #${number}: ${codes.join()}`)
    assert.equal(mergedInto === null, count("timeline.closed") === 1, `${where} #${number}`)
  }
}
const checkHolders = (world: LossWorld, where = ""): void => {
  const held = world.ordered().flatMap((one) => {
    const active = activeSymptoms(one).map(({ alertId }) => alertId)
    if (one.state === "closed") assert.deepEqual(active, [], `${where}: closed with symptoms`)
    return active
  })
  assert.equal(new Set(held).size, held.length, `${where}: one symptom in two incidents`)
}
const MINUTE_MS = 60_000
/** Two routers without processor time: an incident each. */
const twoBusy = (): LossWorld => {
  const world = new LossWorld(1)
  world.busy = ["D", "E"]
  world.during(12 * MINUTE_MS, fine)
  assert.equal(world.open().length, 2, world.all().join(" | "))
  return world
}

test("two incidents of rules are merged: one goes on until both parts are over, the other ends", () => {
  const world = twoBusy()
  const [into, from] = pair(world)
  world.merge(from, into)
  world.during(MINUTE_MS, fine)
  assert.equal(world.open().length, 1)
  const [merged] = world.open()
  assert.match(titleOf(merged ?? into), /^open CPU load is high: router [DE], and 1 more/)
  assert.deepEqual(merged?.causes.map(({ name }) => name).sort(), ["D", "E"])
  world.busy = ["E"]
  world.during(20 * MINUTE_MS, fine)
  assert.equal(world.open().length, 1, "one part has recovered")
  assert.match(world.all()[into.number - 1] ?? "", /^open CPU load is high: router E$/)
  world.busy = []
  world.heal()
  assert.deepEqual(world.open(), [])
  assert.equal(world.incidents.size, 2)
  checkLines(world)
})

test("a merged incident is split again: each part ends with its own alert", () => {
  const world = twoBusy()
  const [into, from] = pair(world)
  world.merge(from, into)
  world.during(MINUTE_MS, fine)
  const [merged = into] = world.open()
  const moved = activeSymptoms(merged).find(({ deviceId }) => deviceId === world.device("E"))
  assert.ok(moved)
  world.split(merged, [moved.alertId])
  world.during(MINUTE_MS, fine)
  const [left, off] = pair(world)
  assert.match(titleOf(left), /router D$/)
  assert.match(titleOf(off), /router E$/)
  world.restart()
  world.busy = ["D"]
  world.during(20 * MINUTE_MS, fine)
  assert.deepEqual(
    world.open().map(({ number }) => number),
    [left.number],
  )
  world.busy = []
  world.heal()
  assert.equal(world.incidents.size, 3)
  checkLines(world)
})

for (const isInto of [true, false])
  test(`an outage is merged ${isInto ? "into" : "with"} an incident of a rule: it is one of the network, then one of the rule`, () => {
    const world = new LossWorld(2)
    world.busy = ["E"]
    world.during(12 * MINUTE_MS, fine).during(MINUTE_MS, behind(1), "B-C")
    const [rule, outage] = pair(world)
    world.merge(isInto ? outage : rule, isInto ? rule : outage)
    const number = (isInto ? rule : outage).number
    world.during(20_000, behind(1), "B-C")
    assert.equal(world.open().length, 1)
    assert.match(world.all()[number - 1] ?? "", /^open Link B–C is (possibly |probably )?cut/)
    world.during(MINUTE_MS, fine)
    assert.match(world.all()[number - 1] ?? "", /^open CPU load is high: router E/)
    world.busy = []
    world.heal()
    assert.deepEqual(world.open(), [])
    assert.equal(world.incidents.size, 2)
    checkLines(world)
  })

test("a degradation and a busy router are merged: the degradation is described until it is over", () => {
  const world = new LossWorld(3)
  world.busy = ["E"]
  world.during(12 * MINUTE_MS, fine).during(3 * MINUTE_MS, behind(0.3))
  const [rule, degradation] = pair(world)
  world.merge(rule, degradation)
  world.during(3 * MINUTE_MS, behind(0.3))
  assert.equal(world.open().length, 1, world.all().join(" | "))
  const merged = world.open()[0] ?? degradation
  assert.match(titleOf(merged), /^open Link B–C is (probably )?degraded/)
  world.during(15 * MINUTE_MS, fine)
  assert.match(world.open().map(titleOf).join(), /^open CPU load is high: router E/)
  world.busy = []
  world.heal()
  assert.deepEqual(world.open(), [])
  checkLines(world)
})

test("an alert of a rule that is split off an outage stays out of it", () => {
  const world = new LossWorld(4)
  world.busy = ["E"]
  world.during(12 * MINUTE_MS, fine).during(MINUTE_MS, behind(1), "B-C")
  const [rule, outage] = pair(world)
  world.merge(rule, outage)
  world.during(20_000, behind(1), "B-C")
  const [merged = outage] = world.open()
  const moved = activeSymptoms(merged).find(({ observes }) => observes === null)
  assert.ok(moved)
  world.split(merged, [moved.alertId])
  world.during(MINUTE_MS, behind(1), "B-C")
  const titles = world.open().map(titleOf)
  assert.equal(titles.length, 2, titles.join(" | "))
  assert.match(titles[0] ?? "", /^open Link B–C is (possibly |probably )?cut/)
  assert.match(titles[1] ?? "", /^open CPU load is high: router E/)
  world.busy = []
  world.heal()
  assert.deepEqual(world.open(), [])
  checkLines(world)
})

/** Minutes of a network with people each. */
const HISTORIES = seededHistories(4, 1 / 100)
test("in any history of merges and splits, no symptom is held twice or lost, and all incidents end", () => {
  let regrouped = 0
  playHistories(import.meta.url, HISTORIES, (seed) => {
    const random = seeded(seed)
    const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)]
    const world = new LossWorld(seed)
    world.busy = ["E", "D"]
    world.during(11 * MINUTE_MS, fine)
    for (let step = 0; step < 10; step += 1) {
      const from = pick(world.open())
      const into = pick(world.open().filter((one) => one !== from))
      if (random() < 0.5 && from !== undefined && into !== undefined) {
        world.merge(from, into)
        regrouped += 1
      } else if (from !== undefined && activeSymptoms(from).length > 1) {
        const moved = pick(activeSymptoms(from))
        if (moved !== undefined) world.split(from, [moved.alertId])
        regrouped += 1
      }
      checkHolders(world, `seed ${seed}, step ${step}`)
      if (random() < 0.15) world.restart()
      const ratio = pick([0, 0.3, 1]) ?? 0
      const cut = ratio === 1 ? "B-C" : null
      world.busy = random() < 0.2 ? ["E"] : ["E", "D"]
      world.during(10_000 + Math.floor(random() * 100) * 1_000, behind(ratio), cut)
      checkHolders(world, `seed ${seed}, step ${step}`)
    }
    world.busy = []
    world.heal(40)
    assert.deepEqual(world.open().map(titleOf), [], `seed ${seed}`)
    checkLines(world, `seed ${seed}`)
  })
  assert.ok(regrouped > 3 * HISTORIES, `only ${regrouped} merges and splits`)
})
