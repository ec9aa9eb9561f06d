/** A bound on time, whatever the network looks like: generous, so that a busy machine keeps it, and the figure is printed. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { solve } from "./cause.ts"
import { lookAll, planOf, SHAPES, seeded, withCustomers } from "./test/large.ts"

const SIZE = 50_000
const MOST_MS = 5_000
const FAULTS = [1, 30, "wild"] as const

for (const [name, shape] of Object.entries(SHAPES)) {
  for (const faults of FAULTS) {
    test(`cause: ${name} of ${SIZE} nodes, ${faults === "wild" ? "every look at random" : `${faults} failed`}`, (t) => {
      const random = seeded(7)
      const routers = faults === 1 ? SIZE : SIZE / 2
      const bare = planOf(shape(routers, random), routers, random)
      const document = lookAll(faults === 1 ? bare : withCustomers(bare), faults, random)
      const began = performance.now()
      const { hypotheses } = solve(document)
      const tookMs = performance.now() - began
      const down = document.observations.filter((one) => one.value === "down").length
      t.diagnostic(
        `${tookMs.toFixed(0)} ms, ${document.links.length} links, ${down} of ${document.observations.length} looks down, ${hypotheses[0]?.components.length} components`,
      )
      assert.ok(tookMs < MOST_MS, `${tookMs.toFixed(0)} ms`)
    })
  }
}
