/** Notifications: where they are planned and sent, and what is measured of them. */
import type { Config } from "../config.ts"
import { createNotify, type Notify } from "../flow/notify/notify.ts"
import type { HostClock } from "../platform/clock.ts"
import type { Counters } from "../platform/counters.ts"
import type { Log } from "../platform/log.ts"
import type { Dbs } from "../platform/postgres/db.ts"
import { listOrgs } from "../registry/orgs/orgs.ts"
import { loadMasterKey } from "../registry/secrets/secrets.ts"
import type { Latencies } from "./health-checks.ts"

type Deps = {
  readonly config: Config
  readonly dbs: Dbs
  readonly clock: HostClock
  readonly counters: Counters
  readonly log: Log
  readonly latencies: Pick<Latencies, "dispatch">
}
export type NotifyPart = {
  readonly notify: Notify
  /** The address of the UI, as soon as it is known. */
  readonly setBaseUrl: (url: string) => void
}

const BACKLOG_MS = 10_000

const createMeasures = ({ counters, log, latencies }: Omit<Deps, "config" | "dbs" | "clock">) => {
  const attempts = counters.counter(
    "notification_attempts_total",
    "Attempts to send a notification, by kind of channel and outcome",
    ["channel", "outcome"],
  )
  const failures = counters.counter(
    "notification_faults_total",
    "Faults of planning or sending notifications; they are made up for later",
  )
  const undeliverable = counters.counter(
    "notifications_undeliverable_total",
    "Notifications given up because another release has stored them in a form unknown to this one",
  )
  const dispatch = counters.histogram(
    "notification_dispatch_seconds",
    "From when a notification was due until its receiver had it, of first attempts",
  )
  const pending = counters.gauge("notifications_pending", "Notifications on their way, by state", [
    "state",
  ])
  const oldest = counters.gauge(
    "notification_oldest_seconds",
    "How long the oldest notification on its way has been due, by state",
    ["state"],
  )
  return {
    onAttempt: (channel: string, outcome: string) => attempts.inc({ channel, outcome }),
    onDispatched: (tookMs: number) => {
      dispatch.observe({}, tookMs / 1_000)
      latencies.dispatch.add(tookMs)
    },
    onUndeliverable: (count: number) => {
      undeliverable.inc({}, count)
      log.warn({ count }, "notifications: given up, because this release cannot read them")
    },
    onError: (error: unknown) => {
      failures.inc({})
      log.error({ err: error }, "notifications: a step failed and will be made again")
    },
    setBacklog: (state: string, count: number, oldestMs: number) => {
      pending.set({ state }, count)
      oldest.set({ state }, oldestMs / 1_000)
    },
  }
}

const STATES = ["waiting", "sending", "retrying"]

export const openNotify = (
  { config, dbs, clock, counters, log, latencies }: Deps,
  stack: AsyncDisposableStack,
): NotifyPart => {
  let baseUrl = config.PUBLIC_BASE_URL
  const measures = createMeasures({ counters, log, latencies })
  const orgs = () => listOrgs(dbs.jobs.sql)
  const notify = createNotify({
    jobs: dbs.jobs,
    ui: dbs.ui,
    clock,
    orgs,
    masterKey: loadMasterKey(config.ENCRYPTION_MASTER_KEY, config.dataDir),
    baseUrl: () => baseUrl,
    ...measures,
  })
  const measure = async (): Promise<void> => {
    const rows = await Promise.all((await orgs()).map(({ id }) => notify.backlog(id)))
    for (const state of STATES) {
      const own = rows.flat().filter((row) => row.state === state)
      const count = own.reduce((sum, row) => sum + row.count, 0)
      measures.setBacklog(state, count, Math.max(0, ...own.map(({ oldestMs }) => oldestMs)))
    }
  }
  const timer = setInterval(() => void measure().catch(measures.onError), BACKLOG_MS)
  stack.defer(async () => {
    clearInterval(timer)
    await notify.stop()
  })
  return {
    notify,
    setBaseUrl: (url) => {
      baseUrl ??= url
    },
  }
}
