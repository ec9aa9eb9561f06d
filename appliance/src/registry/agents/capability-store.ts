/** SQL of how devices are read: capabilities of agents, and the leases of one device. */
import type { AgentRole, ReadingMethod } from "../../api/leases.ts"
import type { AgentId, DeviceId, OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { mayRead } from "./lease-store.ts"

type CapabilityRow = {
  readonly device: DeviceId
  readonly agent: AgentId
  readonly method: ReadingMethod
  readonly state: {
    readonly works: boolean
    readonly sinceMs: number
    readonly triedAtMs: number
    readonly reason: string | null
  }
}
/** A state that began before a restart keeps its beginning. Removed devices and agents have none. */
export const saveCapabilities = async (
  tx: Tx,
  org: OrgId,
  rows: readonly CapabilityRow[],
): Promise<void> => {
  await tx`
    insert into agents.capability as c (org_id, device_id, agent_id, method, works, since, tried_at, reason)
    select ${org}, device, agent, method, works = 1, to_timestamp(since / 1000), to_timestamp(tried / 1000), reason
    from unnest(${rows.map((r) => r.device)}::uuid[], ${rows.map((r) => r.agent)}::uuid[], ${rows.map((r) => r.method)}::text[],
      ${rows.map(({ state }) => (state.works ? 1 : 0))}::int[], ${rows.map(({ state }) => state.sinceMs)}::float8[],
      ${rows.map(({ state }) => state.triedAtMs)}::float8[], ${rows.map(({ state }) => state.reason)}::text[])
      as given (device, agent, method, works, since, tried, reason)
      join inventory.device d on d.id = device and d.org_id = ${org}
      join agents.agent a on a.id = agent and a.org_id = ${org}
    order by device, agent, method
    on conflict (device_id, agent_id, method) do update set
      works = excluded.works, tried_at = excluded.tried_at, reason = excluded.reason,
      since = case when c.works = excluded.works then c.since else excluded.since end`
}

export type ReadingDevice = {
  readonly holderId: AgentId | null
  readonly incomingId: AgentId | null
  readonly fallback: "none" | "site" | "listed"
  readonly methods: unknown
}
export const readingDevice = async (
  tx: Tx,
  org: OrgId,
  device: string,
): Promise<ReadingDevice | null> => {
  const [row] = await tx<ReadingDevice[]>`
    select agent_id as "holderId", incoming_agent_id as "incomingId", agent_fallback as fallback, methods
    from inventory.device where org_id = ${org} and id = ${device}::uuid`
  return row ?? null
}

export type ReadingAgentRow = { readonly id: AgentId; readonly name: string; readonly rank: number }
/** Agents that read or may read it: the preferred one first. */
export const readingAgents = (tx: Tx, org: OrgId, device: string) => tx<ReadingAgentRow[]>`
  select a.id, a.name, case when a.id = d.preferred_agent_id then 0
    when d.agent_fallback = 'listed' then coalesce(array_position(d.fallback_agent_ids, a.id), 99) else 1 end as rank
  from inventory.device d join agents.agent a on a.org_id = d.org_id
    and (a.id = d.agent_id or a.id = d.preferred_agent_id or (d.agent_fallback <> 'none' and ${mayRead(tx)}))
  where d.org_id = ${org} and d.id = ${device}::uuid
  order by rank, a.name`

export type DeviceCapability = {
  readonly agent: AgentId
  readonly method: ReadingMethod
  readonly works: boolean
  readonly sinceMs: number
  readonly triedAtMs: number
  readonly reason: string | null
}
export const capabilitiesOf = (tx: Tx, org: OrgId, device: string) => tx<DeviceCapability[]>`
  select agent_id as agent, method, works, (extract(epoch from since) * 1000)::float8 as "sinceMs",
    (extract(epoch from tried_at) * 1000)::float8 as "triedAtMs", reason
  from agents.capability where org_id = ${org} and device_id = ${device}::uuid order by method`

export type LeaseSpanRow = {
  readonly agentId: AgentId
  readonly agentName: string
  readonly fromMs: number
  readonly toMs: number | null
  readonly reason: string
}
/** The newest first. */
export const leasesOf = (tx: Tx, org: OrgId, device: string, limit: number) => tx<LeaseSpanRow[]>`
  select l.agent_id as "agentId", a.name as "agentName", (extract(epoch from from_at) * 1000)::float8 as "fromMs",
    (extract(epoch from to_at) * 1000)::float8 as "toMs", l.reason
  from agents.lease l join agents.agent a on a.id = l.agent_id
  where l.org_id = ${org} and l.device_id = ${device}::uuid order by l.from_at desc, l.id desc limit ${limit}`

export type AgentDeviceRow = {
  readonly id: DeviceId
  readonly name: string
  readonly methods: unknown
  readonly role: AgentRole
  readonly preferredId: AgentId | null
  readonly preferredName: string | null
  readonly holderId: AgentId | null
  readonly holderName: string | null
  readonly heldSinceMs: number | null
  readonly leaseReason: string | null
  readonly beforeId: AgentId | null
  readonly beforeName: string | null
}
/** Devices that this agent reads, takes over, or probes because it may take them over. */
export const devicesOfAgent = (tx: Tx, org: OrgId, agent: AgentId) => tx<AgentDeviceRow[]>`
  select d.id, d.name, d.methods,
    case when d.agent_id = a.id then 'reads' when d.incoming_agent_id = a.id then 'incoming' else 'probes' end as role,
    p.id as "preferredId", p.name as "preferredName", h.id as "holderId", h.name as "holderName",
    (extract(epoch from l.from_at) * 1000)::float8 as "heldSinceMs", l.reason as "leaseReason",
    b.id as "beforeId", b.name as "beforeName"
  from agents.agent a
  join inventory.device d on d.org_id = a.org_id
    and (d.agent_id = a.id or d.incoming_agent_id = a.id or (d.agent_fallback <> 'none' and ${mayRead(tx)}))
  left join agents.agent p on p.id = d.preferred_agent_id
  left join agents.agent h on h.id = d.agent_id
  left join agents.lease l on l.device_id = d.id and l.to_at is null
  left join lateral (
    select was.agent_id from agents.lease was
    where was.device_id = d.id and was.to_at is not null and was.agent_id <> l.agent_id
    order by was.to_at desc limit 1
  ) previous on l.reason <> 'assigned'
  left join agents.agent b on b.id = previous.agent_id
  where a.org_id = ${org} and a.id = ${agent}
  order by d.name`

export type OwnCapability = Omit<DeviceCapability, "agent"> & { readonly device: DeviceId }
export const capabilitiesOfAgent = (tx: Tx, org: OrgId, agent: AgentId) => tx<OwnCapability[]>`
  select device_id as device, method, works, (extract(epoch from since) * 1000)::float8 as "sinceMs",
    (extract(epoch from tried_at) * 1000)::float8 as "triedAtMs", reason
  from agents.capability where org_id = ${org} and agent_id = ${agent}`
