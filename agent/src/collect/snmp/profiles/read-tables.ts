/**
 * Reads the tables of profiles: only the columns of the wanted rows, values before names, and
 * nothing more of a table whose values are missing.
 */
import type { QueryOptions } from "../client/session.ts"
import { numberOf, textOf } from "../client/values.ts"
import type { Column } from "../client/walk.ts"
import type { Poll } from "../collectors/poll.ts"
import { oidOf } from "./cell.ts"
import { entitiesOf, namesOfPorts } from "./context.ts"
import { cellsIn, type Row } from "./names.ts"
import type { Cell, TableProfile, When } from "./profile.ts"

/** Cells of one use of a table, and the templates of its names. */
export type Wanted = {
  readonly cells: readonly Cell[]
  readonly names: readonly string[]
  readonly when?: readonly When[]
}

const MAX_ROWS = 5_000
/** A device with an endless number of tables or rows is given up for this poll. */
export const BUDGET_MS = 45_000

const isScalar = (oid: string): boolean => oid.endsWith(".0")
const partsOf = (index: string): readonly number[] =>
  index === "" ? [] : index.split(".").map(Number)

type Cells = { readonly columns: Map<string, Column>; readonly scalars: Map<string, unknown> }

const fetchCells = async (
  poll: Poll,
  oids: readonly string[],
  into: Cells,
  limit: QueryOptions,
): Promise<void> => {
  const missing = [...new Set(oids)].filter(
    (oid) => !into.columns.has(oid) && !into.scalars.has(oid),
  )
  const scalars = missing.filter(isScalar)
  const roots = missing.filter((oid) => !isScalar(oid))
  if (scalars.length > 0) {
    const values = await poll.session.get(scalars, limit)
    for (const [oid, value] of values) into.scalars.set(oid, value)
    // As columns: what is missing is requested again with the facts.
    if (poll.session.abortError === null)
      for (const oid of scalars) if (!values.has(oid)) poll.learned.absent.add(oid)
  }
  if (roots.length === 0) return
  const columns = await poll.session.columns(
    Object.fromEntries(roots.map((root) => [root, root])),
    limit,
  )
  for (const [root, column] of Object.entries(columns)) into.columns.set(root, column)
}

/** Rows of a table for one use; none if it has no value. */
export const readRows = async (
  poll: Poll,
  table: TableProfile,
  wanted: Wanted,
): Promise<readonly Row[]> => {
  const oid = (cell: Cell): string => oidOf(table.of, cell, table.isScalars)
  const conditions = [...(table.when ?? []), ...(wanted.when ?? [])]
  const cells: Cells = { columns: new Map(), scalars: new Map() }
  const limit = { ...poll.options, maxRows: MAX_ROWS }
  const values = wanted.cells.map(oid)
  await fetchCells(poll, values, cells, limit)
  const indexes = indexesWith(values, cells)
  if (indexes.length === 0) return []
  const others = [
    ...wanted.names.flatMap(cellsIn),
    ...conditions.map(({ at }) => at).filter((at) => !isPart(at)),
    ...(table.through === undefined ? [] : [table.through]),
  ].map((cell) => oidOf(table.of, cell, table.isScalars))
  await fetchCells(poll, others, cells, limit)
  const isNeeding = (word: RegExp): boolean => wanted.names.some((name) => word.test(name))
  const ports = isNeeding(/[{|](?:port|radio)/) ? await namesOfPorts(poll) : null
  const entities = isNeeding(/[{|]entity/) ? await entitiesOf(poll) : null
  const radio = radioOf(ports?.values() ?? [])
  const outer = table.through === undefined ? null : inverse(cells.columns.get(oid(table.through)))
  return indexes.flatMap((index): Row[] => {
    const named = outer === null ? index : outer.get(index.split(".", 1)[0] ?? "")
    if (named === undefined) return []
    const cell = (each: Cell): unknown => {
      const at = oid(each)
      if (isScalar(at)) return cells.scalars.get(at)
      const isOther = typeof each === "string" && each.startsWith(".")
      return cells.columns.get(at)?.get(isOther ? named : index)
    }
    const own = partsOf(index)
    if (!isWanted(conditions, cell, own)) return []
    return [
      {
        index: named,
        parts: partsOf(named),
        own,
        cell,
        port: (ifIndex) => ports?.get(String(ifIndex)) ?? null,
        radio,
        entity: (at) => entities?.names.get(at) ?? null,
      },
    ]
  })
}

const RADIO = /^(?:ath|wlan|wifi|rf|radio|air|ra)\d*(?:[/.-]?\d*)$/i
const radioOf = (ports: Iterable<string>): string =>
  [...ports].find((name) => RADIO.test(name)) ?? "radio"

const indexesWith = (values: readonly string[], { columns, scalars }: Cells): readonly string[] => {
  const indexes = new Set<string>()
  for (const oid of values) {
    if (!isScalar(oid)) for (const index of columns.get(oid)?.keys() ?? []) indexes.add(index)
  }
  if (indexes.size > 0) return [...indexes]
  return values.some((oid) => scalars.has(oid)) ? [""] : []
}

const inverse = (column: Column | undefined): ReadonlyMap<string, string> =>
  new Map(
    [...(column ?? [])].flatMap(([index, value]) => {
      const key = numberOf(value)
      return key === null ? [] : [[String(key), index] as const]
    }),
  )

const isPart = (at: Cell): at is string => typeof at === "string" && at.startsWith("i")

const isWanted = (
  conditions: readonly When[],
  cell: (cell: Cell) => unknown,
  parts: readonly number[],
): boolean =>
  conditions.every(({ at, is, not }) => {
    const value = isPart(at)
      ? (parts.at(Number(at.slice(1))) ?? Number.NaN)
      : (numberOf(cell(at)) ?? Number(textOf(cell(at)) ?? Number.NaN))
    return (is === undefined || is.includes(value)) && not?.includes(value) !== true
  })
