/** SQL of what people do with incidents. */
import { z } from "zod"
import { type Assignee, Assignee as AssigneeRow } from "../../api/incident-actions.ts"
import { Feedback, type IncidentWorkflow, Ticket } from "../../api/incidents.ts"
import { PERMISSIONS } from "../../api/shared.ts"
import { CauseCode } from "../../api/workflow-messages.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { workflowOf } from "./model.ts"

const ms = z.number().transform(Math.round).nullable()
export const WorkflowRow = z.object({
  ownerId: z.uuid().nullable(),
  ownerName: z.string().nullable(),
  acknowledgedUntilMs: ms,
  snoozedUntilMs: ms,
  ticket: Ticket.nullable(),
  causeCode: CauseCode.nullable(),
  causeCodedBy: z.string().nullable(),
  causeCodedAtMs: ms,
  mergedInto: z.object({ id: z.uuid(), number: z.int() }).nullable(),
  feedback: Feedback.nullable(),
  maintenanceWindowId: z.uuid().nullable(),
  recoveredAtMs: ms,
})

/** Of an incident `i`. */
export const workflowColumns = (tx: Tx) => tx`
  i.owner_id as "ownerId", i.owner_name as "ownerName",
  (extract(epoch from i.acknowledged_until) * 1000)::float8 as "acknowledgedUntilMs",
  (extract(epoch from i.snoozed_until) * 1000)::float8 as "snoozedUntilMs", i.ticket, i.cause_code as "causeCode",
  i.cause_coded_by as "causeCodedBy", (extract(epoch from i.cause_coded_at) * 1000)::float8 as "causeCodedAtMs",
  (select jsonb_build_object('id', m.id, 'number', m.number) from incidents.incident m where m.id = i.merged_into) as "mergedInto",
  i.feedback, i.maintenance_window_id as "maintenanceWindowId",
  (extract(epoch from i.recovered_at) * 1000)::float8 as "recoveredAtMs"`

/** Of incidents that are stored already. */
export const saveWorkflow = async (
  tx: Tx,
  org: OrgId,
  incidents: readonly (IncidentWorkflow & { readonly id: string })[],
): Promise<void> => {
  const rows = incidents.map((one) => ({ id: one.id, ...workflowOf(one) }))
  await tx`
    update incidents.incident i set
      owner_id = w."ownerId", owner_name = w."ownerName", acknowledged_until = to_timestamp(w."acknowledgedUntilMs" / 1000),
      snoozed_until = to_timestamp(w."snoozedUntilMs" / 1000), ticket = w.ticket, cause_code = w."causeCode",
      cause_coded_by = w."causeCodedBy", cause_coded_at = to_timestamp(w."causeCodedAtMs" / 1000),
      merged_into = (w."mergedInto" ->> 'id')::uuid, feedback = w.feedback, maintenance_window_id = w."maintenanceWindowId",
      recovered_at = to_timestamp(w."recoveredAtMs" / 1000)
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as w (id uuid, "ownerId" uuid, "ownerName" text,
      "acknowledgedUntilMs" float8, "snoozedUntilMs" float8, ticket jsonb, "causeCode" text, "causeCodedBy" text,
      "causeCodedAtMs" float8, "mergedInto" jsonb, feedback jsonb, "maintenanceWindowId" uuid, "recoveredAtMs" float8)
    where i.id = w.id and i.org_id = ${org}`
}

/** Accounts that may act on incidents, by name. */
export const readAssignees = async (tx: Tx, org: OrgId): Promise<Assignee[]> =>
  AssigneeRow.array().parse(
    await tx`
      select id, name from auth.account
      where org_id = ${org} and not disabled and role in ('admin', 'operator') order by lower(name), id limit 500`,
  )

/** Accounts that may see incidents, by name: notes can mention them. */
export const readReaders = async (tx: Tx, org: OrgId): Promise<Assignee[]> =>
  AssigneeRow.array().parse(
    await tx`
      select id, name from auth.account
      where org_id = ${org} and not disabled and role = any(${[...PERMISSIONS["incidents:read"]]}::text[])
      order by lower(name), id limit 5000`,
  )

const ConfirmedRow = z.object({ id: z.string(), times: z.int() })
/** How often a component was the cause, by the latest feedback on each incident since a time. */
export const readConfirmed = async (
  tx: Tx,
  org: OrgId,
  sinceMs: number,
): Promise<ReadonlyMap<string, number>> => {
  const rows = await tx`
    select c.id, count(*)::int as times
    from incidents.incident i cross join lateral (
      select i.feedback -> 'actual' ->> 'id' as id where i.feedback ->> 'rating' = 'wrong'
      union all select s ->> 'id' from jsonb_array_elements(i.feedback -> 'stated') s where i.feedback ->> 'rating' = 'right'
    ) c
    where i.org_id = ${org} and i.feedback is not null and (i.feedback ->> 'atMs')::float8 >= ${sinceMs} and c.id is not null
    group by c.id limit 10000`
  return new Map(
    ConfirmedRow.array()
      .parse(rows)
      .map(({ id, times }) => [id, times]),
  )
}
