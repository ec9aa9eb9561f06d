/** SQL of maintenance windows. */
import { z } from "zod"
import { type MaintenanceInput, MaintenanceTarget } from "../../api/maintenance.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"

const Row = z.object({
  id: z.uuid(),
  name: z.string(),
  note: z.string(),
  targets: z.array(MaintenanceTarget),
  withDependents: z.boolean(),
  startsAt: z.string(),
  minutes: z.int(),
  zone: z.string(),
  rrule: z.string().nullable(),
  cuts: z.array(z.tuple([z.number(), z.number()])),
  createdBy: z.string(),
  createdAtMs: z.number().transform(Math.round),
})
export type WindowRow = z.infer<typeof Row>

const columns = (tx: Tx) => tx`
  w.id, w.name, w.note, w.targets, w.with_dependents as "withDependents", w.starts_at as "startsAt", w.minutes, w.zone, w.rrule, w.cuts,
  w.created_by as "createdBy", (extract(epoch from w.created_at) * 1000)::float8 as "createdAtMs"`

export const readWindows = async (tx: Tx, org: OrgId): Promise<WindowRow[]> =>
  Row.array().parse(
    await tx`
      select ${columns(tx)} from maintenance.maintenance_window w
      where w.org_id = ${org} and w.removed_at is null order by w.created_at desc, w.id limit 1000`,
  )

export const readWindow = async (tx: Tx, org: OrgId, id: string): Promise<WindowRow | null> => {
  const rows = await tx`
    select ${columns(tx)} from maintenance.maintenance_window w
    where w.org_id = ${org} and w.id = ${id} and w.removed_at is null for update`
  return Row.array().parse(rows)[0] ?? null
}

export const insertWindow = async (
  tx: Tx,
  org: OrgId,
  input: MaintenanceInput,
  by: string,
  nowMs: number,
): Promise<string> => {
  const { name, note, targets, withDependents, startsAt, minutes, zone, rrule } = input
  const [row] = await tx<{ id: string }[]>`
    insert into maintenance.maintenance_window
      (org_id, name, note, targets, with_dependents, starts_at, minutes, zone, rrule, created_by, created_at)
    values (${org}, ${name}, ${note}, ${JSON.stringify(targets)}::text::jsonb, ${withDependents}, ${startsAt}, ${minutes}, ${zone}, ${rrule},
      ${by}, to_timestamp(${nowMs}::float8 / 1000))
    returning id`
  return z.uuid().parse(row?.id)
}

export const updateWindow = async (
  tx: Tx,
  org: OrgId,
  id: string,
  input: MaintenanceInput,
): Promise<void> => {
  const { name, note, targets, withDependents, startsAt, minutes, zone, rrule } = input
  await tx`
    update maintenance.maintenance_window set name = ${name}, note = ${note}, targets = ${JSON.stringify(targets)}::text::jsonb,
      with_dependents = ${withDependents}, starts_at = ${startsAt}, minutes = ${minutes}, zone = ${zone}, rrule = ${rrule}
    where org_id = ${org} and id = ${id}`
}

export const updateCuts = async (
  tx: Tx,
  org: OrgId,
  id: string,
  cuts: WindowRow["cuts"],
): Promise<void> => {
  await tx`
    update maintenance.maintenance_window set cuts = ${JSON.stringify(cuts)}::text::jsonb where org_id = ${org} and id = ${id}`
}

/** It stays in the table: incidents refer to it. */
export const markRemoved = async (tx: Tx, org: OrgId, id: string, nowMs: number): Promise<void> => {
  await tx`
    update maintenance.maintenance_window set removed_at = to_timestamp(${nowMs}::float8 / 1000)
    where org_id = ${org} and id = ${id}`
}

const TargetName = z.object({ id: z.uuid(), name: z.string() })
/** Of what exists in the inventory. */
export const readTargetNames = async (
  tx: Tx,
  org: OrgId,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const rows = await tx`
    select d.id, d.name from inventory.device d where d.org_id = ${org} and d.id = any(${[...ids]}::uuid[])
    union all select s.id, s.name from inventory.site s where s.org_id = ${org} and s.id = any(${[...ids]}::uuid[])
    union all select r.id, r.name from inventory.region r where r.org_id = ${org} and r.id = any(${[...ids]}::uuid[])
    union all select k.id, coalesce(k.name, a.name || '–' || b.name) from inventory.link k
      join inventory.device a on a.id = k.a_device_id join inventory.device b on b.id = k.b_device_id
      where k.org_id = ${org} and k.id = any(${[...ids]}::uuid[])`
  return new Map(
    TargetName.array()
      .parse(rows)
      .map(({ id, name }) => [id, name]),
  )
}

const TargetKind = z.object({ id: z.uuid(), kind: z.enum(["device", "site", "region", "link"]) })
/** Of those that exist. */
export const readTargetKinds = async (
  tx: Tx,
  org: OrgId,
  ids: readonly string[],
): Promise<ReadonlyMap<string, z.infer<typeof TargetKind>["kind"]>> => {
  const rows = await tx`
    select id, 'device' as kind from inventory.device where org_id = ${org} and id = any(${[...ids]}::uuid[])
    union all select id, 'site' from inventory.site where org_id = ${org} and id = any(${[...ids]}::uuid[])
    union all select id, 'region' from inventory.region where org_id = ${org} and id = any(${[...ids]}::uuid[])
    union all select id, 'link' from inventory.link where org_id = ${org} and id = any(${[...ids]}::uuid[])`
  return new Map(
    TargetKind.array()
      .parse(rows)
      .map(({ id, kind }) => [id, kind]),
  )
}

const Held = z.object({ windowId: z.string(), incidentId: z.uuid() })
/** Incidents that each window has held back, the newest first. */
export const readHeld = async (
  tx: Tx,
  org: OrgId,
  ids: readonly string[],
): Promise<z.infer<typeof Held>[]> =>
  Held.array().parse(
    await tx`
      select t.message -> 'params' ->> 'window' as "windowId", t.incident_id as "incidentId"
      from incidents.timeline t
      where t.org_id = ${org} and t.kind = 'maintenance' and t.message ->> 'code' = 'timeline.in-maintenance'
        and t.message -> 'params' ->> 'window' = any(${[...ids]}::text[])
      group by 1, 2 order by max(t.id) desc limit 5000`,
  )
