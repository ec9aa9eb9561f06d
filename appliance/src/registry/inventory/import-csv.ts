/**
 * Parses a device list: each line becomes a checked row or a rejection with line and column. No
 * side effects.
 */
import { z } from "zod"
import { CELLS, saidOf } from "./import-cells.ts"
import { type Rejection, readTable, type TableLine } from "./import-table.ts"
import { areSameTags } from "./rows.ts"

export type { Rejection } from "./import-table.ts"
/** Null: an empty cell, or no such column. An update leaves the field unchanged. */
export type ImportRow = { readonly line: number } & {
  readonly [K in keyof typeof CELLS]: z.infer<(typeof CELLS)[K]>
}
export type ImportList = {
  readonly rows: readonly ImportRow[]
  readonly rejected: readonly Rejection[]
}

const MAX_DEVICES = 10_000
const COLUMNS = Object.keys(CELLS)
/** Of an exported device list: what was measured, and is nothing to store. */
const MEASURED = [
  ...["status", "reason", "board", "release", "device.uptime_s", "device.cpu_pct"],
  ...["device.memory_pct", "ping.loss_pct", "ping.rtt_ms", "rx_bps", "tx_bps", "last_seen"],
]
const Row = z.object(CELLS)

export const readImport = (csv: string): ImportList => {
  const table = readTable(csv, {
    valid: COLUMNS,
    required: ["name", "address"],
    skipped: MEASURED,
  })
  if (!table.ok) return { rows: [], rejected: table.rejected }
  if (table.lines.length > MAX_DEVICES)
    return {
      rows: [],
      rejected: [
        {
          line: MAX_DEVICES + 2,
          column: null,
          said: { code: "import.too-many", params: { limit: MAX_DEVICES } },
        },
      ],
    }

  const rows: ImportRow[] = []
  const rejected: Rejection[] = [...table.rejected]
  const seen: Seen = { names: new Map(), places: new Map(), siteTags: new Map() }
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
      if (row.value.site !== null && row.value.site_tags !== null)
        seen.siteTags.set(row.value.site, row.value)
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
  // The replacement character for a byte that an editor could not read. The original would be lost.
  const broken = Object.entries(cells).filter(([, text]) => text.includes("\uFFFD"))
  if (broken.length > 0)
    return {
      ok: false,
      faults: broken.map(([column]) => ({
        column,
        said: { code: "import.unreadable-character", params: {} },
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
          said: saidOf(each),
        })),
      }
}

type Seen = {
  readonly names: Map<string, number>
  readonly places: Map<string, ImportRow>
  readonly siteTags: Map<string, ImportRow>
}
const halfPosition = (
  column: "latitude" | "longitude",
  other: "latitude" | "longitude",
): Fault => ({ column, said: { code: "import.half-position", params: { other } } })
/** Cells that are valid but contradict each other or an earlier line. */
const contradictions = (row: ImportRow, seen: Seen): readonly Fault[] => {
  const { site, latitude, longitude } = row
  if (row.fingerprint !== null && row.api_tls === false)
    return [
      {
        column: "fingerprint",
        said: { code: "import.fingerprint-without-tls", params: {} },
      },
    ]
  if (latitude !== null && longitude === null) return [halfPosition("longitude", "latitude")]
  if (longitude !== null && latitude === null) return [halfPosition("latitude", "longitude")]
  if (latitude !== null && site === null)
    return [{ column: "site", said: { code: "import.position-without-site", params: {} } }]
  const first = seen.names.get(row.name)
  if (first !== undefined)
    return [
      {
        column: "name",
        said: { code: "import.name-twice", params: { name: row.name, line: first } },
      },
    ]
  const place = latitude === null || site === null ? undefined : seen.places.get(site)
  if (place !== undefined && (place.latitude !== latitude || place.longitude !== longitude))
    return [
      {
        column: "latitude",
        said: {
          code: "import.other-position",
          params: {
            line: place.line,
            latitude: place.latitude ?? 0,
            longitude: place.longitude ?? 0,
            site: row.site ?? "",
          },
        },
      },
    ]
  return siteTagFaults(row, seen)
}
const siteTagFaults = (
  { site, site_tags: tags }: ImportRow,
  { siteTags }: Seen,
): readonly Fault[] => {
  if (tags === null) return []
  if (site === null)
    return [{ column: "site", said: { code: "import.tags-without-site", params: {} } }]
  const first = siteTags.get(site)
  const firstTags = first?.site_tags ?? tags
  if (first === undefined || areSameTags(firstTags, tags)) return []
  const params = { line: first.line, tags: firstTags.join(";"), site }
  return [{ column: "site_tags", said: { code: "import.other-tags", params } }]
}
