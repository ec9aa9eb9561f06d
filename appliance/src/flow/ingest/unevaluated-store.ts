/** SQL of the marks of batches that are stored and not evaluated yet. */
import { z } from "zod"
import { AgentId, DeviceId, type OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { Accepted } from "./model.ts"
import { Remainder, remainderOf, type Unevaluated } from "./unevaluated.ts"

/** Marks a batch in the transaction that stores it. Null if evaluation can lose nothing of it. */
export const markUnevaluated = async (tx: Tx, accepted: Accepted): Promise<number | null> => {
  const remainder = remainderOf(accepted)
  if (remainder === null) return null
  const { org, agent, router, receivedAtMs, skewMs } = accepted
  const [row] = await tx<{ id: number }[]>`
    insert into ingest.unevaluated (org_id, agent_id, device_id, received_at, skew_ms, observations)
    values (${org}, ${agent?.id ?? null}, ${agent === null ? router : null},
      to_timestamp(${receivedAtMs}::float8 / 1000), ${skewMs}, ${tx.json(remainder)})
    returning id`
  return row?.id ?? null
}

const EMPTY: Remainder = { pings: [], interfaces: [], events: [], rejected: [] }
const Row = z.object({
  mark: z.number(),
  agentId: AgentId.nullable(),
  router: DeviceId.nullable(),
  receivedAtMs: z.number(),
  skewMs: z.number(),
  observations: z.unknown(),
})

/**
 * The oldest remaining marks, in the order in which they were stored; at most `limit` after
 * `after`.
 */
export const readUnevaluated = async (
  tx: Tx,
  org: OrgId,
  after: number,
  limit: number,
): Promise<Unevaluated[]> => {
  const rows = await tx`
    select id as mark, agent_id as "agentId", device_id as router,
      (extract(epoch from received_at) * 1000)::float8 as "receivedAtMs", skew_ms as "skewMs", observations
    from ingest.unevaluated where org_id = ${org} and id > ${after} order by id limit ${limit}`
  return Row.array()
    .parse(rows)
    .map(({ agentId, observations, ...row }) => {
      const agent = agentId === null ? null : { id: agentId }
      const { data, error } = Remainder.safeParse(observations)
      // Another release may have stored what this one cannot parse.
      if (data === undefined) return { ...row, ...EMPTY, agent, unreadable: z.prettifyError(error) }
      return { ...row, ...data, agent, unreadable: null }
    })
}

/** To be called in the transaction that stores the resulting alert states. */
export const clearEvaluated = async (
  tx: Tx,
  org: OrgId,
  marks: readonly number[],
): Promise<void> => {
  if (marks.length === 0) return
  await tx`delete from ingest.unevaluated where org_id = ${org} and id = any(${[...marks]}::bigint[])`
}
