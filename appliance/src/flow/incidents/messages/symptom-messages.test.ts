import assert from "node:assert/strict"
import { test } from "node:test"
import type { TimelineMessage } from "../../../api/messages.ts"
import { condense } from "./symptom-messages.ts"

test("of many symptoms at once, five lines are written and the rest is counted", () => {
  const lines = Array.from(
    { length: 400 },
    (_, n): TimelineMessage => ({ code: "timeline.note", params: { text: `${n}` } }),
  )
  assert.deepEqual(condense(lines.slice(0, 6)), lines.slice(0, 6))
  assert.deepEqual(condense(lines).slice(5), [
    { code: "timeline.more-at-once", params: { count: 395 } },
  ])
})
