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
import * as store from "./rows-store.ts"

export type TablePage = {
  readonly rows: readonly store.StoredRow[]
  readonly snapshots: readonly store.StoredSnapshot[]
  readonly next: string | null
}
export type TableRows = {
  readonly write: (tx: Tx, accepted: Accepted) => Promise<void>
  readonly list: (org: OrgId, query: TableQuery) => Promise<TablePage>
  /** When each source last reported each table of a device. */
  readonly tablesOf: (org: OrgId, device: string) => Promise<readonly store.NamedSnapshot[]>
  /** Rows of any device that contain this text, those that exist before those that are gone. */
  readonly find: (org: OrgId, text: string, limit: number) => Promise<readonly store.FoundRow[]>
  readonly prune: (org: OrgId) => Promise<number>
}
export type TableQuery = {
  readonly device: string
  readonly table: string
  readonly search: string | null
  readonly cursor: string | null
  readonly limit: number
  /** Also rows that are gone. */
  readonly withGone: boolean
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

/** The key and source of the last row of a page, as one opaque text. */
const writeCursor = ({ key, source }: store.StoredRow): string =>
  Buffer.from(JSON.stringify([key, source])).toString("base64url")
const readCursor = (text: string): { readonly key: string; readonly source: string } | null => {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString())
    if (!Array.isArray(value) || value.length !== 2) return null
    const [key, source]: readonly unknown[] = value
    return typeof key === "string" && typeof source === "string" ? { key, source } : null
  } catch {
    return null
  }
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
  list: (org, { device, table, search, cursor, limit, withGone }) =>
    db.asOrg(org, async (tx) => {
      const after = cursor === null ? null : readCursor(cursor)
      const query = { device, name: table, search: search?.toLowerCase() ?? null, withGone }
      // One more row shows whether there is another page.
      const rows = await store.readRows(tx, org, { ...query, after, limit: limit + 1 })
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      return {
        rows: page,
        snapshots: await store.readSnapshots(tx, org, device, table),
        next: rows.length > limit && last !== undefined ? writeCursor(last) : null,
      }
    }),
  tablesOf: (org, device) => db.asOrg(org, (tx) => store.readAllSnapshots(tx, org, device)),
  find: (org, text, limit) =>
    db.asOrg(org, (tx) => store.findRows(tx, org, text.toLowerCase(), limit)),
  prune: async (org) => {
    const nowMs = clock.now()
    const old = await inPortions(() => jobs.asOrg(org, (tx) => store.prune(tx, org, nowMs)))
    return old + (await inPortions(() => jobs.asOrg(org, (tx) => store.pruneCrowded(tx, org))))
  },
})
