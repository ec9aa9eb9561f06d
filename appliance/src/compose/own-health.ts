/** The appliance's own problems: noticed, logged, counted, in readiness, and shown on every screen. */
import type { Health } from "../api/health.ts"
import type { EntityStatus } from "../flow/incidents/model.ts"
import type { HostClock } from "../platform/clock.ts"
import type { Counters } from "../platform/counters.ts"
import { endpoint, type Route, route } from "../platform/http/http.ts"
import type { Log } from "../platform/log.ts"
import type { Db } from "../platform/postgres/db.ts"
import { clockSentence, createClockNotice } from "./clock-notice.ts"
import { createStorageHealth, type StorageHealth, storageSentence } from "./storage-health.ts"

export type OwnHealth = {
  readonly storage: StorageHealth
  /** Runs what stores something, and takes note of how it ended. */
  readonly trackStorage: <T>(work: () => Promise<T>) => Promise<T>
  /** What keeps it from serving, beside what `others` says. */
  readonly readiness: () => readonly string[]
  /** What every device and link is shown as while nothing is known; null while all is. */
  readonly outageStatus: () => EntityStatus | null
  readonly routes: readonly Route[]
  readonly stop: () => void
}

const CHECK_MS = 5_000
/** A hiccup that is over at the next try changes no status. */
const OUTAGE_AFTER_MS = 5_000

type Deps = {
  readonly db: Db
  readonly clock: HostClock
  readonly counters: Counters
  readonly log: Log
}

export const createOwnHealth = ({ db, clock, counters, log }: Deps): OwnHealth => {
  const steady = () => clock.steady.now()
  const steps = counters.counter(
    "clock_steps_total",
    "Times the host's clock was set, by direction",
    ["direction"],
  )
  const failing = counters.gauge("storage_failing", "1 while nothing can be stored")
  const notice = createClockNotice(steady)
  const storage = createStorageHealth({
    now: () => clock.now(),
    steady,
    // A record in the write-ahead log: the commit waits until it is on disk.
    probe: () =>
      db.sql.begin(async (tx) => {
        const [row] = await tx<{ isReadOnly: boolean }[]>`
          select current_setting('transaction_read_only')::bool as "isReadOnly", pg_logical_emit_message(true, 'ispvm', 'probe')`
        if (row?.isReadOnly !== false)
          throw Object.assign(new Error("the database is read-only"), { code: "25006" })
      }),
  })
  let faultSinceMs: number | null = null
  /** Told once when it begins and once when it ends. */
  const report = (): void => {
    const fault = storage.fault()
    failing.set(fault === null ? 0 : 1)
    if (fault !== null && faultSinceMs === null) {
      faultSinceMs = steady()
      log.error({ reason: fault.fault }, storageSentence(fault.fault))
    }
    if (fault === null && faultSinceMs !== null) {
      log.info(
        { forMs: Math.round(steady() - faultSinceMs) },
        "what agents deliver is stored again",
      )
      faultSinceMs = null
    }
  }
  const stopListening = clock.steps.on((step) => {
    steps.inc({ direction: step.byMs < 0 ? "back" : "forward" })
    notice.note(step)
    log.warn(step, clockSentence(step))
  })
  const timer = setInterval(() => void storage.check().then(report), CHECK_MS)
  timer.unref()

  const problems = (): Health["problems"] => {
    const fault = storage.fault()
    const step = notice.shown()
    return [
      ...(fault === null
        ? []
        : [
            {
              reason: "storage-failing" as const,
              sentence: storageSentence(fault.fault),
              sinceMs: Math.round(fault.sinceMs),
            },
          ]),
      ...(step === null
        ? []
        : [
            {
              reason: "clock-set" as const,
              sentence: clockSentence(step),
              sinceMs: Math.round(step.atMs),
            },
          ]),
    ]
  }
  return {
    storage,
    trackStorage: async (work) => {
      try {
        const done = await work()
        storage.worked()
        report()
        return done
      } catch (error) {
        storage.failed(error)
        report()
        throw error
      }
    },
    readiness: () => {
      const fault = storage.fault()
      return fault === null ? [] : [`the database cannot be written to: ${fault.fault}`]
    },
    outageStatus: () => {
      const fault = storage.fault()
      if (fault === null || faultSinceMs === null || steady() - faultSinceMs < OUTAGE_AFTER_MS)
        return null
      const sentence = "The appliance cannot store what agents measure: nothing is known since."
      return {
        status: {
          status: "unknown",
          reason: "not-stored",
          sentence,
          sinceMs: Math.round(fault.sinceMs),
        },
        incidentId: null,
      }
    },
    routes: [
      route({
        ...endpoint("GET /health"),
        permission: "live:read",
        summary: "What is wrong with the appliance itself",
        handle: async () => ({ problems: problems() }),
      }),
    ],
    stop: () => {
      clearInterval(timer)
      stopListening()
    },
  }
}
