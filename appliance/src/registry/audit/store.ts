import { z } from "zod"
import type { AuditEntry } from "../../api/session.ts"
import type { OrgId } from "../../platform/ids.ts"
import { keysetPosition, keysetRows, type Position } from "../../platform/keyset.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { AuditQuery, Detail } from "./model.ts"

type Entry = {
  readonly actorId: string | null
  readonly actor: string
  readonly address: string | null
  readonly action: string
  readonly subject: string
  readonly id: string | null
  readonly detail: Detail
}

/** The organisation is that of the transaction. */
export const insertEntry = async (
  tx: Tx,
  { actorId, actor, address, action, subject, id, detail }: Entry,
): Promise<void> => {
  await tx`
    insert into audit.entry (org_id, actor_id, actor, address, action, subject, subject_id, detail)
    values (platform.current_org(), ${actorId}, ${actor}, ${address}, ${action}, ${subject}, ${id}, ${JSON.stringify(detail)}::text::jsonb)`
}

const StoredDetail = z.record(z.string(), z.unknown())

/** The filter of a list, without its page. */
const matching = (
  tx: Tx,
  org: OrgId,
  { subject, id, actor = null, action = null, fromMs = null, toMs = null }: AuditQuery,
) => tx`
  e.org_id = ${org}
  and (${subject}::text is null or subject = ${subject})
  and (${id}::text is null or subject_id = ${id})
  and (${actor}::text is null or position(lower(${actor}::text) in lower(actor)) > 0)
  and (${action}::text is null or starts_with(action, ${action}::text))
  and (${fromMs}::float8 is null or at >= to_timestamp(${fromMs}::float8 / 1000))
  and (${toMs}::float8 is null or at < to_timestamp(${toMs}::float8 / 1000))`

/** Newest first. With `after` alone, the page that ends just above that id. */
export const pageOf = async (tx: Tx, org: OrgId, query: AuditQuery): Promise<AuditEntry[]> => {
  const rows = await keysetRows(
    tx,
    "e.id",
    query,
    (page) => tx<AuditEntry[]>`
      select e.id::text, (extract(epoch from at) * 1000)::bigint as "atMs", actor, action, subject,
        subject_id as "subjectId", address, detail
      from audit.entry e where ${matching(tx, org, query)} ${page}`,
  )
  return rows.map((row) => ({ ...row, detail: StoredDetail.parse(row.detail) }))
}

/** How many match the filter, and how many of them are newer than the page's first. */
export const countEntries = (
  tx: Tx,
  org: OrgId,
  query: AuditQuery,
  first: string | null,
): Promise<Position> =>
  keysetPosition(tx, "e.id", first, tx`from audit.entry e where ${matching(tx, org, query)}`)
