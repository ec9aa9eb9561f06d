/** SQL of events. */
import { eventMeaning } from "@ispvm/wire"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { PORTION } from "../../platform/postgres/in-portions.ts"
import type { Accepted } from "../ingest/model.ts"
import {
  type NamedEvent,
  type OwnEvent,
  SEVERITIES,
  type Severity,
  type StoredEvent,
} from "./model.ts"

/** Gives how many were new: an event that is reported twice is one. */
export const writeEvents = async (tx: Tx, accepted: Accepted): Promise<number> => {
  const events = accepted.events
  if (events.length === 0) return 0
  const stored = await tx`
    insert into events.event (org_id, id, at, received_at, device_id, agent_id, name, source, severity, interface, message, attributes)
    select ${accepted.org}, id, to_timestamp(at / 1000), to_timestamp(${accepted.receivedAtMs}::float8 / 1000), device_id,
      ${accepted.agent?.id ?? null}, name, source, severity, interface, message, attributes::jsonb
    from unnest(${events.map((e) => e.id)}::uuid[], ${events.map((e) => e.atMs)}::float8[], ${events.map((e) => e.device)}::uuid[],
      ${events.map(eventMeaning)}::text[], ${events.map((e) => e.source)}::text[], ${events.map((e) => e.severity)}::text[],
      ${events.map((e) => e.interface)}::text[], ${events.map((e) => e.message)}::text[],
      ${events.map((e) => JSON.stringify(e.attributes))}::text[])
      as given (id, at, device_id, name, source, severity, interface, message, attributes)
    order by id
    on conflict do nothing`
  return stored.count
}

/** Nothing if the device has been removed meanwhile. */
export const writeOwnEvent = async (
  tx: Tx,
  org: OrgId,
  id: string,
  { device, name, interface: port, atMs, message, attributes }: OwnEvent,
): Promise<void> => {
  await tx`
    insert into events.event (org_id, id, at, received_at, device_id, name, source, severity, interface, message, attributes)
    select ${org}, ${id}, to_timestamp(${atMs}::float8 / 1000), to_timestamp(${atMs}::float8 / 1000), id, ${name},
      'appliance', 'info', ${port ?? null}, ${message}, ${tx.json(attributes)}
    from inventory.device where org_id = ${org} and id = ${device}`
}

export type EventQuery = {
  readonly device: string | null
  readonly interface?: string | null
  readonly source?: string | null
  readonly severity?: Severity | null
  readonly search?: string | null
  readonly sinceMs: number | null
  /** The last row of the previous page; events with the same time are ordered by id. */
  readonly after: { readonly atMs: number; readonly id: string } | null
  readonly limit: number
}

/** The text as part of a pattern of `like`. */
const containing = (text: string): string => `%${text.replace(/[\\%_]/g, "\\$&")}%`

/** Also under the names that it had before, and not those of an interface that had its name. */
const ofInterface = (tx: Tx, org: OrgId, name: string) => tx`and (
  (e.interface = ${name} and not exists (select from inventory.interface i
    where i.org_id = ${org} and i.device_id = e.device_id and i.name = ${name} and i.named_at > e.at))
  or exists (select from inventory.interface_name n join inventory.interface i on i.id = n.interface_id
    where n.org_id = ${org} and n.device_id = e.device_id and i.name = ${name} and n.name = e.interface and n.until > e.at
      and not exists (select from inventory.interface_name f where f.org_id = ${org} and f.device_id = n.device_id
        and f.name = n.name and f.until > e.at and f.until < n.until)))`

/** Newest first. Events of a device that has been removed stay, without its name. */
export const readEvents = (
  tx: Tx,
  org: OrgId,
  { device, sinceMs, after, limit, ...query }: EventQuery,
): Promise<StoredEvent[]> => tx<StoredEvent[]>`
  select e.id, (extract(epoch from e.at) * 1000)::float8 as "atMs", (extract(epoch from e.received_at) * 1000)::float8 as "receivedAtMs",
    e.device_id as "deviceId", coalesce(d.name, '(removed)') as "deviceName", e.name, e.source, e.severity, e.interface, e.message,
    e.attributes->>'topics' as topics, e.attributes
  from events.event e left join inventory.device d on d.id = e.device_id
  where e.org_id = ${org}
    ${device === null ? tx`` : tx`and e.device_id = ${device}`}
    ${query.interface == null ? tx`` : ofInterface(tx, org, query.interface)}
    ${query.source == null ? tx`` : tx`and e.source = ${query.source}`}
    ${query.severity == null ? tx`` : tx`and e.severity = any(${SEVERITIES.slice(SEVERITIES.indexOf(query.severity))}::text[])`}
    ${query.search == null ? tx`` : tx`and (e.message ilike ${containing(query.search)} or e.attributes->>'topics' ilike ${containing(query.search)})`}
    ${sinceMs === null ? tx`` : tx`and e.at >= to_timestamp(${sinceMs}::float8 / 1000)`}
    ${after === null ? tx`` : tx`and (e.at, e.id) < (to_timestamp(${after.atMs}::float8 / 1000), ${after.id}::uuid)`}
  order by e.at desc, e.id desc
  limit ${limit}`

/** Names of the interfaces of these devices. */
export const interfaceNames = async (
  tx: Tx,
  org: OrgId,
  devices: readonly string[],
): Promise<readonly string[]> => {
  const rows = await tx<{ name: string }[]>`
    select distinct name from inventory.interface
    where org_id = ${org} and device_id = any(${[...devices]}::uuid[]) limit 50000`
  return rows.map(({ name }) => name)
}

/** Of these names and devices, by time: what a rule counts that is tried on the past. */
export const readNamedEvents = (
  tx: Tx,
  org: OrgId,
  span: {
    readonly names: readonly string[]
    readonly devices: readonly string[]
    readonly fromMs: number
    readonly toMs: number
  },
): Promise<NamedEvent[]> => tx<NamedEvent[]>`
  select name, device_id as device, (extract(epoch from at) * 1000)::float8 as "atMs"
  from events.event
  where org_id = ${org} and name = any(${[...span.names]}::text[]) and device_id = any(${[...span.devices]}::uuid[])
    and at >= to_timestamp(${span.fromMs}::float8 / 1000) and at < to_timestamp(${span.toMs}::float8 / 1000)
  order by at, id limit 200000`

/** At most 10,000 a call, so that no lock is held for long. */
export const pruneEvents = async (tx: Tx, org: OrgId, nowMs: number): Promise<number> => {
  const gone = await tx`
    delete from events.event where org_id = ${org} and id in (
      select id from events.event
      where org_id = ${org}
        and at < to_timestamp(${nowMs}::float8 / 1000) - (select keep from ispvm.retention where class = 'event')
      order by at limit ${PORTION})`
  return gone.count
}

export type PathReport = {
  readonly probeId: string
  readonly agentId: string
  readonly atMs: number
  readonly path: string
  readonly was: string
  readonly isReached: boolean
}
/** The last path that each agent reported of each probe of these devices. */
export const readPaths = (
  tx: Tx,
  org: OrgId,
  devices: readonly string[],
): Promise<PathReport[]> => tx<PathReport[]>`
  select distinct on (agent_id, attributes->>'probeId') attributes->>'probeId' as "probeId", agent_id as "agentId",
    (extract(epoch from at) * 1000)::float8 as "atMs", coalesce(attributes->>'path', '') as path,
    coalesce(attributes->>'was', '') as was, attributes->>'reached' = 'true' as "isReached"
  from events.event
  where org_id = ${org} and name in ('path-seen', 'path-changed') and device_id = any(${[...devices]}::uuid[])
    and agent_id is not null and attributes ? 'probeId'
  order by agent_id, attributes->>'probeId', at desc, id desc limit 1000`
