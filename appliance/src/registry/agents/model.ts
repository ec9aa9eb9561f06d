import type { Authority } from "@ispvm/pki"
import type {
  Ack,
  Assignment,
  CollectorIntervals,
  EnrolRequest,
  Feature,
  Heartbeat,
  OwnPackage,
  PackageOffer,
  PackagePiece,
  RedactionReport,
  Task,
  TaskResult,
  TestResult,
} from "@ispvm/wire"
import type { TestAnswer, TestRequest } from "../../api/access-test.ts"
import type { Agent, AgentInput, TokenAnswer } from "../../api/agents.ts"
import type { DeviceReading } from "../../api/leases.ts"
import type { AgentSent, RedactionInput, RedactionSettings } from "../../api/redaction.ts"
import type { Clock } from "../../platform/clock.ts"
import type { Actor } from "../../platform/http/http.ts"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import type { Dbs } from "../../platform/postgres/db.ts"
import type { Signal } from "../../platform/signal.ts"
import type { InventoryChange, OwnMachine } from "../inventory/inventory.ts"
import type { Secrets } from "../secrets/secrets.ts"
import type { ReadDevice } from "./agent-devices.ts"
import type { AgentPatch } from "./agent-records.ts"
import type { Accepts } from "./assignment-delivery.ts"
import type { Capabilities } from "./capabilities.ts"
import type { CertificateReason, PeerCertificate } from "./certificates.ts"
import type { CollectorSettings } from "./collectors.ts"
import type { Diagnosing } from "./diagnose.ts"
import type { Enrolled, KnownAgent } from "./enrol.ts"
import type { Leases } from "./leases.ts"
import type { Liveness } from "./liveness.ts"
import type { PackageOffers, PackageSource } from "./package-offers.ts"
import type { ProblemTracker } from "./problem-tracker.ts"
import type { Problem } from "./problems.ts"
import type { ReadAnswer, ReadRequest } from "./read.ts"
import type { SentMeter } from "./sent.ts"
import type { Tasks, TestTask } from "./tasks.ts"

export type AgentSeen = { readonly org: OrgId; readonly agentId: AgentId; readonly atMs: number }
export type Identified =
  | { readonly ok: true; readonly agent: KnownAgent }
  | { readonly ok: false; readonly reason: Exclude<CertificateReason, "good"> }

export type AgentsDeps = {
  readonly dbs: Pick<Dbs, "ui" | "ingest" | "jobs">
  readonly clock: Clock
  readonly authority: Authority
  readonly secrets: Pick<Secrets, "open" | "find">
  /** The key of agents' pseudonyms is derived from it. */
  readonly masterKey: Buffer
  /** Where the appliance runs. By default, nothing on that host may be tested. */
  readonly machine?: OwnMachine
  /**
   * Changes of the inventory. They change assignments; changes of agents are announced here too.
   */
  readonly changes: Signal<InventoryChange>
  /**
   * The address of the agent API for agents, given the host name with which the operator reached
   * the UI.
   */
  readonly agentApiUrl: (requestHost: string) => string
  /** Collection intervals in place of the defaults, by collector; none by default. */
  readonly collectorIntervals?: CollectorIntervals
  /** Called once for each problem that is found: for the log and for /metrics. */
  readonly onProblem?: (
    agent: { readonly id: AgentId; readonly name: string },
    problem: Problem,
  ) => void
  /** What agents are to run; by default nothing. */
  readonly packages?: PackageSource
  /** A monotonic clock in ms; by default that of this process. */
  readonly steady?: () => number
  readonly onError: (error: unknown) => void
}

export type Agents = {
  readonly all: (org: OrgId) => Promise<readonly Agent[]>
  readonly one: (org: OrgId, id: string) => Promise<Agent>
  readonly create: (actor: Actor, input: AgentInput) => Promise<{ id: string }>
  readonly change: (actor: Actor, id: string, patch: AgentPatch) => Promise<{ id: string }>
  readonly remove: (actor: Actor, id: string) => Promise<void>
  readonly token: (actor: Actor, id: string, requestHost: string) => Promise<TokenAnswer>
  /** A token whose secret was chosen elsewhere, before the appliance existed. */
  readonly presetToken: (
    actor: Actor,
    id: string,
    token: { readonly secret: string; readonly expiresAtMs: number },
  ) => Promise<void>
  readonly revoke: (actor: Actor, id: string) => Promise<void>
  /** An agent that gave a release up is offered it again. */
  readonly retryUpdate: (actor: Actor, id: string) => Promise<void>
  readonly test: (actor: Actor, request: TestRequest) => Promise<TestAnswer>
  /**
   * Prints menus of a router through an agent. A failure is a result too. The caller writes the
   * audit row.
   */
  readonly read: (org: OrgId, request: ReadRequest) => Promise<ReadAnswer>
  /** Diagnostics through an agent. The caller checks, limits and records them. */
  readonly diagnosing: Diagnosing
  /**
   * The address of the agent's last connection; null before the first one since this process
   * started.
   */
  readonly addressOf: (id: string) => string | null

  /** The switches of the organisation, and what each agent hides. */
  readonly redaction: (org: OrgId) => Promise<RedactionSettings>
  readonly changeRedaction: (actor: Actor, input: RedactionInput) => Promise<RedactionSettings>
  /** What one agent reads and probes, and how. */
  readonly devicesOf: (org: OrgId, id: string) => Promise<readonly ReadDevice[]>
  /** What one agent has sent. Examples may name anybody. */
  readonly sentOf: (org: OrgId, id: string) => Promise<AgentSent>
  readonly noteSent: SentMeter["noteItems"]

  /** How often each collector reads a device. */
  readonly collectors: CollectorSettings
  readonly queue: (agent: AgentId, task: Task) => void
  readonly run: (agent: AgentId, task: TestTask, deadlineMs: number) => Promise<TestResult | null>
  readonly seen: Signal<AgentSeen>
  /** How one device is read now. */
  readonly reading: (org: OrgId, device: string) => Promise<DeviceReading>
  readonly capabilities: Pick<Capabilities, "changes" | "note">
  /** Which agent reads each device that several may read. */
  readonly leases: Pick<Leases, "changes" | "noteProbes" | "decides">
  readonly changes: Signal<InventoryChange>
  /**
   * This agent's connections must be closed: it was revoked, removed or enrolled again elsewhere.
   */
  readonly disconnect: Signal<AgentId>

  /** For the agent API. The certificate is looked up in the database for each request. */
  readonly identify: (shown: PeerCertificate | null) => Promise<Identified>
  readonly enrol: (request: EnrolRequest, address: string) => Promise<Enrolled>
  readonly renew: (agent: KnownAgent, csrPem: string) => Promise<Enrolled>
  /** `boot`: of the sending process; null if its release does not send one. */
  readonly receive: (
    agent: KnownAgent,
    heartbeat: Heartbeat | null,
    address?: string,
    boot?: string | null,
  ) => void
  /** What this agent hides; null: its release does not report it. */
  readonly noteRedaction: (agent: KnownAgent, report: RedactionReport | null) => void
  /** What this agent can do beyond the first release. */
  readonly noteFeatures: (agent: KnownAgent, features: readonly Feature[]) => void
  /**
   * An earlier process with the same identity is alive. This one gets no tasks, and its probes do
   * not decide a status.
   */
  readonly isSecond: (agent: KnownAgent, boot: string | null) => boolean
  /** A batch of this agent was acknowledged. */
  readonly noteAck: (agent: KnownAgent, ack: Ack) => void
  /** A batch has another content than the ledger: the agent's data is a copy or an older state. */
  readonly noteConflict: (agent: KnownAgent) => void
  readonly revision: (agent: KnownAgent) => Promise<string>
  /** `accepts`: fields that this agent knows. */
  readonly assignment: (agent: KnownAgent, accepts?: Partial<Accepts>) => Promise<Assignment>
  readonly takeTasks: (
    agent: KnownAgent,
    waitMs: number,
    signal: AbortSignal,
    boot?: string | null,
  ) => Promise<readonly Task[]>
  readonly complete: (agent: KnownAgent, result: TaskResult) => boolean
  /** `own`: of its package; null: it cannot be updated. The release that it is to install now. */
  readonly offerPackage: (agent: KnownAgent, own: OwnPackage | null) => PackageOffer | null
  /** Null: the release that agents are to run has no such file. */
  readonly packagePiece: (file: string, offset: number) => Promise<PackagePiece | null>

  readonly start: () => void
  readonly stop: () => Promise<void>
}

export type AgentParts = {
  readonly liveness: Liveness
  readonly tasks: Tasks
  readonly problemTracker: ProblemTracker
  readonly features: Map<AgentId, readonly Feature[]>
  /** What each agent hides, as it last reported. */
  readonly reports: Map<AgentId, RedactionReport>
  readonly sent: SentMeter
  readonly packageOffers: PackageOffers
  readonly disconnect: Signal<AgentId>
  readonly notifyChanged: (org: OrgId, id: string) => void
}
