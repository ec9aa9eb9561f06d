/** Maintenance windows of all organisations. */
import type { AuditAction } from "../../api/audit-actions.ts"
import type { Incident } from "../../api/incidents.ts"
import type {
  MaintenanceDetail,
  MaintenanceInput,
  MaintenanceNow,
  MaintenanceQuery,
  MaintenanceTarget,
  MaintenanceWindow,
  Occurrence,
} from "../../api/maintenance.ts"
import type { Actor } from "../../platform/http/http.ts"
import { invalid, notFound } from "../../platform/http/http-error.ts"
import type { OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { write } from "../../registry/audit/audit.ts"
import type { PlannedWindow } from "./model.ts"
import { isPast, isUsableRule, localTimeOf, occurrencesOf } from "./occurrences.ts"
import {
  insertWindow,
  markRemoved,
  readHeld,
  readTargetKinds,
  readTargetNames,
  readWindow,
  readWindows,
  updateCuts,
  updateWindow,
  type WindowRow,
} from "./store.ts"

const DAY_MS = 86_400_000
/** A fault that lasts keeps the planned work that explains it for so long. */
const BEHIND_MS = 7 * DAY_MS
/** What the org worker keeps; it loads again long before it has none left. */
const AHEAD_MS = 2 * DAY_MS
export const PLANNED_FOR_MS = DAY_MS
const MAX_RANGE_MS = 400 * DAY_MS

/** For the org worker: with the occurrences of the last and the coming days. */
export const loadPlanned = async (
  tx: Tx,
  org: OrgId,
  nowMs: number,
): Promise<readonly PlannedWindow[]> =>
  (await readWindows(tx, org)).flatMap((row): PlannedWindow[] => {
    const occurrences = occurrencesOf(row, nowMs - BEHIND_MS, nowMs + AHEAD_MS)
    const { id, name, targets, withDependents } = row
    return occurrences.length === 0 ? [] : [{ id, name, targets, withDependents, occurrences }]
  })

export type MaintenanceDeps = {
  readonly db: Db
  readonly now: () => number
  /** The org worker reads them again. */
  readonly onChanged: (org: OrgId, id: string) => void
  readonly incidents: (org: OrgId, ids: readonly string[]) => Promise<Incident[]>
}
type Done = Promise<{ id: string }>
/**
 * Throw `HttpError`: not-found, and invalid for a rule that cannot be read or never happens, for what
 * is wholly in the past, and for targets that are not in the inventory.
 */
export type Maintenance = {
  readonly list: (org: OrgId, query: MaintenanceQuery) => Promise<MaintenanceWindow[]>
  readonly detail: (org: OrgId, id: string) => Promise<MaintenanceDetail>
  readonly create: (actor: Actor, input: MaintenanceInput) => Done
  readonly startNow: (actor: Actor, input: MaintenanceNow) => Done
  readonly change: (actor: Actor, id: string, input: MaintenanceInput) => Done
  /** Ends the occurrence that is on; without one, nothing changes. */
  readonly endNow: (actor: Actor, id: string) => Done
  readonly remove: (actor: Actor, id: string) => Promise<void>
}

const activeOf = (row: WindowRow, nowMs: number): Occurrence | null =>
  occurrencesOf(row, nowMs, nowMs + 1).find(
    ({ fromMs, untilMs }) => fromMs <= nowMs && nowMs < untilMs,
  ) ?? null

const show = async (
  tx: Tx,
  org: OrgId,
  rows: readonly WindowRow[],
  { from, to }: { readonly from: number; readonly to: number },
  nowMs: number,
): Promise<MaintenanceWindow[]> => {
  const named = rows.flatMap(({ targets }) => targets.filter(({ kind }) => kind !== "tag"))
  const names = await readTargetNames(
    tx,
    org,
    named.map(({ id }) => id),
  )
  const nameOf = ({ kind, id }: MaintenanceTarget): string | null =>
    kind === "tag" ? id : (names.get(id) ?? null)
  const held = await readHeld(
    tx,
    org,
    rows.map(({ id }) => id),
  )
  return rows.map(({ cuts, ...row }) => ({
    ...row,
    targets: row.targets.map((one) => ({ ...one, name: nameOf(one) })),
    now: activeOf({ ...row, cuts }, nowMs),
    occurrences: [...occurrencesOf({ ...row, cuts }, from, to)],
    heldBack: held.filter(({ windowId }) => windowId === row.id).length,
  }))
}

const rangeOf = ({ from, to }: MaintenanceQuery, nowMs: number) => {
  const first = from ?? nowMs - (nowMs % DAY_MS)
  return { from: first, to: Math.min(to ?? first + 31 * DAY_MS, first + MAX_RANGE_MS) }
}

/** `was`: what has been stored, of which the past may be kept. */
const checkTimes = (input: MaintenanceInput, was: WindowRow | null, nowMs: number): void => {
  if (!isUsableRule({ ...input, cuts: [] }))
    throw invalid([{ path: "rrule", code: "field.recurrence", params: {} }])
  const isKept =
    was !== null &&
    (["startsAt", "minutes", "zone", "rrule"] as const).every((key) => was[key] === input[key])
  if (!isKept && isPast({ ...input, cuts: [] }, nowMs))
    throw invalid([{ path: "startsAt", code: "field.past", params: {} }])
}

/** What is not in the inventory of this organisation can only stay, not be added. */
const checkTargets = async (
  tx: Tx,
  org: OrgId,
  targets: readonly MaintenanceTarget[],
  was: WindowRow | null,
): Promise<void> => {
  const ids = targets.flatMap(({ kind, id }) => (kind === "tag" ? [] : [id]))
  const known = await readTargetKinds(tx, org, ids)
  const isKept = ({ kind, id }: MaintenanceTarget): boolean =>
    was?.targets.some((one) => one.kind === kind && one.id === id) === true
  const wrong = targets.flatMap((target, index) => {
    const { kind, id } = target
    return kind === "tag" || known.get(id) === kind || isKept(target)
      ? []
      : [{ path: `targets.${index}.id`, code: "field.not-found", params: { what: kind } } as const]
  })
  if (wrong.length > 0) throw invalid(wrong)
}

/** What a change does, in one transaction with its audit row, and then in the org worker. */
const changing = async (
  { db, onChanged }: MaintenanceDeps,
  actor: Actor,
  action: AuditAction,
  work: (tx: Tx) => Promise<{ id: string; detail: Record<string, unknown> }>,
): Done => {
  const id = await db.asOrg(actor.org, async (tx) => {
    const done = await work(tx)
    await write(tx, actor, action, "maintenance", done.id, done.detail)
    return done.id
  })
  onChanged(actor.org, id)
  return { id }
}

const found = async (tx: Tx, org: OrgId, id: string): Promise<WindowRow> => {
  const row = await readWindow(tx, org, id)
  if (row === null) throw notFound("maintenance", id)
  return row
}

export const createMaintenance = (deps: MaintenanceDeps): Maintenance => {
  const { db, now } = deps
  const create = async (actor: Actor, input: MaintenanceInput): Done => {
    checkTimes(input, null, now())
    return await changing(deps, actor, "maintenance.created", async (tx) => {
      await checkTargets(tx, actor.org, input.targets, null)
      const id = await insertWindow(tx, actor.org, input, actor.name, now())
      return { id, detail: { name: input.name } }
    })
  }
  return {
    create,
    startNow: async (actor, { name, ...input }) =>
      create(actor, {
        ...input,
        name: name ?? actor.name,
        startsAt: localTimeOf(now(), "UTC"),
        // The minute that has begun is part of it.
        minutes: input.minutes + 1,
        zone: "UTC",
        rrule: null,
      }),
    list: (org, query) =>
      db.asOrg(org, async (tx) =>
        show(tx, org, await readWindows(tx, org), rangeOf(query, now()), now()),
      ),
    detail: async (org, id) => {
      const [[window], held] = await db.asOrg(org, async (tx) => [
        await show(tx, org, [await found(tx, org, id)], rangeOf({}, now()), now()),
        await readHeld(tx, org, [id]),
      ])
      if (window === undefined) throw notFound("maintenance", id)
      const ids = held.slice(0, 200).map(({ incidentId }) => incidentId)
      return { ...window, incidents: await deps.incidents(org, ids) }
    },
    change: async (actor, id, input) =>
      await changing(deps, actor, "maintenance.changed", async (tx) => {
        const was = await found(tx, actor.org, id)
        checkTimes(input, was, now())
        await checkTargets(tx, actor.org, input.targets, was)
        await updateWindow(tx, actor.org, id, input)
        return { id, detail: { name: input.name } }
      }),
    endNow: (actor, id) =>
      changing(deps, actor, "maintenance.ended", async (tx) => {
        const row = await found(tx, actor.org, id)
        const active = activeOf(row, now())
        const cuts: WindowRow["cuts"] = row.cuts.slice(-99)
        if (active !== null) await updateCuts(tx, actor.org, id, [...cuts, [active.fromMs, now()]])
        return { id, detail: { name: row.name } }
      }),
    remove: async (actor, id) => {
      await changing(deps, actor, "maintenance.removed", async (tx) => {
        const { name } = await found(tx, actor.org, id)
        await markRemoved(tx, actor.org, id, now())
        return { id, detail: { name } }
      })
    },
  }
}
