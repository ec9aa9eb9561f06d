/** Echo requests to a host that is no device: loss and mean round trip. */
import type { ProbeCheck } from "@ispvm/wire"
import type { IcmpProbe } from "../reachability/fping.ts"
import type { Locate } from "./locate.ts"
import { NO_VALUES, type ProbeValues } from "./probe-values.ts"

type Deps = {
  readonly locate: Locate
  /** Null: this agent cannot ping. */
  readonly icmpProbe: IcmpProbe | null
}
const PERIOD_MS = 200

export const probeIcmp = async (
  { locate, icmpProbe }: Deps,
  { host, packets }: Extract<ProbeCheck, { kind: "icmp" }>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ProbeValues> => {
  if (icmpProbe === null) return { ...NO_VALUES, outcome: "not-possible" }
  const found = await locate(host, "probe", signal)
  const { nameMs } = found
  if (!found.ok) return { ...NO_VALUES, nameMs, outcome: found.outcome }
  const rttsMs: (number | null)[] = []
  const spec = { targets: [found.ip], count: packets, periodMs: PERIOD_MS, gapMs: 1, timeoutMs }
  const end = await icmpProbe(spec, (_, __, rttMs) => rttsMs.push(rttMs), signal)
  if (end.kind !== "done") return { ...NO_VALUES, nameMs, outcome: "not-possible" }
  const answered = rttsMs.filter((rtt) => rtt !== null)
  const sum = answered.reduce((all, rtt) => all + rtt, 0)
  return {
    ...NO_VALUES,
    nameMs,
    outcome: answered.length > 0 ? "ok" : "no-answer",
    totalMs: answered.length > 0 ? sum / answered.length : null,
    lossPct: rttsMs.length === 0 ? null : (100 * (rttsMs.length - answered.length)) / rttsMs.length,
  }
}
