/**
 * Rows of tables of devices: neighbours, PPP sessions, leases and others. Written in the
 * transaction of the batch, in the order in which they were sent.
 */
import { MAX_ROWS_PER_ITEM, type Rows } from "@ispvm/wire"
import { tableOf } from "@ispvm/wire/tables"
import type { Clock } from "../../platform/clock.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { inPortions } from "../../platform/postgres/in-portions.ts"
import type { Accepted } from "../ingest/model.ts"
import { noticeConfiguration } from "./configuration.ts"
import { type SectionRow, sectionRows } from "./configuration-store.ts"
import { contains, digestOf, withoutPersons } from "./personal.ts"
import * as store from "./rows-store.ts"

export type TablePage = {
  readonly rows: readonly store.StoredRow[]
  readonly snapshots: readonly store.StoredSnapshot[]
  readonly next: string | null
}
export type TableRows = {
  readonly write: (tx: Tx, accepted: Accepted) => Promise<void>
  readonly list: (org: OrgId, query: TableQuery) => Promise<TablePage>
  /** Events that follow from rows of a batch, in its transaction. */
  readonly notice: (
    tx: Tx,
    accepted: Pick<Accepted, "org" | "rows" | "receivedAtMs">,
  ) => Promise<Accepted["events"]>
  /** Sections of a device's configuration; null: there is no such device. */
  readonly configuration: (org: OrgId, device: string) => Promise<ConfigurationOf | null>
  /** When each source last reported each table of a device; null: there is no such device. */
  readonly tablesOf: (org: OrgId, device: string) => Promise<readonly store.NamedSnapshot[] | null>
  /** Rows of any device that contain this text, those that exist before those that are gone. */
  readonly find: (
    org: OrgId,
    text: string,
    limit: number,
    withPersons: boolean,
  ) => Promise<readonly store.FoundRow[]>
  /** What collectors of these devices cost, by device; of those that report it. */
  readonly costs: (
    org: OrgId,
    devices: readonly string[],
  ) => Promise<ReadonlyMap<string, Omit<store.CostRow, "device">>>
  readonly prune: (org: OrgId) => Promise<number>
}
export type ConfigurationOf = {
  readonly sections: readonly SectionRow[]
  readonly snapshots: readonly store.StoredSnapshot[]
}
export const sessionRows = store.sessionRows
export const ownAddresses = store.ownAddresses
export const interfaceCostRows = store.interfaceCostRows
export type SessionRow = store.SessionRow
export type TableQuery = {
  readonly device: string
  readonly table: string
  readonly search: string | null
  readonly cursor: string | null
  readonly limit: number
  /** Also rows that are gone. */
  readonly withGone: boolean
  /** False: who somebody is is masked, and not found by a search. */
  readonly withPersons: boolean
}

/** What a search looks at: the key, and the columns that the table's row names. */
const wordsOf = (table: Rows["table"], { key, values }: Rows["rows"][number]): string => {
  const { columns } = tableOf(table)
  const cells = Object.entries(values).flatMap(([name, value]) =>
    columns[name]?.isSearched === true ? [String(value)] : [],
  )
  return [key, ...cells].join("\n").toLowerCase().slice(0, 8_000)
}

/** A part of a snapshot is full except the last one. */
const isLastPart = ({ part, count }: Rows): boolean =>
  part >= Math.ceil(count / MAX_ROWS_PER_ITEM) - 1

const writeItem = async (tx: Tx, org: OrgId, item: Rows, nowMs: number): Promise<void> => {
  const { device, table: name, source, atMs } = item
  const of = { org, device, name, source, atMs }
  if (await store.hasNewer(tx, of, nowMs)) return
  const rows = [...new Map(item.rows.map((row) => [row.key, row])).values()]
  await store.upsertRows(
    tx,
    of,
    rows.map((row) => ({ ...row, words: wordsOf(name, row) })),
  )
  await store.markGone(tx, of, item.gone)
  const isWhole = item.isFull && isLastPart(item)
  // If a part was lost, rows of that part would seem to be gone.
  if (isWhole && (await store.countSeen(tx, of)) === item.count) await store.markUnseenGone(tx, of)
  await store.writeSnapshot(tx, of, {
    reported: item.count,
    isFull: isWhole,
    isPart: item.isFull && !isWhole,
  })
}

type Position = { readonly key: string; readonly source: string }
/** The key and source of the last row of a page, as one opaque text. */
const writeCursor = ({ key, source }: Position): string =>
  Buffer.from(JSON.stringify([key, source])).toString("base64url")
const readCursor = (text: string): Position | null => {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString())
    if (!Array.isArray(value) || value.length !== 2) return null
    const [key, source]: readonly unknown[] = value
    return typeof key === "string" && typeof source === "string" ? { key, source } : null
  } catch {
    return null
  }
}

/** Of rows that a search has found by what is masked, so many portions are read for one page. */
const MAX_PORTIONS = 20

/** `next`: after which more may follow. */
type Page = { readonly rows: readonly store.StoredRow[]; readonly next: Position | null }
const readPage = async (
  tx: Tx,
  org: OrgId,
  { device, table, search: given, limit, withGone, withPersons }: TableQuery,
  from: Position | null,
): Promise<Page> => {
  const search = given?.toLowerCase() ?? null
  const rows: store.StoredRow[] = []
  let after = from
  for (let portion = 0; portion < MAX_PORTIONS; portion += 1) {
    // One more row shows whether there is another page.
    const query = { device, name: table, search, withGone, after, limit: limit + 1 }
    const found = await store.readRows(tx, org, query)
    for (const row of found) {
      if (rows.length === limit) return { rows, next: after }
      after = { key: row.key, source: row.source }
      const shown = withPersons ? row : withoutPersons(table, row)
      if (withPersons || search === null || contains(shown, search)) rows.push(shown)
    }
    if (found.length <= limit) return { rows, next: null }
  }
  return { rows, next: after }
}

export const createTableRows = ({
  db,
  jobs,
  clock,
}: {
  readonly db: Db
  readonly jobs: Db
  readonly clock: Clock
}): TableRows => ({
  write: async (tx, { org, rows = [], receivedAtMs }) => {
    for (const item of rows) await writeItem(tx, org, item, receivedAtMs)
  },
  notice: (tx, { org, rows = [], receivedAtMs }) =>
    noticeConfiguration(tx, org, rows, receivedAtMs),
  configuration: (org, device) =>
    db.asOrg(org, async (tx) =>
      (await store.deviceExists(tx, org, device))
        ? {
            sections: await sectionRows(tx, org, device),
            snapshots: await store.readSnapshots(tx, org, device, "configuration"),
          }
        : null,
    ),
  list: (org, query) =>
    db.asOrg(org, async (tx) => {
      const { device, table, cursor, withPersons } = query
      const given = cursor === null ? null : readCursor(cursor)
      const of = { org, device, name: table }
      // A key may name a person as well: without permission, a cursor has its digest.
      const after = given === null || withPersons ? given : await store.positionOf(tx, of, given)
      const snapshots = await store.readSnapshots(tx, org, device, table)
      if (given !== null && after === null) return { rows: [], snapshots, next: null }
      const { rows, next } = await readPage(tx, org, query, after)
      if (next === null) return { rows, snapshots, next }
      const key = withPersons ? next.key : digestOf(next.key)
      return { rows, snapshots, next: writeCursor({ ...next, key }) }
    }),
  tablesOf: (org, device) =>
    db.asOrg(org, async (tx) =>
      (await store.deviceExists(tx, org, device))
        ? await store.readAllSnapshots(tx, org, device)
        : null,
    ),
  find: async (org, text, limit, withPersons) => {
    const search = text.toLowerCase()
    const found = await db.asOrg(org, (tx) => store.findRows(tx, org, search, limit))
    if (withPersons) return found
    return found.map((row) => withoutPersons(row.name, row)).filter((row) => contains(row, search))
  },
  costs: async (org, devices) => {
    if (devices.length === 0) return new Map()
    const found = await db.asOrg(org, (tx) => store.collectionCosts(tx, org, devices))
    return new Map(found.map(({ device, ...cost }) => [device, cost]))
  },
  prune: async (org) => {
    const nowMs = clock.now()
    const old = await inPortions(() => jobs.asOrg(org, (tx) => store.prune(tx, org, nowMs)))
    return old + (await inPortions(() => jobs.asOrg(org, (tx) => store.pruneCrowded(tx, org))))
  },
})
