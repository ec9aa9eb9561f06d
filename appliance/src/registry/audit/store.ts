import { z } from "zod"
import type { AuditEntry } from "../../api/session.ts"
import type { OrgId } from "../../platform/ids.ts"
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

/** The organisation is the transaction's own. */
export const insertEntry = async (
  tx: Tx,
  { actorId, actor, address, action, subject, id, detail }: Entry,
): Promise<void> => {
  await tx`
    insert into audit.entry (org_id, actor_id, actor, address, action, subject, subject_id, detail)
    values (platform.current_org(), ${actorId}, ${actor}, ${address}, ${action}, ${subject}, ${id}, ${JSON.stringify(detail)}::text::jsonb)`
}

const StoredDetail = z.record(z.string(), z.unknown())

export const pageOf = async (
  tx: Tx,
  org: OrgId,
  {
    before,
    limit,
    subject,
    id,
    actor = null,
    action = null,
    fromMs = null,
    toMs = null,
  }: AuditQuery,
): Promise<AuditEntry[]> => {
  const rows = await tx<AuditEntry[]>`
    select e.id::text, (extract(epoch from at) * 1000)::bigint as "atMs", actor, action, subject, subject_id as "subjectId", address, detail
    from audit.entry e
    where org_id = ${org} and (${before}::bigint is null or e.id < ${before})
      and (${subject}::text is null or subject = ${subject}) and (${id}::text is null or subject_id = ${id})
      and (${actor}::text is null or position(lower(${actor}::text) in lower(actor)) > 0)
      and (${action}::text is null or starts_with(action, ${action}::text))
      and (${fromMs}::float8 is null or at >= to_timestamp(${fromMs}::float8 / 1000))
      and (${toMs}::float8 is null or at < to_timestamp(${toMs}::float8 / 1000))
    order by e.id desc
    limit ${limit}`
  return rows.map((row) => ({ ...row, detail: StoredDetail.parse(row.detail) }))
}
