import assert from "node:assert/strict"
import { test } from "node:test"
import { seeded } from "./random.ts"
import { type Network, type Observation, solve } from "./rca.ts"
import { createReferenceModel } from "./test/reference-model.ts"

const draw = (
  links: readonly string[],
  vantages: readonly string[],
): Omit<Network, "observations"> => {
  const ends = links.map((id) => ({ id, a: id.split("-")[0] ?? "", b: id.split("-")[1] ?? "" }))
  const ids = [...new Set(ends.flatMap((link) => [link.a, link.b]))]
  return {
    nodes: ids.map((id) => ({ id, kind: "router", monitored: true })),
    links: ends,
    groups: [],
    vantages,
  }
}
const FROM = "A"
const reach = (entity: string, value: "up" | "down"): Observation => ({
  entity,
  signal: "reachable",
  value,
  from: FROM,
})
const port = (entity: string, end: string, value: "up" | "down"): Observation => ({
  entity,
  signal: "port",
  value,
  end,
})
const up = (names: string): Observation[] => [...names].map((name) => reach(name, "up"))
const unreachable = (names: string): Observation[] => [...names].map((name) => reach(name, "down"))

const RING = draw(["A-B", "B-C", "C-D", "D-A"], [FROM])
const CHAIN = draw(["A-B", "B-C", "C-D"], [FROM])
const DUMBBELL = draw(["A-B", "B-C", "C-A", "C-D", "D-E", "E-F", "F-D"], [FROM])

const cases: [
  string,
  Omit<Network, "observations">,
  Observation[],
  string[],
  string[],
  string[],
][] = [
  ["everything up: nothing has failed", RING, up("ABCD"), [], [], []],
  [
    "both ports of a link down and all nodes up: the link",
    RING,
    [...up("ABCD"), port("B-C", "B", "down"), port("B-C", "C", "down")],
    ["B-C"],
    [],
    [],
  ],
  [
    "one port down and its remote end up: the link",
    RING,
    [...up("ABCD"), port("B-C", "B", "down")],
    ["B-C"],
    [],
    [],
  ],
  [
    "one port down and its remote end not observed: the link or the router",
    RING,
    [...up("ABD"), port("B-C", "B", "down")],
    ["B-C"],
    ["C"],
    [],
  ],
  [
    "a router down, and the ports that face it: the router",
    RING,
    [...up("ABD"), ...unreachable("C"), port("B-C", "B", "down"), port("C-D", "D", "down")],
    ["C"],
    [],
    [],
  ],
  [
    "a router down and no ports observed: the router",
    RING,
    [...up("ABD"), ...unreachable("C")],
    ["C"],
    [],
    [],
  ],
  [
    "two neighbours in a ring down: both links to the rest of the ring",
    RING,
    [...up("AD"), ...unreachable("BC"), port("A-B", "A", "down"), port("C-D", "D", "down")],
    ["A-B", "C-D"],
    [],
    ["B", "C"],
  ],
  [
    "the end of a chain down: its link or itself",
    CHAIN,
    [...up("ABC"), ...unreachable("D")],
    ["C-D"],
    ["D"],
    [],
  ],
  [
    "everything after the vantage in a chain down: the first link or router",
    CHAIN,
    [...up("A"), ...unreachable("BCD")],
    ["A-B"],
    ["B"],
    ["B", "C", "D"],
  ],
  [
    "one of two connected rings down: the bridge between them",
    DUMBBELL,
    [...up("ABC"), ...unreachable("DEF"), port("C-D", "C", "down")],
    ["C-D"],
    ["D"],
    ["D", "E", "F"],
  ],
  [
    "a port up contradicts a failed link, but the down router needs a cause",
    CHAIN,
    [...up("ABC"), ...unreachable("D"), port("C-D", "C", "up")],
    ["C-D"],
    ["D"],
    [],
  ],
  [
    "everything down from the only vantage: its uplink or itself",
    CHAIN,
    unreachable("ABCD"),
    ["@uplink:A"],
    ["A"],
    ["B", "C", "D"],
  ],
]
/** As the appliance does: what is not listed has not been observed yet. */
const solvePartial = (network: Network) => solve({ ...network, isPartial: true })
const named = ({ hypotheses: [first] }: ReturnType<typeof solve>): [string, string[]][] =>
  (first?.components ?? [])
    .map((id, at): [string, string[]] => [id, [...(first?.classes[at] ?? [])].sort()])
    .sort()

for (const [name, map, observations, components, alternatives, downstream] of cases) {
  test(`rca: ${name}`, () => {
    const answer = solvePartial({ ...map, observations })
    const found = named(answer)
    assert.deepEqual(
      found.map(([id]) => id),
      components,
    )
    const mentioned = answer.hypotheses.flatMap((one) => [...one.components, ...one.classes.flat()])
    for (const other of alternatives)
      assert.ok(mentioned.includes(other), `${other} could be it too`)
    const explained = (answer.hypotheses[0]?.explained ?? []).map((index) => observations[index])
    for (const unreachable of downstream)
      assert.ok(
        explained.some(
          (observation) =>
            observation?.signal === "reachable" && observation.entity === unreachable,
        ),
        `${unreachable} is explained`,
      )
  })
}

test("rca: two distant faults are distinguished, and together explain everything", () => {
  const map = draw(["A-B", "B-C", "C-D", "D-A", "B-H", "D-K"], [FROM])
  const observations = [
    ...up("ABCD"),
    ...unreachable("HK"),
    port("B-H", "B", "down"),
    port("D-K", "D", "down"),
  ]
  const answer = solvePartial({ ...map, observations })
  assert.deepEqual(named(answer), [
    ["B-H", ["H"]],
    ["D-K", ["K"]],
  ])
  assert.deepEqual(answer.hypotheses[0]?.explained, [4, 5, 6, 7])
  assert.deepEqual(answer.hypotheses[0]?.contradicted, [])
})
test("rca: a shared risk explains what would otherwise take many faults at once", () => {
  const map = draw(["A-B", "A-C", "A-D", "A-E"], [FROM])
  const groups = [{ id: "duct-7", members: ["A-B", "A-C", "A-D"] }]
  const answer = solvePartial({
    ...map,
    groups,
    observations: [...up("AE"), ...unreachable("BCD")],
  })
  assert.deepEqual(named(answer)[0]?.[0], "duct-7")
})
test("rca: references to unknown ids are ignored", () => {
  const observations = [
    ...up("ABCD"),
    reach("Z", "down"),
    port("X-Y", "X", "down"),
    port("A-B", "D", "down"),
  ]
  const { hypotheses, suppressed } = solvePartial({ ...RING, observations })
  assert.deepEqual(hypotheses[0]?.components, [])
  assert.deepEqual(hypotheses[0]?.contradicted, [])
  assert.deepEqual(suppressed, [])
})
test("rca: of three cuts, two disconnect part of a ring only together", () => {
  const map = draw(["A-B", "B-C", "C-D", "D-E", "E-A", "B-F", "F-G"], [FROM])
  const found = named(
    solvePartial({
      ...map,
      observations: [...up("ABEF"), ...unreachable("CDG"), ...unreachable("CDG")],
    }),
  )
  assert.deepEqual(
    found.map(([id]) => id),
    ["B-C", "D-E", "F-G"],
  )
})
test("rca: a vantage that reaches nothing while another reaches it has lost its uplink", () => {
  const map = draw(["A-B", "B-C", "C-D", "D-A"], ["A", "C"])
  const all = ["A", "B", "C", "D"]
  const isolated = all.slice(1).map((id) => reach(id, "down"))
  const sees = all.map(
    (entity): Observation => ({ entity, signal: "reachable", value: "up", from: "C" }),
  )
  assert.deepEqual(named(solvePartial({ ...map, observations: [...isolated, ...sees] })), [
    ["@uplink:A", []],
  ])
})

test("rca: single faults of random networks are named, or listed as indistinguishable", () => {
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
    const { reading, things } = createReferenceModel(map)
    const read = reading([truth])
    const observations = things.flatMap((thing): Observation[] => {
      const value = read(thing)
      return value === "up" || value === "down" ? [{ ...thing, value }] : []
    })
    if (observations.every((one) => one.value === "up")) continue
    const found = named(solve({ ...map, observations }))
    assert.equal(
      found.length,
      1,
      `round ${round}: ${truth} diagnosed as ${found.map(([id]) => id).join(" + ")}`,
    )
    const ones = found.flatMap(([id, equivalents]) => [id, ...equivalents])
    assert.ok(ones.includes(truth), `round ${round}: ${truth} not among ${ones.join(", ")}`)
  }
})
