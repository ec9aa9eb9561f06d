import assert from "node:assert/strict"
import { test } from "node:test"
import { makeFailover } from "../../../test/make-link.ts"
import { leftText, roomOf, worstCase } from "./failover-text.ts"

const direction = (leftBps: number | null, capacityBps: number | null = 10e9) => ({
  narrowest: [],
  capacityBps,
  loadBps: null,
  leftBps,
})

test("failover: what fits and what does not, in words", () => {
  assert.equal(leftText(5.8e9), "5.8 Gbit/s left")
  assert.equal(leftText(-1.2e9), "1.2 Gbit/s short")
})
test("failover: below a fifth of the capacity is scarce, below zero short", () => {
  assert.deepEqual([direction(5e9), direction(1.9e9), direction(-1), direction(null)].map(roomOf), [
    "enough",
    "scarce",
    "short",
    "enough",
  ])
})
test("failover: the head says the worst of all directions and cases, and nothing where one is not known", () => {
  const failover = makeFailover("ring")
  assert.equal(worstCase(failover)?.leftBps, -1.2e9)
  assert.equal(worstCase(makeFailover("unknown")), null)
  assert.equal(worstCase(makeFailover("none")), null)
})
