import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { type DeviceInput, discover } from "@ispvm/discovery"
import { makeWorld, type Random, randomOf, USUAL_HABITS } from "./network.ts"
import { scoreOf } from "./score.ts"
import { HARSH, reportsOf, USUAL } from "./tables.ts"

const NOW_MS = 1_800_000_000_000

const shuffled = <T>(list: readonly T[], random: Random): T[] =>
  list
    .map((item) => ({ item, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
const shuffledInput = (input: DeviceInput, random: Random): DeviceInput => ({
  ...input,
  interfaces: shuffled(input.interfaces, random),
  tables: Object.fromEntries(
    Object.entries(input.tables).map(([name, rows]) => [name, shuffled(rows, random)]),
  ),
})

describe("discovery of a known network", () => {
  for (const seed of [1, 2, 3])
    it(`finds links and boxes as they are, seed ${seed}`, () => {
      const random = randomOf(seed)
      const world = makeWorld(150, random)
      const score = scoreOf(world, discover(reportsOf(world, USUAL, random), NOW_MS))
      assert.ok(score.true > 150)
      assert.ok(score.right / score.found >= 0.99, score.wrong.join("\n"))
      assert.ok(score.recalled / score.true >= 0.97, score.missing.join("\n"))
      assert.deepEqual([score.duplicates, score.wrongMerges], [0, 0])
    })

  it("does not depend on the order of devices and rows", () => {
    for (const seed of [4, 5, 6, 7]) {
      const random = randomOf(seed)
      const world = makeWorld(60, random, { ...USUAL_HABITS, monitored: 0.7 })
      const inputs = reportsOf(world, HARSH, random)
      const mixed = shuffled(inputs, random).map((input) => shuffledInput(input, random))
      assert.deepEqual(discover(mixed, NOW_MS), discover(inputs, NOW_MS))
    }
  })
})
