/**
 * The path to a host: one echo request with each TTL. fping reports which router dropped it, but not
 * when, so that only the round trip of the host itself is known.
 */
import type { ProbeCheck } from "@ispvm/wire"
import type { IcmpProbe } from "../reachability/fping.ts"
import type { Locate } from "./locate.ts"
import { NO_VALUES, type ProbeValues } from "./probe-values.ts"

type Deps = { readonly locate: Locate; readonly icmpProbe: IcmpProbe | null }
/** Routers by hop, from the first one; null: it did not answer. The host itself is the last one. */
export type Path = {
  readonly hops: readonly (string | null)[]
  readonly isReached: boolean
}
export type Trace = { readonly values: ProbeValues; readonly path: Path | null }

/** So many hops are probed at once. */
const STRIDE = 5
/** After so many silent hops the rest is silent as well, such as behind a firewall. */
const MAX_UNANSWERED = 10

type Hop = { readonly router: string | null; readonly rttMs: number | null }
const failedTrace = (outcome: ProbeValues["outcome"]): Trace => ({
  values: { ...NO_VALUES, outcome },
  path: null,
})

const unansweredAtEnd = (hops: readonly Hop[]): number =>
  hops.length - 1 - hops.findLastIndex(({ router }) => router !== null)

export const traceRoute = async (
  { locate, icmpProbe }: Deps,
  { host, hops: maxHops }: Extract<ProbeCheck, { kind: "trace" }>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Trace> => {
  if (icmpProbe === null) return failedTrace("not-possible")
  const found = await locate(host, "probe", signal)
  if (!found.ok) return failedTrace(found.outcome)
  const probeHop = async (ttl: number): Promise<Hop | null> => {
    let router: string | null = null
    let rttMs: number | null = null
    const onExceeded = (address: string) => {
      router = address
    }
    const spec = { targets: [found.ip], count: 1, periodMs: 1_000, gapMs: 1, timeoutMs, ttl }
    const onProbe = (_: string, __: number, rtt: number | null) => {
      rttMs = rtt
    }
    const end = await icmpProbe({ ...spec, onExceeded }, onProbe, signal)
    if (end.kind !== "done") return null
    return { router: rttMs === null ? router : found.ip, rttMs }
  }
  const hops: Hop[] = []
  while (hops.length < maxHops && unansweredAtEnd(hops) < MAX_UNANSWERED) {
    const size = Math.min(STRIDE, maxHops - hops.length)
    const next = await Promise.all(
      Array.from({ length: size }, (_, index) => probeHop(hops.length + index + 1)),
    )
    if (next.some((hop) => hop === null)) return failedTrace("not-possible")
    hops.push(...next.filter((hop) => hop !== null))
    const last = hops.findIndex(({ rttMs }) => rttMs !== null)
    if (last !== -1) return traceOf(hops.slice(0, last + 1), true)
  }
  return traceOf(hops.slice(0, hops.length - unansweredAtEnd(hops)), false)
}

const traceOf = (hops: readonly Hop[], isReached: boolean): Trace => ({
  values: {
    ...NO_VALUES,
    outcome: isReached ? "ok" : "no-answer",
    totalMs: hops.at(-1)?.rttMs ?? null,
    hops: hops.length,
  },
  path: { hops: hops.map(({ router }) => router), isReached },
})

/** A router that is silent now and then is no change; one that is another router is. */
export const isSamePath = (one: Path, other: Path): boolean => {
  if (one.isReached !== other.isReached) return false
  if (one.isReached && one.hops.length !== other.hops.length) return false
  return one.hops.every((router, index) => {
    const here = other.hops[index] ?? null
    return router === null || here === null || router === here
  })
}

/** What is known of both: the silence of one round is filled from the other. */
export const mergePaths = (was: Path, now: Path): Path => ({
  ...now,
  hops: now.hops.map((router, index) => router ?? was.hops[index] ?? null),
})

export const pathText = ({ hops }: Path): string => hops.map((router) => router ?? "*").join(" ")
