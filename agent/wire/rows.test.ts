import assert from "node:assert/strict"
import { test } from "node:test"
import { Item } from "./batch.ts"
import { cellOf, Rows } from "./rows.ts"
import { TABLES } from "./tables/tables.ts"

const item = (changes: object = {}): unknown => ({
  kind: "rows",
  device: "0b7f6a57-3c3f-4d0c-9a43-5d3a3c7b1f10",
  atMs: 1_789_000_000_000,
  source: "snmp",
  table: "vlans",
  isFull: true,
  part: 0,
  count: 1,
  rows: [{ key: "bridge 10", values: { vlanId: "10", isDynamic: false } }],
  gone: [],
  ...changes,
})
const rowsWith = (values: object) => item({ rows: [{ key: "a", values }] })

test("rows have the columns of their table, each of its type", () => {
  assert.equal(Item.safeParse(item()).success, true)
  for (const [values, column] of [
    [{ color: "red" }, "color"],
    [{ vlanId: 10 }, "vlanId"],
    [{ isDynamic: "true" }, "isDynamic"],
    [{ name: "a\0b" }, "name"],
    [{ name: "\ud800" }, "name"],
    [JSON.parse('{"__proto__": "x"}'), "__proto__"],
  ] as const) {
    const { error } = Rows.safeParse(rowsWith(values))
    assert.deepEqual(error?.issues[0]?.path.at(-1), column, JSON.stringify(values))
  }
  const since = (sinceMs: unknown) =>
    Rows.safeParse(item({ table: "sessions", rows: [{ key: "a", values: { sinceMs } }] })).success
  assert.deepEqual([since(1), since(1.5), since(-1), since(null)], [true, false, false, false])
})

test("an unknown table and more than a thousand rows are rejected", () => {
  assert.equal(Rows.safeParse(item({ table: "colors" })).success, false)
  const rows = Array.from({ length: 1_001 }, (_, key) => ({ key: String(key), values: {} }))
  assert.equal(Rows.safeParse(item({ rows })).success, false)
  assert.equal(Rows.safeParse(item({ rows: rows.slice(1) })).success, true)
})

test("cells are made valid or left out", () => {
  const [text, number, time] = (["text", "number", "time"] as const).map((type) => ({
    type,
    title: "",
  }))
  assert.ok(text !== undefined && number !== undefined && time !== undefined)
  assert.deepEqual(
    [cellOf(text, "a\0b"), cellOf(text, ""), cellOf(text, 7), cellOf(text, "\0")],
    ["ab", null, null, null],
  )
  assert.deepEqual([cellOf(number, 0.5), cellOf(number, Number.NaN)], [0.5, null])
  assert.deepEqual([cellOf(time, 12.4), cellOf(time, -1)], [12, null])
})

test("the rows of tables agree with each other", () => {
  const names = TABLES.map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
  for (const { name, columns } of TABLES) {
    assert.match(name, /^[a-z][a-z-]{0,31}$/)
    for (const [column, { title, type, tolerance }] of Object.entries(columns)) {
      assert.match(column, /^[a-z][A-Za-z0-9]*$/)
      assert.ok(title !== "", column)
      assert.ok(tolerance === undefined || type === "number" || type === "time", column)
    }
  }
})
