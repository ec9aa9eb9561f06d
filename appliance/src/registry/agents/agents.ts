/** Agents: the face. Who they are, who may come in, what each watches and is asked to do, and whether it is there. */
import { randomUUID } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import type { Ack, Assignment, EnrolRequest, Heartbeat, Task, TaskResult, TestResult } from "@ispvm/agent/wire"
import type { Authority } from "@ispvm/pki"
import type { Agent, AgentInput, TokenAnswer } from "../../api/agents.ts"
import type { TestAnswer, TestRequest } from "../../api/inventory.ts"
import type { Clock } from "../../platform/clock.ts"
import type { Dbs } from "../../platform/db.ts"
import { notFound } from "../../platform/errors.ts"
import type { Actor } from "../../platform/http.ts"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import { createSignal, type Signal } from "../../platform/signal.ts"
import type { InventoryChange, OwnMachine } from "../inventory/inventory.ts"
import type { Secrets } from "../secrets/secrets.ts"
import { testAccess } from "./access-test.ts"
import { type CertificateReason, judgeKnown, judgeShown, type Shown } from "./certificates.ts"
import { type Enrolled, enrol, type KnownAgent, renew } from "./enrol.ts"
import { handAssignment } from "./handing.ts"
import { createPresence, type Presence } from "./presence.ts"
import { present, statusFor } from "./present.ts"
import { createProblemWatch, type ProblemWatch } from "./problem-watch.ts"
import type { Problem } from "./problems.ts"
import { type ReadAnswer, type ReadRequest, readMenus } from "./read.ts"
import { createRevisions } from "./revisions.ts"
import { type AgentPatch, createRoster } from "./roster.ts"
import { type AgentRow, findAgent, saveSeen } from "./store.ts"
import { createTasks, type Tasks, type TestTask } from "./tasks.ts"
import { enrolCommand } from "./tokens.ts"

export { type CertificateReason, certificateSentence, type Shown, shownOf } from "./certificates.ts"
export type { KnownAgent } from "./enrol.ts"
export type { ReadAnswer, ReadRequest } from "./read.ts"
export { SILENT_AFTER_MS } from "./status.ts"

export type Heard = { readonly org: OrgId; readonly agentId: AgentId; readonly atMs: number }
export type Identified =
  | { readonly ok: true; readonly agent: KnownAgent }
  | { readonly ok: false; readonly reason: Exclude<CertificateReason, "good"> }

type Deps = {
  readonly dbs: Pick<Dbs, "ui" | "ingest" | "jobs">
  readonly clock: Clock
  readonly authority: Authority
  readonly secrets: Pick<Secrets, "open" | "find">
  /** Where the appliance itself is; by default nothing of it may be tested. */
  readonly machine?: OwnMachine
  /** The inventory's: listened to for what agents watch, and told of agents' own changes. */
  readonly changes: Signal<InventoryChange>
  /** The door's address as agents should use it, given the host name by which the operator reached us. */
  readonly doorUrl: (requestHost: string) => string
  /** Told once of each problem that is found: for the log and for /metrics. */
  readonly onProblem?: (agent: { readonly id: AgentId; readonly name: string }, problem: Problem) => void
  /** Ms of a clock that nobody can set; this process's own by default. */
  readonly steady?: () => number
  readonly onError: (error: unknown) => void
}

const TICK_MS = 1_000

export type Agents = {
  readonly all: (org: OrgId) => Promise<readonly Agent[]>
  readonly one: (org: OrgId, id: string) => Promise<Agent>
  readonly create: (actor: Actor, input: AgentInput) => Promise<{ id: string }>
  readonly change: (actor: Actor, id: string, patch: AgentPatch) => Promise<{ id: string }>
  readonly remove: (actor: Actor, id: string) => Promise<void>
  readonly token: (actor: Actor, id: string, requestHost: string) => Promise<TokenAnswer>
  readonly revoke: (actor: Actor, id: string) => Promise<void>
  readonly test: (actor: Actor, request: TestRequest) => Promise<TestAnswer>
  /** Prints menus of a router through an agent; why it could not is an answer too. The caller writes the audit row. */
  readonly read: (org: OrgId, request: ReadRequest) => Promise<ReadAnswer>
  /** The address from which this agent last spoke to the door; null since this process began. */
  readonly addressOf: (id: string) => string | null

  readonly queue: (agent: AgentId, task: Task) => void
  readonly run: (agent: AgentId, task: TestTask, deadlineMs: number) => Promise<TestResult | null>
  readonly heard: Signal<Heard>
  readonly changes: Signal<InventoryChange>
  /** This agent's connections must end now: revoked, removed, or enrolled anew elsewhere. */
  readonly cut: Signal<AgentId>

  /** The door's questions. Validity is asked of the database every time. */
  readonly identify: (shown: Shown | null) => Promise<Identified>
  readonly enrol: (request: EnrolRequest, address: string) => Promise<Enrolled>
  readonly renew: (agent: KnownAgent, csrPem: string) => Promise<Enrolled>
  /** `boot`: of the sending process, null where its release names none. */
  readonly hear: (agent: KnownAgent, heartbeat: Heartbeat | null, address?: string, boot?: string | null) => void
  /** Another process with this identity was there first and is alive: this one neither judges nor gets tasks. */
  readonly isSecond: (agent: KnownAgent, boot: string | null) => boolean
  /** A batch of it was answered. */
  readonly noteAck: (agent: KnownAgent, ack: Ack) => void
  /** A batch of it has another content than the ledger: its data is a copy, or an older state. */
  readonly noteConflict: (agent: KnownAgent) => void
  readonly revision: (agent: KnownAgent) => Promise<string>
  readonly assignment: (agent: KnownAgent) => Promise<Assignment>
  readonly takeTasks: (agent: KnownAgent, waitMs: number, signal: AbortSignal, boot?: string | null) => Promise<readonly Task[]>
  readonly settle: (agent: KnownAgent, result: TaskResult) => boolean

  readonly start: () => void
  readonly stop: () => Promise<void>
}

export const createAgents = (deps: Deps): Agents => {
  const { dbs, clock, changes, onError } = deps
  const presence = createPresence()
  const watch = createProblemWatch(deps)
  const tasks = createTasks(clock)
  const stopShifting = clock.steps?.on(({ byMs }) => presence.shift(byMs))
  const heard = createSignal<Heard>(onError)
  const cut = createSignal<AgentId>(onError)
  const told = (org: OrgId, id: string): void => changes.emit({ org, what: "agent", id })
  const revisions = createRevisions({
    db: dbs.jobs,
    clock,
    onChange: (agent) => tasks.queue(agent, { kind: "reload", id: randomUUID() }),
    onError,
  })
  const stopListening = changes.on(({ org, what }) => {
    if (what === "device" || what === "site" || what === "credential" || what === "agent") revisions.touch(org)
  })
  const upkeep = createUpkeep(deps, presence, told)
  return {
    ...forPeople(deps, { presence, tasks, watch, cut, told }),
    ...forDoor(deps, { presence, tasks, watch, cut, told, heard }),
    queue: tasks.queue,
    run: tasks.run,
    heard,
    changes,
    cut,
    revision: (agent) => revisions.of(agent),
    start: upkeep.start,
    stop: async () => {
      stopListening()
      stopShifting?.()
      revisions.stop()
      tasks.drop()
      await upkeep.stop()
    },
  }
}

type Parts = {
  readonly presence: Presence
  readonly tasks: Tasks
  readonly watch: ProblemWatch
  readonly cut: Signal<AgentId>
  readonly told: (org: OrgId, id: string) => void
}
type ForPeople = Pick<Agents, "all" | "one" | "create" | "change" | "remove" | "token" | "revoke" | "test" | "read" | "addressOf">

const NO_MACHINE: OwnMachine = { allowLoopback: false, ownAddresses: () => [] }

const forPeople = (
  { dbs, clock, authority, secrets, doorUrl, machine = NO_MACHINE }: Deps,
  { presence, tasks, watch, cut, told }: Parts,
): ForPeople => {
  const shown = (row: AgentRow): Agent => {
    const seen = presence.of(row.id)
    return present(row, seen, watch.of(row.id, seen?.clockSkewMs ?? null), clock.now())
  }
  const roster = createRoster({ db: dbs.ui, clock, fingerprint: authority.fingerprint })
  const agentOf = async (org: OrgId, id: string) => {
    const row = await roster.find(org, id)
    if (row === null) return null
    const { name, allowedNetworks } = row
    return { id: row.id, name, allowedNetworks, now: statusFor(row, presence.of(row.id), clock.now()) }
  }
  /** After commit: whatever this agent has open or waits for ends. */
  const end = (org: OrgId, id: AgentId): void => {
    tasks.drop(id)
    cut.emit(id)
    told(org, id)
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
      told(actor.org, id)
      return { id }
    },
    change: async (actor, id, patch) => {
      await roster.change(actor, id, patch)
      told(actor.org, id)
      return { id }
    },
    remove: async (actor, id) => {
      const agent = await roster.remove(actor, id)
      presence.forget(agent)
      watch.forget(agent)
      end(actor.org, agent)
    },
    token: async (actor, id, requestHost) => {
      const { text, expiresAtMs } = await roster.token(actor, id)
      told(actor.org, id)
      return { token: text, expiresAtMs, command: enrolCommand(doorUrl(requestHost), text) }
    },
    revoke: async (actor, id) => end(actor.org, await roster.revoke(actor, id)),
    test: (actor, request) => testAccess({ db: dbs.ui, secrets, tasks, machine, agentOf }, actor, request),
    read: (org, request) => readMenus({ tasks, agentOf }, org, request),
    addressOf: (id) => presence.of(id)?.address ?? null,
  }
}

type ForDoor = Pick<
  Agents,
  "identify" | "enrol" | "renew" | "hear" | "isSecond" | "noteAck" | "noteConflict" | "assignment" | "takeTasks" | "settle"
>
/** A second process asks again this often, so that it takes over soon where the first is gone. */
const SECOND_WAIT_MS = 5_000

const forDoor = (
  deps: Deps,
  { presence, tasks, watch, cut, told, heard }: Parts & { readonly heard: Signal<Heard> },
): ForDoor => {
  const { dbs, clock, authority, secrets, onError } = deps
  const door = { db: dbs.ingest, clock, authority }
  return {
    identify: async (shown) => {
      const reason = judgeShown(shown, clock.now())
      if (reason !== "good") return { ok: false, reason }
      const found = shown === null ? null : await findAgent(dbs.ingest.sql, shown.serial, shown.fingerprint)
      const verdict = judgeKnown(found, clock.now())
      if (found === null || verdict !== "good") return { ok: false, reason: verdict === "good" ? "certificate-unknown" : verdict }
      return { ok: true, agent: { id: found.id, key: found.key, org: found.org, name: found.name } }
    },
    enrol: async (request, address) => {
      const outcome = await enrol(door, request, address)
      if (outcome.ok) {
        cut.emit(outcome.agent)
        told(outcome.org, outcome.agent)
      }
      return outcome
    },
    renew: (agent, csrPem) => renew(door, agent, csrPem),
    hear: (agent, heartbeat, address, boot = null) => {
      const atMs = clock.now()
      if (heartbeat !== null) watch.hear(agent, heartbeat, address ?? "", boot)
      // What the page shows of a shared identity is the first one's, and does not change by turns.
      const isShown = heartbeat === null || !watch.isSecond(agent.id, boot)
      const isBack = presence.hear(agent, atMs, isShown ? heartbeat : null, isShown ? address : undefined)
      heard.emit({ org: agent.org, agentId: agent.id, atMs })
      if (isBack) told(agent.org, agent.id)
    },
    assignment: (agent) => handAssignment({ db: dbs.ingest, secrets, onError }, agent),
    isSecond: (agent, boot) => watch.isSecond(agent.id, boot),
    noteAck: (agent, ack) => watch.noteAck(agent, ack),
    noteConflict: (agent) => watch.noteConflict(agent),
    takeTasks: async (agent, waitMs, signal, boot = null) => {
      if (!watch.isSecond(agent.id, boot)) return await tasks.take(agent.id, waitMs, signal)
      // Two polls of one agent would end each other without end, and take each other's tasks.
      await sleep(Math.min(waitMs, SECOND_WAIT_MS), undefined, { signal }).catch(() => undefined)
      return []
    },
    settle: (agent, result) => tasks.settle(agent.id, result),
  }
}

/** Silence is noticed here, since nobody calls when nothing comes; and what was heard is written down. */
const createUpkeep = ({ dbs, clock, onError }: Deps, presence: Presence, told: Parts["told"]) => {
  let timer: NodeJS.Timeout | undefined
  let ticking: Promise<void> | null = null // while the database is slow, ticks are left out, not queued
  const write = async (all: boolean): Promise<void> => {
    const due = Map.groupBy(presence.takeDue(clock.now(), all), (seen) => seen.org)
    for (const [org, seen] of due)
      await dbs.jobs.asOrg(org, async (tx) => {
        for (const each of seen) await saveSeen(tx, org, each)
      })
  }
  const tick = async (): Promise<void> => {
    for (const { org, id } of presence.fallenSilent(clock.now())) told(org, id)
    await write(false)
  }
  return {
    start: (): void => {
      timer = setInterval(() => {
        ticking ??= tick()
          .catch(onError)
          .finally(() => {
            ticking = null
          })
      }, TICK_MS)
    },
    stop: async (): Promise<void> => {
      clearInterval(timer)
      await ticking
      await write(true).catch(onError)
    },
  }
}
