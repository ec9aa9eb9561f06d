/** The handover between shifts, and saved filters of the incident list. */
import type { Handover, SavedFilter } from "../../api/handover.ts"
import type { Actor } from "../../platform/http/http.ts"
import { conflict, notFound } from "../../platform/http/http-error.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { ActionDeps } from "./actions.ts"
import {
  deleteFilter,
  insertHandover,
  readEvents,
  readNotes,
  readSavedFilters,
  saveFilter,
} from "./handover-store.ts"
import { listIncidents } from "./store.ts"

const SHIFT_MS = 8 * 3_600_000
const MAX_INCIDENTS = 200

export type Handovers = {
  /** `sinceMs` null: since the last handover, or for a shift. */
  readonly handover: (org: OrgId, sinceMs: number | null) => Promise<Handover>
  readonly handOver: (actor: Actor, sinceMs: number, text: string) => Promise<{ id: string }>
  readonly savedFilters: (actor: Actor) => Promise<SavedFilter[]>
  readonly saveFilter: (
    actor: Actor,
    filter: Pick<SavedFilter, "name" | "query">,
  ) => Promise<{ id: string }>
  /** Throws `HttpError` not-found. */
  readonly removeFilter: (actor: Actor, id: string) => Promise<void>
}

export const createHandovers = ({
  db,
  now,
  audit,
}: Pick<ActionDeps, "db" | "now" | "audit">): Handovers => ({
  handover: (org, since) =>
    db.asOrg(org, async (tx) => {
      const notes = await readNotes(tx, org)
      const sinceMs = since ?? notes[0]?.atMs ?? Math.max(0, now() - SHIFT_MS)
      const page = { before: null, limit: MAX_INCIDENTS }
      const open = await listIncidents(tx, org, { ...page, state: "active" })
      const resolved = await listIncidents(tx, org, { ...page, state: "closed", fromMs: sinceMs })
      return { sinceMs, open, resolved, events: await readEvents(tx, org, sinceMs), notes }
    }),
  handOver: (actor, sinceMs, text) =>
    db.asOrg(actor.org, async (tx) => {
      const page = { before: null, limit: MAX_INCIDENTS }
      const open = await listIncidents(tx, actor.org, { ...page, state: "active" })
      const note = {
        ...{ atMs: now(), sinceMs, who: actor.name, text },
        open: open.map(({ id, number }) => ({ id, number })),
      }
      const id = await insertHandover(tx, actor.org, note)
      await audit(tx, actor, "handover.written", "handover", id, { open: open.length })
      return { id }
    }),
  savedFilters: ({ org, account }) => db.asOrg(org, (tx) => readSavedFilters(tx, org, account)),
  saveFilter: async ({ org, account }, filter) => {
    const id = await db.asOrg(org, (tx) => saveFilter(tx, org, account, filter))
    if (id === null)
      throw conflict("too-many-filters", { code: "problem.too-many-filters", params: {} })
    return { id }
  },
  removeFilter: async ({ org, account }, id) => {
    if (!(await db.asOrg(org, (tx) => deleteFilter(tx, org, account, id))))
      throw notFound("filter", id)
  },
})
