/**
 * The flow in one screen: the only place where one stage is called after another.
 *
 *   agent ─▶ accept ─▶ ingest (commit) ─▶ ack
 *  router ─▶ push   ─▶    │   (commit) ─▶ answer
 *                         └─▶ [one organisation, in turn]  alerts ─▶ incidents ─▶ confirm ─▶ kept ─▶ live
 *   heartbeat ─▶ heard ───────┘        tick (500 ms) ─┘
 */
import { randomUUID } from "node:crypto"
import type { Ack, Batch, Event, Task } from "@ispvm/agent/wire"
import type { Agent } from "./api/agents.ts"
import type { LiveData } from "./api/live.ts"
import type { Push } from "./api/push.ts"
import { alertsById, createEar } from "./flow/alerts/alerts.ts"
import type { Transition } from "./flow/alerts/book.ts"
import { routes as alertRoutes } from "./flow/alerts/routes.ts"
import { showIncident } from "./flow/incidents/incident.ts"
import { createIncidents, type Incidents, type IncidentsDeps, type OrgIncidents } from "./flow/incidents/incidents.ts"
import { routes as incidentRoutes } from "./flow/incidents/routes.ts"
import type { Standing } from "./flow/incidents/status.ts"
import type { Accepted } from "./flow/ingest/accepted.ts"
import type { Ingest, Sender, Speaker } from "./flow/ingest/ingest.ts"
import { createLive, type Live, type Stats } from "./flow/live/live.ts"
import { type LiveRoutesDeps, routes as liveRoutes } from "./flow/live/routes.ts"
import type { Pushes, PushOutcome, Router } from "./flow/push/push.ts"
import { createTurns, type Lane, openLane, type Turns } from "./lane.ts"
import { type Clock, steadyOf } from "./platform/clock.ts"
import type { Db } from "./platform/db.ts"
import { notFound } from "./platform/errors.ts"
import type { Route } from "./platform/http.ts"
import type { AgentId, OrgId } from "./platform/ids.ts"
import type { Signal } from "./platform/signal.ts"

const TICK_MS = 500
const READINGS_MS = 1_000
/** An agent's row on screen is refreshed at most this often; a change of its state at once. */
const AGENT_MS = 5_000
const PRUNE_MS = 3_600_000
/** Before an agent is called silent it is asked whether we could have heard it at all. */
const DOUBT_MS = 2_000
/** The inventory is read anew at most this often: at an agent's first words it changes with every batch. */
const REWATCH_MS = 1_000
/** Of a backlog only the newest events are told live; lists hold them all. */
const EVENTS_MOST = 200
/** Evaluations of one organisation that may wait; beyond, agents are answered only when theirs has been weighed. */
const WAITING_MOST = 64
/** What a router has told longer ago needs no look any more. */
const CONFIRM_MS = 30_000
/** What a router says of itself is looked at from outside as well. */
const TO_CONFIRM: ReadonlySet<Event["name"]> = new Set(["link-up", "link-down", "peer-up", "peer-down", "watch-up", "watch-down"])

export type PipelineDeps = {
  readonly jobs: Db
  readonly ui: Db
  readonly clock: Clock
  readonly ingest: Pick<Ingest, "accept">
  readonly pushes: Pick<Pushes, "accept">
  /** Whether what agents say reaches us at present; by default whether the database answers, without which the door cannot. */
  readonly canHear?: () => Promise<boolean>
  /** What everything is shown as while nothing can be stored; null while it can. */
  readonly blindness?: () => Standing | null
  readonly orgs: () => Promise<readonly { readonly id: OrgId }[]>
  readonly changes: Signal<{ readonly org: OrgId; readonly what: LiveData<"inventory">["what"]; readonly id: string }>
  readonly heard: Signal<{ readonly org: OrgId; readonly agentId: AgentId; readonly atMs: number }>
  readonly queue: (agent: AgentId, task: Task) => void
  readonly agent: (org: OrgId, id: string) => Promise<Agent>
  readonly audit: IncidentsDeps["audit"]
  readonly allowed: LiveRoutesDeps["allowed"]
  /** Told every second, for our own figures. */
  readonly onFigures?: (figures: Figures) => void
  /** A fault of one stage: counted and logged there, never passed on to the agent. */
  readonly onError: (stage: "alerts" | "incidents" | "live" | "agents", error: unknown) => void
}
/** `waiting`: pieces of work of the busiest organisation; `staleLooks`: readings that came too late to tell of now. */
export type Figures = { readonly live: Stats; readonly waiting: number; readonly staleLooks: number }
export type Pipeline = {
  readonly accept: (agent: Speaker, batch: Batch, sender?: Sender) => Promise<Ack>
  readonly push: (router: Router, push: Push, address: string) => Promise<PushOutcome>
  readonly tick: () => Promise<void>
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  readonly statuses: (org: OrgId) => { device: (id: string) => Standing; link: (id: string) => Standing }
  readonly incidents: Incidents
  readonly live: Live
  readonly routes: readonly Route[]
}

const STARTING: Standing = {
  status: { status: "unknown", reason: "no-data-yet", sentence: "The appliance has only just started.", sinceMs: null },
  incidentId: null,
}

export const createPipeline = (deps: PipelineDeps): Pipeline => {
  const { clock, ingest, jobs, onError } = deps
  const live = createLive({ clock })
  const hears = deps.canHear ?? createEar(jobs)
  const lanes = new Map<OrgId, Lane>()
  const turns = new Map<OrgId, Turns>()
  const agentsToldAtMs = new Map<string, number>()
  const stale = new Set<OrgId>()
  const rewatchedAtMs = new Map<OrgId, number>()
  const timers: NodeJS.Timeout[] = []
  const listening: (() => void)[] = []
  const steady = steadyOf(clock)
  const steppedBy = (): number => clock.steppedMs?.() ?? 0
  const blindness = deps.blindness ?? (() => null)
  let wasBlind = false
  let stopped = false

  const turnsOf = (org: OrgId): Turns => {
    const known = turns.get(org) ?? createTurns()
    turns.set(org, known)
    return known
  }
  /**
   * Its state, loaded. All of its times are by our clock: where that has been set meanwhile, what is owed is written and the state is
   * loaded anew, as after a restart. So no duration begins before a step and ends after it.
   */
  const laneOf = async (org: OrgId): Promise<Lane> => {
    const was = lanes.get(org)
    const nowMs = clock.now()
    const steppedMs = steppedBy()
    if (was?.steppedMs === steppedMs) return was
    if (was !== undefined) await flushAll(was)
    const lane = await openLane(jobs, org, { nowMs, steppedMs, blindness, onError: (error) => onError("alerts", error) })
    lanes.set(org, lane)
    if (was !== undefined) tellStandings(lane)
    return lane
  }
  /** In this organisation's own order, with its state loaded. */
  const inTurn = <T>(org: OrgId, work: (lane: Lane) => Promise<T>): Promise<T> =>
    turnsOf(org).run(async () => {
      const lane = await laneOf(org)
      if (stale.has(org) && steady.now() - (rewatchedAtMs.get(org) ?? 0) >= REWATCH_MS) {
        stale.delete(org)
        rewatchedAtMs.set(org, steady.now())
        await rewatch(lane)
      }
      return await work(lane)
    })
  const guard = async (stage: Parameters<typeof onError>[0], work: () => Promise<unknown>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      onError(stage, error)
    }
  }

  /** Transitions in, everything that follows from them out. */
  const weigh = async (lane: Lane, steps: readonly Transition[]): Promise<void> => {
    const { org, alerts, incidents } = lane
    if (steps.length === 0 && !incidents.busy() && !alerts.troubled()) return
    alerts.keep(steps)
    const outcome = incidents.review(alerts.watched(), alerts, clock.now())
    incidents.keep(outcome)
    confirm(lane, outcome.confirm, "a neighbour tells of trouble")
    // Symptoms refer to alerts, so alerts are kept first. What cannot be kept now is owed, and shown all the same.
    if (steps.length > 0 || outcome.changed.length > 0) await guard("alerts", alerts.flush)
    await guard("incidents", incidents.flush)
    if (steps.length > 0 || outcome.changed.length > 0) tellStandings(lane)
    for (const incident of outcome.changed) live.publish(org, "incident", showIncident(incident))
  }
  /** Somebody has to look at these at once. */
  const confirm = (lane: Lane, devices: readonly string[], because: string): void => {
    const { devices: watched } = lane.alerts.watched()
    const due = devices.flatMap((id) => watched.get(id) ?? [])
    for (const [agent, list] of Map.groupBy(due, (device) => device.agentId)) {
      if (agent === null) continue
      const ids = list.map((device) => device.id)
      deps.queue(agent, { kind: "confirm", id: randomUUID(), devices: ids, because })
    }
  }
  /** A router's own word starts a look at it, and at the far end of the link that it names. */
  const confirmPushed = (lane: Lane, { events, receivedAtMs }: Accepted): void => {
    const { linksAt } = lane.alerts.watched()
    const news = events.filter(({ name, atMs }) => TO_CONFIRM.has(name) && receivedAtMs - atMs <= CONFIRM_MS)
    const due = news.flatMap(({ device, interface: port }) => {
      const ends = (linksAt.get(device) ?? []).flatMap(({ a, b }) => [[a, b] as const, [b, a] as const])
      const far = ends.filter(([near]) => near.deviceId === device && port !== null && near.interface === port)
      return [device, ...far.map(([, { deviceId }]) => deviceId)]
    })
    if (due.length > 0) confirm(lane, [...new Set(due)], "a router tells of itself")
  }
  const tellStandings = (lane: Lane): void => {
    const { device, link } = lane.news()
    for (const one of device) live.publish(lane.org, "device", one)
    for (const one of link) live.publish(lane.org, "link", one)
  }
  const tellEvents = ({ org, alerts }: Lane, accepted: Accepted): void => {
    for (const { id, atMs, device, name, source, severity, interface: port, message } of accepted.events.slice(-EVENTS_MOST)) {
      const deviceName = alerts.watched().devices.get(device)?.name ?? "(removed)"
      const receivedAtMs = Math.round(accepted.receivedAtMs)
      const row = { id, atMs, receivedAtMs, deviceId: device, deviceName, name, source, severity, interface: port, message }
      live.publish(org, "event", row)
    }
  }
  /** `steppedMs`: the clock's steps when it came; by what was added since its times are moved along. */
  const evaluate = (came: Accepted, steppedMs: number): Promise<void> =>
    guard("alerts", () =>
      inTurn(came.org, async (lane) => {
        const byMs = lane.steppedMs - steppedMs
        const accepted = byMs === 0 ? came : { ...came, receivedAtMs: came.receivedAtMs + byMs, skewMs: came.skewMs - byMs }
        const { mark = null } = accepted
        if (mark !== null && lane.isReplayed(mark)) return
        const steps = lane.alerts.observe(accepted, clock.now())
        if (mark !== null) lane.alerts.evaluated(mark)
        const isSourceNews = lane.takeSources(accepted)
        await weigh(lane, steps)
        if (isSourceNews) tellStandings(lane)
        tellEvents(lane, accepted)
        if (accepted.router !== null) confirmPushed(lane, accepted)
        lane.gathered.take(accepted, (device) => lane.alerts.loss(device))
      }),
    )

  const rewatch = async (lane: Lane): Promise<void> => {
    const steps = await lane.alerts.reload(clock.now())
    await lane.reloadPorts()
    await weigh(lane, steps)
    tellStandings(lane)
  }
  const tellAgent = (org: OrgId, id: string): void => {
    agentsToldAtMs.set(id, steady.now())
    if (!live.watching(org)) return
    // One that was just removed cannot be shown: the `inventory` message has told of it.
    void guard("agents", async () => {
      const shown = await deps.agent(org, id).catch((error: unknown) => {
        if (error instanceof Error && "status" in error && error.status === 404) return null
        throw error
      })
      if (shown !== null) live.publish(org, "agent", shown)
    })
  }
  const tellReadings = (): void => {
    for (const [org, lane] of lanes) {
      const readings = lane.gathered.drain()
      if (readings === null) continue
      const { devices, interfaces } = readings
      live.publish(org, "readings", { devices, interfaces: interfaces.filter(({ id }) => lane.isLinkPort(id)) })
      for (const [device, ports] of Map.groupBy(interfaces, ({ deviceId }) => deviceId))
        if (live.wantsPorts(org, device)) live.publishPorts(org, device, ports)
    }
  }
  const tick = async (): Promise<void> => {
    const isBlind = blindness() !== null
    if (isBlind !== wasBlind) for (const lane of lanes.values()) tellStandings(lane)
    wasBlind = isBlind
    const doubted = [...lanes.values()].filter(({ alerts }) => alerts.quietForMs(clock.now()) > DOUBT_MS)
    if (doubted.length > 0 && !(await hears())) {
      for (const { alerts } of doubted) alerts.couldNotHear(clock.now())
    }
    await Promise.all(
      [...lanes.keys()].map(async (org) => {
        if (turnsOf(org).waiting() > 2) return
        await guard("alerts", () =>
          inTurn(org, async (lane) => {
            await weigh(lane, lane.alerts.tick(clock.now()))
            // Marks of batches that changed nothing are cleared together.
            await lane.alerts.flush()
          }),
        )
      }),
    )
  }
  const figures = (): Figures => ({
    live: live.stats(),
    waiting: Math.max(0, ...[...turns.values()].map((one) => one.waiting())),
    staleLooks: [...lanes.values()].reduce((sum, { alerts }) => sum + alerts.stale(), 0),
  })
  const every = (ms: number, work: () => void): void => {
    const timer = setInterval(work, ms)
    timers.push(timer)
  }

  const incidents = createIncidents({
    db: deps.ui,
    now: clock.now,
    inTurn: <T>(org: OrgId, work: (own: OrgIncidents) => Promise<T>) =>
      inTurn(org, async (lane) => {
        await lane.alerts.flush()
        return await work(lane.incidents)
      }),
    onChanged: (org, incident) => live.publish(org, "incident", incident),
    audit: deps.audit,
    alertsById,
    deviceName: (org, device) => lanes.get(org)?.alerts.watched().devices.get(device)?.name ?? null,
  })

  return {
    accept: async (agent, batch, sender) => {
      const steppedMs = steppedBy()
      const { ack, accepted } = await ingest.accept(agent, batch, sender)
      if (accepted === null || stopped) return ack
      const weighed = evaluate(accepted, steppedMs)
      if (turnsOf(agent.org).waiting() > WAITING_MOST) await weighed
      return ack
    },
    push: async (router, push, address) => {
      const steppedMs = steppedBy()
      const outcome = await deps.pushes.accept(router, push, address)
      if (!outcome.ok || stopped) return outcome
      const weighed = evaluate(outcome.accepted, steppedMs)
      if (turnsOf(router.org).waiting() > WAITING_MOST) await weighed
      return outcome
    },
    tick,
    start: async () => {
      listening.push(
        deps.changes.on(({ org, what, id }) => {
          live.publish(org, "inventory", { what, id })
          if (what !== "credential" && what !== "region") stale.add(org)
          if (what === "agent") tellAgent(org, id)
        }),
        deps.heard.on(({ org, agentId }) => {
          void guard("agents", () => inTurn(org, (lane) => weigh(lane, lane.alerts.heard(agentId, clock.now()))))
          if (steady.now() - (agentsToldAtMs.get(agentId) ?? 0) >= AGENT_MS) tellAgent(org, agentId)
        }),
      )
      for (const { id } of await deps.orgs()) await inTurn(id, async () => undefined)
      every(TICK_MS, () => void tick())
      every(READINGS_MS, tellReadings)
      every(READINGS_MS, () => deps.onFigures?.(figures()))
      every(PRUNE_MS, () => {
        for (const lane of lanes.values()) void guard("alerts", () => lane.alerts.prune(clock.now()))
      })
    },
    stop: async () => {
      stopped = true
      for (const timer of timers.splice(0)) clearInterval(timer)
      for (const off of listening.splice(0)) off()
      live.stop()
      await Promise.all([...lanes.keys()].map((org) => guard("incidents", () => inTurn(org, flushAll))))
    },
    statuses: (org) => {
      const lane = lanes.get(org)
      return lane === undefined ? { device: () => STARTING, link: () => STARTING } : { device: lane.device, link: lane.link }
    },
    incidents,
    live,
    routes: [
      ...incidentRoutes(incidents),
      ...alertRoutes({
        alerts: (org) => {
          const lane = lanes.get(org)
          if (lane === undefined) throw notFound("organisation", org)
          return { watched: lane.alerts.watched(), all: [...lane.alerts.all()] }
        },
        incidentOf: (org, alert) => lanes.get(org)?.incidents.holding(alert.id)?.id ?? null,
      }),
      ...liveRoutes({ live, allowed: deps.allowed }),
    ],
  }
}

/** What is still owed, at the end. */
const flushAll = async (lane: Lane): Promise<void> => {
  await lane.alerts.flush()
  await lane.incidents.flush()
}
