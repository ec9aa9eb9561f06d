import assert from "node:assert/strict"
import { test } from "node:test"
import { type Network, type Observation, solve } from "./cause.ts"
import { seeded } from "./numbers.ts"
import { createPlain } from "./test/plain.ts"

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
  ["nothing answers the only vantage: its own way out, or itself", CHAIN, dark("ABCD"), ["@uplink:A"], ["A"], ["B", "C", "D"]],
]
/** As the appliance asks: what is not listed has not been looked at yet. */
const ask = (network: Network) => solve({ ...network, isPartial: true })
const named = ({ hypotheses: [first] }: ReturnType<typeof solve>): [string, string[]][] =>
  (first?.components ?? []).map((id, at): [string, string[]] => [id, [...(first?.classes[at] ?? [])].sort()]).sort()

for (const [name, map, observations, components, alternatives, behind] of cases) {
  test(`cause: ${name}`, () => {
    const answer = ask({ ...map, observations })
    const told = named(answer)
    assert.deepEqual(
      told.map(([id]) => id),
      components,
    )
    const mentioned = answer.hypotheses.flatMap((one) => [...one.components, ...one.classes.flat()])
    for (const other of alternatives) assert.ok(mentioned.includes(other), `${other} could be it too`)
    const explained = (answer.hypotheses[0]?.explained ?? []).map((index) => observations[index])
    for (const dark of behind)
      assert.ok(
        explained.some((look) => look?.signal === "reachable" && look.entity === dark),
        `${dark} is explained`,
      )
  })
}

test("cause: two faults far apart are told apart, and together explain all", () => {
  const map = draw(["A-B", "B-C", "C-D", "D-A", "B-H", "D-K"], [FROM])
  const observations = [...up("ABCD"), ...dark("HK"), port("B-H", "B", "down"), port("D-K", "D", "down")]
  const answer = ask({ ...map, observations })
  assert.deepEqual(named(answer), [
    ["B-H", ["H"]],
    ["D-K", ["K"]],
  ])
  assert.deepEqual(answer.hypotheses[0]?.explained, [4, 5, 6, 7])
  assert.deepEqual(answer.hypotheses[0]?.contradicted, [])
})
test("cause: a shared risk explains what would otherwise take many faults at once", () => {
  const map = draw(["A-B", "A-C", "A-D", "A-E"], [FROM])
  const groups = [{ id: "duct-7", members: ["A-B", "A-C", "A-D"] }]
  const answer = ask({ ...map, groups, observations: [...up("AE"), ...dark("BCD")] })
  assert.deepEqual(named(answer)[0]?.[0], "duct-7")
})
test("cause: what names nothing that is there is passed over", () => {
  const observations = [...up("ABCD"), reach("Z", "down"), port("X-Y", "X", "down"), port("A-B", "D", "down")]
  const { hypotheses, suppressed } = ask({ ...RING, observations })
  assert.deepEqual(hypotheses[0]?.components, [])
  assert.deepEqual(hypotheses[0]?.contradicted, [])
  assert.deepEqual(suppressed, [])
})
test("cause: three cuts of a ring of rings, two of which only together darken anything", () => {
  const map = draw(["A-B", "B-C", "C-D", "D-E", "E-A", "B-F", "F-G"], [FROM])
  const told = named(ask({ ...map, observations: [...up("ABEF"), ...dark("CDG"), ...dark("CDG")] }))
  assert.deepEqual(
    told.map(([id]) => id),
    ["B-C", "D-E", "F-G"],
  )
})
test("cause: a vantage that sees nothing while another sees it is without a way out", () => {
  const map = draw(["A-B", "B-C", "C-D", "D-A"], ["A", "C"])
  const all = ["A", "B", "C", "D"]
  const blind = all.slice(1).map((id) => reach(id, "down"))
  const sees = all.map((entity): Observation => ({ entity, signal: "reachable", value: "up", from: "C" }))
  assert.deepEqual(named(ask({ ...map, observations: [...blind, ...sees] })), [["@uplink:A", []]])
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
    const { reading, things } = createPlain(map)
    const read = reading([truth])
    const observations = things.flatMap((thing): Observation[] => {
      const value = read(thing)
      return value === "up" || value === "down" ? [{ ...thing, value }] : []
    })
    if (observations.every((one) => one.value === "up")) continue
    const told = named(solve({ ...map, observations }))
    assert.equal(told.length, 1, `round ${round}: ${truth} told as ${told.map(([id]) => id).join(" + ")}`)
    const ones = told.flatMap(([id, standIns]) => [id, ...standIns])
    assert.ok(ones.includes(truth), `round ${round}: ${truth} not among ${ones.join(", ")}`)
  }
})
