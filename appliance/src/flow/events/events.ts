/** Events: stored once each, listed newest first. */
import { randomUUID } from "node:crypto"
import type { Clock } from "../../platform/clock.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { inPortions } from "../../platform/postgres/in-portions.ts"
import type { Accepted } from "../ingest/model.ts"
import { type CursorPosition, readCursor, writeCursor } from "./cursor.ts"
import type { OwnEvent, Severity, StoredEvent } from "./model.ts"
import { contains, namesPerson, withoutPersons } from "./personal.ts"
import { interfaceNames, pruneEvents, readEvents, writeEvents, writeOwnEvent } from "./store.ts"

export type EventFilter = {
  readonly device: string | null
  /** Only events of this interface; null: all. */
  readonly interface?: string | null
  readonly source?: string | null
  /** The lowest severity. */
  readonly severity?: Severity | null
  /** A part of the message or of the topics. */
  readonly search?: string | null
  readonly sinceMs: number | null
  readonly cursor: CursorPosition | null
  readonly limit: number
  /** False: who somebody is is masked, and not found by a search. */
  readonly withPersons: boolean
}
export type EventPage = { readonly items: readonly StoredEvent[]; readonly next: string | null }

export type Events = {
  /** In the transaction of the batch. */
  readonly write: (tx: Tx, accepted: Accepted) => Promise<number>
  /** What the appliance itself reports about a device. */
  readonly note: (org: OrgId, event: OwnEvent) => Promise<void>
  readonly list: (tx: Tx, org: OrgId, filter: EventFilter) => Promise<EventPage>
  readonly prune: (org: OrgId) => Promise<number>
}

export { withoutPersons } from "./personal.ts"
export { type PathReport, readNamedEvents, readPaths } from "./store.ts"
export const parseCursor = readCursor

const pageOf = (rows: readonly StoredEvent[], limit: number): EventPage => {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? writeCursor(last) : null }
}
const listAll = async (
  tx: Tx,
  org: OrgId,
  { cursor, limit, withPersons: _, ...filter }: EventFilter,
): Promise<EventPage> =>
  // One more row shows whether there is another page.
  pageOf(await readEvents(tx, org, { ...filter, after: cursor, limit: limit + 1 }), limit)

const masked = async (tx: Tx, org: OrgId, rows: readonly StoredEvent[]) => {
  const devices = [...new Set(rows.map(({ deviceId }) => deviceId))]
  return withoutPersons(rows, await interfaceNames(tx, org, devices))
}
/** Of a search. What is read, and so where a page ends, must not depend on what is hidden. */
const SCANNED_ROWS = 2_000
const SCAN_STEP = 500
const listMasked = async (
  tx: Tx,
  org: OrgId,
  { cursor, limit, withPersons: _, search = null, ...filter }: EventFilter,
): Promise<EventPage> => {
  if (namesPerson(filter.interface)) return { items: [], next: null }
  if (search === null) {
    const rows = await readEvents(tx, org, { ...filter, after: cursor, limit: limit + 1 })
    return pageOf(await masked(tx, org, rows), limit)
  }
  const found: StoredEvent[] = []
  let after = cursor
  for (let read = 0; read < SCANNED_ROWS; read += SCAN_STEP) {
    const rows = await readEvents(tx, org, { ...filter, after, limit: SCAN_STEP })
    for (const row of await masked(tx, org, rows)) {
      after = row
      if (contains(row, search)) found.push(row)
      if (found.length === limit) return { items: found, next: writeCursor(row) }
    }
    if (rows.length < SCAN_STEP) return { items: found, next: null }
  }
  return { items: found, next: after === null ? null : writeCursor(after) }
}

/** A name that is only freed for another interface is no event of its own. */
const writeAll = async (tx: Tx, accepted: Accepted): Promise<number> => {
  const stored = await writeEvents(tx, accepted)
  for (const { device, was, name, atMs, isPresent } of accepted.renamed ?? [])
    if (isPresent)
      await writeOwnEvent(tx, accepted.org, randomUUID(), {
        ...{ device, name: "interface-renamed", interface: name, atMs },
        message: `${was} → ${name}`,
        attributes: { was, now: name },
      })
  return stored
}

export const createEvents = ({
  db,
  clock,
}: {
  readonly db: Db
  readonly clock: Clock
}): Events => ({
  write: writeAll,
  note: (org, event) => db.asOrg(org, (tx) => writeOwnEvent(tx, org, randomUUID(), event)),
  list: (tx, org, filter) =>
    filter.withPersons ? listAll(tx, org, filter) : listMasked(tx, org, filter),
  prune: (org) => inPortions(() => db.asOrg(org, (tx) => pruneEvents(tx, org, clock.now()))),
})
