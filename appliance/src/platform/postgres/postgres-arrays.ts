/**
 * Lists in SQL's own writing, `{1,"a b",NULL}`. The `postgres` package would ask the server for its list types on every new connection,
 * and ends the process where that one is lost over the question: so they are told to it, and it does not ask.
 */

import type postgres from "postgres"

/** Element type to its list type, by the ids that every Postgres has (pg_type.dat). */
const LISTS: Readonly<Record<number, number>> = {
  16: 1000, // boolean
  17: 1001, // bytea
  20: 1016, // bigint
  21: 1005, // smallint
  23: 1007, // integer
  25: 1009, // text
  26: 1028, // oid
  114: 199, // json
  700: 1021, // real
  701: 1022, // double precision
  869: 1041, // inet
  1043: 1015, // varchar
  1082: 1182, // date
  1114: 1115, // timestamp
  1184: 1185, // timestamptz
  1700: 1231, // numeric
  2950: 2951, // uuid
  3802: 3807, // jsonb
}

type Codecs = Pick<ReturnType<typeof postgres>["options"], "parsers" | "serializers">

/** Adds the list types to what a pool reads and writes, by the way it does their elements. */
export const addLists = ({ parsers, serializers }: Codecs): void => {
  for (const [element, list] of Object.entries(LISTS)) {
    const read = parsers[Number(element)] ?? String
    const write = (value: unknown) => String((serializers[Number(element)] ?? String)(value))
    parsers[list] = (text) => readList(text, read)
    serializers[list] = (value) => (Array.isArray(value) ? writeList(value, write) : String(value))
  }
}

export const writeList = (values: readonly unknown[], write: (value: unknown) => string): string =>
  `{${values
    .map((value) => {
      if (value === undefined)
        throw new Error("undefined in a list for SQL; null is meant, or a mistake was made")
      if (value === null) return "null"
      return Array.isArray(value)
        ? writeList(value, write)
        : `"${write(value).replaceAll(/["\\]/g, "\\$&")}"`
    })
    .join(",")}}`

/** As the server writes it: a quoted element, or one that holds neither comma, brace, quote, backslash nor blank. */
export const readList = (text: string, read: (text: string) => unknown): unknown[] => {
  // Where a list does not begin at 1 its bounds stand before it: `[0:2]={…}`.
  const tokens = text.slice(text.indexOf("{")).matchAll(/[{},]|"((?:[^"\\]|\\.)*)"|[^{},"]+/gs)
  const open: unknown[][] = [[]]
  for (const [token, quoted] of tokens) {
    const inner = open.at(-1) ?? []
    if (token === "{") open.push([])
    else if (token === "}") open.at(-2)?.push(open.pop())
    else if (quoted !== undefined) inner.push(read(quoted.replaceAll(/\\(.)/gs, "$1")))
    else if (token !== ",") inner.push(token === "NULL" ? null : read(token))
  }
  const [list] = open[0] ?? []
  return Array.isArray(list) ? list : []
}
