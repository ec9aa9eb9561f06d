/** Filters of the incident list as SQL, besides state, time and component. */
import type { IncidentQuery } from "../../api/incidents.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"

export type ListFilters = {
  readonly [K in "q" | "severity" | "owner" | "site" | "causeCode"]?: IncidentQuery[K] | null
} & {
  /** Only these. */
  readonly ids?: readonly string[]
}

/** `%` and `_` are characters like any other. */
const containing = (text: string): string => `%${text.replace(/[\\%_]/g, "\\$&")}%`

/** Devices that an incident is about: its causes, the ends of its links, and its symptoms. */
const devicesOf = (tx: Tx) => tx`
  (i.causes @> jsonb_build_array(jsonb_build_object('id', d.id))
    or d.id in (select a.device_id from incidents.symptom s join alerts.alert a on a.id = s.alert_id where s.incident_id = i.id)
    or exists (select 1 from inventory.link k where d.id in (k.a_device_id, k.b_device_id)
      and i.causes @> jsonb_build_array(jsonb_build_object('id', k.id))))`

const searched = (tx: Tx, org: OrgId, q: string) => {
  const number = /^#?(\d{1,9})$/.exec(q)?.[1]
  const like = containing(q)
  return tx`and (${number === undefined ? tx`false` : tx`i.number = ${Number(number)}`}
    or exists (select 1 from jsonb_path_query(i.title -> 'params', 'strict $.**') v
      where jsonb_typeof(v) = 'string' and v #>> '{}' ilike ${like})
    or i.ticket ->> 'number' ilike ${like}
    or exists (select 1 from inventory.device d left join inventory.site t on t.id = d.site_id
      where d.org_id = ${org} and (d.name ilike ${like} or t.name ilike ${like}) and ${devicesOf(tx)}))`
}

export const filters = (
  tx: Tx,
  org: OrgId,
  { q, severity, owner, site, causeCode, ids }: ListFilters,
) => tx`
  ${q == null ? tx`` : searched(tx, org, q)}
  ${ids === undefined ? tx`` : tx`and i.id = any(${[...ids]}::uuid[])`}
  ${severity == null ? tx`` : tx`and i.severity = ${severity}`}
  ${owner == null ? tx`` : owner === "none" ? tx`and i.owner_name is null` : tx`and i.owner_id = ${owner}`}
  ${causeCode == null ? tx`` : causeCode === "none" ? tx`and i.cause_code is null` : tx`and i.cause_code = ${causeCode}`}
  ${
    site == null
      ? tx``
      : tx`and (i.causes @> jsonb_build_array(jsonb_build_object('id', ${site}::uuid))
          or exists (select 1 from inventory.device d where d.org_id = ${org} and d.site_id = ${site} and ${devicesOf(tx)}))`
  }`
