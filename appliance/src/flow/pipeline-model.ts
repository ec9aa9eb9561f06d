/** What the pipeline is given, what it offers, and what its steps share. */
import type { Ack, Batch, Task } from "@ispvm/wire"
import type { Push } from "@ispvm/wire/push"
import type { Agent } from "../api/agents.ts"
import type { LiveData } from "../api/live.ts"
import type { Clock } from "../platform/clock.ts"
import type { Route } from "../platform/http/http.ts"
import type { AgentId, OrgId } from "../platform/ids.ts"
import type { Db } from "../platform/postgres/db.ts"
import type { Signal } from "../platform/signal.ts"
import type { Tracing } from "../platform/tracing/tracing.ts"
import type { PollIntervals, RuleStats } from "./alerts/alerts.ts"
import type {
  AfterSave,
  IncidentOfCheck,
  Incidents,
  IncidentsDeps,
  Solvers,
} from "./incidents/incidents.ts"
import type { EntityStatus } from "./incidents/model.ts"
import type { AgentIdentity, Ingest, Sender } from "./ingest/ingest.ts"
import type { Accepted } from "./ingest/model.ts"
import type { Live, Stats } from "./live/live.ts"
import type { LiveRoutesDeps } from "./live/routes.ts"
import type { OrgWorkers } from "./org-workers.ts"
import type { Publisher } from "./publisher.ts"
import type { Pushes, PushOutcome, Router } from "./push/push.ts"

export type PipelineDeps = {
  readonly jobs: Db
  readonly ui: Db
  readonly clock: Clock
  readonly ingest: Pick<Ingest, "accept">
  readonly pushes: Pick<Pushes, "accept">
  /** Whether messages can be received now; by default, whether the database answers. */
  readonly canReceive?: () => Promise<boolean>
  /** The status of everything while nothing can be stored; null while it can. */
  readonly outageStatus?: () => EntityStatus | null
  readonly orgs: () => Promise<readonly { readonly id: OrgId }[]>
  readonly changes: Signal<{
    readonly org: OrgId
    readonly what: LiveData<"inventory">["what"]
    readonly id: string
  }>
  readonly seen: Signal<{ readonly org: OrgId; readonly agentId: AgentId; readonly atMs: number }>
  /** Which probes decide, where several agents probe a device; by default all. */
  readonly leases?: {
    readonly noteProbes: (accepted: Accepted) => void
    readonly decides: (org: OrgId, agent: AgentId, probe: Accepted["pings"][number]) => boolean
  }
  /** Called with what was stored of each new batch and push. */
  readonly onStored?: (accepted: Accepted) => void
  /** The longest intervals at which devices are read; the defaults if omitted. */
  readonly pollIntervals?: PollIntervals | undefined
  readonly queue: (agent: AgentId, task: Task) => void
  readonly agent: (org: OrgId, id: string) => Promise<Agent>
  readonly audit: IncidentsDeps["audit"]
  /** What follows from a change of incidents, in its transaction; by default nothing. */
  readonly afterSave?: AfterSave
  /** Where causes in large networks are looked for; by default in the review itself. */
  readonly solvers?: Solvers
  readonly allowed: LiveRoutesDeps["allowed"]
  /** Streams that are another pipeline's too, which stops them; by default, its own. */
  readonly live?: Live
  /** Called every second, for metrics. */
  readonly onStats?: (stats: PipelineStats) => void
  /** For each incident that opens: how long its first symptom had been there, in ms. */
  readonly onDetected?: (tookMs: number) => void
  /** For each batch and push: how long until it was evaluated, in ms, and its steps of alerts. */
  readonly onEvaluated?: (tookMs: number, steps: number) => void
  readonly tracing?: Tracing
  /** An error of one stage: counted and logged there, never passed on to the agent. */
  readonly onError: (stage: Stage, error: unknown) => void
}
export type Stage = "alerts" | "incidents" | "live" | "agents"
/**
 * `waiting`: pieces of work of the busiest organisation; `staleReadings`: readings that came too
 * late to say something about now.
 */
export type PipelineStats = {
  readonly live: Stats
  readonly waiting: number
  readonly staleReadings: number
  readonly rules: RuleStats
}
export type Pipeline = {
  readonly accept: (agent: AgentIdentity, batch: Batch, sender?: Sender) => Promise<Ack>
  readonly push: (router: Router, push: Push, address: string) => Promise<PushOutcome>
  readonly evaluateTimers: () => Promise<void>
  /** Ms since the timers of all organisations were evaluated last; null: never. */
  readonly sinceEvaluatedMs: () => number | null
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  /**
   * Opens and closes incidents of the appliance itself. What cannot be stored now is published,
   * kept, and stored by a later call.
   */
  readonly reviewChecks: (org: OrgId, checks: readonly IncidentOfCheck[]) => Promise<void>
  readonly statuses: (org: OrgId) => {
    device: (id: string) => EntityStatus
    link: (id: string) => EntityStatus
  }
  readonly incidents: Incidents
  readonly live: Live
  readonly routes: readonly Route[]
}

/** What the steps of the flow share. */
export type Flow = {
  readonly deps: PipelineDeps
  readonly live: Live
  readonly workers: OrgWorkers
  readonly publisher: Publisher
  readonly canReceive: () => Promise<boolean>
  readonly outageStatus: () => EntityStatus | null
  readonly steady: Clock
  readonly guard: (stage: Stage, work: () => Promise<unknown>) => Promise<void>
  readonly tracing: Tracing
  wasOutage: boolean
  isStopped: boolean
  /** By the steady clock. */
  evaluatedAtMs: number | null
}
