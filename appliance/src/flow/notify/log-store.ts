/** SQL of the delivery log and of what an incident notified. */
import { z } from "zod"
import { StoredTitle } from "../../api/messages.ts"
import {
  Delivery,
  DeliveryAttempt,
  type DeliveryDetail,
  type DeliveryQuery,
  type IncidentNotifications,
} from "../../api/notifications.ts"
import { StoredNotifyMessage } from "../../api/notify-messages.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"

const ms = z.number().transform(Math.round)
const Row = z.object({
  id: z.uuid(),
  seq: z.coerce.number().int(),
  kind: Delivery.shape.kind.catch("other"),
  state: Delivery.shape.state.catch("other"),
  reason: z.union([z.null(), StoredNotifyMessage]),
  incidentId: z.uuid().nullable(),
  number: z.int().nullable(),
  title: StoredTitle.nullable(),
  channelId: z.uuid().nullable(),
  channelName: z.string(),
  channelKind: z.string(),
  policyName: z.string().nullable(),
  createdAtMs: ms,
  dueAtMs: ms,
  deliveredAtMs: ms.nullable(),
  attempts: z.int(),
  lastAnswer: z.string().nullable(),
})
const show = ({ incidentId, number, title, ...row }: z.infer<typeof Row>): Delivery => ({
  ...row,
  incident:
    incidentId === null || number === null || title === null
      ? null
      : { id: incidentId, number, title },
})

const columns = (tx: Tx) => tx`
  d.id, d.seq::float8 as seq, d.kind, d.state, d.reason, d.incident_id as "incidentId", i.number, i.title, d.channel_id as "channelId",
  d.channel_name as "channelName", d.channel_kind as "channelKind", d.policy_name as "policyName",
  (extract(epoch from d.created_at) * 1000)::float8 as "createdAtMs", (extract(epoch from d.due_at) * 1000)::float8 as "dueAtMs",
  (extract(epoch from d.delivered_at) * 1000)::float8 as "deliveredAtMs", d.attempts,
  (select a.answer from notify.attempt a where a.delivery_id = d.id order by a.number desc limit 1) as "lastAnswer"`
const source = (tx: Tx) =>
  tx`notify.delivery d left join incidents.incident i on i.id = d.incident_id and i.org_id = d.org_id`

const stateIs = (tx: Tx, state: DeliveryQuery["state"]) =>
  state === undefined
    ? tx``
    : state === "pending"
      ? tx`and d.state in ('waiting', 'sending', 'retrying')`
      : tx`and d.state = ${state}`

/** Newest first. */
export const listDeliveries = async (
  tx: Tx,
  org: OrgId,
  { state, channel, before, limit }: DeliveryQuery,
): Promise<Delivery[]> =>
  Row.array()
    .parse(
      await tx`
        select ${columns(tx)} from ${source(tx)} where d.org_id = ${org} ${stateIs(tx, state)}
          ${channel === undefined ? tx`` : tx`and d.channel_id = ${channel}`}
          ${before === undefined ? tx`` : tx`and d.seq < ${before}`}
        order by d.seq desc limit ${limit}`,
    )
    .map(show)

const AttemptRow = DeliveryAttempt.extend({ startedAtMs: ms })
export const readDelivery = async (
  tx: Tx,
  org: OrgId,
  id: string,
): Promise<DeliveryDetail | null> => {
  const [row] =
    await tx`select ${columns(tx)} from ${source(tx)} where d.org_id = ${org} and d.id = ${id}`
  if (row === undefined) return null
  const attemptList = AttemptRow.array().parse(
    await tx`
      select number, (extract(epoch from started_at) * 1000)::float8 as "startedAtMs", took_ms as "tookMs", outcome, answer
      from notify.attempt where org_id = ${org} and delivery_id = ${id} order by number`,
  )
  return { ...show(Row.parse(row)), attemptList }
}

/** A delivery that was given up is sent again; false: it was not given up. */
export const replayDelivery = async (
  tx: Tx,
  org: OrgId,
  id: string,
  by: string,
  nowMs: number,
): Promise<boolean> => {
  const reason = JSON.stringify({ code: "notify.replayed", params: { by } })
  const { count } = await tx`
    update notify.delivery set state = 'retrying', due_at = to_timestamp(${nowMs}::float8 / 1000), reason = ${reason}::text::jsonb,
      expires_at = to_timestamp(${nowMs}::float8 / 1000) + interval '1 hour'
    where org_id = ${org} and id = ${id} and state = 'dead' and channel_id is not null`
  return count === 1
}

const DecisionRow = z.object({
  policyId: z.uuid().nullable(),
  message: StoredNotifyMessage,
  atMs: ms,
})
/** Oldest first. `nameOf`: of a policy. */
export const readIncidentNotifications = async (
  tx: Tx,
  org: OrgId,
  incident: string,
  nameOf: (policy: string) => string | null,
): Promise<IncidentNotifications> => {
  const decisions = DecisionRow.array().parse(
    await tx`
      select policy_id as "policyId", message, (extract(epoch from at) * 1000)::float8 as "atMs" from notify.decision
      where org_id = ${org} and incident_id = ${incident} order by at`,
  )
  const rows = await tx`
    select ${columns(tx)} from ${source(tx)} where d.org_id = ${org} and d.incident_id = ${incident} order by d.seq limit 500`
  return {
    decisions: decisions.map(({ policyId, ...one }) => ({
      ...one,
      policyName: policyId === null ? null : nameOf(policyId),
    })),
    deliveries: Row.array().parse(rows).map(show),
  }
}

/** For metrics: how many deliveries wait or are tried again, and since when the oldest is due. */
export const readBacklog = async (
  tx: Tx,
  org: OrgId,
  nowMs: number,
): Promise<{ readonly state: string; readonly count: number; readonly oldestMs: number }[]> => [
  ...(await tx<{ state: string; count: number; oldestMs: number }[]>`
    select state, count(*)::int as count, greatest(0, ${nowMs}::float8 - (extract(epoch from min(due_at)) * 1000)::float8) as "oldestMs"
    from notify.delivery where org_id = ${org} and state in ('waiting', 'sending', 'retrying') group by state`),
]
