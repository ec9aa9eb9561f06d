/** Reads a device list: each line becomes a checked row or a rejection that names line and column. Touches nothing. */
import { z } from "zod"
import { CELLS } from "./import-cells.ts"
import { type Rejection, readTable, type TableLine } from "./import-table.ts"

export type { Rejection } from "./import-table.ts"
/** Null is an empty cell or a column that is not there: an update leaves that field as it is. */
export type ImportRow = { readonly line: number } & {
  readonly [K in keyof typeof CELLS]: z.infer<(typeof CELLS)[K]>
}
export type ImportList = {
  readonly rows: readonly ImportRow[]
  readonly rejected: readonly Rejection[]
}

const MAX_DEVICES = 10_000
const COLUMNS = Object.keys(CELLS)
const Row = z.object(CELLS)

export const readImport = (csv: string): ImportList => {
  const table = readTable(csv, COLUMNS, ["name", "address"])
  if (!table.ok) return { rows: [], rejected: table.rejected }
  if (table.lines.length > MAX_DEVICES)
    return {
      rows: [],
      rejected: [
        { line: MAX_DEVICES + 2, column: null, message: `at most ${MAX_DEVICES} devices at once` },
      ],
    }

  const rows: ImportRow[] = []
  const rejected: Rejection[] = [...table.rejected]
  const seen: Seen = { names: new Map(), places: new Map() }
  for (const each of table.lines) {
    const row = readRow(each)
    const faults = row.ok ? contradictions(row.value, seen) : row.faults
    if (row.ok && faults.length === 0) {
      seen.names.set(row.value.name, each.line)
      if (
        row.value.site !== null &&
        row.value.latitude !== null &&
        !seen.places.has(row.value.site)
      )
        seen.places.set(row.value.site, row.value)
      rows.push(row.value)
    }
    for (const fault of faults) rejected.push({ line: each.line, ...fault })
  }
  return { rows, rejected }
}

type Fault = Omit<Rejection, "line">
type ReadRow =
  | { readonly ok: true; readonly value: ImportRow }
  | { readonly ok: false; readonly faults: readonly Fault[] }
const readRow = ({ line, cells }: TableLine): ReadRow => {
  // What an editor puts in place of a byte it cannot read: stored, it would be lost for good.
  const broken = Object.entries(cells).filter(([, text]) => text.includes("\uFFFD"))
  if (broken.length > 0)
    return {
      ok: false,
      faults: broken.map(([column]) => ({
        column,
        message: "holds a character that was lost: save the list as UTF-8",
      })),
    }
  const raw = Object.fromEntries(COLUMNS.map((name) => [name, cells[name] || null]))
  const parsed = Row.safeParse({ ...raw, name: raw.name ?? "", address: raw.address ?? "" })
  return parsed.success
    ? { ok: true, value: { ...parsed.data, line } }
    : {
        ok: false,
        faults: parsed.error.issues.map((each) => ({
          column: String(each.path[0] ?? ""),
          message: each.message,
        })),
      }
}

type Seen = { readonly names: Map<string, number>; readonly places: Map<string, ImportRow> }
/** Cells that are each right and cannot stand together, or beside an earlier line. */
const contradictions = (row: ImportRow, seen: Seen): readonly Fault[] => {
  const { site, latitude, longitude } = row
  if (row.fingerprint !== null && row.api_tls === false)
    return [
      {
        column: "fingerprint",
        message: "stands beside api_tls no; without TLS a router shows no certificate",
      },
    ]
  if (latitude !== null && longitude === null)
    return [{ column: "longitude", message: "is empty beside a latitude" }]
  if (longitude !== null && latitude === null)
    return [{ column: "latitude", message: "is empty beside a longitude" }]
  if (latitude !== null && site === null)
    return [{ column: "site", message: "is empty; a place belongs to a site" }]
  const first = seen.names.get(row.name)
  if (first !== undefined)
    return [{ column: "name", message: `${row.name} stands in line ${first} already` }]
  const place = latitude === null || site === null ? undefined : seen.places.get(site)
  if (place !== undefined && (place.latitude !== latitude || place.longitude !== longitude))
    return [
      {
        column: "latitude",
        message: `line ${place.line} places ${site} at ${place.latitude}, ${place.longitude}`,
      },
    ]
  return []
}
