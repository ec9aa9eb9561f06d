/** A thin version of the degraded cells: named links, order of observations, and what outages hide. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { solveDegradations } from "@ispvm/rca"
import { caseOf, DEGRADED_CELLS, inputOf, runDegraded } from "./degraded-trial.ts"
import { observeDegraded } from "./degraded-world.ts"
import { generateShapes, randomStream, shuffled } from "./shape.ts"

const SHAPES = generateShapes("isp", 12, 5).filter(({ routers }) => routers.length <= 40)
const cellOf = (name: string) => {
  const cell = DEGRADED_CELLS.find((one) => one.name === name)
  assert.ok(cell)
  return cell
}

test("one to three links that lose packets are named, and none where none does", (t) => {
  for (const [name, least] of [
    ["loss/0", 0.9],
    ["loss/1", 0.8],
    ["loss/2", 0.7],
    ["congestion/1", 0.8],
  ] as const) {
    const outcomes = SHAPES.map((shape) => runDegraded(cellOf(name), shape, 3, 0))
    const right = outcomes.filter((one) => one.rechecked.isRight).length / outcomes.length
    t.diagnostic(`${name}: ${right.toFixed(2)} of ${outcomes.length}`)
    assert.ok(right >= least, `${name}: ${right} of ${outcomes.length} are right`)
  }
})

test("the order of observations does not matter", () => {
  for (const [index, shape] of SHAPES.slice(0, 4).entries()) {
    const one = caseOf(cellOf("loss/2"), shape, 3, index)
    const seen = observeDegraded(one, randomStream("looks", index))
    const random = randomStream("order", index)
    const other = {
      paths: shuffled(seen.paths, random),
      interfaces: shuffled(seen.interfaces, random),
    }
    assert.deepEqual(solveDegradations(inputOf(one, other)), solveDegradations(inputOf(one, seen)))
  }
})

test("what an outage takes out of the paths is not stated as degraded, too", () => {
  let cases = 0
  for (const [index, shape] of SHAPES.entries()) {
    const one = caseOf(cellOf("loss/1"), shape, 3, index)
    const link = one.world.plan.links[one.truth[0]?.link ?? -1]
    if (link === undefined) continue
    cases += 1
    const input = inputOf(one, observeDegraded(one, randomStream("looks", index)))
    const { hypotheses } = solveDegradations({ ...input, failed: [link.id] })
    for (const { faults } of hypotheses)
      assert.ok(!faults.some(({ id, equivalents }) => [id, ...equivalents].includes(link.id)))
  }
  assert.ok(cases > 3)
})
