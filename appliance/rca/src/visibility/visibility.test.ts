import assert from "node:assert/strict"
import { test } from "node:test"
import { readFacts } from "../evidence/facts.ts"
import { ObservationLog } from "../evidence/observation-log.ts"
import { FIRST_RATES } from "../evidence/rates.ts"
import { weigh } from "../evidence/weights.ts"
import { buildGraph } from "../graph/graph.ts"
import { countPrior } from "../graph/priors.ts"
import { seeded } from "../random.ts"
import { anyNetwork, pick } from "../test/random-network.ts"
import { createMarks } from "./marks.ts"
import { Visibility } from "./visibility.ts"

test("visibility: one walk gives for every further fault what a walk with that fault gives", () => {
  const random = seeded(3)
  let compared = 0
  for (let round = 0; round < 400; round += 1) {
    const network = anyNetwork(random)
    const graph = buildGraph(network)
    const log = new ObservationLog(graph)
    for (const observation of network.observations) log.add(observation)
    const { counts } = log
    const facts = readFacts(graph, counts)
    const weights = weigh({ graph, counts, facts, rates: FIRST_RATES, isPartial: false })
    const visibility = new Visibility(
      graph,
      weights,
      createMarks(graph, () => true),
    )
    const all = graph.ids.map((_, at) => at)
    const faults = [
      ...new Set(Array.from({ length: Math.floor(random() * 4) }, () => pick(random, all))),
    ].sort((a, b) => a - b)
    visibility.assume(faults)
    const [score, signature, gain, delta] = [
      visibility.score(),
      visibility.signature(),
      visibility.gain.slice(),
      visibility.signatureDelta.slice(),
    ]
    const isFailed = visibility.failed.slice()
    for (const fault of all) {
      if (isFailed[fault] === 1 || (fault >= graph.groupsFrom && fault < graph.uplinksFrom))
        continue
      visibility.assume([...faults, fault].sort((a, b) => a - b))
      const step = countPrior(faults.length + 1) - countPrior(faults.length)
      const predicted = score + (gain[fault] ?? 0) + (graph.prior[fault] ?? 0) + step
      const where = `round ${round}: ${faults.map((one) => graph.ids[one])} and ${graph.ids[fault]}`
      assert.ok(
        Math.abs(predicted - visibility.score()) < 1e-6,
        `${where}: ${predicted} predicted, ${visibility.score()} found`,
      )
      assert.equal(signature + (delta[fault] ?? 0), visibility.signature(), where)
      compared += 1
    }
  }
  assert.ok(compared > 5_000, `${compared} compared`)
})
