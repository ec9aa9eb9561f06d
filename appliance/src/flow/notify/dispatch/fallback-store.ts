import type { OrgId } from "../../../platform/ids.ts"
import type { Tx } from "../../../platform/postgres/db.ts"

/** The channel that stands in for this one; null: none. */
export const readFallback = async (tx: Tx, org: OrgId, channel: string): Promise<string | null> => {
  const [row] = await tx<{ fallbackId: string | null }[]>`
    select fallback_id as "fallbackId" from notify.channel where org_id = ${org} and id = ${channel}`
  return row?.fallbackId ?? null
}
