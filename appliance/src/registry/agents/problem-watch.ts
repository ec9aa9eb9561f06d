/** Keeps what problems of agents are judged by, and tells of each once: to the log, to /metrics and to the audit. */
import type { Ack, Heartbeat } from "@ispvm/agent/wire"
import type { Dbs } from "../../platform/db.ts"
import type { AgentId } from "../../platform/ids.ts"
import { write } from "../audit/audit.ts"
import type { KnownAgent } from "./enrol.ts"
import { type Problem, problemsOf, REFUSED_SHOWN_MS, type RefusedSamples, stepRefused } from "./problems.ts"
import { createSenders } from "./senders.ts"

type Deps = {
  readonly dbs: Pick<Dbs, "jobs">
  readonly steady?: () => number
  readonly onProblem?: (agent: { readonly id: AgentId; readonly name: string }, problem: Problem) => void
  readonly onError: (error: unknown) => void
}
export type ProblemWatch = {
  readonly hear: (agent: KnownAgent, heartbeat: Heartbeat, address: string, boot: string | null) => void
  readonly isSecond: (agent: string, boot: string | null) => boolean
  readonly noteAck: (agent: KnownAgent, ack: Ack) => void
  readonly noteConflict: (agent: KnownAgent) => void
  readonly of: (agent: string, clockSkewMs: number | null) => readonly Problem[]
  readonly forget: (agent: string) => void
}

/** An agent whose buffer is refused again and again is one piece of news an hour. */
const CONFLICT_NEWS_MS = 3_600_000

export const createProblemWatch = ({ dbs, steady = () => performance.now(), onProblem, onError }: Deps): ProblemWatch => {
  const senders = createSenders()
  const refused = new Map<string, RefusedSamples>()
  const restoredAtMs = new Map<string, number>()
  /** Agents whose readings carry our time already. */
  const corrected = new Map<string, boolean>()

  const of = (agent: string, clockSkewMs: number | null): readonly Problem[] => {
    const nowMs = steady()
    const lately = refused.get(agent)
    const restoredMs = restoredAtMs.get(agent)
    return problemsOf({
      shared: senders.shared(agent, nowMs),
      clockSkewMs,
      isCorrected: corrected.get(agent) ?? false,
      refused: lately !== undefined && nowMs - lately.lastMs <= REFUSED_SHOWN_MS ? lately : null,
      restoredAgoMs: restoredMs === undefined ? null : nowMs - restoredMs,
    })
  }
  const tell = (agent: KnownAgent, reason: Problem["reason"], detail: Readonly<Record<string, unknown>>): void => {
    const problem = of(agent.id, null).find((one) => one.reason === reason)
    if (problem !== undefined) onProblem?.(agent, problem)
    const by = { system: `agent ${agent.name}` }
    dbs.jobs.asOrg(agent.org, (tx) => write(tx, by, `agent.${reason}`, "agent", agent.id, detail)).catch(onError)
  }

  return {
    hear: (agent, { hostname, startedAtMs }, address, boot) => {
      corrected.set(agent.id, boot !== null)
      // Agents of earlier releases name no boot, but when they were started.
      const name = boot ?? `started ${startedAtMs}`
      if (senders.hear(agent.id, { boot: name, hostname, address }, steady()) === "as-before") return
      const found = senders.shared(agent.id, steady())
      tell(agent, "identity-shared", { senders: found.map((one) => ({ hostname: one.hostname, address: one.address })) })
    },
    isSecond: (agent, boot) => senders.isSecond(agent, boot, steady()),
    noteAck: (agent, ack) => {
      const was = refused.get(agent.id) ?? null
      const now = stepRefused(was, ack, steady())
      if (now === null) refused.delete(agent.id)
      else refused.set(agent.id, now)
      if (now !== null && (was === null || steady() - was.lastMs > REFUSED_SHOWN_MS))
        tell(agent, "samples-refused", { items: now.items, last: now.message })
    },
    noteConflict: (agent) => {
      const lastMs = restoredAtMs.get(agent.id)
      restoredAtMs.set(agent.id, steady())
      if (lastMs === undefined || steady() - lastMs > CONFLICT_NEWS_MS) tell(agent, "data-restored", {})
    },
    of,
    forget: (agent) => {
      senders.forget(agent)
      refused.delete(agent)
      restoredAtMs.delete(agent)
      corrected.delete(agent)
    },
  }
}
