import assert from "node:assert/strict"
import { test } from "node:test"
import type { TableColumn } from "./table-model.ts"
import { createTableState } from "./table-state.ts"

type Row = { readonly id: string; readonly name: string; readonly load: number | null }
const columns: readonly TableColumn<Row>[] = [
  {
    key: "name",
    label: "Name",
    width: "1fr",
    card: "title",
    cell: (row) => row.name,
    sort: (row) => row.name,
  },
  {
    key: "load",
    label: "Load",
    width: "1fr",
    card: "value",
    cell: (row) => String(row.load),
    sort: (row) => row.load,
  },
  { key: "plain", label: "Plain", width: "1fr", card: "value", cell: () => "" },
]
const rows: readonly Row[] = [
  { id: "a", name: "core-10", load: null },
  { id: "b", name: "core-2", load: 7 },
  { id: "c", name: "edge-1", load: 3 },
]
const none: ReadonlySet<string> = new Set()
const makeTable = (sort = "") => {
  const table = createTableState<Row>()
  table.update({ rows, columns, sort, hidden: none })
  return table
}
const names = (sort: string): string[] =>
  makeTable(sort)
    .rows()
    .map((row) => row.name)

test("table: numbers in names count as numbers", () =>
  assert.deepEqual(names("name"), ["core-2", "core-10", "edge-1"]))
test("table: rows without a value come last, up and down", () => {
  assert.deepEqual(names("load"), ["edge-1", "core-2", "core-10"])
  assert.deepEqual(names("-load"), ["core-2", "edge-1", "core-10"])
})
test("table: a column without an order, or none at all, leaves the rows as they came", () => {
  const asTheyCame = rows.map((row) => row.name)
  assert.deepEqual(names("plain"), asTheyCame)
  assert.deepEqual(names("gone"), asTheyCame)
})
test("table: selection survives new data and another order, and forgets rows that are gone", () => {
  const table = makeTable()
  table.toggle("b")
  table.toggle("c")
  assert.equal(table.selection(), "some")
  table.update({
    rows: [{ id: "b", name: "core-2", load: 9 }],
    columns,
    sort: "-load",
    hidden: none,
  })
  assert.deepEqual([...table.selectedIds()], ["b"])
  assert.equal(table.selection(), "all")
})
test("table: all are selected, then none", () => {
  const table = makeTable()
  table.toggleAll()
  assert.equal(table.selection(), "all")
  table.toggleAll()
  assert.equal(table.selection(), "none")
})
test("table: all that are shown are selected, then none of them; what a filter hides keeps its choice", () => {
  const table = makeTable()
  table.update({ rows, columns, sort: "name", hidden: none })
  table.toggle("a")
  table.update({ rows: rows.filter(({ id }) => id !== "a"), columns, sort: "name", hidden: none })
  table.toggleAll()
  assert.deepEqual([...table.chosenIds()].sort(), ["a", "b", "c"])
  assert.deepEqual([...table.selectedIds()].sort(), ["b", "c"])
  table.toggleAll()
  assert.deepEqual([...table.chosenIds()], ["a"])
})
test("table: hidden columns are not drawn, and still order the rows", () => {
  const table = makeTable()
  table.update({ rows, columns, sort: "load", hidden: new Set(["load"]) })
  assert.deepEqual(
    table.columns().map(({ key }) => key),
    ["name", "plain"],
  )
  assert.deepEqual(
    table.rows().map(({ id }) => id),
    ["c", "b", "a"],
  )
})
test("table: 5,000 rows are put in order without much CPU time", () => {
  const many = Array.from({ length: 5_000 }, (_, n) => ({
    id: String(n),
    name: `r-${(n * 7_919) % 5_000}`,
    load: n,
  }))
  const table = makeTable("load")
  const before = process.cpuUsage()
  table.update({ rows: many, columns, sort: "load", hidden: none })
  assert.equal(table.rows()[0]?.id, "0")
  const { user, system } = process.cpuUsage(before)
  assert.ok(user + system < 400_000, `${(user + system) / 1_000} ms of CPU`)
})
