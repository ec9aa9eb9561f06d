/**
 * A limit on the time of an answer for any shape of network. It is generous, and in processor time,
 * so that a busy machine keeps it; the figure is printed. Each shape has one fault, or many with
 * half of the nodes customers, or random observations.
 */
import assert from "node:assert/strict"
import { test } from "node:test"
import { seeded } from "./random.ts"
import { solve } from "./rca.ts"
import { observeAll, planOf, SHAPES, withCustomers } from "./test/large-networks.ts"

const SIZE = 50_000
const MAX_MS = 15_000
const FAULTS = [1, 30, "random"] as const

Object.entries(SHAPES).forEach(([name, shape], index) => {
  const faults = FAULTS[index % FAULTS.length] ?? 1
  const what = faults === "random" ? "random observations" : `${faults} failed`
  test(`rca: ${name} of ${SIZE} nodes, ${what}`, (t) => {
    const random = seeded(7)
    const routers = faults === 1 ? SIZE : SIZE / 2
    const bare = planOf(shape(routers, random), routers, random)
    const document = observeAll(faults === 1 ? bare : withCustomers(bare), faults, random)
    const began = process.cpuUsage()
    const { hypotheses } = solve(document)
    const { user, system } = process.cpuUsage(began)
    const tookMs = (user + system) / 1_000
    const down = document.observations.filter((one) => one.value === "down").length
    t.diagnostic(
      `${tookMs.toFixed(0)} ms: ${document.links.length} links, ` +
        `${down} of ${document.observations.length} observations down, ` +
        `${hypotheses[0]?.components.length} components`,
    )
    assert.ok(tookMs < MAX_MS, `${tookMs.toFixed(0)} ms`)
  })
})
