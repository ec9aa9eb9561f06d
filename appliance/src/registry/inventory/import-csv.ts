/**
 * Parses a device list: each line becomes a checked row or a rejection with line and column. No
 * side effects.
 */
import { z } from "zod"
import { CELLS } from "./import-cells.ts"
import { type Fault, halfPosition, readRows } from "./import-rows.ts"
import type { Rejection } from "./import-table.ts"
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
/** Of an exported device list: what was measured, and is nothing to store. */
const MEASURED = [
  ...["status", "reason", "board", "release", "device.uptime_s", "device.cpu_pct"],
  ...["device.memory_pct", "ping.loss_pct", "ping.rtt_ms", "rx_bps", "tx_bps", "last_seen"],
]
const LIST = {
  cells: z.object(CELLS),
  required: ["name", "address"],
  skipped: MEASURED,
  maxRows: MAX_DEVICES,
}

export const readImport = (csv: string): ImportList => {
  const seen: Seen = { names: new Map(), places: new Map(), siteTags: new Map() }
  return readRows(csv, LIST, (row) => {
    const faults = contradictions(row, seen)
    if (faults.length === 0) remember(row, seen)
    return faults
  })
}

type Seen = {
  readonly names: Map<string, number>
  readonly places: Map<string, ImportRow>
  readonly siteTags: Map<string, ImportRow>
}
const remember = (row: ImportRow, { names, places, siteTags }: Seen): void => {
  const { site } = row
  names.set(row.name, row.line)
  if (site === null) return
  if (row.latitude !== null && !places.has(site)) places.set(site, row)
  if (row.site_tags !== null) siteTags.set(site, row)
}
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
  const half = halfPosition(row)
  if (half !== null) return [half]
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
