/** Ping and traceroute from the agent's own host, through fping. No command reaches the router. */
import { spawn } from "node:child_process"
import { DIAGNOSTIC_LIMITS, type Diagnostic } from "@ispvm/wire"
import type { IcmpProbe } from "../collect/reachability/fping.ts"
import type { Output } from "./output.ts"

export type FromAgent = {
  readonly ip: string
  readonly output: Output
  readonly signal: AbortSignal
  readonly icmpProbe: IcmpProbe
  readonly trace: TraceHop
}
/** One probe with this time to live: who answered, and whether it was the destination. */
export type Hop = { readonly address: string; readonly isDestination: boolean } | null
export type TraceHop = (ip: string, ttl: number, signal: AbortSignal) => Promise<Hop>

const TIMEOUT_MS = 1_000
const IP_AND_ICMP_BYTES = 28
const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ms`

/** What a line of fping with a time to live says; null: nothing. */
export const parseHop = (line: string, ip: string): Hop => {
  const exceeded = /^ICMP Time Exceeded from ([0-9A-Fa-f.:]+) for ICMP Echo sent to /.exec(line)
  if (exceeded !== null) return { address: exceeded[1] ?? "", isDestination: false }
  return line.startsWith(`${ip} `) && / : \[0\],.* ms /.test(line)
    ? { address: ip, isDestination: true }
    : null
}

/** `path`: where to find fping. */
export const createTraceHop =
  (program: string, path?: string): TraceHop =>
  (ip, ttl, signal) =>
    new Promise((resolve, reject) => {
      const args = ["-r", "0", "-C", "1", "-t", String(TIMEOUT_MS), "-H", String(ttl), "-f", "-"]
      const env = { LC_ALL: "C", ...(path === undefined ? {} : { PATH: path }) }
      const fping = spawn(program, args, {
        stdio: ["pipe", "pipe", "pipe"],
        env,
        signal,
        timeout: 8_000,
      })
      let text = ""
      const onText = (part: string): void => {
        if (text.length < 10_000) text += part
      }
      fping.stdout.setEncoding("latin1").on("data", onText)
      fping.stderr.setEncoding("latin1").on("data", onText)
      fping.stdin.on("error", () => undefined)
      fping.on("error", reject)
      fping.on("close", () => {
        const hops = text.split("\n").map((line) => parseHop(line, ip))
        resolve(hops.find((hop) => hop !== null) ?? null)
      })
      fping.stdin.end(`${ip}\n`)
    })

const summaryOf = (rttsMs: readonly number[], sent: number): string => {
  const loss = sent === 0 ? 0 : Math.round((1 - rttsMs.length / sent) * 100)
  const figures = [`sent=${sent}`, `received=${rttsMs.length}`, `packet-loss=${loss}%`]
  if (rttsMs.length === 0) return figures.join(" ")
  const average = rttsMs.reduce((sum, each) => sum + each, 0) / rttsMs.length
  return [
    ...figures,
    `min-rtt=${ms(Math.min(...rttsMs))}`,
    `avg-rtt=${ms(average)}`,
    `max-rtt=${ms(Math.max(...rttsMs))}`,
  ].join(" ")
}

const ping = async (
  { ip, output, signal, icmpProbe }: FromAgent,
  { count, bytes }: Extract<Diagnostic, { action: "ping" }>,
): Promise<void> => {
  output.print("SEQ  HOST                                     SIZE  TIME")
  const rttsMs: number[] = []
  let sent = 0
  const spec = {
    targets: [ip],
    count,
    periodMs: 1_000,
    gapMs: 1,
    timeoutMs: TIMEOUT_MS,
    dataBytes: bytes - IP_AND_ICMP_BYTES,
  }
  const end = await icmpProbe(
    spec,
    (_, index, rttMs) => {
      sent += 1
      if (rttMs !== null) rttsMs.push(rttMs)
      const time = rttMs === null ? "timeout" : ms(rttMs)
      output.print(
        `${String(index).padStart(3)}  ${ip.padEnd(39)}  ${String(bytes).padStart(4)}  ${time}`,
      )
    },
    signal,
  )
  if (end.kind === "failed") throw new Error(end.message)
  output.print(summaryOf(rttsMs, sent))
}

const AT_ONCE = 4
const traceroute = async ({ ip, output, signal, icmpProbe, trace }: FromAgent): Promise<void> => {
  const hops: Hop[] = []
  for (let from = 1; from <= DIAGNOSTIC_LIMITS.hops; from += AT_ONCE) {
    const ttls = Array.from({ length: AT_ONCE }, (_, index) => from + index)
    const found = await Promise.all(ttls.map((ttl) => trace(ip, ttl, signal)))
    for (const hop of found) {
      hops.push(hop)
      output.print(`${String(hops.length).padStart(3)}  ${hop?.address ?? "*"}`)
      if (hop?.isDestination === true) break
    }
    if (hops.at(-1)?.isDestination === true) break
  }
  await measureHops({ ip, output, signal, icmpProbe, trace }, hops)
}

/** Routers on the way report no time: each is probed by itself. */
const measureHops = async (
  { output, signal, icmpProbe }: FromAgent,
  hops: readonly Hop[],
): Promise<void> => {
  const targets = [...new Set(hops.flatMap((hop) => (hop === null ? [] : [hop.address])))]
  if (targets.length === 0) return
  const rtts = new Map<string, number[]>()
  const count = 3
  const spec = { targets, count, periodMs: 500, gapMs: 5, timeoutMs: TIMEOUT_MS }
  const end = await icmpProbe(
    spec,
    (target, _, rttMs) => {
      if (rttMs !== null) rtts.set(target, [...(rtts.get(target) ?? []), rttMs])
    },
    signal,
  )
  if (end.kind === "failed") return
  output.print("")
  for (const target of targets)
    output.print(`${target.padEnd(39)}  ${summaryOf(rtts.get(target) ?? [], count)}`)
}

export const runFromAgent = (
  context: FromAgent,
  diagnostic: Extract<Diagnostic, { action: "ping" | "traceroute" }>,
): Promise<void> => (diagnostic.action === "ping" ? ping(context, diagnostic) : traceroute(context))
