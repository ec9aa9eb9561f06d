import assert from "node:assert/strict"
import { test } from "node:test"
import { underWork, workShare } from "./graph/priors.ts"
import type { Network, Work } from "./model.ts"
import { seeded } from "./random.ts"
import { solve } from "./rca.ts"
import { firstOf } from "./test/answers.ts"
import { observeAll, planOf, SHAPES } from "./test/large-networks.ts"
import { anyNetwork, pick } from "./test/random-network.ts"

const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1)

test("planned work: without any, answers are the same, and work on nothing known changes none", () => {
  for (const seed of SEEDS) {
    const network = anyNetwork(seeded(seed))
    const expected = solve(network)
    for (const works of [[], [{ id: "w", members: [] }], [{ id: "w", members: ["nowhere"] }]])
      assert.deepEqual(solve({ ...network, works }), expected, `seed ${seed}`)
    assert.ok(expected.hypotheses.every((one) => one.works === undefined))
  }
})

test("planned work: it is an explanation of a component that it is done on, and of no other", () => {
  let named = 0
  for (const seed of SEEDS) {
    const random = seeded(seed)
    const network = anyNetwork(random)
    const node = pick(random, network.nodes).id
    const links = network.links.filter(({ a, b }) => a === node || b === node)
    const work: Work = { id: "w", members: [node, ...links.map(({ id }) => id)] }
    for (const { components, classes, works } of solve({ ...network, works: [work] }).hypotheses) {
      assert.ok(works === undefined || works.length === components.length)
      for (const [at, component] of components.entries()) {
        const members = [component, ...(classes[at] ?? [])]
        const isUnderWork = members.some((id) => work.members.includes(id))
        const shares = works?.[at] ?? []
        assert.equal(shares.length === 1, isUnderWork, `seed ${seed}: ${members.join()}`)
        for (const { probability } of shares)
          assert.ok(probability > 0 && probability < workShare(1) + 1e-9)
        named += shares.length
      }
    }
  }
  assert.ok(named > 30, `${named} explanations in all`)
})

/** One fault each, with noise, in trees and webs of 40 routers. */
const faultOf = (seed: number) => {
  const random = seeded(seed)
  const shape = SHAPES[seed % 2 === 0 ? "tree" : "sparse web"]
  assert.ok(shape !== undefined)
  const plan = { ...planOf(shape(40, random), 40, random), groups: [], vantages: ["n0"] }
  const network: Network = observeAll(plan, 1, random)
  const others = plan.nodes.slice(1).map(({ id }) => id)
  return { network, expected: firstOf(solve(network)), place: pick(random, others) }
}

test("planned work: a fault elsewhere keeps its cause, and is not blamed on the work", () => {
  let [changed, blamed] = [0, 0]
  for (const seed of SEEDS) {
    const { network, expected, place } = faultOf(seed)
    const links = network.links.filter(({ a, b }) => a === place || b === place)
    const members = [place, ...links.map(({ id }) => id)]
    const named = [...expected.components, ...expected.classes.flat()]
    if (named.some((id) => members.includes(id))) continue
    const found = firstOf(solve({ ...network, works: [{ id: "w", members }] }))
    if (found.components.join() !== expected.components.join()) changed += 1
    if (found.works !== undefined) blamed += 1
  }
  assert.ok(changed <= 2 && blamed <= 2, `${changed} other causes, ${blamed} blamed`)
})

test("planned work: odds grow with each work, and never reach certainty", () => {
  for (const share of [1e-9, 0.01, 0.4, 0.99]) {
    const odds = [0, 1, 2, 100].map((works) => underWork(share, works))
    assert.ok(Math.abs((odds[0] ?? 0) - share) < 1e-12)
    assert.ok(odds.every((one, at) => at === 0 || one > (odds[at - 1] ?? 1)))
    assert.ok(odds.every((one) => one < 1))
  }
})
