import assert from "node:assert/strict"
import { test } from "node:test"
import {
  around,
  bend,
  CELL,
  type Layout,
  type LayoutEdge,
  type LayoutNode,
  layoutOf,
  leaning,
  neighboursOf,
  rankOf,
  towards,
} from "./layout.ts"

const node = (id: string, rank: number, east = 0): LayoutNode => ({ id, rank, east, name: id })
const many = (count: number, rank: number): LayoutNode[] =>
  Array.from({ length: count }, (_, index) => node(`${rank}-${index}`, rank, index))
const spotsOf = (nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): Layout["spots"] => layoutOf(nodes, edges, 1.5).spots

test("layout: a device stands where its weightiest role does, without one among access", () => {
  assert.equal(rankOf(["access", "border"]), 1)
  assert.equal(rankOf([]), 4)
})
test("layout: upstream above core above access", () => {
  const spots = spotsOf([node("acc", 4), node("core", 2), node("up", 0)], [{ from: "core", to: "acc" }])
  assert.ok((spots.get("up")?.y ?? 0) < (spots.get("core")?.y ?? 0))
  assert.ok((spots.get("core")?.y ?? 0) < (spots.get("acc")?.y ?? 0))
})
test("layout: the core goes from west to east, and what hangs on it follows", () => {
  const spots = spotsOf(
    [node("east", 2, 40), node("west", 2, 27), node("a", 4), node("b", 4)],
    [
      { from: "east", to: "a" },
      { from: "west", to: "b" },
    ],
  )
  assert.ok((spots.get("west")?.x ?? 0) < (spots.get("east")?.x ?? 0))
  assert.ok((spots.get("b")?.x ?? 0) < (spots.get("a")?.x ?? 0))
})
test("layout: no two stand on the same spot, and a crowd keeps the shape of a screen", () => {
  const nodes = [...many(4, 0), ...many(40, 2), ...many(200, 3), ...many(1_756, 4)]
  const edges = nodes.slice(4).map((each, index) => ({ from: nodes[Math.floor(index / 4)]?.id ?? "", to: each.id }))
  const startedMs = performance.now()
  const spots = [...spotsOf(nodes, edges).values()]
  assert.ok(performance.now() - startedMs < 500, "two thousand are laid out in half a second")
  assert.equal(new Set(spots.map((spot) => `${spot.x.toFixed(1)} ${spot.y}`)).size, nodes.length)
  const width = Math.max(...spots.map((spot) => spot.x)) - Math.min(...spots.map((spot) => spot.x))
  const height = Math.max(...spots.map((spot) => spot.y))
  assert.ok(width / height > 1 && width / height < 3, `${width} × ${height}`)
})
test("layout: the same network is drawn the same", () => {
  const nodes = [...many(6, 2), ...many(12, 4)]
  const edges = many(12, 4).map((each, index) => ({ from: `2-${index % 6}`, to: each.id }))
  assert.deepEqual([...spotsOf(nodes, edges)].sort(), [...spotsOf([...nodes].reverse(), edges)].sort())
})
test("leaning: what wants the same place stands side by side around it", () => {
  assert.deepEqual(leaning([100, 100], 400), [100 - CELL.width / 2, 100 + CELL.width / 2])
  assert.deepEqual(leaning([0, 300], 400), [0, 300])
})
test("bend: only lines along a row that pass somebody", () => {
  assert.equal(bend({ x: 0, y: 0 }, { x: 500, y: 90 }), 0)
  assert.equal(bend({ x: 0, y: 0 }, { x: CELL.width, y: 0 }), 0)
  assert.ok(bend({ x: 0, y: 0 }, { x: 500, y: 0 }) > 20)
})
test("towards: the neighbour that lies most that way, or none", () => {
  const near = new Map([
    ["up", { x: 10, y: -50 }],
    ["far up", { x: 0, y: -400 }],
    ["left", { x: -80, y: 5 }],
  ])
  assert.equal(towards({ x: 0, y: 0 }, near, "up"), "up")
  assert.equal(towards({ x: 0, y: 0 }, near, "left"), "left")
  assert.equal(towards({ x: 0, y: 0 }, near, "right"), null)
})
test("around: as many steps as asked for", () => {
  const chain = neighboursOf([
    { from: "a", to: "b" },
    { from: "b", to: "c" },
    { from: "c", to: "d" },
  ])
  assert.deepEqual([...around("a", chain, 2)], ["a", "b", "c"])
})
