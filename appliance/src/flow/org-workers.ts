/** The org workers: opened at first use. Work of one organisation runs one after another. */
import { type Clock, steadyOf } from "../platform/clock.ts"
import type { OrgId } from "../platform/ids.ts"
import type { Db } from "../platform/postgres/db.ts"
import { createSerialQueues } from "../platform/serial-queue.ts"
import type { PollIntervals } from "./alerts/alerts.ts"
import type { AfterSave, Solvers } from "./incidents/incidents.ts"
import type { EntityStatus } from "./incidents/model.ts"
import { type OrgWorker, openOrgWorker } from "./org-worker.ts"

/**
 * The inventory is read at most this often, and not for more than a tenth of the time: first facts of
 * many devices change it for minutes.
 */
const RELOAD_MS = 1_000
const RELOAD_SHARE = 0.1

export type OrgWorkers = {
  readonly get: (org: OrgId) => OrgWorker | undefined
  readonly all: () => OrgWorker[]
  /** Runs `work` after all work of this organisation before it, on an open worker. */
  readonly runSerially: <T>(org: OrgId, work: (worker: OrgWorker) => Promise<T>) => Promise<T>
  /** The inventory has changed: it is read again before the next piece of work. */
  readonly markStale: (org: OrgId) => void
  /** Pieces of work that are running or waiting. */
  readonly waiting: (org: OrgId) => number
  /** Of the busiest organisation. */
  readonly longest: () => number
}
export type OrgWorkersDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly pollIntervals: PollIntervals | undefined
  readonly outageStatus: () => EntityStatus | null
  readonly onError: (error: unknown) => void
  readonly afterSave: AfterSave
  readonly solvers: Solvers | null
  readonly onReopened: (worker: OrgWorker) => void
  readonly reload: (worker: OrgWorker) => Promise<void>
}

/** Stores what is still in memory. */
export const flushAll = async ({ alerts, incidents }: OrgWorker): Promise<void> => {
  await alerts.flush()
  await incidents.flush()
}

export const createOrgWorkers = (deps: OrgWorkersDeps): OrgWorkers => {
  const { db, clock, pollIntervals, outageStatus, onError, afterSave, solvers } = deps
  const workers = new Map<OrgId, OrgWorker>()
  const queues = createSerialQueues<OrgId>()
  const stale = new Set<OrgId>()
  const reloadFromMs = new Map<OrgId, number>()
  const steady = steadyOf(clock)

  /**
   * All times of a worker are of the appliance's clock. When the clock has been set, the state is
   * stored and loaded again, as after a restart: no duration begins before a step and ends after it.
   */
  const open = async (org: OrgId): Promise<OrgWorker> => {
    const was = workers.get(org)
    const nowMs = clock.now()
    const steppedMs = clock.steppedMs?.() ?? 0
    if (was?.steppedMs === steppedMs) return was
    if (was !== undefined) await flushAll(was)
    const options = { nowMs, steppedMs, pollIntervals, outageStatus, onError, afterSave, solvers }
    const worker = await openOrgWorker(db, org, options)
    workers.set(org, worker)
    if (was !== undefined) deps.onReopened(worker)
    return worker
  }
  return {
    get: (org) => workers.get(org),
    all: () => [...workers.values()],
    runSerially: (org, work) =>
      queues.run(org, async () => {
        const worker = await open(org)
        const beganMs = steady.now()
        if (stale.has(org) && beganMs >= (reloadFromMs.get(org) ?? 0)) {
          stale.delete(org)
          await deps.reload(worker)
          const tookMs = steady.now() - beganMs
          reloadFromMs.set(org, beganMs + Math.max(RELOAD_MS, tookMs / RELOAD_SHARE))
        }
        return await work(worker)
      }),
    markStale: (org) => {
      stale.add(org)
    },
    waiting: queues.waiting,
    longest: queues.longest,
  }
}
