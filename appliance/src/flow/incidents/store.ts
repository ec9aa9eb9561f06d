/** All SQL of incidents. */
import { z } from "zod"
import { CheckId } from "../../api/check-messages.ts"
import {
  Component,
  DiagnosisChange,
  Evidence,
  Hypothesis,
  Recheck,
  Severity,
  type Incident as Shown,
  TimelineEntry,
} from "../../api/incidents.ts"
import { StoredReasons, StoredTitle } from "../../api/messages.ts"
import { AlertId, type DeviceId, IncidentId, type OrgId } from "../../platform/ids.ts"
import { keysetPosition, keysetRows, type Position } from "../../platform/keyset.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import type { AlertNow } from "../alerts/alerts.ts"
import { filters, type ListFilters } from "./list-filter-store.ts"
import {
  type Change,
  countDevices,
  type Incident,
  type IncidentSymptom,
  type Line,
} from "./model.ts"
import { saveWorkflow, WorkflowRow, workflowColumns } from "./workflow-store.ts"

const ms = z.number().transform(Math.round)
const SymptomRole = z.enum(["cause", "evidence", "downstream"])
const IncidentRow = z.object({
  id: IncidentId,
  number: z.int(),
  state: z.enum(["open", "acknowledged", "closed"]),
  check: CheckId.nullable(),
  severity: Severity,
  severitySetBy: z.string().nullable(),
  title: StoredTitle,
  causes: z.array(Component),
  alternatives: z.array(Component),
  because: StoredReasons,
  confidence: z.number().nullable(),
  openedAtMs: ms,
  closedAtMs: ms.nullable(),
  acknowledgedBy: z.string().nullable(),
  acknowledgedAtMs: ms.nullable(),
  devicesDown: z.int(),
  devicesUnreachable: z.int(),
  symptoms: z.int(),
  updatedAtMs: ms,
  ...WorkflowRow.shape,
})
/** Columns that only the detail shows. */
const DetailRow = IncidentRow.extend({
  hypotheses: z.array(Hypothesis),
  evidence: z.array(Evidence),
  rechecks: z.array(Recheck),
})
type IncidentRow = z.infer<typeof IncidentRow>
const SymptomRow = z.object({
  incidentId: IncidentId,
  alertId: AlertId,
  role: SymptomRole,
  sinceMs: z.number(),
  untilMs: z.number().nullable(),
  pin: z.enum(["merged", "split"]).nullable(),
})
export type SymptomRow = z.infer<typeof SymptomRow>

const columns = (tx: Tx) => tx`
  i.id, i.number, i.state, i.check_id as "check", i.severity, i.severity_set_by as "severitySetBy", i.title, i.causes, i.alternatives, i.because, i.confidence,
  (extract(epoch from i.opened_at) * 1000)::float8 as "openedAtMs",
  (extract(epoch from i.closed_at) * 1000)::float8 as "closedAtMs", i.acknowledged_by as "acknowledgedBy",
  (extract(epoch from i.acknowledged_at) * 1000)::float8 as "acknowledgedAtMs", i.devices_down as "devicesDown",
  i.devices_downstream as "devicesUnreachable", (extract(epoch from i.updated_at) * 1000)::float8 as "updatedAtMs",
  (select count(*)::int from incidents.symptom s where s.incident_id = i.id) as symptoms, ${workflowColumns(tx)}`

const details = (tx: Tx) => tx`i.hypotheses, i.evidence, i.rechecks`

const show = ({ because: _, ...row }: IncidentRow): Shown => row

export type ListQuery = ListFilters & {
  readonly state: "open" | "acknowledged" | "closed" | "active" | null
  /** Only lower numbers: the older page. */
  readonly before: number | null
  /** Only higher numbers: the newer page. */
  readonly after?: number | null
  /** Only incidents that were not closed before this time. */
  readonly fromMs?: number | null
  /** Only incidents that were opened before this time. */
  readonly toMs?: number | null
  readonly limit: number
  /** Only those that concern a device, link or interface; null: all. */
  readonly about?: About | null
}
/**
 * A link, with the interfaces it ends on; an interface, with the link that ends on it; or a device,
 * with what failed around it: its site, its agent, and whatever made it unreachable.
 */
export type About =
  | { readonly kind: "device"; readonly id: string }
  | { readonly kind: "link"; readonly id: string }
  | { readonly kind: "interface"; readonly device: string; readonly name: string }

const concernsDevice = (tx: Tx, org: OrgId, device: string) => tx`
  and (exists (select 1 from inventory.device d
      where d.org_id = ${org} and d.id = ${device}
        and (i.causes @> jsonb_build_array(jsonb_build_object('id', d.id)) or i.causes @> jsonb_build_array(jsonb_build_object('id', d.site_id))
          or i.causes @> jsonb_build_array(jsonb_build_object('id', d.agent_id))))
    or i.id in (select s.incident_id from incidents.symptom s join alerts.alert a on a.id = s.alert_id
      where a.org_id = ${org} and a.kind = 'device-unreachable' and a.device_id = ${device}))`

/** Where it is a cause or an alternative, or where an alert of its interfaces is a symptom. */
const concerns = (tx: Tx, org: OrgId, about: About) => {
  if (about.kind === "device") return concernsDevice(tx, org, about.id)
  const link =
    about.kind === "link"
      ? tx`k.id = ${about.id}`
      : tx`((k.a_device_id = ${about.device} and k.a_interface = ${about.name}) or (k.b_device_id = ${about.device} and k.b_interface = ${about.name}))`
  const ends = tx`
    select a.id from alerts.alert a join inventory.link k on k.org_id = a.org_id
    where a.org_id = ${org} and a.kind = 'interface-down' and ${link}
      and ((a.device_id = k.a_device_id and a.interface = k.a_interface) or (a.device_id = k.b_device_id and a.interface = k.b_interface))`
  const alerts =
    about.kind === "link"
      ? ends
      : tx`${ends} union select a.id from alerts.alert a
          where a.org_id = ${org} and a.kind = 'interface-down' and a.device_id = ${about.device} and a.interface = ${about.name}`
  return tx`and (exists (select 1 from inventory.link k where k.org_id = ${org} and ${link}
      and (i.causes @> jsonb_build_array(jsonb_build_object('id', k.id)) or i.alternatives @> jsonb_build_array(jsonb_build_object('id', k.id))))
    or i.id in (select s.incident_id from incidents.symptom s where s.alert_id in (${alerts})))`
}

const at = (tx: Tx, atMs: number | null) =>
  atMs === null ? tx`null` : tx`to_timestamp(${atMs}::float8 / 1000)`

const stateIs = (tx: Tx, state: ListQuery["state"]) =>
  state === null
    ? tx``
    : state === "active"
      ? tx`and i.state <> 'closed'`
      : tx`and i.state = ${state}`

/** A later release may have had more checks, before a return to this one. */
const isKnown = (tx: Tx) =>
  tx`(i.check_id is null or i.check_id = any(${[...CheckId.options]}::text[]))`

/** The filter of a list, without its page. */
const matching = (
  tx: Tx,
  org: OrgId,
  { state, fromMs = null, toMs = null, about = null, ...more }: ListQuery,
) => tx`
  i.org_id = ${org} and ${isKnown(tx)} ${stateIs(tx, state)} ${filters(tx, org, more)}
  ${fromMs === null ? tx`` : tx`and (i.closed_at is null or i.closed_at >= ${at(tx, fromMs)})`}
  ${toMs === null ? tx`` : tx`and i.opened_at < ${at(tx, toMs)}`}
  ${about === null ? tx`` : concerns(tx, org, about)}`

/** Newest first. With `after` alone, the page that ends just above that number. */
export const listIncidents = async (tx: Tx, org: OrgId, query: ListQuery): Promise<Shown[]> => {
  const rows = await keysetRows(
    tx,
    "i.number",
    query,
    (page) =>
      tx`select ${columns(tx)} from incidents.incident i where ${matching(tx, org, query)} ${page}`,
  )
  return IncidentRow.array().parse(rows).map(show)
}

/** How many match the filter, and how many of them are newer than the page's first. */
export const countIncidents = (
  tx: Tx,
  org: OrgId,
  query: ListQuery,
  first: number | null,
): Promise<Position> =>
  keysetPosition(
    tx,
    "i.number",
    first,
    tx`from incidents.incident i where ${matching(tx, org, query)}`,
  )

/** Since when no incident is open; null while one is. Before the first: since the organisation exists. */
export const quietSince = async (tx: Tx, org: OrgId): Promise<number | null> => {
  const [row] = await tx<{ sinceMs: number | null }[]>`
    select (extract(epoch from coalesce((select max(closed_at) from incidents.incident where org_id = ${org}), o.created_at)) * 1000)::float8
      as "sinceMs"
    from orgs.org o
    where o.id = ${org} and not exists (select 1 from incidents.incident where org_id = ${org} and state <> 'closed')`
  return row?.sinceMs == null ? null : Math.round(row.sinceMs)
}

export type DiagnosisDetail = Pick<Incident, "because" | "hypotheses" | "evidence" | "rechecks">
export const readIncident = async (
  tx: Tx,
  org: OrgId,
  id: string,
): Promise<{ shown: Shown; diagnosis: DiagnosisDetail } | null> => {
  const [row] = await tx`
    select ${columns(tx)}, ${details(tx)} from incidents.incident i where i.org_id = ${org} and i.id = ${id} and ${isKnown(tx)}`
  if (row === undefined) return null
  const { hypotheses, evidence, rechecks, ...parsed } = DetailRow.parse(row)
  return {
    shown: show(parsed),
    diagnosis: { because: parsed.because, hypotheses, evidence, rechecks },
  }
}

export const readSymptoms = async (
  tx: Tx,
  org: OrgId,
  ids: readonly string[],
): Promise<SymptomRow[]> =>
  SymptomRow.array().parse(
    await tx`
      select incident_id as "incidentId", alert_id as "alertId", role, (extract(epoch from since) * 1000)::float8 as "sinceMs",
        (extract(epoch from until) * 1000)::float8 as "untilMs", pin
      from incidents.symptom where org_id = ${org} and incident_id = any(${[...ids]}::uuid[]) order by since, alert_id`,
  )

const LineRow = TimelineEntry.extend({ atMs: ms })
export const readTimeline = async (tx: Tx, org: OrgId, id: string): Promise<TimelineEntry[]> =>
  LineRow.array().parse(
    await tx`
      select t.id::text as id, (extract(epoch from t.at) * 1000)::float8 as "atMs", t.kind, t.who, t.message, t.mentions
      from incidents.timeline t where t.org_id = ${org} and t.incident_id = ${id} order by t.at, t.id limit 5000`,
  )

const ChangeRow = DiagnosisChange.extend({ atMs: ms })
export const readChanges = async (tx: Tx, org: OrgId, id: string): Promise<DiagnosisChange[]> =>
  ChangeRow.array().parse(
    await tx`
      select (extract(epoch from c.at) * 1000)::float8 as "atMs", c.causes, c.confidence, c.message
      from incidents.cause_change c where c.org_id = ${org} and c.incident_id = ${id} order by c.at, c.id limit 1000`,
  )

const LastEntryRow = z.object({
  incidentId: IncidentId,
  atMs: ms,
  confidence: z.number().nullable(),
})
/** The last entry of each. */
const readLastEntries = async (
  tx: Tx,
  org: OrgId,
  ids: readonly string[],
): Promise<z.infer<typeof LastEntryRow>[]> =>
  LastEntryRow.array().parse(
    await tx`
      select distinct on (c.incident_id) c.incident_id as "incidentId", (extract(epoch from c.at) * 1000)::float8 as "atMs", c.confidence
      from incidents.cause_change c where c.org_id = ${org} and c.incident_id = any(${[...ids]}::uuid[])
      order by c.incident_id, c.at desc, c.id desc`,
  )

/** Alerts of open incidents: component and device are known before the first observation. */
export type AlertLookup = (
  alert: AlertId,
) => { readonly observes: AlertNow["observes"]; readonly deviceId: DeviceId | null } | undefined

/** Open incidents come first; of closed ones, some are enough to explain what happens now. */
const MAX_LOADED = 10_000

/** Open incidents, and those of the network that closed after `sinceMs`. */
export const loadOpen = async (
  tx: Tx,
  org: OrgId,
  lookupAlert: AlertLookup,
  sinceMs: number,
): Promise<{ incidents: Incident[]; closed: Incident[]; nextNumber: number }> => {
  const rows = DetailRow.array().parse(
    await tx`
      select ${columns(tx)}, ${details(tx)} from incidents.incident i
      where i.org_id = ${org} and ${isKnown(tx)} and (i.state <> 'closed'
        or (i.closed_at > to_timestamp(${sinceMs}::float8 / 1000)
          and i.check_id is null and i.title ->> 'code' not in ('title.rule', 'title.degradation')))
      order by i.state = 'closed', i.number desc limit ${MAX_LOADED}`,
  )
  const ids = rows.map((row) => row.id)
  const symptomRows = await readSymptoms(tx, org, ids)
  const lastEntries = new Map(
    (await readLastEntries(tx, org, ids)).map((one) => [one.incidentId, one]),
  )
  const [last] = await tx<{ number: number }[]>`
    select coalesce(max(number), 0) as number from incidents.incident where org_id = ${org}`
  const incidents = rows.map(
    ({ devicesDown: _, symptoms: __, devicesUnreachable: downstream, ...row }): Incident => {
      const own = symptomRows.filter((one) => one.incidentId === row.id)
      const symptoms = own.map(
        ({ alertId, role, sinceMs, untilMs, pin }): [AlertId, IncidentSymptom] => {
          const alert = lookupAlert(alertId)
          const observes = alert === undefined ? "device" : alert.observes
          return [
            alertId,
            { alertId, observes, deviceId: alert?.deviceId ?? null, role, sinceMs, untilMs, pin },
          ]
        },
      )
      const last = lastEntries.get(row.id) ?? null
      return {
        ...row,
        lastEntry: last,
        symptoms: new Map(symptoms),
        finding: null,
        manner: "steady",
        expected: [],
        downstream,
      }
    },
  )
  return {
    incidents: incidents.filter(({ state }) => state !== "closed").reverse(),
    closed: incidents.filter(({ state }) => state === "closed"),
    nextNumber: (last?.number ?? 0) + 1,
  }
}

const saveOne = async (tx: Tx, org: OrgId, incident: Incident): Promise<void> => {
  const { down, downstream } = countDevices(incident)
  const {
    id,
    number,
    state,
    check,
    severity,
    severitySetBy,
    title,
    openedAtMs,
    closedAtMs,
    acknowledgedBy,
    acknowledgedAtMs,
    updatedAtMs,
  } = incident
  const json = (value: unknown) => tx`${JSON.stringify(value)}::text::jsonb`
  await tx`
    insert into incidents.incident (id, number, org_id, state, check_id, severity, severity_set_by, title, causes, alternatives, because, confidence, hypotheses, evidence,
      rechecks, opened_at, closed_at, acknowledged_by, acknowledged_at, devices_down, devices_downstream, updated_at)
    values (${id}, ${number}, ${org}, ${state}, ${check}, ${severity}, ${severitySetBy}, ${json(title)}, ${json(incident.causes)}, ${json(incident.alternatives)},
      ${json(incident.because)}, ${incident.confidence}, ${json(incident.hypotheses)}, ${json(incident.evidence)},
      ${json(incident.rechecks)}, ${at(tx, openedAtMs)}, ${at(tx, closedAtMs)}, ${acknowledgedBy}, ${at(tx, acknowledgedAtMs)},
      ${down}, ${downstream}, ${at(tx, updatedAtMs)})
    on conflict (id) do update set state = excluded.state, severity = excluded.severity, severity_set_by = excluded.severity_set_by, title = excluded.title, causes = excluded.causes,
      alternatives = excluded.alternatives, because = excluded.because, confidence = excluded.confidence,
      hypotheses = excluded.hypotheses, evidence = excluded.evidence, rechecks = excluded.rechecks, closed_at = excluded.closed_at,
      acknowledged_by = excluded.acknowledged_by, acknowledged_at = excluded.acknowledged_at,
      devices_down = excluded.devices_down, devices_downstream = excluded.devices_downstream, updated_at = excluded.updated_at`
  const symptoms = [...incident.symptoms.values()]
  await tx`
    insert into incidents.symptom (incident_id, alert_id, org_id, role, since, until, pin)
    select ${id}, alert_id, ${org}, role, to_timestamp(since / 1000), to_timestamp(until / 1000), pin
    from unnest(${symptoms.map((h) => h.alertId)}::uuid[], ${symptoms.map((h) => h.role)}::text[], ${symptoms.map((h) => h.sinceMs)}::float8[],
      ${symptoms.map((h) => h.untilMs)}::float8[], ${symptoms.map((h) => h.pin)}::text[]) as given (alert_id, role, since, until, pin)
    on conflict (incident_id, alert_id) do update set role = excluded.role, since = excluded.since, until = excluded.until, pin = excluded.pin`
}

/** Changed incidents, new timeline lines and new history entries, written in one transaction. */
export type IncidentChanges = {
  readonly changed: readonly Incident[]
  readonly lines: readonly Line[]
  readonly history: readonly Change[]
}
/** Sets the time of the last change, so that open pages load the incident again. */
export const touchIncident = async (
  tx: Tx,
  org: OrgId,
  id: string,
  atMs: number,
): Promise<void> => {
  await tx`
    update incidents.incident set updated_at = greatest(updated_at, to_timestamp(${atMs}::float8 / 1000))
    where org_id = ${org} and id = ${id}`
}

export const saveIncidents = async (
  tx: Tx,
  org: OrgId,
  { changed, lines, history }: IncidentChanges,
): Promise<void> => {
  for (const incident of changed) await saveOne(tx, org, incident)
  if (changed.length > 0) await saveWorkflow(tx, org, changed)
  if (lines.length > 0) {
    await tx`
      insert into incidents.timeline (incident_id, org_id, at, kind, who, message, mentions)
      select incident_id, ${org}, to_timestamp(at / 1000), kind, who, message::jsonb,
        array(select jsonb_array_elements_text(mentions::jsonb)::uuid)
      from unnest(${lines.map((l) => l.incidentId)}::uuid[], ${lines.map((l) => l.atMs)}::float8[], ${lines.map((l) => l.kind)}::text[],
        ${lines.map((l) => l.who)}::text[], ${lines.map((l) => JSON.stringify(l.message))}::text[],
        ${lines.map((l) => JSON.stringify(l.mentions ?? []))}::text[]) as given (incident_id, at, kind, who, message, mentions)`
  }
  if (history.length > 0) {
    await tx`
      insert into incidents.cause_change (incident_id, org_id, at, causes, confidence, message)
      select incident_id, ${org}, to_timestamp(at / 1000), causes::jsonb, confidence, message::jsonb
      from unnest(${history.map((c) => c.incidentId)}::uuid[], ${history.map((c) => c.atMs)}::float8[],
        ${history.map((c) => JSON.stringify(c.causes))}::text[], ${history.map((c) => c.confidence)}::float8[],
        ${history.map((c) => JSON.stringify(c.message))}::text[])
        as given (incident_id, at, causes, confidence, message)`
  }
}
