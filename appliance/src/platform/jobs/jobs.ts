/**
 * Work that has to be done even if the appliance stops in the middle: queued in Postgres, run here,
 * tried again after a failure or a crash. The queue is pg-boss (docs/decisions/0011).
 *
 *   send ─▶ [jobs.job] ─▶ worker of the job's name ─▶ run ─▶ completed, or tried again later
 *   cron ──┘
 *
 * What detection waits for stays in memory: probes, re-checks and tasks of agents.
 */
import { type JobWithMetadata, PgBoss } from "pg-boss"
import type { Counters } from "../counters.ts"
import type { Log } from "../log.ts"
import type { Db, Tx } from "../postgres/db.ts"
import { NO_TRACING, type Tracing } from "../tracing/tracing.ts"
import type { Job } from "./job.ts"
import { createJobMetrics, type JobMetrics } from "./metrics.ts"
import { asDatabase, openQueueDatabase, transactionOf } from "./queue-database.ts"

export { defineJob, type Job, type JobContext, RETRY, type RetryPolicy } from "./job.ts"

export type SendOptions = {
  /** Of a unique job: what must not be done twice at a time. */
  readonly key?: string
  readonly afterMs?: number
  /** The job is there if this transaction commits. It starts within a poll of that. */
  readonly tx?: Tx
}
export type Jobs = {
  /** Before `start`. */
  readonly add: <P extends object>(job: Job<P>) => void
  /** Makes queues and schedules, then begins to work. */
  readonly start: () => Promise<void>
  /** Running jobs are asked to end, and get `STOP_MS`; what is not done then is run after the next start. */
  readonly stop: () => Promise<void>
  /** False where a unique job of the same key waits or runs already. Throws for a wrong payload. */
  readonly send: <P extends object>(
    job: Job<P>,
    payload: P,
    options?: SendOptions,
  ) => Promise<boolean>
  /** What keeps the queue from working. */
  readonly readiness: () => readonly string[]
  /** Runs that were completed since the start. */
  readonly completed: () => number
}
export type JobsDeps = {
  /** The queue's own pool. */
  readonly db: Db
  readonly counters: Counters
  readonly log: Log
  readonly tracing?: Tracing
  /** Tests shorten them. */
  readonly intervals?: {
    readonly pollS: number
    readonly superviseS: number
    readonly heartbeatS: number
  }
}

/** Of pg-boss's tables; made by migration 0024. */
const SCHEMA = "jobs"
/** What is sent here is taken at once; the poll finds what the clock, a retry or a transaction made due. */
const INTERVALS = { pollS: 15, superviseS: 30, heartbeatS: 30 }
const KEEP_DONE_S = 6 * 3_600
const STOP_MS = 8_000

export const createJobs = ({
  db,
  counters,
  log,
  tracing = NO_TRACING,
  intervals = INTERVALS,
}: JobsDeps): Jobs => {
  const boss = createBoss({ db, log }, intervals)
  const metrics = createJobMetrics({ sql: db.sql, counters, log })
  const jobs = new Map<string, Job>()
  const workers = new Map<string, string>()
  const stopping = new AbortController()
  let isStarted = false
  const wake = (name: string): void => {
    const worker = workers.get(name)
    if (worker !== undefined) boss.notifyWorker(worker)
  }

  const work = async (job: Job): Promise<void> => {
    const options = {
      includeMetadata: true,
      pollingIntervalSeconds: intervals.pollS,
    } as const
    const handle = (one: JobWithMetadata | undefined, tx: Tx | null) =>
      runJob(job, one, { tx, stopping: stopping.signal, metrics, log, tracing }).finally(() =>
        // A worker takes one job a poll; the next one need not wait for it.
        wake(job.name),
      )
    workers.set(
      job.name,
      "run" in job
        ? await boss.work<object, void, typeof options>(job.name, options, ([one]) =>
            handle(one, null),
          )
        : await boss.work(job.name, { ...options, transactional: true }, ([one], own) =>
            handle(one as JobWithMetadata, transactionOf(own)),
          ),
    )
  }
  return {
    add: (job) => {
      if (isStarted || jobs.has(job.name)) throw new Error(`job ${job.name}: too late, or twice`)
      jobs.set(job.name, job as unknown as Job)
    },
    start: async () => {
      await boss.start()
      isStarted = true
      for (const job of jobs.values()) await prepare(boss, job, intervals.heartbeatS)
      for (const { name } of await boss.getSchedules())
        if (jobs.get(name)?.schedule === undefined) await boss.unschedule(name)
      for (const job of jobs.values()) await work(job)
      metrics.start([...jobs.keys()])
    },
    stop: async () => {
      stopping.abort()
      metrics.stop()
      if (isStarted) await boss.stop({ timeout: STOP_MS })
    },
    send: async (job, payload, { key, afterMs = 0, tx } = {}) => {
      const id = await boss.send(job.name, job.payload.parse(payload), {
        ...(key === undefined ? {} : { singletonKey: key }),
        ...(afterMs === 0 ? {} : { startAfter: new Date(Date.now() + afterMs) }),
        ...(tx === undefined ? {} : { db: asDatabase(tx) }),
      })
      if (afterMs === 0 && tx === undefined) wake(job.name)
      return id !== null
    },
    readiness: () => (isStarted ? metrics.readiness() : ["the job queue has not started"]),
    completed: metrics.completed,
  }
}

const createBoss = (
  { db, log }: Pick<JobsDeps, "db" | "log">,
  intervals: NonNullable<JobsDeps["intervals"]>,
): PgBoss => {
  const boss = new PgBoss({
    db: openQueueDatabase(db.sql),
    schema: SCHEMA,
    // Both are the owner's, and done by migrations.
    migrate: false,
    createSchema: false,
    reindex: false,
    superviseIntervalSeconds: intervals.superviseS,
    monitorIntervalSeconds: intervals.superviseS,
    cronMonitorIntervalSeconds: intervals.superviseS,
    cronWorkerIntervalSeconds: Math.ceil(intervals.pollS),
    // Of jobs that wait for others: there are none.
    flowIntervalSeconds: 3_600,
    openTelemetry: { enabled: false },
  })
  boss.on("error", (error) => log.debug({ err: error }, "the job queue failed; tried again"))
  boss.on("warning", ({ message, data }) => log.warn({ data }, `job queue: ${message}`))
  return boss
}

/** The queue with the settings of this build, and its schedule. */
const prepare = async (boss: PgBoss, job: Job, heartbeatSeconds: number): Promise<void> => {
  const settings = {
    retryLimit: job.retry.limit,
    retryDelay: job.retry.delayS,
    retryBackoff: true,
    retryDelayMax: job.retry.maxDelayS,
    expireInSeconds: job.timeoutS,
    deleteAfterSeconds: KEEP_DONE_S,
    heartbeatSeconds,
  }
  const policy = job.isUnique ? "exclusive" : "standard"
  await boss.createQueue(job.name, { policy, ...settings })
  await boss.updateQueue(job.name, settings)
  if (job.schedule !== undefined)
    await boss.schedule(job.name, job.schedule.cron, job.schedule.payload, { tz: "UTC" })
}

type RunDeps = {
  readonly tx: Tx | null
  readonly stopping: AbortSignal
  readonly metrics: JobMetrics
  readonly log: Log
  readonly tracing: Tracing
}
const runJob = async (
  job: Job,
  one: JobWithMetadata | undefined,
  { tx, stopping, metrics, log, tracing }: RunDeps,
): Promise<void> => {
  if (one === undefined) return
  const done = metrics.begin(job.name)
  const attempt = one.retryCount + 1
  const context = { signal: AbortSignal.any([one.signal, stopping]), attempt }
  try {
    await tracing.run(`job ${job.name}`, async (span) => {
      span.set({ "ispvm.attempt": attempt })
      const payload = job.payload.parse(one.data)
      if ("run" in job) await job.run(payload, context)
      else if (tx !== null) await job.runInTransaction(payload, tx, context)
    })
    done("completed")
  } catch (error) {
    const isLast = one.retryCount >= one.retryLimit
    done(isLast ? "failed" : "retried")
    const what = isLast ? "a job failed for the last time" : "a job failed and is tried again"
    log.error({ err: error, job: job.name, attempt }, what)
    throw error
  }
}
