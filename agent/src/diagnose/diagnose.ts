/** Runs a diagnostic, posts its output while it runs, and says how it ended. */
import {
  type DiagnosisEnd,
  type DiagnosisOutcome,
  type DiagnosisResult,
  storable,
  type Task,
} from "@ispvm/wire"
import { CollectError } from "../collect/collector.ts"
import type { IcmpProbe } from "../collect/reachability/fping.ts"
import type { Resolve } from "../collect/reachability/resolve.ts"
import type { Dial } from "../collect/routeros/client/dial.ts"
import { openConnection } from "../collect/routeros/client/open.ts"
import { isForbiddenMenu, isMissingMenu } from "../collect/routeros/client/trap.ts"
import type { Redactor } from "../redact/redact.ts"
import { NotAllowedError, restricted } from "./commands.ts"
import { runFromAgent, type TraceHop } from "./from-agent.ts"
import { MissingError, runOnRouter } from "./on-router.ts"
import { createOutput, type Output, TooLongError } from "./output.ts"

export type DiagnoseTask = Extract<Task, { kind: "diagnose" }>
export type Post = (result: DiagnosisResult) => Promise<void>

type Deps = {
  readonly dial: Dial
  /** Null for a name that cannot be resolved, and for an address that may not be probed. */
  readonly resolve: Resolve
  /** Null: this agent cannot ping. */
  readonly icmpProbe: IcmpProbe | null
  readonly trace: TraceHop
  /** Of what the owner of this host does not want to leave it. */
  readonly redactor: Redactor
  readonly onUndelivered: (error: unknown) => void
}
export type Diagnose = {
  /** Resolves when the run has ended and its end is posted. */
  readonly run: (task: DiagnoseTask, post: Post, signal: AbortSignal) => Promise<void>
  readonly cancel: (run: string) => void
}

/** Of all runs of this agent at once. */
export const MAX_RUNS = 4
const LONGEST_MS = 120_000
const OPEN_MS = 8_000
const POST_EVERY_MS = 250
/** An appliance that takes no output for so long has given the run up. */
const MAX_FAILED_POSTS = 20

const OUTCOMES: Readonly<Record<string, DiagnosisOutcome>> = {
  "wrong-credentials": "wrong-credentials",
  "not-permitted": "not-permitted",
  "wrong-certificate": "wrong-certificate",
  "unconfirmed-certificate": "wrong-certificate",
  "timed-out": "timed-out",
  "no-answer": "unreachable",
  "no-route": "unreachable",
  refused: "unreachable",
  "name-not-found": "unreachable",
}
const outcomeOf = (error: unknown): DiagnosisOutcome => {
  if (error instanceof TooLongError) return "too-long"
  if (error instanceof NotAllowedError) return "not-allowed"
  if (error instanceof MissingError || isMissingMenu(error)) return "missing"
  if (isForbiddenMenu(error)) return "not-permitted"
  return (error instanceof CollectError ? OUTCOMES[error.reason] : undefined) ?? "failed"
}
const endOf = (outcome: DiagnosisOutcome, error: unknown = null): DiagnosisEnd => ({
  outcome,
  message: error === null ? "" : storable(error instanceof Error ? error.message : String(error)),
})

class EndError extends Error {
  readonly end: DiagnosisEnd
  constructor(outcome: DiagnosisOutcome, message = "") {
    super(message)
    this.end = { outcome, message }
  }
}

const onRouter = async (
  { dial, redactor }: Deps,
  { access, diagnostic }: DiagnoseTask,
  output: Output,
  signal: AbortSignal,
): Promise<void> => {
  if (access.routerosApi === null) throw new EndError("no-access")
  const opening = { dial, deadlineMs: OPEN_MS, signal }
  const connection = await openConnection(access.address, access.routerosApi, opening)
  try {
    await runOnRouter({ run: restricted(connection), output, signal, redactor }, diagnostic)
  } finally {
    await connection.close()
  }
}

const work = async (
  deps: Deps,
  task: DiagnoseTask,
  output: Output,
  signal: AbortSignal,
): Promise<void> => {
  const { diagnostic, access } = task
  const isOwn =
    (diagnostic.action === "ping" || diagnostic.action === "traceroute") &&
    diagnostic.from === "agent"
  if (!isOwn) return onRouter(deps, task, output, signal)
  const { icmpProbe, trace } = deps
  if (icmpProbe === null) throw new EndError("unavailable")
  const ip = await deps.resolve(diagnostic.address ?? access.address)
  if (ip === null)
    throw new EndError("not-allowed", "the address is unknown, or this agent may not contact it")
  await runFromAgent({ ip, output, signal, icmpProbe, trace }, diagnostic)
}

/** Posts what was printed, in order, until the run has ended. */
const deliver = async (
  id: string,
  output: Output,
  post: Post,
  ended: Promise<DiagnosisEnd>,
): Promise<void> => {
  let end: DiagnosisEnd | null = null
  const done = ended.then((how) => {
    end = how
  })
  let unsent: { first: number; lines: string[] } | null = null
  for (let failures = 0; failures < MAX_FAILED_POSTS; ) {
    await Promise.race([done, new Promise((resolve) => setTimeout(resolve, POST_EVERY_MS))])
    const last: DiagnosisEnd | null = end
    const { first, lines } = output.take()
    const part: { first: number; lines: string[] } =
      unsent === null
        ? { first, lines }
        : { first: unsent.first, lines: [...unsent.lines, ...lines] }
    if (part.lines.length === 0 && last === null) continue
    try {
      await post({ kind: "diagnosis", id, ...part, end: last })
      unsent = null
      failures = 0
      if (last !== null) return
    } catch (error) {
      unsent = part
      failures += 1
      if (failures === MAX_FAILED_POSTS) throw error
      if (last !== null) await new Promise((resolve) => setTimeout(resolve, POST_EVERY_MS))
    }
  }
}

export const createDiagnose = (deps: Deps): Diagnose => {
  const running = new Map<string, AbortController>()
  const runUntilEnd = async (
    task: DiagnoseTask,
    output: Output,
    signal: AbortSignal,
  ): Promise<DiagnosisEnd> => {
    if (running.size >= MAX_RUNS) return endOf("busy")
    const cancelled = new AbortController()
    running.set(task.id, cancelled)
    const late = AbortSignal.timeout(LONGEST_MS)
    try {
      await work(deps, task, output, AbortSignal.any([signal, cancelled.signal, late]))
      return endOf(cancelled.signal.aborted ? "cancelled" : late.aborted ? "timed-out" : "done")
    } catch (error) {
      if (cancelled.signal.aborted || signal.aborted) return endOf("cancelled")
      if (late.aborted) return endOf("timed-out")
      return error instanceof EndError ? error.end : endOf(outcomeOf(error), error)
    } finally {
      running.delete(task.id)
    }
  }
  return {
    run: async (task, post, signal) => {
      const output = createOutput()
      const ended = runUntilEnd(task, output, signal)
      await deliver(task.id, output, post, ended).catch(deps.onUndelivered)
      await ended
    },
    cancel: (run) => running.get(run)?.abort(),
  }
}
