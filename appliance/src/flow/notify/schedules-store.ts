/** SQL of on-call schedules. */
import { z } from "zod"
import { Schedule, type Unreadable } from "../../api/notifications.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Tx } from "../../platform/postgres/db.ts"
import { readList, writeList } from "./versioned-store.ts"

export const readSchedules = async (
  tx: Tx,
  org: OrgId,
): Promise<{ version: number; schedules: Schedule[]; unreadable: Unreadable[] }> => {
  const { version, items, unreadable } = await readList(tx, org, "schedules", Schedule)
  return { version, schedules: items, unreadable: [...unreadable] }
}

/** As they are stored: what is as usual is left out, so that a release from before can read it. */
const storedSchedule = ({ holidays, quietHours, layers, ...schedule }: Schedule) => ({
  ...schedule,
  ...(holidays.length === 0 ? {} : { holidays }),
  ...(quietHours === null ? {} : { quietHours }),
  layers: layers.map(({ onHolidays, ...layer }) => ({
    ...layer,
    ...(onHolidays === "as-usual" ? {} : { onHolidays }),
  })),
})

/** False: somebody else has changed them since `version`. */
export const writeSchedules = (
  tx: Tx,
  org: OrgId,
  version: number,
  schedules: readonly Schedule[],
): Promise<boolean> =>
  writeList(tx, org, "schedules", Schedule, version, schedules.map(storedSchedule))

const Person = z.object({ id: z.uuid(), name: z.string(), channels: z.int() })
/** Accounts that can be on call, with the number of their own channels. */
export const readPeople = async (tx: Tx, org: OrgId): Promise<z.infer<typeof Person>[]> =>
  Person.array().parse(
    await tx`
      select a.id, a.name,
        (select count(*)::int from notify.channel c where c.owner_id = a.id and c.org_id = ${org} and c.is_enabled) as channels
      from auth.account a where a.org_id = ${org} and not a.disabled order by lower(a.name)`,
  )
