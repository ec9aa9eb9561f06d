/** A confirmation burst for several devices at once: one fping for all, and a TCP probe of each. */

import type { PingSample } from "@ispvm/wire"
import type { IcmpProbe } from "./fping.ts"
import { BURST, isAnswer, measure } from "./probe-result.ts"
import type { TcpProbeResult, tcpProbe } from "./tcp-probe.ts"

export type Target = {
  readonly key: string
  readonly ip: string
  readonly icmp: boolean
  readonly tcpPort: number | null
  readonly prior: readonly null[]
}
export type ProbeResult = {
  readonly answers: boolean
  readonly icmp: PingSample["icmp"]
  readonly tcp: TcpProbeResult | null
}
/** Targets of one burst. More run in parallel, so that a burst of many keeps its period. */
export const BURST_CHUNK = 50
/** Missed replies within this time share one fping. */
export const MISS_BATCH_MS = 10
export const chunks = <T>(list: readonly T[], size: number): readonly T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) =>
    list.slice(i * size, (i + 1) * size),
  )

export type BurstDeps = {
  readonly icmpProbe: IcmpProbe | null
  readonly tcpProbe: typeof tcpProbe
  readonly onToolFailed: (message: string) => void
}
type BurstRequest = {
  readonly targets: readonly Target[]
  readonly timeoutMs: number
  readonly count?: number
  /** Report a device at its first answer, without waiting for its other probes. */
  readonly early: boolean
  /** Called once per target; null: no result. */
  readonly onResult: (target: Target, result: ProbeResult | null) => void
  readonly signal: AbortSignal
}

type TargetState = {
  readonly target: Target
  readonly rttsMs: (number | null)[]
  tcp: TcpProbeResult | null
  isTcpPending: boolean
  isReported: boolean
}

/** If TCP alone decides, two probes are sent: a single lost SYN must not count as no answer. */
const probeTcp = async (
  deps: BurstDeps,
  target: Target,
  isTcpOnly: boolean,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<TcpProbeResult | null> => {
  if (target.tcpPort === null) return null
  const first = await deps.tcpProbe(target.ip, target.tcpPort, deadlineMs, signal)
  return first === "silent" && isTcpOnly && !signal.aborted
    ? deps.tcpProbe(target.ip, target.tcpPort, deadlineMs, signal)
    : first
}

export const burst = async (
  deps: BurstDeps,
  { targets, timeoutMs, count = BURST.count, early, onResult, signal }: BurstRequest,
): Promise<void> => {
  const finished = new AbortController()
  const both = AbortSignal.any([signal, finished.signal])
  const open: TargetState[] = targets.map((target) => ({
    target,
    rttsMs: [...target.prior],
    tcp: null,
    isTcpPending: target.tcpPort !== null,
    isReported: false,
  }))
  const report = (one: TargetState): void => {
    if (one.isReported || signal.aborted) return
    one.isReported = true
    const icmp = measure(one.rttsMs)
    onResult(
      one.target,
      icmp === null && one.tcp === null
        ? null
        : { answers: isAnswer(icmp, one.tcp), icmp, tcp: one.tcp },
    )
    if (open.every((it) => it.isReported)) finished.abort()
  }
  const reportIfAnswered = (one: TargetState): void => {
    if (early && isAnswer(measure(one.rttsMs), one.tcp)) report(one)
  }

  const byIp = Map.groupBy(
    open.filter((one) => one.target.icmp),
    (one) => one.target.ip,
  )
  const windowMs = (count - 1) * BURST.periodMs + timeoutMs
  const ping = async (): Promise<void> => {
    if (deps.icmpProbe === null || byIp.size === 0) return
    const spec = {
      targets: [...byIp.keys()],
      count,
      periodMs: BURST.periodMs,
      gapMs: 1,
      timeoutMs,
    }
    const onProbe = (ip: string, _: number, rttMs: number | null) => {
      for (const one of byIp.get(ip) ?? []) {
        one.rttsMs.push(rttMs)
        if (rttMs !== null) reportIfAnswered(one)
      }
    }
    const end = await deps.icmpProbe(spec, onProbe, both)
    if (end.kind === "failed") deps.onToolFailed(end.message)
    // Devices that answered are reported now; the others wait for their TCP probe.
    for (const one of open)
      if (one.target.icmp && (!one.isTcpPending || one.rttsMs.some((rtt) => rtt !== null)))
        report(one)
  }
  const runTcpProbe = async (one: TargetState): Promise<void> => {
    const isTcpOnly = deps.icmpProbe === null || !one.target.icmp
    one.tcp = await probeTcp(deps, one.target, isTcpOnly, isTcpOnly ? 1_000 : windowMs, both)
    one.isTcpPending = false
    reportIfAnswered(one)
  }
  await Promise.all([ping(), ...open.filter((one) => one.target.tcpPort !== null).map(runTcpProbe)])
  for (const one of open) report(one)
}
