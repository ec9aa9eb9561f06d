/**
 * The lines of a list as checked rows: each line becomes a row, or a rejection with line and column.
 * No side effects.
 */
import type { z } from "zod"
import { saidOf } from "./import-cells.ts"
import { type Rejection, readTable, type TableLine } from "./import-table.ts"

export type Fault = Omit<Rejection, "line">
/** `skipped`: columns of an exported list that are nothing to store. */
export type List<Cells extends z.ZodRawShape> = {
  readonly cells: z.ZodObject<Cells>
  readonly required: readonly string[]
  readonly skipped: readonly string[]
  readonly maxRows: number
}
type Row<Cells extends z.ZodRawShape> = z.infer<z.ZodObject<Cells>> & { readonly line: number }

/** `contradicts`: what is wrong with a row whose cells are valid. */
export const readRows = <Cells extends z.ZodRawShape>(
  csv: string,
  list: List<Cells>,
  contradicts: (row: Row<Cells>) => readonly Fault[],
): { readonly rows: readonly Row<Cells>[]; readonly rejected: readonly Rejection[] } => {
  const { cells, required, skipped, maxRows } = list
  const table = readTable(csv, { valid: Object.keys(cells.shape), required, skipped })
  if (!table.ok) return { rows: [], rejected: table.rejected }
  if (table.lines.length > maxRows) {
    const said = { code: "import.too-many", params: { limit: maxRows } } as const
    return { rows: [], rejected: [{ line: maxRows + 2, column: null, said }] }
  }
  const rows: Row<Cells>[] = []
  const rejected: Rejection[] = [...table.rejected]
  for (const each of table.lines) {
    const read = readRow(each, list)
    const faults = read.ok ? contradicts(read.value) : read.faults
    if (read.ok && faults.length === 0) rows.push(read.value)
    for (const fault of faults) rejected.push({ line: each.line, ...fault })
  }
  return { rows, rejected }
}

type ReadRow<Cells extends z.ZodRawShape> =
  | { readonly ok: true; readonly value: Row<Cells> }
  | { readonly ok: false; readonly faults: readonly Fault[] }
const readRow = <Cells extends z.ZodRawShape>(
  { line, cells: texts }: TableLine,
  { cells, required }: List<Cells>,
): ReadRow<Cells> => {
  // The replacement character for a byte that an editor could not read. The original would be lost.
  const broken = Object.entries(texts).filter(([, text]) => text.includes("\uFFFD"))
  if (broken.length > 0)
    return {
      ok: false,
      faults: broken.map(([column]) => ({
        column,
        said: { code: "import.unreadable-character", params: {} },
      })),
    }
  const raw = Object.fromEntries(
    Object.keys(cells.shape).map((name) => [
      name,
      texts[name] || (required.includes(name) ? "" : null),
    ]),
  )
  const parsed = cells.safeParse(raw)
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

/** One coordinate without the other. */
export const halfPosition = ({
  latitude,
  longitude,
}: {
  readonly latitude: number | null
  readonly longitude: number | null
}): Fault | null => {
  if ((latitude === null) === (longitude === null)) return null
  const [column, other] =
    latitude === null ? (["latitude", "longitude"] as const) : (["longitude", "latitude"] as const)
  return { column, said: { code: "import.half-position", params: { other } } }
}
