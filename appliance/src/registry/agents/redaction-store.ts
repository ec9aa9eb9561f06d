/** SQL of the redaction that an organisation asks of its agents. */
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"

export type RedactionRow = {
  readonly version: number
  readonly users: boolean
  readonly addresses: boolean
  readonly keyNumber: number
  readonly changedAtMs: number
  readonly changedBy: string
}
/** Newest first. */
export const redactionVersions = (tx: Tx, org: OrgId, limit: number): Promise<RedactionRow[]> => tx<
  RedactionRow[]
>`
  select version, users, addresses, key_number as "keyNumber",
    (extract(epoch from changed_at) * 1000)::float8 as "changedAtMs", changed_by as "changedBy"
  from agents.redaction where org_id = ${org} order by version desc limit ${limit}`

/** False if somebody else has stored this version meanwhile. */
export const saveRedaction = async (
  tx: Tx,
  org: OrgId,
  { version, users, addresses, keyNumber, changedAtMs, changedBy }: RedactionRow,
): Promise<boolean> => {
  const stored = await tx`
    insert into agents.redaction (org_id, version, users, addresses, key_number, changed_at, changed_by)
    values (${org}, ${version}, ${users}, ${addresses}, ${keyNumber}, ${new Date(changedAtMs)}, ${changedBy})
    on conflict do nothing`
  return stored.count === 1
}
