/** Figures of the queue for /metrics, and whether it can be read at all. */
import type { Counters } from "../counters.ts"
import type { Log } from "../log.ts"
import type { Sql } from "../postgres/db.ts"

export type JobOutcome = "completed" | "retried" | "failed"
export type JobMetrics = {
  readonly start: (names: readonly string[]) => void
  readonly stop: () => void
  /** Counts a run; what it returns ends it. */
  readonly begin: (job: string) => (outcome: JobOutcome) => void
  readonly readiness: () => readonly string[]
  /** Runs that were completed since the start. */
  readonly completed: () => number
}

const COUNT_MS = 30_000
/** Longer than a restart of the database takes. */
const FAILING_MS = 60_000
const WAITING = ["created", "retry", "failed"] as const

type Deps = { readonly sql: Sql; readonly counters: Counters; readonly log: Log }

export const createJobMetrics = ({ sql, counters, log }: Deps): JobMetrics => {
  const finished = counters.counter("jobs_total", "Runs of durable jobs, by job and outcome", [
    "job",
    "outcome",
  ])
  const running = counters.gauge("jobs_running", "Durable jobs that run now", ["job"])
  const stored = counters.gauge(
    "jobs_stored",
    "Durable jobs by state: created waits for its turn, retry for its next try, failed is given up",
    ["job", "state"],
  )
  const seconds = counters.histogram("job_seconds", "Time of one run of a durable job", ["job"])
  let timer: NodeJS.Timeout | undefined
  let failingSinceMs: number | null = null
  let completed = 0

  const count = async (names: readonly string[]): Promise<void> => {
    try {
      const rows = await sql<{ name: string; state: string; count: number }[]>`
        select name, state::text, count(*)::int as count from jobs.job
        where name = any(${names}::text[]) and state::text = any(${WAITING}::text[]) group by 1, 2`
      for (const job of names)
        for (const state of WAITING)
          stored.set(
            { job, state },
            rows.find((row) => row.name === job && row.state === state)?.count ?? 0,
          )
      failingSinceMs = null
    } catch (error) {
      failingSinceMs ??= performance.now()
      log.debug({ err: error }, "the job queue could not be read")
    }
  }
  return {
    start: (names) => {
      void count(names)
      timer = setInterval(() => void count(names), COUNT_MS).unref()
    },
    stop: () => clearInterval(timer),
    begin: (job) => {
      const startedMs = performance.now()
      running.inc({ job })
      return (outcome) => {
        running.dec({ job })
        seconds.observe({ job }, (performance.now() - startedMs) / 1_000)
        finished.inc({ job, outcome })
        if (outcome === "completed") completed += 1
      }
    },
    readiness: () =>
      failingSinceMs !== null && performance.now() - failingSinceMs > FAILING_MS
        ? ["the job queue cannot be read"]
        : [],
    completed: () => completed,
  }
}
