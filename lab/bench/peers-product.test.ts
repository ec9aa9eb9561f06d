/** Our alerts, incidents and notifications in the comparison with other systems. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { acceptedNamesOf, count, NOTHING } from "../eval/alerting/count.ts"
import { makeInventory } from "../eval/alerting/inventory.ts"
import { makeTimeline, type Timeline } from "../eval/alerting/timeline.ts"
import { timingFor } from "../eval/alerting/timing.ts"
import { UP, visibilityOf } from "../eval/world.ts"
import { runProduct } from "./peers-product.ts"

const timing = timingFor(9)
const NO_NOISE = { missingRatio: 0, downAsUpRatio: 0, upAsDownRatio: 0 }
/** v – a – b, a customer c at b. */
const { world } = makeInventory("n0", {
  nodes: ["v", "a", "b", "c"].map((id) => ({
    id,
    kind: id === "c" ? "customer" : "router",
    monitored: id !== "c",
  })),
  links: ["va", "ab", "bc"].map((id) => ({ id, a: id[0] ?? "", b: id[1] ?? "" })),
  groups: [],
  vantages: ["v"],
})
const nothing = (): void => undefined

/** Down for so many rounds, and up again. */
const lasting = (truth: string, rounds: number): Timeline => {
  const shown = visibilityOf(world, [truth])
  const up = new Uint8Array(world.observables.length).fill(UP)
  const probeRounds = Array.from({ length: 40 }, (_, round) => (round < rounds ? shown : up))
  return { truth: [truth], shown, probeRounds }
}

test("a dead router pages once, after the hold-down, and its recovery is sent", () => {
  const timeline = lasting("b", 25)
  const pages = runProduct(world, timeline, timing, nothing)
  const counted = count(acceptedNamesOf(world, timeline), pages, "class")
  assert.deepEqual(counted, { ...NOTHING, faults: 1, pages: 1 })
  const [{ afterMs } = { afterMs: 0 }] = pages
  const leastMs = timing.holdDown * timing.probeIntervalMs
  assert.ok(afterMs >= leastMs && afterMs < 2 * leastMs, `after ${afterMs} ms`)
})

test("what recovers within the hold-down, or before it is confirmed, pages nobody", () => {
  for (const rounds of [1, 2, 4])
    assert.deepEqual(runProduct(world, lasting("b", rounds), timing, nothing), [], `${rounds}`)
})

test("whatever fails, without noise: one page for it", () => {
  for (let seed = 0; seed < 20; seed += 1) {
    const timeline = makeTimeline(world, 1, timing, `product ${seed}`, NO_NOISE)
    const pages = runProduct(world, timeline, timing, nothing)
    assert.deepEqual(
      pages.map(({ recovered }) => recovered),
      [true],
      timeline.truth.join(),
    )
  }
})
