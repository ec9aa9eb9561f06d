/** SQL of leases: which agents may read a device, who holds its lease, and who held it when. */
import { z } from "zod"
import { LeaseReason } from "../../api/leases.ts"
import { AgentId, DeviceId, type OrgId } from "../../platform/ids.ts"
import type { Sql, Tx } from "../../platform/postgres/db.ts"
import type { Lease } from "./lease-machine.ts"

/**
 * Whether agent `a` may read device `d` when the holder cannot. Row-level security keeps the agents
 * of other organisations out, and the join repeats it.
 */
export const mayRead = (tx: Sql | Tx) => tx`(
  a.org_id = d.org_id and a.enrolled_at is not null and a.revoked_at is null
  and (a.id = d.preferred_agent_id
    or (d.agent_fallback = 'listed' and a.id = any(d.fallback_agent_ids))
    or (d.agent_fallback = 'site' and a.site_id = d.site_id)))`

const SharedRow = z.object({
  id: DeviceId,
  holder: AgentId.nullable(),
  incoming: AgentId.nullable(),
  heldSinceMs: z.number().nullable(),
  /** Of the open span, which is missing until the device is shared. */
  spanAgent: AgentId.nullable(),
  reason: LeaseReason.nullable(),
  /** By rank: 0 is preferred. */
  candidates: z.array(z.object({ agent: AgentId, rank: z.number() })),
})
export type SharedDevice = z.infer<typeof SharedRow>

/** Devices that several agents may read, and those that were until now. */
export const sharedDevices = async (tx: Tx, org: OrgId): Promise<SharedDevice[]> => {
  const rows = await tx`
    select d.id, d.agent_id as holder, d.incoming_agent_id as incoming,
      (extract(epoch from l.from_at) * 1000)::float8 as "heldSinceMs", l.agent_id as "spanAgent", l.reason,
      coalesce((
        select jsonb_agg(jsonb_build_object('agent', a.id, 'rank', case
          when a.id = d.preferred_agent_id then 0
          when d.agent_fallback = 'listed' then array_position(d.fallback_agent_ids, a.id)
          else 1 end))
        from agents.agent a where d.agent_fallback <> 'none' and ${mayRead(tx)}), '[]') as candidates
    from inventory.device d left join agents.lease l on l.device_id = d.id and l.to_at is null
    where d.org_id = ${org} and (d.agent_fallback <> 'none' or l.id is not null or d.incoming_agent_id is not null)
    order by d.key`
  return SharedRow.array().parse(rows)
}

const at = (ms: number): Date => new Date(ms)

/**
 * Stores the lease of a device. False, and nothing is stored, if somebody else has changed the
 * holder meanwhile.
 */
export const saveLease = async (
  tx: Tx,
  org: OrgId,
  device: DeviceId,
  was: AgentId | null,
  { holder, incoming, reason }: Lease,
  nowMs: number,
): Promise<boolean> => {
  const changed = await tx`
    update inventory.device set agent_id = ${holder}, incoming_agent_id = ${incoming?.agent ?? null}
    where org_id = ${org} and id = ${device} and agent_id is not distinct from ${was}::uuid`
  if (changed.count === 0) return false
  const open = await tx`
    select from agents.lease where device_id = ${device} and to_at is null and agent_id = ${holder}`
  if (open.count > 0) return true
  await endLease(tx, org, device, nowMs)
  if (holder !== null)
    await tx`
      insert into agents.lease (org_id, device_id, agent_id, from_at, reason)
      values (${org}, ${device}, ${holder}, ${at(nowMs)}, ${reason})`
  return true
}

/** Only one agent may read the device from now on. */
export const endLease = async (
  tx: Tx,
  org: OrgId,
  device: DeviceId,
  nowMs: number,
): Promise<void> => {
  await tx`
    update agents.lease set to_at = greatest(from_at, ${at(nowMs)})
    where org_id = ${org} and device_id = ${device} and to_at is null`
}

export const clearIncoming = async (tx: Tx, org: OrgId, device: DeviceId): Promise<void> => {
  await tx`
    update inventory.device set incoming_agent_id = null where org_id = ${org} and id = ${device}`
}

/** Spans that no buffered value can belong to any more. The newest of a device stays. */
export const pruneLeases = async (tx: Tx, org: OrgId, nowMs: number): Promise<void> => {
  await tx`
    delete from agents.lease l where org_id = ${org}
      and to_at < ${at(nowMs)} - (select keep from ispvm.retention where class = 'raw')`
}

/** Devices that each agent holds: agents of one organisation. */
export const loadOfAgents = async (tx: Tx, org: OrgId): Promise<ReadonlyMap<AgentId, number>> => {
  const rows = await tx<{ agent: AgentId; devices: number }[]>`
    select coalesce(incoming_agent_id, agent_id) as agent, count(*)::int as devices
    from inventory.device where org_id = ${org} and agent_id is not null group by 1`
  return new Map(rows.map(({ agent, devices }) => [agent, devices]))
}
