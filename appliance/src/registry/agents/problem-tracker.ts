/**
 * Keeps the state from which problems of agents are found, and reports each once: to log, metrics
 * and audit.
 */
import type { Ack, Heartbeat } from "@ispvm/wire"
import type { AuditAction } from "../../api/audit-actions.ts"
import type { AgentId } from "../../platform/ids.ts"
import type { Dbs } from "../../platform/postgres/db.ts"
import { write } from "../audit/audit.ts"
import type { KnownAgent } from "./enrol.ts"
import {
  type Problem,
  problemsOf,
  REJECTED_SHOWN_MS,
  type RejectedSamples,
  updateRejected,
} from "./problems.ts"
import { createSenders } from "./senders.ts"

type Deps = {
  readonly dbs: Pick<Dbs, "jobs">
  readonly steady?: () => number
  readonly onProblem?: (
    agent: { readonly id: AgentId; readonly name: string },
    problem: Problem,
  ) => void
  readonly onError: (error: unknown) => void
}
export type ProblemTracker = {
  readonly receive: (
    agent: KnownAgent,
    heartbeat: Heartbeat,
    address: string,
    boot: string | null,
  ) => void
  readonly isSecond: (agent: string, boot: string | null) => boolean
  readonly noteAck: (agent: KnownAgent, ack: Ack) => void
  readonly noteConflict: (agent: KnownAgent) => void
  readonly of: (agent: string, clockSkewMs: number | null) => readonly Problem[]
  readonly forget: (agent: string) => void
}

/** Stored action names never change, so that one name finds old and new audit entries. */
const AUDIT_ACTIONS: Readonly<Record<Problem["reason"], AuditAction>> = {
  "identity-shared": "agent.identity-shared",
  "clock-skew": "agent.clock-wrong",
  "samples-rejected": "agent.samples-refused",
  "data-restored": "agent.data-restored",
}

/** An agent whose buffer is rejected repeatedly is reported once an hour. */
const CONFLICT_NEWS_MS = 3_600_000

export const createProblemTracker = ({
  dbs,
  steady = () => performance.now(),
  onProblem,
  onError,
}: Deps): ProblemTracker => {
  const senders = createSenders()
  const rejected = new Map<string, RejectedSamples>()
  const restoredAtMs = new Map<string, number>()
  /** Agents whose readings already carry the appliance's time. */
  const corrected = new Map<string, boolean>()

  const of = (agent: string, clockSkewMs: number | null): readonly Problem[] => {
    const nowMs = steady()
    const recent = rejected.get(agent)
    const restoredMs = restoredAtMs.get(agent)
    return problemsOf({
      shared: senders.shared(agent, nowMs),
      clockSkewMs,
      isCorrected: corrected.get(agent) ?? false,
      rejected: recent !== undefined && nowMs - recent.lastMs <= REJECTED_SHOWN_MS ? recent : null,
      restoredAgoMs: restoredMs === undefined ? null : nowMs - restoredMs,
    })
  }
  const report = (
    agent: KnownAgent,
    reason: Problem["reason"],
    detail: Readonly<Record<string, unknown>>,
  ): void => {
    const problem = of(agent.id, null).find((one) => one.reason === reason)
    if (problem !== undefined) onProblem?.(agent, problem)
    const by = { system: `agent ${agent.name}` }
    dbs.jobs
      .asOrg(agent.org, (tx) => write(tx, by, AUDIT_ACTIONS[reason], "agent", agent.id, detail))
      .catch(onError)
  }

  return {
    receive: (agent, { hostname, startedAtMs }, address, boot) => {
      corrected.set(agent.id, boot !== null)
      // Agents of earlier releases send no boot id, but the time of their start.
      const name = boot ?? `started ${startedAtMs}`
      if (senders.receive(agent.id, { boot: name, hostname, address }, steady()) === "as-before")
        return
      const found = senders.shared(agent.id, steady())
      report(agent, "identity-shared", {
        senders: found.map((one) => ({ hostname: one.hostname, address: one.address })),
      })
    },
    isSecond: (agent, boot) => senders.isSecond(agent, boot, steady()),
    noteAck: (agent, ack) => {
      const was = rejected.get(agent.id) ?? null
      const now = updateRejected(was, ack, steady())
      if (now === null) rejected.delete(agent.id)
      else rejected.set(agent.id, now)
      if (now !== null && (was === null || steady() - was.lastMs > REJECTED_SHOWN_MS))
        report(agent, "samples-rejected", { items: now.items, last: now.message })
    },
    noteConflict: (agent) => {
      const lastMs = restoredAtMs.get(agent.id)
      restoredAtMs.set(agent.id, steady())
      if (lastMs === undefined || steady() - lastMs > CONFLICT_NEWS_MS)
        report(agent, "data-restored", {})
    },
    of,
    forget: (agent) => {
      senders.forget(agent)
      rejected.delete(agent)
      restoredAtMs.delete(agent)
      corrected.delete(agent)
    },
  }
}
