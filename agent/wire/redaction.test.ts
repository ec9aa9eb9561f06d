import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import {
  formatRedactionHeader,
  parseRedactionHeader,
  REDACTIONS,
  type RedactionReport,
} from "./redaction.ts"

const names = fc.subarray([...REDACTIONS])
const report: fc.Arbitrary<RedactionReport> = fc.record({
  floor: names,
  hide: names,
  version: fc.nat({ max: 999_999_999 }),
  keyOf: fc.constantFrom("host" as const, "appliance" as const, null),
  keyCheck: fc.option(fc.stringMatching(/^[0-9a-f]{16}$/)),
})

test("a report is read as it was written", () => {
  fc.assert(
    fc.property(report, (given) =>
      assert.deepEqual(parseRedactionHeader(formatRedactionHeader(given)), { ...given }),
    ),
    { numRuns: 100 },
  )
})

test("anything else is no report", () => {
  for (const text of [
    undefined,
    "",
    "users",
    "users users 1 host",
    "colors - 0 - -",
    "- - -1 - -",
    "- - 1 agent -",
    "- - 1 host 12",
    "- - 1 host - more",
  ])
    assert.equal(parseRedactionHeader(text), null, text)
})
