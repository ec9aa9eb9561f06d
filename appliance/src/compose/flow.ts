/** The flow: storage of what agents and routers send, and its evaluation. */
import type { Context } from "koa"
import { followRenames } from "../flow/alerts/alerts.ts"
import { createEvents, type Events } from "../flow/events/events.ts"
import { createSolvers } from "../flow/incidents/incidents.ts"
import { createIngest, type Ingest } from "../flow/ingest/ingest.ts"
import { createPipeline, type Pipeline, type PipelineDeps } from "../flow/pipeline.ts"
import { createPushes, type Pushes } from "../flow/push/push.ts"
import { createTableRows, type TableRows } from "../flow/rows/rows.ts"
import {
  createLatestMemory,
  createSeries,
  type LatestMemory,
  type Series,
  type Watermarks,
} from "../flow/series/series.ts"
import type { HostClock } from "../platform/clock.ts"
import type { Counters } from "../platform/counters.ts"
import type { Actor } from "../platform/http/http.ts"
import type { Log } from "../platform/log.ts"
import type { Dbs } from "../platform/postgres/db.ts"
import type { Tracing } from "../platform/tracing/tracing.ts"
import { write } from "../registry/audit/audit.ts"
import { listOrgs } from "../registry/orgs/orgs.ts"
import type { HealthChecks } from "./health-checks.ts"
import type { Registry } from "./registry.ts"

type Deps = {
  readonly dbs: Dbs
  readonly clock: HostClock
  readonly counters: Counters
  readonly log: Log
  readonly tracing: Tracing
  readonly registry: Registry
  readonly watermarks: Watermarks
  readonly authenticateRequest: (ctx: Context) => Promise<Actor | null>
  readonly checks: Pick<HealthChecks, "latencies" | "rates" | "noteWaiting">
  readonly onError: (error: unknown) => void
} & Required<Pick<PipelineDeps, "canReceive" | "outageStatus" | "afterSave">>
type Storage = {
  readonly events: Events
  readonly series: Series
  readonly latest: LatestMemory
  readonly ingest: Ingest
  readonly pushes: Pushes
  readonly rows: TableRows
}
export type Flow = Storage & { readonly pipeline: Pipeline }

/** Agents of earlier releases stamp by their own clocks, which may be ahead by this much. */
const CLOCK_TOLERANCE_MS = 5 * 60_000

const ingestCounters = ({ counters, checks: { latencies } }: Deps) => {
  const items = counters.counter("ingest_items_total", "Items taken from agents, by outcome", [
    "outcome",
  ])
  const batches = counters.histogram("ingest_batch_seconds", "Time to store a batch, by outcome", [
    "outcome",
  ])
  return {
    items: (outcome: string, count: number) => items.inc({ outcome }, count),
    batch: (outcome: string, seconds: number) => {
      batches.observe({ outcome }, seconds)
      latencies.ingest.add(seconds * 1_000)
    },
  }
}

const createStorage = (deps: Deps): Storage => {
  const { dbs, clock, counters, registry } = deps
  const events = createEvents({ db: dbs.jobs, clock })
  const rows = createTableRows({ db: dbs.ui, jobs: dbs.jobs, clock })
  const ingested = ingestCounters(deps)
  const series = createSeries({
    jobs: dbs.jobs,
    clock,
    pollIntervals: registry.agents.collectors.pollIntervals,
    onTooManyNames: (samples) => ingested.items("too-many-names", samples),
    watermarks: deps.watermarks,
    onNotStored: (samples) => ingested.items("not-stored", samples),
  })
  const ingest = createIngest({
    db: dbs.ingest,
    clock,
    changes: registry.inventory.changes,
    writers: [series.write, events.write, rows.write, followRenames],
    notice: rows.notice,
    counters: ingested,
    onStored: registry.agents.noteSent,
  })
  const pushed = counters.counter("push_items_total", "Items pushed by routers, by outcome", [
    "outcome",
  ])
  const pushes = createPushes({
    db: dbs.ingest,
    clock,
    store: ingest.push,
    changes: registry.inventory.changes,
    count: (outcome, count) => pushed.inc({ outcome }, count),
  })
  const latest = createLatestMemory({
    clock,
    pollIntervals: registry.agents.collectors.pollIntervals,
  })
  return { events, series, latest, ingest, pushes, rows }
}

/** After the clock was set back, last values would be in the future. */
const clampFutureTimes = (
  { clock, onError }: Deps,
  { series, latest }: Pick<Storage, "series" | "latest">,
  stack: AsyncDisposableStack,
): void => {
  const clamp = (marginMs: number) =>
    void series.clampFutureTimes(marginMs).catch(onError).finally(latest.reset)
  clamp(CLOCK_TOLERANCE_MS)
  stack.defer(clock.steps.on(({ byMs }) => (byMs < 0 ? clamp(0) : undefined)))
}

const pipelineMetrics = ({
  counters,
  log,
  checks,
}: Deps): Pick<PipelineDeps, "onStats" | "onError" | "onDetected" | "onEvaluated"> => {
  const streams = counters.gauge(
    "live_streams",
    "Open live streams, and those opened, dropped and refused so far",
    ["what"],
  )
  const waiting = counters.gauge(
    "pipeline_waiting",
    "Pieces of work waiting in the busiest organisation",
  )
  const staleReadings = counters.gauge(
    "alerts_stale_readings",
    "Readings that came too late to be evaluated",
  )
  const rules = counters.gauge("alert_rules", "Active alert rules, and their alerts in memory", [
    "what",
  ])
  const evaluations = counters.gauge(
    "alert_rule_evaluations",
    "Evaluations of alert rules on samples since the start, the seconds they took, and late samples",
    ["what"],
  )
  const lag = counters.histogram(
    "alert_evaluation_lag_seconds",
    "Time from the storage of a batch until its alerts and rules were evaluated",
    [],
  )
  let alertSteps = 0
  const steps = counters.counter("alert_steps_total", "Steps of alerts that samples led to", [])
  const failures = counters.counter("pipeline_failures_total", "Faults of a stage, by stage", [
    "stage",
  ])
  return {
    onStats: (stats) => {
      for (const [what, count] of Object.entries(stats.live)) streams.set({ what }, count)
      waiting.set(stats.waiting)
      checks.noteWaiting(stats.waiting)
      staleReadings.set(stats.staleReadings)
      rules.set({ what: "rules" }, stats.rules.rules)
      rules.set({ what: "alerts" }, stats.rules.alerts)
      evaluations.set({ what: "evaluations" }, stats.rules.evaluations)
      evaluations.set({ what: "seconds" }, stats.rules.evaluatedMs / 1_000)
      evaluations.set({ what: "late" }, stats.rules.late)
      checks.rates.rules.note(stats.rules.evaluations)
      checks.rates.alerts.note(alertSteps)
    },
    onEvaluated: (tookMs, count) => {
      lag.observe({}, tookMs / 1_000)
      checks.latencies.evaluation.add(tookMs)
      steps.inc({}, count)
      alertSteps += count
    },
    onDetected: checks.latencies.detection.add,
    onError: (stage, error) => {
      failures.inc({ stage })
      log.error({ err: error, stage }, "a stage of the pipeline failed")
    },
  }
}

const openSolvers = ({ counters, log }: Deps) => {
  const ended = counters.counter(
    "solver_threads_ended_total",
    "Threads that look for causes and have ended by themselves; each is started again",
    ["kind"],
  )
  const seconds = counters.histogram(
    "solver_seconds",
    "How long a thread looked for causes in a large network",
    ["kind"],
  )
  return createSolvers(
    (error) => log.error({ err: error }, "causes could not be looked for on a thread"),
    (kind) => ({
      onEnded: () => ended.inc({ kind }),
      onSolved: (tookMs) => seconds.observe({ kind }, tookMs / 1_000),
    }),
  )
}

/** Which agent and which method read a device is an event of the device. */
const noteReading = (
  { registry: { agents }, onError }: Deps,
  events: Events,
  stack: AsyncDisposableStack,
): void => {
  stack.defer(
    agents.leases.changes.on(({ org, device, from, to, reason, atMs }) => {
      if (to === null) return
      const attributes = { to, reason, ...(from === null ? {} : { from }) }
      events
        .note(org, { device, name: "agent-changed", atMs, message: reason, attributes })
        .catch(onError)
    }),
  )
  stack.defer(
    agents.capabilities.changes.on(({ org, device, from, to, reason, atMs }) => {
      const message = `${to}: ${reason}`
      const attributes = { from, to, reason }
      events.note(org, { device, name: "method-changed", atMs, message, attributes }).catch(onError)
    }),
  )
}

export const startFlow = async (deps: Deps, stack: AsyncDisposableStack): Promise<Flow> => {
  const { dbs, clock, registry, authenticateRequest } = deps
  const storage = createStorage(deps)
  const { events, latest, ingest, pushes } = storage
  clampFutureTimes(deps, storage, stack)
  stack.defer(registry.inventory.changes.on(({ org }) => latest.markStale(org)))
  stack.defer(registry.agents.leases.changes.on(({ org }) => latest.markStale(org)))
  const solvers = openSolvers(deps)
  noteReading(deps, events, stack)
  const pipeline = createPipeline({
    jobs: dbs.jobs,
    ui: dbs.ui,
    clock,
    ingest,
    pushes,
    orgs: () => listOrgs(dbs.jobs.sql),
    changes: registry.inventory.changes,
    seen: registry.agents.seen,
    pollIntervals: registry.agents.collectors.pollIntervals,
    leases: registry.agents.leases,
    onStored: (accepted) => {
      latest.add(accepted)
      registry.agents.capabilities.note(accepted)
    },
    queue: registry.agents.queue,
    agent: registry.agents.one,
    audit: write,
    allowed: async (ctx, actor) => (await authenticateRequest(ctx))?.role === actor.role,
    canReceive: deps.canReceive,
    outageStatus: deps.outageStatus,
    afterSave: deps.afterSave,
    solvers,
    tracing: deps.tracing,
    ...pipelineMetrics(deps),
  })
  await pipeline.start()
  stack.defer(async () => {
    await pipeline.stop()
    await solvers.stop()
  })
  return { ...storage, pipeline }
}
