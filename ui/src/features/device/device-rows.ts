/** Rows of a part of a tab, whether they are of a table or the latest values of a family. */
import type { DeviceMetricFamily } from "@ispvm/appliance/api/series"
import type { TableAnswer } from "@ispvm/appliance/api/tables"
import type { Api } from "../../api/client.ts"
import { csvText } from "../../i18n/format/csv.ts"
import type { TabPart } from "./device-tabs.ts"

export type Cell = string | number | boolean
export type DataColumn = {
  readonly name: string
  /** In English, as the appliance names it. */
  readonly title: string
  readonly type: "text" | "number" | "bool" | "time" | "state"
  readonly unit: string | null
}
export type DataRow = {
  readonly id: string
  readonly key: string
  readonly values: Readonly<Record<string, Cell>>
  /** Of a value: when it was measured. Of a row of a table: when it last changed. */
  readonly atMs: number
  readonly isGone: boolean
}
export type DataAnswer = {
  readonly kind: TabPart["kind"]
  readonly columns: readonly DataColumn[]
  readonly rows: readonly DataRow[]
  readonly hasMore: boolean
  readonly total: number
  readonly sources: TableAnswer["sources"]
}

export const PAGE_ROWS = 500
/** A page when many follow each other. */
const BULK_ROWS = 1_000
export const MAX_ROWS = 20_000

type Query = {
  readonly device: string
  readonly search: string
  readonly wanted: number
  /** Also rows that are gone. */
  readonly withGone?: boolean
}

const TYPES: Readonly<Record<string, DataColumn["type"]>> = {
  number: "number",
  bool: "bool",
  time: "time",
  state: "state",
}

const tableRow = ({
  source,
  key,
  values,
  changedAtMs,
  goneAtMs,
}: TableAnswer["items"][number]) => ({
  id: `${source} ${key}`,
  key,
  values,
  atMs: goneAtMs ?? changedAtMs,
  isGone: goneAtMs !== null,
})

/** Pages are joined: the table on screen is virtual, and sorts what is loaded. */
const loadTable = async (
  api: Api,
  part: Extract<TabPart, { kind: "table" }>,
  { device, search, wanted, withGone = false }: Query,
): Promise<DataAnswer> => {
  const query = {
    limit: wanted > PAGE_ROWS ? BULK_ROWS : PAGE_ROWS,
    ...(search === "" ? {} : { search }),
    ...(withGone ? { show: "all" as const } : {}),
  }
  const first = await api.deviceTable(device, part.table, query)
  const items = [...first.items]
  let { next } = first
  while (next !== null && items.length < Math.min(wanted, MAX_ROWS)) {
    const page = await api.deviceTable(device, part.table, { ...query, cursor: next })
    items.push(...page.items)
    next = page.next
  }
  return {
    kind: "table",
    columns: first.columns.map((each) => ({ ...each, type: TYPES[each.type] ?? "text" })),
    rows: items.map(tableRow),
    hasMore: next !== null,
    total: first.sources.reduce((sum, { stored }) => sum + stored, 0),
    sources: first.sources,
  }
}

const isCell = (value: unknown): value is Cell => value !== null && value !== undefined

const loadValues = async (
  api: Api,
  family: DeviceMetricFamily | undefined,
  { device, search }: Query,
  name: string,
): Promise<DataAnswer> => {
  const { items } = await api.deviceMetrics(device, name)
  const wanted = search.toLowerCase()
  // Of a port without a module every value is null: it is no row.
  const known = items.filter(({ values }) => Object.values(values).some(isCell))
  const rows = known.map(
    (each): DataRow => ({
      id: each.name ?? name,
      key: each.name ?? name,
      values: {
        ...(each.name === null ? {} : { thing: each.name }),
        ...(each.unit === null ? {} : { unit: each.unit }),
        ...Object.fromEntries(Object.entries(each.values).filter(([, value]) => isCell(value))),
      } as DataRow["values"],
      atMs: each.atMs,
      isGone: false,
    }),
  )
  return {
    kind: "values",
    columns: [
      { name: "thing", title: family?.title ?? name, type: "text", unit: null },
      ...(family?.metrics ?? []).map(
        ({ metric, unit, kind, label }): DataColumn => ({
          name: metric,
          title: label,
          type: kind,
          unit,
        }),
      ),
    ],
    rows: wanted === "" ? rows : rows.filter(({ key }) => key.toLowerCase().includes(wanted)),
    hasMore: false,
    total: rows.length,
    sources: [],
  }
}

export const loadPart = (
  api: Api,
  part: TabPart,
  families: readonly DeviceMetricFamily[],
  query: Query,
): Promise<DataAnswer> =>
  part.kind === "table"
    ? loadTable(api, part, query)
    : loadValues(
        api,
        families.find(({ family }) => family === part.family),
        query,
        part.family,
      )

/** In base units, with the names of the API; times as ISO 8601. */
export const dataCsv = ({ columns, rows }: Pick<DataAnswer, "columns" | "rows">): string =>
  csvText(
    ["key", ...columns.map(({ name }) => name), "at"],
    rows.map(({ key, values, atMs }) => [
      key,
      ...columns.map(({ name, type }) => {
        const value = values[name]
        if (value === undefined) return null
        if (type === "time" && typeof value === "number") return new Date(value).toISOString()
        return typeof value === "boolean" ? String(value) : value
      }),
      new Date(atMs).toISOString(),
    ]),
  )
