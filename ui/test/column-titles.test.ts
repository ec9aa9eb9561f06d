import assert from "node:assert/strict"
import { test } from "node:test"
import { describeFamily, FAMILIES } from "@ispvm/wire/families"
import { DATA_TABS, PROBE_VALUES } from "../src/features/device/device-tabs.ts"
import { collecting as english } from "../src/i18n/strings/collecting.ts"
import { collecting as turkish } from "../src/i18n/strings/tr/collecting.ts"
import { metrics } from "../src/i18n/strings/tr/metrics.ts"

/** What a column of 120 px shows. */
const MAX_CHARS = 16

test("the titles of columns of metrics are short in each language", () => {
  const shown = new Set(
    [...DATA_TABS, PROBE_VALUES].flatMap(({ parts }) =>
      parts.flatMap((part) => (part.kind === "values" ? [part.family] : [])),
    ),
  )
  const long = FAMILIES.filter(({ name }) => shown.has(name))
    .flatMap((family) => describeFamily(family).metrics)
    .filter(({ metric }) => !/_(low|high)_dbm$/.test(metric))
    .flatMap(({ metric, label }) => [
      english.titles[metric] ?? label,
      turkish.titles[metric] ?? metrics.labels[metric] ?? label,
    ])
    .filter((title) => title.length > MAX_CHARS)
  assert.deepEqual(long, [])
})
