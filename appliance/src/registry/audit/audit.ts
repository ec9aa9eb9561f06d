/** Who changed what: one row a change, written in the change's own transaction, never altered after. */
import type { AuditEntry } from "../../api/session.ts"
import type { Actor } from "../../platform/http/http.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { insertEntry, pageOf } from "./store.ts"

/** A person, or a part of the system that acted by itself. */
export type By = Pick<Actor, "account" | "email" | "address"> | { readonly system: string }
export type Detail = Readonly<Record<string, unknown>>

/** `action` is `subject.verb` ("device.changed"). `detail` holds no secret: only that one was set or changed. */
export const write = (
  tx: Tx,
  by: By,
  action: string,
  subject: string,
  id: string | null,
  detail: Detail = {},
): Promise<void> =>
  insertEntry(tx, {
    ...("system" in by
      ? { actorId: null, actor: by.system, address: null }
      : { actorId: by.account, actor: by.email, address: by.address }),
    action,
    subject,
    id,
    detail,
  })

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

export type AuditQuery = {
  readonly before: number | null
  readonly limit: number
  readonly subject: string | null
  readonly id: string | null
  /** A part of who did it, without regard to case. */
  readonly actor?: string | null
  /** By name (`device.changed`), or all of a subject (`device.`). */
  readonly action?: string | null
  readonly fromMs?: number | null
  readonly toMs?: number | null
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
