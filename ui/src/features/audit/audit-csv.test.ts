import assert from "node:assert/strict"
import { test } from "node:test"
import type { AuditEntry } from "@ispvm/appliance/api/session"
import { auditRows } from "../../../test/audit-rows.ts"
import { auditCsv, MAX_EXPORT_ROWS, readAll } from "./audit-csv.ts"

/** An appliance with `total` rows that answers as `GET /audit` does. */
const apiOf = (total: number) => {
  const limits: number[] = []
  const [sample] = auditRows("ayse")
  assert.ok(sample)
  const audit = async (query: { limit?: unknown; before?: unknown } = {}) => {
    const { limit, before } = query
    limits.push(Number(limit))
    const first = before === undefined ? total : Number(before) - 1
    const items = Array.from(
      { length: Math.min(Number(limit), first) },
      (_, n): AuditEntry => ({ ...sample, id: String(first - n) }),
    )
    const last = Number(items.at(-1)?.id ?? 1)
    return {
      items,
      next: last > 1 ? String(last) : null,
      previous: null,
      total,
      offset: total - first,
    }
  }
  return { limits, audit }
}

test("audit export: every row once, newest first, in bounded requests", async () => {
  const api = apiOf(1_203)
  const { rows, total } = await readAll(api, {})
  assert.deepEqual(
    [rows.length, total, rows[0]?.id, rows.at(-1)?.id, new Set(rows.map(({ id }) => id)).size],
    [1_203, 1_203, "1203", "1", 1_203],
  )
  assert.deepEqual(api.limits, [500, 500, 500])
})

test("audit export: a file ends at its limit, and the total says what is missing", async () => {
  const { rows, total } = await readAll(apiOf(MAX_EXPORT_ROWS + 700), {})
  assert.deepEqual([rows.length, total], [MAX_EXPORT_ROWS, MAX_EXPORT_ROWS + 700])
})

test("audit export: a header, a line a row, details as JSON", () => {
  const lines = auditCsv(auditRows("ayse")).split("\r\n")
  assert.equal(lines[0], "at,actor,action,subject,subject_id,address,detail")
  assert.match(
    lines[1] ?? "",
    /^\d{4}-.*Z,ayse@example\.net,device\.changed,device,.*""before"":""10/,
  )
  assert.equal(lines.length, auditRows("ayse").length + 2)
})
