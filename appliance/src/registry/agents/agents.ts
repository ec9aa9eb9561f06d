/** The public interface of agents: records, certificates, assignments, tasks and liveness. */
import { randomUUID } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import type { Authority } from "@ispvm/pki"
import type {
  Ack,
  Assignment,
  CollectorIntervals,
  EnrolRequest,
  Heartbeat,
  Task,
  TaskResult,
  TestResult,
} from "@ispvm/wire"
import type { Agent, AgentInput, TokenAnswer } from "../../api/agents.ts"
import type { TestAnswer, TestRequest } from "../../api/inventory.ts"
import type { Clock } from "../../platform/clock.ts"
import type { Actor } from "../../platform/http/http.ts"
import { notFound } from "../../platform/http/http-error.ts"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import type { Dbs } from "../../platform/postgres/db.ts"
import { createSignal, type Signal } from "../../platform/signal.ts"
import type { InventoryChange, OwnMachine } from "../inventory/inventory.ts"
import type { Secrets } from "../secrets/secrets.ts"
import { testAccess } from "./access-test.ts"
import { type AgentPatch, createAgentRecords } from "./agent-records.ts"
import { deliverAssignment } from "./assignment-delivery.ts"
import {
  type CertificateReason,
  checkCertificateRecord,
  checkPeerCertificate,
  type PeerCertificate,
} from "./certificates.ts"
import { type CollectorSettings, createCollectorSettings } from "./collectors.ts"
import { type Enrolled, enrol, type KnownAgent, renew } from "./enrol.ts"
import { createLiveness, type Liveness } from "./liveness.ts"
import { present, statusFor } from "./present.ts"
import { createProblemTracker, type ProblemTracker } from "./problem-tracker.ts"
import type { Problem } from "./problems.ts"
import { type ReadAnswer, type ReadRequest, readMenus } from "./read.ts"
import { createRevisions } from "./revisions.ts"
import { type AgentRow, findAgent, saveSeen } from "./store.ts"
import { createTasks, type Tasks, type TestTask } from "./tasks.ts"
import { enrolCommand } from "./tokens.ts"

export {
  type CertificateReason,
  certificateSentence,
  type PeerCertificate,
  peerCertificateOf,
} from "./certificates.ts"
export type { Enrolled, KnownAgent } from "./enrol.ts"
export type { ReadAnswer, ReadRequest } from "./read.ts"
export { OFFLINE_AFTER_MS } from "./status.ts"

export type AgentSeen = { readonly org: OrgId; readonly agentId: AgentId; readonly atMs: number }
export type Identified =
  | { readonly ok: true; readonly agent: KnownAgent }
  | { readonly ok: false; readonly reason: Exclude<CertificateReason, "good"> }

type Deps = {
  readonly dbs: Pick<Dbs, "ui" | "ingest" | "jobs">
  readonly clock: Clock
  readonly authority: Authority
  readonly secrets: Pick<Secrets, "open" | "find">
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
  /** A monotonic clock in ms; by default that of this process. */
  readonly steady?: () => number
  readonly onError: (error: unknown) => void
}

const HOUSEKEEPING_MS = 1_000
/** A change of one of these may change assignments. */
const ASSIGNED: ReadonlySet<InventoryChange["what"]> = new Set([
  "device",
  "site",
  "credential",
  "agent",
  "collector",
])

export type Agents = {
  readonly all: (org: OrgId) => Promise<readonly Agent[]>
  readonly one: (org: OrgId, id: string) => Promise<Agent>
  readonly create: (actor: Actor, input: AgentInput) => Promise<{ id: string }>
  readonly change: (actor: Actor, id: string, patch: AgentPatch) => Promise<{ id: string }>
  readonly remove: (actor: Actor, id: string) => Promise<void>
  readonly token: (actor: Actor, id: string, requestHost: string) => Promise<TokenAnswer>
  readonly revoke: (actor: Actor, id: string) => Promise<void>
  readonly test: (actor: Actor, request: TestRequest) => Promise<TestAnswer>
  /**
   * Prints menus of a router through an agent. A failure is a result too. The caller writes the
   * audit row.
   */
  readonly read: (org: OrgId, request: ReadRequest) => Promise<ReadAnswer>
  /**
   * The address of the agent's last connection; null before the first one since this process
   * started.
   */
  readonly addressOf: (id: string) => string | null

  /** How often each collector reads a device. */
  readonly collectors: CollectorSettings
  readonly queue: (agent: AgentId, task: Task) => void
  readonly run: (agent: AgentId, task: TestTask, deadlineMs: number) => Promise<TestResult | null>
  readonly seen: Signal<AgentSeen>
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
  readonly assignment: (agent: KnownAgent) => Promise<Assignment>
  readonly takeTasks: (
    agent: KnownAgent,
    waitMs: number,
    signal: AbortSignal,
    boot?: string | null,
  ) => Promise<readonly Task[]>
  readonly complete: (agent: KnownAgent, result: TaskResult) => boolean

  readonly start: () => void
  readonly stop: () => Promise<void>
}

export const createAgents = (deps: Deps): Agents => {
  const { dbs, clock, changes, collectorIntervals: collectorSetting = {}, onError } = deps
  const liveness = createLiveness()
  const problemTracker = createProblemTracker(deps)
  const tasks = createTasks(clock)
  const stopShifting = clock.steps?.on(({ byMs }) => liveness.shift(byMs))
  const seen = createSignal<AgentSeen>(onError)
  const disconnect = createSignal<AgentId>(onError)
  const notifyChanged = (org: OrgId, id: string): void => changes.emit({ org, what: "agent", id })
  const revisions = createRevisions({
    db: dbs.jobs,
    clock,
    collectorSetting,
    onChange: (agent) => tasks.queue(agent, { kind: "reload", id: randomUUID() }),
    onError,
  })
  const stopListening = changes.on(({ org, what }) => {
    if (ASSIGNED.has(what)) revisions.touch(org)
  })
  const housekeeping = createHousekeeping(deps, liveness, notifyChanged)
  return {
    ...forPeople(deps, { liveness, tasks, problemTracker, disconnect, notifyChanged }),
    ...forAgentApi(deps, { liveness, tasks, problemTracker, disconnect, notifyChanged, seen }),
    collectors: createCollectorSettings({
      db: dbs.ui,
      setting: collectorSetting,
      onChange: (org, name) => changes.emit({ org, what: "collector", id: name }),
    }),
    queue: tasks.queue,
    run: tasks.run,
    seen,
    changes,
    disconnect,
    revision: (agent) => revisions.of(agent),
    start: housekeeping.start,
    stop: async () => {
      stopListening()
      stopShifting?.()
      revisions.stop()
      tasks.drop()
      await housekeeping.stop()
    },
  }
}

type AgentParts = {
  readonly liveness: Liveness
  readonly tasks: Tasks
  readonly problemTracker: ProblemTracker
  readonly disconnect: Signal<AgentId>
  readonly notifyChanged: (org: OrgId, id: string) => void
}
type ForPeople = Pick<
  Agents,
  | "all"
  | "one"
  | "create"
  | "change"
  | "remove"
  | "token"
  | "revoke"
  | "test"
  | "read"
  | "addressOf"
>

const NO_MACHINE: OwnMachine = { allowLoopback: false, ownAddresses: () => [] }

const forPeople = (
  { dbs, clock, authority, secrets, agentApiUrl, machine = NO_MACHINE }: Deps,
  { liveness, tasks, problemTracker, disconnect, notifyChanged }: AgentParts,
): ForPeople => {
  const shown = (row: AgentRow): Agent => {
    const seen = liveness.of(row.id)
    return present(row, seen, problemTracker.of(row.id, seen?.clockSkewMs ?? null), clock.now())
  }
  const roster = createAgentRecords({ db: dbs.ui, clock, fingerprint: authority.fingerprint })
  const agentOf = async (org: OrgId, id: string) => {
    const row = await roster.find(org, id)
    if (row === null) return null
    const { name, allowedNetworks } = row
    return {
      id: row.id,
      name,
      allowedNetworks,
      now: statusFor(row, liveness.of(row.id), clock.now()),
    }
  }
  /** After commit: closes the agent's connections and ends what it waits for. */
  const end = (org: OrgId, id: AgentId): void => {
    tasks.drop(id)
    disconnect.emit(id)
    notifyChanged(org, id)
  }
  return {
    all: async (org) => (await roster.all(org)).map(shown),
    one: async (org, id) => {
      const row = await roster.find(org, id)
      if (row === null) throw notFound("agent", id)
      return shown(row)
    },
    create: async (actor, input) => {
      const id = await roster.create(actor, input)
      notifyChanged(actor.org, id)
      return { id }
    },
    change: async (actor, id, patch) => {
      await roster.change(actor, id, patch)
      notifyChanged(actor.org, id)
      return { id }
    },
    remove: async (actor, id) => {
      const agent = await roster.remove(actor, id)
      liveness.forget(agent)
      problemTracker.forget(agent)
      end(actor.org, agent)
    },
    token: async (actor, id, requestHost) => {
      const { text, expiresAtMs } = await roster.token(actor, id)
      notifyChanged(actor.org, id)
      return { token: text, expiresAtMs, command: enrolCommand(agentApiUrl(requestHost), text) }
    },
    revoke: async (actor, id) => end(actor.org, await roster.revoke(actor, id)),
    test: (actor, request) =>
      testAccess({ db: dbs.ui, secrets, tasks, machine, agentOf }, actor, request),
    read: (org, request) => readMenus({ tasks, agentOf }, org, request),
    addressOf: (id) => liveness.of(id)?.address ?? null,
  }
}

type ForAgentApi = Pick<
  Agents,
  | "identify"
  | "enrol"
  | "renew"
  | "receive"
  | "isSecond"
  | "noteAck"
  | "noteConflict"
  | "assignment"
  | "takeTasks"
  | "complete"
>
/** A second process polls this often, so that it takes over soon after the first has ended. */
const SECOND_WAIT_MS = 5_000

const forAgentApi = (
  deps: Deps,
  {
    liveness,
    tasks,
    problemTracker,
    disconnect,
    notifyChanged,
    seen,
  }: AgentParts & { readonly seen: Signal<AgentSeen> },
): ForAgentApi => {
  const { dbs, clock, authority, secrets, collectorIntervals = {}, onError } = deps
  const delivery = { db: dbs.ingest, secrets, collectorSetting: collectorIntervals, onError }
  const enrolDeps = { db: dbs.ingest, clock, authority }
  return {
    identify: async (shown) => {
      const reason = checkPeerCertificate(shown, clock.now())
      if (reason !== "good") return { ok: false, reason }
      const found =
        shown === null ? null : await findAgent(dbs.ingest.sql, shown.serial, shown.fingerprint)
      const result = checkCertificateRecord(found, clock.now())
      if (found === null || result !== "good")
        return { ok: false, reason: result === "good" ? "certificate-unknown" : result }
      return { ok: true, agent: { id: found.id, key: found.key, org: found.org, name: found.name } }
    },
    enrol: async (request, address) => {
      const outcome = await enrol(enrolDeps, request, address)
      if (outcome.ok) {
        disconnect.emit(outcome.agent)
        notifyChanged(outcome.org, outcome.agent)
      }
      return outcome
    },
    renew: (agent, csrPem) => renew(enrolDeps, agent, csrPem),
    receive: (agent, heartbeat, address, boot = null) => {
      const atMs = clock.now()
      if (heartbeat !== null) problemTracker.receive(agent, heartbeat, address ?? "", boot)
      // The heartbeat of the first process is shown, so that the page does not alternate between
      // the two.
      const isShown = heartbeat === null || !problemTracker.isSecond(agent.id, boot)
      const isBack = liveness.receive(
        agent,
        atMs,
        isShown ? heartbeat : null,
        isShown ? address : undefined,
      )
      seen.emit({ org: agent.org, agentId: agent.id, atMs })
      if (isBack) notifyChanged(agent.org, agent.id)
    },
    assignment: (agent) => deliverAssignment(delivery, agent),
    isSecond: (agent, boot) => problemTracker.isSecond(agent.id, boot),
    noteAck: (agent, ack) => problemTracker.noteAck(agent, ack),
    noteConflict: (agent) => problemTracker.noteConflict(agent),
    takeTasks: async (agent, waitMs, signal, boot = null) => {
      if (!problemTracker.isSecond(agent.id, boot))
        return await tasks.take(agent.id, waitMs, signal)
      // Two polls of one agent would end each other endlessly and take each other's tasks.
      await sleep(Math.min(waitMs, SECOND_WAIT_MS), undefined, { signal }).catch(() => undefined)
      return []
    },
    complete: (agent, result) => tasks.complete(agent.id, result),
  }
}

/** Detects agents that went offline, and stores what heartbeats reported. */
const createHousekeeping = (
  { dbs, clock, onError }: Deps,
  liveness: Liveness,
  notifyChanged: AgentParts["notifyChanged"],
) => {
  let timer: NodeJS.Timeout | undefined
  // While the database is slow, runs are skipped, not queued.
  let running: Promise<void> | null = null
  const write = async (all: boolean): Promise<void> => {
    const due = Map.groupBy(liveness.takeDue(clock.now(), all), (seen) => seen.org)
    for (const [org, seen] of due)
      await dbs.jobs.asOrg(org, async (tx) => {
        for (const each of seen) await saveSeen(tx, org, each)
      })
  }
  const runHousekeeping = async (): Promise<void> => {
    for (const { org, id } of liveness.goneOffline(clock.now())) notifyChanged(org, id)
    await write(false)
  }
  return {
    start: (): void => {
      timer = setInterval(() => {
        running ??= runHousekeeping()
          .catch(onError)
          .finally(() => {
            running = null
          })
      }, HOUSEKEEPING_MS)
    },
    stop: async (): Promise<void> => {
      clearInterval(timer)
      await running
      await write(true).catch(onError)
    },
  }
}
