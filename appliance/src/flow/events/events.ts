/** Events: stored once each, listed newest first. */
import { randomUUID } from "node:crypto"
import type { Clock } from "../../platform/clock.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { inPortions } from "../../platform/postgres/in-portions.ts"
import type { Accepted } from "../ingest/model.ts"
import { type CursorPosition, readCursor, writeCursor } from "./cursor.ts"
import type { OwnEvent, Severity, StoredEvent } from "./model.ts"
import { pruneEvents, readEvents, writeEvents, writeOwnEvent } from "./store.ts"

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

export { type PathReport, readNamedEvents, readPaths } from "./store.ts"
export const parseCursor = readCursor

export const createEvents = ({
  db,
  clock,
}: {
  readonly db: Db
  readonly clock: Clock
}): Events => ({
  write: writeEvents,
  note: (org, event) => db.asOrg(org, (tx) => writeOwnEvent(tx, org, randomUUID(), event)),
  list: async (tx, org, { cursor, limit, ...filter }) => {
    // One more row shows whether there is another page.
    const rows = await readEvents(tx, org, { ...filter, after: cursor, limit: limit + 1 })
    const items = rows.slice(0, limit)
    const last = items.at(-1)
    return { items, next: rows.length > limit && last !== undefined ? writeCursor(last) : null }
  },
  prune: (org) => inPortions(() => db.asOrg(org, (tx) => pruneEvents(tx, org, clock.now()))),
})
