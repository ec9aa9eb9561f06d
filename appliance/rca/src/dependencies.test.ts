import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { type Dependency, meet, type State, statesUnder } from "./dependencies.ts"

const STATES: readonly State[] = ["up", "down", "unknown"]
const ORDER: Readonly<Record<State, number>> = { down: 0, unknown: 1, up: 2 }

test("dependencies: the result is unknown exactly if up and down in its place differ", () => {
  const needs = fc.oneof(
    fc.constantFrom<Dependency["needs"]>("any", "all"),
    fc.integer({ min: 0, max: 6 }),
  )
  fc.assert(
    fc.property(needs, fc.array(fc.constantFrom(...STATES), { maxLength: 6 }), (need, states) => {
      const decided = (as: State): State =>
        meet(
          need,
          states.map((state) => (state === "unknown" ? as : state)),
        )
      const [worst, best] = [decided("down"), decided("up")]
      assert.equal(meet(need, states), worst === best ? worst : "unknown")
    }),
    { seed: 1 },
  )
})
test("dependencies: a better state never worsens what depends on it", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.constantFrom(...STATES), { minLength: 1, maxLength: 6 }),
      fc.nat(),
      (need, states, at) => {
        const better = states.with(at % states.length, "up")
        assert.ok(ORDER[meet(need, better)] >= ORDER[meet(need, states)])
      },
    ),
    { seed: 1 },
  )
})

const NETWORK = {
  nodes: ["v", "a", "b", "c"].map((id) => ({ id, kind: "router", monitored: true })),
  links: [
    { id: "v-a", a: "v", b: "a" },
    { id: "v-b", a: "v", b: "b" },
    { id: "b-c", a: "b", b: "c" },
  ],
  groups: [{ id: "duct", members: ["v-a", "v-b"] }],
  vantages: ["v"],
}
const SERVICES: Dependency[] = [
  { id: "dns", needs: "any", of: ["a", "c"] },
  { id: "voice", needs: "all", of: ["dns", "b"] },
  { id: "storage", needs: 2, of: ["a", "b", "c"] },
  { id: "round", needs: "any", of: ["around"] },
  { id: "around", needs: "any", of: ["round"] },
]
const statesWith = (...components: string[]): Record<string, State> => {
  const states = statesUnder(NETWORK, SERVICES, components)
  return Object.fromEntries(
    ["dns", "voice", "storage", "round"].map((id) => [id, states.get(id) ?? "unknown"]),
  )
}

test("dependencies: states of services under faults", () => {
  assert.deepEqual(statesWith(), { dns: "up", voice: "up", storage: "up", round: "unknown" })
  assert.deepEqual(statesWith("a"), { dns: "up", voice: "up", storage: "up", round: "unknown" })
  assert.deepEqual(statesWith("b"), { dns: "up", voice: "down", storage: "down", round: "unknown" })
  assert.deepEqual(statesWith("duct"), {
    dns: "down",
    voice: "down",
    storage: "down",
    round: "unknown",
  })
})
test("dependencies: what no working vantage can probe is unknown, not down", () => {
  assert.deepEqual(statesWith("@uplink:v"), {
    dns: "unknown",
    voice: "unknown",
    storage: "unknown",
    round: "unknown",
  })
  assert.equal(statesUnder(NETWORK, [], ["v"]).get("v"), "down")
  assert.equal(statesUnder(NETWORK, [], ["v"]).get("a"), "unknown")
})
