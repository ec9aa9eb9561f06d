/** On-call schedules as people configure them. */
import type { Schedules, SchedulesInput } from "../../api/notifications.ts"
import type { Clock } from "../../platform/clock.ts"
import type { Actor } from "../../platform/http/http.ts"
import { conflict } from "../../platform/http/http-error.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { write } from "../../registry/audit/audit.ts"
import { shiftsOf } from "./on-call.ts"
import { readPeople, readSchedules, writeSchedules } from "./schedules-store.ts"

export type OnCallSchedules = {
  readonly view: (org: OrgId) => Promise<Schedules>
  readonly change: (actor: Actor, input: SchedulesInput) => Promise<Schedules>
}
const SHOWN_MS = 14 * 86_400_000
const HOUR_MS = 3_600_000

export const createSchedules = ({
  db,
  clock,
}: {
  readonly db: Db
  readonly clock: Clock
}): OnCallSchedules => {
  const read = async (tx: Tx, org: OrgId): Promise<Schedules> => {
    const { version, schedules } = await readSchedules(tx, org)
    const fromMs = Math.floor(clock.now() / HOUR_MS) * HOUR_MS
    return {
      version,
      schedules,
      shifts: Object.fromEntries(
        schedules.map((one) => [one.id, [...shiftsOf(one, fromMs, fromMs + SHOWN_MS)]]),
      ),
      people: await readPeople(tx, org),
    }
  }
  return {
    view: (org) => db.asOrg(org, (tx) => read(tx, org)),
    change: (actor, { version, schedules }) =>
      db.asOrg(actor.org, async (tx) => {
        if (!(await writeSchedules(tx, actor.org, version, schedules)))
          throw conflict("changed-meanwhile", { code: "problem.changed-meanwhile", params: {} })
        await write(tx, actor, "on-call.changed", "on-call", null, {
          schedules: schedules.map(({ name }) => name),
        })
        return await read(tx, actor.org)
      }),
  }
}
