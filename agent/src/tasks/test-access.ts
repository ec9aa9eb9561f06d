/** Tries an access step by step and reports each step, so that the failing one is visible. */
import type { Access, Task, TestReason, TestResult, TestStep } from "@ispvm/wire"
import type { IcmpProbe } from "../collect/reachability/fping.ts"
import { canonicalIp, type Resolve } from "../collect/reachability/resolve.ts"
import type { tcpProbe } from "../collect/reachability/tcp-probe.ts"

/** Result of one protocol: its steps, and what it read from the router. */
export type ProtocolTest = Pick<TestResult, "facts" | "fingerprint"> & {
  readonly steps: readonly TestStep[]
}
export type TestProtocol = (access: Access, signal: AbortSignal) => Promise<ProtocolTest>

type Deps = {
  readonly icmpProbe: IcmpProbe | null
  readonly tcpProbe: typeof tcpProbe
  readonly resolve: Resolve
  /** Why this address may not be tested, as a sentence without its full stop; null if it may. */
  readonly rejectionReason?: (ip: string) => string | null
  readonly now: () => number
  readonly testRouterOs: TestProtocol
  readonly testSnmp: TestProtocol
}
type Found = { readonly reason: TestReason; readonly message: string }
const NOTHING: ProtocolTest = { steps: [], facts: null, fingerprint: null }

const timed = async (
  now: () => number,
  step: TestStep["step"],
  work: () => Promise<Found>,
): Promise<TestStep> => {
  const beganMs = now()
  const { reason, message } = await work()
  return { step, reason, message, tookMs: Math.max(0, now() - beganMs) }
}

const ping = async ({ icmpProbe }: Deps, ip: string, signal: AbortSignal): Promise<Found> => {
  if (icmpProbe === null)
    return {
      reason: "icmp-unavailable",
      message: "This agent cannot ping. The Agents page shows what to do.",
    }
  const rttsMs: number[] = []
  let sent = 0
  const spec = { targets: [ip], count: 3, periodMs: 100, gapMs: 1, timeoutMs: 1_000 }
  const onProbe = (_: string, __: number, rttMs: number | null) => {
    sent += 1
    if (rttMs !== null) rttsMs.push(rttMs)
  }
  const end = await icmpProbe(spec, onProbe, signal)
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

const tcp = async (
  { tcpProbe }: Deps,
  ip: string,
  port: number,
  signal: AbortSignal,
): Promise<Found> => {
  const outcome = await tcpProbe(ip, port, 3_000, signal)
  if (outcome === "accepted") return { reason: "ok", message: `Port ${port} accepts connections.` }
  if (outcome === null)
    return { reason: "failed", message: "This agent's host has no free socket for a TCP probe." }
  if (outcome === "refused")
    return {
      reason: "refused",
      message: `${ip} is reachable, but nothing listens on port ${port}.`,
    }
  return {
    reason: "no-answer",
    message: `Port ${port} of ${ip} does not answer: a firewall, a wrong address, or the router is off.`,
  }
}

/** `ip` is null if the name is unknown or the address may not be tested. */
const resolve = async (
  { resolve: resolveName, rejectionReason, now }: Deps,
  { address }: Access,
): Promise<{ readonly step: TestStep; readonly ip: string | null }> => {
  let ip: string | null = null
  const step = await timed(now, "resolve", async () => {
    const found = await resolveName(address)
    if (found === null)
      return {
        reason: "name-not-found",
        message: `This agent's name server does not know the name ${address}.`,
      }
    const why = rejectionReason?.(found) ?? null
    if (why !== null) return { reason: "failed", message: `${why}. Nothing was sent.` }
    ip = found
    const message =
      canonicalIp(address) === null ? `${address} is ${found}.` : `${found} is an address.`
    return { reason: "ok", message }
  })
  return { step, ip }
}

/** Runs every possible step, so that one test shows all problems. */
const runSteps = async (deps: Deps, access: Access, signal: AbortSignal): Promise<ProtocolTest> => {
  const { step: resolved, ip } = await resolve(deps, access)
  if (ip === null) return { ...NOTHING, steps: [resolved] }
  const port = access.routerosApi === null ? access.tcpPort : null
  const [pinged, tcpProbed, api, snmp] = await Promise.all([
    access.icmp ? timed(deps.now, "ping", () => ping(deps, ip, signal)) : null,
    port === null ? null : timed(deps.now, "tcp", () => tcp(deps, ip, port, signal)),
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

/** All requested steps work. A ping may fail if a protocol works, because many routers drop pings. */
const isOk = ({ steps }: ProtocolTest): boolean => {
  const isRead = steps.some(
    ({ step, reason }) => (step === "read" || step === "snmp" || step === "tcp") && reason === "ok",
  )
  return steps.every(({ step, reason }) => reason === "ok" || (step === "ping" && isRead))
}

/** Resolves with a step `timed-out` when `signal` aborts. */
const timedOut = (now: () => number, signal: AbortSignal): Promise<ProtocolTest> => {
  const beganMs = now()
  return new Promise((resolve) => {
    const onAbort = (): void => {
      const tookMs = Math.max(0, now() - beganMs)
      const message = "The test did not finish in time."
      resolve({ ...NOTHING, steps: [{ step: "read", reason: "timed-out", message, tookMs }] })
    }
    signal.addEventListener("abort", onAbort, { once: true })
  })
}

export const createTestAccess =
  (deps: Deps) =>
  async (
    task: Extract<Task, { kind: "test-access" }>,
    signal: AbortSignal,
  ): Promise<TestResult> => {
    const deadline = AbortSignal.timeout(Math.min(Math.max(task.deadlineMs, 1_000), 60_000))
    const both = AbortSignal.any([signal, deadline])
    const late = timedOut(deps.now, both)
    const found = await Promise.race([runSteps(deps, task.access, both), late])
    const { facts, fingerprint, steps } = found
    return {
      kind: "test-access",
      id: task.id,
      ok: isOk(found),
      steps: steps.slice(0, 16),
      fingerprint,
      facts,
    }
  }
