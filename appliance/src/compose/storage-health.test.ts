import assert from "node:assert/strict"
import { test } from "node:test"
import { textOf } from "../messages/text.ts"
import type { ClockStep } from "../platform/clock.ts"
import { clockMessage } from "./clock-notice.ts"
import { createStorageHealth } from "./storage-health.ts"

const said = (step: ClockStep): string => textOf(clockMessage(step))
const coded = (code: string): Error => Object.assign(new Error("no"), { code })
const make = () => {
  const world = { steadyMs: 0, probes: 0, answer: null as Error | null }
  const health = createStorageHealth({
    now: () => 1_900_000_000_000 + world.steadyMs,
    steady: () => world.steadyMs,
    probe: async () => {
      world.probes += 1
      if (world.answer !== null) throw world.answer
    },
  })
  return { world, health }
}

test("the outcome of real transactions decides; other errors than those of the storage do not", () => {
  const cases: readonly [string, string | null][] = [
    ["53100", "disk-full"],
    ["25006", "read-only"],
    ["CONNECTION_CLOSED", "unreachable"],
    ["58030", "failing"],
    ["23505", null],
    ["22003", null],
  ]
  for (const [code, expected] of cases) {
    const { health } = make()
    health.failed(coded(code))
    assert.equal(health.fault()?.fault ?? null, expected, code)
    health.worked()
    assert.equal(health.fault(), null)
  }
})

test("without transactions a small write is tried, and its success does not hide a disk that was just full", async () => {
  const { world, health } = make()
  health.worked()
  await health.check()
  assert.equal(world.probes, 0, "something was stored a moment ago")
  world.steadyMs += 11_000
  world.answer = coded("25006")
  await health.check()
  assert.deepEqual([world.probes, health.fault()?.fault], [1, "read-only"])
  world.answer = null
  health.failed(coded("53100"))
  world.steadyMs += 30_000
  await health.check()
  assert.equal(health.fault()?.sinceMs, 1_900_000_000_000 + 11_000, "since the first sign of it")
  world.steadyMs += 31_000
  await health.check()
  assert.equal(health.fault(), null)
})

test("a clock that was set is reported with direction, amount and time", () => {
  const atMs = Date.parse("2026-11-29T10:00:00Z")
  assert.match(said({ byMs: -3_600_000, atMs }), /set back by 1 h at 2026-11-29 10:00:00 UTC/)
  assert.match(said({ byMs: 600_000, atMs }), /set forward by 10 min at/)
})
