/**
 * Diagnostics on demand: ping, traceroute and others, from a fixed list, run by a person on a
 * router through its agent. Every run is limited, recorded with who ran it, and sent to open pages
 * while it runs.
 */
import { randomUUID } from "node:crypto"
import { type DiagnosisResult, MAX_DIAGNOSIS_BYTES, MAX_DIAGNOSIS_LINES } from "@ispvm/wire"
import type { CredentialKind } from "../../api/credential-kind.ts"
import {
  type DeviceDiagnostics,
  type Diagnostic,
  type DiagnosticOutput,
  type DiagnosticRun,
  type DiagnosticRunDetail,
  policyFor,
  type RunOutcome,
} from "../../api/diagnostics.ts"
import type { Clock } from "../../platform/clock.ts"
import type { Actor } from "../../platform/http/http.ts"
import { conflict, invalid, notFound, tooManyRequests } from "../../platform/http/http-error.ts"
import type { AgentId, OrgId } from "../../platform/ids.ts"
import type { Db, Tx } from "../../platform/postgres/db.ts"
import { createRateLimit } from "../../platform/rate-limit.ts"
import type { Agents } from "../../registry/agents/agents.ts"
import { write } from "../../registry/audit/audit.ts"
import type { Opened, Secrets } from "../../registry/secrets/secrets.ts"
import {
  type DeviceRow,
  endRun,
  findDevice,
  findRun,
  hasInterface,
  insertRun,
  pruneRuns,
  readRuns,
} from "./store.ts"

/** Of one person, and of one device: so many at once, then one every five seconds. */
const RATE = { burst: 8, perSecond: 0.2 } as const
const MAX_RUNNING_OF_DEVICE = 2
const MAX_RUNNING_OF_ACCOUNT = 3
const SHOWN_RUNS = 30
const KEPT_RUNS = 100
const KEPT_DAYS = 30
const RETRY_MS = 5_000

type Deps = {
  readonly db: Db
  readonly jobs: Db
  readonly clock: Clock
  readonly agents: Pick<Agents, "diagnosing">
  readonly secrets: Pick<Secrets, "open">
  /** Sends output to open pages. */
  readonly publish: (org: OrgId, output: DiagnosticOutput) => void
  readonly onError: (error: unknown) => void
}
export type Diagnostics = {
  readonly ofDevice: (org: OrgId, device: string) => Promise<DeviceDiagnostics>
  readonly start: (
    actor: Actor,
    device: string,
    diagnostic: Diagnostic,
  ) => Promise<{ readonly id: string }>
  readonly run: (org: OrgId, id: string) => Promise<DiagnosticRunDetail>
  readonly cancel: (org: OrgId, id: string) => Promise<void>
  readonly prune: (org: OrgId) => Promise<number>
}

type Running = {
  readonly actor: Actor
  readonly agent: { readonly id: AgentId; readonly name: string }
  readonly device: DeviceRow
  readonly diagnostic: Diagnostic
  readonly lines: string[]
  bytes: number
  /** It has ended, and is being stored. */
  end: Pick<DiagnosticRun, "endedAtMs" | "outcome" | "message"> | null
}

/** Without an account with the policy `test`, the read-only one is tried: some accounts have both. */
const credentialFor = (
  device: DeviceRow,
  diagnostic: Diagnostic,
): { readonly kind: CredentialKind; readonly id: string } | null => {
  const { credentialId, diagnosticsCredentialId } = device
  const readOnly =
    credentialId === null ? [] : [{ kind: "monitor_readonly", id: credentialId } as const]
  const full =
    diagnosticsCredentialId === null
      ? []
      : [{ kind: "diagnostics", id: diagnosticsCredentialId } as const]
  const policy = policyFor(diagnostic)
  if (policy === null) return null
  return (policy === "test" ? [...full, ...readOnly] : [...readOnly, ...full])[0] ?? null
}

const requireKnownInterface = async (
  tx: Tx,
  org: OrgId,
  device: string,
  diagnostic: Diagnostic,
): Promise<void> => {
  if (diagnostic.action !== "interface") return
  if (!(await hasInterface(tx, org, device, diagnostic.interface)))
    throw invalid([{ path: "interface", code: "field.not-found", params: { what: "interface" } }])
}

/** Throws if there is nothing to run it on, or an argument is not of this device. */
const findTarget = async (
  { db, agents }: Deps,
  { org }: Actor,
  deviceId: string,
  diagnostic: Diagnostic,
): Promise<Pick<Running, "device" | "agent">> => {
  const device = await db.asOrg(org, async (tx) => {
    const row = await findDevice(tx, org, deviceId)
    if (row === null) throw notFound("device", deviceId)
    await requireKnownInterface(tx, org, deviceId, diagnostic)
    return row
  })
  const agent =
    device.agentId === null ? null : await agents.diagnosing.readiness(org, device.agentId)
  if (agent === null || agent.state !== "ready")
    throw conflict("agent-not-ready", {
      code: "problem.diagnostics-agent",
      params: { state: agent?.state ?? "no-agent", name: agent?.name ?? "" },
    })
  return { device, agent }
}

/** Stores the run and its audit row, and opens the credential that it uses; null: none. */
const record = (
  { db, secrets, clock }: Deps,
  id: string,
  { actor, agent, device, diagnostic }: Running,
): Promise<Opened | null> =>
  db.asOrg(actor.org, async (tx) => {
    const { org } = actor
    const credential = credentialFor(device, diagnostic)
    const account = credential?.kind ?? "none"
    await insertRun(tx, org, {
      id,
      deviceId: device.id,
      diagnostic,
      by: actor.email,
      accountId: actor.account,
      agentName: agent.name,
      account,
      startedAtMs: clock.now(),
    })
    await write(tx, actor, "diagnostics.started", "device", device.id, {
      run: id,
      name: device.name,
      ...diagnostic,
      agent: agent.name,
      account,
      credential: credential?.id ?? null,
    })
    return credential === null ? null : await secrets.open(tx, org, credential.id)
  })

/** New lines only: the agent repeats what was not acknowledged. Within the limits of a run. */
const addLines = (running: Running, { first, lines }: DiagnosisResult): readonly string[] => {
  const from = running.lines.length
  const added: string[] = []
  for (const line of lines.slice(Math.max(0, from - first))) {
    running.bytes += Buffer.byteLength(line) + 1
    if (from + added.length >= MAX_DIAGNOSIS_LINES || running.bytes > MAX_DIAGNOSIS_BYTES) break
    added.push(line)
  }
  running.lines.push(...added)
  return added
}

/** What runs now, and its output until it has ended. */
const createRuns = ({ db, clock, publish, onError }: Deps) => {
  const running = new Map<string, Running>()
  const limit = createRateLimit(clock, RATE)

  const requireRoom = (actor: Actor, device: string): void => {
    const all = [...running.values()].filter(
      ({ end, actor: { org } }) => end === null && org === actor.org,
    )
    const ofDevice = all.filter((each) => each.device.id === device).length
    const ofAccount = all.filter((each) => each.actor.account === actor.account).length
    if (ofDevice >= MAX_RUNNING_OF_DEVICE || ofAccount >= MAX_RUNNING_OF_ACCOUNT)
      throw tooManyRequests(RETRY_MS)
    limit.require(`account ${actor.org} ${actor.account}`)
    limit.require(`device ${actor.org} ${device}`)
  }

  const finish = async (id: string, run: Running, outcome: RunOutcome, message: string) => {
    const { org } = run.actor
    const end = { endedAtMs: clock.now(), outcome, message, lines: run.lines }
    run.end = end
    publish(org, {
      run: id,
      first: run.lines.length,
      lines: [],
      endedAtMs: end.endedAtMs,
      outcome,
      message,
    })
    await db.asOrg(org, async (tx) => {
      await endRun(tx, org, id, end)
      await write(tx, run.actor, "diagnostics.ended", "device", run.device.id, {
        run: id,
        name: run.device.name,
        ...run.diagnostic,
        outcome,
        lines: run.lines.length,
      })
    })
  }
  const receive = (id: string, result: DiagnosisResult | null): void => {
    const run = running.get(id)
    if (run === undefined || run.end !== null) return
    if (result !== null) {
      const first = run.lines.length
      const lines = [...addLines(run, result)]
      const { org } = run.actor
      if (lines.length > 0)
        publish(org, { run: id, first, lines, endedAtMs: null, outcome: null, message: "" })
    }
    const end = result === null ? ({ outcome: "lost", message: "" } as const) : result.end
    if (end !== null)
      void finish(id, run, end.outcome, end.message)
        .catch(onError)
        .finally(() => running.delete(id))
  }

  return { running, requireRoom, receive }
}

export const createDiagnostics = (deps: Deps): Diagnostics => {
  const { db, jobs, agents } = deps
  const { running, requireRoom, receive } = createRuns(deps)

  /**
   * What is running is in memory; a run without an end that is not there was interrupted. `live`: as
   * of before the run was read, or one that ends meanwhile is in neither.
   */
  const withState = <R extends DiagnosticRun>(run: R, live: ReadonlyMap<string, Running>): R => {
    if (run.endedAtMs !== null) return run
    const now = live.get(run.id)
    if (now === undefined) return { ...run, endedAtMs: run.startedAtMs, outcome: "lost" }
    return { ...run, ...now.end, lineCount: now.lines.length }
  }

  return {
    ofDevice: async (org, id) => {
      const live = new Map(running)
      const { device, runs } = await db.asOrg(org, async (tx) => ({
        device: await findDevice(tx, org, id),
        runs: await readRuns(tx, org, id, SHOWN_RUNS),
      }))
      if (device === null) throw notFound("device", id)
      const agent =
        device.agentId === null ? null : await agents.diagnosing.readiness(org, device.agentId)
      return {
        agent: agent?.state ?? "no-agent",
        agentName: agent?.name ?? null,
        accounts: {
          monitor_readonly: device.credentialId !== null,
          diagnostics: device.diagnosticsCredentialId !== null,
        },
        runs: runs.map((run) => withState(run, live)),
      }
    },
    start: async (actor, deviceId, diagnostic) => {
      const { device, agent } = await findTarget(deps, actor, deviceId, diagnostic)
      requireRoom(actor, deviceId)
      const id = randomUUID()
      const run: Running = { actor, agent, device, diagnostic, lines: [], bytes: 0, end: null }
      running.set(id, run)
      try {
        const secret = await record(deps, id, run)
        const { address, methods } = device
        const request = { id, agent: agent.id, device: device.id, address, methods, secret }
        agents.diagnosing.run({ ...request, diagnostic }, (result) => receive(id, result))
      } catch (error) {
        running.delete(id)
        throw error
      }
      return { id }
    },
    run: async (org, id) => {
      const live = new Map(running)
      const found = await db.asOrg(org, (tx) => findRun(tx, org, id))
      if (found === null) throw notFound("run", id)
      const now = found.endedAtMs === null ? live.get(id) : undefined
      return withState(now === undefined ? found : { ...found, lines: [...now.lines] }, live)
    },
    cancel: async (org, id) => {
      const run = running.get(id)
      if (run === undefined || run.actor.org !== org) throw notFound("run", id)
      agents.diagnosing.cancel(run.agent.id, id)
    },
    prune: (org) => jobs.asOrg(org, (tx) => pruneRuns(tx, org, KEPT_DAYS, KEPT_RUNS)),
  }
}
