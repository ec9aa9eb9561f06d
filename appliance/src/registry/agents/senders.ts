/**
 * Which processes use one agent's identity. A restart replaces one by the next. Two that alternate
 * are two machines with one identity: a clone, or a restored snapshot beside the original. Times
 * are ms of a monotonic clock. Pure except for its own map.
 */
import type { AgentNote } from "../../api/notice-messages.ts"

export type Sender = {
  readonly boot: string
  readonly firstMs: number
  readonly lastMs: number
  readonly hostname: string
  readonly address: string
}
export type Senders = {
  /**
   * Called for each heartbeat. Gives `shared` when two processes prove to be alive, once per pair.
   */
  readonly receive: (
    agent: string,
    seen: Omit<Sender, "firstMs" | "lastMs">,
    nowMs: number,
  ) => "shared" | "as-before"
  /**
   * Whether an earlier process of this agent is still alive. What the second one measures is
   * stored, but it does not decide what is reachable, and it gets no tasks.
   */
  readonly isSecond: (agent: string, boot: string | null, nowMs: number) => boolean
  /**
   * The processes that are or recently were alive at the same time, the first one first; empty if
   * there is only one.
   */
  readonly shared: (agent: string, nowMs: number) => readonly Sender[]
  readonly forget: (agent: string) => void
}

/** Two missed heartbeats, as for offline agents. */
const ALIVE_MS = 4_000
/** The last heartbeat of an ending process may arrive this long after the first one of the next. */
const OVERLAP_MS = 1_000
/** A new process is second until the one before has had time for a heartbeat. */
const PROBATION_MS = 3_000
/** The page shows the problem for this long after the last heartbeat of the second process. */
const SHOWN_MS = 60_000
/** A process that is restarted repeatedly. */
const MAX_SENDERS = 8

const overlap = (first: Sender, second: Sender): boolean =>
  first.lastMs > second.firstMs + OVERLAP_MS
const wereTogether = (one: Sender, other: Sender): boolean =>
  one.firstMs <= other.firstMs ? overlap(one, other) : overlap(other, one)

export const createSenders = (): Senders => {
  const byAgent = new Map<string, readonly Sender[]>()
  const of = (agent: string): readonly Sender[] => byAgent.get(agent) ?? []
  const shared = (agent: string, nowMs: number): readonly Sender[] => {
    const recent = of(agent).filter(({ lastMs }) => nowMs - lastMs <= SHOWN_MS)
    return recent.filter((one) => recent.some((other) => other !== one && wereTogether(one, other)))
  }
  return {
    receive: (agent, { boot, hostname, address }, nowMs) => {
      const before = new Set(shared(agent, nowMs).map((one) => one.boot))
      const known = of(agent).find((one) => one.boot === boot)
      const now: Sender = {
        boot,
        hostname,
        address,
        firstMs: known?.firstMs ?? nowMs,
        lastMs: nowMs,
      }
      const others = of(agent).filter((one) => one.boot !== boot && nowMs - one.lastMs <= SHOWN_MS)
      byAgent.set(agent, [...others, now].sort((a, b) => a.firstMs - b.firstMs).slice(-MAX_SENDERS))
      return shared(agent, nowMs).some((one) => !before.has(one.boot)) ? "shared" : "as-before"
    },
    isSecond: (agent, boot, nowMs) => {
      if (boot === null) return false
      const alive = of(agent).filter(({ lastMs }) => nowMs - lastMs <= ALIVE_MS)
      const [first] = alive
      if (first === undefined || first.boot === boot) return false
      const own = of(agent).find((one) => one.boot === boot)
      return own === undefined || overlap(first, own) || nowMs - own.firstMs < PROBATION_MS
    },
    shared,
    forget: (agent) => {
      byAgent.delete(agent)
    },
  }
}

const nameOf = ({ hostname, address }: Sender): string => `${hostname} (${address})`

/** The note on the Agents page and in the log. */
export const sharedMessage = (senders: readonly Sender[]): AgentNote => ({
  code: "agent.identity-shared",
  params: { machines: senders.map(nameOf) },
})
