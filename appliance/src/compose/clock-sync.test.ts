/** A clock without a time server is a problem after a while, and none where nobody knows. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { createClockSync } from "./clock-sync.ts"

const play = async (answers: readonly (boolean | null)[]) => {
  let ms = 0
  let answer: boolean | null = null
  const sync = createClockSync({
    now: () => 1_000_000 + ms,
    steady: () => ms,
    isSynchronized: async () => answer,
    afterMs: 5_000,
  })
  try {
    for (const next of answers) {
      answer = next
      ms += 3_000
      await sync.check()
    }
    return sync.lostSinceMs()
  } finally {
    sync.stop()
  }
}

const CASES: readonly (readonly [string, readonly (boolean | null)[], number | null])[] = [
  ["it follows a server", [true, true, true], null],
  ["it has just started", [false, false], null],
  ["it has followed none for a while", [false, false, false], 1_003_000],
  ["it follows one again", [false, false, false, true], null],
  ["nobody knows", [null, null, null], null],
]
for (const [name, answers, expected] of CASES)
  test(name, async () => assert.equal(await play(answers), expected))
