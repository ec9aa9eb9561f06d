/** Reads the text of a device list: each line becomes a checked row or a rejection that names line and column. Touches nothing. */
import { CsvError, parse } from "csv-parse/sync"
import { z } from "zod"
import { CELLS } from "./import-cells.ts"

export type Rejection = { readonly line: number; readonly column: string | null; readonly message: string }
/** Null is an empty cell or a column that is not there: an update leaves that field as it is. */
export type ImportRow = { readonly line: number } & { readonly [K in keyof typeof CELLS]: z.infer<(typeof CELLS)[K]> }
export type ImportList = { readonly rows: readonly ImportRow[]; readonly rejected: readonly Rejection[] }

const LINES = 10_000
const COLUMNS = Object.keys(CELLS)
const Row = z.object(CELLS)
const Cells = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.int() }) }))

export const readImport = (csv: string): ImportList => {
  const cells = readCells(csv)
  if (!cells.ok) return { rows: [], rejected: [cells.rejection] }
  const [header, ...lines] = cells.cells
  if (header === undefined)
    return { rows: [], rejected: [{ line: 1, column: null, message: "expected a first line of column names" }] }
  const names = header.record.map((name) =>
    name
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, "_"),
  )
  const wrongHeader = checkHeader(names)
  if (wrongHeader.length > 0) return { rows: [], rejected: wrongHeader }
  if (lines.length > LINES)
    return { rows: [], rejected: [{ line: LINES + 2, column: null, message: `at most ${LINES} devices at once` }] }

  const rows: ImportRow[] = []
  const rejected: Rejection[] = []
  const seen = new Map<string, number>()
  for (const { record, info } of lines) {
    const line = info.lines - breaksIn(record)
    if (record.length > names.length) {
      rejected.push({ line, column: null, message: `has ${record.length} cells, the header names ${names.length}` })
      continue
    }
    const raw = Object.fromEntries(COLUMNS.map((name) => [name, record[names.indexOf(name)]?.trim() || null]))
    const parsed = Row.safeParse({ ...raw, name: raw.name ?? "", address: raw.address ?? "" })
    if (!parsed.success) {
      for (const issue of parsed.error.issues)
        rejected.push({ line, column: String(issue.path[0] ?? ""), message: issue.message })
      continue
    }
    if (parsed.data.fingerprint !== null && parsed.data.api_tls === false) {
      rejected.push({
        line,
        column: "fingerprint",
        message: "stands beside api_tls no; without TLS a router shows no certificate",
      })
      continue
    }
    const first = seen.get(parsed.data.name)
    if (first !== undefined) {
      rejected.push({ line, column: "name", message: `${parsed.data.name} stands in line ${first} already` })
      continue
    }
    seen.set(parsed.data.name, line)
    rows.push({ ...parsed.data, line })
  }
  return { rows, rejected }
}

/** A spreadsheet writes commas, semicolons or tabs, as its country does: what the header line has most of. */
const delimiterOf = (csv: string): string => {
  const header = csv.slice(0, csv.search(/\r|\n|$/))
  const count = (mark: string) => header.split(mark).length
  return [",", ";", "\t"].reduce((best, mark) => (count(mark) > count(best) ? mark : best), ",")
}

const readCells = (csv: string): { ok: true; cells: z.infer<typeof Cells> } | { ok: false; rejection: Rejection } => {
  try {
    const options = {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      delimiter: delimiterOf(csv),
    } as const
    return { ok: true, cells: Cells.parse(parse(csv, options)) }
  } catch (error) {
    const line = error instanceof CsvError && typeof error.lines === "number" ? error.lines : 1
    const code = error instanceof CsvError ? error.code : ""
    return { ok: false, rejection: { line, column: null, message: BROKEN[code] ?? "cannot be read as a table" } }
  }
}
const BROKEN: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "a quotation mark is opened and never closed",
  INVALID_OPENING_QUOTE:
    "a quotation mark stands in the middle of a cell; put the whole cell between them, and write it twice within",
  CSV_INVALID_CLOSING_QUOTE: "something follows the quotation mark that ends a cell; write a quotation mark within a cell twice",
}

/** A record is known by the line it ends in; people look for the one it begins with. */
const breaksIn = (record: readonly string[]): number =>
  record.reduce((sum, text) => sum + (text.match(/\r\n|\r|\n/g)?.length ?? 0), 0)

const checkHeader = (names: readonly string[]): Rejection[] => [
  ...["name", "address"]
    .filter((name) => !names.includes(name))
    .map((name) => ({ line: 1, column: name, message: "the header lacks this column" })),
  ...names
    .filter((name) => !COLUMNS.includes(name))
    .map((name) => ({ line: 1, column: name, message: `is not a column; expected ${COLUMNS.join(", ")}` })),
  ...names
    .filter((name, index) => names.indexOf(name) !== index)
    .map((name) => ({ line: 1, column: name, message: "stands twice in the header" })),
]
