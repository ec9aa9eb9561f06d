/** SQL of the tables of devices. */
import type { RowValues, Source } from "@ispvm/wire"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { PORTION } from "../../platform/postgres/in-portions.ts"

/** One table of one device, as one source reports it, at one moment. */
export type TableMoment = {
  readonly org: OrgId
  readonly device: string
  readonly name: string
  readonly source: Source
  readonly atMs: number
}
export type NewRow = { readonly key: string; readonly values: RowValues; readonly words: string }
export type StoredRow = {
  readonly key: string
  readonly source: string
  readonly cells: RowValues
  readonly firstSeenAtMs: number
  readonly changedAtMs: number
  readonly goneAtMs: number | null
}
export type StoredSnapshot = {
  readonly source: string
  readonly atMs: number
  readonly fullAtMs: number | null
  readonly reported: number
  readonly stored: number
  readonly differsSinceMs: number | null
}
export type NamedSnapshot = StoredSnapshot & { readonly name: string }
export type FoundRow = StoredRow & {
  readonly deviceId: string
  readonly deviceName: string
  readonly name: string
}

/** No message is accepted from later than this after now. */
const FUTURE_MS = 300_000
/**
 * Batches of a restored agent can be older than what is stored. What is from the future was stored
 * before the clock was set back, and must not keep out what is true now.
 */
export const hasNewer = async (
  tx: Tx,
  { org, device, name, source, atMs }: TableMoment,
  nowMs: number,
): Promise<boolean> => {
  const [row] = await tx<{ isNewer: boolean }[]>`
    select at > to_timestamp(${atMs}::float8 / 1000) and at <= to_timestamp(${nowMs + FUTURE_MS}::float8 / 1000) as "isNewer"
    from tables.snapshot
    where org_id = ${org} and device_id = ${device} and name = ${name} and source = ${source}`
  return row?.isNewer ?? false
}

export const upsertRows = async (
  tx: Tx,
  { org, device, name, source, atMs }: TableMoment,
  rows: readonly NewRow[],
): Promise<void> => {
  if (rows.length === 0) return
  await tx`
    insert into tables.row as r (org_id, device_id, name, source, key, cells, words, first_seen_at, changed_at, seen_at)
    select ${org}, ${device}, ${name}, ${source}, key, cells::jsonb, words, at, at, at
    from unnest(${rows.map(({ key }) => key)}::text[], ${rows.map(({ values }) => JSON.stringify(values))}::text[],
      ${rows.map(({ words }) => words)}::text[]) as given (key, cells, words),
      (select to_timestamp(${atMs}::float8 / 1000) as at) as moment
    order by key
    on conflict (device_id, name, source, key) do update set
      cells = excluded.cells, words = excluded.words, seen_at = excluded.seen_at, gone_at = null,
      first_seen_at = case when r.gone_at is null then r.first_seen_at else excluded.seen_at end,
      changed_at = case when r.gone_at is null and r.cells = excluded.cells then r.changed_at else excluded.seen_at end`
}

export const markGone = async (
  tx: Tx,
  { org, device, name, source, atMs }: TableMoment,
  keys: readonly string[],
): Promise<void> => {
  if (keys.length === 0) return
  await tx`
    update tables.row set gone_at = to_timestamp(${atMs}::float8 / 1000)
    where org_id = ${org} and device_id = ${device} and name = ${name} and source = ${source} and gone_at is null
      and key = any(${[...keys]}::text[])`
}

/** How many rows this snapshot has confirmed. */
export const countSeen = async (
  tx: Tx,
  { org, device, name, source, atMs }: TableMoment,
): Promise<number> => {
  const [row] = await tx<{ n: number }[]>`
    select count(*)::int as n from tables.row
    where org_id = ${org} and device_id = ${device} and name = ${name} and source = ${source} and gone_at is null
      and seen_at = to_timestamp(${atMs}::float8 / 1000)`
  return row?.n ?? 0
}

export const markUnseenGone = async (
  tx: Tx,
  { org, device, name, source, atMs }: TableMoment,
): Promise<void> => {
  await tx`
    update tables.row set gone_at = to_timestamp(${atMs}::float8 / 1000)
    where org_id = ${org} and device_id = ${device} and name = ${name} and source = ${source} and gone_at is null
      and seen_at <> to_timestamp(${atMs}::float8 / 1000)`
}

/** `isPart`: more parts of a snapshot follow, so that the stored number means nothing yet. */
export const writeSnapshot = async (
  tx: Tx,
  { org, device, name, source, atMs }: TableMoment,
  given: { readonly reported: number; readonly isFull: boolean; readonly isPart: boolean },
): Promise<void> => {
  await tx`
    insert into tables.snapshot as s (org_id, device_id, name, source, at, full_at, reported, stored, differs_since)
    select ${org}, ${device}, ${name}, ${source}, moment.at, case when ${given.isFull} then moment.at end, ${given.reported}, n,
      case when n <> ${given.reported} and not ${given.isPart} then moment.at end
    from (select to_timestamp(${atMs}::float8 / 1000) as at) as moment,
      (select count(*)::int as n from tables.row
        where org_id = ${org} and device_id = ${device} and name = ${name} and source = ${source} and gone_at is null) as present
    on conflict (device_id, name, source) do update set
      at = excluded.at, full_at = coalesce(excluded.full_at, s.full_at), reported = excluded.reported, stored = excluded.stored,
      differs_since = case when excluded.differs_since is null then null else coalesce(s.differs_since, excluded.differs_since) end`
}

/** The text as part of a pattern of `like`. */
const containing = (text: string): string => `%${text.replace(/[\\%_]/g, "\\$&")}%`

export const readRows = (
  tx: Tx,
  org: OrgId,
  query: {
    readonly device: string
    readonly name: string
    readonly search: string | null
    readonly withGone: boolean
    readonly after: { readonly key: string; readonly source: string } | null
    readonly limit: number
  },
): Promise<StoredRow[]> => tx<StoredRow[]>`
  select key, source, cells, (extract(epoch from first_seen_at) * 1000)::float8 as "firstSeenAtMs",
    (extract(epoch from changed_at) * 1000)::float8 as "changedAtMs", (extract(epoch from gone_at) * 1000)::float8 as "goneAtMs"
  from tables.row
  where org_id = ${org} and device_id = ${query.device} and name = ${query.name}
    ${query.withGone ? tx`` : tx`and gone_at is null`}
    ${query.search === null ? tx`` : tx`and words like ${containing(query.search)}`}
    ${query.after === null ? tx`` : tx`and (key, source) > (${query.after.key}, ${query.after.source})`}
  order by key, source
  limit ${query.limit}`

/** The position of a row whose key has this digest; null: it is no more. */
export const positionOf = async (
  tx: Tx,
  { org, device, name }: Pick<TableMoment, "org" | "device" | "name">,
  { key: digest, source }: { readonly key: string; readonly source: string },
): Promise<{ readonly key: string; readonly source: string } | null> => {
  const [row] = await tx<{ key: string }[]>`
    select key from tables.row
    where org_id = ${org} and device_id = ${device} and name = ${name} and source = ${source}
      and encode(sha256(convert_to(key, 'UTF8')), 'hex') = ${digest}`
  return row === undefined ? null : { key: row.key, source }
}

export const readSnapshots = (
  tx: Tx,
  org: OrgId,
  device: string,
  name: string,
): Promise<StoredSnapshot[]> => tx<StoredSnapshot[]>`
  select source, (extract(epoch from at) * 1000)::float8 as "atMs", (extract(epoch from full_at) * 1000)::float8 as "fullAtMs",
    reported, stored, (extract(epoch from differs_since) * 1000)::float8 as "differsSinceMs"
  from tables.snapshot
  where org_id = ${org} and device_id = ${device} and name = ${name}
  order by source`

export const deviceExists = async (tx: Tx, org: OrgId, device: string): Promise<boolean> => {
  const found = await tx`select from inventory.device where org_id = ${org} and id = ${device}`
  return found.count > 0
}

/** Of all tables of a device. */
export const readAllSnapshots = (
  tx: Tx,
  org: OrgId,
  device: string,
): Promise<NamedSnapshot[]> => tx<NamedSnapshot[]>`
  select name, source, (extract(epoch from at) * 1000)::float8 as "atMs", (extract(epoch from full_at) * 1000)::float8 as "fullAtMs",
    reported, stored, (extract(epoch from differs_since) * 1000)::float8 as "differsSinceMs"
  from tables.snapshot
  where org_id = ${org} and device_id = ${device}
  order by name, source`

/** Rows that exist first, the newest of those that are gone after them. */
export const findRows = (
  tx: Tx,
  org: OrgId,
  text: string,
  limit: number,
): Promise<FoundRow[]> => tx<FoundRow[]>`
  select r.device_id as "deviceId", d.name as "deviceName", r.name, r.key, r.source, r.cells,
    (extract(epoch from r.first_seen_at) * 1000)::float8 as "firstSeenAtMs",
    (extract(epoch from r.changed_at) * 1000)::float8 as "changedAtMs", (extract(epoch from r.gone_at) * 1000)::float8 as "goneAtMs"
  from tables.row r join inventory.device d on d.id = r.device_id
  where r.org_id = ${org} and r.words like ${containing(text)}
  order by r.gone_at is not null, coalesce(r.gone_at, r.changed_at) desc, r.key
  limit ${limit}`

/** Rows that are gone stay for a week. */
export const prune = async (tx: Tx, org: OrgId, nowMs: number): Promise<number> => {
  const gone = await tx`
    delete from tables.row where ctid = any(array(
      select ctid from tables.row
      where org_id = ${org} and gone_at < to_timestamp(${nowMs}::float8 / 1000) - interval '7 days'
      limit ${PORTION}))`
  return gone.count
}

/**
 * Of one table of a device only so many that are gone stay: who floods a switch with MAC addresses
 * makes a hundred thousand rows at each poll.
 */
const MAX_GONE = 10_000
export const pruneCrowded = async (tx: Tx, org: OrgId): Promise<number> => {
  const gone = await tx`
    delete from tables.row where ctid = any(array(
      select old.ctid from (
        select device_id, name, source from tables.row where org_id = ${org} and gone_at is not null
        group by device_id, name, source having count(*) > ${MAX_GONE}
      ) crowded
      cross join lateral (
        select r.ctid from tables.row r
        where r.device_id = crowded.device_id and r.name = crowded.name and r.source = crowded.source and r.gone_at is not null
        order by r.gone_at desc, r.key offset ${MAX_GONE}
      ) old
      limit ${PORTION}))`
  return gone.count
}

export type CostRow = {
  readonly device: string
  readonly busyShare: number
  readonly bytesPerDay: number
  readonly slowed: number
}
/**
 * Of the table `collection`: how much of the time readings of a device run, and what it sends for
 * them a day, if all goes on as measured.
 */
export const collectionCosts = (
  tx: Tx,
  org: OrgId,
  devices: readonly string[],
): Promise<CostRow[]> => tx<CostRow[]>`
  select device_id as device,
    coalesce(sum((cells->>'tookMs')::float8 / every), 0)::float8 as "busyShare",
    coalesce(sum((cells->>'receivedByte')::float8 / every), 0)::float8 * 86400000 as "bytesPerDay",
    (count(*) filter (where cells->>'slowedMs' is not null))::int as slowed
  from tables.row, lateral (select nullif(coalesce((cells->>'slowedMs')::float8, (cells->>'everyMs')::float8), 0) as every) one
  where org_id = ${org} and name = 'collection' and gone_at is null and device_id = any(${[...devices]}::uuid[])
    and coalesce(cells->>'state', '') not in ('off', 'standby')
  group by device_id`

export type SessionRow = {
  readonly device: string
  readonly table: "bgp-peers" | "ospf-neighbours"
  readonly key: string
  readonly isGone: boolean
  readonly interface: string | null
  readonly remoteAddress: string | null
  readonly localAddress: string | null
  readonly remoteAs: number | null
  readonly localAs: number | null
  readonly routerId: string | null
}
/** Sessions and neighbours of all devices, and those that are gone since a day: latest first. */
export const sessionRows = (tx: Tx, org: OrgId, nowMs: number): Promise<SessionRow[]> => tx<
  SessionRow[]
>`
  select device_id as device, name as "table", key, gone_at is not null as "isGone", cells ->> 'interface' as interface,
    coalesce(cells ->> 'remoteAddress', cells ->> 'address') as "remoteAddress", cells ->> 'localAddress' as "localAddress",
    (cells ->> 'remoteAs')::float8 as "remoteAs", (cells ->> 'localAs')::float8 as "localAs",
    coalesce(cells ->> 'remoteId', cells ->> 'routerId') as "routerId"
  from (
    select * from tables.row
    where org_id = ${org} and gone_at is null and name in ('bgp-peers', 'ospf-neighbours')
    union all
    select * from tables.row
    where org_id = ${org} and gone_at > to_timestamp(${nowMs}::float8 / 1000) - interval '1 day'
      and name in ('bgp-peers', 'ospf-neighbours')
  ) r
  order by gone_at desc nulls first, device_id, key`

export type InterfaceCostRow = {
  readonly device: string
  readonly kind: string
  readonly name: string | null
  /** Of a release that names interfaces so: `10.0.0.1%ether1`. */
  readonly network: string | null
  readonly cost: number
}
/** Of interfaces of OSPF that are in use. */
export const interfaceCostRows = (tx: Tx, org: OrgId): Promise<InterfaceCostRow[]> => tx<
  InterfaceCostRow[]
>`
  select device_id as device, cells ->> 'kind' as kind, cells ->> 'name' as name, cells ->> 'network' as network,
    (cells ->> 'cost')::float8 as cost
  from tables.row
  where org_id = ${org} and gone_at is null and name = 'routing-instances' and cells ->> 'cost' is not null
    and cells ->> 'kind' in ('ospf interface', 'ospf interface template')
    and coalesce((cells ->> 'isDisabled')::boolean, false) is false
  order by device_id, key`

/** Addresses that devices have, as far as they are known, and router ids of their protocols. */
export const ownAddresses = (
  tx: Tx,
  org: OrgId,
): Promise<{ readonly device: string; readonly address: string }[]> => tx<
  { device: string; address: string }[]
>`
  select id as device, address from inventory.device where org_id = ${org}
  union
  select device_id, cells ->> 'address' from tables.row
  where org_id = ${org} and gone_at is null and name = 'addresses' and cells ->> 'address' is not null
    and coalesce((cells ->> 'isDisabled')::boolean, false) is false and coalesce((cells ->> 'isInvalid')::boolean, false) is false
  union
  select device_id, cells ->> 'routerId' from tables.row
  where org_id = ${org} and gone_at is null and name = 'routing-instances' and cells ->> 'routerId' is not null
    and coalesce((cells ->> 'isDisabled')::boolean, false) is false`
