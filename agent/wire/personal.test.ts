import assert from "node:assert/strict"
import { test } from "node:test"
import { FAMILIES } from "./families/families.ts"
import { PERSONAL_COLUMNS, PERSONAL_NAMES } from "./personal.ts"
import { TABLE_NAMES, tableOf } from "./tables/tables.ts"

test("every column that is marked as personal is in the table of personal fields", () => {
  const missing = TABLE_NAMES.flatMap((name) =>
    Object.entries(tableOf(name).columns).flatMap(([column, { isPersonal }]) =>
      isPersonal === true && PERSONAL_COLUMNS[name]?.[column] === undefined
        ? [`${name}.${column}`]
        : [],
    ),
  )
  assert.deepEqual(missing, [])
})

test("every field of it exists", () => {
  const unknown = Object.entries(PERSONAL_COLUMNS).flatMap(([name, fields]) => {
    const table = TABLE_NAMES.find((each) => each === name)
    const columns = table === undefined ? {} : tableOf(table).columns
    return Object.keys(fields).filter((column) => !Object.hasOwn(columns, column))
  })
  assert.deepEqual(unknown, [])
  for (const [family, { field }] of Object.entries(PERSONAL_NAMES)) {
    const key = FAMILIES.find(({ name }) => name === family)?.key
    assert.ok(key?.by === "name" && key.field === field, family)
  }
})
