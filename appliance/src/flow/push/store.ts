/** All SQL of pushes: the ledger of known items, and the state of each router. */

import { Globals } from "@ispvm/wire/push"
import { z } from "zod"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { Spans } from "./spans.ts"

export type QueueName = { readonly device: string; readonly queue: string; readonly boot: string }
/** `latestAtMs`: when its newest item happened; a later one cannot have happened before. */
export type QueueRow = {
  readonly seen: Spans
  readonly lost: number
  readonly latestSeq: number
  readonly latestAtMs: number
}
export const NEW_QUEUE: QueueRow = { seen: [], lost: 0, latestSeq: 0, latestAtMs: 0 }

const StoredQueue = z.object({
  seen: z.array(z.tuple([z.int(), z.int()])),
  lost: z.coerce.number(),
  latestSeq: z.coerce.number(),
  latestAtMs: z.number(),
})

export const readQueue = async (tx: Tx, { device, queue, boot }: QueueName): Promise<QueueRow> => {
  const [row] = await tx`
    select seen, lost, latest_seq as "latestSeq", (extract(epoch from latest_at) * 1000)::float8 as "latestAtMs"
    from push.ledger where device_id = ${device} and queue = ${queue} and boot = ${boot} for update`
  return row === undefined ? NEW_QUEUE : StoredQueue.parse(row)
}

export const writeQueue = async (
  tx: Tx,
  org: OrgId,
  name: QueueName,
  row: QueueRow,
  nowMs: number,
): Promise<void> => {
  const { seen, lost, latestSeq, latestAtMs } = row
  const spans = seen.map(([first, last]) => [first, last])
  await tx`
    insert into push.ledger (device_id, queue, boot, org_id, seen, lost, latest_seq, latest_at, received_at)
    values (${name.device}, ${name.queue}, ${name.boot}, ${org}, ${tx.json(spans)}, ${lost}, ${latestSeq},
      to_timestamp(${latestAtMs}::float8 / 1000), to_timestamp(${nowMs}::float8 / 1000))
    on conflict (device_id, queue, boot) do update set seen = excluded.seen, lost = excluded.lost,
      latest_seq = excluded.latest_seq, latest_at = excluded.latest_at, received_at = excluded.received_at`
}

const Rejection = z.object({ atMs: z.number(), reason: z.string(), message: z.string() })
const Hello = z.object({
  atMs: z.number(),
  version: z.string(),
  done: z.array(z.string()),
  failed: z.array(z.string()),
  /** Null: its script did not test it, or the row is older than the test. */
  globals: Globals.nullable().default(null),
})
const NetwatchEntry = z.object({
  name: z.string(),
  host: z.string(),
  state: z.enum(["up", "down"]),
  sinceMs: z.number(),
})
export type NetwatchEntry = z.infer<typeof NetwatchEntry>
/** The state of one router. `clockSkewMs`: its clock minus ours; items since its first push. */
export const RouterState = z.object({
  lastPushAtMs: z.number().nullable(),
  lastAddress: z.string().nullable(),
  clockSkewMs: z.number().nullable(),
  accepted: z.coerce.number(),
  duplicates: z.coerce.number(),
  rejected: z.coerce.number(),
  lost: z.coerce.number(),
  lastRejection: Rejection.nullable(),
  hello: Hello.nullable(),
  netwatch: z.array(NetwatchEntry),
  heartbeatEveryS: z.number().nullable(),
  lastHeartbeatAtMs: z.number().nullable(),
})
export type RouterState = z.infer<typeof RouterState>
export const NEW_ROUTER: RouterState = {
  lastPushAtMs: null,
  lastAddress: null,
  clockSkewMs: null,
  accepted: 0,
  duplicates: 0,
  rejected: 0,
  lost: 0,
  lastRejection: null,
  hello: null,
  netwatch: [],
  heartbeatEveryS: null,
  lastHeartbeatAtMs: null,
}

/** Null: it has never pushed. */
export const readRouter = async (
  tx: Tx,
  org: OrgId,
  device: string,
): Promise<RouterState | null> => {
  const [row] = await tx`
    select (extract(epoch from last_push_at) * 1000)::float8 as "lastPushAtMs", last_address as "lastAddress",
      clock_skew_ms as "clockSkewMs", taken as accepted, known as duplicates, rejected, lost,
      last_rejection as "lastRejection", hello, netwatch,
      heartbeat_every_s as "heartbeatEveryS", (extract(epoch from last_heartbeat_at) * 1000)::float8 as "lastHeartbeatAtMs"
    from push.router where org_id = ${org} and device_id = ${device}`
  return row === undefined ? null : RouterState.parse(row)
}

const at = (tx: Tx, ms: number | null) => tx`to_timestamp(${ms}::float8 / 1000)`

export const writeRouter = async (
  tx: Tx,
  org: OrgId,
  device: string,
  state: RouterState,
): Promise<void> => {
  const { lastPushAtMs, lastAddress, clockSkewMs, accepted, duplicates, rejected, lost } = state
  const { lastRejection, hello, netwatch, heartbeatEveryS, lastHeartbeatAtMs } = state
  await tx`
    insert into push.router (device_id, org_id, last_push_at, last_address, clock_skew_ms, taken, known, rejected, lost, last_rejection,
      hello, netwatch, heartbeat_every_s, last_heartbeat_at)
    values (${device}, ${org}, ${at(tx, lastPushAtMs)}, ${lastAddress}, ${clockSkewMs}, ${accepted}, ${duplicates}, ${rejected}, ${lost},
      ${lastRejection === null ? null : tx.json(lastRejection)}, ${hello === null ? null : tx.json(hello)}, ${tx.json([...netwatch])},
      ${heartbeatEveryS}, ${at(tx, lastHeartbeatAtMs)})
    on conflict (device_id) do update set last_push_at = excluded.last_push_at, last_address = excluded.last_address,
      clock_skew_ms = excluded.clock_skew_ms, taken = excluded.taken, known = excluded.known, rejected = excluded.rejected,
      lost = excluded.lost, last_rejection = excluded.last_rejection, hello = excluded.hello, netwatch = excluded.netwatch,
      heartbeat_every_s = excluded.heartbeat_every_s, last_heartbeat_at = excluded.last_heartbeat_at`
}

/** Keeps the queues of a router's last 64 boots that are not older than stored events. */
export const pruneQueues = async (tx: Tx, org: OrgId, nowMs: number): Promise<number> => {
  const gone = await tx`
    delete from push.ledger l using (
      select device_id, queue, boot, received_at, row_number() over (partition by device_id order by received_at desc) as place
      from push.ledger where org_id = ${org}) old
    where l.org_id = ${org} and (l.device_id, l.queue, l.boot) = (old.device_id, old.queue, old.boot)
      and (old.place > 64 or old.received_at < ${at(tx, nowMs)} - (select keep from ispvm.retention where class = 'event'))`
  return gone.count
}
