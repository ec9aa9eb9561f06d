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
