/** Raw values that a full disk costs: dropped before their retention, or not stored. */
import type { DeviceId, OrgId } from "../../platform/ids.ts"
import type { Sql, Tx } from "../../platform/postgres/db.ts"

/** Drops the oldest partition or chunk that may go. False: there is none now. */
export const dropEarly = async (sql: Sql, nowMs: number): Promise<boolean> => {
  const [row] = await sql<{ did: number }[]>`
    select (ispvm.drop_early(to_timestamp(${nowMs}::float8 / 1000)) ->> 'did')::int as did`
  return row?.did === 1
}

/** Epoch ms before which raw values were dropped early; null: none were. */
export const readEarlyDroppedUntil = async (sql: Sql, nowMs: number): Promise<number | null> => {
  const [row] = await sql<{ atMs: number | null }[]>`
    select (extract(epoch from
      ispvm.early_dropped_until(to_timestamp(${nowMs}::float8 / 1000))) * 1000)::float8 as "atMs"`
  return row?.atMs ?? null
}

/** In the batch's own transaction. In the order of devices: two agents may probe the same ones. */
export const addNotStored = async (
  tx: Tx,
  org: OrgId,
  samples: ReadonlyMap<DeviceId, number>,
  nowMs: number,
): Promise<void> => {
  await tx`
    insert into ingest.not_stored as n (device_id, org_id, samples, first_at, last_at)
    select device, ${org}, samples, to_timestamp(${nowMs}::float8 / 1000), to_timestamp(${nowMs}::float8 / 1000)
    from unnest(${[...samples.keys()]}::uuid[], ${[...samples.values()]}::bigint[]) as given (device, samples)
    order by device
    on conflict (device_id) do update set samples = n.samples + excluded.samples, last_at = excluded.last_at`
}
