import assert from "node:assert/strict"
import { test } from "node:test"
import type { Hypothesis, Observation } from "@ispvm/rca"
import { buildNetwork } from "../engine/observe.ts"
import { World } from "../test/world.ts"
import { createDiagnoser, inOrder } from "./diagnosis.ts"

const world = new World({
  links: ["A-B", "B-C", "C-D", "D-A"],
  at: "A",
  sites: { Hill: ["B", "C"], Dale: ["D"] },
})
const { topology } = world
const hypothesis = (name: string, probability: number, equivalents: string[] = []): Hypothesis => ({
  components: [name],
  probability,
  classes: [equivalents],
  explained: [],
  contradicted: [],
})
const cases: [string, Hypothesis[], string[], string[]][] = [
  [
    "the best is said where nothing was said before",
    [hypothesis("a", 0.5), hypothesis("b", 0.45)],
    [],
    ["a", "b"],
  ],
  [
    "what was said stays said while nothing is clearly better",
    [hypothesis("a", 0.5), hypothesis("c", 0.46), hypothesis("b", 0.41)],
    ["b"],
    ["b", "a", "c"],
  ],
  [
    "also where it is now an equivalent",
    [hypothesis("a", 0.5), hypothesis("c", 0.45, ["b"])],
    ["b"],
    ["c", "a"],
  ],
  [
    "and is given up for what is clearly better",
    [hypothesis("a", 0.6), hypothesis("b", 0.4)],
    ["b"],
    ["a", "b"],
  ],
]
for (const [name, hypotheses, openCauses, expected] of cases) {
  test(`diagnosis: ${name}`, () => {
    const ordered = inOrder(topology, hypotheses, new Set(openCauses))
    assert.deepEqual(
      ordered.map((one) => one.components[0]),
      expected,
    )
  })
}

test("the graph has a site's power where a site has two devices, and what was not observed is no evidence", () => {
  const { groups, vantages, isPartial } = buildNetwork(topology)
  assert.deepEqual(
    groups.map(({ members }) => members),
    [[world.device("B"), world.device("C")]],
  )
  assert.deepEqual([vantages, isPartial], [[world.device("A")], true])
})

test("observations that came and went leave the diagnosis as if they had never been", () => {
  const link = [...topology.links.values()].find(({ name }) => name === "B–C")
  assert.ok(link !== undefined)
  const up = world.names.map(
    (name): Observation => ({
      entity: world.device(name),
      signal: "reachable",
      value: "up",
      from: world.device("A"),
    }),
  )
  const portDown: Observation = {
    entity: link.id,
    signal: "port",
    value: "down",
    end: world.device("B"),
  }
  const diagnose = createDiagnoser()
  const healthy = diagnose(topology, up, new Set()).hypotheses
  const cut = diagnose(topology, [...up, portDown], new Set())
  assert.deepEqual(cut.hypotheses[0]?.components, [link.id])
  assert.equal(
    diagnose(topology, [...up, portDown], new Set()),
    cut,
    "nothing new, nothing thought again",
  )
  assert.deepEqual(diagnose(topology, up, new Set()).hypotheses, healthy)
})
