import assert from "node:assert/strict"
import { test } from "node:test"
import { overlap, placeLabels, shifted } from "./geometry.ts"

test("geometry: a line moved to its left keeps its length and direction", () => {
  const { a, middle, b } = shifted({ x: 0, y: 0 }, { x: 10, y: 0 }, 4)
  assert.deepEqual([a.x, a.y, b.x, b.y].map(Math.round), [0, -4, 10, -4])
  assert.deepEqual([middle.x, middle.y], [5, -4])
})
test("geometry: a line without length stays where it is", () => {
  assert.deepEqual(shifted({ x: 3, y: 3 }, { x: 3, y: 3 }, 0).middle, { x: 3, y: 3 })
})
const box = (x: number, width = 10) => ({ x, y: 0, width, height: 10 })
test("geometry: boxes that only touch do not overlap", () => {
  assert.equal(overlap(box(0), box(10)), false)
  assert.equal(overlap(box(0), box(9)), true)
})
test("labels: the first takes the place, what is taken is left free", () => {
  const labels = [
    { name: "a", box: box(0) },
    { name: "b", box: box(5) },
    { name: "c", box: box(20) },
    { name: "d", box: box(40) },
  ]
  assert.deepEqual(
    placeLabels(labels, [box(42)]).map((each) => each.name),
    ["a", "c"],
  )
})
