import assert from "node:assert/strict"
import { test } from "node:test"
import { allPlaces, rankAt } from "./places.ts"

test("places: every entry of the table is a name on this planet", () => {
  for (const { name, at, rank } of allPlaces()) {
    assert.ok(name.length > 1, `${name} at ${at}`)
    assert.ok(Math.abs(at[0]) < 80 && Math.abs(at[1]) <= 180, `${name} at ${at}`)
    assert.ok(rank >= 1 && rank <= 5, `${name} has rank ${rank}`)
  }
})
test("places: the weightiest come first, so that they take the room", () => {
  const ranks = allPlaces().map((place) => place.rank)
  assert.deepEqual(
    ranks,
    [...ranks].sort((a, b) => a - b),
  )
})
test("places: no two stand on the same spot", () => {
  const spots = allPlaces().map((place) => place.at.map((degree) => degree.toFixed(1)).join())
  assert.deepEqual(
    spots.filter((spot, index) => spots.indexOf(spot) !== index),
    [],
  )
})
test("places: nearer shows more", () => {
  assert.deepEqual([2, 4, 6, 8, 12].map(rankAt), [0, 1, 3, 5, 5])
})
