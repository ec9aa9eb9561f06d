/** The ledger of batches, the quarantine, and what ingest has to look up: whose device is meant, and by which small integers. */
import type { Ack, DeviceId } from "@ispvm/wire"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { LeasedDevice } from "./lease-times.ts"
import type { LedgerRow } from "./ledger.ts"
import type { QuarantinedItem } from "./parse.ts"

/**
 * Batches of one agent come in one after another: the same batch twice at once then finds its own answer. Plans are made for the
 * batch at hand: one made for any batch took 400 ms instead of 5 to find 2,500 ports. Both end with the transaction.
 */
const lockAgent = (tx: Tx, agent: AgentId): Promise<unknown> =>
  tx`
    select set_config('plan_cache_mode', 'force_custom_plan', true), pg_advisory_xact_lock(hashtextextended(${agent}, 0))`.then()

/** Pushes of one router come in one after another, as batches of one agent do. Answers how far back values are taken, in ms. */
export const beginPush = async (tx: Tx, device: DeviceId): Promise<number> => {
  await tx`
    select set_config('plan_cache_mode', 'force_custom_plan', true), pg_advisory_xact_lock(hashtextextended(${device}, 1))`
  const [row] = await tx<{ keepMs: number }[]>`
    select (extract(epoch from keep) * 1000)::float8 as "keepMs" from ispvm.retention where class = 'raw'`
  if (row === undefined)
    throw new Error("ispvm.retention has no class 'raw': the migrations are incomplete")
  return row.keepMs
}

/** Batches of this number that were stored under one of these names, each with its ack as it was given. */
const readLedger = (
  tx: Tx,
  agent: AgentId,
  names: readonly string[],
  number: number,
): Promise<LedgerRow[]> => tx<LedgerRow[]>`
  select buffer, content, ack from ingest.batch
  where agent_id = ${agent} and buffer = any(${[...names]}::uuid[]) and number = ${number}`

/** How far back values are taken, in ms, by class of retention; and the version of the inventory, which any change of it raises. */
export type Keep = {
  readonly keep: (retention: string) => number
  readonly inventoryVersion: string
}
export const readKeep = async (tx: Tx, org: OrgId): Promise<Keep> => {
  const rows = await tx<{ name: string; ms: number; version: string }[]>`
    select class as name, (extract(epoch from keep) * 1000)::float8 as ms,
      coalesce((select n from inventory.version where org_id = ${org}), 0)::text as version
    from ispvm.retention`
  const keep = new Map(rows.map(({ name, ms }) => [name, ms]))
  return {
    keep: (retention) => {
      const ms = keep.get(retention)
      if (ms === undefined)
        throw new Error(
          `ispvm.retention has no class '${retention}': the migrations are incomplete`,
        )
      return ms
    },
    inventoryVersion: rows[0]?.version ?? "0",
  }
}

/**
 * What a batch begins with, sent at once: batches of one agent come in one after another, and the
 * server reads the rest when it has the lock.
 */
export const beginBatch = async (
  tx: Tx,
  {
    org,
    agent,
    names,
    number,
  }: {
    readonly org: OrgId
    readonly agent: AgentId
    readonly names: readonly string[]
    readonly number: number
  },
): Promise<Keep & { readonly ledger: readonly LedgerRow[] }> => {
  const locked = lockAgent(tx, agent)
  const [, ledger, kept] = await Promise.all([
    locked,
    readLedger(tx, agent, names, number),
    readKeep(tx, org),
  ])
  return { ledger, ...kept }
}

/** `buffer`: the name in the ledger, which is the ack's own but for copies of an agent of an earlier release. */
export type LedgerEntry = {
  readonly buffer: string
  readonly content: Buffer
  readonly ack: Ack
  readonly items: number
  readonly nowMs: number
}
export const writeLedger = async (
  tx: Tx,
  org: OrgId,
  agent: AgentId,
  entry: LedgerEntry,
): Promise<void> => {
  const { buffer, content, ack, items, nowMs } = entry
  await tx`
    insert into ingest.batch (agent_id, buffer, number, org_id, received_at, items, ack, content)
    values (${agent}, ${buffer}, ${ack.number}, ${org}, to_timestamp(${nowMs}::float8 / 1000), ${items}, ${tx.json(ack)}, ${content})`
}

export const quarantine = async (
  tx: Tx,
  org: OrgId,
  agent: AgentId,
  quarantined: readonly QuarantinedItem[],
  nowMs: number,
): Promise<void> => {
  if (quarantined.length === 0) return
  await tx`
    insert into ingest.quarantine (org_id, agent_id, received_at, reason, item)
    select ${org}, ${agent}, to_timestamp(${nowMs}::float8 / 1000), reason, item::jsonb
    from unnest(${quarantined.map((r) => r.reason)}::text[], ${quarantined.map((r) => JSON.stringify(r.item))}::text[]) as given (reason, item)`
}

export type KnownDevice = LeasedDevice & {
  readonly id: DeviceId
  readonly key: number
  readonly targetId: number | null
  readonly preferredAgentId: string | null
  readonly methods: unknown
  /** The asking agent runs a probe of a service that belongs to the device. */
  readonly isProbed: boolean
}

/** Those of `ids` that this organisation has; row-level security keeps the others out of sight. */
export const knownDevices = async (
  tx: Tx,
  org: OrgId,
  ids: readonly DeviceId[],
  agent: AgentId | null = null,
): Promise<ReadonlyMap<string, KnownDevice>> => {
  if (ids.length === 0) return new Map()
  const rows = await tx<KnownDevice[]>`
    select d.id, d.key, d.agent_id as "agentId", d.preferred_agent_id as "preferredAgentId", d.methods, t.id as "targetId",
      exists (select from probes.probe p where p.device_id = d.id
        and (p.agents = '{}' or ${agent}::uuid = any(p.agents))) as "isProbed",
      a.id is not null and (a.id = d.preferred_agent_id or a.id = d.incoming_agent_id
        or (d.agent_fallback = 'listed' and a.id = any(d.fallback_agent_ids))
        or (d.agent_fallback = 'site' and a.site_id = d.site_id)) as "mayTakeOver",
      coalesce((select jsonb_agg(jsonb_build_object('agentId', l.agent_id,
          'fromMs', (extract(epoch from l.from_at) * 1000)::float8, 'toMs', (extract(epoch from l.to_at) * 1000)::float8) order by l.from_at, l.id)
        from agents.lease l where l.device_id = d.id), '[]') as leases
    from inventory.device d left join inventory.target t on t.device_id = d.id
      left join agents.agent a on a.id = ${agent}::uuid and a.org_id = d.org_id and d.agent_fallback <> 'none'
    where d.org_id = ${org} and d.id = any(${[...ids]}::uuid[])`
  return new Map(rows.map((row) => [row.id, row]))
}

export type Port = { readonly device: DeviceId; readonly name: string }

/** Ports that have gone are not found: telling values of one brings it back. */
export const portIds = async (
  tx: Tx,
  org: OrgId,
  ports: readonly Port[],
): Promise<ReadonlyMap<string, number>> => {
  if (ports.length === 0) return new Map()
  const rows = await tx<{ id: number; device: string; name: string }[]>`
    select i.id, i.device_id as device, i.name
    from unnest(${ports.map((p) => p.device)}::uuid[], ${ports.map((p) => p.name)}::text[]) as wanted (device, name)
      join inventory.interface i on i.device_id = wanted.device and i.name = wanted.name
    where i.org_id = ${org} and i.gone_at is null`
  return new Map(rows.map(({ id, device, name }) => [portKey({ device, name }), id]))
}
/**
 * Names that interfaces had until after `sinceMs`: a value of that time belongs to the interface that
 * had the name then.
 */
export type FormerPort = Port & { readonly id: number; readonly untilMs: number }
export const formerPorts = async (
  tx: Tx,
  org: OrgId,
  ports: readonly Port[],
  sinceMs: number,
): Promise<readonly FormerPort[]> => {
  if (ports.length === 0) return []
  const devices = [...new Set(ports.map(({ device }) => device))]
  const rows = await tx<FormerPort[]>`
    select n.interface_id as id, n.device_id as device, n.name, (extract(epoch from n.until) * 1000)::float8 as "untilMs"
    from inventory.interface_name n
    where n.org_id = ${org} and n.until > to_timestamp(${sinceMs}::float8 / 1000) and n.device_id = any(${devices}::uuid[])
    order by n.until`
  if (rows.length === 0) return rows
  const wanted = new Set(ports.map(portKey))
  return rows.filter((row) => wanted.has(portKey(row)))
}
/** Present interfaces of whole devices. */
export const portsOfDevices = (
  tx: Tx,
  org: OrgId,
  devices: readonly DeviceId[],
): Promise<(Port & { readonly id: number })[]> => tx<(Port & { readonly id: number })[]>`
  select id, device_id as device, name from inventory.interface
  where org_id = ${org} and device_id = any(${[...devices]}::uuid[]) and gone_at is null`
export const portKey = ({ device, name }: { device: string; name: string }): string =>
  `${device}/${name}`

/**
 * Batches that cannot come again: an agent sends in order, so what it may repeat is what it last sent. The last thousand of each
 * buffer stay, unless it is unheard for 90 days. Of the quarantine, what is past its time and all but the 10,000 newest rows: a
 * router without a clock never stops. Answers how many rows went.
 */
export const prune = async (tx: Tx, org: OrgId, nowMs: number): Promise<number> => {
  const batches = await tx`
    delete from ingest.batch b
    using (select agent_id, buffer, max(number) as number, max(received_at) as received_at from ingest.batch
      where org_id = ${org} group by 1, 2) last
    where b.org_id = ${org} and b.agent_id = last.agent_id and b.buffer = last.buffer
      and (b.number <= last.number - 1000 or last.received_at < to_timestamp(${nowMs}::float8 / 1000) - interval '90 days')`
  const quarantined = await tx`
    delete from ingest.quarantine
    where org_id = ${org} and (received_at < to_timestamp(${nowMs}::float8 / 1000)
      - (select keep from ispvm.retention where class = 'quarantine')
      or received_at < (select received_at from ingest.quarantine where org_id = ${org} order by received_at desc offset 9999 limit 1))`
  return batches.count + quarantined.count
}
