import assert from "node:assert/strict"
import { test } from "node:test"
import {
  addressRange,
  checkRange,
  fieldMoment,
  fieldsOf,
  fieldText,
  momentText,
  rangeQuery,
  rangeText,
  SERIES_KEPT_MS,
} from "./absolute-range.ts"

const MINUTE = 60_000
const nowMs = new Date(2026, 10, 22, 14, 3).getTime()
const limits = { nowMs, keptMs: SERIES_KEPT_MS }
const reasonsOf = (
  fromMs: number | null,
  toMs: number | null,
  keptMs: number | null = limits.keptMs,
) => {
  const check = checkRange(fromMs, toMs, { nowMs, keptMs })
  return check.ok ? [] : check.problems.map(({ end, reason }) => `${end} ${reason}`)
}

test("range: two moments of the past in their order are a range", () =>
  assert.deepEqual(checkRange(nowMs - 10 * MINUTE, nowMs, limits), {
    ok: true,
    range: { fromMs: nowMs - 10 * MINUTE, toMs: nowMs },
  }))

test("range: what cannot be shown is named by its end and reason", () => {
  const old = nowMs - SERIES_KEPT_MS - MINUTE
  for (const [fromMs, toMs, reasons] of [
    [null, null, ["from missing", "to missing"]],
    [nowMs, null, ["to missing"]],
    [nowMs, nowMs - MINUTE, ["to not-after-from"]],
    [nowMs, nowMs, ["to not-after-from"]],
    [nowMs - 5_000, nowMs, ["to too-short"]],
    [nowMs - MINUTE, nowMs + 2 * MINUTE, ["to future"]],
    [nowMs + 2 * MINUTE, nowMs + 3 * MINUTE, ["from future", "to future"]],
    [old, nowMs, ["from too-old"]],
  ] as const)
    assert.deepEqual(reasonsOf(fromMs, toMs), reasons)
  assert.deepEqual(reasonsOf(old, nowMs, null), [], "a list that keeps everything")
})

test("range: the running minute is no future", () =>
  assert.deepEqual(reasonsOf(nowMs - MINUTE, nowMs + 59_000), []))

test("range: an address holds epoch milliseconds or ISO 8601, or what is wrong with them", () => {
  const read = (query: string) => addressRange(new URLSearchParams(query), limits)
  const range = { fromMs: nowMs - 10 * MINUTE, toMs: nowMs }
  const { from, to } = rangeQuery(range)
  assert.deepEqual(read(`from=${from}&to=${to}`), { ok: true, range })
  const iso = new URLSearchParams({
    from: new Date(range.fromMs).toISOString(),
    to: new Date(range.toMs).toISOString(),
  })
  assert.deepEqual(addressRange(iso, limits), { ok: true, range })
  assert.equal(read("range=6h"), null)
  for (const query of [`from=${from}`, "from=yesterday&to=x", `from=${to}&to=${from}`, "from=&to="])
    assert.equal(read(query)?.ok, false, query)
})

test("range: a field holds the reader's own time by the minute, and all of the range", () => {
  assert.equal(fieldText(nowMs + 7_000), "2026-11-22T14:03")
  assert.equal(fieldMoment(fieldText(nowMs)), nowMs)
  assert.equal(fieldMoment(""), null)
  assert.equal(fieldMoment("2026-13-40T00:00"), null)
  const fields = fieldsOf({ fromMs: nowMs - 10_000, toMs: nowMs + 10_000 })
  assert.deepEqual(fields, { from: "2026-11-22T14:02", to: "2026-11-22T14:04" })
})

test("range: it is written with what its reader needs: the year, and seconds", () => {
  const at = (...parts: [number, number, number, number, number, number?]) =>
    new Date(...parts).getTime()
  const text = (fromMs: number, toMs: number) =>
    rangeText({ fromMs, toMs }, nowMs).replaceAll(/\s/g, " ")
  assert.equal(text(at(2026, 10, 22, 9, 0), at(2026, 10, 22, 10, 30)), "22 Nov, 09:00–10:30")
  assert.match(text(at(2025, 11, 31, 9, 0), at(2026, 0, 1, 9, 0)), /31 Dec 2025.*1 Jan 2026/)
  assert.match(momentText(at(2026, 10, 22, 9, 0)), /^Sun,? 22 Nov 2026, 09:00$/)
  assert.match(
    text(at(2026, 10, 22, 9, 0, 5), at(2026, 10, 22, 9, 0, 25)),
    /09:00:05\s?–\s?09:00:25/,
  )
})
