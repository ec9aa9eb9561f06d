import assert from "node:assert/strict"
import { test } from "node:test"
import {
  bitRate,
  byteSize,
  count,
  NONE,
  perSecond,
  probabilityText,
  roundTrip,
  share,
  threeDigits,
} from "./units.ts"

const cases: [string, string, string][] = [
  ["three digits below ten", threeDigits(1.2449), "1.24"],
  ["three digits below a hundred", threeDigits(38.24), "38.2"],
  ["no trailing zeros", threeDigits(2), "2"],
  ["small values keep three places", threeDigits(0.0042), "0.004"],
  ["negative values keep their sign", threeDigits(-1.5), "-1.5"],
  ["a rounded-up hundred has no fraction", threeDigits(99.97), "100"],
  ["gigabits", bitRate(1_240_000_000), "1.24 Gbit/s"],
  ["just below a unit takes the next one", bitRate(999_999_999), "1 Gbit/s"],
  ["idle is zero, not a fraction of a bit", bitRate(0.3), "0 bit/s"],
  ["nothing measured is a dash", bitRate(null), NONE],
  ["milliseconds", roundTrip(38.2), "38.2 ms"],
  ["microseconds", roundTrip(0.412), "412 µs"],
  ["seconds", roundTrip(1_500), "1.5 s"],
  ["per cent", share(0.004), "0.4 %"],
  ["all of it", share(1), "100 %"],
  ["a chance is whole per cent", probabilityText(0.7149), "71 %"],
  ["no chance is quite certain", probabilityText(1), "> 99 %"],
  ["nor quite out of the question", probabilityText(0), "< 1 %"],
  ["a chance just below is not rounded up to it", probabilityText(0.994), "99 %"],
  ["binary sizes", byteSize(1_073_741_824), "1 GiB"],
  ["events a second", perSecond(0.5), "0.5 /s"],
  ["counts in groups", count(12_345), "12\u202f345"],
]
for (const [name, got, expected] of cases) test(`units: ${name}`, () => assert.equal(got, expected))
