/**
 * The flow on one page: the only place where one stage is called after another.
 *
 *   agent ─▶ accept ─▶ ingest (commit) ─▶ ack
 *  router ─▶ push   ─▶    │   (commit) ─▶ answer
 *                         └─▶ [per organisation, in order]  alerts ─▶ incidents ─▶ re-checks ─▶ stored ─▶ live
 *   heartbeat ─▶ seen ────────┘        timers (500 ms) ─┘
 */
import type { Agent } from "../api/agents.ts"
import { steadyOf } from "../platform/clock.ts"
import type { OrgId } from "../platform/ids.ts"
import { NO_TRACING, type Span } from "../platform/tracing/tracing.ts"
import { createReceiveCheck, type RuleSet, sumOfRules, type Transition } from "./alerts/alerts.ts"
import { detectionTimes, type IncidentOfCheck, NOTHING_AFTER } from "./incidents/incidents.ts"
import { type EntityStatus, showIncident } from "./incidents/model.ts"
import type { Accepted } from "./ingest/model.ts"
import { createLive } from "./live/live.ts"
import { PLANNED_FOR_MS } from "./maintenance/maintenance.ts"
import type { OrgWorker } from "./org-worker.ts"
import { createOrgWorkers, flushAll } from "./org-workers.ts"
import type { Flow, Pipeline, PipelineDeps, PipelineStats } from "./pipeline-model.ts"
import { incidentsOf, routesOf } from "./pipeline-routes.ts"
import { devicesOfReports, requestProbes } from "./probe-requests.ts"
import { createPublisher } from "./publisher.ts"

export type { Pipeline, PipelineDeps, PipelineStats } from "./pipeline-model.ts"

const TIMERS_MS = 500
const READINGS_MS = 1_000
/** An agent's row on screen is updated at most this often, except when its state changes. */
const AGENT_MS = 5_000
/** An agent silent for longer may go offline soon: check that messages can be received at all. */
const RECEPTION_CHECK_MS = 2_000
/** Older probes do not show what an agent reaches. */
const PROBED_MS = 30_000
/** Evaluations of one organisation that may wait before agents wait for theirs. */
const MAX_WAITING = 64

const STARTING: EntityStatus = {
  status: {
    status: "unknown",
    reason: "no-data-yet",
    message: { code: "status.starting", params: {} },
    sinceMs: null,
  },
  incidentId: null,
}

const applyTransitions = async (
  flow: Flow,
  worker: OrgWorker,
  steps: readonly Transition[],
): Promise<void> => {
  if (steps.length === 0 && !worker.incidents.isBusy() && !worker.alerts.hasProblems()) return
  await flow.tracing.run("review incidents", (span) => reviewIncidents(flow, worker, steps, span))
}

/** Reviews incidents after transitions, stores both, and publishes what has changed. */
const reviewIncidents = async (
  { deps, live, publisher, guard }: Flow,
  worker: OrgWorker,
  steps: readonly Transition[],
  span: Span,
): Promise<void> => {
  const { org, alerts, incidents } = worker
  alerts.enqueue(steps)
  const outcome = incidents.review(alerts.topology(), alerts, deps.clock.now())
  span.set({ "ispvm.transitions": steps.length, "ispvm.incidents_changed": outcome.changed.length })
  incidents.enqueue(outcome)
  requestProbes(deps.queue, alerts.topology(), outcome.confirm, "a neighbour reports a problem")
  const isChanged = steps.length > 0 || outcome.changed.length > 0
  // Alerts first, because symptoms refer to them. What cannot be stored now is published anyway.
  if (isChanged) await guard("alerts", alerts.flush)
  await guard("incidents", incidents.flush)
  if (isChanged) publisher.statuses(worker)
  for (const incident of outcome.changed) live.publish(org, "incident", showIncident(incident))
  for (const tookMs of detectionTimes(outcome)) deps.onDetected?.(tookMs)
}

/** If the clock was set since `accepted` was received, its times move along. */
const movedBy = (accepted: Accepted, byMs: number): Accepted =>
  byMs === 0
    ? accepted
    : {
        ...accepted,
        receivedAtMs: accepted.receivedAtMs + byMs,
        skewMs: accepted.skewMs - byMs,
      }

const evaluateAccepted = async (
  flow: Flow,
  worker: OrgWorker,
  accepted: Accepted,
  arrivedMs: number,
): Promise<void> => {
  const { deps, publisher } = flow
  const { alerts, collected } = worker
  const { mark = null } = accepted
  if (mark !== null && worker.wasReplayed(mark)) return
  const steps = alerts.observe(accepted, deps.clock.now())
  deps.onEvaluated?.(flow.steady.now() - arrivedMs, steps.length)
  if (mark !== null) alerts.evaluated(mark)
  const isSourceChanged = worker.updateSources(accepted)
  await applyTransitions(flow, worker, steps)
  if (isSourceChanged) publisher.statuses(worker)
  publisher.events(worker, accepted)
  if (accepted.router !== null) {
    const due = devicesOfReports(alerts.topology(), accepted)
    requestProbes(deps.queue, alerts.topology(), due, "the router reports a change")
  }
  collected.add(accepted, (device) => alerts.loss(device))
}
/** Without probes that do not decide: of agents that do not read the device now. */
const deciding = ({ leases }: PipelineDeps, accepted: Accepted): Accepted => {
  const { org, agent, pings } = accepted
  if (leases === undefined || agent === null || pings.length === 0) return accepted
  // A backlog says nothing about what an agent reaches now.
  const sinceMs = accepted.receivedAtMs + accepted.skewMs - PROBED_MS
  leases.noteProbes({ ...accepted, pings: pings.filter(({ atMs }) => atMs >= sinceMs) })
  const decisive = pings.filter((ping) => leases.decides(org, agent.id, ping))
  return decisive.length === pings.length ? accepted : { ...accepted, pings: decisive }
}
/** `steppedMs`: by how much the clock had been set when `accepted` was received. */
const evaluate = (flow: Flow, accepted: Accepted, steppedMs: number): Promise<void> => {
  const arrivedMs = flow.steady.now()
  return flow.guard("alerts", () =>
    flow.tracing.run("evaluate", (span) => {
      span.set({ "ispvm.waiting": flow.workers.waiting(accepted.org) })
      return flow.workers.runSerially(accepted.org, (worker) =>
        evaluateAccepted(flow, worker, movedBy(accepted, worker.steppedMs - steppedMs), arrivedMs),
      )
    }),
  )
}

const reloadTopology = async (flow: Flow, worker: OrgWorker): Promise<void> => {
  const steps = await worker.alerts.reload(flow.deps.clock.now())
  await worker.reloadPorts()
  await worker.reloadMaintenance(flow.deps.clock.now())
  await applyTransitions(flow, worker, steps)
  flow.publisher.statuses(worker)
}

/** Acknowledgements and snoozes whose time is over. */
const expireDue = async ({ deps, live, guard }: Flow, { org, incidents }: OrgWorker) => {
  const { changed, lines } = incidents.expire(deps.clock.now())
  if (changed.length === 0) return
  incidents.enqueue({ changed, lines, history: [] })
  await guard("incidents", incidents.flush)
  for (const incident of changed) live.publish(org, "incident", showIncident(incident))
}

const evaluateTimers = async (flow: Flow): Promise<void> => {
  const { workers, guard, deps } = flow
  const { clock } = deps
  const isOutage = flow.outageStatus() !== null
  if (isOutage !== flow.wasOutage)
    for (const worker of workers.all()) flow.publisher.statuses(worker)
  flow.wasOutage = isOutage
  const silent = workers
    .all()
    .filter(({ alerts }) => alerts.maxSinceSeenMs(clock.now()) > RECEPTION_CHECK_MS)
  if (silent.length > 0 && !(await flow.canReceive()))
    for (const { alerts } of silent) alerts.resetLastSeen(clock.now())
  await Promise.all(
    workers.all().map(async ({ org }) => {
      if (workers.waiting(org) > 2) return
      await guard("alerts", () =>
        workers.runSerially(org, async (worker) => {
          await guard("alerts", () => worker.alerts.loadSessions(clock.now()))
          await guard("alerts", () => worker.alerts.loadCosts(clock.now()))
          await applyTransitions(flow, worker, worker.alerts.evaluateTimers(clock.now()))
          await expireDue(flow, worker)
          const { alerts, incidents } = worker
          if (incidents.maintenance.update(alerts.topology(), clock.now()))
            flow.publisher.statuses(worker)
          if (clock.now() - worker.maintenanceLoadedAtMs() > PLANNED_FOR_MS) workers.markStale(org)
          await guard("alerts", () => worker.alerts.loadBaselines(clock.now()))
          // Marks of batches that changed nothing are cleared together.
          await worker.alerts.flush()
        }),
      )
    }),
  )
  flow.evaluatedAtMs = flow.steady.now()
}

const reviewChecks = (flow: Flow, org: OrgId, checks: readonly IncidentOfCheck[]): Promise<void> =>
  flow.guard("incidents", () =>
    flow.workers.runSerially(org, async ({ incidents }) => {
      const outcome = incidents.reviewChecks(checks, flow.deps.clock.now())
      incidents.enqueue(outcome)
      for (const incident of outcome.changed)
        flow.live.publish(org, "incident", showIncident(incident))
      await flow.guard("incidents", incidents.flush)
    }),
  )

const statsOf = ({ live, workers }: Flow): PipelineStats => ({
  live: live.stats(),
  waiting: workers.longest(),
  staleReadings: workers.all().reduce((sum, { alerts }) => sum + alerts.stale(), 0),
  rules: sumOfRules(workers.all().flatMap(({ alerts }) => alerts.rules()?.stats() ?? [])),
})

/** Evaluates other rules from now on. */
const applyRules = (flow: Flow, org: OrgId, rules: RuleSet): Promise<void> =>
  flow.workers.runSerially(org, async (worker) => {
    const steps = worker.alerts.swapRules(rules, flow.deps.clock.now())
    await applyTransitions(flow, worker, steps)
  })

/** Starts what runs by itself; the returned functions stop it. */
const startFlow = async (flow: Flow): Promise<(() => void)[]> => {
  const { deps, live, workers, publisher, guard, steady } = flow
  const { clock } = deps
  const stops = [
    deps.changes.on(({ org, what, id }) => {
      live.publish(org, "inventory", { what, id })
      if (what !== "credential") workers.markStale(org)
      if (what === "agent") publisher.agent(org, id)
    }),
    deps.seen.on(({ org, agentId }) => {
      void guard("agents", () =>
        workers.runSerially(org, (worker) =>
          applyTransitions(flow, worker, worker.alerts.markAgentSeen(agentId, clock.now())),
        ),
      )
      if (steady.now() - publisher.agentPublishedAtMs(agentId) >= AGENT_MS)
        publisher.agent(org, agentId)
    }),
  ]
  const every = (ms: number, work: () => void): void => {
    const timer = setInterval(work, ms)
    stops.push(() => clearInterval(timer))
  }
  for (const { id } of await deps.orgs()) await workers.runSerially(id, async () => undefined)
  every(TIMERS_MS, () => void evaluateTimers(flow))
  every(READINGS_MS, () => publisher.readings(workers.all()))
  every(READINGS_MS, () => deps.onStats?.(statsOf(flow)))
  return stops
}

const createFlow = (deps: PipelineDeps): Flow => {
  const { clock, jobs, onError, tracing = NO_TRACING } = deps
  const live = deps.live ?? createLive({ clock })
  const steady = steadyOf(clock)
  const outageStatus = deps.outageStatus ?? (() => null)
  const guard: Flow["guard"] = async (stage, work) => {
    try {
      await work()
    } catch (error) {
      tracing.noteError(error)
      onError(stage, error)
    }
  }
  const loadAgent = (org: OrgId, id: string, publish: (agent: Agent) => void): void =>
    void guard("agents", async () => {
      const agent = await deps.agent(org, id).catch((error: unknown) => {
        if (error instanceof Error && "status" in error && error.status === 404) return null
        throw error
      })
      // The `inventory` message reports an agent that was removed meanwhile.
      if (agent !== null) publish(agent)
    })
  const publisher = createPublisher({ live, clock, steady, loadAgent })
  const workers = createOrgWorkers({
    db: jobs,
    clock,
    pollIntervals: deps.pollIntervals,
    outageStatus,
    afterSave: deps.afterSave ?? NOTHING_AFTER,
    solvers: deps.solvers ?? null,
    onError: (error) => onError("alerts", error),
    onReopened: publisher.statuses,
    reload: (worker) => reloadTopology(flow, worker),
  })
  const flow: Flow = {
    deps,
    live,
    workers,
    publisher,
    canReceive: deps.canReceive ?? createReceiveCheck(jobs),
    outageStatus,
    steady,
    guard,
    tracing,
    wasOutage: false,
    isStopped: false,
    evaluatedAtMs: null,
  }
  return flow
}

export const createPipeline = (deps: PipelineDeps): Pipeline => {
  const flow = createFlow(deps)
  const { workers, live, tracing } = flow
  const incidents = incidentsOf(flow)
  let stops: (() => void)[] = []
  const steppedMs = (): number => deps.clock.steppedMs?.() ?? 0
  /** Evaluation goes on after the answer, unless too much is waiting. */
  const handOver = async (accepted: Accepted, stepped: number): Promise<void> => {
    const evaluated = evaluate(flow, accepted, stepped)
    if (workers.waiting(accepted.org) > MAX_WAITING) await evaluated
  }
  const accept: Pipeline["accept"] = (agent, batch, sender) =>
    tracing.run("agent batch", async (span) => {
      span.set({ "ispvm.agent": agent.id, "ispvm.items": batch.items.length })
      const stepped = steppedMs()
      const store = () => deps.ingest.accept(agent, batch, sender)
      const { ack, accepted } = await tracing.run("store batch", store)
      span.set({ "ispvm.is_repeated": accepted === null })
      if (accepted !== null) deps.onStored?.(accepted)
      if (accepted !== null && !flow.isStopped) await handOver(deciding(deps, accepted), stepped)
      return ack
    })
  const push: Pipeline["push"] = (router, pushed, address) =>
    tracing.run("router push", async (span) => {
      span.set({ "ispvm.device": router.device })
      const stepped = steppedMs()
      const store = () => deps.pushes.accept(router, pushed, address)
      const outcome = await tracing.run("store push", store)
      if (outcome.ok) deps.onStored?.(outcome.accepted)
      if (!outcome.ok) span.set({ "ispvm.rejected": outcome.reason })
      else if (!flow.isStopped) await handOver(outcome.accepted, stepped)
      return outcome
    })
  return {
    accept,
    push,
    evaluateTimers: () => evaluateTimers(flow),
    sinceEvaluatedMs: () =>
      flow.evaluatedAtMs === null ? null : flow.steady.now() - flow.evaluatedAtMs,
    reviewChecks: (org, checks) => reviewChecks(flow, org, checks),
    start: async () => {
      stops = await startFlow(flow)
    },
    stop: async () => {
      flow.isStopped = true
      for (const stop of stops.splice(0)) stop()
      if (deps.live === undefined) live.stop()
      await Promise.all(
        workers
          .all()
          .map(({ org }) => flow.guard("incidents", () => workers.runSerially(org, flushAll))),
      )
    },
    statuses: (org) => {
      const worker = workers.get(org)
      return worker === undefined
        ? { device: () => STARTING, link: () => STARTING }
        : { device: worker.device, link: worker.link }
    },
    incidents,
    live,
    routes: routesOf(flow, incidents, (org, rules) => applyRules(flow, org, rules)),
  }
}
