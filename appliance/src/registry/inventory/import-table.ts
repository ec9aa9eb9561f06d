/**
 * The text of a spreadsheet as named cells. Handles the byte order mark, the `sep=` line, the
 * delimiter, blank lines and columns without a name; does not interpret the cells.
 */
import { CsvError, parse } from "csv-parse/sync"
import { z } from "zod"
import type { ImportMessage } from "../../api/import-messages.ts"

/** `column` is null if the whole line is meant. */
export type Rejection = {
  readonly line: number
  readonly column: string | null
  readonly said: ImportMessage
}
export type TableLine = {
  /** As in an editor: 1 is the first line of the file. */
  readonly line: number
  readonly cells: Readonly<Record<string, string>>
}
export type Table =
  | {
      readonly ok: true
      readonly lines: readonly TableLine[]
      readonly rejected: readonly Rejection[]
    }
  | { readonly ok: false; readonly rejected: readonly Rejection[] }

const DELIMITERS = [",", ";", "\t", "|"]
const Records = z.array(
  z.object({ record: z.array(z.string()), info: z.object({ lines: z.int() }) }),
)
/** Names of these columns in other tools. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["ip", "address"],
  ["ip_address", "address"],
  ["device", "name"],
  ["device_name", "name"],
  ["lat", "latitude"],
  ["lon", "longitude"],
  ["lng", "longitude"],
  ["long", "longitude"],
  ["role", "roles"],
])

/** `skipped`: columns that are allowed and left out. */
export type Columns = {
  readonly valid: readonly string[]
  readonly required: readonly string[]
  readonly skipped: readonly string[]
}
export const readTable = (csv: string, columns: Columns): Table => {
  const text = csv.startsWith("\uFEFF") ? csv.slice(1) : csv
  const separator = separatorLine(text)
  const parsed = parseRecords(
    separator === null ? text : text.slice(separator.length),
    separator?.delimiter,
  )
  if (!parsed.ok) return { ok: false, rejected: [later(parsed.rejection, separator)] }
  const [header, ...records] = parsed.records.filter(({ record }) => record.some(isFilled))
  if (header === undefined)
    return {
      ok: false,
      rejected: [
        {
          line: 1,
          column: null,
          said: { code: "import.no-header", params: {} },
        },
      ],
    }
  const names = header.record.map(columnName)
  const headerLine = header.info.lines - breaksIn(header.record) + (separator === null ? 0 : 1)
  const headerErrors = checkHeader(names, columns).map((each) => ({
    ...each,
    line: headerLine,
  }))
  if (headerErrors.length > 0) return { ok: false, rejected: headerErrors }

  const lines: TableLine[] = []
  const rejected: Rejection[] = []
  for (const { record, info } of records) {
    const line = info.lines - breaksIn(record) + (separator === null ? 0 : 1)
    const unnamed = record.findIndex((cell, at) => isFilled(cell) && (names[at] ?? "") === "")
    if (unnamed === -1) lines.push({ line, cells: namedCells(names, record) })
    else rejected.push({ line, ...unnamedCellError(record, unnamed, names.length) })
  }
  return { ok: true, lines, rejected }
}

/**
 * `sep=;` in the first line sets the delimiter for Excel; it is no row. `length` includes its line
 * end.
 */
const separatorLine = (
  text: string,
): { readonly delimiter: string; readonly length: number } | null => {
  const found = /^"?sep=([^\r\n"])"?[,;\t]{0,64}(\r\n|\r|\n)/i.exec(text)
  return found?.[1] === undefined ? null : { delimiter: found[1], length: found[0].length }
}
const later = (rejection: Rejection, separator: object | null): Rejection =>
  separator === null ? rejection : { ...rejection, line: rejection.line + 1 }

type Parsed =
  | { readonly ok: true; readonly records: z.infer<typeof Records> }
  | { readonly ok: false; readonly rejection: Rejection }
const parseRecords = (text: string, delimiter = delimiterOf(text)): Parsed => {
  try {
    const records = parse(text, {
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      // Files edited with several editors have mixed line ends.
      record_delimiter: ["\r\n", "\n", "\r"],
      delimiter,
    })
    return { ok: true, records: Records.parse(records) }
  } catch (error) {
    const line = error instanceof CsvError && typeof error.lines === "number" ? error.lines : 1
    const code = error instanceof CsvError ? error.code : ""
    return {
      ok: false,
      rejection: {
        line,
        column: null,
        said: { code: "import.not-a-table", params: { why: BROKEN[code] ?? "other" } },
      },
    }
  }
}
type Broken = Extract<ImportMessage, { code: "import.not-a-table" }>["params"]["why"]
const BROKEN: Readonly<Record<string, Broken>> = {
  CSV_QUOTE_NOT_CLOSED: "quote-open",
  INVALID_OPENING_QUOTE: "quote-inside",
  CSV_INVALID_CLOSING_QUOTE: "text-after-quote",
}

/**
 * Spreadsheets write the delimiter of their locale: the most frequent one in the first line that is
 * not blank.
 */
const delimiterOf = (text: string): string => {
  const start = text.search(/\S/)
  const rest = start === -1 ? "" : text.slice(start)
  const header = rest.slice(0, rest.search(/\r|\n|$/))
  const count = (mark: string) => header.split(mark).length
  return DELIMITERS.reduce((best, mark) => (count(mark) > count(best) ? mark : best), ",")
}

const isFilled = (cell: string): boolean => cell.trim() !== ""
/** NFC: composed and decomposed accents are the same name. */
const clean = (cell: string): string => cell.trim().normalize("NFC")
/** An exported list has an apostrophe before what a spreadsheet would run as a formula. */
const withoutGuard = (cell: string): string => cell.replace(/^'(?='*[=+\-@])/, "")
const columnName = (cell: string): string => {
  const name = clean(cell)
    .toLowerCase()
    .split(/[\s_-]/)
    .filter(Boolean)
    .join("_")
  return ALIASES.get(name) ?? name
}
const namedCells = (names: readonly string[], record: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name, at) =>
      name === "" ? [] : [[name, withoutGuard(clean(record[at] ?? ""))]],
    ),
  )

const unnamedCellError = (
  record: readonly string[],
  at: number,
  width: number,
): Omit<Rejection, "line"> => {
  const text = (record[at] ?? "").trim()
  const cell = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
  return at < width
    ? {
        column: String(at + 1),
        said: { code: "import.cell-without-column-name", params: { cell } },
      }
    : {
        column: null,
        said: {
          code: "import.too-many-cells",
          params: { cells: record.length, columns: width, cell },
        },
      }
}

/** csv-parse gives the line in which a record ends; people expect the one in which it begins. */
const breaksIn = (record: readonly string[]): number =>
  record.reduce((sum, text) => sum + (text.match(/\r\n|\r|\n/g)?.length ?? 0), 0)

const plain = (code: "import.column-missing" | "import.column-twice"): ImportMessage => ({
  code,
  params: {},
})
const checkHeader = (
  names: readonly string[],
  { valid, required, skipped }: Columns,
): Omit<Rejection, "line">[] => {
  const present = names.filter((name) => name !== "")
  return [
    ...required
      .filter((name) => !present.includes(name))
      .map((name) => ({ column: name, said: plain("import.column-missing") })),
    ...present
      .filter((name) => !valid.includes(name) && !skipped.includes(name))
      .map((name) => ({
        column: name,
        said: { code: "import.column-unknown" as const, params: { columns: valid.join(", ") } },
      })),
    ...present
      .filter((name, at) => present.indexOf(name) !== at)
      .map((name) => ({ column: name, said: plain("import.column-twice") })),
  ]
}
