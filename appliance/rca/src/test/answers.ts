/** Checks and comparisons of answers that several test files use. */
import assert from "node:assert/strict"
import type { Answer, Hypothesis, Network, Observation } from "../rca.ts"
import { uplinkOf } from "./reference-model.ts"

/** Options of fast-check: the same documents in every run. */
export const RUNS = { numRuns: 100, seed: 1 }
const CLOSE = 1e-6

export const firstOf = (answer: Answer): Hypothesis => {
  const [hypothesis] = answer.hypotheses
  assert.ok(hypothesis !== undefined, "no hypothesis at all")
  return hypothesis
}

/** Fails unless the answer has the documented form. */
export const hasForm = (document: Network, { hypotheses, recheck, suppressed }: Answer): void => {
  const components = new Set(
    [...document.nodes, ...document.links, ...document.groups].map((one) => one.id),
  )
  for (const vantage of document.vantages) components.add(uplinkOf(vantage))
  assert.ok(hypotheses.length >= 1 && hypotheses.length <= 10, `${hypotheses.length} hypotheses`)
  assert.ok(recheck.length <= 8, `${recheck.length} re-checks`)
  let [sum, last] = [0, 1]
  for (const one of hypotheses) {
    assert.ok(
      one.probability >= 0 && one.probability <= last + CLOSE,
      `${one.probability} after ${last}`,
    )
    sum += one.probability
    last = one.probability
    assert.equal(one.classes.length, one.components.length)
    assert.equal(new Set(one.components).size, one.components.length)
    for (const id of [...one.components, ...one.classes.flat()])
      assert.ok(components.has(id), `${id} is not in the document`)
    assert.equal(new Set(one.explained).intersection(new Set(one.contradicted)).size, 0)
  }
  assert.ok(sum <= 1 + CLOSE, `probabilities come to ${sum}`)
  const sets = hypotheses.map((one) => JSON.stringify([...one.components].sort()))
  assert.equal(new Set(sets).size, sets.length, "the same components twice")
  const links = new Map(document.links.map((link) => [link.id, link]))
  const nodes = new Set(document.nodes.map((node) => node.id))
  for (const observation of recheck) {
    const link = links.get(observation.entity)
    if (observation.signal === "reachable")
      assert.ok(nodes.has(observation.entity) && document.vantages.includes(observation.from ?? ""))
    else
      assert.ok(
        observation.end !== undefined &&
          (observation.end === link?.a || observation.end === link?.b),
        JSON.stringify(observation),
      )
  }
  assert.equal(
    new Set(recheck.map((observation) => JSON.stringify(observation))).size,
    recheck.length,
    "the same re-check twice",
  )
  assert.equal(
    new Set(suppressed.map((one) => one.entity)).size,
    suppressed.length,
    "suppressed twice",
  )
}

/** By content instead of index, to compare answers to differently ordered observations. */
export const byContent = (
  answer: Answer,
  observations: readonly Observation[],
  name = (id: string): string => id,
) => {
  const keyOf = (
    one: Pick<Observation, "entity" | "signal" | "from" | "end">,
    value = "",
  ): string =>
    JSON.stringify([name(one.entity), one.signal, name(one.from ?? ""), name(one.end ?? ""), value])
  const keysOf = (indexes: readonly number[]): string[] =>
    indexes
      .map((index) =>
        keyOf(observations[index] ?? { entity: "?", signal: "port" }, observations[index]?.value),
      )
      .sort()
  return {
    hypotheses: answer.hypotheses.map((one) => ({
      components: one.components.map(name),
      probability: one.probability.toFixed(7),
      classes: one.classes.map((ids) => ids.map(name)),
      explained: keysOf(one.explained),
      contradicted: keysOf(one.contradicted),
    })),
    recheck: answer.recheck.map((one) => keyOf(one)),
    suppressed: answer.suppressed
      .map((one) => `${name(one.entity)} because of ${name(one.because)}`)
      .sort(),
  }
}
