/** SQL of on-call schedules. */
import { z } from "zod"
import { Schedule } from "../../api/notifications.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"

const Row = z.object({ version: z.int(), schedules: z.array(z.unknown()) })
/** One that this release cannot read is left out. */
export const readSchedules = async (
  tx: Tx,
  org: OrgId,
): Promise<{ version: number; schedules: Schedule[] }> => {
  const [row] = await tx`select version, schedules from notify.schedules where org_id = ${org}`
  if (row === undefined) return { version: 0, schedules: [] }
  const { version, schedules } = Row.parse(row)
  return { version, schedules: schedules.flatMap((one) => Schedule.safeParse(one).data ?? []) }
}

/** False: somebody else has changed them since `version`. */
export const writeSchedules = async (
  tx: Tx,
  org: OrgId,
  version: number,
  schedules: readonly Schedule[],
): Promise<boolean> => {
  const json = tx`${JSON.stringify(schedules)}::text::jsonb`
  const added = await tx`
    insert into notify.schedules (org_id, schedules) select ${org}, ${json} where ${version} = 0
    on conflict (org_id) do nothing`
  if (added.count === 1) return true
  const changed = await tx`
    update notify.schedules set schedules = ${json}, version = version + 1, changed_at = now()
    where org_id = ${org} and version = ${version}`
  return changed.count === 1
}

const Person = z.object({ id: z.uuid(), name: z.string(), channels: z.int() })
/** Accounts that can be on call, with the number of their own channels. */
export const readPeople = async (tx: Tx, org: OrgId): Promise<z.infer<typeof Person>[]> =>
  Person.array().parse(
    await tx`
      select a.id, a.name,
        (select count(*)::int from notify.channel c where c.owner_id = a.id and c.org_id = ${org} and c.is_enabled) as channels
      from auth.account a where a.org_id = ${org} and not a.disabled order by lower(a.name)`,
  )
