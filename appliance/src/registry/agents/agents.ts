/** Agents: the face. Who they are, who may come in, what each watches and is asked to do, and whether it is there. */
import {
  type Assignment,
  type EnrolRequest,
  type Heartbeat,
  Heartbeat as HeartbeatSchema,
  type Task,
  type TestResult,
} from "@ispvm/agent/wire"
import type { Authority } from "@ispvm/pki"
import type { Agent, AgentInput, TokenAnswer } from "../../api/agents.ts"
import type { TestAnswer, TestRequest } from "../../api/inventory.ts"
import type { Clock } from "../../platform/clock.ts"
import type { Db, Dbs, Tx } from "../../platform/db.ts"
import { conflict, invalid, notFound } from "../../platform/errors.ts"
import type { Actor } from "../../platform/http.ts"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import { createSignal, type Signal } from "../../platform/signal.ts"
import { differences, write } from "../audit/audit.ts"
import type { InventoryChange } from "../inventory/inventory.ts"
import type { Secrets } from "../secrets/secrets.ts"
import { testAccess } from "./access-test.ts"
import { assignmentOf, type Secret } from "./assignment.ts"
import { type CertificateReason, judgeKnown, judgeShown, type Shown } from "./certificates.ts"
import { type Enrolled, enrol, type KnownAgent, renew } from "./enrol.ts"
import { createPresence } from "./presence.ts"
import { createRevisions } from "./revisions.ts"
import { type AgentStatus, enrolmentOf, statusOf } from "./status.ts"
import {
  type AgentFields,
  type AgentRow,
  agentRows,
  deleteAgent,
  deleteTokens,
  findAgent,
  insertAgent,
  isNameTaken,
  lockAgent,
  markRevoked,
  missingReferences,
  replaceToken,
  revokeCertificates,
  saveSeen,
  updateAgent,
  watchedDevices,
} from "./store.ts"
import { createTasks, type TestTask } from "./tasks.ts"
import { enrolCommand, newToken } from "./tokens.ts"

export { type CertificateReason, certificateSentence, type Shown, shownOf } from "./certificates.ts"
export type { KnownAgent } from "./enrol.ts"
export { SILENT_AFTER_MS } from "./status.ts"

export type Heard = { readonly org: OrgId; readonly agentId: AgentId; readonly atMs: number }
export type AgentPatch = { readonly [K in keyof AgentInput]?: AgentInput[K] | undefined }
export type Identified =
  | { readonly ok: true; readonly agent: KnownAgent }
  | { readonly ok: false; readonly reason: Exclude<CertificateReason, "good"> }

type Deps = {
  readonly dbs: Pick<Dbs, "ui" | "ingest" | "jobs">
  readonly clock: Clock
  readonly authority: Authority
  readonly secrets: Pick<Secrets, "open">
  /** The inventory's: listened to for what agents watch, and told of agents' own changes. */
  readonly changes: Signal<InventoryChange>
  /** The door's address as agents should use it, given the host name by which the operator reached us. */
  readonly doorUrl: (requestHost: string) => string
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
  readonly hear: (agent: KnownAgent, heartbeat: Heartbeat | null) => void
  readonly revision: (agent: KnownAgent) => Promise<string>
  readonly assignment: (agent: KnownAgent) => Promise<Assignment>
  readonly takeTasks: (agent: KnownAgent, waitMs: number, signal: AbortSignal) => Promise<readonly Task[]>
  readonly settle: (agent: KnownAgent, result: TestResult) => boolean

  readonly start: () => void
  readonly stop: () => Promise<void>
}

export const createAgents = (deps: Deps): Agents => {
  const { dbs, clock, authority, changes, onError } = deps
  const presence = createPresence()
  const tasks = createTasks(clock)
  const heard = createSignal<Heard>(onError)
  const cut = createSignal<AgentId>(onError)
  const onChange = (agent: AgentId): void => tasks.queue(agent, { kind: "reload", id: crypto.randomUUID() })
  const revisions = createRevisions({ db: dbs.jobs, clock, onChange, onError })
  const told = (org: OrgId, id: string): void => changes.emit({ org, what: "agent", id })

  const statusFor = (row: AgentRow): AgentStatus => {
    const seen = presence.of(row.id)
    const lastSeenAtMs = seen?.lastSeenAtMs ?? row.lastSeenAtMs
    return statusOf({ ...row, lastSeenAtMs, heardSinceMs: seen?.heardSinceMs ?? null }, clock.now())
  }
  const present = (row: AgentRow): Agent => {
    const seen = presence.of(row.id)
    const { status, reason, sinceMs } = statusFor(row)
    const last = seen?.heartbeat ?? HeartbeatSchema.safeParse(row.heartbeat).data ?? null
    const enrolment = enrolmentOf(row, clock.now())
    return {
      id: row.id,
      name: row.name,
      siteId: row.siteId,
      deviceId: row.deviceId,
      enrolment,
      tokenExpiresAtMs:
        row.tokenExpiresAtMs !== null && clock.now() < row.tokenExpiresAtMs ? wholeMs(row.tokenExpiresAtMs) : null,
      status,
      statusReason: reason,
      sinceMs: wholeMs(sinceMs),
      lastSeenAtMs: wholeMs(seen?.lastSeenAtMs ?? row.lastSeenAtMs),
      version: last?.version ?? null,
      hostname: last?.hostname ?? null,
      certificateSerial: row.certificateSerial,
      certificateExpiresAtMs: wholeMs(row.certificateExpiresAtMs),
      devices: row.devices,
      bufferBatches: last?.bufferBatches ?? null,
      oldestBufferedAtMs: last?.oldestBufferedAtMs ?? null,
      clockSkewMs: seen?.clockSkewMs ?? row.clockSkewMs,
      icmp: last?.capabilities.icmp ?? null,
      syslogPort: last?.capabilities.syslogPort ?? null,
      notes: last?.notes ?? [],
    }
  }

  const rowOf = async (tx: Tx, org: OrgId, id: string): Promise<AgentRow> => {
    const [row] = await agentRows(tx, org, id)
    if (row === undefined) throw notFound("agent", id)
    return row
  }
  const checkReferences = async (tx: Tx, org: OrgId, fields: AgentFields): Promise<void> => {
    const { site, device } = await missingReferences(tx, org, fields)
    const wrong = [
      ...(site ? [{ path: "siteId", message: "there is no such site" }] : []),
      ...(device ? [{ path: "deviceId", message: "there is no such device" }] : []),
    ]
    if (wrong.length > 0) throw invalid(wrong)
  }
  const nameTaken = (name: string) => conflict("name-taken", `There is an agent named ${name} already.`)
  const db: Db = dbs.ui
  const door = { db: dbs.ingest, clock, authority }

  /** Silence is noticed here, since nobody calls when nothing comes; and what was heard is written down. */
  const tick = async (all: boolean): Promise<void> => {
    for (const { org, id } of presence.fallenSilent(clock.now())) told(org, id)
    for (const seen of presence.takeDue(clock.now(), all)) await dbs.jobs.asOrg(seen.org, (tx) => saveSeen(tx, seen.org, seen))
  }
  let timer: NodeJS.Timeout | undefined
  let ticking = Promise.resolve()
  const stopListening = changes.on(({ org, what }) => {
    if (what === "device" || what === "credential" || what === "agent") revisions.touch(org)
  })

  return {
    all: async (org) => (await db.asOrg(org, (tx) => agentRows(tx, org, null))).map(present),
    one: async (org, id) => present(await db.asOrg(org, (tx) => rowOf(tx, org, id))),
    create: async (actor, input) => {
      const id = await db.asOrg(actor.org, async (tx) => {
        await checkReferences(tx, actor.org, input)
        const made = await insertAgent(tx, actor.org, input)
        if (made === null) throw nameTaken(input.name)
        await write(tx, actor, "agent.created", "agent", made, input)
        return made
      })
      told(actor.org, id)
      return { id }
    },
    change: async (actor, id, patch) => {
      await db.asOrg(actor.org, async (tx) => {
        const was = await lockAgent(tx, actor.org, id)
        if (was === null) throw notFound("agent", id)
        const now: AgentFields = {
          name: patch.name ?? was.name,
          siteId: patch.siteId === undefined ? was.siteId : patch.siteId,
          deviceId: patch.deviceId === undefined ? was.deviceId : patch.deviceId,
        }
        await checkReferences(tx, actor.org, now)
        if (await isNameTaken(tx, actor.org, now.name, id)) throw nameTaken(now.name)
        await updateAgent(tx, actor.org, id, now)
        await write(tx, actor, "agent.changed", "agent", id, differences(was, now))
      })
      told(actor.org, id)
      return { id }
    },
    remove: async (actor, id) => {
      const row = await db.asOrg(actor.org, async (tx) => {
        const found = await rowOf(tx, actor.org, id)
        await deleteAgent(tx, actor.org, id)
        await write(tx, actor, "agent.removed", "agent", id, { name: found.name, devices: found.devices })
        return found
      })
      presence.forget(row.id)
      tasks.drop(row.id)
      cut.emit(row.id)
      told(actor.org, id)
    },
    token: async (actor, id, requestHost) => {
      const token = newToken(authority.fingerprint, clock.now())
      await db.asOrg(actor.org, async (tx) => {
        const { id: agent } = await rowOf(tx, actor.org, id)
        await replaceToken(tx, actor.org, agent, token.secretHash, clock.now(), token.expiresAtMs)
        await write(tx, actor, "agent.token-made", "agent", id, { expiresAtMs: token.expiresAtMs })
      })
      told(actor.org, id)
      return { token: token.text, expiresAtMs: token.expiresAtMs, command: enrolCommand(deps.doorUrl(requestHost), token.text) }
    },
    revoke: async (actor, id) => {
      const agent = await db.asOrg(actor.org, async (tx) => {
        const row = await rowOf(tx, actor.org, id)
        await markRevoked(tx, actor.org, row.id, clock.now())
        const certificates = await revokeCertificates(tx, actor.org, row.id, clock.now())
        await deleteTokens(tx, actor.org, row.id)
        await write(tx, actor, "agent.revoked", "agent", id, { certificates })
        return row.id
      })
      tasks.drop(agent)
      cut.emit(agent)
      told(actor.org, id)
    },
    test: (actor, request) =>
      testAccess(
        {
          db,
          clock,
          secrets: deps.secrets,
          tasks,
          agentOf: async (org, id) => {
            const [row] = await db.asOrg(org, (tx) => agentRows(tx, org, id))
            return row === undefined ? null : { id: row.id, name: row.name, now: statusFor(row) }
          },
        },
        actor,
        request,
      ),

    queue: tasks.queue,
    run: tasks.run,
    heard,
    changes,
    cut,

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
    hear: (agent, heartbeat) => {
      const atMs = clock.now()
      const isBack = presence.hear(agent, atMs, heartbeat)
      heard.emit({ org: agent.org, agentId: agent.id, atMs })
      if (isBack) told(agent.org, agent.id)
    },
    revision: (agent) => revisions.of(agent),
    assignment: (agent) =>
      dbs.ingest.asOrg(agent.org, async (tx) => {
        const devices = await watchedDevices(tx, agent.org, agent.id)
        const ids = [...new Set(devices.flatMap(({ credentialId }) => (credentialId === null ? [] : [credentialId])))]
        const opened = new Map<string, Secret>()
        for (const id of ids) {
          try {
            opened.set(id, await deps.secrets.open(tx, agent.org, id))
          } catch (error) {
            onError(error) // one credential that cannot be opened must not blind the agent: its devices are pinged at least
          }
        }
        const assignment = assignmentOf(devices, (id) => opened.get(id) ?? null)
        const detail = { credentials: [...opened.keys()], devices: devices.length, revision: assignment.revision }
        if (ids.length > 0)
          await write(tx, { system: `agent ${agent.name}` }, "credential.sent-to-agent", "agent", agent.id, detail)
        return assignment
      }),
    takeTasks: (agent, waitMs, signal) => tasks.take(agent.id, waitMs, signal),
    settle: (agent, result) => tasks.settle(agent.id, result),

    start: () => {
      timer = setInterval(() => {
        ticking = ticking.then(() => tick(false)).catch(onError)
      }, TICK_MS)
    },
    stop: async () => {
      clearInterval(timer)
      stopListening()
      revisions.stop()
      tasks.drop()
      await ticking
      await tick(true).catch(onError)
    },
  }
}

const wholeMs = <T extends number | null>(ms: T): T | number => (ms === null ? ms : Math.round(ms))
