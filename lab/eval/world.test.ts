import assert from "node:assert/strict"
import { test } from "node:test"
import type { Plan } from "./variant.ts"
import {
  DOWN,
  isIndistinguishable,
  makeWorld,
  UNSEEN,
  UP,
  visibilityOf,
  withoutCustomers,
} from "./world.ts"

/** Links like `A-B` or `A-B#2`. Small letters are customers, others routers. */
const draw = (
  links: readonly string[],
  vantages: readonly string[],
  unmonitored = "",
  groups: Plan["groups"] = [],
): Plan => {
  const ends = links.map((id) => ({ id, a: id[0] ?? "", b: id[2] ?? "" }))
  const isCustomer = (id: string): boolean => id === id.toLowerCase()
  const nodes = [...new Set(ends.flatMap(({ a, b }) => [a, b]))].map((id) => ({
    id,
    kind: isCustomer(id) ? "customer" : "router",
    monitored: !isCustomer(id) && !unmonitored.includes(id),
  }))
  return { nodes, links: ends, groups, vantages }
}
const READING_NAMES: Readonly<Record<number, string>> = {
  [DOWN]: "down",
  [UP]: "up",
  [UNSEEN]: "unseen",
}
/** Everything that is not up. */
const shown = (plan: Plan, components: readonly string[]): Record<string, string> => {
  const world = makeWorld(plan)
  const visibility = visibilityOf(world, components)
  return Object.fromEntries(
    world.observables.flatMap((observable, place) => {
      const name =
        observable.signal === "reachable"
          ? `${observable.from}>${observable.entity}`
          : `${observable.entity}@${observable.end}`
      return visibility[place] === UP
        ? []
        : [[name, READING_NAMES[visibility[place] ?? UNSEEN] ?? ""]]
    }),
  )
}

const CHAIN = draw(["A-B", "B-C", "C-D"], ["A"])
const RING = draw(["A-B", "B-C", "C-D", "D-A"], ["A"])
const TWO_VANTAGES = draw(["A-B", "B-C", "C-D"], ["A", "D"])
const CUSTOMERS = draw(["A-B", "B-C", "C-x", "C-y"], ["A"], "C")
const duct = [{ id: "duct", members: ["A-B", "D-A"] }]

const cases: readonly (readonly [string, Plan, readonly string[], Record<string, string>])[] = [
  ["without faults everything is up", RING, [], {}],
  [
    "both ends of a cut link of a ring report it, and all nodes are up",
    RING,
    ["B-C"],
    { "B-C@B": "down", "B-C@C": "down" },
  ],
  [
    "the neighbours of a dead router report it, the router itself does not",
    RING,
    ["B"],
    {
      "A>B": "down",
      "A-B@A": "down",
      "B-C@C": "down",
      "A-B@B": "unseen",
      "B-C@B": "unseen",
    },
  ],
  [
    "what is cut off reports nothing, whether it works or not",
    CHAIN,
    ["B"],
    {
      "A>B": "down",
      "A>C": "down",
      "A>D": "down",
      "A-B@A": "down",
      "A-B@B": "unseen",
      "B-C@B": "unseen",
      "B-C@C": "unseen",
      "C-D@C": "unseen",
      "C-D@D": "unseen",
    },
  ],
  [
    "a failed vantage observes nothing",
    RING,
    ["A"],
    {
      "A>A": "down",
      "A>B": "down",
      "A>C": "down",
      "A>D": "down",
      "A-B@A": "unseen",
      "A-B@B": "unseen",
      "B-C@B": "unseen",
      "B-C@C": "unseen",
      "C-D@C": "unseen",
      "C-D@D": "unseen",
      "D-A@D": "unseen",
      "D-A@A": "unseen",
    },
  ],
  [
    "each vantage reaches its side of a cut, and both ends report it",
    TWO_VANTAGES,
    ["B-C"],
    {
      "A>C": "down",
      "A>D": "down",
      "D>A": "down",
      "D>B": "down",
      "B-C@B": "down",
      "B-C@C": "down",
    },
  ],
  [
    "a vantage without its uplink observes nothing; the other one receives reports",
    TWO_VANTAGES,
    ["@uplink:A"],
    {
      "A>A": "down",
      "A>B": "down",
      "A>C": "down",
      "A>D": "down",
    },
  ],
  [
    "a failed vantage is down to the other one too",
    TWO_VANTAGES,
    ["A"],
    {
      "A>A": "down",
      "A>B": "down",
      "A>C": "down",
      "A>D": "down",
      "D>A": "down",
      "A-B@B": "down",
      "A-B@A": "unseen",
    },
  ],
  [
    "of two parallel links only the cut one is down",
    draw(["A-B", "A-B#2"], ["A"]),
    ["A-B#2"],
    {
      "A-B#2@A": "down",
      "A-B#2@B": "down",
    },
  ],
  [
    "customers and unmonitored routers report no ports",
    CUSTOMERS,
    ["B-C"],
    {
      "A>C": "down",
      "A>x": "down",
      "A>y": "down",
      "B-C@B": "down",
    },
  ],
  [
    "a group fails with all its members",
    { ...RING, groups: duct },
    ["duct"],
    {
      "A>B": "down",
      "A>C": "down",
      "A>D": "down",
      "A-B@A": "down",
      "D-A@A": "down",
      "A-B@B": "unseen",
      "B-C@B": "unseen",
      "B-C@C": "unseen",
      "C-D@C": "unseen",
      "C-D@D": "unseen",
      "D-A@D": "unseen",
    },
  ],
]
for (const [name, plan, components, expected] of cases)
  test(`world: ${name}`, () => assert.deepEqual(shown(plan, components), expected))

test("world: indistinguishable faults show the same, others do not", () => {
  const isSame = (plan: Plan, one: string[], other: string[]): boolean =>
    isIndistinguishable(makeWorld(plan), one, other)
  assert.equal(isSame(CHAIN, ["C-D"], ["D"]), true, "the end of a chain, or its only link")
  assert.equal(isSame(CHAIN, ["B"], ["A-B", "D"]), true, "a fault behind another one")
  assert.equal(isSame(RING, ["B-C"], ["C"]), false)
  assert.equal(isSame(RING, [], ["B-C"]), false)
  assert.equal(
    isSame({ ...RING, groups: duct }, ["duct"], ["D-A", "A-B"]),
    true,
    "a group, or its members one by one",
  )
  assert.equal(isSame(TWO_VANTAGES, ["@uplink:A"], ["A"]), false)
  assert.equal(isSame(CHAIN, ["@uplink:A"], ["A"]), true)
  assert.equal(isSame(RING, ["no such thing"], []), false)
})

test("world: an isolated vantage may observe nothing, while the other one does", () => {
  const world = makeWorld(TWO_VANTAGES, UNSEEN)
  const readingsText = (components: string[]): string =>
    [...visibilityOf(world, components)]
      .map((reading) => ({ [DOWN]: "-", [UP]: "+", [UNSEEN]: "?" })[reading])
      .join("")
  // Four nodes from A, four from D, then both ports of the three links.
  assert.equal(readingsText([]), "++++ ++++ ++++++".replaceAll(" ", ""))
  assert.equal(readingsText(["@uplink:A"]), "???? ++++ ++++++".replaceAll(" ", ""))
  assert.equal(readingsText(["A"]), "???? -+++ ?-++++".replaceAll(" ", ""))
})
test("world: single customers and their links do not count, as group members they do", () => {
  const world = makeWorld({ ...CUSTOMERS, groups: [{ id: "street", members: ["C-x", "C-y"] }] })
  assert.deepEqual(withoutCustomers(world, ["B-C", "x", "C-y"]), ["B-C"])
  assert.equal(isIndistinguishable(world, ["B-C", "y"], ["B-C"]), true)
  assert.equal(isIndistinguishable(world, ["x", "y"], []), true)
  assert.equal(isIndistinguishable(world, ["street"], []), false)
})

test("world: rejects two things with the same id, and a link to an unknown node", () => {
  assert.throws(
    () => makeWorld({ ...CHAIN, links: [...CHAIN.links, { id: "A", a: "B", b: "C" }] }),
    /two things with the same id/,
  )
  assert.throws(
    () => makeWorld({ ...CHAIN, links: [{ id: "A-Z", a: "A", b: "Z" }] }),
    /"Z" is not in this network/,
  )
})
