import assert from "node:assert/strict"
import { test } from "node:test"
import {
  alignToTargets,
  around,
  bend,
  CELL,
  type Layout,
  layoutOf,
  neighboursOf,
  rankOf,
  towards,
} from "./layout.ts"
import type { LayoutEdge, LayoutNode } from "./model.ts"

const node = (id: string, rank: number, east = 0, north = 0): LayoutNode => ({
  id,
  rank,
  east,
  north,
  name: id,
})
const many = (count: number, rank: number): LayoutNode[] =>
  Array.from({ length: count }, (_, index) => node(`${rank}-${index}`, rank, index))
const spotsOf = (nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): Layout["spots"] =>
  layoutOf(nodes, edges, 1.5).spots

test("layout: a device stands where its weightiest role does, without one among access", () => {
  assert.equal(rankOf(["access", "border"]), 1)
  assert.equal(rankOf([]), 4)
})
test("layout: upstream above core above access", () => {
  const spots = spotsOf(
    [node("acc", 4), node("core", 2), node("up", 0)],
    [{ from: "core", to: "acc" }],
  )
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
  const edges = nodes
    .slice(4)
    .map((each, index) => ({ from: nodes[Math.floor(index / 4)]?.id ?? "", to: each.id }))
  const before = process.cpuUsage()
  const spots = [...spotsOf(nodes, edges).values()]
  const { user, system } = process.cpuUsage(before)
  assert.ok(user + system < 1_000_000, `two thousand took ${(user + system) / 1_000} ms of CPU`)
  assert.equal(new Set(spots.map((spot) => `${spot.x.toFixed(1)} ${spot.y}`)).size, nodes.length)
  const width = Math.max(...spots.map((spot) => spot.x)) - Math.min(...spots.map((spot) => spot.x))
  const height = Math.max(...spots.map((spot) => spot.y))
  assert.ok(width / height > 1 && width / height < 3, `${width} × ${height}`)
})
test("layout: the same network is drawn the same", () => {
  const nodes = [...many(6, 2), ...many(12, 4)]
  const edges = many(12, 4).map((each, index) => ({ from: `2-${index % 6}`, to: each.id }))
  assert.deepEqual(
    [...spotsOf(nodes, edges)].sort(),
    [...spotsOf([...nodes].reverse(), edges)].sort(),
  )
})
test("leaning: what wants the same place stands side by side around it", () => {
  assert.deepEqual(alignToTargets([100, 100], 400), [100 - CELL.width / 2, 100 + CELL.width / 2])
  assert.deepEqual(alignToTargets([0, 300], 400), [0, 300])
})
test("bend: only lines along a row that pass somebody", () => {
  assert.equal(bend({ x: 0, y: 0 }, { x: 500, y: 90 }), 0)
  assert.equal(bend({ x: 0, y: 0 }, { x: CELL.width, y: 0 }), 0)
  assert.ok(bend({ x: 0, y: 0 }, { x: 500, y: 0 }) > 20)
})
test("towards: the neighbour that lies most that way, or none", () => {
  const neighbours = new Map([
    ["up", { x: 10, y: -50 }],
    ["far up", { x: 0, y: -400 }],
    ["left", { x: -80, y: 5 }],
  ])
  assert.equal(towards({ x: 0, y: 0 }, neighbours, "up"), "up")
  assert.equal(towards({ x: 0, y: 0 }, neighbours, "left"), "left")
  assert.equal(towards({ x: 0, y: 0 }, neighbours, "right"), null)
})
test("around: as many steps as asked for", () => {
  const chain = neighboursOf([
    { from: "a", to: "b" },
    { from: "b", to: "c" },
    { from: "c", to: "d" },
  ])
  assert.deepEqual([...around("a", chain, 2)], ["a", "b", "c"])
})

/** Distance in pixels between a line and a third point. */
const distance = (
  from: { x: number; y: number },
  to: { x: number; y: number },
  at: { x: number; y: number },
): number =>
  Math.abs((to.x - from.x) * (from.y - at.y) - (from.x - at.x) * (to.y - from.y)) /
  Math.hypot(to.x - from.x, to.y - from.y)

test("ring: between devices of a linked row no straight link runs through a third, nor lies on another", () => {
  for (const count of [4, 5, 9, 12, 16]) {
    const core = many(count, 2)
    const edges = core.flatMap((a, n) => core.slice(n + 1).map((b) => ({ from: a.id, to: b.id })))
    const { spots, ring } = layoutOf(
      [...core, ...many(3, 4)],
      [...edges, { from: "2-0", to: "4-0" }],
      1.5,
    )
    assert.equal(ring.size, count)
    for (const { from, to } of edges)
      for (const { id } of core) {
        const [a, b, at] = [from, to, id].map((each) => spots.get(each) ?? { x: 0, y: 0 })
        if (id === from || id === to || a === undefined || b === undefined || at === undefined)
          continue
        assert.ok(
          distance(a, b, at) > 14,
          `${count}: ${from} to ${to} passes ${id} at ${distance(a, b, at)}`,
        )
      }
  }
})
test("ring: devices stand around as their sites do on the map, and what is below keeps off", () => {
  const places = { north: [33, 41], east: [36, 39], south: [33, 37], west: [27, 39] } as const
  const core = Object.entries(places).map(([id, [east, north]]) => node(id, 2, east, north))
  const edges = [
    ["north", "east"],
    ["east", "south"],
    ["south", "west"],
    ["west", "north"],
    ["north", "south"],
  ].map(([from = "", to = ""]) => ({ from, to }))
  const { spots, above } = layoutOf(
    [...core, node("acc", 4)],
    [...edges, { from: "south", to: "acc" }],
    1.5,
  )
  const at = (id: string) => spots.get(id) ?? { x: 0, y: 0 }
  assert.ok(at("west").x < at("east").x && at("north").y < at("south").y)
  assert.ok(above.has("north") && !above.has("south"))
  assert.ok(at("acc").y > at("south").y + CELL.height / 2)
})
test("ring: a row in which only neighbours or hardly any are linked stays a row", () => {
  const chain = many(6, 2).flatMap((each, n) =>
    n === 0 ? [] : [{ from: `2-${n - 1}`, to: each.id }],
  )
  assert.equal(layoutOf(many(6, 2), chain, 1.5).ring.size, 0)
  assert.equal(layoutOf(many(6, 2), [{ from: "2-0", to: "2-4" }], 1.5).ring.size, 0)
})
