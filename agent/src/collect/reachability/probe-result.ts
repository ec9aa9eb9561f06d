/** Interprets probes. Pure: round trips and a TCP result in, status and the sample's values out. */
import type { AssignedDevice, PingSample } from "@ispvm/wire"
import type { TcpProbeResult } from "./tcp-probe.ts"

/**
 * Enough probes that losing all of them is no accident, even where every second reply is lost: with
 * the missed one they are 13, of which none comes back once in 8,000 times (of 7, once in 128).
 */
export const BURST = { count: 12, periodMs: 25 } as const
const TIMEOUT = { minMs: 250, maxMs: 1_000 } as const

/** Smoothed round trip and its variation, as TCP keeps them (RFC 6298). */
export type Rtt = { readonly meanMs: number; readonly varMs: number }

export const learnRtt = (was: Rtt | null, rttMs: number): Rtt => {
  if (was === null) return { meanMs: rttMs, varMs: rttMs / 2 }
  return {
    meanMs: was.meanMs + (rttMs - was.meanMs) / 8,
    varMs: was.varMs + (Math.abs(rttMs - was.meanMs) - was.varMs) / 4,
  }
}

/**
 * The timeout for this device, in steps, so that devices of one step share one fping. Unknown: the
 * longest.
 */
export const timeoutFor = (rtt: Rtt | null): number => {
  if (rtt === null) return TIMEOUT.maxMs
  const fairMs = rtt.meanMs + 4 * rtt.varMs + 20
  for (let stepMs: number = TIMEOUT.minMs; stepMs < TIMEOUT.maxMs; stepMs *= 2)
    if (fairMs <= stepMs) return stepMs
  return TIMEOUT.maxMs
}

type Icmp = NonNullable<PingSample["icmp"]>

/** Probes of a path lately, and how many of them were lost; older ones weigh less. */
export type Loss = { readonly sent: number; readonly lost: number }
export const NO_LOSS: Loss = { sent: 0, lost: 0 }
/** After so many probes an older one weighs half: three bursts show what a path has become. */
const HALF_AFTER = 16
export const learnLoss = (was: Loss, { sent, received }: Pick<Icmp, "sent" | "received">): Loss => {
  const keep = 0.5 ** (sent / HALF_AFTER)
  return { sent: was.sent * keep + sent, lost: was.lost * keep + sent - received }
}

/** The share of missed probes that may be reported as an outage where there is only loss. */
const FALSE_ALARM = 1e-6
/** The share of lost probes is known from a few of them, so it may well be higher. */
const MARGIN = 0.1
/** In steps, so that devices of one step share one fping. The last one takes 2.4 s. */
const LONGER = [24, 48, 96] as const
/**
 * How many probes have to stay unanswered before a device is down. On a path that loses few of
 * them, a burst is enough; on one that loses most, a whole burst is lost now and then.
 */
export const probesToConfirm = ({ sent, lost }: Loss): number => {
  const ratio = (lost + 1) / (sent + 2) + MARGIN
  if (sent === 0 || lost === 0) return BURST.count
  const needed = ratio >= 1 ? Number.POSITIVE_INFINITY : Math.log(FALSE_ALARM) / Math.log(ratio)
  if (needed <= BURST.count) return BURST.count
  return LONGER.find((count) => count >= needed) ?? LONGER[2]
}

/** `rttsMs` in the order of sending, null if there was no answer. No probe is no measurement. */
export const measure = (rttsMs: readonly (number | null)[]): Icmp | null => {
  if (rttsMs.length === 0) return null
  const got = rttsMs.filter((rtt) => rtt !== null)
  const steps = got.slice(1).map((rtt, i) => Math.abs(rtt - (got[i] ?? rtt)))
  const meanUs = (values: readonly number[]): number | null =>
    values.length === 0
      ? null
      : Math.round((values.reduce((sum, value) => sum + value, 0) / values.length) * 1_000)
  return { sent: rttsMs.length, received: got.length, rttUs: meanUs(got), jitterUs: meanUs(steps) }
}

/** The rule of the wire: any ping answered, TCP accepted, or, if ICMP is available, TCP refused. */
export const isAnswer = (icmp: Icmp | null, tcp: TcpProbeResult | null): boolean =>
  (icmp !== null && icmp.received > 0) || tcp === "accepted" || (icmp !== null && tcp === "refused")

/** The port of TCP probes. */
export const tcpProbePort = ({ access }: Pick<AssignedDevice, "access">): number | null =>
  access.tcpPort ?? access.routerosApi?.port ?? null

/**
 * While a device does not answer, the burst is repeated only this often; rounds in between are
 * reported as they are.
 */
export const BURST_REPEAT_MS = 5_000

/** Whether a missed reply starts a burst, or continues a known outage. */
export const requestsConfirmation = (unansweredBurstMs: number | null, nowMs: number): boolean =>
  unansweredBurstMs === null ||
  nowMs - unansweredBurstMs >= BURST_REPEAT_MS ||
  nowMs < unansweredBurstMs
