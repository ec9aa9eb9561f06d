/** SQL of collection intervals. */
import type { CollectorIntervals } from "@ispvm/wire"
import type { ScopedInterval, ScopedProfile } from "../../api/collectors.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"

/** What this organisation has set, in ms by collector. */
export const intervalOverrides = async (tx: Tx, org: OrgId): Promise<CollectorIntervals> => {
  const rows = await tx<{ collector: string; everyMs: number }[]>`
    select collector, every_ms as "everyMs" from agents.collector_interval where org_id = ${org}`
  return Object.fromEntries(rows.map(({ collector, everyMs }) => [collector, everyMs]))
}

export const saveInterval = async (
  tx: Tx,
  org: OrgId,
  collector: string,
  everyMs: number,
): Promise<void> => {
  await tx`
    insert into agents.collector_interval (org_id, collector, every_ms)
    values (${org}, ${collector}, ${everyMs})
    on conflict (org_id, collector) do update set every_ms = excluded.every_ms`
}

export const deleteInterval = async (tx: Tx, org: OrgId, collector: string): Promise<void> => {
  await tx`
    delete from agents.collector_interval where org_id = ${org} and collector = ${collector}`
}

type Scoped = Pick<ScopedProfile, "scope" | "subject">
export const readProfiles = (tx: Tx, org: OrgId): Promise<ScopedProfile[]> => tx<ScopedProfile[]>`
  select scope, subject, profile from agents.collection_profile where org_id = ${org} order by scope, subject`

/** Whether there is such a device or site, or a device with this role. */
export const subjectExists = async (
  tx: Tx,
  org: OrgId,
  { scope, subject }: Scoped,
): Promise<boolean> => {
  const [found] = await tx<{ exists: boolean }[]>`
    select case ${scope}
      when 'device' then exists (select from inventory.device where org_id = ${org} and id::text = ${subject})
      when 'site' then exists (select from inventory.site where org_id = ${org} and id::text = ${subject})
      else exists (select from inventory.device where org_id = ${org} and ${subject} = any(roles)) end as exists`
  return found?.exists ?? false
}

export const saveProfile = async (
  tx: Tx,
  org: OrgId,
  { scope, subject, profile }: ScopedProfile,
): Promise<void> => {
  await tx`
    insert into agents.collection_profile (org_id, scope, subject, profile)
    values (${org}, ${scope}, ${subject}, ${profile})
    on conflict (org_id, scope, subject) do update set profile = excluded.profile`
}

export const deleteProfile = async (
  tx: Tx,
  org: OrgId,
  { scope, subject }: Scoped,
): Promise<void> => {
  await tx`
    delete from agents.collection_profile
    where org_id = ${org} and scope = ${scope} and subject = ${subject}`
}

export const readScopedIntervals = (tx: Tx, org: OrgId): Promise<ScopedInterval[]> => tx<
  ScopedInterval[]
>`
  select scope, subject, collectors as "group", every_ms as "everyMs" from agents.collection_interval
  where org_id = ${org} order by scope, subject, collectors`

export const saveScopedInterval = async (
  tx: Tx,
  org: OrgId,
  { scope, subject, group, everyMs }: ScopedInterval,
): Promise<void> => {
  await tx`
    insert into agents.collection_interval (org_id, scope, subject, collectors, every_ms)
    values (${org}, ${scope}, ${subject}, ${group}, ${everyMs})
    on conflict (org_id, scope, subject, collectors) do update set every_ms = excluded.every_ms`
}

export const deleteScopedInterval = async (
  tx: Tx,
  org: OrgId,
  { scope, subject, group }: Pick<ScopedInterval, "scope" | "subject" | "group">,
): Promise<void> => {
  await tx`
    delete from agents.collection_interval
    where org_id = ${org} and scope = ${scope} and subject = ${subject} and collectors = ${group}`
}
