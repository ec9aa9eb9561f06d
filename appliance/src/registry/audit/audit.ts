/**
 * The audit log: one row for each change, written in the transaction of the change, never altered.
 */
import type { AuditEntry } from "../../api/session.ts"
import type { OrgId } from "../../platform/ids.ts"
import { type KeysetPage, keysetPage } from "../../platform/keyset.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { AuditQuery, Detail } from "./model.ts"
import { countEntries, pageOf } from "./store.ts"

export { createDenials } from "./denials.ts"
export type { AuditQuery, By, Detail } from "./model.ts"
export { write } from "./write.ts"

/** What differs between two states, in the form of `detail`. */
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

/** Newest first; keys are ids. */
export const page = async (
  tx: Tx,
  org: OrgId,
  query: AuditQuery,
): Promise<KeysetPage<AuditEntry>> => {
  const items = await pageOf(tx, org, query)
  const position = await countEntries(tx, org, query, items[0]?.id ?? null)
  return keysetPage(items, position, ({ id }) => id)
}
