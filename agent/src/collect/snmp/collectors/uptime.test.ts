import assert from "node:assert/strict"
import { test } from "node:test"
import { TICKS_WRAP_S, type UptimeMemory, uptimeOf } from "./uptime.ts"

const DAY_S = 86_400
type Read = Parameters<typeof uptimeOf>[1]
const read = (
  ticksS: number | null,
  engineS: number | null = null,
  hostS: number | null = null,
): Read => ({
  ticksS,
  engineS,
  hostS,
})
const memory = (uptimeS: number, wraps = 0): UptimeMemory => ({ uptimeS, wraps })

const cases: readonly (readonly [string, UptimeMemory | null, Read, number | null])[] = [
  ["sysUpTime is believed", null, read(500), 500],
  ["a host's uptime beside it changes nothing", null, read(500, null, 90_000), 500],
  ["where there is no sysUpTime, the host's stands in", null, read(null, null, 90_000), 90_000],
  ["nothing told is nothing", null, read(null), null],
  [
    "the engine sees through one wrap",
    null,
    read(600 * DAY_S - TICKS_WRAP_S, 600 * DAY_S),
    600 * DAY_S,
  ],
  [
    "and through two",
    null,
    read(1_200 * DAY_S - 2 * TICKS_WRAP_S, 1_200 * DAY_S + 60),
    1_200 * DAY_S,
  ],
  ["an engine that is younger or of another run says nothing", null, read(5_000, 12), 5_000],
  [
    "an engine's time in another unit says nothing",
    null,
    read(50 * DAY_S, 5_000 * DAY_S),
    50 * DAY_S,
  ],
  ["a wrap that was seen is counted", memory(TICKS_WRAP_S - 20), read(10), TICKS_WRAP_S + 10],
  ["and stays counted", memory(TICKS_WRAP_S + 10, 1), read(40), TICKS_WRAP_S + 40],
  ["a restart after a wrap is a restart", memory(TICKS_WRAP_S + 9_000, 1), read(40), 40],
  ["a restart is no wrap", memory(9_000), read(40), 40],
]
for (const [name, was, now, uptimeS] of cases)
  test(`uptime: ${name}`, () => assert.equal(uptimeOf(was, now)?.uptimeS ?? null, uptimeS))
