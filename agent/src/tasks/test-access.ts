/** Tries an access step by step and says what each step met, so that a person sees at which one it ends. */

import type { Access, Task, TestReason, TestResult, TestStep } from "@ispvm/wire"
import type { IcmpProbe } from "../collect/reachability/fping.ts"
import { canonicalIp, type Resolve } from "../collect/reachability/resolve.ts"
import type { tcpProbe } from "../collect/reachability/tcp-probe.ts"

/** What one protocol's test gives: its own steps, and what it learnt of the router. */
export type ProtocolTest = Pick<TestResult, "facts" | "fingerprint"> & {
  readonly steps: readonly TestStep[]
}
export type TestProtocol = (access: Access, signal: AbortSignal) => Promise<ProtocolTest>

type Deps = {
  readonly icmpProbe: IcmpProbe | null
  readonly tcpProbe: typeof tcpProbe
  readonly resolve: Resolve
  /** Why this address may not be tested, as a sentence without its full stop; null: it may. */
  readonly rejectionReason?: (ip: string) => string | null
  readonly now: () => number
  readonly testRouterOs: TestProtocol
  readonly testSnmp: TestProtocol
}
type Found = { readonly reason: TestReason; readonly message: string }
const NOTHING: ProtocolTest = { steps: [], facts: null, fingerprint: null }

export const createTestAccess = (deps: Deps) => {
  const { now } = deps
  const timed = async (step: TestStep["step"], work: () => Promise<Found>): Promise<TestStep> => {
    const beganMs = now()
    const { reason, message } = await work()
    return { step, reason, message, tookMs: Math.max(0, now() - beganMs) }
  }

  const ping = async (ip: string, signal: AbortSignal): Promise<Found> => {
    if (deps.icmpProbe === null)
      return {
        reason: "icmp-unavailable",
        message: "This agent cannot ping; the agents' page says what to do about it.",
      }
    const rttsMs: number[] = []
    let sent = 0
    const spec = { targets: [ip], count: 3, periodMs: 100, gapMs: 1, timeoutMs: 1_000 }
    const onProbe = (_: string, __: number, rttMs: number | null) => {
      sent += 1
      if (rttMs !== null) rttsMs.push(rttMs)
    }
    const end = await deps.icmpProbe(spec, onProbe, signal)
    if (end.kind === "failed")
      return { reason: "icmp-unavailable", message: `The ping could not be run: ${end.message}.` }
    if (rttsMs.length === 0)
      return { reason: "no-answer", message: `None of ${sent} pings to ${ip} was answered.` }
    const mean = rttsMs.reduce((sum, rtt) => sum + rtt, 0) / rttsMs.length
    return {
      reason: "ok",
      message: `${rttsMs.length} of ${sent} pings answered, ${mean.toFixed(1)} ms.`,
    }
  }
  const tcp = async (ip: string, port: number, signal: AbortSignal): Promise<Found> => {
    const outcome = await deps.tcpProbe(ip, port, 3_000, signal)
    if (outcome === "accepted")
      return { reason: "ok", message: `Port ${port} accepts connections.` }
    if (outcome === null)
      return { reason: "failed", message: "This agent's host has no socket left to probe with." }
    if (outcome === "refused")
      return { reason: "refused", message: `${ip} is there, but nothing listens on port ${port}.` }
    return {
      reason: "no-answer",
      message: `Port ${port} of ${ip} is silent: a firewall, a wrong address, or the router is off.`,
    }
  }

  /** Every step that makes sense is made, so that one test tells all that is wrong. */
  const steps = async (access: Access, signal: AbortSignal): Promise<ProtocolTest> => {
    let ip: string | null = null
    const resolved = await timed("resolve", async () => {
      const found = await deps.resolve(access.address)
      if (found === null)
        return {
          reason: "name-not-found",
          message: `The name ${access.address} was not found by this agent's name server.`,
        }
      const why = deps.rejectionReason?.(found) ?? null
      if (why !== null) return { reason: "failed", message: `${why}. Nothing was sent.` }
      ip = found
      return {
        reason: "ok",
        message:
          canonicalIp(access.address) === null
            ? `${access.address} is ${ip}.`
            : `${ip} is an address.`,
      }
    })
    if (ip === null) return { ...NOTHING, steps: [resolved] }
    const at: string = ip
    const port = access.routerosApi === null ? access.tcpPort : null
    const [pinged, tcpProbed, api, snmp] = await Promise.all([
      access.icmp ? timed("ping", () => ping(at, signal)) : null,
      port === null ? null : timed("tcp", () => tcp(at, port, signal)),
      access.routerosApi === null ? NOTHING : deps.testRouterOs(access, signal),
      access.snmp === null ? NOTHING : deps.testSnmp(access, signal),
    ])
    const own = [resolved, pinged, tcpProbed].filter((step) => step !== null)
    return {
      steps: [...own, ...api.steps.filter(({ step }) => step !== "resolve"), ...snmp.steps],
      fingerprint: api.fingerprint,
      facts: api.facts ?? snmp.facts,
    }
  }

  /** Everything that was asked for works; only a ping may fail where a protocol answers, for many routers answer none. */
  const isOk = ({ steps }: ProtocolTest): boolean => {
    const isRead = steps.some(
      ({ step, reason }) =>
        (step === "read" || step === "snmp" || step === "tcp") && reason === "ok",
    )
    return steps.every(({ step, reason }) => reason === "ok" || (step === "ping" && isRead))
  }

  return async (
    task: Extract<Task, { kind: "test-access" }>,
    signal: AbortSignal,
  ): Promise<TestResult> => {
    const deadline = AbortSignal.timeout(Math.min(Math.max(task.deadlineMs, 1_000), 60_000))
    const both = AbortSignal.any([signal, deadline])
    const beganMs = now()
    const late = new Promise<ProtocolTest>((resolve) => {
      both.addEventListener(
        "abort",
        () => {
          const message = "The test did not come to an end in time."
          resolve({
            ...NOTHING,
            steps: [
              { step: "read", reason: "timed-out", message, tookMs: Math.max(0, now() - beganMs) },
            ],
          })
        },
        { once: true },
      )
    })
    const found = await Promise.race([steps(task.access, both), late])
    const { facts, fingerprint } = found
    return {
      kind: "test-access",
      id: task.id,
      ok: isOk(found),
      steps: found.steps.slice(0, 16),
      fingerprint,
      facts,
    }
  }
}
