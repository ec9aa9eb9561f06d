/** Re-checks of degradations ask what decides, and not the same eight times. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { type DegradationInput, solveDegradations } from "../rca.ts"

/** A chain a–b–c with leaves at b and at c, probed from a. */
const LINKS = ["a-b", "b-c", "b-l1", "b-l2", "b-l3", "b-l4", "b-l5", "c-m1", "c-m2", "c-m3"]
const ends = LINKS.map((id) => ({ id, a: id.split("-")[0] ?? "", b: id.split("-")[1] ?? "" }))
const nodes = [...new Set(ends.flatMap(({ a, b }) => [a, b]))]
const inputOf = (
  lost: (node: string) => number | null,
  more: Partial<DegradationInput> = {},
): DegradationInput => ({
  nodes: nodes.map((id) => ({ id, kind: "router", monitored: false })),
  links: ends,
  vantages: ["a"],
  failed: [],
  paths: nodes.flatMap((to) => {
    const count = to === "a" ? null : lost(to)
    return count === null ? [] : [{ from: "a", to, sent: 20, lost: count, delayMs: 0 }]
  }),
  interfaces: [],
  ...more,
})
const asked = (input: DegradationInput): string[] =>
  solveDegradations(input).recheck.map(({ entity, signal }) => `${signal} ${entity}`)

test("a path that was never probed and has a link of its own is probed first", () => {
  const found = asked(inputOf((node) => (node === "m2" ? null : 0)))
  assert.equal(found[0], "reachable m2")
})

test("what tells one degraded link from two is probed first, and each of it once", () => {
  // Behind c more is lost than at c itself: one link that loses much, or another one behind it.
  const found = asked(inputOf((node) => (node === "c" ? 3 : node.startsWith("m") ? 6 : 0)))
  const behind = ["c", "m1", "m2", "m3"].map((node) => `reachable ${node}`)
  assert.deepEqual(found.slice(0, behind.length).toSorted(), behind)
})

test("a counter that showed nothing is not read again before paths are probed", () => {
  const monitored = nodes.map((id) => ({ id, kind: "router", monitored: true }))
  const good = ["b-c", "c-m1"].flatMap((link) =>
    [1, 2].map(() => ({ link, signal: "errors" as const, isBad: false })),
  )
  const input = inputOf((node) => (node === "c" ? 3 : node === "m1" ? 6 : 0), {
    nodes: monitored,
    interfaces: good,
  })
  const [first = ""] = asked(input)
  assert.match(first, /^reachable /)
})
