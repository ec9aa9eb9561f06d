/** SQL of configured probes. */
import type { ProbeInput, ProbePatch } from "../../api/probes.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"

/** `check` is a JSON column. */
export type ProbeRow = Omit<ProbeInput, "check"> & {
  readonly id: string
  readonly check: unknown
  readonly deviceName: string
  readonly siteId: string | null
  readonly siteName: string | null
  readonly createdBy: string
}
export const readProbes = (tx: Tx, org: OrgId): Promise<ProbeRow[]> => tx<ProbeRow[]>`
  select p.id, p.name, p.device_id as "deviceId", p.segment, p."check", p.every_s as "everyS",
    p.timeout_ms as "timeoutMs", p.agents, p.is_enabled as "isEnabled", p.created_by as "createdBy",
    d.name as "deviceName", d.site_id as "siteId", s.name as "siteName"
  from probes.probe p join inventory.device d on d.id = p.device_id left join inventory.site s on s.id = d.site_id
  where p.org_id = ${org} order by p.name, p.id`

export const countProbes = async (tx: Tx, org: OrgId): Promise<number> => {
  await tx`select pg_advisory_xact_lock(hashtextextended(${org}, 58))`
  const [row] = await tx<{ count: number }[]>`
    select count(*)::int as count from probes.probe where org_id = ${org}`
  return row?.count ?? 0
}

export const isNameTaken = async (tx: Tx, org: OrgId, name: string): Promise<boolean> =>
  (await tx`select from probes.probe where org_id = ${org} and name = ${name}`).count > 0

export const insertProbe = async (
  tx: Tx,
  org: OrgId,
  input: ProbeInput,
  by: string,
  nowMs: number,
): Promise<string> => {
  const [row] = await tx<{ id: string }[]>`
    insert into probes.probe (org_id, device_id, name, segment, "check", every_s, timeout_ms, agents, is_enabled, created_by, created_at)
    values (${org}, ${input.deviceId}, ${input.name}, ${input.segment}, ${tx.json(input.check)}, ${input.everyS},
      ${input.timeoutMs}, ${[...input.agents]}::uuid[], ${input.isEnabled}, ${by}, to_timestamp(${nowMs}::float8 / 1000))
    returning id`
  if (row === undefined) throw new Error("the probe was not stored")
  return row.id
}

export const updateProbe = async (
  tx: Tx,
  org: OrgId,
  id: string,
  patch: ProbePatch,
): Promise<void> => {
  await tx`
    update probes.probe set device_id = ${patch.deviceId}, segment = ${patch.segment}, "check" = ${tx.json(patch.check)},
      every_s = ${patch.everyS}, timeout_ms = ${patch.timeoutMs}, agents = ${[...patch.agents]}::uuid[],
      is_enabled = ${patch.isEnabled}
    where org_id = ${org} and id = ${id}`
}

export const deleteProbe = async (tx: Tx, org: OrgId, id: string): Promise<void> => {
  await tx`delete from probes.probe where org_id = ${org} and id = ${id}`
}

export const deviceIsKnown = async (tx: Tx, org: OrgId, id: string): Promise<boolean> =>
  (await tx`select from inventory.device where org_id = ${org} and id = ${id}`).count > 0

export const unknownAgents = async (
  tx: Tx,
  org: OrgId,
  ids: readonly string[],
): Promise<readonly string[]> => {
  if (ids.length === 0) return []
  const rows = await tx<{ id: string }[]>`
    select id from agents.agent where org_id = ${org} and id = any(${[...ids]}::uuid[])`
  const known = new Set(rows.map(({ id }) => id))
  return ids.filter((id) => !known.has(id))
}

export type AssignedRow = {
  readonly agent: string
  readonly agentName: string
  readonly id: string
  readonly device: string
  readonly name: string
  readonly check: unknown
  readonly everyS: number
  readonly timeoutMs: number
}
/** Enabled probes, once for each agent that runs them. `agent` null: of all agents. */
export const readAssigned = (
  tx: Tx,
  org: OrgId,
  agent: string | null,
): Promise<AssignedRow[]> => tx<AssignedRow[]>`
  select a.id as agent, a.name as "agentName", p.id, p.device_id as device, p.name, p."check", p.every_s as "everyS",
    p.timeout_ms as "timeoutMs"
  from probes.probe p join agents.agent a on a.org_id = p.org_id and (p.agents = '{}' or a.id = any(p.agents))
  where p.org_id = ${org} and p.is_enabled and (${agent}::uuid is null or a.id = ${agent}::uuid)
  order by p.id`
