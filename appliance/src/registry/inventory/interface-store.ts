/** SQL of interfaces: their rows, and the names they had. */
import { z } from "zod"
import { InterfaceId, type OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { KnownInterface } from "./interface-identity.ts"
import type { InterfaceFact } from "./model.ts"

const KnownRow = z.object({
  id: InterfaceId,
  name: z.string(),
  type: z.string(),
  typeSource: z.string().nullable(),
  mac: z.string().nullable(),
  comment: z.string().nullable(),
  ifIndex: z.coerce.number().nullable(),
  routerId: z.string().nullable(),
  isGone: z.boolean(),
  isNew: z.boolean(),
})

/** `isNew`: for a day, after which its values are too many to be moved. */
export const readInterfaces = async (
  tx: Tx,
  org: OrgId,
  deviceId: string,
): Promise<KnownInterface[]> =>
  KnownRow.array().parse(
    await tx`
    select id, name, type, type_source as "typeSource", mac, comment, if_index as "ifIndex", router_id as "routerId",
      gone_at is not null as "isGone", coalesce(created_at > now() - interval '1 day', false) as "isNew"
    from inventory.interface where org_id = ${org} and device_id = ${deviceId} order by id`,
  )

/**
 * Whether this list of interfaces is the newest one, which is noted. A stored time in the future is
 * from before the clock was set back.
 */
export const isNewestList = async (
  tx: Tx,
  org: OrgId,
  device: string,
  atMs: number,
): Promise<boolean> => {
  const noted = await tx`
    update inventory.device set interfaces_at = to_timestamp(${atMs}::float8 / 1000)
    where org_id = ${org} and id = ${device}
      and (interfaces_at is null or interfaces_at <= to_timestamp(${atMs}::float8 / 1000)
        or interfaces_at > now() + interval '5 minutes')`
  return noted.count === 1
}

/** Makes `to` the interface of all values of `from`, which is deleted. */
export const mergeInterface = async (
  tx: Tx,
  org: OrgId,
  from: InterfaceId,
  to: InterfaceId,
): Promise<void> => {
  await tx`select ispvm.move_interface(${from}, ${to})`
  await tx`delete from inventory.interface where org_id = ${org} and id = ${from}`
}

export type NewName = { readonly id: InterfaceId; readonly was: string; readonly name: string }
/**
 * Gives interfaces other names, at once: two may swap theirs. The earlier names are kept. `links`:
 * those whose links go with them; other links stay at the name.
 */
export const renameInterfaces = async (
  tx: Tx,
  org: OrgId,
  device: string,
  names: readonly NewName[],
  links: readonly NewName[],
  atMs: number,
): Promise<void> => {
  const ids = names.map(({ id }) => id)
  await tx`
    insert into inventory.interface_name (org_id, device_id, interface_id, name, until)
    select ${org}::uuid, ${device}::uuid, n.id, n.was, to_timestamp(${atMs}::float8 / 1000)
    from unnest(${ids}::int[], ${names.map(({ was }) => was)}::text[]) as n (id, was)`
  // A name is unique at each moment: first all of them get names that no interface has.
  await tx`
    update inventory.interface set name = 'renaming ' || id || ' ' || gen_random_uuid()
    where org_id = ${org} and device_id = ${device} and id = any(${ids}::int[])`
  await tx`
    update inventory.interface i set name = n.name, named_at = to_timestamp(${atMs}::float8 / 1000)
    from unnest(${ids}::int[], ${names.map(({ name }) => name)}::text[]) as n (id, name)
    where i.org_id = ${org} and i.device_id = ${device} and i.id = n.id`
  const was = links.map((one) => one.was)
  const now = links.map((one) => one.name)
  for (const end of ["a", "b"])
    await tx`
      update inventory.link l set ${tx(`${end}_interface`)} = n.name
      from unnest(${was}::text[], ${now}::text[]) as n (was, name)
      where l.org_id = ${org} and l.${tx(`${end}_device_id`)} = ${device} and l.${tx(`${end}_interface`)} = n.was`
}

/**
 * Rewrites only rows that differ, and gives how many did. Ports that returned are no longer marked
 * as removed.
 */
export const upsertInterfaces = async (
  tx: Tx,
  org: OrgId,
  deviceId: string,
  source: string,
  ports: readonly InterfaceFact[],
): Promise<number> => {
  const column = <K extends keyof InterfaceFact>(name: K) => ports.map((port) => port[name])
  const rows = await tx`
    insert into inventory.interface as i (org_id, device_id, name, type, mac, comment, mtu, speed_bps, if_index, router_id, type_source)
    select ${org}::uuid, ${deviceId}::uuid, p.*, ${source} from unnest(
      ${column("name")}::text[], ${column("type")}::text[], ${column("mac")}::text[], ${column("comment")}::text[],
      ${column("mtu")}::int[], ${column("speedBps").map((bps) => (bps === null ? null : Math.round(bps)))}::bigint[],
      ${column("ifIndex")}::bigint[], ${ports.map(({ id }) => id ?? null)}::text[]) as p
    on conflict (device_id, name) do update set
      type = case when excluded.type = '' then i.type else excluded.type end, mac = coalesce(excluded.mac, i.mac),
      comment = coalesce(excluded.comment, i.comment), mtu = coalesce(excluded.mtu, i.mtu),
      speed_bps = coalesce(excluded.speed_bps, i.speed_bps), if_index = coalesce(excluded.if_index, i.if_index),
      router_id = coalesce(excluded.router_id, i.router_id),
      type_source = case when excluded.type = '' then i.type_source else excluded.type_source end, gone_at = null
    where i.gone_at is not null
      or (excluded.type <> '' and i.type <> excluded.type)
      or coalesce(excluded.mac, i.mac) is distinct from i.mac or coalesce(excluded.comment, i.comment) is distinct from i.comment
      or coalesce(excluded.mtu, i.mtu) is distinct from i.mtu
      or coalesce(excluded.speed_bps, i.speed_bps) is distinct from i.speed_bps
      or coalesce(excluded.if_index, i.if_index) is distinct from i.if_index
      or coalesce(excluded.router_id, i.router_id) is distinct from i.router_id
      or (excluded.type <> '' and i.type_source is distinct from excluded.type_source)
    returning 1`
  return rows.length
}

/**
 * In a fixed order, so that two batches with the same new ports wait for each other and do not
 * deadlock.
 */
export const insertInterfaces = async (
  tx: Tx,
  org: OrgId,
  ports: readonly { readonly device: string; readonly name: string }[],
  max: number,
): Promise<number> => {
  const added = await tx`
    insert into inventory.interface as i (org_id, device_id, name)
    select ${org}::uuid, p.device, p.name
    from unnest(${ports.map(({ device }) => device)}::uuid[], ${ports.map(({ name }) => name)}::text[]) as p (device, name)
    where (select count(*) from inventory.interface known where known.device_id = p.device) < ${max}
    order by p.device, p.name
    on conflict (device_id, name) do update set gone_at = null where i.gone_at is not null`
  return added.count
}

export const markGone = async (tx: Tx, org: OrgId, ids: readonly InterfaceId[]): Promise<void> => {
  await tx`update inventory.interface set gone_at = now() where org_id = ${org} and id = any(${[...ids]}::int[]) and gone_at is null`
}
