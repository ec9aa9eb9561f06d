/** SQL of collection intervals. */
import type { CollectorIntervals } from "@ispvm/wire"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"

/** What this organisation has set, in ms by collector. */
export const intervalOverrides = async (tx: Tx, org: OrgId): Promise<CollectorIntervals> => {
  const rows = await tx<{ collector: string; everyMs: number }[]>`
    select collector, every_ms as "everyMs" from agents.collector_interval where org_id = ${org}`
  return Object.fromEntries(rows.map(({ collector, everyMs }) => [collector, everyMs]))
}

export const saveInterval = async (
  tx: Tx,
  org: OrgId,
  collector: string,
  everyMs: number,
): Promise<void> => {
  await tx`
    insert into agents.collector_interval (org_id, collector, every_ms)
    values (${org}, ${collector}, ${everyMs})
    on conflict (org_id, collector) do update set every_ms = excluded.every_ms`
}

export const deleteInterval = async (tx: Tx, org: OrgId, collector: string): Promise<void> => {
  await tx`
    delete from agents.collector_interval where org_id = ${org} and collector = ${collector}`
}
