/**
 * Runs the probes of services: each at its own interval, spread in time, a few at once. Their
 * values go the way of all readings; a changed path is an event.
 */
import {
  AssignedProbe,
  type Event,
  type Item,
  PROBE_LIMITS,
  PROBE_OUTCOMES,
  type ProbeKind,
} from "@ispvm/wire"
import type { IcmpProbe } from "../reachability/fping.ts"
import { createSlots } from "../scheduler/slots.ts"
import { probeDns } from "./dns.ts"
import { probeHttp } from "./http.ts"
import { probeIcmp } from "./icmp.ts"
import type { Locate } from "./locate.ts"
import type { ProbeValues } from "./probe-values.ts"
import { probeTcp } from "./tcp.ts"
import { isSamePath, mergePaths, type Path, pathText, traceRoute } from "./trace.ts"

type Deps = {
  readonly icmpProbe: IcmpProbe | null
  readonly locate: Locate
  readonly now: () => number
  readonly steady: () => number
  readonly random: () => number
  readonly newId: () => string
  readonly emit: (items: readonly Item[], urgency: "soon" | "now") => void
  readonly onFault: (error: unknown) => void
}
export type ProbeCounts = { run: number; failed: number; skipped: number; ignored: number }
export type Probes = {
  readonly counts: ProbeCounts
  readonly size: () => number
  /** What cannot be read is of a later release: it is counted and ignored. */
  apply(assigned: readonly unknown[]): void
  /** Runs these probes now. */
  runNow(ids: readonly string[]): void
  /** Resolves when nothing runs any more. */
  stop(): Promise<void>
}

type Entry = {
  readonly probe: AssignedProbe
  readonly source: string
  timer: NodeJS.Timeout | undefined
  isBusy: boolean
  outcome: string | null
  path: { readonly value: Path; readonly reportedMs: number } | null
}

const MAX_AT_ONCE = 16
/** Each trace probes several hops at once. */
const MAX_TRACES_AT_ONCE = 2
const FIRST_WITHIN_MS = 10_000
const JITTER = 0.1
/** An unchanged path is reported again, so that the appliance has one whatever it deletes. */
const REPORT_PATH_MS = 86_400_000
/** HTTP follows redirects, and a trace probes hop after hop, each within its own timeout. */
const longestMs = ({ check, timeoutMs }: AssignedProbe): number => {
  if (check.kind === "trace") return 7 * timeoutMs + 30_000
  return check.kind === "icmp" ? 2 * timeoutMs + 10_000 : timeoutMs
}

const SOURCES: Readonly<Record<ProbeKind, "icmp" | "tcp" | "agent">> = {
  icmp: "icmp",
  trace: "icmp",
  tcp: "tcp",
  http: "agent",
  dns: "agent",
}

const NO_FAULT: ReadonlySet<string> = new Set(["not-possible", "not-allowed"])

const sampleOf = (
  { device, name, check }: AssignedProbe,
  values: ProbeValues,
  atMs: number,
): Item =>
  ({
    kind: "service",
    device,
    service: name,
    atMs,
    source: SOURCES[check.kind],
    ...values,
    // No fault: a silent end of a path, and what the agent cannot or may not do.
    isUp: check.kind === "trace" || NO_FAULT.has(values.outcome) ? null : values.outcome === "ok",
  }) satisfies Item

class ProbeRunner implements Probes {
  readonly counts: ProbeCounts = { run: 0, failed: 0, skipped: 0, ignored: 0 }
  readonly #deps: Deps
  readonly #entries = new Map<string, Entry>()
  readonly #slots = createSlots(MAX_AT_ONCE)
  readonly #traces = createSlots(MAX_TRACES_AT_ONCE)
  readonly #stopping = new AbortController()
  readonly #running = new Set<Promise<void>>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  size(): number {
    return this.#entries.size
  }

  apply(assigned: readonly unknown[]): void {
    const parsed = assigned.slice(0, PROBE_LIMITS.probes).flatMap((raw) => {
      const result = AssignedProbe.safeParse(raw)
      return result.success ? [result.data] : []
    })
    this.counts.ignored = assigned.length - parsed.length
    const wanted = new Map(parsed.map((probe) => [probe.id, probe]))
    for (const [id, entry] of this.#entries)
      if (JSON.stringify(wanted.get(id)) !== entry.source) this.#forget(id, entry)
    for (const [id, probe] of wanted) {
      if (this.#entries.has(id)) continue
      const source = JSON.stringify(probe)
      const blank = { timer: undefined, isBusy: false, outcome: null, path: null }
      const entry: Entry = { probe, source, ...blank }
      this.#entries.set(id, entry)
      this.#plan(entry, this.#deps.random() * Math.min(FIRST_WITHIN_MS, probe.everyMs))
    }
  }

  runNow(ids: readonly string[]): void {
    for (const id of ids) {
      const entry = this.#entries.get(id)
      if (entry === undefined) continue
      clearTimeout(entry.timer)
      this.#start(entry)
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    for (const [id, entry] of this.#entries) this.#forget(id, entry)
    await Promise.all(this.#running)
  }

  #forget(id: string, entry: Entry): void {
    clearTimeout(entry.timer)
    this.#entries.delete(id)
  }
  #isCurrent(entry: Entry): boolean {
    return this.#entries.get(entry.probe.id) === entry && !this.#stopping.signal.aborted
  }

  #plan(entry: Entry, inMs: number): void {
    entry.timer = setTimeout(() => this.#start(entry), inMs)
  }

  #start(entry: Entry): void {
    if (!this.#isCurrent(entry)) return
    const { everyMs, check } = entry.probe
    this.#plan(entry, everyMs * (1 + JITTER * (this.#deps.random() - 0.5)))
    // The last run still waits for its turn: this agent has more probes than it can run.
    if (entry.isBusy) {
      this.counts.skipped += 1
      return
    }
    entry.isBusy = true
    const slots = check.kind === "trace" ? this.#traces : this.#slots
    const running = slots
      .run(() => this.#run(entry))
      .catch(this.#deps.onFault)
      .finally(() => {
        entry.isBusy = false
        this.#running.delete(running)
      })
    this.#running.add(running)
  }

  async #run(entry: Entry): Promise<void> {
    if (!this.#isCurrent(entry)) return
    const { probe } = entry
    this.counts.run += 1
    const { values, path } = await this.#measure(probe)
    if (!this.#isCurrent(entry)) return
    if (PROBE_OUTCOMES[values.outcome] !== 0) this.counts.failed += 1
    const events = path === null ? [] : await this.#pathEvents(entry, path)
    if (!this.#isCurrent(entry)) return
    const isChange = entry.outcome !== values.outcome || events.length > 0
    entry.outcome = values.outcome
    this.#deps.emit(
      [sampleOf(probe, values, this.#deps.now()), ...events],
      isChange ? "now" : "soon",
    )
  }

  async #measure(
    probe: AssignedProbe,
  ): Promise<{ readonly values: ProbeValues; readonly path: Path | null }> {
    const { check, timeoutMs } = probe
    const deps = this.#deps
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(longestMs(probe))])
    switch (check.kind) {
      case "icmp":
        return { values: await probeIcmp(deps, check, timeoutMs, signal), path: null }
      case "tcp":
        return { values: await probeTcp(deps, check, signal), path: null }
      case "http":
        return { values: await probeHttp(deps, check, signal), path: null }
      case "dns":
        return { values: await probeDns(deps, check, signal), path: null }
      case "trace":
        return await traceRoute(deps, check, timeoutMs, signal)
    }
  }

  /** A change is confirmed by a second trace: packets of two paths may have been mixed up. */
  async #pathEvents(entry: Entry, path: Path): Promise<readonly Event[]> {
    const was = entry.path
    const nowMs = this.#deps.steady()
    if (was !== null && isSamePath(was.value, path)) {
      const value = mergePaths(was.value, path)
      const isDue = nowMs - was.reportedMs >= REPORT_PATH_MS
      entry.path = { value, reportedMs: isDue ? nowMs : was.reportedMs }
      return isDue ? [this.#pathEvent(entry.probe, value, value)] : []
    }
    if (was !== null) {
      const again = (await this.#measure(entry.probe)).path
      if (again === null || !isSamePath(path, again)) return []
    }
    entry.path = { value: path, reportedMs: nowMs }
    return [this.#pathEvent(entry.probe, path, was?.value ?? null)]
  }

  #pathEvent({ id, device, name, check }: AssignedProbe, path: Path, was: Path | null): Event {
    const host = check.kind === "trace" ? check.host : ""
    const isChange = was !== null && !isSamePath(was, path)
    return {
      kind: "event",
      id: this.#deps.newId(),
      device,
      name: isChange ? "path-changed" : "path-seen",
      atMs: this.#deps.now(),
      source: "icmp",
      severity: isChange ? "warning" : "debug",
      interface: null,
      message: isChange
        ? `${name}: the path to ${host} has changed`
        : `${name}: the path to ${host}`,
      attributes: {
        probe: name,
        probeId: id,
        host,
        path: pathText(path),
        was: was === null ? "" : pathText(was),
        reached: String(path.isReached),
      },
    }
  }
}

export const createProbes = (deps: Deps): Probes => new ProbeRunner(deps)
