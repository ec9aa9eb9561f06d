/** SQL of the heartbeat for a monitor outside. */
import { z } from "zod"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"

const Row = z.object({
  url: z.instanceof(Buffer),
  lastOkAtMs: z.number().transform(Math.round).nullable(),
  lastAnswer: z.string().nullable(),
})
export const readHeartbeat = async (tx: Tx, org: OrgId): Promise<z.infer<typeof Row> | null> => {
  const [row] = await tx`
    select url, (extract(epoch from last_ok_at) * 1000)::float8 as "lastOkAtMs", last_answer as "lastAnswer"
    from notify.heartbeat where org_id = ${org}`
  return row === undefined ? null : Row.parse(row)
}

export const writeHeartbeat = async (tx: Tx, org: OrgId, url: Buffer | null): Promise<void> => {
  await tx`delete from notify.heartbeat where org_id = ${org}`
  if (url !== null) await tx`insert into notify.heartbeat (org_id, url) values (${org}, ${url})`
}

export const noteHeartbeat = async (
  tx: Tx,
  org: OrgId,
  { isOk, answer }: { readonly isOk: boolean; readonly answer: string },
  nowMs: number,
): Promise<void> => {
  await tx`
    update notify.heartbeat set last_answer = ${answer},
      last_ok_at = case when ${isOk} then to_timestamp(${nowMs}::float8 / 1000) else last_ok_at end
    where org_id = ${org}`
}

/** Whether this id is one of a delivery. */
export const isDelivery = async (tx: Tx, org: OrgId, id: string): Promise<boolean> => {
  const rows = await tx`select from notify.delivery where org_id = ${org} and id = ${id}`
  return rows.length > 0
}
