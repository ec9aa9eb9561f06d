/** SQL of sending: deliveries that are due, their attempts, and how they end. */
import { z } from "zod"
import { DeliveryKind } from "../../../api/notifications.ts"
import type { NotifyMessage } from "../../../api/notify-messages.ts"
import type { OrgId } from "../../../platform/ids.ts"
import type { Tx } from "../../../platform/postgres/db.ts"
import { causeKey, DEAD_AFTER } from "../store.ts"

const toTime = (tx: Tx, atMs: number) => tx`to_timestamp(${atMs}::float8 / 1000)`
const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value))

const DueRow = z.object({
  id: z.uuid(),
  incidentId: z.uuid().nullable(),
  round: z.int(),
  kind: DeliveryKind,
  channelId: z.uuid().nullable(),
  attempts: z.int(),
  dueAtMs: z.number(),
  expiresAtMs: z.number(),
  firstTriedAtMs: z.number().nullable(),
  /** Whether the channel may have received what opened this round, or a reminder of it. */
  isOpened: z.boolean(),
  /** Whether that is still on its way. */
  isOpening: z.boolean(),
  openedRef: z.string().nullable(),
  /** The incident has closed. */
  isOver: z.boolean(),
  /** A try before may have reached the receiver. */
  isRepeat: z.boolean(),
  /** Of several receivers of one channel those that have it. */
  taken: z.array(z.string()).nullable().catch(null),
  /** The note in which its receiver is mentioned. */
  mention: z.object({ by: z.string(), text: z.string() }).nullable(),
})
export type DueDelivery = z.infer<typeof DueRow>

/** One that this release cannot read, because another one has stored it; and what of it. */
export type Undeliverable = { readonly id: string; readonly what: string }
export type Due = {
  readonly due: readonly DueDelivery[]
  readonly undeliverable: readonly Undeliverable[]
}
const AnyRow = z.looseObject({ id: z.uuid(), kind: z.string().catch("?") })
const sortOut = (rows: readonly unknown[]): Due => {
  const due: DueDelivery[] = []
  const undeliverable: Undeliverable[] = []
  for (const row of rows) {
    const { data, error } = DueRow.safeParse(row)
    if (data !== undefined) due.push(data)
    else {
      const { id, kind } = AnyRow.parse(row)
      const fields = new Set(error?.issues.map(({ path }) => path.join(".")))
      const what = [...fields].map((field) => (field === "kind" ? `kind “${kind}”` : field))
      undeliverable.push({ id, what: what.join(", ") })
    }
  }
  return { due, undeliverable }
}

/** What is due and follows nothing on the same channel that is still on its way, in its order. */
export const readDue = async (
  tx: Tx,
  org: OrgId,
  nowMs: number,
  perChannel: number,
): Promise<Due> =>
  sortOut(
    await tx`
      select * from (select row_number() over (partition by d.channel_id order by d.seq) as place, d.seq, d.id,
        d.incident_id as "incidentId", d.round, d.kind, d.channel_id as "channelId", d.attempts,
        (extract(epoch from d.due_at) * 1000)::float8 as "dueAtMs", (extract(epoch from d.expires_at) * 1000)::float8 as "expiresAtMs",
        (select (extract(epoch from min(a.started_at)) * 1000)::float8 from notify.attempt a where a.delivery_id = d.id) as "firstTriedAtMs",
        d.maybe_delivered as "isRepeat", d.taken, d.mention,
        coalesce(o."isOpened", false) as "isOpened", coalesce(o."isOpening", false) as "isOpening", o."openedRef",
        coalesce((select i.state = 'closed' from incidents.incident i where i.id = d.incident_id), false) as "isOver"
      from notify.delivery d
      left join lateral (
        select bool_or(maybe_delivered) as "isOpened", bool_or(state in ('sending', 'retrying')) as "isOpening",
          (array_agg(provider_ref order by seq) filter (where provider_ref is not null))[1] as "openedRef"
        from notify.delivery
        where org_id = d.org_id and incident_id = d.incident_id and channel_id = d.channel_id and round = d.round
          and kind in ('opened', 'reminder') and id <> d.id
      ) o on true
      where d.org_id = ${org} and d.state in ('waiting', 'retrying') and d.due_at <= ${toTime(tx, nowMs)}
        and not exists (
          select from notify.delivery e
          where e.org_id = d.org_id and e.incident_id = d.incident_id and e.channel_id = d.channel_id and e.seq < d.seq
            and (e.state in ('sending', 'retrying') or (e.state = 'waiting' and e.due_at <= ${toTime(tx, nowMs)})))
      ) due where place <= ${perChannel} order by seq`,
  )

/** When the next one is due after this time; null: none waits. */
export const nextDueMs = async (tx: Tx, org: OrgId, nowMs: number): Promise<number | null> => {
  const [row] = await tx<{ atMs: number | null }[]>`
    select (extract(epoch from min(due_at)) * 1000)::float8 as "atMs" from notify.delivery
    where org_id = ${org} and state in ('waiting', 'retrying') and due_at > ${toTime(tx, nowMs)}`
  return row?.atMs ?? null
}

/** A delivery, and what its receiver will know of the incident. */
export type Beginning = {
  readonly id: string
  readonly severity: string | null
  readonly causeKey: string | null
}
/**
 * Notes the attempts before they are made: if the appliance stops meanwhile, they are known to have
 * been made, and not how they ended. Answers those that may still be sent.
 */
export const beginAttempts = async (
  tx: Tx,
  org: OrgId,
  given: readonly Beginning[],
  nowMs: number,
): Promise<readonly { readonly id: string; readonly number: number; readonly was: boolean }[]> => {
  const rows = await tx<{ id: string; number: number; was: boolean }[]>`
    update notify.delivery d set state = 'sending', attempts = d.attempts + 1, maybe_delivered = true, reason = null,
      severity = coalesce(old.severity, d.severity), cause_key = coalesce(old.cause_key, d.cause_key)
    from (
      select o.id, o.maybe_delivered as was, g.severity, g.cause_key from notify.delivery o
      join unnest(${given.map(({ id }) => id)}::uuid[], ${given.map(({ severity }) => severity)}::text[],
        ${given.map((one) => one.causeKey)}::text[]) as g (id, severity, cause_key) on g.id = o.id
      where o.org_id = ${org} and o.state in ('waiting', 'retrying') and o.due_at <= ${toTime(tx, nowMs)}
      order by o.seq for update of o
    ) old
    where d.id = old.id returning d.id, d.attempts as number, old.was`
  await tx`
    insert into notify.attempt (delivery_id, number, org_id, started_at, outcome, answer)
    select id, number, ${org}, ${toTime(tx, nowMs)}, 'interrupted', ''
    from unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ number }) => number)}::int[]) as given (id, number)`
  return rows
}

/** In the order in which planning locks them, so that the two never wait for each other. */
export const lockDeliveries = async (
  tx: Tx,
  org: OrgId,
  incidents: readonly string[],
): Promise<void> => {
  await tx`
    select from notify.delivery where org_id = ${org} and incident_id = any(${[...incidents]}::uuid[]) order by seq for update`
}

export type Ended = {
  readonly id: string
  readonly number: number
  readonly state: "delivered" | "retrying" | "dead"
  readonly outcome: "delivered" | "failed" | "rejected"
  readonly answer: string
  readonly tookMs: number
  readonly maybeDelivered: boolean
  readonly ref: string | null
  /** Null: as before. */
  readonly taken: readonly string[] | null
  /** When it is tried again. */
  readonly dueAtMs: number
  readonly reason: NotifyMessage | null
}
export const endAttempt = async (tx: Tx, org: OrgId, one: Ended, nowMs: number): Promise<void> => {
  await tx`
    update notify.attempt set outcome = ${one.outcome}, answer = ${one.answer}, took_ms = ${one.tookMs}
    where org_id = ${org} and delivery_id = ${one.id} and number = ${one.number}`
  await tx`
    update notify.delivery set state = ${one.state}, maybe_delivered = ${one.maybeDelivered}, due_at = ${toTime(tx, one.dueAtMs)},
      provider_ref = coalesce(${one.ref}, provider_ref), taken = coalesce(${json(one.taken)}::text::jsonb, taken), reason = ${json(one.reason)}::text::jsonb,
      delivered_at = case when ${one.state} = 'delivered' then ${toTime(tx, nowMs)} end
    where org_id = ${org} and id = ${one.id} and state = 'sending'`
}

/**
 * What the channel answered. Answers whether it is dead now, and whether that is new. A message that
 * is rejected says nothing about the next one.
 */
export const noteChannel = async (
  tx: Tx,
  org: OrgId,
  channel: string,
  { outcome, answer }: { readonly outcome: Ended["outcome"]; readonly answer: string },
  nowMs: number,
): Promise<{ readonly isDead: boolean; readonly isChanged: boolean }> => {
  const [row] = await tx<{ failures: number; was: number }[]>`
    update notify.channel c set last_answer = ${answer},
      failing_since = case when ${outcome !== "delivered"} then coalesce(c.failing_since, ${toTime(tx, nowMs)}) end,
      failures = case ${outcome} when 'delivered' then 0 when 'failed' then c.failures + 1 else c.failures end
    from (select failures as was from notify.channel where org_id = ${org} and id = ${channel} for update) old
    where c.org_id = ${org} and c.id = ${channel} returning c.failures, old.was`
  const { failures = 0, was = 0 } = row ?? {}
  const isDead = failures >= DEAD_AFTER
  return { isDead, isChanged: isDead !== was >= DEAD_AFTER }
}

/** Incidents with an opening that has still to be made on this channel. */
export const openingOn = async (tx: Tx, org: OrgId, channel: string): Promise<string[]> => {
  const rows = await tx<{ id: string }[]>`
    select distinct incident_id as id from notify.delivery
    where org_id = ${org} and channel_id = ${channel} and kind = 'opened' and state in ('waiting', 'sending', 'retrying')
      and incident_id is not null`
  return rows.map(({ id }) => id)
}

/** Of these deliveries the incidents that are no longer what the receiver knows. */
export const changedMeanwhile = async (
  tx: Tx,
  org: OrgId,
  deliveries: readonly string[],
): Promise<string[]> => {
  const rows = await tx<{ id: string }[]>`
    select distinct i.id from notify.delivery d join incidents.incident i on i.id = d.incident_id
    where d.org_id = ${org} and d.id = any(${[...deliveries]}::uuid[])
      and (d.severity is distinct from i.severity or d.cause_key is distinct from ${causeKey(tx)})`
  return rows.map(({ id }) => id)
}

/** What this release cannot read is given up, so that it holds nothing else back. */
export const giveUpUndeliverable = async (
  tx: Tx,
  org: OrgId,
  undeliverable: readonly Undeliverable[],
): Promise<void> => {
  for (const { id, what } of undeliverable)
    await giveUp(tx, org, id, "dead", { code: "notify.undeliverable", params: { what } })
}

export const giveUp = async (
  tx: Tx,
  org: OrgId,
  id: string,
  state: "dead" | "cancelled",
  reason: NotifyMessage,
): Promise<void> => {
  await tx`
    update notify.delivery set state = ${state}, reason = ${json(reason)}::text::jsonb
    where org_id = ${org} and id = ${id} and state in ('waiting', 'retrying')`
}

/** What was being sent when the appliance stopped is sent again: lost would be worse than twice. */
export const resumeInterrupted = async (tx: Tx, org: OrgId, nowMs: number): Promise<number> => {
  const { count } = await tx`
    update notify.delivery set state = 'retrying', due_at = ${toTime(tx, nowMs)} where org_id = ${org} and state = 'sending'`
  return count
}

/** What one channel was sending when a fault ended that: it is sent again at this time. */
export const requeueSending = async (
  tx: Tx,
  org: OrgId,
  channel: string,
  dueAtMs: number,
): Promise<void> => {
  await tx`
    update notify.delivery set state = 'retrying', due_at = ${toTime(tx, dueAtMs)}
    where org_id = ${org} and channel_id = ${channel} and state = 'sending'`
}

/**
 * The clock was set by so many ms: what waits does so as long as before, and delays count as they
 * have. Times of day, such as the end of quiet hours, are planned again.
 */
export const shiftTimes = async (tx: Tx, org: OrgId, byMs: number): Promise<void> => {
  const by = tx`${byMs}::float8 * interval '1 millisecond'`
  await tx`
    select from notify.delivery where org_id = ${org} and state in ('waiting', 'sending', 'retrying') order by seq for update`
  await tx`
    update notify.delivery set due_at = due_at + ${by}, expires_at = expires_at + ${by}
    where org_id = ${org} and state in ('waiting', 'sending', 'retrying')`
  await tx`
    update notify.decision d set matched_at = matched_at + ${by} from incidents.incident i
    where d.org_id = ${org} and i.id = d.incident_id and i.state <> 'closed' and d.matched_at is not null`
}

/** What is too old to be of use is given up, whether it was ever tried or not. */
export const expireDeliveries = async (tx: Tx, org: OrgId, nowMs: number): Promise<void> => {
  await tx`
    update notify.delivery set state = 'dead', reason = jsonb_build_object('code', 'notify.expired', 'params',
      jsonb_build_object('afterS', greatest(0, extract(epoch from ${toTime(tx, nowMs)} - due_at)::int)))
    where org_id = ${org} and state in ('waiting', 'retrying') and expires_at < ${toTime(tx, nowMs)}`
}

/** Forgets deliveries and decisions of incidents that were closed before this time. */
export const pruneDeliveries = async (tx: Tx, org: OrgId, beforeMs: number): Promise<number> => {
  const { count } = await tx`
    delete from notify.delivery where org_id = ${org} and created_at < ${toTime(tx, beforeMs)}
      and state in ('delivered', 'dead', 'cancelled')`
  await tx`delete from notify.decision where org_id = ${org} and at < ${toTime(tx, beforeMs)}`
  return count
}
