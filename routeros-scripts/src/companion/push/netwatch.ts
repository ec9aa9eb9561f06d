/** What the router watches by itself: entries of netwatch without scripts of their own, which the resident script reads. */

import { tagged } from "../commands.ts"
import { canWatch, has } from "../features.ts"
import type { Remark, Watch, WatchType } from "../wish.ts"

const isAddress = (host: string): boolean => /^[\d.]+$|:/.test(host)

/** What is probed instead where it cannot be as wished, and why; `port` where that one needs it. */
type Probe = { readonly type: WatchType; readonly port: number | null; readonly because: string | null }
const probeFor = (release: string, { type, port, host }: Watch): Probe => {
  const missing = `RouterOS ${release} has no netwatch of type ${type}`
  if (type === "dns" && canWatch(release, "tcp-conn") && (isAddress(host) || !canWatch(release, type)))
    return {
      type: "tcp-conn",
      port: port ?? 53,
      because: canWatch(release, type) ? "type dns asks the router's own resolver for a name, and this is an address" : missing,
    }
  return canWatch(release, type) ? { type, port, because: null } : { type: "simple", port: null, because: missing }
}

export type Planned = {
  readonly watch: Watch
  readonly type: WatchType
  readonly comment: string
  readonly remarks: readonly Remark[]
  /** As the menu names them, values as it prints them. */
  readonly settings: Readonly<Record<string, string>>
  /** Properties that an earlier version filled, now empty. */
  readonly emptied: readonly string[]
  /** Whether each test's figures are reported. */
  readonly isMeasured: boolean
}

/** `90` s: `1m30s`, as the router prints it. */
export const printedTime = (seconds: number): string => {
  const parts = [
    [86_400, "d"],
    [3600, "h"],
    [60, "m"],
    [1, "s"],
  ] as const
  let left = seconds
  let text = ""
  for (const [size, unit] of parts) {
    const count = Math.floor(left / size)
    left -= count * size
    if (count > 0) text += `${count}${unit}`
  }
  return text === "" ? "0s" : text
}

/** After a restart there are routes to be learnt; the router's own five minutes would hide what the restart broke. */
const STARTUP_DELAY = "30s"
const late = (release: string): Remark => ({
  id: "watch-start",
  text: `Netwatch waits three seconds after an entry was added, and ${has(release, "netwatchStartupDelay") ? "half a minute" : "as long as the release has it"} after a restart of the router, before it probes.`,
})

export const planned = (release: string, watch: Watch): Planned => {
  const { type, port, because } = probeFor(release, watch)
  const typed = has(release, "netwatchTypes")
  const tests = watch.measures && type !== "simple" && has(release, "netwatchTestScript")
  const remark = (id: string, said: string): Remark => ({ id, text: `${watch.name}: ${said}` })
  const remarks = [
    ...(because === null
      ? []
      : [remark("watch-type", `${because}; ${type}${port === null ? "" : ` of port ${port}`} stands in for it.`)]),
    ...(watch.measures && !tests
      ? [
          remark(
            "watch-no-measures",
            `a watch of type ${type} has no figures to tell on RouterOS ${release}; only changes are told.`,
          ),
        ]
      : []),
    ...(type !== "icmp" && (watch.lossPercent !== null || watch.rttMs !== null)
      ? [remark("watch-no-thresholds", `thresholds of loss and round trip are for type icmp; this one is ${type}.`)]
      : []),
    ...(typed ? [late(release)] : []),
  ]
  const own: Readonly<Record<string, string>> = {
    host: watch.host,
    interval: printedTime(watch.intervalS),
    timeout: printedTime(watch.intervalS > 3 && typed ? 3 : 1),
    ...(typed ? { type } : {}),
    ...(has(release, "netwatchStartupDelay") ? { "startup-delay": STARTUP_DELAY } : {}),
    ...(port !== null && (type === "tcp-conn" || type === "http-get" || type === "https-get") ? { port: String(port) } : {}),
    ...(type === "icmp" && watch.lossPercent !== null ? { "thr-loss-percent": String(watch.lossPercent) } : {}),
    ...(type === "icmp" && watch.rttMs !== null ? { "thr-avg": `${watch.rttMs}ms` } : {}),
  }
  return {
    watch,
    type,
    comment: tagged(watch.name),
    remarks,
    settings: own,
    emptied: ["up-script", "down-script", ...(has(release, "netwatchTestScript") ? ["test-script"] : [])],
    isMeasured: tests,
  }
}
