import assert from "node:assert/strict"
import { test } from "node:test"
import { shareInView } from "./motion.ts"

const box = (x1: number, y1: number, x2: number, y2: number) => ({ x1, y1, x2, y2 })
const cases: [string, ReturnType<typeof box>, number][] = [
  ["all of it", box(-5, -5, 200, 200), 1],
  ["half of it", box(0, 0, 50, 100), 0.5],
  ["a quarter of it", box(50, 50, 200, 200), 0.25],
  ["none of it", box(200, 0, 300, 100), 0],
]
for (const [name, view, share] of cases)
  test(`graph: ${name} is in view`, () =>
    assert.equal(shareInView(box(0, 0, 100, 100), view), share))
test("graph: a graph without extent is in view", () =>
  assert.equal(shareInView(box(3, 3, 3, 3), box(0, 0, 1, 1)), 1))
