/**
 * Which agent reads a device: the holder of its lease. Pure; time is an argument.
 *
 * The holder changes at once if it is offline or cannot reach the device while another agent can. A
 * better agent first reads beside the holder for some time, because rates need two readings, and
 * becomes the holder only then.
 */
import type { LeaseReason } from "../../api/leases.ts"
import type { AgentId } from "../../platform/ids.ts"

export type Candidate = {
  readonly agent: AgentId
  /** 0: preferred. Equal ranks share the devices by load. */
  readonly rank: number
  /** Devices that it holds, or is about to. */
  readonly load: number
  /** Since when it has been online without a gap; null: it is offline. */
  readonly aliveSinceMs: number | null
  /** What its probes of the device show, and since when; null: unknown. */
  readonly reach: { readonly answers: boolean; readonly sinceMs: number } | null
}
export type Lease = {
  readonly holder: AgentId | null
  readonly sinceMs: number
  readonly reason: LeaseReason
  /** Reads beside the holder, and since when. */
  readonly incoming: { readonly agent: AgentId; readonly sinceMs: number } | null
}
export type LeaseTimes = {
  /** An agent that sent nothing for so long has lost its leases. */
  readonly offlineMs: number
  /** The holder's probes are unanswered and those of another agent are answered for so long. */
  readonly unreachedMs: number
  /** A better agent has been online and reaches the device for so long. */
  readonly stableMs: number
  /** How long an agent reads beside the holder before it takes over. */
  readonly besideMs: number
}
/**
 * Four heartbeats. With the delivery of the assignment and the first poll, another agent
 * reads the device well within 15 s.
 */
export const LEASE_TIMES: LeaseTimes = {
  offlineMs: 8_000,
  unreachedMs: 4_000,
  stableMs: 60_000,
  besideMs: 25_000,
}
export const NO_LEASE: Lease = { holder: null, sinceMs: 0, reason: "assigned", incoming: null }

/** A smaller difference of loads moves no device. */
const loadMargin = (load: number): number => Math.max(2, Math.ceil(load / 5))

const isUsable = ({ aliveSinceMs, reach }: Candidate): boolean =>
  aliveSinceMs !== null && reach?.answers !== false
/** First by rank, then one that is known to reach the device, then by load. */
const order = (a: Candidate, b: Candidate): number =>
  a.rank - b.rank ||
  Number(b.reach?.answers === true) - Number(a.reach?.answers === true) ||
  a.load - b.load ||
  (a.agent < b.agent ? -1 : 1)
const bestOf = (candidates: readonly Candidate[]): Candidate | undefined =>
  candidates.toSorted(order)[0]

/** One that reaches the device; else any that is online, because a device that is down needs one too. */
const firstOnline = (candidates: readonly Candidate[]): Candidate | undefined =>
  bestOf(candidates.filter(isUsable)) ??
  bestOf(candidates.filter(({ aliveSinceMs }) => aliveSinceMs !== null))

const grant = (agent: AgentId, nowMs: number, reason: LeaseReason): Lease => ({
  holder: agent,
  sinceMs: nowMs,
  reason,
  incoming: null,
})
const keep = (was: Lease, incoming: Lease["incoming"] = null): Lease =>
  was.incoming?.agent === incoming?.agent ? was : { ...was, incoming }

const isStable = (
  { aliveSinceMs, reach }: Candidate,
  nowMs: number,
  { stableMs }: LeaseTimes,
): boolean =>
  aliveSinceMs !== null &&
  nowMs - aliveSinceMs >= stableMs &&
  (reach === null || (reach.answers && nowMs - reach.sinceMs >= stableMs))

const isBetter = (other: Candidate, holder: Candidate): boolean =>
  other.rank < holder.rank ||
  (other.rank === holder.rank && holder.load - other.load > loadMargin(holder.load))

/** An agent that is preferred to a working holder comes in slowly. */
const stepReturn = (
  was: Lease,
  holder: Candidate,
  others: readonly Candidate[],
  nowMs: number,
  times: LeaseTimes,
): Lease => {
  const incoming = others.find(({ agent }) => agent === was.incoming?.agent)
  // Its load already counts the device, so that load is not compared again.
  if (
    was.incoming !== null &&
    incoming !== undefined &&
    incoming.rank <= holder.rank &&
    isUsable(incoming)
  )
    return nowMs - was.incoming.sinceMs < times.besideMs
      ? was
      : grant(
          incoming.agent,
          nowMs,
          incoming.rank < holder.rank ? "preferred-is-back" : "load-balanced",
        )
  const better = bestOf(
    others.filter((other) => isStable(other, nowMs, times) && isBetter(other, holder)),
  )
  return keep(was, better === undefined ? null : { agent: better.agent, sinceMs: nowMs })
}

/**
 * The lease now. `mayTakeOver` is false while a missing heartbeat proves nothing, because the appliance itself
 * did not run or has just started.
 */
export const stepLease = (
  was: Lease,
  candidates: readonly Candidate[],
  nowMs: number,
  mayTakeOver = true,
  times: LeaseTimes = LEASE_TIMES,
): Lease => {
  const holder = candidates.find(({ agent }) => agent === was.holder)
  const others = candidates.filter((other) => other !== holder)
  if (holder === undefined) {
    const first = firstOnline(others) ?? (mayTakeOver ? bestOf(others) : undefined)
    if (first === undefined) return was.holder === null ? was : { ...NO_LEASE, sinceMs: nowMs }
    return grant(first.agent, nowMs, was.holder === null ? "assigned" : "agent-removed")
  }
  if (holder.aliveSinceMs === null) {
    const other = mayTakeOver ? firstOnline(others) : undefined
    return other === undefined ? keep(was) : grant(other.agent, nowMs, "agent-offline")
  }
  if (holder.reach?.answers === false) {
    if (nowMs - holder.reach.sinceMs < times.unreachedMs) return keep(was)
    const other = bestOf(others.filter((one) => isUsable(one) && one.reach?.answers === true))
    return other === undefined ? keep(was) : grant(other.agent, nowMs, "device-not-reached")
  }
  return stepReturn(was, holder, others, nowMs, times)
}
