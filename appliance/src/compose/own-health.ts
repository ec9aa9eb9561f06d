/** The appliance's own problems: logged, counted, part of readiness, shown on every page. */
import type { Health } from "../api/health.ts"
import type { EntityStatus } from "../flow/incidents/model.ts"
import type { Watermarks } from "../flow/series/series.ts"
import type { CertificateFault } from "../machine/ui-certificate.ts"
import type { UpdateState } from "../machine/update-state.ts"
import { textOf } from "../messages/text.ts"
import type { HostClock } from "../platform/clock.ts"
import type { Counters } from "../platform/counters.ts"
import { endpoint, type Route, route } from "../platform/http/http.ts"
import type { Log } from "../platform/log.ts"
import type { Db } from "../platform/postgres/db.ts"
import type { SeedProblem } from "../seed/model.ts"
import { clockMessage, createClockNotice } from "./clock-notice.ts"
import type { ClockSync } from "./clock-sync.ts"
import { createHealthChecks, type HealthChecks } from "./health-checks.ts"
import { createStorageHealth, type StorageHealth, storageMessage } from "./storage-health.ts"

export type OwnHealth = {
  readonly storage: StorageHealth
  readonly checks: HealthChecks
  /** Runs `work`, which stores something, and records its outcome. */
  readonly trackStorage: <T>(work: () => Promise<T>) => Promise<T>
  /** Reasons why the appliance is not ready. */
  readonly readiness: () => readonly string[]
  /** The status of every device and link while nothing can be stored; else null. */
  readonly outageStatus: () => EntityStatus | null
  readonly routes: readonly Route[]
  readonly stop: () => void
}

const CHECK_MS = 5_000
/** Shorter faults change no status. */
const OUTAGE_AFTER_MS = 5_000

type Deps = {
  readonly db: Db
  readonly clock: HostClock
  readonly counters: Counters
  readonly log: Log
  /** What was wrong with the seed of this machine. */
  readonly seedProblems: () => readonly SeedProblem[]
  /** The provider's certificate of the UI; null: none is configured. */
  readonly certificate: () => {
    readonly fault: CertificateFault | null
    readonly expiresAtMs: number | null
  }
  readonly clockSync: Pick<ClockSync, "isSynchronized" | "lostSinceMs">
  /** Whose disks must not become full. */
  readonly folders: readonly string[]
  readonly watermarks: Pick<Watermarks, "view">
  readonly updateState: () => UpdateState
}

/** A record in the write-ahead log: its commit waits until it is on disk. */
const probe = (db: Db) => (): Promise<unknown> =>
  db.sql.begin(async (tx) => {
    const [row] = await tx<{ isReadOnly: boolean }[]>`
          select current_setting('transaction_read_only')::bool as "isReadOnly", pg_logical_emit_message(true, 'ispvm', 'probe')`
    if (row?.isReadOnly !== false)
      throw Object.assign(new Error("the database is read-only"), { code: "25006" })
  })

/** Logs and counts a storage fault once when it begins and once when it ends. */
const createFaultReport = (
  { counters, log }: Deps,
  storage: StorageHealth,
  steady: () => number,
) => {
  const failing = counters.gauge("storage_failing", "1 while nothing can be stored")
  let sinceMs: number | null = null
  return {
    /** How long the fault has lasted; 0 without one. */
    lastsMs: (): number => (sinceMs === null ? 0 : steady() - sinceMs),
    update: (): void => {
      const fault = storage.fault()
      failing.set(fault === null ? 0 : 1)
      if (fault !== null && sinceMs === null) {
        sinceMs = steady()
        log.error({ reason: fault.fault }, textOf(storageMessage(fault.fault)))
      }
      if (fault === null && sinceMs !== null) {
        log.info({ forMs: Math.round(steady() - sinceMs) }, "batches from agents are stored again")
        sinceMs = null
      }
    },
  }
}
type FaultReport = ReturnType<typeof createFaultReport>

/** Counts, logs and keeps the last step of the host's clock. */
const watchClock = ({ clock, counters, log }: Deps, steady: () => number) => {
  const steps = counters.counter(
    "clock_steps_total",
    "Times the host's clock was set, by direction",
    ["direction"],
  )
  const notice = createClockNotice(steady)
  const stop = clock.steps.on((step) => {
    steps.inc({ direction: step.byMs < 0 ? "back" : "forward" })
    notice.note(step)
    log.warn(step, textOf(clockMessage(step)))
  })
  return { shown: notice.shown, stop }
}

/** Soon enough to get a new one signed. */
const CERTIFICATE_DAYS = 21
const DAY_MS = 24 * 3_600_000

/** Of the machine, as it was configured. */
const settingProblems = (
  { clock, seedProblems, certificate, clockSync }: Deps,
  startedMs: number,
): Health["problems"] => {
  const sinceMs = Math.round(startedMs)
  const nowMs = clock.now()
  const lostSinceMs = clockSync.lostSinceMs()
  const seed = seedProblems()
  const { fault, expiresAtMs } = certificate()
  const days = expiresAtMs === null ? null : Math.floor((expiresAtMs - nowMs) / DAY_MS)
  const problems: Health["problems"] = []
  if (lostSinceMs !== null)
    problems.push({
      reason: "clock-unsynchronised",
      message: { code: "health.clock-unsynchronised", params: {} },
      sinceMs: Math.round(lostSinceMs),
    })
  if (seed.length > 0)
    problems.push({
      reason: "seed",
      message: { code: "health.seed", params: { problems: [...seed] } },
      sinceMs,
    })
  if (fault !== null)
    problems.push({
      reason: "certificate",
      message: { code: "health.certificate", params: { fault } },
      sinceMs,
    })
  else if (days !== null && days <= CERTIFICATE_DAYS)
    problems.push({
      reason: "certificate",
      message: { code: "health.certificate-expires", params: { days: Math.max(0, days) } },
      sinceMs,
    })
  return problems
}

const problemsOf = (
  deps: Deps,
  startedMs: number,
  storage: StorageHealth,
  shown: ReturnType<typeof watchClock>["shown"],
): Health["problems"] => {
  const fault = storage.fault()
  const step = shown()
  const problems: Health["problems"] = []
  if (fault !== null)
    problems.push({
      reason: "storage-failing",
      message: storageMessage(fault.fault),
      sinceMs: Math.round(fault.sinceMs),
    })
  if (step !== null)
    problems.push({
      reason: "clock-set",
      message: clockMessage(step),
      sinceMs: Math.round(step.atMs),
    })
  return [...problems, ...settingProblems(deps, startedMs)]
}

const outageOf = (storage: StorageHealth, report: FaultReport): EntityStatus | null => {
  const fault = storage.fault()
  if (fault === null || report.lastsMs() < OUTAGE_AFTER_MS) return null
  return {
    status: {
      status: "unknown",
      reason: "not-stored",
      message: { code: "status.not-stored", params: {} },
      sinceMs: Math.round(fault.sinceMs),
    },
    incidentId: null,
  }
}

const track =
  (storage: StorageHealth, report: FaultReport): OwnHealth["trackStorage"] =>
  async (work) => {
    try {
      const done = await work()
      storage.worked()
      return done
    } catch (error) {
      storage.failed(error)
      throw error
    } finally {
      report.update()
    }
  }

export const createOwnHealth = (deps: Deps): OwnHealth => {
  const { db, clock } = deps
  const steady = () => clock.steady.now()
  const startedMs = clock.now()
  const hostClock = watchClock(deps, steady)
  const storage = createStorageHealth({ now: () => clock.now(), steady, probe: probe(db) })
  const report = createFaultReport(deps, storage, steady)
  const rawStorage = () => {
    const view = deps.watermarks.view()
    return view === null ? null : { ...view, ...view.disk }
  }
  const checks = createHealthChecks({ ...deps, storage, rawStorage })
  const timer = setInterval(() => void storage.check().then(report.update), CHECK_MS)
  timer.unref()
  return {
    storage,
    checks,
    trackStorage: track(storage, report),
    readiness: () => {
      const fault = storage.fault()
      return fault === null ? [] : [`the database cannot be written to: ${fault.fault}`]
    },
    outageStatus: () => outageOf(storage, report),
    routes: [
      route({
        ...endpoint("GET /health"),
        permission: "live:read",
        isFromMemory: true,
        summary: "Checks and problems of the appliance itself",
        handle: async () => ({
          ...checks.view(),
          problems: problemsOf(deps, startedMs, storage, hostClock.shown),
        }),
      }),
    ],
    stop: () => {
      clearInterval(timer)
      hostClock.stop()
    },
  }
}
