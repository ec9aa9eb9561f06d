/** What probes add to the latest values of their targets. Pure. */
import type { Accepted } from "../ingest/model.ts"

type Ping = Accepted["pings"][number]
/** Of one target. Counts of the clock minute of the newest probe, and of the minute before it. */
export type LatestPing = {
  readonly targetId: number
  readonly atMs: number
  readonly answers: boolean
  /** Null: none of the probes was answered. */
  readonly answeredAtMs: number | null
  readonly rttUs: number | null
  readonly jitterUs: number | null
  readonly minuteMs: number
  readonly sent: number
  readonly received: number
  readonly sentBefore: number
  readonly receivedBefore: number
}

const MINUTE_MS = 60_000
const minuteOf = (atMs: number): number => Math.floor(atMs / MINUTE_MS) * MINUTE_MS
/** A probe by TCP is one attempt. */
const countsOf = ({ icmp, answers }: Ping) => ({
  sent: icmp?.sent ?? 1,
  received: icmp?.received ?? (answers ? 1 : 0),
})

const ofTarget = (targetId: number, pings: readonly Ping[]): LatestPing => {
  let newest: Ping | undefined
  let answeredAtMs: number | null = null
  for (const ping of pings) {
    if (newest === undefined || ping.atMs > newest.atMs) newest = ping
    if (ping.answers) answeredAtMs = Math.max(answeredAtMs ?? ping.atMs, ping.atMs)
  }
  const minuteMs = minuteOf(newest?.atMs ?? 0)
  const counts = { sent: 0, received: 0, sentBefore: 0, receivedBefore: 0 }
  for (const ping of pings) {
    const { sent, received } = countsOf(ping)
    const minute = minuteOf(ping.atMs)
    if (minute === minuteMs) {
      counts.sent += sent
      counts.received += received
    } else if (minute === minuteMs - MINUTE_MS) {
      counts.sentBefore += sent
      counts.receivedBefore += received
    }
  }
  const { atMs = 0, answers = false, icmp } = newest ?? {}
  const rtt = { rttUs: icmp?.rttUs ?? null, jitterUs: icmp?.jitterUs ?? null }
  return { targetId, atMs, answers, answeredAtMs, ...rtt, minuteMs, ...counts }
}

/** One for each target, in the order of targets: batches of several agents then cannot deadlock. */
export const latestPings = (pings: readonly Ping[]): readonly LatestPing[] =>
  [...Map.groupBy(pings, ({ targetId }) => targetId)]
    .sort(([one], [other]) => one - other)
    .map(([targetId, own]) => ofTarget(targetId, own))
