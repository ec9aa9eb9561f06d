/** A line is dead while its ports stay up, and routing still uses it: one incident that names it. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { textOf } from "../../../messages/text.ts"
import { World } from "./world.ts"

/** C, E and F are reached over B; over D and G it is one link more. */
const LINKS = ["A-B", "B-C", "A-D", "D-G", "G-C", "C-E", "C-F", "B-H"]

test("a dead line whose ports stay up is one incident of the line, until routing has moved", () => {
  const world = new World({ links: LINKS, at: "A" }).run(12_000)
  world.silent.add("B-C")
  world.run(25_000)
  const open = world.open()
  assert.deepEqual(
    open.map(({ causes }) => causes[0]?.name),
    ["B–C"],
    world.titles().join("; "),
  )
  assert.equal(open[0]?.symptoms.size, 3)
  const because = (open[0]?.because ?? []).map((one) => textOf(one))
  assert.ok(
    because.some((one) => one.includes("although another path is left")),
    because.join("\n"),
  )
  world.silent.delete("B-C")
  world.run(20_000)
  assert.deepEqual(world.titles(), [])
  assert.equal(world.linesOf("opened").length, 1, "no other incident was opened on the way")
})

test("a dead router is not taken for a dead line: its neighbours' ports are down", () => {
  const world = new World({ links: LINKS, at: "A" }).run(12_000)
  world.kill("C")
  world.run(20_000)
  assert.deepEqual(
    world.open().map(({ causes }) => causes[0]?.name),
    ["C"],
  )
})

/** C is reached over B or D, over as many links; routing takes B. */
const SQUARE = ["A-B", "B-C", "A-D", "D-C", "C-E", "C-F"]
test("of two paths that are as long, costs tell which line packets take", () => {
  const found = (costOf: (link: string) => number | null) => {
    const world = new World({ links: SQUARE, at: "A" })
    const linkCosts = new Map<string, number>()
    for (const { name, a, b } of world.topology.links.values())
      for (const { port } of [a, b]) {
        const cost = costOf(name)
        if (port !== null && cost !== null) linkCosts.set(port, cost)
      }
    world.topology = { ...world.topology, linkCosts }
    world.run(12_000)
    world.silent.add("B-C")
    world.run(25_000)
    const [incident, ...more] = world.open()
    assert.deepEqual(more, [])
    assert.equal(incident?.causes[0]?.name, "B–C", world.titles().join("; "))
    return incident
  }
  const without = found(() => null)
  const known = found((link) => (link === "D–C" ? 500 : 10))
  assert.deepEqual(known?.alternatives, [])
  assert.ok(
    (known?.confidence ?? 0) > (without?.confidence ?? 1),
    `${known?.confidence} ${without?.confidence}`,
  )
})
