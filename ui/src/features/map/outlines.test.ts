import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { test } from "node:test"
import { type Pen, projectX, projectY, readOutlines, type Shape, trace } from "./outlines.ts"

const square = (points: number[]): Shape => ({
  points: Float64Array.from(points),
  west: 0,
  north: 0,
  east: 256,
  south: 256,
})
const drawn = (
  shape: Shape,
  tile = { x: 0, y: 0, width: 100, height: 100, scale: 1 },
): string[] => {
  const lines: string[] = []
  const pen: Pen = {
    moveTo: (x, y) => lines.push(`M${x},${y}`),
    lineTo: (x, y) => lines.push(`L${x},${y}`),
  }
  trace(shape, tile, pen)
  return lines
}

test("outlines: null island is the middle of the plane", () => {
  assert.equal(projectX(0), 128)
  assert.equal(Math.round(projectY(0)), 128)
  assert.ok(projectY(90) >= 0, "the pole is held at the plane's edge")
})
test("outlines: what is in the tile is drawn point by point", () => {
  assert.deepEqual(drawn(square([10, 10, 50, 10, 50, 50, 10, 10])), [
    "M10,10",
    "L50,10",
    "L50,50",
    "L10,10",
  ])
})
test("outlines: a run beyond one edge keeps only its ends", () => {
  assert.deepEqual(drawn(square([50, 50, 150, 50, 170, 60, 190, 90, 150, 95, 50, 95])), [
    "M50,50",
    "L150,50",
    "L150,95",
    "L50,95",
  ])
})
test("outlines: a run that turns a corner outside keeps the corner", () => {
  assert.deepEqual(drawn(square([50, 50, 150, 50, 150, 150, 50, 150, 50, 95])), [
    "M50,50",
    "L150,50",
    "L150,150",
    "L50,150",
    "L50,95",
  ])
})
test("outlines: points closer than can be seen are left out, the last is not", () => {
  assert.deepEqual(drawn(square([10, 10, 10.1, 10, 10.2, 10])), ["M10,10", "L10.2,10"])
})
test("outlines: a shape that does not reach the tile costs nothing", () => {
  assert.deepEqual(
    drawn(
      { ...square([0, 0, 10, 10]), east: 10, south: 10 },
      { x: 100, y: 100, width: 50, height: 50, scale: 1 },
    ),
    [],
  )
})
test("outlines: the bundled file holds the world, its borders and its names", () => {
  const file = createRequire(import.meta.url).resolve("world-atlas/countries-50m.json")
  const { land, borders, countries } = readOutlines(JSON.parse(readFileSync(file, "utf8")))
  assert.ok(land.length > 1_000 && borders.length > 150)
  assert.equal(
    Math.round(countries.find((country) => country.name === "Russia")?.longitude ?? 0),
    100,
  )
  const turkey = countries.find((country) => country.name === "Turkey")
  assert.deepEqual(
    [turkey?.latitude, turkey?.longitude].map((degree) => Math.round(degree ?? 0)),
    [39, 35],
  )
})
