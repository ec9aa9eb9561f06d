/** What the flow keeps in memory for one organisation. */
import type { LiveData } from "../api/live.ts"
import type { OrgId } from "../platform/ids.ts"
import type { Db } from "../platform/postgres/db.ts"
import { type OrgAlerts, openAlerts, type PollIntervals } from "./alerts/alerts.ts"
import {
  type AfterSave,
  deviceStatus,
  linkStatus,
  type OrgIncidents,
  openIncidents,
  type Solvers,
} from "./incidents/incidents.ts"
import type { EntityStatus } from "./incidents/model.ts"
import { clearEvaluated, readUnevaluated } from "./ingest/ingest.ts"
import type { Accepted } from "./ingest/model.ts"
import { type CollectedReadings, createCollectedReadings } from "./live/live.ts"
import { loadPlanned } from "./maintenance/maintenance.ts"
import {
  createFailingSources,
  failingSources,
  portsOfLinks,
  readUsual,
  repeatingPorts,
} from "./series/series.ts"
import { readCosts, readSessions } from "./session-sources.ts"

/** Batches read at once when those left by a crash are evaluated. */
const REPLAY_BATCH = 500

export type OrgWorker = {
  readonly org: OrgId
  /** The sum of the clock's steps under which its times were taken. */
  readonly steppedMs: number
  readonly alerts: OrgAlerts
  readonly incidents: OrgIncidents
  readonly collected: CollectedReadings
  /** Whether the batch of this mark was evaluated when the worker was opened. */
  readonly wasReplayed: (mark: number) => boolean
  /** Reads again which ports repeat traffic of others, and which are an end of a link. */
  readonly reloadPorts: () => Promise<void>
  /** Reads the maintenance windows again, for the coming days. */
  readonly reloadMaintenance: (nowMs: number) => Promise<void>
  readonly maintenanceLoadedAtMs: () => number
  readonly isLinkPort: (interfaceId: number) => boolean
  /** True where a data source of a device has begun or ceased to fail. */
  readonly updateSources: (accepted: Accepted) => boolean
  /** Statuses that differ from those of the last call. */
  readonly statusChanges: () => { device: LiveData<"device">[]; link: LiveData<"link">[] }
  readonly device: (id: string) => EntityStatus
  readonly link: (id: string) => EntityStatus
}

export type OrgWorkerOptions = {
  readonly nowMs: number
  readonly steppedMs: number
  readonly pollIntervals: PollIntervals | undefined
  /** The status of everything while nothing can be stored. */
  readonly outageStatus: () => EntityStatus | null
  readonly onError: (error: unknown) => void
  readonly afterSave: AfterSave
  readonly solvers: Solvers | null
}

/** Loads the stored state, and evaluates what was stored and not evaluated before. */
export const openOrgWorker = async (
  db: Db,
  org: OrgId,
  { nowMs, steppedMs, pollIntervals, outageStatus, onError, afterSave, solvers }: OrgWorkerOptions,
): Promise<OrgWorker> => {
  const alerts = await openAlerts(db, org, nowMs, {
    clear: clearEvaluated,
    pollIntervals,
    readUsual,
    readSessions,
    readCosts,
  })
  const incidents = await openIncidents(db, org, alerts.all(), nowMs, afterSave, solvers)
  alerts.enqueue(await alerts.reload(nowMs))
  const replayed = await replay(db, org, alerts, nowMs, onError)
  let repeating: ReadonlySet<number> = new Set()
  let linkPorts: ReadonlySet<number> = new Set()
  let maintenanceLoadedAtMs = nowMs
  const published = new Map<string, string>()
  const sources = createFailingSources(await db.asOrg(org, (tx) => failingSources(tx, org)))
  const statusInput = () => ({
    topology: alerts.topology(),
    view: alerts,
    incidentEngine: incidents,
    failingSource: sources.of,
    covered: incidents.maintenance.covered(),
  })
  const changes = (
    ids: Iterable<string>,
    statusOf: (id: string) => EntityStatus,
  ): LiveData<"device">[] => {
    const changed: LiveData<"device">[] = []
    for (const id of ids) {
      const now = statusOf(id)
      const text = JSON.stringify(now)
      if (published.get(id) === text) continue
      published.set(id, text)
      changed.push({ id, ...now })
    }
    return changed
  }
  const worker: OrgWorker = {
    org,
    steppedMs,
    alerts,
    incidents,
    wasReplayed: (mark) => replayed.has(mark),
    collected: createCollectedReadings((port) => !repeating.has(port)),
    reloadPorts: async () => {
      await db.asOrg(org, async (tx) => {
        repeating = await repeatingPorts(tx, org)
        linkPorts = await portsOfLinks(tx, org)
      })
    },
    reloadMaintenance: async (atMs) => {
      const windows = await db.asOrg(org, (tx) => loadPlanned(tx, org, atMs))
      incidents.maintenance.setWindows(windows)
      incidents.maintenance.update(alerts.topology(), atMs)
      maintenanceLoadedAtMs = atMs
    },
    maintenanceLoadedAtMs: () => maintenanceLoadedAtMs,
    isLinkPort: (id) => linkPorts.has(id),
    updateSources: sources.update,
    statusChanges: () => ({
      device: changes(alerts.topology().devices.keys(), worker.device),
      link: changes(alerts.topology().links.keys(), worker.link),
    }),
    device: (id) => outageStatus() ?? deviceStatus(statusInput(), id),
    link: (id) => outageStatus() ?? linkStatus(statusInput(), id),
  }
  await worker.reloadPorts()
  await worker.reloadMaintenance(nowMs)
  worker.statusChanges()
  return worker
}

/**
 * Evaluates what was acknowledged and not evaluated before a crash, oldest first, as of the time
 * it was received. A failure is reported to `onError`, and the rest goes on. Returns the marks.
 */
const replay = async (
  db: Db,
  org: OrgId,
  alerts: OrgAlerts,
  nowMs: number,
  onError: (error: unknown) => void,
): Promise<ReadonlySet<number>> => {
  const marks = new Set<number>()
  for (let after = 0; ; ) {
    const left = await db.asOrg(org, (tx) => readUnevaluated(tx, org, after, REPLAY_BATCH))
    for (const one of left) {
      // The clock may have been set back since: the batch is still before the start.
      const receivedAtMs = Math.min(one.receivedAtMs, nowMs - 1)
      const seen = { ...one, receivedAtMs, skewMs: one.skewMs + one.receivedAtMs - receivedAtMs }
      try {
        if (one.unreadable !== null) throw new Error(one.unreadable)
        alerts.enqueue(alerts.observe(seen, receivedAtMs))
      } catch (cause) {
        const from = one.agent === null ? `router ${one.router}` : `agent ${one.agent.id}`
        onError(
          new Error(
            `stored batch ${one.mark} of ${from} cannot be evaluated: ${messageOf(cause)}`,
            { cause },
          ),
        )
      }
      alerts.evaluated(one.mark)
      marks.add(one.mark)
      after = one.mark
    }
    if (left.length < REPLAY_BATCH) return marks
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
