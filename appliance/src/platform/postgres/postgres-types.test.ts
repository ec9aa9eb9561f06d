import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { type TestDatabase, testDatabase } from "../../../test/database.ts"
import { columnTypes, toParameter } from "./postgres-types.ts"

let db: TestDatabase
before(async () => {
  db = await testDatabase()
})
after(() => db.close())

const texts = [
  "",
  "a",
  "a b",
  'a"b',
  "a\\b",
  "a,b",
  "{a}",
  "NULL",
  "null",
  "line\nbreak",
  "Łódź",
  "'",
  "\\",
  '"',
]

test("the elements of a list are stored and read back unchanged", async () => {
  const lists = {
    texts: [...texts, null],
    numbers: [1, -2.5, 1e300],
    flags: [true, false],
    nested: [["a"], ["b c"]],
  }
  const bytes = [Buffer.of(0, 92, 34, 255), Buffer.alloc(0)]
  const dates = [new Date("2026-01-02T03:04:05.678Z")]
  const [row] = await db.dbs.ui.sql`
    select ${lists.texts}::text[] as texts, ${lists.numbers}::float8[] as numbers, ${lists.flags.map(String)}::text[]::bool[] as flags,
      ${lists.nested}::text[] as nested, '[0:1]={7,8}'::int[] as bounded, '{}'::uuid[] as none, null::text[] as nothing,
      array['00000000-0000-0000-0000-000000000001']::uuid[] as ids, array['\\x005c22ff', '\\x']::bytea[] as bytes,
      array['2026-01-02T03:04:05.678Z']::timestamptz[] as dates, array['{"a": [1, "}"]}']::jsonb[] as documents, array[1.50]::numeric[] as exact`
  assert.deepEqual(
    { ...row },
    {
      texts: lists.texts,
      numbers: lists.numbers,
      flags: lists.flags,
      nested: lists.nested,
      bounded: [7, 8],
      none: [],
      nothing: null,
      ids: ["00000000-0000-0000-0000-000000000001"],
      bytes,
      dates,
      documents: [{ a: [1, "}"] }],
      exact: ["1.50"],
    },
  )
})

test("a list is read back as written; undefined is not a value", () => {
  const read = columnTypes.getTypeParser(1009 as number, "text")
  assert.deepEqual(read(String(toParameter(texts))), texts)
  assert.throws(() => toParameter([undefined]), /undefined in a list/)
  assert.throws(() => toParameter(undefined), /undefined as a value/)
})

test("a date keeps its milliseconds and a list of dates and bytes arrives", async () => {
  const at = new Date("2026-01-02T03:04:05.678Z")
  const [row] = await db.dbs.ui.sql`
    select ${at}::timestamptz as at, ${[at, null]}::timestamptz[] as list,
      ${[Buffer.of(0, 92, 34), new Uint8Array([1])]}::bytea[] as bytes, ${[{ a: '"' }]}::jsonb[] as documents`
  assert.deepEqual(
    { ...row },
    { at, list: [at, null], bytes: [Buffer.of(0, 92, 34), Buffer.of(1)], documents: [{ a: '"' }] },
  )
})

test("every list type of the tables is read as a list", async () => {
  const used = await db.dbs.ui.sql<{ name: string; list: number }[]>`
    select distinct format_type(a.atttypid, null) as name, a.atttypid::int as list
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    join pg_type t on t.oid = a.atttypid
    where t.typcategory = 'A' and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
      and n.nspname !~ '^_?timescaledb'`
  assert.ok(used.length > 0)
  assert.deepEqual(
    used.filter(({ list }) => !Array.isArray(columnTypes.getTypeParser(list, "text")("{}"))),
    [],
  )
})
