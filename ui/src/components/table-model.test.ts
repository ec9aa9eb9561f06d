import assert from "node:assert/strict"
import { test } from "node:test"
import { sortRows, type TableColumn } from "./table-model.ts"

type Row = { name: string; load: number | null }
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
  { name: "core-10", load: null },
  { name: "core-2", load: 7 },
  { name: "edge-1", load: 3 },
]
const names = (sort: string): string[] => sortRows(rows, columns, sort).map((row) => row.name)

test("table: numbers within names sort as numbers", () =>
  assert.deepEqual(names("name"), ["core-2", "core-10", "edge-1"]))
test("table: what has no value comes last, whichever way round", () => {
  assert.equal(names("load").at(-1), "core-10")
  assert.equal(names("-load").at(-1), "core-10")
  assert.equal(names("-load")[0], "core-2")
})
test("table: a column that cannot be sorted, or is unknown, leaves the order", () => {
  assert.deepEqual(names("plain"), ["core-10", "core-2", "edge-1"])
  assert.deepEqual(names("nothing"), ["core-10", "core-2", "edge-1"])
})
