/** Parses the output of fping. Pure: a line without meaning is null. */

import { isIP } from "node:net"

/** `rttMs` is null if this probe was not answered in time. */
export type ProbeLine = {
  readonly target: string
  readonly index: number
  readonly rttMs: number | null
}
/** All probes of one target, from the summary at the end. */
export type SummaryLine = { readonly target: string; readonly rttsMs: readonly (number | null)[] }

/**
 * `192.0.2.7 : [0], 64 bytes, 0.26 ms (0.26 avg, 0% loss)` or `192.0.2.7 : [0], timed out (NaN avg,
 * 100% loss)`; also `84 bytes, …` with further words.
 */
export const parseProbe = (line: string): ProbeLine | null => {
  const match =
    /^(\S+)\s+: \[(\d{1,6})\], (?:timed out|\d+ bytes, (\d+(?:\.\d+)?(?:e[+-]?\d+)?) ms)/.exec(line)
  if (match === null) return null
  const [, target = "", index = "", rtt] = match
  return { target, index: Number(index), rttMs: rtt === undefined ? null : Number(rtt) }
}

/** `192.0.2.7 : 0.26 - 0.31`. */
export const parseSummary = (line: string): SummaryLine | null => {
  const match = /^(\S+)\s+:((?: (?:-|\d+(?:\.\d+)?))+)\s*$/.exec(line)
  if (match === null) return null
  const [, target = "", rest = ""] = match
  return {
    target,
    rttsMs: rest
      .trim()
      .split(" ")
      .map((word) => (word === "-" ? null : Number(word))),
  }
}

/** `ICMP Time Exceeded from 192.0.2.1 for ICMP Echo sent to 198.51.100.9`: the router. */
export const parseExceeded = (line: string): string | null => {
  const router = /^ICMP Time Exceeded from (\S{1,64}) for ICMP Echo sent to /.exec(line)?.[1]
  return router !== undefined && isIP(router) !== 0 ? router : null
}

const LINE_CHARS = 4_096

/** Splits chunks into lines. An endless line is dropped. */
export const createLines = (onLine: (line: string) => void): ((chunk: string) => void) => {
  let rest = ""
  return (chunk) => {
    const lines = (rest + chunk).split("\n")
    rest = lines.pop() ?? ""
    if (rest.length > LINE_CHARS) rest = ""
    for (const line of lines) onLine(line)
  }
}
