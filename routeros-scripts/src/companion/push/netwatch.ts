/**
 * The hosts that the router probes itself: entries of netwatch without scripts, which the resident
 * script reads.
 */

import { tagged } from "../commands.ts"
import type { NetwatchEntry, NetwatchType, Remark } from "../desired-config.ts"
import { has, supportsNetwatch } from "../features.ts"

const isAddress = (host: string): boolean => /^[\d.]+$|:/.test(host)

/**
 * The substitute for a type that the release lacks, with the reason; `port` where the substitute
 * needs one.
 */
type Probe = {
  readonly type: NetwatchType
  readonly port: number | null
  readonly because: string | null
}
const probeFor = (release: string, { type, port, host }: NetwatchEntry): Probe => {
  const missing = `RouterOS ${release} has no netwatch of type ${type}`
  if (
    type === "dns" &&
    supportsNetwatch(release, "tcp-conn") &&
    (isAddress(host) || !supportsNetwatch(release, type))
  )
    return {
      type: "tcp-conn",
      port: port ?? 53,
      because: supportsNetwatch(release, type)
        ? "type dns resolves a name, and this is an address"
        : missing,
    }
  return supportsNetwatch(release, type)
    ? { type, port, because: null }
    : { type: "simple", port: null, because: missing }
}

export type PlannedNetwatch = {
  readonly entry: NetwatchEntry
  readonly type: NetwatchType
  readonly comment: string
  readonly remarks: readonly Remark[]
  /** Properties as the menu names them, values as it prints them. */
  readonly settings: Readonly<Record<string, string>>
  /** Properties that an earlier version set, now empty. */
  readonly emptied: readonly string[]
  /** Whether the figures of each test are reported. */
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

/**
 * After a restart, routes must be learned first; the router's own five minutes would hide what the
 * restart broke.
 */
const STARTUP_DELAY = "30s"
const startupRemark = (release: string): Remark => ({
  id: "netwatch-startup",
  text: `Netwatch waits three seconds after an entry was added, and ${has(release, "netwatchStartupDelay") ? "half a minute" : "as long as the release has it"} after a restart of the router, before it probes.`,
})

export const plannedNetwatch = (release: string, entry: NetwatchEntry): PlannedNetwatch => {
  const { type, port, because } = probeFor(release, entry)
  const typed = has(release, "netwatchTypes")
  const tests = entry.measures && type !== "simple" && has(release, "netwatchTestScript")
  const remark = (id: string, text: string): Remark => ({ id, text: `${entry.name}: ${text}` })
  const remarks = [
    ...(because === null
      ? []
      : [
          remark(
            "netwatch-type",
            `${because}; ${type}${port === null ? "" : ` of port ${port}`} is used instead.`,
          ),
        ]),
    ...(entry.measures && !tests
      ? [
          remark(
            "netwatch-no-figures",
            `netwatch of type ${type} provides no figures on RouterOS ${release}; only changes are reported.`,
          ),
        ]
      : []),
    ...(type !== "icmp" && (entry.lossPercent !== null || entry.rttMs !== null)
      ? [
          remark(
            "netwatch-no-thresholds",
            `thresholds for loss and round-trip time apply to type icmp; this entry is ${type}.`,
          ),
        ]
      : []),
    ...(typed ? [startupRemark(release)] : []),
  ]
  const own: Readonly<Record<string, string>> = {
    host: entry.host,
    interval: printedTime(entry.intervalS),
    timeout: printedTime(entry.intervalS > 3 && typed ? 3 : 1),
    ...(typed ? { type } : {}),
    ...(has(release, "netwatchStartupDelay") ? { "startup-delay": STARTUP_DELAY } : {}),
    ...(port !== null && (type === "tcp-conn" || type === "http-get" || type === "https-get")
      ? { port: String(port) }
      : {}),
    ...(type === "icmp" && entry.lossPercent !== null
      ? { "thr-loss-percent": String(entry.lossPercent) }
      : {}),
    ...(type === "icmp" && entry.rttMs !== null ? { "thr-avg": `${entry.rttMs}ms` } : {}),
  }
  return {
    entry,
    type,
    comment: tagged(entry.name),
    remarks,
    settings: own,
    emptied: [
      "up-script",
      "down-script",
      ...(has(release, "netwatchTestScript") ? ["test-script"] : []),
    ],
    isMeasured: tests,
  }
}
