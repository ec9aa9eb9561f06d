import assert from "node:assert/strict"
import { test } from "node:test"
import { buildGraph, countPrior } from "./graph.ts"
import { count, createSlots, noLooks } from "./looks.ts"
import { seeded } from "./numbers.ts"
import { FIRST_RATES } from "./rates.ts"
import { createMarks, createSight } from "./sight.ts"
import { anyNetwork, pick } from "./test/any.ts"
import { readFacts, weigh } from "./weigh.ts"

test("sight: what one walk says of every further fault is what a walk with that fault finds", () => {
  const random = seeded(3)
  let compared = 0
  for (let round = 0; round < 400; round += 1) {
    const network = anyNetwork(random)
    const graph = buildGraph(network)
    const looks = noLooks(graph)
    const slotOf = createSlots(graph)
    for (const look of network.observations) {
      const slot = slotOf(look)
      if (slot !== null) count(looks, slot, look.value === "up", 1)
    }
    const sight = createSight(
      graph,
      weigh(graph, looks, readFacts(graph, looks), FIRST_RATES),
      createMarks(graph, () => true),
    )
    const all = graph.ids.map((_, at) => at)
    const faults = [...new Set(Array.from({ length: Math.floor(random() * 4) }, () => pick(random, all)))].sort((a, b) => a - b)
    sight.take(faults)
    const [score, sign, gain, turn] = [sight.score(), sight.sign(), sight.gain.slice(), sight.turn.slice()]
    const isFailed = sight.failed.slice()
    for (const fault of all) {
      if (isFailed[fault] === 1 || (fault >= graph.groupsFrom && fault < graph.uplinksFrom)) continue
      sight.take([...faults, fault].sort((a, b) => a - b))
      const step = countPrior(faults.length + 1) - countPrior(faults.length)
      const told = score + (gain[fault] ?? 0) + (graph.prior[fault] ?? 0) + step
      const where = `round ${round}: ${faults.map((one) => graph.ids[one])} and ${graph.ids[fault]}`
      assert.ok(Math.abs(told - sight.score()) < 1e-6, `${where}: ${told} told, ${sight.score()} found`)
      assert.equal(sign + (turn[fault] ?? 0), sight.sign(), where)
      compared += 1
    }
  }
  assert.ok(compared > 5_000, `${compared} compared`)
})
