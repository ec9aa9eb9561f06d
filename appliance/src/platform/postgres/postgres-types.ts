/** How values travel: what is sent as text, and how a column's text is read. */
import pg from "pg"

/** Ids of pg_type.dat that `pg` has no names for. */
const POINT: number = 600
const CIRCLE: number = 718
const TEXTS: number = 1009
const NUMBERS: number = 1016
const TIMESTAMPS: number = 1115
const DATES: number = 1182
const INSTANTS: number = 1185
const DECIMALS: number = 1231
const { INT8, DATE, TIMESTAMP, TIMESTAMPTZ, INTERVAL } = pg.types.builtins

const toDate = (text: string): Date => new Date(text)
const readList =
  (read: (text: string) => unknown) =>
  (text: string): unknown[] =>
    pg.types
      .getTypeParser(
        TEXTS,
        "text",
      )(text)
      .map((one: string | null) => (one === null ? null : read(one)))

/**
 * 64-bit integers are numbers: ids, byte counts and bit/s stay far below 2^53. `numeric` is cast in
 * SQL. Intervals and shapes stay text.
 */
const PARSERS = new Map<number, (text: string) => unknown>([
  [INT8, Number],
  [NUMBERS, readList(Number)],
  [TIMESTAMPTZ, toDate],
  [TIMESTAMP, toDate],
  [DATE, toDate],
  [INSTANTS, readList(toDate)],
  [TIMESTAMPS, readList(toDate)],
  [DATES, readList(toDate)],
  [DECIMALS, readList(String)],
  [INTERVAL, String],
  [POINT, String],
  [CIRCLE, String],
])

export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: (id: number, format?: "text" | "binary") =>
    PARSERS.get(id) ?? pg.types.getTypeParser(id, format),
}

/**
 * A value as `pg` sends it. Lists are written here: `pg` takes half as long again over long lists
 * of numbers. Throws for undefined, which is always a mistake: SQL's word is null.
 */
export const toParameter = (value: unknown): unknown => {
  if (value === undefined) throw new Error("undefined as a value for SQL: use null")
  if (Array.isArray(value)) return writeList(value)
  return value instanceof Date ? value.toISOString() : value
}

const areNumbers = (values: readonly unknown[]): boolean => {
  for (const value of values) if (typeof value !== "number") return false
  return true
}
const writeList = (values: readonly unknown[]): string =>
  `{${areNumbers(values) ? values.join(",") : values.map(writeElement).join(",")}}`

const writeElement = (value: unknown): string => {
  if (value === undefined) throw new Error("undefined in a list for SQL: use null")
  if (value === null) return "null"
  if (typeof value === "number" || typeof value === "boolean") return String(value)
  if (typeof value === "string") return quote(value)
  if (Array.isArray(value)) return writeList(value)
  if (value instanceof Date) return quote(value.toISOString())
  if (value instanceof Uint8Array) return quote(`\\x${Buffer.from(value).toString("hex")}`)
  return quote(typeof value === "object" ? JSON.stringify(value) : String(value))
}
const quote = (text: string): string =>
  `"${/["\\]/.test(text) ? text.replaceAll(/["\\]/g, "\\$&") : text}"`
