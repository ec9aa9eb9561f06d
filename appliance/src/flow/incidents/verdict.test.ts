import assert from "node:assert/strict"
import { test } from "node:test"
import type { Hypothesis, Observation } from "./cause/cause.ts"
import { draw } from "./observe.ts"
import { World } from "./test/world.ts"
import { createJudge, inOrder } from "./verdict.ts"

const world = new World({ links: ["A-B", "B-C", "C-D", "D-A"], at: "A", sites: { Hill: ["B", "C"], Dale: ["D"] } })
const { watched } = world
const say = (name: string, probability: number, standIns: string[] = []): Hypothesis => ({
  components: [name],
  probability,
  classes: [standIns],
  explained: [],
  contradicted: [],
})
const cases: [string, Hypothesis[], string[], string[]][] = [
  ["the best is said where nothing was said before", [say("a", 0.5), say("b", 0.45)], [], ["a", "b"]],
  [
    "what was said stays said while nothing is clearly better",
    [say("a", 0.5), say("c", 0.46), say("b", 0.41)],
    ["b"],
    ["b", "a", "c"],
  ],
  ["also where it is a stand-in by now", [say("a", 0.5), say("c", 0.45, ["b"])], ["b"], ["c", "a"]],
  ["and is given up for what is clearly better", [say("a", 0.6), say("b", 0.4)], ["b"], ["a", "b"]],
]
for (const [name, hypotheses, said, wanted] of cases) {
  test(`verdict: ${name}`, () => {
    const ordered = inOrder(watched, hypotheses, new Set(said))
    assert.deepEqual(
      ordered.map((one) => one.components[0]),
      wanted,
    )
  })
}

test("the drawing has a site's power where a site has two devices, and what was not looked at says nothing", () => {
  const { groups, vantages, isPartial } = draw(watched)
  assert.deepEqual(
    groups.map(({ members }) => members),
    [[world.device("B"), world.device("C")]],
  )
  assert.deepEqual([vantages, isPartial], [[world.device("A")], true])
})

test("looks that came and went leave the verdict as if they had never been", () => {
  const link = [...watched.links.values()].find(({ name }) => name === "B–C")
  assert.ok(link !== undefined)
  const up = world.names.map(
    (name): Observation => ({ entity: world.device(name), signal: "reachable", value: "up", from: world.device("A") }),
  )
  const dark: Observation = { entity: link.id, signal: "port", value: "down", end: world.device("B") }
  const judge = createJudge()
  const well = judge(watched, up, new Set()).hypotheses
  const cut = judge(watched, [...up, dark], new Set())
  assert.deepEqual(cut.hypotheses[0]?.components, [link.id])
  assert.equal(judge(watched, [...up, dark], new Set()), cut, "nothing new, nothing thought again")
  assert.deepEqual(judge(watched, up, new Set()).hypotheses, well)
})
