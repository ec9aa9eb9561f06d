import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { type BinaryColumn, type BinaryType, encodeArray, encodeCopy } from "./binary.ts"
import { openSql } from "./db.ts"

let db: TestDatabase
let owner: ReturnType<typeof openSql>
before(async () => {
  db = await testDatabase()
  owner = openSql(db.owner, { name: "test", max: 1 })
  await owner`create schema if not exists binary_test`
})
after(async () => {
  await owner.end()
  await db.close()
})

const MAX_INT = 2 ** 31 - 1
const CASES: readonly (BinaryColumn & { readonly sql: string })[] = [
  { type: "boolean", values: [1, 0, null], sql: "array[true, false, null]" },
  { type: "smallint", values: [-32_767, 32_767, null], sql: "array[-32767, 32767, null]" },
  { type: "int", values: [-MAX_INT, MAX_INT, 0], sql: "array[-2147483647, 2147483647, 0]" },
  {
    type: "bigint",
    values: [Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, -1],
    sql: "array[9007199254740991, -9007199254740991, -1]",
  },
  { type: "real", values: [Math.fround(0.1), -2.5, null], sql: "array[0.1, -2.5, null]" },
  { type: "double precision", values: [0.1, 1e300, null], sql: "array[0.1, 1e300, null]" },
  {
    type: "timestamptz",
    values: [Date.parse("2026-01-02T03:04:05.678Z"), Date.parse("1970-01-01Z") + 0.001, null],
    sql: "array['2026-01-02 03:04:05.678Z', '1970-01-01 00:00:00.000001Z', null]",
  },
]

test("arrays are what their text would be", async () => {
  for (const { sql, ...column } of CASES) {
    const type = owner.unsafe(`${column.type}[]`)
    const [row] = await owner<{ isSame: boolean }[]>`
      select ${encodeArray(column)}::${type} is not distinct from ${owner.unsafe(sql)}::${type} as "isSame"`
    assert.equal(row?.isSame, true, column.type)
  }
  const [none] = await owner<{ n: number }[]>`
    select cardinality(${encodeArray({ type: "int", values: [] })}::int[]) as n`
  assert.equal(none?.n, 0)
})

test("rows are copied as they are, nulls too, and counted", async () => {
  await owner.unsafe(
    `create table binary_test.row (${CASES.map(({ type }, n) => `c${n} ${type}`).join(", ")})`,
  )
  const stored = await owner.copy(
    "copy binary_test.row from stdin (format binary)",
    encodeCopy(CASES),
  )
  assert.equal(stored, 3)
  for (const [n, { type, sql }] of CASES.entries()) {
    const [row] = await owner.unsafe<{ isSame: boolean }[]>(
      `select array(select c${n} from binary_test.row) is not distinct from ${sql}::${type}[] as "isSame"`,
    )
    assert.equal(row?.isSame, true, type)
  }
  const none = encodeCopy([{ type: "int", values: [] }])
  assert.equal(await owner.copy("copy binary_test.row (c2) from stdin (format binary)", none), 0)
})

test("a number that does not fit is an error, and never another number", () => {
  const cases: readonly (readonly [BinaryType, number])[] = [
    ["smallint", 32_768],
    ["int", 2 ** 31],
    ["int", 0.5],
    ["bigint", 2 ** 60],
  ]
  for (const [type, value] of cases)
    for (const encode of [encodeArray, (column: BinaryColumn) => encodeCopy([column])])
      assert.throws(() => encode({ type, values: [value] }), RangeError, `${value}::${type}`)
})

test("after a COPY that fails, statements sent behind it get their own answers", async () => {
  await owner.unsafe("create table binary_test.key (id int primary key)")
  const data = encodeCopy([{ type: "int", values: [1, 2, 1] }])
  for (const [text, code] of [
    ["copy binary_test.key from stdin (format binary)", "23505"],
    ["copy binary_test.missing from stdin (format binary)", "42P01"],
  ] as const) {
    const [copied, selected] = await Promise.allSettled([
      owner.copy(text, data),
      owner<{ n: number }[]>`select 7 as n`,
    ])
    assert.equal(copied.status === "rejected" && copied.reason.code, code)
    assert.equal(selected.status === "fulfilled" && selected.value[0]?.n, 7)
  }
  const failing = owner.begin(async (tx) => {
    await Promise.all([
      tx.copy("copy binary_test.key from stdin (format binary)", data),
      tx`select 1`,
    ])
  })
  await assert.rejects(failing, { code: "23505" })
  const [row] = await owner<{ n: number }[]>`select count(*)::int as n from binary_test.key`
  assert.equal(row?.n, 0)
})
