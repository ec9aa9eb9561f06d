/** SQL of discovery: what devices report, and what is proposed. */
import type { DiscoveryRun } from "../../api/discovery.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { Candidate, InventoryLink, StoredProposal } from "./model.ts"

/** Tables that discovery reads; of each of a device at most so many rows, present ones first. */
const TABLES = [
  ...["neighbours", "registrations", "ospf-neighbours", "adjacencies", "bgp-peers", "arp"],
  ...["hosts", "addresses", "routing-instances", "logical-interfaces", "port-settings", "vlans"],
]
const MAX_ROWS = 5_001

export const deviceIds = async (tx: Tx, org: OrgId): Promise<string[]> => {
  const rows = await tx<{ id: string }[]>`
    select id from inventory.device where org_id = ${org} order by id`
  return rows.map(({ id }) => id)
}

/**
 * MAC addresses of devices and of what they report as neighbours, in upper case. A switch has
 * learned thousands of others, which say nothing of links.
 */
export const knownMacs = async (tx: Tx, org: OrgId): Promise<string[]> => {
  const rows = await tx<{ mac: string }[]>`
    select upper(mac) as mac from inventory.interface where org_id = ${org} and mac is not null and gone_at is null
    union
    select upper(cells ->> 'mac') from tables.row
    where org_id = ${org} and name = 'neighbours' and gone_at is null and cells ->> 'mac' is not null`
  return rows.map(({ mac }) => mac)
}

/** Of each device a JSON text in the shape of discovery's `DeviceInput`; it is parsed in a thread. */
export const readReports = async (
  tx: Tx,
  org: OrgId,
  devices: readonly string[],
  macs: readonly string[],
): Promise<string[]> => {
  const rows = await tx<{ report: string }[]>`
    select jsonb_build_object('id', d.id, 'name', d.name, 'identity', d.identity, 'board', d.board, 'serial', d.serial,
      'address', d.address,
      'interfaces', coalesce((
        select jsonb_agg(jsonb_build_object('name', i.name, 'type', i.type, 'mac', i.mac) order by i.name)
        from inventory.interface i where i.org_id = ${org} and i.device_id = d.id and i.gone_at is null), '[]'),
      'tables', coalesce((
        select jsonb_object_agg(name, rows) from (
          select name, jsonb_agg(jsonb_build_object('cells', cells,
            'seenAtMs', floor(extract(epoch from coalesce(gone_at, seen_at)) * 1000)::bigint,
            'goneAtMs', floor(extract(epoch from gone_at) * 1000)::bigint)) as rows
          from (
            select name, cells, seen_at, gone_at,
              row_number() over (partition by name order by gone_at desc nulls first, source, key) as n
            from tables.row
            where org_id = ${org} and device_id = d.id and name = any(${TABLES}::text[])
              and (name not in ('hosts', 'arp') or upper(cells ->> 'mac') = any(${[...macs]}::text[]))
          ) numbered
          where n <= ${MAX_ROWS}
          group by name
        ) tables), '{}'))::text as report
    from inventory.device d
    where d.org_id = ${org} and d.id = any(${[...devices]}::uuid[])
    order by d.id`
  return rows.map(({ report }) => report)
}

export const inventoryLinks = (tx: Tx, org: OrgId): Promise<InventoryLink[]> => tx<InventoryLink[]>`
  select id, json_build_object('deviceId', a_device_id, 'interface', a_interface) as a,
    json_build_object('deviceId', b_device_id, 'interface', b_interface) as b
  from inventory.link where org_id = ${org} order by id`

/** Addresses at which devices are polled, and MAC addresses of their interfaces. */
export const ownedAddresses = async (tx: Tx, org: OrgId): Promise<string[]> => {
  const rows = await tx<{ address: string }[]>`
    select lower(address) as address from inventory.device where org_id = ${org}
    union
    select lower(mac) from inventory.interface where org_id = ${org} and mac is not null and gone_at is null`
  return rows.map(({ address }) => address)
}

type Wanted = {
  readonly id?: string
  readonly state?: StoredProposal["state"]
  readonly limit?: number
}
/** The most likely ones first. */
export const readProposals = (
  tx: Tx,
  org: OrgId,
  { id, state, limit }: Wanted = {},
): Promise<StoredProposal[]> => tx<StoredProposal[]>`
  select id, key, kind, state, confidence, content, macs, is_stale as "isStale",
    floor(extract(epoch from first_seen_at) * 1000)::float8 as "firstSeenAtMs",
    floor(extract(epoch from seen_at) * 1000)::float8 as "seenAtMs",
    floor(extract(epoch from decided_at) * 1000)::float8 as "decidedAtMs", decided_by as "decidedBy", created_id as "createdId"
  from discovery.proposal
  where org_id = ${org} and (${id ?? null}::uuid is null or id = ${id ?? null})
    and (${state ?? null}::text is null or state = ${state ?? null})
  order by confidence desc, key
  limit ${limit ?? null}`

export const countProposals = async (
  tx: Tx,
  org: OrgId,
): Promise<Record<StoredProposal["state"], number>> => {
  const rows = await tx<{ state: StoredProposal["state"]; n: number }[]>`
    select state, count(*)::int as n from discovery.proposal where org_id = ${org} group by state`
  const counts = Object.fromEntries(rows.map(({ state, n }) => [state, n]))
  return { open: 0, accepted: 0, rejected: 0, ...counts }
}

const columnsOf = (candidates: readonly Candidate[]) => ({
  keys: candidates.map(({ key }) => key),
  kinds: candidates.map(({ kind }) => kind),
  confidences: candidates.map(({ confidence }) => confidence),
  contents: candidates.map(({ content }) => JSON.stringify(content)),
  macs: candidates.map(({ macs }) => macs.join(",")),
  stale: candidates.map(({ isStale }) => isStale),
  seen: candidates.map(({ seenAtMs }) => seenAtMs),
})

export const addProposals = async (
  tx: Tx,
  org: OrgId,
  candidates: readonly Candidate[],
): Promise<void> => {
  if (candidates.length === 0) return
  const { keys, kinds, confidences, contents, macs, stale, seen } = columnsOf(candidates)
  await tx`
    insert into discovery.proposal (org_id, key, kind, confidence, content, macs, is_stale, first_seen_at, seen_at)
    select ${org}, key, kind, confidence, content::jsonb, string_to_array(macs, ','), is_stale,
      to_timestamp(seen / 1000), to_timestamp(seen / 1000)
    from unnest(${keys}::text[], ${kinds}::text[], ${confidences}::float8[], ${contents}::text[], ${macs}::text[], ${stale}::bool[],
      ${seen}::float8[]) as given (key, kind, confidence, content, macs, is_stale, seen)
    on conflict (org_id, key) do nothing`
}

export const updateProposals = async (
  tx: Tx,
  org: OrgId,
  candidates: readonly (Candidate & { readonly id: string })[],
): Promise<void> => {
  if (candidates.length === 0) return
  const { confidences, contents, macs, stale, seen } = columnsOf(candidates)
  await tx`
    update discovery.proposal p
    set confidence = given.confidence, content = given.content::jsonb, macs = string_to_array(given.macs, ','),
      is_stale = given.is_stale, seen_at = greatest(p.seen_at, to_timestamp(given.seen / 1000))
    from unnest(${candidates.map(({ id }) => id)}::uuid[], ${confidences}::float8[], ${contents}::text[], ${macs}::text[],
      ${stale}::bool[], ${seen}::float8[]) as given (id, confidence, content, macs, is_stale, seen)
    where p.org_id = ${org} and p.id = given.id`
}

export const markStale = async (tx: Tx, org: OrgId, ids: readonly string[]): Promise<void> => {
  if (ids.length === 0) return
  await tx`
    update discovery.proposal set is_stale = true
    where org_id = ${org} and id = any(${[...ids]}::uuid[]) and state = 'open'`
}
export const removeProposals = async (
  tx: Tx,
  org: OrgId,
  ids: readonly string[],
): Promise<void> => {
  if (ids.length === 0) return
  await tx`
    delete from discovery.proposal
    where org_id = ${org} and id = any(${[...ids]}::uuid[]) and state = 'open'`
}

/** `by`: null if what was made of it was removed in the inventory. */
export const decide = async (
  tx: Tx,
  org: OrgId,
  ids: readonly string[],
  state: StoredProposal["state"],
  {
    by,
    nowMs,
    createdId,
  }: { readonly by: string | null; readonly nowMs: number; readonly createdId: string | null },
): Promise<void> => {
  if (ids.length === 0) return
  await tx`
    update discovery.proposal
    set state = ${state}, created_id = ${createdId}, decided_by = ${by},
      decided_at = case when ${state} = 'open' then null else to_timestamp(${nowMs}::float8 / 1000) end
    where org_id = ${org} and id = any(${[...ids]}::uuid[])`
}

export const writeRun = async (tx: Tx, org: OrgId, run: DiscoveryRun): Promise<void> => {
  await tx`
    insert into discovery.run (org_id, content) values (${org}, ${JSON.stringify(run)}::text::jsonb)
    on conflict (org_id) do update set content = excluded.content`
}
export const readRun = async (tx: Tx, org: OrgId): Promise<DiscoveryRun | null> => {
  const [row] = await tx<{ content: DiscoveryRun }[]>`
    select content from discovery.run where org_id = ${org}`
  return row?.content ?? null
}
