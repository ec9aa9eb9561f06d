/** Reads the text of a device list: each line becomes a checked row or a rejection that names line and column. Touches nothing. */
import { parse } from "csv-parse/sync"
import { z } from "zod"
import { Address, DeviceRole } from "../../api/inventory.ts"
import { Line, Port } from "../../api/shared.ts"

export type Rejection = { readonly line: number; readonly column: string | null; readonly message: string }
/** Null is an empty cell or a column that is not there: an update leaves that field as it is. */
export type ImportRow = { readonly line: number } & { readonly [K in keyof typeof CELLS]: z.infer<(typeof CELLS)[K]> }
export type ImportList = { readonly rows: readonly ImportRow[]; readonly rejected: readonly Rejection[] }

const LINES = 10_000
const number = (min: number, max: number) =>
  z
    .string()
    .transform((text) => Number(text.replace(",", ".")))
    .pipe(z.number().min(min).max(max))
const yesNo = z
  .string()
  .toLowerCase()
  .transform((text) => ({ yes: true, true: true, "1": true, no: false, false: false, "0": false })[text] ?? text)
  .pipe(z.boolean("expected yes or no"))
const port = z.string().transform(Number).pipe(Port)
const roles = z
  .string()
  .transform((text) =>
    text
      .toLowerCase()
      .split(/[\s;|/]+/)
      .filter((role) => role !== ""),
  )
  .pipe(z.array(DeviceRole))

const CELLS = {
  name: Line(120),
  address: Address,
  site: Line(120).nullable(),
  roles: roles.nullable(),
  agent: Line(120).nullable(),
  credential: Line(120).nullable(),
  latitude: number(-90, 90).nullable(),
  longitude: number(-180, 180).nullable(),
  api_port: port.nullable(),
  api_tls: yesNo.nullable(),
  snmp_port: port.nullable(),
}
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
    const line = info.lines
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
    const line = error instanceof Error && "lines" in error ? Number(error.lines) : 1
    return { ok: false, rejection: { line, column: null, message: error instanceof Error ? error.message : String(error) } }
  }
}

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
