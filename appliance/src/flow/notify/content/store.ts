/** SQL of what a message says: the incident as it is now. */
import { z } from "zod"
import { Component, Severity } from "../../../api/incidents.ts"
import { StoredReasons, StoredTitle } from "../../../api/messages.ts"
import type { OrgId } from "../../../platform/ids.ts"
import type { Tx } from "../../../platform/postgres/db.ts"

const ms = z.number().transform(Math.round)
const IncidentRow = z.object({
  id: z.uuid(),
  number: z.int(),
  state: z.enum(["open", "acknowledged", "closed"]),
  severity: Severity,
  title: StoredTitle,
  causes: z.array(Component),
  /** Components whose failure would look exactly the same. */
  alternatives: z.array(Component),
  because: StoredReasons,
  confidence: z.number().nullable(),
  openedAtMs: ms,
  closedAtMs: ms.nullable(),
  acknowledgedBy: z.string().nullable(),
  /** The number of the incident that it is part of by now. */
  mergedInto: z.int().nullable(),
  devicesDown: z.int(),
  devicesUnreachable: z.int(),
  /** Some of the devices out of reach. */
  unreachableNames: z.array(z.string()),
})
export type IncidentForContent = z.infer<typeof IncidentRow>

/** Without those that this release cannot read. */
export const readForContent = async (
  tx: Tx,
  org: OrgId,
  ids: readonly string[],
): Promise<IncidentForContent[]> => {
  const rows = await tx`
      select i.id, i.number, i.state, i.severity, i.title, i.causes, i.alternatives, i.because, i.confidence,
        (extract(epoch from i.opened_at) * 1000)::float8 as "openedAtMs", (extract(epoch from i.closed_at) * 1000)::float8 as "closedAtMs",
        i.acknowledged_by as "acknowledgedBy",
        (select m.number from incidents.incident m where m.id = i.merged_into) as "mergedInto", i.devices_down as "devicesDown", i.devices_downstream as "devicesUnreachable",
        array(
          select d.name from incidents.symptom s join alerts.alert a on a.id = s.alert_id join inventory.device d on d.id = a.device_id
          where s.incident_id = i.id and s.role = 'downstream' and a.kind = 'device-unreachable' order by d.name limit 5
        ) as "unreachableNames"
      from incidents.incident i where i.org_id = ${org} and i.id = any(${[...ids]}::uuid[])`
  return rows.flatMap((row) => IncidentRow.safeParse(row).data ?? [])
}
