/** SQL of planning: incidents as policies see them, policies, deliveries and decisions. */
import { z } from "zod"
import { SEVERITIES, Severity } from "../../api/incidents.ts"
import { DeliveryKind, DeliveryState, Policy, type Unreadable } from "../../api/notifications.ts"
import { StoredNotifyMessage } from "../../api/notify-messages.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type {
  ChannelFacts,
  Decision,
  DeliveryChange,
  IncidentFacts,
  NewDelivery,
  Planned,
} from "./model.ts"
import { readList, writeList } from "./versioned-store.ts"

const ms = z.number().transform(Math.round)
/** How long a delivery is tried: news of a fault is of no use an hour later, its end still is. */
const EXPIRES_S: Readonly<Record<DeliveryKind, number>> = {
  opened: 3_600,
  reminder: 1_800,
  updated: 1_800,
  acknowledged: 3_600,
  resolved: 86_400,
  test: 300,
  mentioned: 3_600,
}
const toTime = (tx: Tx, atMs: number | null) =>
  atMs === null ? tx`null::timestamptz` : tx`to_timestamp(${atMs}::float8 / 1000)`

/**
 * The same for the same causes that have all failed, or all work badly; of an incident named `i`. In
 * bytes: as programs compare them.
 */
export const causeKey = (tx: Tx) => tx`
  coalesce((select string_agg(c ->> 'id', ' ' order by c ->> 'id' collate "C") from jsonb_array_elements(i.causes) c), '')
    || case when i.title ->> 'code' in ('title.rule', 'title.degradation') then ' degraded' else '' end`

const FactsRow = z.object({
  id: z.uuid(),
  state: z.enum(["open", "acknowledged", "closed"]),
  isOwn: z.boolean(),
  severity: Severity,
  siteIds: z.array(z.uuid()),
  tags: z.array(z.string()),
  unreachable: z.int(),
  openedAtMs: ms,
  acknowledgedAtMs: ms.nullable(),
  snoozedUntilMs: ms.nullable(),
  isInMaintenance: z.boolean(),
  recoveredAtMs: ms.nullable(),
  causeKey: z.string(),
})
export const readFacts = async (
  tx: Tx,
  org: OrgId,
  ids: readonly string[],
): Promise<IncidentFacts[]> => {
  const rows = FactsRow.array().parse(
    await tx`
      select i.id, i.state, i.check_id is not null as "isOwn", i.severity, i.devices_downstream as unreachable,
        (extract(epoch from i.opened_at) * 1000)::float8 as "openedAtMs",
        (extract(epoch from i.acknowledged_at) * 1000)::float8 as "acknowledgedAtMs",
        (extract(epoch from i.snoozed_until) * 1000)::float8 as "snoozedUntilMs",
        i.maintenance_window_id is not null as "isInMaintenance",
        (extract(epoch from i.recovered_at) * 1000)::float8 as "recoveredAtMs",
        ${causeKey(tx)} as "causeKey",
        coalesce(places."siteIds", '{}') as "siteIds", coalesce(places.tags, '{}') as tags
      from incidents.incident i left join lateral (
        select array_agg(distinct place.site) filter (where place.site is not null) as "siteIds",
          array_agg(distinct tag) filter (where tag is not null) as tags
        from (
          select c ->> 'kind' as kind, (c ->> 'id')::uuid as id from jsonb_array_elements(i.causes) c
        ) cause
          left join inventory.link l on cause.kind = 'link' and l.id = cause.id and l.org_id = ${org}
          left join agents.agent a on cause.kind = 'agent' and a.id = cause.id and a.org_id = ${org}
          cross join lateral (
            select case when cause.kind = 'device' then cause.id else l.a_device_id end as id
            union all select l.b_device_id where l.b_device_id is not null
          ) at
          left join inventory.device d on d.id = at.id and d.org_id = ${org}
          cross join lateral (
            select case when cause.kind = 'site' then cause.id else coalesce(a.site_id, d.site_id) end as site
          ) place
          left join inventory.site s on s.id = place.site and s.org_id = ${org}
          left join lateral unnest(l.tags || d.tags || s.tags) tag on true
      ) places on true
      where i.org_id = ${org} and i.id = any(${[...ids]}::uuid[]) order by i.id`,
  )
  return rows.map(({ isOwn, ...row }) => ({ ...row, about: isOwn ? "appliance" : "network" }))
}

/** All that are not closed: after a start, and when policies, schedules or channels have changed. */
export const openIncidents = async (tx: Tx, org: OrgId): Promise<string[]> => {
  const rows = await tx<{ id: string }[]>`
    select id from incidents.incident where org_id = ${org} and state <> 'closed'`
  return rows.map(({ id }) => id)
}

/**
 * Incidents whose deliveries may have to change by time alone: snoozing that has ended since
 * `sinceMs`, and closed ones with something on the way.
 */
export const incidentsToPlan = async (
  tx: Tx,
  org: OrgId,
  sinceMs: number,
  nowMs: number,
): Promise<string[]> => {
  const rows = await tx<{ id: string }[]>`
    select id from incidents.incident where org_id = ${org} and state <> 'closed'
      and snoozed_until > ${toTime(tx, sinceMs)} and snoozed_until <= ${toTime(tx, nowMs)}
    union select d.incident_id from notify.delivery d join incidents.incident i on i.id = d.incident_id
      where d.org_id = ${org} and d.state in ('waiting', 'sending', 'retrying') and i.state = 'closed'`
  return rows.map(({ id }) => id)
}

/** Closed ones with an end that was never planned. */
export const lostEnds = async (tx: Tx, org: OrgId): Promise<string[]> => {
  const rows = await tx<{ id: string }[]>`
    select distinct d.incident_id as id from notify.delivery d join incidents.incident i on i.id = d.incident_id
      where d.org_id = ${org} and i.state = 'closed' and d.kind in ('opened', 'reminder') and d.maybe_delivered
        and d.channel_id is not null and d.created_at > now() - interval '3 days'
        and not exists (
          select from notify.delivery r
          where r.org_id = d.org_id and r.incident_id = d.incident_id and r.channel_id = d.channel_id and r.round = d.round
            and r.kind = 'resolved')`
  return rows.map(({ id }) => id)
}

const Steps = z.looseObject({ steps: z.array(z.record(z.string(), z.unknown())) })
const NO_IMPACT = { leastUnreachable: 0, leastCustomers: 0 }
/** One from before policies and their steps could wait for an impact, or have tags, does not. */
const StoredPolicy = z.preprocess((stored) => {
  const { data } = Steps.safeParse(stored)
  if (data === undefined) return stored
  const steps = data.steps.map((step) => ({ ...NO_IMPACT, ...step }))
  return { ...NO_IMPACT, tags: [], ...data, steps }
}, Policy)

export const readPolicies = async (
  tx: Tx,
  org: OrgId,
): Promise<{ version: number; policies: Policy[]; unreadable: Unreadable[] }> => {
  const { version, items, unreadable } = await readList(tx, org, "policies", StoredPolicy)
  return { version, policies: items, unreadable: [...unreadable] }
}

export const readSiteIds = async (tx: Tx, org: OrgId): Promise<string[]> =>
  (await tx<{ id: string }[]>`select id from inventory.site where org_id = ${org}`).map(
    ({ id }) => id,
  )

/**
 * As they are stored: what waits for no impact, or is for all tags, says nothing of it, so that a
 * release from before that, to which an update may go back, can read it. There, what it cannot read
 * notifies nobody.
 */
const storedPolicy = ({ leastCustomers, tags, steps, ...policy }: Policy) => ({
  ...policy,
  ...(tags.length === 0 ? {} : { tags }),
  ...(leastCustomers === 0 ? {} : { leastCustomers }),
  steps: steps.map(({ leastUnreachable, leastCustomers: customers, ...step }) => ({
    ...step,
    ...(leastUnreachable === 0 ? {} : { leastUnreachable }),
    ...(customers === 0 ? {} : { leastCustomers: customers }),
  })),
})

/** False: somebody else has changed them since `version`. */
export const writePolicies = (
  tx: Tx,
  org: OrgId,
  version: number,
  policies: readonly Policy[],
): Promise<boolean> =>
  writeList(tx, org, "policies", StoredPolicy, version, policies.map(storedPolicy))

const ChannelRow = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.string(),
  isEnabled: z.boolean(),
  ownerId: z.uuid().nullable(),
  fallbackId: z.uuid().nullable(),
  isDead: z.boolean(),
})
/** After so many failures one after another, another channel gets what this one should open. */
export const DEAD_AFTER = 3
export const readChannelFacts = async (
  tx: Tx,
  org: OrgId,
): Promise<ReadonlyMap<string, ChannelFacts>> => {
  const rows = await tx`
    select id, name, kind, is_enabled as "isEnabled", owner_id as "ownerId", fallback_id as "fallbackId",
      failures >= ${DEAD_AFTER} as "isDead" from notify.channel where org_id = ${org}`
  return new Map(
    ChannelRow.array()
      .parse(rows)
      .map((row) => [row.id, row]),
  )
}

const PlannedRow = z.object({
  incidentId: z.uuid(),
  id: z.uuid(),
  key: z.string(),
  round: z.int(),
  kind: DeliveryKind,
  channelId: z.uuid().nullable(),
  policyId: z.uuid().nullable(),
  step: z.int().nullable(),
  severity: z.enum(SEVERITIES).nullable().catch(null),
  causeKey: z.string().nullable(),
  state: DeliveryState,
  dueAtMs: ms,
  maybeDelivered: z.boolean(),
})
export type StoredDelivery = z.infer<typeof PlannedRow>
/** One of another release, of a kind or in a state that this one does not know, is left alone. */
const readable = (rows: readonly unknown[]): StoredDelivery[] =>
  rows.flatMap((row) => PlannedRow.safeParse(row).data ?? [])
export const readDeliveries = async (
  tx: Tx,
  org: OrgId,
  incidents: readonly string[],
): Promise<(Planned & { incidentId: string })[]> =>
  readable(
    await tx`
      select incident_id as "incidentId", id, key, round, kind, channel_id as "channelId", policy_id as "policyId", step, severity,
        cause_key as "causeKey", state, (extract(epoch from due_at) * 1000)::float8 as "dueAtMs", maybe_delivered as "maybeDelivered"
      from notify.delivery where org_id = ${org} and incident_id = any(${[...incidents]}::uuid[]) order by seq for update`,
  )

const DecisionRow = z.object({
  incidentId: z.uuid(),
  policyId: z.uuid().nullable(),
  round: z.int(),
  message: StoredNotifyMessage,
  matchedAtMs: ms.nullable(),
})
export const readDecisions = async (
  tx: Tx,
  org: OrgId,
  incidents: readonly string[],
): Promise<(Decision & { incidentId: string })[]> =>
  DecisionRow.array().parse(
    await tx`
      select incident_id as "incidentId", policy_id as "policyId", round, message,
        (extract(epoch from matched_at) * 1000)::float8 as "matchedAtMs"
      from notify.decision where org_id = ${org} and incident_id = any(${[...incidents]}::uuid[]) order by at`,
  )

export const insertDelivery = async (
  tx: Tx,
  org: OrgId,
  incident: string | null,
  one: NewDelivery,
  nowMs: number,
): Promise<string | null> => {
  const { key, round, kind, channel, policyId, policyName, step, severity, causeKey, dueAtMs } = one
  const mention = one.mention === undefined ? null : JSON.stringify(one.mention)
  const [row] = await tx<{ id: string }[]>`
    insert into notify.delivery (org_id, key, incident_id, round, kind, channel_id, channel_name, channel_kind, policy_id, policy_name,
      step, severity, cause_key, mention, state, due_at, expires_at, created_at)
    values (${org}, ${key}, ${incident}, ${round}, ${kind}, ${channel.id}, ${channel.name}, ${channel.kind}, ${policyId}, ${policyName},
      ${step}, ${severity}, ${causeKey}, ${mention}::text::jsonb, 'waiting', ${toTime(tx, dueAtMs)}, ${toTime(tx, dueAtMs + EXPIRES_S[kind] * 1_000)}, ${toTime(tx, nowMs)})
    on conflict (org_id, key) do nothing returning id`
  return row?.id ?? null
}

/** Of an incident; 1 where nobody has been notified of it. */
export const lastRound = async (tx: Tx, org: OrgId, incident: string): Promise<number> => {
  const [row] = await tx<{ round: number }[]>`
    select coalesce(max(round), 1)::int as round from notify.delivery where org_id = ${org} and incident_id = ${incident}`
  return row?.round ?? 1
}

/** A delivery that waits again gets a new time. */
export const changeDelivery = async (
  tx: Tx,
  org: OrgId,
  { id, state, dueAtMs, reason }: DeliveryChange,
): Promise<void> => {
  await tx`
    update notify.delivery set state = ${state}, due_at = ${toTime(tx, dueAtMs)},
      expires_at = ${toTime(tx, dueAtMs)} + (expires_at - due_at),
      reason = ${reason === null ? null : JSON.stringify(reason)}::text::jsonb
    where org_id = ${org} and id = ${id} and state in ('waiting', 'retrying', 'cancelled')`
}

export const saveDecision = async (
  tx: Tx,
  org: OrgId,
  incident: string,
  { policyId, round, message, matchedAtMs }: Decision,
  nowMs: number,
): Promise<void> => {
  await tx`
    insert into notify.decision (incident_id, org_id, round, policy_id, message, matched_at, at)
    values (${incident}, ${org}, ${round}, ${policyId}, ${JSON.stringify(message)}::text::jsonb, ${toTime(tx, matchedAtMs)}, ${toTime(tx, nowMs)})
    on conflict (incident_id, round, policy_id) do update set message = excluded.message, matched_at = excluded.matched_at, at = excluded.at`
}

/** The decision about all policies no longer holds. */
export const clearOverall = async (
  tx: Tx,
  org: OrgId,
  incident: string,
  round: number,
): Promise<void> => {
  await tx`
    delete from notify.decision where org_id = ${org} and incident_id = ${incident} and round = ${round} and policy_id is null`
}
