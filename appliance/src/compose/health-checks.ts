/** The checks of the appliance itself: what they read here, and the incidents they open. */
import { existsSync } from "node:fs"
import type { Agent } from "../api/agents.ts"
import type { Backup } from "../api/backup.ts"
import type { Health } from "../api/health.ts"
import type { Channel } from "../api/notifications.ts"
import type { IncidentOfCheck } from "../flow/incidents/incidents.ts"
import type { UpdateState } from "../machine/update-state.ts"
import { textOf } from "../messages/text.ts"
import {
  createApplianceHealth,
  createLatencyWindow,
  createRateWindow,
  type Evaluation,
  type LatencyWindow,
  type RateWindow,
} from "../operate/health/health.ts"
import type { Readings } from "../operate/health/model.ts"
import type { HostClock } from "../platform/clock.ts"
import type { Counters } from "../platform/counters.ts"
import type { AnsweredRequest } from "../platform/http/http.ts"
import type { OrgId } from "../platform/ids.ts"
import type { Log } from "../platform/log.ts"
import type { ClockSync } from "./clock-sync.ts"
import {
  agentReadings,
  backupReading,
  createRefreshed,
  keepRefreshed,
  notificationReading,
  type Refreshed,
  readDisks,
  undoneUpdate,
} from "./health-readings.ts"
import type { StorageHealth } from "./storage-health.ts"

const EVALUATE_MS = 5_000
const MINUTE_MS = 60_000
/** Of the package, whose database is a service of its own. */
const DATABASE_FOLDER = "/var/lib/ispvm-database"

/** Kept up to date by the parts that do the work. */
export type Latencies = {
  readonly detection: LatencyWindow
  readonly ingest: LatencyWindow
  readonly queries: LatencyWindow
  readonly dispatch: LatencyWindow
  readonly evaluation: LatencyWindow
}
export const createLatencies = (steady: () => number): Latencies => ({
  detection: createLatencyWindow({ lastsMs: 24 * 60 * MINUTE_MS, maxSamples: 500, steady }),
  ingest: createLatencyWindow({ lastsMs: 15 * MINUTE_MS, maxSamples: 2_000, steady }),
  dispatch: createLatencyWindow({ lastsMs: 24 * 60 * MINUTE_MS, maxSamples: 500, steady }),
  queries: createLatencyWindow({ lastsMs: 15 * MINUTE_MS, maxSamples: 2_000, steady }),
  evaluation: createLatencyWindow({ lastsMs: 15 * MINUTE_MS, maxSamples: 2_000, steady }),
})
/** What the flow has counted so far. */
export type Rates = { readonly rules: RateWindow; readonly alerts: RateWindow }

/** What pages are made of; what each page polls, and streams, would hide a slow query. */
const isQuery = ({ method, route, status }: AnsweredRequest): boolean =>
  method === "GET" &&
  status < 500 &&
  route.startsWith("/api/v1/") &&
  !/^\/api\/v1\/(?:health|session|live)$/.test(route)

/** The folders whose disks must not become full. */
export const diskFolders = (dataDir: string, isDatabaseOwn: boolean): readonly string[] =>
  isDatabaseOwn || !existsSync(DATABASE_FOLDER) ? [dataDir] : [dataDir, DATABASE_FOLDER]

/** Where the database is on this machine; null: it is on another. */
export const databaseFolder = (dataDir: string, isDatabaseOwn: boolean): string | null =>
  isDatabaseOwn ? dataDir : existsSync(DATABASE_FOLDER) ? DATABASE_FOLDER : null

type Deps = {
  readonly clock: HostClock
  readonly counters: Counters
  readonly log: Log
  readonly storage: Pick<StorageHealth, "fault">
  readonly clockSync: Pick<ClockSync, "isSynchronized" | "lostSinceMs">
  readonly certificate: () => Readings["certificate"]
  readonly folders: readonly string[]
  readonly rawStorage: () => Readings["rawStorage"]
  readonly updateState: () => UpdateState
}
/** Parts that start later. */
export type HealthSources = {
  readonly orgs: () => Promise<readonly { readonly id: OrgId }[]>
  readonly agents: (org: OrgId) => Promise<readonly Agent[]>
  readonly backup: () => Promise<Backup>
  readonly channels: (org: OrgId) => Promise<readonly Channel[]>
  readonly reviewChecks: (org: OrgId, checks: readonly IncidentOfCheck[]) => Promise<void>
}
export type HealthChecks = {
  readonly latencies: Latencies
  readonly rates: Rates
  readonly onAnswered: (answered: AnsweredRequest) => void
  readonly noteWaiting: (pieces: number) => void
  readonly view: () => Pick<Health, "checkedAtMs" | "checks">
  /** Once a few seconds until `stack` is disposed. The returned function evaluates at once. */
  readonly start: (sources: HealthSources, stack: AsyncDisposableStack) => () => Promise<void>
}

const allAgents = async ({ orgs, agents }: HealthSources) => {
  const lists = await Promise.all((await orgs()).map(({ id }) => agents(id)))
  return agentReadings(lists.flat())
}

const allChannels = async ({ orgs, channels }: HealthSources) => {
  const lists = await Promise.all((await orgs()).map(({ id }) => channels(id)))
  return notificationReading(lists.flat())
}

const LEVELS = { ok: 0, unknown: -1, warning: 1, critical: 2 } as const

/** Changes of state, in the log and on /metrics. */
const createReport = ({ counters, log }: Pick<Deps, "counters" | "log">) => {
  const gauge = counters.gauge(
    "health_check",
    "State of a check of the appliance itself: 0 ok, 1 warning, 2 critical, -1 unknown",
    ["check"],
  )
  return ({ checks, changed }: Evaluation): void => {
    for (const { id, state } of checks) gauge.set({ check: id }, LEVELS[state])
    for (const { check, was } of changed) {
      const level =
        check.state === "critical" ? "error" : check.state === "warning" ? "warn" : "info"
      log[level]({ check: check.id, state: check.state, was }, textOf(check.message))
    }
  }
}

const latencyReadings = (latencies: Latencies, { rules, alerts }: Rates) => ({
  detection: latencies.detection.read(),
  ingest: latencies.ingest.read(),
  queries: latencies.queries.read(),
  dispatch: latencies.dispatch.read(),
  evaluation: {
    ...latencies.evaluation.read(),
    rulesPerS: rules.perSecond(),
    alertsPerS: alerts.perSecond(),
  },
})

export const createHealthChecks = (deps: Deps): HealthChecks => {
  const { clock, log, storage, clockSync, certificate, folders, updateState } = deps
  const steady = () => clock.steady.now()
  const latencies = createLatencies(steady)
  const rates = { rules: createRateWindow(steady), alerts: createRateWindow(steady) }
  const report = createReport(deps)
  const refreshed = <T>(source: () => Promise<T>) => createRefreshed(source, { steady, log })
  const disks = refreshed(() => readDisks(folders))
  let agents: Refreshed<Readings["agents"]> | null = null
  let backup: Refreshed<Readings["backup"]> | null = null
  let notifications: Refreshed<Readings["notifications"]> | null = null
  let waiting: number | null = null
  const read = (): Readings => ({
    nowMs: clock.now(),
    storageFault: storage.fault()?.fault ?? null,
    disks: disks.read() ?? [],
    rawStorage: deps.rawStorage(),
    clock: {
      isSynchronized: clockSync.isSynchronized(),
      lostSinceMs: clockSync.lostSinceMs(),
    },
    agents: agents?.read() ?? null,
    waiting,
    certificate: certificate(),
    backup: backup?.read() ?? null,
    undoneUpdate: undoneUpdate(updateState()),
    ...latencyReadings(latencies, rates),
    notifications: notifications?.read() ?? null,
  })
  const health = createApplianceHealth({ read, steady })
  return {
    latencies,
    rates,
    onAnswered: (answered) => {
      if (isQuery(answered)) latencies.queries.add(answered.tookMs)
    },
    noteWaiting: (pieces) => {
      waiting = pieces
    },
    view: () => ({ checkedAtMs: health.checkedAtMs(), checks: [...health.checks()] }),
    start: (sources, stack) => {
      const { reviewChecks } = sources
      agents = refreshed(() => allAgents(sources))
      backup = refreshed(async () => backupReading(await sources.backup()))
      notifications = refreshed(() => allChannels(sources))
      // Who runs the appliance: the organisation that was there first. Known once, it stays.
      const owner = createOwner(sources)
      const stopReading = keepRefreshed([disks, agents, backup, notifications, owner])
      let reviewing: Promise<void> | null = null
      const evaluate = async (): Promise<void> => {
        const found = health.evaluate()
        report(found)
        const org = owner.read()
        if (org === null) return
        // While the database is slow, evaluations are skipped, not queued.
        reviewing ??= reviewChecks(org, found.incidents).finally(() => {
          reviewing = null
        })
        await reviewing
      }
      const timer = setInterval(() => void evaluate(), EVALUATE_MS).unref()
      stack.defer(() => {
        clearInterval(timer)
        stopReading()
      })
      return evaluate
    },
  }
}

const createOwner = ({ orgs }: HealthSources) => {
  let found: OrgId | null = null
  return {
    read: () => found,
    refresh: async (): Promise<void> => {
      if (found !== null) return
      const [first] = await orgs().catch(() => [])
      found = first?.id ?? null
    },
  }
}
