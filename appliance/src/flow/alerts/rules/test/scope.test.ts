/** Patterns of names, and scopes of customers and plans, which wait until there are customers. */
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { portEntity } from "../../topology.ts"
import { compileRules } from "../compile.ts"
import { METRICS } from "../metrics.ts"
import { parseRules } from "../parse.ts"
import { isInScope } from "../scope.ts"
import type { Entity } from "../track.ts"
import { R1, topologyWith } from "./rule-world.ts"

const topology = topologyWith()
const isNamed = (pattern: string, name: string): boolean =>
  isInScope(
    topology,
    { names: [pattern] },
    { key: R1, family: "sensor", device: R1, interface: null, name, unit: null },
  )

test("a star stands for any characters, as a regular expression has it", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 6 })
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", ".", "*"), maxLength: 6 })
  fc.assert(
    fc.property(pattern, text, (given, name) => {
      const source = given.replaceAll(".", "\\.").replaceAll("*", ".*")
      assert.equal(isNamed(given, name), new RegExp(`^${source}$`).test(name))
    }),
    { numRuns: 2_000 },
  )
})

test("a pattern of many stars is decided at once", () => {
  const startedCpu = process.cpuUsage()
  assert.equal(isNamed(`${"*a".repeat(50)}*b`, "a".repeat(200)), false)
  assert.equal(isNamed(`${"*a".repeat(50)}*`, "a".repeat(200)), true)
  assert.ok(process.cpuUsage(startedCpu).user < 1_000_000)
})

test("scopes of customers and plans are accepted, and the rule is not active", () => {
  for (const scope of ["customers: [ACME]", "plans: [gold]"]) {
    const parsed = parseRules(
      `{ id: own, name: O, scope: { ${scope} }, severity: minor, when: { metric: device.cpu_pct, above: 90 } }`,
    )
    assert.ok(parsed.ok, scope)
    const { rules, inactive } = compileRules(
      METRICS,
      parsed.rules.map(({ rule }) => rule),
    )
    assert.deepEqual(
      [rules, inactive.map(({ why }) => why.code)],
      [[], ["rule.inactive.customers"]],
      scope,
    )
  }
})

test("an exact name means the interface that had it last, a pattern only present names", () => {
  const key = portEntity(R1, "uplink")
  const entity: Entity = {
    ...{ key, family: "interface", device: R1, interface: "uplink", name: null, unit: null },
  }
  const isIn = (names: string[], earlierNames: string[]): boolean =>
    isInScope(
      {
        ...topology,
        interfaces: new Map([[key, { type: "ether", speedBps: null, earlierNames }]]),
      },
      { interfaces: { names } },
      entity,
    )
  assert.equal(isIn(["sfp1"], ["sfp1"]), true)
  assert.equal(isIn(["sfp*"], ["sfp1"]), false)
  assert.equal(isIn(["sfp1"], []), false)
  assert.equal(isIn(["up*"], ["sfp1"]), true)
})
