/** On-call schedules as people configure them. */
import type {
  OnCallCalendar,
  Schedule,
  Schedules,
  SchedulesInput,
} from "../../api/notifications.ts"
import type { Clock } from "../../platform/clock.ts"
import type { Actor } from "../../platform/http/http.ts"
import { conflict, invalid } from "../../platform/http/http-error.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { write } from "../../registry/audit/audit.ts"
import { calendarOf } from "./on-call.ts"
import { readPeople, readSchedules, writeSchedules } from "./schedules-store.ts"

export type OnCallSchedules = {
  readonly view: (org: OrgId) => Promise<Schedules>
  /** Of a schedule that is not saved. */
  readonly preview: (schedule: Schedule) => OnCallCalendar
  readonly change: (actor: Actor, input: SchedulesInput) => Promise<Schedules>
}

/** Each person has an account; one that was removed since may stay named. */
const requirePeople = async (tx: Tx, org: OrgId, schedules: readonly Schedule[]): Promise<void> => {
  const peopleOf = ({ layers, overrides }: Schedule): string[] => [
    ...layers.flatMap(({ people }) => people),
    ...overrides.map(({ person }) => person),
  ]
  const stored = (await readSchedules(tx, org)).schedules.flatMap(peopleOf)
  const accounts = (await readPeople(tx, org)).map(({ id }) => id)
  const known = new Set([...stored, ...accounts])
  const wrong = schedules.flatMap((one, index) =>
    peopleOf(one).some((id) => !known.has(id)) ? [`schedules.${index}`] : [],
  )
  if (wrong.length > 0)
    throw invalid(
      wrong.map((path) => ({ path, code: "field.not-found", params: { what: "account" } })),
    )
}

export const createSchedules = ({
  db,
  clock,
}: {
  readonly db: Db
  readonly clock: Clock
}): OnCallSchedules => {
  const read = async (tx: Tx, org: OrgId): Promise<Schedules> => {
    const { version, schedules, unreadable } = await readSchedules(tx, org)
    const nowMs = clock.now()
    return {
      version,
      schedules,
      unreadable,
      calendars: Object.fromEntries(schedules.map((one) => [one.id, calendarOf(one, nowMs)])),
      people: await readPeople(tx, org),
    }
  }
  return {
    view: (org) => db.asOrg(org, (tx) => read(tx, org)),
    preview: (schedule) => calendarOf(schedule, clock.now()),
    change: (actor, { version, schedules }) =>
      db.asOrg(actor.org, async (tx) => {
        await requirePeople(tx, actor.org, schedules)
        if (!(await writeSchedules(tx, actor.org, version, schedules)))
          throw conflict("changed-meanwhile", { code: "problem.changed-meanwhile", params: {} })
        await write(tx, actor, "on-call.changed", "on-call", null, {
          schedules: schedules.map(({ name }) => name),
        })
        return await read(tx, actor.org)
      }),
  }
}
