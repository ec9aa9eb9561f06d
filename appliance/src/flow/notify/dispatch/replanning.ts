/**
 * Plans incidents again that changed by time alone, and all of them where something else has
 * changed: after a start, an error of planning, or a change of policies, schedules or channels.
 */
import { type Clock, steadyOf } from "../../../platform/clock.ts"
import type { OrgId } from "../../../platform/ids.ts"
import type { Db } from "../../../platform/postgres/db.ts"
import { planIncidents } from "../plan-incidents.ts"
import { incidentsToPlan, lostEnds, openIncidents } from "../store.ts"

/** So often by time alone. */
const EVERY_MS = 30_000
/** So often all of them, in case something was missed. */
const ALL_EVERY_MS = 600_000
/** Planned in one transaction: their deliveries are locked as long. */
const BATCH = 50

type Times = { atMs: number; allAtMs: number; wallMs: number }
export type Replanning = {
  /** All of this organisation are planned again at the next run; null: of every organisation. */
  readonly all: (org: OrgId | null) => void
  /** True: something was planned, and what is too old can be given up. */
  readonly run: (org: OrgId) => Promise<boolean>
}

export const createReplanning = ({
  db,
  clock,
}: {
  readonly db: Db
  readonly clock: Clock
}): Replanning => {
  const steady = steadyOf(clock)
  const times = new Map<OrgId, Times>()
  const planAll = async (org: OrgId, ids: readonly string[]): Promise<void> => {
    for (let from = 0; from < ids.length; from += BATCH)
      await db.asOrg(org, async (tx) => {
        await planIncidents(tx, org, ids.slice(from, from + BATCH), clock.now())
      })
  }
  return {
    all: (org) => {
      if (org === null) times.clear()
      else times.delete(org)
    },
    run: async (org) => {
      const nowMs = steady.now()
      const was = times.get(org)
      const isAll = was === undefined || nowMs - was.allAtMs >= ALL_EVERY_MS
      if (!isAll && nowMs - was.atMs < EVERY_MS) return false
      const wallMs = clock.now()
      // Before the work: what is asked for meanwhile is not lost, and a fault is waited out.
      times.set(org, { atMs: nowMs, allAtMs: isAll ? nowMs : was.allAtMs, wallMs })
      const sinceMs = was?.wallMs ?? wallMs
      const ids = await db.asOrg(org, async (tx) => [
        ...(isAll ? [...(await openIncidents(tx, org)), ...(await lostEnds(tx, org))] : []),
        ...(await incidentsToPlan(tx, org, sinceMs, wallMs)),
      ])
      await planAll(org, [...new Set(ids)])
      return true
    },
  }
}
