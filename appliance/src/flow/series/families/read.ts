/** Reads one metric family of a device: over time in columns, and the latest values. */
import {
  type Family,
  metricsOf,
  type PublicValue,
  publicValues,
  toPublic,
} from "@ispvm/wire/families"
import type { OrgId } from "../../../platform/ids.ts"
import type { Tx } from "../../../platform/postgres/db.ts"
import type { LatestValues, SeriesItem, SeriesRequest, SeriesResult } from "../model.ts"
import { type Columns, chooseBucket, chooseSource, spacing, spread, widthOf } from "../range.ts"
import { latestColumn, readLatest } from "./latest-store.ts"
import * as store from "./range-store.ts"
import { type AnswerColumn, answerColumns } from "./sql.ts"

/** Things of a family by name that one answer has at most, if the request does not say. */
const DEFAULT_TOP = 50

/** The column by which the first things are chosen, if the family's first chart shows only some. */
const rankOf = ({ charts, fields }: Family): string | null => {
  const chart = charts[0]
  if (chart?.top === undefined) return null
  return fields.find(({ field }) => field.metric === chart.metrics[0])?.column ?? null
}

const fullSeries = (columns: readonly AnswerColumn[], rows: readonly store.BucketRow[]) =>
  rows.map((row) => ({
    atMs: row.atMs,
    ...Object.fromEntries(
      columns.map(({ name, scale }, index) => {
        const value = row[`c${index}`] ?? null
        return [name, value === null ? null : toPublic(value, scale)]
      }),
    ),
  }))

type Grid = { readonly bucketMs: number; readonly gridFromMs: number }

const itemsOf = (
  family: Family,
  things: readonly store.Thing[],
  [first]: readonly string[],
  rows: readonly store.BucketRow[],
  toColumns: (rows: readonly store.BucketRow[]) => Columns["columns"],
): SeriesItem[] => {
  if (family.key.by !== "name") return [{ name: null, unit: null, columns: toColumns(rows) }]
  const byThing = Map.groupBy(rows, ({ thing }) => thing)
  return things.map(({ id, name, unit }) => {
    const own = toColumns(byThing.get(id) ?? [])
    // A sensor of states is as good as its worst moment.
    const lowest = own[`${first}.min`]
    const isState = unit === "state" && first !== undefined && lowest !== undefined
    return {
      name,
      unit: unit === "" ? null : unit,
      columns: isState ? { ...own, [first]: lowest } : own,
    }
  })
}

export const readFamily = async (
  tx: Tx,
  org: OrgId,
  family: Family,
  request: SeriesRequest,
  nowMs: number,
): Promise<SeriesResult> => {
  const { device, fromMs, toMs, points, metrics = null } = request
  const isNamed = family.key.by === "name"
  const choice = {
    rank: rankOf(family),
    name: request.name ?? null,
    max: request.top ?? DEFAULT_TOP,
  }
  const { things, total } = isNamed
    ? await store.readThings(tx, family, { org, device }, choice)
    : { things: [], total: 1 }
  const subject = {
    org,
    device,
    interface: request.interface ?? null,
    things: things.map(({ id }) => id),
  }
  const keepRawMs = await store.keepRawMs(tx, family)
  const source = chooseSource(family.storage.rollups, request, nowMs, keepRawMs)
  const span = { gridFromMs: fromMs, toMs }
  const spacingMs =
    source === "raw" ? spacing(await store.latestTimes(tx, family, subject, span)) : widthOf(source)
  const grid: Grid = chooseBucket(request, points, spacingMs)
  // All columns whatever is asked for: each list of metrics would be another statement to prepare.
  const columns = answerColumns(family, source)
  const rows = await store.readBuckets(tx, family, source, columns, subject, { ...grid, toMs })
  const names = columns
    .filter(({ metric }) => metrics === null || metrics.includes(metric))
    .map(({ name }) => name)
  const toColumns = (of: readonly store.BucketRow[]) =>
    spread(names, fullSeries(columns, of), grid, toMs).columns
  const shown = metricsOf(family).filter(({ metric }) => names.includes(metric))
  return {
    family: family.name,
    fromMs,
    toMs,
    bucketMs: grid.bucketMs,
    atMs: spread([], [], grid, toMs).atMs,
    items: itemsOf(family, things, names, rows, toColumns),
    total,
    units: Object.fromEntries(shown.map(({ metric, unit }) => [metric, unit])),
    states: Object.fromEntries(
      shown.flatMap(({ metric, states }) => (states === null ? [] : [[metric, states]])),
    ),
  }
}

const MAX_LATEST = 1_000

/** Of a family by device one row, else one a thing, newest first. */
export const readLatestValues = async (
  tx: Tx,
  org: OrgId,
  family: Family,
  device: string,
): Promise<LatestValues[]> => {
  const isOne = family.key.by === "device" || family.key.by === "target"
  const rows = await readLatest(tx, org, family, device, isOne ? 1 : MAX_LATEST)
  return rows.map((row) => {
    const numbers = family.fields.map(({ name }, index) => {
      const value = row[latestColumn(index)]
      return [name, typeof value === "number" ? value : null] as const
    })
    const values: Readonly<Record<string, PublicValue>> = publicValues(
      family,
      Object.fromEntries(numbers),
    )
    return { family: family.name, name: row.name, unit: row.unit, atMs: row.atMs, values }
  })
}
