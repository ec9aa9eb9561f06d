/** One run of fping: targets on its standard input (never as arguments), replies as they come, and a hung one killed. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { createLines, parseProbe, parseSummary } from "./fping-lines.ts"

export type ProbeSpec = {
  /** IP addresses, each once. */
  readonly targets: readonly string[]
  readonly count: number
  /** Between the probes of one target. */
  readonly periodMs: number
  /** Between two probes of whatever targets: the pace. */
  readonly gapMs: number
  readonly timeoutMs: number
}
/** Called once for each probe of each target, as soon as its answer or its silence is known. */
export type OnProbe = (target: string, index: number, rttMs: number | null) => void
/** `failed`: it could not run or was killed; probes not told of by then are unknown, not lost. */
export type ProbeEnd =
  | { readonly kind: "done" | "stopped" }
  | { readonly kind: "failed"; readonly message: string }
export type IcmpProbe = (
  spec: ProbeSpec,
  onProbe: OnProbe,
  signal: AbortSignal,
) => Promise<ProbeEnd>

/** On a host short of time an honest run takes longer than its probes: to kill it would cost their results. */
const GRACE_MS = 8_000

/** -r 0: no probe but those asked for; -C: every probe told; -i and -p: paced. */
const argsOf = ({ count, periodMs, gapMs, timeoutMs }: ProbeSpec): string[] =>
  ["-r", "0", "-C", count, "-p", periodMs, "-i", gapMs, "-t", timeoutMs, "-f", "-"].map(String)

/** The longest an honest run can take. */
export const longestMs = ({ targets, count, periodMs, gapMs, timeoutMs }: ProbeSpec): number =>
  (count - 1) * Math.max(periodMs, targets.length * gapMs) + targets.length * gapMs + timeoutMs

/**
 * Of the environment it gets the path alone: ours may hold a token, and a library that shifts our clock would shift its as well, while
 * the kernel stamps its replies by the true one.
 */
const startFping = (
  program: string,
  spec: ProbeSpec,
  path: string | undefined,
): ChildProcessWithoutNullStreams | Error => {
  const env = { LC_ALL: "C", ...(path === undefined ? {} : { PATH: path }) }
  try {
    return spawn(program, argsOf(spec), { stdio: ["pipe", "pipe", "pipe"], env })
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error)) // no process or file descriptor left
  }
}

/** `path`: where the program is looked for; the system's own default where it is not given. */
export const createIcmpProbe =
  (program: string, path?: string): IcmpProbe =>
  (spec, onProbe, signal) =>
    new Promise((resolve) => {
      const seen = new Map<string, Set<number>>(spec.targets.map((target) => [target, new Set()]))
      const report = (target: string, index: number, rttMs: number | null) => {
        const reported = seen.get(target)
        if (reported === undefined || index >= spec.count || reported.has(index)) return
        reported.add(index)
        onProbe(target, index, rttMs)
      }
      const fping = startFping(program, spec, path)
      if (fping instanceof Error) {
        resolve({ kind: "failed", message: fping.message })
        return
      }
      let isHung = false
      let errorLine = ""
      const timer = setTimeout(() => {
        isHung = true
        fping.kill("SIGKILL")
      }, longestMs(spec) + GRACE_MS)
      const onAbort = () => fping.kill("SIGKILL")
      const end = (outcome: ProbeEnd) => {
        clearTimeout(timer)
        signal.removeEventListener("abort", onAbort)
        resolve(signal.aborted ? { kind: "stopped" } : outcome)
      }
      fping.on("error", (error) => end({ kind: "failed", message: error.message }))
      // Not started. With no file descriptor left not even its streams are there, against their type.
      if (fping.pid === undefined) return
      signal.addEventListener("abort", onAbort, { once: true })
      if (signal.aborted) onAbort()

      const onLine = createLines((line) => {
        const probe = parseProbe(line)
        if (probe !== null) report(probe.target, probe.index, probe.rttMs)
      })
      // A probe that could not even be sent (no route) has no line of its own; the summary at the end has it.
      const onErrorLine = createLines((line) => {
        const summary = parseSummary(line)
        if (summary !== null)
          summary.rttsMs.forEach((rttMs, index) => {
            report(summary.target, index, rttMs)
          })
        else if (errorLine === "" && !line.startsWith("ICMP ")) errorLine = line.trim()
      })
      fping.stdout.setEncoding("latin1").on("data", onLine)
      fping.stderr.setEncoding("latin1").on("data", onErrorLine)
      fping.stdin.on("error", () => undefined) // it ended before it read all: its exit code says why
      fping.on("close", (code) => {
        if (isHung) end({ kind: "failed", message: "fping hung and was killed" })
        // 0 all reached, 1 some not, 2 some address not valid; 3 and 4 are its own troubles.
        else if (code === 0 || code === 1 || code === 2) end({ kind: "done" })
        else end({ kind: "failed", message: errorLine || `fping ended with ${code}` })
      })
      fping.stdin.end(`${spec.targets.join("\n")}\n`)
    })

export type IcmpSupport =
  | { readonly ok: true; readonly icmpProbe: IcmpProbe }
  | { readonly ok: false; readonly note: string }

/** Whether this agent can ping: found out once, at start, by pinging itself. */
export const findFping = async (
  program: string,
  signal: AbortSignal,
  path?: string,
): Promise<IcmpSupport> => {
  const icmpProbe = createIcmpProbe(program, path)
  let isAnswered = false
  const spec = { targets: ["127.0.0.1"], count: 1, periodMs: 100, gapMs: 1, timeoutMs: 500 }
  const end = await icmpProbe(
    spec,
    (_, __, rttMs) => {
      isAnswered = rttMs !== null
    },
    signal,
  )
  if (isAnswered) return { ok: true, icmpProbe }
  const why = end.kind === "failed" ? end.message : "no answer from this machine itself"
  if (/ENOENT/.test(why))
    return {
      ok: false,
      note: "No ping here: fping is missing. Type: apt-get install fping. Until then a TCP connect decides.",
    }
  const remedy =
    "Type: setcap cap_net_raw+ep $(command -v fping). Until then a TCP connect decides."
  return { ok: false, note: `No ping here: fping may not (${why.slice(0, 120)}). ${remedy}` }
}
