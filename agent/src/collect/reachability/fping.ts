/**
 * fping, once or as long as it is needed: targets on standard input (never as arguments), replies
 * as they arrive; kills a run that hangs.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { openBatchedOutput } from "./batched-output.ts"
import { createLines, parseExceeded, parseProbe, parseSummary } from "./fping-lines.ts"

/** Probes closer together than that are a burst. */
export const FINEST_GAP_MS = 0.05

export type LoopSpec = {
  /** IP addresses, each once. */
  readonly targets: readonly string[]
  /** Between probes of one target. */
  readonly periodMs: number
  /** Between any two probes. */
  readonly gapMs: number
  readonly timeoutMs: number
}
export type ProbeSpec = LoopSpec & {
  readonly count: number
  /** Hops that a probe may pass; the system's default if omitted. */
  readonly ttl?: number
  /** The address of a router at which a probe ended because of `ttl`. */
  readonly onExceeded?: (router: string) => void
  /** Of each probe, after the headers; by default those of fping. */
  readonly dataBytes?: number
}
/** Called once per probe of each target, as soon as it is answered or has timed out. */
export type OnProbe = (target: string, index: number, rttMs: number | null) => void
/** `failed`: fping could not run or was killed; probes without a result are unknown, not lost. */
export type ProbeEnd =
  | { readonly kind: "done" | "stopped" }
  | { readonly kind: "failed"; readonly message: string }
export type IcmpProbe = (
  spec: ProbeSpec,
  onProbe: OnProbe,
  signal: AbortSignal,
) => Promise<ProbeEnd>

/** Probes all targets again and again, in one process, until `signal` ends it. */
export type IcmpLoop = (spec: LoopSpec, onProbe: OnProbe, signal: AbortSignal) => Promise<ProbeEnd>

/**
 * On an overloaded host a correct run takes longer than its probes. Killing it would lose their
 * results.
 */
const GRACE_MS = 8_000

/** -r 0: no retries; -C: report every probe; -l: go on for ever; -i and -p: pace. */
const argsOf = (
  { periodMs, gapMs, timeoutMs }: LoopSpec,
  more: readonly (string | number)[],
): readonly string[] =>
  ["-r", 0, "-p", periodMs, "-i", gapMs, "-t", timeoutMs, ...more, "-f", "-"].map(String)
const probeArgs = (spec: ProbeSpec): readonly string[] =>
  argsOf(spec, [
    ...["-C", spec.count],
    ...(spec.ttl === undefined ? [] : ["-H", spec.ttl]),
    ...(spec.dataBytes === undefined ? [] : ["-b", spec.dataBytes]),
  ])

/** The longest duration of a correct run. */
export const longestMs = ({ targets, count, periodMs, gapMs, timeoutMs }: ProbeSpec): number =>
  (count - 1) * Math.max(periodMs, targets.length * gapMs) + targets.length * gapMs + timeoutMs

/**
 * fping gets only PATH: our environment may contain a token, and a library that shifts our clock
 * would shift fping's as well, while the kernel stamps replies by the real clock.
 */
const startFping = (
  program: string,
  args: readonly string[],
  path: string | undefined,
  output: number | "pipe",
): ChildProcess | Error => {
  const env = { LC_ALL: "C", ...(path === undefined ? {} : { PATH: path }) }
  try {
    return spawn(program, args, { stdio: ["pipe", output, "pipe"], env })
  } catch (error) {
    // No process or file descriptor is available.
    return error instanceof Error ? error : new Error(String(error))
  }
}

type Run = {
  readonly program: string
  readonly path: string | undefined
  readonly args: readonly string[]
  readonly targets: readonly string[]
  /** Null: until it is stopped. */
  readonly limitMs: number | null
  /** Its lines may be read some of a second later. */
  readonly isBatched: boolean
  readonly onLine: (line: string) => void
  /** True: the line says something, and is not the reason of a failure. */
  readonly onErrorLine: (line: string) => boolean
}

const runFping = (run: Run, signal: AbortSignal): Promise<ProbeEnd> =>
  new Promise((resolve) => {
    const batched = run.isBatched ? openBatchedOutput() : null
    const fping = startFping(run.program, run.args, run.path, batched?.writer ?? "pipe")
    const onText = createLines(run.onLine)
    batched?.begin(onText)
    if (fping instanceof Error) {
      batched?.end(false)
      resolve({ kind: "failed", message: fping.message })
      return
    }
    let isHung = false
    let errorLine = ""
    const hung = (): void => {
      isHung = true
      fping.kill("SIGKILL")
    }
    const timer = run.limitMs === null ? undefined : setTimeout(hung, run.limitMs)
    const onAbort = () => fping.kill("SIGKILL")
    let hasEnded = false
    const end = (outcome: ProbeEnd) => {
      if (hasEnded) return
      hasEnded = true
      clearTimeout(timer)
      batched?.end(!signal.aborted)
      signal.removeEventListener("abort", onAbort)
      resolve(signal.aborted ? { kind: "stopped" } : outcome)
    }
    fping.on("error", (error) => end({ kind: "failed", message: error.message }))
    // Not started. Without a free file descriptor even its streams are missing, contrary to their
    // type.
    if (fping.pid === undefined) return
    signal.addEventListener("abort", onAbort, { once: true })
    if (signal.aborted) onAbort()
    const onErrorLine = createLines((line) => {
      const isKnown = run.onErrorLine(line) || line.startsWith("ICMP ")
      if (errorLine === "" && !isKnown) errorLine = line.trim()
    })
    fping.stdout?.setEncoding("latin1").on("data", onText)
    fping.stderr?.setEncoding("latin1").on("data", onErrorLine)
    fping.stdin?.on("error", () => undefined) // fping ended early: see its exit code
    fping.on("close", (code) => {
      if (isHung) end({ kind: "failed", message: "fping hung and was killed" })
      // 0: all reached, 1: some not, 2: some address invalid; 3 and 4: failures of fping.
      else if (code === 0 || code === 1 || code === 2) end({ kind: "done" })
      else end({ kind: "failed", message: errorLine || `fping ended with ${code}` })
    })
    fping.stdin?.end(`${run.targets.join("\n")}\n`)
  })

/** `path`: where to find the program; by default, the system's search path. */
export const createIcmpProbe =
  (program: string, path?: string): IcmpProbe =>
  (spec, onProbe, signal) => {
    const seen = new Map<string, Set<number>>(spec.targets.map((target) => [target, new Set()]))
    const report = (target: string, index: number, rttMs: number | null) => {
      const reported = seen.get(target)
      if (reported === undefined || index >= spec.count || reported.has(index)) return
      reported.add(index)
      onProbe(target, index, rttMs)
    }
    const run: Run = {
      ...{ program, path, targets: spec.targets, args: probeArgs(spec) },
      limitMs: longestMs(spec) + GRACE_MS,
      isBatched: false,
      onLine: (line) => {
        const probe = parseProbe(line)
        if (probe !== null) report(probe.target, probe.index, probe.rttMs)
      },
      // A probe that could not be sent (no route) has no line of its own, only the summary at the
      // end.
      onErrorLine: (line) => {
        const router = parseExceeded(line)
        if (router !== null) spec.onExceeded?.(router)
        const summary = parseSummary(line)
        if (summary !== null)
          summary.rttsMs.forEach((rttMs, index) => {
            report(summary.target, index, rttMs)
          })
        return summary !== null
      },
    }
    return runFping(run, signal)
  }

/** A probe that could not be sent (no route) is not reported at all. */
export const createIcmpLoop =
  (program: string, path?: string): IcmpLoop =>
  (spec, onProbe, signal) => {
    const run: Run = {
      ...{ program, path, targets: spec.targets, args: argsOf(spec, ["-l"]) },
      ...{ limitMs: null, isBatched: true },
      onLine: (line) => {
        const probe = parseProbe(line)
        if (probe !== null) onProbe(probe.target, probe.index, probe.rttMs)
      },
      onErrorLine: () => false,
    }
    return runFping(run, signal)
  }

export type IcmpSupport =
  | { readonly ok: true; readonly icmpProbe: IcmpProbe; readonly icmpLoop: IcmpLoop }
  | { readonly ok: false; readonly note: string }

/** Tests once at the start whether this agent can ping, by pinging its own host. */
export const findFping = async (
  program: string,
  signal: AbortSignal,
  path?: string,
): Promise<IcmpSupport> => {
  const icmpProbe = createIcmpProbe(program, path)
  let isAnswered = false
  const spec = {
    ...{ targets: ["127.0.0.1"], count: 1, periodMs: 100, timeoutMs: 500 },
    gapMs: FINEST_GAP_MS, // some are built to reject it
  }
  const end = await icmpProbe(
    spec,
    (_, __, rttMs) => {
      isAnswered = rttMs !== null
    },
    signal,
  )
  if (isAnswered) return { ok: true, icmpProbe, icmpLoop: createIcmpLoop(program, path) }
  const why = end.kind === "failed" ? end.message : "no answer from this machine"
  if (/ENOENT/.test(why))
    return {
      ok: false,
      note: "This agent cannot ping: fping is not installed. Run: apt-get install fping. Until then, TCP probes decide.",
    }
  const remedy = "Run: setcap cap_net_raw+ep $(command -v fping). Until then, TCP probes decide."
  return {
    ok: false,
    note: `This agent cannot ping: fping failed (${why.slice(0, 120)}). ${remedy}`,
  }
}
