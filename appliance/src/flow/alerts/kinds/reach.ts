/** Whether a device answers: one look in, the next state out. A lost probe is never an outage; only a confirmed look is. */
import {
  initialState,
  markDegraded,
  markDown,
  markUp,
  type PhaseReasons,
  type Rule,
  restartHold,
  type State,
} from "../state-machine.ts"

/** One look, its time already brought to our clock. Shape of the wire's ping sample. */
export type ProbeResult = {
  readonly atMs: number
  readonly answers: boolean
  readonly icmp: { readonly sent: number; readonly received: number } | null
  readonly tcp: "accepted" | "refused" | "silent" | null
  readonly because: "round" | "missed" | "confirm"
}

/** Probes of ten seconds, so that a minute's loss costs seven small rows and no list of looks. */
type Bucket = { readonly startMs: number; readonly sent: number; readonly lost: number }
export type Reach = {
  readonly state: State
  readonly observedAtMs: number | null
  readonly answeredAtMs: number | null
  /** TCP looks in a row without an answer, where there is no ICMP to ask by. */
  readonly tcpUnanswered: number
  readonly buckets: readonly Bucket[]
}

const REASONS: PhaseReasons = {
  ok: "answers",
  recovering: "answers-again",
  recovered: "answered-for-hold",
  down: "probes-unanswered",
}
const BUCKET_MS = 10_000

export const newReach = (atMs: number, state: State = initialState(atMs)): Reach => ({
  state,
  observedAtMs: null,
  answeredAtMs: null,
  tcpUnanswered: 0,
  buckets: [],
})

/** Share of probes lost over the window; null below the least number that says anything. */
export const lossRatio = (reach: Reach, rule: Rule): number | null => {
  let sent = 0
  let lost = 0
  for (const bucket of reach.buckets) {
    sent += bucket.sent
    lost += bucket.lost
  }
  return sent < rule.minLossProbes ? null : lost / sent
}

const count = (buckets: readonly Bucket[], probe: ProbeResult, rule: Rule): readonly Bucket[] => {
  // A device that drops ICMP and answers by TCP is not a lossy one: only looks in which ping works, or nothing does, count.
  if (probe.icmp === null || (probe.answers && probe.icmp.received === 0)) return buckets
  const startMs = Math.floor(probe.atMs / BUCKET_MS) * BUCKET_MS
  const { sent, received } = probe.icmp
  const lost = Math.max(0, sent - received)
  const kept = buckets.filter((bucket) => bucket.startMs > probe.atMs - rule.lossWindowMs)
  const last = kept.at(-1)
  if (last?.startMs !== startMs) return [...kept, { startMs, sent, lost }]
  return [...kept.slice(0, -1), { startMs, sent: last.sent + sent, lost: last.lost + lost }]
}

/** Silence that is believed: a whole burst and TCP unanswered; without ICMP, several TCP looks in a row. */
const isConfirmedDown = (probe: ProbeResult, tcpUnanswered: number, rule: Rule): boolean => {
  if (probe.answers) return false
  if (probe.icmp === null) return tcpUnanswered >= rule.tcpProbes
  if (probe.because === "round") return false
  return (
    probe.icmp.sent >= rule.confirmProbes &&
    probe.icmp.received === 0 &&
    (probe.tcp === null || probe.tcp === "silent")
  )
}

const nextState = (
  was: State,
  probe: ProbeResult,
  isUnanswered: boolean,
  loss: number | null,
  rule: Rule,
): State => {
  if (isUnanswered) return markDown(was, probe.atMs, REASONS, rule)
  if (!probe.answers)
    return was.phase === "ok" ? markDegraded(was, probe.atMs, "probe-missed") : restartHold(was)
  if (was.phase === "ok" || was.phase === "degraded") {
    const bound = was.reason === "loss" ? rule.lossOverBelow : rule.lossAbove
    if (loss !== null && loss >= bound) return markDegraded(was, probe.atMs, "loss")
  }
  return markUp(was, probe.atMs, REASONS, rule)
}

/** The next state after one look. The caller has set aside looks that are stale or out of order. */
export const stepReach = (was: Reach, probe: ProbeResult, rule: Rule): Reach => {
  // A look without any probe says nothing (a device with neither ICMP nor TCP to ask by).
  if (probe.icmp === null && probe.tcp === null && !probe.answers) return was
  const tcpUnanswered = probe.icmp === null && !probe.answers ? was.tcpUnanswered + 1 : 0
  const counted = count(was.buckets, probe, rule)
  const ratio = lossRatio({ ...was, buckets: counted }, rule)
  const state = nextState(
    was.state,
    probe,
    isConfirmedDown(probe, tcpUnanswered, rule),
    ratio,
    rule,
  )
  return {
    state,
    observedAtMs: probe.atMs,
    answeredAtMs: probe.answers ? probe.atMs : was.answeredAtMs,
    tcpUnanswered,
    // What was lost while it was down is the outage, not loss on a line that works.
    buckets: state.wasDown ? [] : counted,
  }
}
