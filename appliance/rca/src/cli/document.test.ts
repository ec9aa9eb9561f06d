import assert from "node:assert/strict"
import { test } from "node:test"
import type { Network } from "../rca.ts"
import { readDocument } from "./document.ts"

const node = (id: string) => ({ id, kind: "router", monitored: true })
const BASE = {
  nodes: [node("A"), node("B"), node("C")],
  links: [
    { id: "A-B", a: "A", b: "B" },
    { id: "B-C", a: "B", b: "C" },
  ],
  groups: [{ id: "duct", members: ["A-B", "B-C"] }],
  vantages: ["A"],
  observations: [
    { entity: "C", signal: "reachable", value: "down", from: "A" },
    { entity: "B-C", signal: "port", value: "down", end: "B" },
  ],
}
const read = (changes: object): Network => {
  const reading = readDocument(JSON.stringify({ ...BASE, ...changes }))
  if (!reading.ok) throw new Error(reading.error)
  return reading.network
}
const rejectionOf = (value: unknown): string => {
  const reading = readDocument(typeof value === "string" ? value : JSON.stringify(value))
  return reading.ok ? "taken" : reading.error
}

test("document: it is read as written", () => {
  assert.deepEqual(read({}), BASE)
})

test("document: omitted lists are empty, unknown fields are ignored, null counts as omitted", () => {
  const text = JSON.stringify({
    nodes: [{ id: "A", kind: null, site: "x" }],
    links: [],
    vantages: null,
    version: 3,
  })
  assert.deepEqual(readDocument(text), {
    ok: true,
    network: {
      nodes: [{ id: "A", kind: "router", monitored: false }],
      links: [],
      groups: [],
      vantages: [],
      observations: [],
    },
  })
})

test("document: from may be omitted where there is one vantage, and is dropped from port observations", () => {
  const observation = { entity: "C", signal: "reachable", value: "up" }
  assert.deepEqual(read({ observations: [observation] }).observations, [
    { ...observation, from: "A" },
  ])
  const port = { entity: "A-B", signal: "adjacency", value: "up", end: "B" }
  assert.deepEqual(read({ observations: [{ ...port, from: "nowhere" }] }).observations, [port])
})

test("document: loops, parallel links, a repeated vantage and a repeated observation are fine", () => {
  const links = ["1", "2"]
    .map((id) => ({ id, a: "A", b: "B" }))
    .concat({ id: "loop", a: "B", b: "B" })
  const repeated = [...BASE.observations.slice(0, 1), ...BASE.observations.slice(0, 1)]
  const network = read({ links, groups: [], vantages: ["A", "A"], observations: repeated })
  assert.deepEqual(
    [network.links, network.vantages, network.observations],
    [links, ["A"], repeated],
  )
})

test("document: ids may be names of JavaScript built-ins", () => {
  const text = `{"nodes":[{"id":"__proto__"},{"id":"constructor"}],"links":[{"id":"toString","a":"__proto__","b":"constructor"}],
    "__proto__":{"groups":[{"id":"x","members":["nowhere"]}]},"vantages":["__proto__"],"observations":[]}`
  const reading = readDocument(text)
  assert.ok(reading.ok)
  assert.deepEqual(
    reading.network.nodes.map((one) => one.id),
    ["__proto__", "constructor"],
  )
  assert.deepEqual(reading.network.groups, [])
  assert.equal(rejectionOf('{"__proto__":{"nodes":[],"links":[]}}'), "nodes: expected a list")
})

test("document: groups of groups hold the members of these, once, and may hold each other", () => {
  const groups = [
    { id: "carrier", members: ["duct", "C", "A-B"] },
    { id: "duct", members: ["A-B", "B-C", "carrier"] },
    { id: "empty", members: [] },
  ]
  assert.deepEqual(read({ groups }).groups, [
    { id: "carrier", members: ["C", "A-B", "B-C"] },
    { id: "duct", members: ["A-B", "B-C", "C"] },
    { id: "empty", members: [] },
  ])
  const chain = Array.from({ length: 4_000 }, (_, n) => ({
    id: `g${n}`,
    members: n === 0 ? ["A"] : [`g${n - 1}`, "B"],
  }))
  assert.match(rejectionOf({ ...BASE, groups: chain }), /^groups: unfolded, they have more than/)
})

const observation = (changes: object) => ({
  ...BASE,
  observations: [{ ...BASE.observations[0], ...changes }],
})
const port = (changes: object) => ({
  ...BASE,
  observations: [{ ...BASE.observations[1], ...changes }],
})
const rejections: readonly (readonly [string, unknown, RegExp])[] = [
  ["no JSON", "{oops", /^not JSON: /],
  ["JSON cut off", JSON.stringify(BASE).slice(0, -1), /^not JSON: /],
  ["a list", [], /^the line: expected a document, an object$/],
  ["null", "null", /^the line: expected a document, an object$/],
  ["no nodes", { links: [] }, /^nodes: expected a list$/],
  ["no links", { nodes: [] }, /^links: expected a list$/],
  ["a node that is none", { ...BASE, nodes: ["A"] }, /^nodes\[0\]: expected a node, an object$/],
  ["an id that is a number", { ...BASE, nodes: [{ id: 7 }] }, /^nodes\[0\]\.id: expected a text$/],
  [
    "an empty id",
    { ...BASE, nodes: [{ id: "" }] },
    /^nodes\[0\]\.id: expected a text that is not empty$/,
  ],
  [
    "an id of the solver's own",
    { ...BASE, nodes: [node("@uplink:A")] },
    /^nodes\[0\]\.id: ids beginning with @uplink: are taken$/,
  ],
  [
    "monitored as a text",
    { ...BASE, nodes: [{ id: "A", monitored: "yes" }] },
    /^nodes\[0\]\.monitored of "A": expected true or false$/,
  ],
  [
    "two nodes of one id",
    { ...BASE, nodes: [node("A"), node("A")] },
    /^node "A": this id is already that of a node$/,
  ],
  [
    "a link with a node's id",
    { ...BASE, links: [{ id: "A", a: "A", b: "B" }] },
    /^link "A": this id is already that of a node$/,
  ],
  [
    "a group with a link's id",
    { ...BASE, groups: [{ id: "A-B", members: [] }] },
    /^group "A-B": this id is already that of a link$/,
  ],
  [
    "a link to nowhere",
    { ...BASE, links: [{ id: "L", a: "A", b: "Z" }] },
    /^link "L": its end "Z" is not a node$/,
  ],
  [
    "a link to a link",
    { ...BASE, links: [{ id: "L", a: "A", b: "L" }] },
    /^link "L": its end "L" is not a node$/,
  ],
  [
    "a link without an end",
    { ...BASE, links: [{ id: "L", a: "A" }] },
    /^links\[0\]\.b of "L": expected a text$/,
  ],
  [
    "a member nobody knows",
    { ...BASE, groups: [{ id: "g", members: ["Z"] }] },
    /^group "g": its member "Z" is not in the document$/,
  ],
  ["a vantage nobody knows", { ...BASE, vantages: ["Z"] }, /^vantage "Z": not a node$/],
  ["a vantage that is a link", { ...BASE, vantages: ["A-B"] }, /^vantage "A-B": not a node$/],
  [
    "an observation of an unknown id",
    observation({ entity: "Z" }),
    /^observations\[0\] of "Z": it is not in the document$/,
  ],
  [
    "a link that is reachable",
    observation({ entity: "A-B" }),
    /^observations\[0\] of "A-B": "reachable" is said of nodes, and it is a link$/,
  ],
  [
    "an observation from a node that is no vantage",
    observation({ from: "B" }),
    /^observations\[0\] of "C": "from" is "B", which is not a vantage$/,
  ],
  [
    "an observation without a vantage where there are two",
    { ...observation({ from: null }), vantages: ["A", "B"] },
    /"from" is missing, and there is not exactly one vantage$/,
  ],
  [
    "an observation where there is no vantage",
    { ...observation({ from: null }), vantages: [] },
    /"from" is missing, and there is not exactly one vantage$/,
  ],
  [
    "a port of a node",
    port({ entity: "A" }),
    /^observations\[0\] of "A": "port" is said of links, and it is a node$/,
  ],
  [
    "a port reported by another node",
    port({ end: "A" }),
    /^observations\[0\] of "B-C": "end" is "A", which is not an end of it$/,
  ],
  [
    "a port without a reporting node",
    port({ end: undefined }),
    /^observations\[0\] of "B-C": "end" is missing, the node that tells$/,
  ],
  [
    "a value that is neither",
    observation({ value: "unknown" }),
    /^observations\[0\]\.value of "C": expected "up" or "down"$/,
  ],
  [
    "a signal nobody knows",
    observation({ signal: "cpu" }),
    /^observations\[0\]\.signal of "C": expected "reachable", "port" or "adjacency"$/,
  ],
]
for (const [name, value, expected] of rejections) {
  test(`document: ${name} is rejected with its name`, () =>
    assert.match(rejectionOf(value), expected))
}

test("document: only a part of what is rejected is quoted", () => {
  assert.ok(rejectionOf({ ...BASE, vantages: ["Z".repeat(1_000_000)] }).length < 300)
  assert.ok(rejectionOf(`{"${"Z".repeat(1_000_000)}`).length < 300)
})
