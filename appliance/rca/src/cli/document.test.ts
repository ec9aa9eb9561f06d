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

test("document: a complete document is unchanged", () => {
  assert.deepEqual(read({}), BASE)
})

test("document: omitted and null lists are empty, unknown fields are ignored", () => {
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

test("document: from is optional with one vantage, and dropped from port observations", () => {
  const observation = { entity: "C", signal: "reachable", value: "up" }
  assert.deepEqual(read({ observations: [observation] }).observations, [
    { ...observation, from: "A" },
  ])
  const port = { entity: "A-B", signal: "adjacency", value: "up", end: "B" }
  assert.deepEqual(read({ observations: [{ ...port, from: "nowhere" }] }).observations, [port])
})

test("document: loops, parallel links and repeated entries are allowed", () => {
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
  const text = `{"nodes":[{"id":"__proto__"},{"id":"constructor"}],
    "links":[{"id":"toString","a":"__proto__","b":"constructor"}],
    "__proto__":{"groups":[{"id":"x","members":["nowhere"]}]},
    "vantages":["__proto__"],"observations":[]}`
  const reading = readDocument(text)
  assert.ok(reading.ok)
  assert.deepEqual(
    reading.network.nodes.map((one) => one.id),
    ["__proto__", "constructor"],
  )
  assert.deepEqual(reading.network.groups, [])
  assert.equal(rejectionOf('{"__proto__":{"nodes":[],"links":[]}}'), "nodes: expected a list")
})

test("document: nested groups unfold to their members, each once, also in a cycle", () => {
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
  assert.match(rejectionOf({ ...BASE, groups: chain }), /^groups: they unfold to more than/)
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
  ["a list", [], /^the line: expected a document object$/],
  ["null", "null", /^the line: expected a document object$/],
  ["no nodes", { links: [] }, /^nodes: expected a list$/],
  ["no links", { nodes: [] }, /^links: expected a list$/],
  ["a node that is a string", { ...BASE, nodes: ["A"] }, /^nodes\[0\]: expected a node object$/],
  [
    "an id that is a number",
    { ...BASE, nodes: [{ id: 7 }] },
    /^nodes\[0\]\.id: expected a string$/,
  ],
  [
    "an empty id",
    { ...BASE, nodes: [{ id: "" }] },
    /^nodes\[0\]\.id: expected a non-empty string$/,
  ],
  [
    "a reserved id",
    { ...BASE, nodes: [node("@uplink:A")] },
    /^nodes\[0\]\.id: ids starting with @uplink: are reserved$/,
  ],
  [
    "monitored as a string",
    { ...BASE, nodes: [{ id: "A", monitored: "yes" }] },
    /^nodes\[0\]\.monitored of "A": expected true or false$/,
  ],
  [
    "two nodes with one id",
    { ...BASE, nodes: [node("A"), node("A")] },
    /^node "A": the id is already used by a node$/,
  ],
  [
    "a link with a node's id",
    { ...BASE, links: [{ id: "A", a: "A", b: "B" }] },
    /^link "A": the id is already used by a node$/,
  ],
  [
    "a group with a link's id",
    { ...BASE, groups: [{ id: "A-B", members: [] }] },
    /^group "A-B": the id is already used by a link$/,
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
    /^links\[0\]\.b of "L": expected a string$/,
  ],
  [
    "an unknown member",
    { ...BASE, groups: [{ id: "g", members: ["Z"] }] },
    /^group "g": its member "Z" is not in the document$/,
  ],
  ["an unknown vantage", { ...BASE, vantages: ["Z"] }, /^vantage "Z": not a node$/],
  ["a vantage that is a link", { ...BASE, vantages: ["A-B"] }, /^vantage "A-B": not a node$/],
  [
    "an observation of an unknown id",
    observation({ entity: "Z" }),
    /^observations\[0\] of "Z": not in the document$/,
  ],
  [
    "a link that is reachable",
    observation({ entity: "A-B" }),
    /^observations\[0\] of "A-B": "reachable" applies to nodes, and this is a link$/,
  ],
  [
    "an observation from a node that is no vantage",
    observation({ from: "B" }),
    /^observations\[0\] of "C": "from" is "B", which is not a vantage$/,
  ],
  [
    "an observation without from, with two vantages",
    { ...observation({ from: null }), vantages: ["A", "B"] },
    /"from" is missing: it may be omitted only with exactly one vantage$/,
  ],
  [
    "an observation without from, with no vantage",
    { ...observation({ from: null }), vantages: [] },
    /"from" is missing: it may be omitted only with exactly one vantage$/,
  ],
  [
    "a port of a node",
    port({ entity: "A" }),
    /^observations\[0\] of "A": "port" applies to links, and this is a node$/,
  ],
  [
    "a port reported by another node",
    port({ end: "A" }),
    /^observations\[0\] of "B-C": "end" is "A", which is not an end of the link$/,
  ],
  [
    "a port without a reporting node",
    port({ end: undefined }),
    /^observations\[0\] of "B-C": "end" is missing: the node that reports$/,
  ],
  [
    "an unknown value",
    observation({ value: "unknown" }),
    /^observations\[0\]\.value of "C": expected "up" or "down"$/,
  ],
  [
    "an unknown signal",
    observation({ signal: "cpu" }),
    /^observations\[0\]\.signal of "C": expected "reachable", "port" or "adjacency"$/,
  ],
]
for (const [name, value, expected] of rejections) {
  test(`document: ${name} is rejected, and the error names it`, () =>
    assert.match(rejectionOf(value), expected))
}

test("document: errors quote only the beginning of long values", () => {
  assert.ok(rejectionOf({ ...BASE, vantages: ["Z".repeat(1_000_000)] }).length < 300)
  assert.ok(rejectionOf(`{"${"Z".repeat(1_000_000)}`).length < 300)
})
