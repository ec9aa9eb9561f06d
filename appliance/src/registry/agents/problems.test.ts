import assert from "node:assert/strict"
import { test } from "node:test"
import type { Ack } from "@ispvm/wire"
import { textOf } from "../../messages/text.ts"
import { type ProblemFacts, problemsOf, updateRejected } from "./problems.ts"

const healthy: ProblemFacts = {
  shared: [],
  clockSkewMs: 120,
  isCorrected: true,
  rejected: null,
  restoredAgoMs: null,
}
const sender = (boot: string) => ({
  boot,
  firstMs: 0,
  lastMs: 0,
  hostname: "pop",
  address: "192.0.2.1",
})
const rejected = { items: 7, message: "too-old: 2001 is before 2026", sinceMs: 0, lastMs: 0 }
const cases: [string, Partial<ProblemFacts>, string[], RegExp | null][] = [
  ["a healthy agent has none", {}, [], null],
  [
    "a clock ahead is told with the amount",
    { clockSkewMs: 600_000 },
    ["clock-skew"],
    /10 min ahead of .* corrected/,
  ],
  ["years behind as well", { clockSkewMs: -63_072_000_000 }, ["clock-skew"], /730 d behind/],
  [
    "an agent of an earlier release is not corrected",
    { clockSkewMs: 6_000, isCorrected: false },
    ["clock-skew"],
    /Update the agent/,
  ],
  ["five seconds are no problem", { clockSkewMs: -5_000 }, [], null],
  [
    "two machines",
    { shared: [sender("a"), sender("b")] },
    ["identity-shared"],
    /Two machines use this agent's identity/,
  ],
  [
    "refused readings",
    { rejected },
    ["samples-rejected"],
    /7 within a minute, the last one with too-old/,
  ],
  [
    "restored data is said for an hour",
    { restoredAgoMs: 3_000 },
    ["data-restored"],
    /No data is lost/,
  ],
  ["and not longer", { restoredAgoMs: 3_600_001 }, [], null],
  [
    "the worst comes first, and two machines explain restored data",
    { shared: [sender("a"), sender("b")], clockSkewMs: 9_000, rejected, restoredAgoMs: 1 },
    ["identity-shared", "samples-rejected", "clock-skew"],
    null,
  ],
]
for (const [name, over, reasons, text] of cases)
  test(name, () => {
    const problems = problemsOf({ ...healthy, ...over })
    assert.deepEqual(
      problems.map(({ reason }) => reason),
      reasons,
    )
    const [first] = problems
    if (text !== null) assert.match(first === undefined ? "" : textOf(first.message), text)
  })

const ack = (...reasons: Ack["rejected"][number]["reason"][]): Ack => ({
  protocol: 1,
  buffer: "00000000-0000-4000-8000-000000000001",
  number: 1,
  accepted: 0,
  rejected: reasons.map((reason, index) => ({ index, reason, message: "m" })),
})
test("rejections are counted over a minute and forgotten a minute after the last", () => {
  let now = updateRejected(null, ack("too-old", "not-yours", "in-the-future"), 0)
  assert.deepEqual([now?.items, now?.message], [2, "in-the-future: m"])
  now = updateRejected(now, ack("too-old"), 30_000)
  assert.equal(now?.items, 3)
  assert.equal(updateRejected(now, ack(), 89_000), now)
  assert.equal(updateRejected(now, ack(), 91_000), null)
  assert.equal(updateRejected(now, ack("unknown-device"), 91_000), null)
})
