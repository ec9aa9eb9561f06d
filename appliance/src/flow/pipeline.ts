/**
 * The flow in one screen: the only place where one stage is called after another.
 *
 *   agent ─▶ accept ─▶ ingest (commit) ─▶ ack
 *  router ─▶ push   ─▶    │   (commit) ─▶ answer
 *                         └─▶ [one organisation, in turn]  alerts ─▶ incidents ─▶ confirm ─▶ kept ─▶ live
 *   heartbeat ─▶ heard ───────┘        tick (500 ms) ─┘
 */
import { randomUUID } from "node:crypto"
import type { Ack, Batch, Event, Task } from "@ispvm/wire"
import type { Push } from "@ispvm/wire/push"
import type { Agent } from "../api/agents.ts"
import type { LiveData } from "../api/live.ts"
import { type Clock, steadyOf } from "../platform/clock.ts"
import type { Route } from "../platform/http/http.ts"
import { notFound } from "../platform/http/http-error.ts"
import type { AgentId, OrgId } from "../platform/ids.ts"
import type { Db } from "../platform/postgres/db.ts"
import { createSerialQueues } from "../platform/serial-queue.ts"
import type { Signal } from "../platform/signal.ts"
import { alertsById, createReceiveCheck, type Transition } from "./alerts/alerts.ts"
import { routes as alertRoutes } from "./alerts/routes.ts"
import {
  createIncidents,
  type Incidents,
  type IncidentsDeps,
  type OrgIncidents,
} from "./incidents/incidents.ts"
import { type EntityStatus, showIncident } from "./incidents/model.ts"
import { routes as incidentRoutes } from "./incidents/routes.ts"
import type { AgentIdentity, Ingest, Sender } from "./ingest/ingest.ts"
import type { Accepted } from "./ingest/model.ts"
import { createLive, type Live, type Stats } from "./live/live.ts"
import { type LiveRoutesDeps, routes as liveRoutes } from "./live/routes.ts"
import { type OrgWorker, openOrgWorker } from "./org-worker.ts"
import type { Pushes, PushOutcome, Router } from "./push/push.ts"

const TIMERS_MS = 500
const READINGS_MS = 1_000
/** An agent's row on screen is refreshed at most this often; a change of its state at once. */
const AGENT_MS = 5_000
const PRUNE_MS = 3_600_000
/** Before an agent is called silent it is asked whether we could have heard it at all. */
const RECEPTION_CHECK_MS = 2_000
/** The inventory is read anew at most this often: at an agent's first words it changes with every batch. */
const RELOAD_MS = 1_000
/** Of a backlog only the newest events are told live; lists hold them all. */
const MAX_LIVE_EVENTS = 200
/** Evaluations of one organisation that may wait; beyond, agents are answered only when theirs has been weighed. */
const MAX_WAITING = 64
/** What a router has told longer ago needs no look any more. */
const CONFIRM_MS = 30_000
/** What a router says of itself is looked at from outside as well. */
const TO_CONFIRM: ReadonlySet<Event["name"]> = new Set([
  "link-up",
  "link-down",
  "peer-up",
  "peer-down",
  "watch-up",
  "watch-down",
])

export type PipelineDeps = {
  readonly jobs: Db
  readonly ui: Db
  readonly clock: Clock
  readonly ingest: Pick<Ingest, "accept">
  readonly pushes: Pick<Pushes, "accept">
  /** Whether what agents say reaches us at present; by default whether the database answers, without which the door cannot. */
  readonly canReceive?: () => Promise<boolean>
  /** What everything is shown as while nothing can be stored; null while it can. */
  readonly outageStatus?: () => EntityStatus | null
  readonly orgs: () => Promise<readonly { readonly id: OrgId }[]>
  readonly changes: Signal<{
    readonly org: OrgId
    readonly what: LiveData<"inventory">["what"]
    readonly id: string
  }>
  readonly seen: Signal<{ readonly org: OrgId; readonly agentId: AgentId; readonly atMs: number }>
  readonly queue: (agent: AgentId, task: Task) => void
  readonly agent: (org: OrgId, id: string) => Promise<Agent>
  readonly audit: IncidentsDeps["audit"]
  readonly allowed: LiveRoutesDeps["allowed"]
  /** Told every second, for our own figures. */
  readonly onStats?: (stats: PipelineStats) => void
  /** A fault of one stage: counted and logged there, never passed on to the agent. */
  readonly onError: (stage: "alerts" | "incidents" | "live" | "agents", error: unknown) => void
}
/** `waiting`: pieces of work of the busiest organisation; `staleLooks`: readings that came too late to tell of now. */
export type PipelineStats = {
  readonly live: Stats
  readonly waiting: number
  readonly staleReadings: number
}
export type Pipeline = {
  readonly accept: (agent: AgentIdentity, batch: Batch, sender?: Sender) => Promise<Ack>
  readonly push: (router: Router, push: Push, address: string) => Promise<PushOutcome>
  readonly evaluateTimers: () => Promise<void>
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  readonly statuses: (org: OrgId) => {
    device: (id: string) => EntityStatus
    link: (id: string) => EntityStatus
  }
  readonly incidents: Incidents
  readonly live: Live
  readonly routes: readonly Route[]
}

const STARTING: EntityStatus = {
  status: {
    status: "unknown",
    reason: "no-data-yet",
    sentence: "The appliance has only just started.",
    sinceMs: null,
  },
  incidentId: null,
}

export const createPipeline = (deps: PipelineDeps): Pipeline => {
  const { clock, ingest, jobs, onError } = deps
  const live = createLive({ clock })
  const canReceive = deps.canReceive ?? createReceiveCheck(jobs)
  const workers = new Map<OrgId, OrgWorker>()
  const queues = createSerialQueues<OrgId>()
  const agentPublishedAtMs = new Map<string, number>()
  const stale = new Set<OrgId>()
  const reloadedAtMs = new Map<OrgId, number>()
  const timers: NodeJS.Timeout[] = []
  const listening: (() => void)[] = []
  const steady = steadyOf(clock)
  const steppedBy = (): number => clock.steppedMs?.() ?? 0
  const outageStatus = deps.outageStatus ?? (() => null)
  let wasOutage = false
  let stopped = false

  /**
   * Its state, loaded. All of its times are by our clock: where that has been set meanwhile, what is owed is written and the state is
   * loaded anew, as after a restart. So no duration begins before a step and ends after it.
   */
  const workerOf = async (org: OrgId): Promise<OrgWorker> => {
    const was = workers.get(org)
    const nowMs = clock.now()
    const steppedMs = steppedBy()
    if (was?.steppedMs === steppedMs) return was
    if (was !== undefined) await flushAll(was)
    const worker = await openOrgWorker(jobs, org, {
      nowMs,
      steppedMs,
      outageStatus,
      onError: (error) => onError("alerts", error),
    })
    workers.set(org, worker)
    if (was !== undefined) publishStatuses(worker)
    return worker
  }
  /** In this organisation's own order, with its state loaded. */
  const runSerially = <T>(org: OrgId, work: (worker: OrgWorker) => Promise<T>): Promise<T> =>
    queues.run(org, async () => {
      const worker = await workerOf(org)
      if (stale.has(org) && steady.now() - (reloadedAtMs.get(org) ?? 0) >= RELOAD_MS) {
        stale.delete(org)
        reloadedAtMs.set(org, steady.now())
        await reloadTopology(worker)
      }
      return await work(worker)
    })
  const guard = async (
    stage: Parameters<typeof onError>[0],
    work: () => Promise<unknown>,
  ): Promise<void> => {
    try {
      await work()
    } catch (error) {
      onError(stage, error)
    }
  }

  /** Transitions in, everything that follows from them out. */
  const applyTransitions = async (
    worker: OrgWorker,
    steps: readonly Transition[],
  ): Promise<void> => {
    const { org, alerts, incidents } = worker
    if (steps.length === 0 && !incidents.isBusy() && !alerts.hasProblems()) return
    alerts.enqueue(steps)
    const outcome = incidents.review(alerts.topology(), alerts, clock.now())
    incidents.enqueue(outcome)
    confirm(worker, outcome.confirm, "a neighbour tells of trouble")
    // Symptoms refer to alerts, so alerts are kept first. What cannot be kept now is owed, and shown all the same.
    if (steps.length > 0 || outcome.changed.length > 0) await guard("alerts", alerts.flush)
    await guard("incidents", incidents.flush)
    if (steps.length > 0 || outcome.changed.length > 0) publishStatuses(worker)
    for (const incident of outcome.changed) live.publish(org, "incident", showIncident(incident))
  }
  /** Somebody has to look at these at once. */
  const confirm = (worker: OrgWorker, devices: readonly string[], because: string): void => {
    const { devices: monitored } = worker.alerts.topology()
    const due = devices.flatMap((id) => monitored.get(id) ?? [])
    for (const [agent, list] of Map.groupBy(due, (device) => device.agentId)) {
      if (agent === null) continue
      const ids = list.map((device) => device.id)
      deps.queue(agent, { kind: "confirm", id: randomUUID(), devices: ids, because })
    }
  }
  /** A router's own word starts a look at it, and at the far end of the link that it names. */
  const confirmPushed = (worker: OrgWorker, { events, receivedAtMs }: Accepted): void => {
    const { linksAt } = worker.alerts.topology()
    const news = events.filter(
      ({ name, atMs }) => TO_CONFIRM.has(name) && receivedAtMs - atMs <= CONFIRM_MS,
    )
    const due = news.flatMap(({ device, interface: port }) => {
      const ends = (linksAt.get(device) ?? []).flatMap(({ a, b }) => [
        [a, b] as const,
        [b, a] as const,
      ])
      const remotes = ends.filter(
        ([local]) => local.deviceId === device && port !== null && local.interface === port,
      )
      return [device, ...remotes.map(([, { deviceId }]) => deviceId)]
    })
    if (due.length > 0) confirm(worker, [...new Set(due)], "a router tells of itself")
  }
  const publishStatuses = (worker: OrgWorker): void => {
    const { device, link } = worker.statusChanges()
    for (const one of device) live.publish(worker.org, "device", one)
    for (const one of link) live.publish(worker.org, "link", one)
  }
  const publishEvents = ({ org, alerts }: OrgWorker, accepted: Accepted): void => {
    for (const {
      id,
      atMs,
      device,
      name,
      source,
      severity,
      interface: port,
      message,
    } of accepted.events.slice(-MAX_LIVE_EVENTS)) {
      const deviceName = alerts.topology().devices.get(device)?.name ?? "(removed)"
      const receivedAtMs = Math.round(accepted.receivedAtMs)
      const row = {
        id,
        atMs,
        receivedAtMs,
        deviceId: device,
        deviceName,
        name,
        source,
        severity,
        interface: port,
        message,
      }
      live.publish(org, "event", row)
    }
  }
  /** `steppedMs`: the clock's steps when it came; by what was added since its times are moved along. */
  const evaluate = (came: Accepted, steppedMs: number): Promise<void> =>
    guard("alerts", () =>
      runSerially(came.org, async (worker) => {
        const byMs = worker.steppedMs - steppedMs
        const accepted =
          byMs === 0
            ? came
            : { ...came, receivedAtMs: came.receivedAtMs + byMs, skewMs: came.skewMs - byMs }
        const { mark = null } = accepted
        if (mark !== null && worker.wasReplayed(mark)) return
        const steps = worker.alerts.observe(accepted, clock.now())
        if (mark !== null) worker.alerts.evaluated(mark)
        const isSourceNews = worker.updateSources(accepted)
        await applyTransitions(worker, steps)
        if (isSourceNews) publishStatuses(worker)
        publishEvents(worker, accepted)
        if (accepted.router !== null) confirmPushed(worker, accepted)
        worker.collected.add(accepted, (device) => worker.alerts.loss(device))
      }),
    )

  const reloadTopology = async (worker: OrgWorker): Promise<void> => {
    const steps = await worker.alerts.reload(clock.now())
    await worker.reloadPorts()
    await applyTransitions(worker, steps)
    publishStatuses(worker)
  }
  const publishAgent = (org: OrgId, id: string): void => {
    agentPublishedAtMs.set(id, steady.now())
    if (!live.hasClients(org)) return
    // One that was just removed cannot be shown: the `inventory` message has told of it.
    void guard("agents", async () => {
      const shown = await deps.agent(org, id).catch((error: unknown) => {
        if (error instanceof Error && "status" in error && error.status === 404) return null
        throw error
      })
      if (shown !== null) live.publish(org, "agent", shown)
    })
  }
  const publishReadings = (): void => {
    for (const [org, worker] of workers) {
      const readings = worker.collected.drain()
      if (readings === null) continue
      const { devices, interfaces } = readings
      live.publish(org, "readings", {
        devices,
        interfaces: interfaces.filter(({ id }) => worker.isLinkPort(id)),
      })
      for (const [device, ports] of Map.groupBy(interfaces, ({ deviceId }) => deviceId))
        if (live.hasPortSubscriber(org, device)) live.publishPorts(org, device, ports)
    }
  }
  const evaluateTimers = async (): Promise<void> => {
    const isOutage = outageStatus() !== null
    if (isOutage !== wasOutage) for (const worker of workers.values()) publishStatuses(worker)
    wasOutage = isOutage
    const quietWorkers = [...workers.values()].filter(
      ({ alerts }) => alerts.maxSinceSeenMs(clock.now()) > RECEPTION_CHECK_MS,
    )
    if (quietWorkers.length > 0 && !(await canReceive())) {
      for (const { alerts } of quietWorkers) alerts.resetLastSeen(clock.now())
    }
    await Promise.all(
      [...workers.keys()].map(async (org) => {
        if (queues.waiting(org) > 2) return
        await guard("alerts", () =>
          runSerially(org, async (worker) => {
            await applyTransitions(worker, worker.alerts.evaluateTimers(clock.now()))
            // Marks of batches that changed nothing are cleared together.
            await worker.alerts.flush()
          }),
        )
      }),
    )
  }
  const stats = (): PipelineStats => ({
    live: live.stats(),
    waiting: queues.longest(),
    staleReadings: [...workers.values()].reduce((sum, { alerts }) => sum + alerts.stale(), 0),
  })
  const every = (ms: number, work: () => void): void => {
    const timer = setInterval(work, ms)
    timers.push(timer)
  }

  const incidents = createIncidents({
    db: deps.ui,
    now: clock.now,
    runSerially: <T>(org: OrgId, work: (own: OrgIncidents) => Promise<T>) =>
      runSerially(org, async (worker) => {
        await worker.alerts.flush()
        return await work(worker.incidents)
      }),
    onChanged: (org, incident) => live.publish(org, "incident", incident),
    audit: deps.audit,
    alertsById,
    deviceName: (org, device) =>
      workers.get(org)?.alerts.topology().devices.get(device)?.name ?? null,
  })

  return {
    accept: async (agent, batch, sender) => {
      const steppedMs = steppedBy()
      const { ack, accepted } = await ingest.accept(agent, batch, sender)
      if (accepted === null || stopped) return ack
      const evaluated = evaluate(accepted, steppedMs)
      if (queues.waiting(agent.org) > MAX_WAITING) await evaluated
      return ack
    },
    push: async (router, push, address) => {
      const steppedMs = steppedBy()
      const outcome = await deps.pushes.accept(router, push, address)
      if (!outcome.ok || stopped) return outcome
      const evaluated = evaluate(outcome.accepted, steppedMs)
      if (queues.waiting(router.org) > MAX_WAITING) await evaluated
      return outcome
    },
    evaluateTimers,
    start: async () => {
      listening.push(
        deps.changes.on(({ org, what, id }) => {
          live.publish(org, "inventory", { what, id })
          if (what !== "credential" && what !== "region") stale.add(org)
          if (what === "agent") publishAgent(org, id)
        }),
        deps.seen.on(({ org, agentId }) => {
          void guard("agents", () =>
            runSerially(org, (worker) =>
              applyTransitions(worker, worker.alerts.markAgentSeen(agentId, clock.now())),
            ),
          )
          if (steady.now() - (agentPublishedAtMs.get(agentId) ?? 0) >= AGENT_MS)
            publishAgent(org, agentId)
        }),
      )
      for (const { id } of await deps.orgs()) await runSerially(id, async () => undefined)
      every(TIMERS_MS, () => void evaluateTimers())
      every(READINGS_MS, publishReadings)
      every(READINGS_MS, () => deps.onStats?.(stats()))
      every(PRUNE_MS, () => {
        for (const worker of workers.values())
          void guard("alerts", () => worker.alerts.prune(clock.now()))
      })
    },
    stop: async () => {
      stopped = true
      for (const timer of timers.splice(0)) clearInterval(timer)
      for (const off of listening.splice(0)) off()
      live.stop()
      await Promise.all(
        [...workers.keys()].map((org) => guard("incidents", () => runSerially(org, flushAll))),
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
    routes: [
      ...incidentRoutes(incidents),
      ...alertRoutes({
        alerts: (org) => {
          const worker = workers.get(org)
          if (worker === undefined) throw notFound("organisation", org)
          return { topology: worker.alerts.topology(), all: [...worker.alerts.all()] }
        },
        incidentOf: (org, alert) => workers.get(org)?.incidents.incidentOf(alert.id)?.id ?? null,
      }),
      ...liveRoutes({ live, allowed: deps.allowed }),
    ],
  }
}

/** What is still owed, at the end. */
const flushAll = async (worker: OrgWorker): Promise<void> => {
  await worker.alerts.flush()
  await worker.incidents.flush()
}
