/** Whether a device answers: one look in, the next state out. A lost probe is never an outage; only a confirmed look is. */
import { doubt, fall, type Rule, rise, type State, unseen, type Words, weaken } from "./machine.ts"

/** One look, its time already brought to our clock. Shape of the wire's ping sample. */
export type Look = {
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
  readonly lookAtMs: number | null
  readonly answeredAtMs: number | null
  /** TCP looks in a row without an answer, where there is no ICMP to ask by. */
  readonly tcpSilent: number
  readonly buckets: readonly Bucket[]
}

const WORDS: Words = { good: "answers", again: "answers-again", held: "answered-for-hold", bad: "confirmed-silent" }
const BUCKET_MS = 10_000

export const newReach = (atMs: number, state: State = unseen(atMs)): Reach => ({
  state,
  lookAtMs: null,
  answeredAtMs: null,
  tcpSilent: 0,
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
  return sent < rule.lossLeastSent ? null : lost / sent
}

const count = (buckets: readonly Bucket[], look: Look, rule: Rule): readonly Bucket[] => {
  // A device that drops ICMP and answers by TCP is not a lossy one: only looks in which ping works, or nothing does, count.
  if (look.icmp === null || (look.answers && look.icmp.received === 0)) return buckets
  const startMs = Math.floor(look.atMs / BUCKET_MS) * BUCKET_MS
  const { sent, received } = look.icmp
  const lost = Math.max(0, sent - received)
  const kept = buckets.filter((bucket) => bucket.startMs > look.atMs - rule.lossWindowMs)
  const last = kept.at(-1)
  if (last?.startMs !== startMs) return [...kept, { startMs, sent, lost }]
  return [...kept.slice(0, -1), { startMs, sent: last.sent + sent, lost: last.lost + lost }]
}

/** Silence that is believed: a whole burst and TCP unanswered; without ICMP, several TCP looks in a row. */
const isConfirmedSilence = (look: Look, tcpSilent: number, rule: Rule): boolean => {
  if (look.answers) return false
  if (look.icmp === null) return tcpSilent >= rule.tcpLooks
  if (look.because === "round") return false
  return look.icmp.sent >= rule.confirmProbes && look.icmp.received === 0 && (look.tcp === null || look.tcp === "silent")
}

const judge = (was: State, look: Look, silent: boolean, loss: number | null, rule: Rule): State => {
  if (silent) return fall(was, look.atMs, WORDS, rule)
  if (!look.answers) return was.phase === "ok" ? weaken(was, look.atMs, "probe-missed") : doubt(was)
  if (was.phase === "ok" || was.phase === "degraded") {
    const bound = was.reason === "loss" ? rule.lossOverBelow : rule.lossAbove
    if (loss !== null && loss >= bound) return weaken(was, look.atMs, "loss")
  }
  return rise(was, look.atMs, WORDS, rule)
}

/** The next state after one look. The caller has set aside looks that are stale or out of order. */
export const stepReach = (was: Reach, look: Look, rule: Rule): Reach => {
  // A look without any probe says nothing (a device with neither ICMP nor TCP to ask by).
  if (look.icmp === null && look.tcp === null && !look.answers) return was
  const tcpSilent = look.icmp === null && !look.answers ? was.tcpSilent + 1 : 0
  const counted = count(was.buckets, look, rule)
  const ratio = lossRatio({ ...was, buckets: counted }, rule)
  const state = judge(was.state, look, isConfirmedSilence(look, tcpSilent, rule), ratio, rule)
  return {
    state,
    lookAtMs: look.atMs,
    answeredAtMs: look.answers ? look.atMs : was.answeredAtMs,
    tcpSilent,
    // What was lost while it was down is the outage, not loss on a line that works.
    buckets: state.wasDown ? [] : counted,
  }
}
