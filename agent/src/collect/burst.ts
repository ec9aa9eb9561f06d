/** A whole look at several devices at once: one fping for all of them, and beside it a TCP knock at each. */

import type { PingSample } from "../wire/wire.ts"
import type { Shoot } from "./fping.ts"
import { BURST, isAnswer, measure } from "./look.ts"
import type { Knock, knock } from "./tcp.ts"

export type Target = {
  readonly key: string
  readonly ip: string
  readonly icmp: boolean
  readonly tcpPort: number | null
  readonly prior: readonly null[]
}
export type Seen = { readonly answers: boolean; readonly icmp: PingSample["icmp"]; readonly tcp: Knock | null }
type Deps = { readonly shoot: Shoot | null; readonly knock: typeof knock; readonly onToolFailed: (message: string) => void }
type Ask = {
  readonly targets: readonly Target[]
  readonly timeoutMs: number
  /** Tell a living device at its first answer, without the rest of its probes. */
  readonly early: boolean
  /** Once for each target; null: nothing could be found out. */
  readonly onSeen: (target: Target, seen: Seen | null) => void
  readonly signal: AbortSignal
}

type Open = {
  readonly target: Target
  readonly rttsMs: (number | null)[]
  tcp: Knock | null
  isKnocking: boolean
  isTold: boolean
}

/** Two knocks one after the other where TCP alone decides: a single lost SYN is no silence. */
const knockAt = async (
  deps: Deps,
  target: Target,
  alone: boolean,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<Knock | null> => {
  if (target.tcpPort === null) return null
  const first = await deps.knock(target.ip, target.tcpPort, deadlineMs, signal)
  return first === "silent" && alone && !signal.aborted ? deps.knock(target.ip, target.tcpPort, deadlineMs, signal) : first
}

export const burst = async (deps: Deps, { targets, timeoutMs, early, onSeen, signal }: Ask): Promise<void> => {
  const over = new AbortController()
  const both = AbortSignal.any([signal, over.signal])
  const open: Open[] = targets.map((target) => ({
    target,
    rttsMs: [...target.prior],
    tcp: null,
    isKnocking: target.tcpPort !== null,
    isTold: false,
  }))
  const tell = (one: Open): void => {
    if (one.isTold || signal.aborted) return
    one.isTold = true
    const icmp = measure(one.rttsMs)
    onSeen(one.target, icmp === null && one.tcp === null ? null : { answers: isAnswer(icmp, one.tcp), icmp, tcp: one.tcp })
    if (open.every((it) => it.isTold)) over.abort()
  }
  const tellEarly = (one: Open): void => {
    if (early && isAnswer(measure(one.rttsMs), one.tcp)) tell(one)
  }

  const byIp = Map.groupBy(
    open.filter((one) => one.target.icmp),
    (one) => one.target.ip,
  )
  const windowMs = (BURST.count - 1) * BURST.periodMs + timeoutMs
  const ping = async (): Promise<void> => {
    if (deps.shoot === null || byIp.size === 0) return
    const shot = { targets: [...byIp.keys()], count: BURST.count, periodMs: BURST.periodMs, gapMs: 1, timeoutMs }
    const onProbe = (ip: string, _: number, rttMs: number | null) => {
      for (const one of byIp.get(ip) ?? []) {
        one.rttsMs.push(rttMs)
        if (rttMs !== null) tellEarly(one)
      }
    }
    const end = await deps.shoot(shot, onProbe, both)
    if (end.kind === "failed") deps.onToolFailed(end.message)
    // Whoever answered is told now; a silent one waits for its knock.
    for (const one of open) if (one.target.icmp && (!one.isKnocking || one.rttsMs.some((rtt) => rtt !== null))) tell(one)
  }
  const knockOne = async (one: Open): Promise<void> => {
    const isAlone = deps.shoot === null || !one.target.icmp
    one.tcp = await knockAt(deps, one.target, isAlone, isAlone ? 1_000 : windowMs, both)
    one.isKnocking = false
    tellEarly(one)
  }
  await Promise.all([ping(), ...open.filter((one) => one.target.tcpPort !== null).map(knockOne)])
  for (const one of open) tell(one)
}
