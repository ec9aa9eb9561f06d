/** Who changed what: one row a change, written in the change's own transaction, never altered after. */
import type { AuditEntry } from "../../api/session.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { AuditQuery, Detail } from "./model.ts"
import { pageOf } from "./store.ts"

export { createDenials } from "./denials.ts"
export type { AuditQuery, By, Detail } from "./model.ts"
export { write } from "./write.ts"

/** What differs between two states of a thing, as `detail` shows it. */
export const differences = (before: object, after: object): Detail => {
  const was = new Map(Object.entries(before))
  const changed: Record<string, unknown> = {}
  for (const [name, now] of Object.entries(after)) {
    const then = was.get(name)
    if (JSON.stringify(then) !== JSON.stringify(now))
      changed[name] = { before: then ?? null, after: now }
  }
  return changed
}

/** Newest first; `next` is the id to go on before. */
export const page = async (
  tx: Tx,
  org: OrgId,
  query: AuditQuery,
): Promise<{ items: AuditEntry[]; next: string | null }> => {
  const items = await pageOf(tx, org, { ...query, limit: query.limit + 1 })
  const more = items.length > query.limit
  const shown = more ? items.slice(0, query.limit) : items
  return { items: shown, next: more ? (shown.at(-1)?.id ?? null) : null }
}
