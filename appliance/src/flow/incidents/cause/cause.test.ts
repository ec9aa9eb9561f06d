import assert from "node:assert/strict"
import { test } from "node:test"
import { seeded } from "../test/world.ts"
import { explain } from "./explain.ts"
import { buildGraph, DOWN, type Network, type Observation, simulate, UNTOLD, UP } from "./model.ts"

const draw = (links: readonly string[], vantages: readonly string[]): Omit<Network, "observations"> => {
  const ends = links.map((id) => ({ id, a: id.split("-")[0] ?? "", b: id.split("-")[1] ?? "" }))
  const ids = [...new Set(ends.flatMap((link) => [link.a, link.b]))]
  return { nodes: ids.map((id) => ({ id, kind: "router", monitored: true })), links: ends, groups: [], vantages }
}
const FROM = "A"
const reach = (entity: string, value: "up" | "down"): Observation => ({ entity, signal: "reachable", value, from: FROM })
const port = (entity: string, end: string, value: "up" | "down"): Observation => ({ entity, signal: "port", value, end })
const up = (names: string): Observation[] => [...names].map((name) => reach(name, "up"))
const dark = (names: string): Observation[] => [...names].map((name) => reach(name, "down"))

const RING = draw(["A-B", "B-C", "C-D", "D-A"], [FROM])
const CHAIN = draw(["A-B", "B-C", "C-D"], [FROM])
const DUMBBELL = draw(["A-B", "B-C", "C-A", "C-D", "D-E", "E-F", "F-D"], [FROM])

const cases: [string, Omit<Network, "observations">, Observation[], string[], string[], string[]][] = [
  ["nothing wrong, nothing failed", RING, up("ABCD"), [], [], []],
  [
    "both ports of a line dark and all answer: the line",
    RING,
    [...up("ABCD"), port("B-C", "B", "down"), port("B-C", "C", "down")],
    ["B-C"],
    [],
    [],
  ],
  ["one port dark is enough when its far end answers", RING, [...up("ABCD"), port("B-C", "B", "down")], ["B-C"], [], []],
  [
    "one port dark and nobody has looked at the far end: either",
    RING,
    [...up("ABD"), port("B-C", "B", "down")],
    ["B-C"],
    ["C"],
    [],
  ],
  [
    "a silent router between dark ports: the router",
    RING,
    [...up("ABD"), ...dark("C"), port("B-C", "B", "down"), port("C-D", "D", "down")],
    ["C"],
    [],
    [],
  ],
  ["a silent router and nothing else known: the router", RING, [...up("ABD"), ...dark("C")], ["C"], [], []],
  [
    "two silent neighbours of a ring: both its other lines",
    RING,
    [...up("AD"), ...dark("BC"), port("A-B", "A", "down"), port("C-D", "D", "down")],
    ["A-B", "C-D"],
    [],
    ["B", "C"],
  ],
  ["the end of a chain: its line or itself", CHAIN, [...up("ABC"), ...dark("D")], ["C-D"], ["D"], []],
  ["the middle of a chain hides what is beyond", CHAIN, [...up("A"), ...dark("BCD")], ["A-B"], ["B"], ["B", "C", "D"]],
  [
    "a bridge between two rings",
    DUMBBELL,
    [...up("ABC"), ...dark("DEF"), port("C-D", "C", "down")],
    ["C-D"],
    ["D"],
    ["D", "E", "F"],
  ],
  [
    "a port that stays up speaks against its line, yet silence needs a reason",
    CHAIN,
    [...up("ABC"), ...dark("D"), port("C-D", "C", "up")],
    ["C-D"],
    ["D"],
    [],
  ],
  ["where the watchman stands is dead: all is dark because of it", CHAIN, dark("ABCD"), ["A"], [], ["B", "C", "D"]],
]
for (const [name, map, observations, components, alternatives, suppressed] of cases) {
  test(`cause: ${name}`, () => {
    const told = explain({ ...map, observations })
    assert.deepEqual(told.components.map((one) => one.id).sort(), components)
    if (alternatives.length > 0)
      assert.deepEqual(
        told.components.flatMap((one) => one.alternatives),
        alternatives,
      )
    if (suppressed.length > 0) {
      const behind = told.suppressed.map((one) => one.entity)
      assert.deepEqual(behind.sort(), suppressed)
    }
  })
}

test("cause: two faults far apart are told apart, each with its own symptoms", () => {
  const map = draw(["A-B", "B-C", "C-D", "D-A", "B-H", "D-K"], [FROM])
  const observations = [...up("ABCD"), ...dark("HK"), port("B-H", "B", "down"), port("D-K", "D", "down")]
  const told = explain({ ...map, observations })
  assert.deepEqual(told.components.map((one) => [one.id, one.alternatives, one.because.length]).sort(), [
    ["B-H", ["H"], 2],
    ["D-K", ["K"], 2],
  ])
  assert.deepEqual(told.unexplained, [])
})
test("cause: a shared risk explains what would otherwise take many faults at once", () => {
  const map = draw(["A-B", "A-C", "A-D", "A-E"], [FROM])
  const groups = [{ id: "duct-7", members: ["A-B", "A-C", "A-D"] }]
  const told = explain({ ...map, groups, observations: [...up("AE"), ...dark("BCD")] })
  assert.deepEqual(
    told.components.map((one) => one.id),
    ["duct-7"],
  )
})
test("cause: the order of what was seen changes nothing", () => {
  const observations = [...up("ABC"), ...dark("DEF"), port("C-D", "C", "down")]
  const random = seeded(5)
  const first = explain({ ...DUMBBELL, observations })
  for (let round = 0; round < 20; round += 1) {
    const shuffled = [...observations].sort(() => random() - 0.5)
    assert.deepEqual(
      explain({ ...DUMBBELL, observations: shuffled }).components.map((one) => [one.id, one.alternatives]),
      first.components.map((one) => [one.id, one.alternatives]),
    )
  }
})
test("cause: what names nothing that is there is passed over", () => {
  const observations = [...up("ABCD"), reach("Z", "down"), port("X-Y", "X", "down"), port("A-B", "D", "down")]
  assert.deepEqual(explain({ ...RING, observations }), { components: [], suppressed: [], unexplained: [] })
})

test("model: a port is dark by its line or the router beyond, and untold by a teller that has failed", () => {
  const observations = [port("A-B", "A", "up"), port("B-C", "C", "up"), reach("C", "up"), reach("D", "up")]
  const graph = buildGraph({ ...CHAIN, observations })
  const shown = (...ids: string[]): number[] => {
    const failed = new Uint8Array(graph.ids.length)
    for (const id of ids) failed[graph.indexOf.get(id) ?? 0] = 1
    return [...simulate(graph, failed)]
  }
  assert.deepEqual(shown(), [UP, UP, UP, UP])
  assert.deepEqual(shown("B"), [DOWN, DOWN, DOWN, DOWN])
  assert.deepEqual(shown("C"), [UP, UNTOLD, DOWN, DOWN])
  assert.deepEqual(shown("B-C"), [UP, DOWN, DOWN, DOWN])
  assert.deepEqual(shown("A"), [UNTOLD, UP, DOWN, DOWN])
})

test("cause: single faults of random networks are named, or stand beside what cannot be told from them", () => {
  const random = seeded(11)
  for (let round = 0; round < 300; round += 1) {
    const size = 6 + Math.floor(random() * 20)
    const links = new Set<string>()
    for (let n = 1; n < size; n += 1) links.add(`n${Math.floor(random() * n)}-n${n}`)
    for (let extra = 0; extra < size / 2; extra += 1) {
      const [a, b] = [Math.floor(random() * size), Math.floor(random() * size)]
      if (a < b && !links.has(`n${a}-n${b}`)) links.add(`n${a}-n${b}`)
    }
    const map = draw([...links], ["n0"])
    const all = [...map.nodes.slice(1).map((node) => node.id), ...links]
    const truth = all[Math.floor(random() * all.length)] ?? ""
    const probes: Observation[] = [
      ...map.nodes.map((node): Observation => ({ entity: node.id, signal: "reachable", value: "up", from: "n0" })),
      ...map.links.flatMap((link) => [port(link.id, link.a, "up"), port(link.id, link.b, "up")]),
    ]
    const graph = buildGraph({ ...map, observations: probes })
    const failed = new Uint8Array(graph.ids.length)
    failed[graph.indexOf.get(truth) ?? 0] = 1
    const shown = simulate(graph, failed)
    const reached = (end: string | undefined) => shown[probes.findIndex((one) => one.entity === end)] === UP
    const observations = probes.flatMap((probe, index): Observation[] => {
      if (probe.signal === "port" && !reached(probe.end)) return []
      return shown[index] === UNTOLD ? [] : [{ ...probe, value: shown[index] === UP ? "up" : "down" }]
    })
    if (observations.every((one) => one.value === "up")) continue
    const told = explain({ ...map, observations })
    assert.equal(
      told.components.length,
      1,
      `round ${round}: ${truth} told as ${told.components.map((one) => one.id).join(" + ")}`,
    )
    const named = told.components.flatMap((one) => [one.id, ...one.alternatives])
    assert.ok(named.includes(truth), `round ${round}: ${truth} not among ${named.join(", ")}`)
  }
})
