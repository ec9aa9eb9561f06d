/**
 * A thread that looks for causes in large networks: one request after another, and of what waits
 * the latest of each owner alone. It starts with the first request. If it ends by itself, the
 * request that it worked on fails with a `SolverEnded`, and the next one starts another thread.
 */
import { Worker } from "node:worker_threads"
import type { DegradationAnswer } from "@ispvm/rca"
import { z } from "zod"
import type {
  DegradationRequest,
  OutageAnswer,
  OutageRequest,
  Solve,
  SolveRequest,
  Solvers,
} from "./model.ts"

/** The thread ended while it worked on a request. */
export class SolverEnded extends Error {
  override readonly name = "SolverEnded"
}

export type SolverThread<Request, Solved> = {
  readonly solve: Solve<Request, Solved>
  readonly stop: () => Promise<void>
}
export type SolverThreadDeps = {
  /** The thread has ended by itself. */
  readonly onEnded?: () => void
  /** How long an answer took, in ms, without waiting. */
  readonly onSolved?: (tookMs: number) => void
  /** Tests run another program. */
  readonly program?: URL
  /** A request that takes longer ends its thread. */
  readonly longestMs?: number
}

const LONGEST_MS = 300_000
const PROGRAM = new URL("./solve-worker.ts", import.meta.url)
const Message = z.union([
  z.object({ id: z.number(), answer: z.unknown() }),
  z.object({ id: z.number(), fault: z.string() }),
])

type Job<Request, Solved> = {
  readonly build: (generation: number) => Request
  readonly resolve: (answer: Solved | null) => void
  readonly reject: (error: Error) => void
}
type Running<Request, Solved> = {
  readonly job: Job<Request, Solved>
  readonly id: number
  readonly sinceMs: number
  readonly timer: NodeJS.Timeout
}

const startWorker = (
  program: URL,
  answered: (from: Worker, message: unknown) => void,
  ended: (which: Worker, cause: unknown) => void,
): Worker => {
  const made = new Worker(program)
  made.on("message", (message: unknown) => answered(made, message))
  made.once("error", (cause) => ended(made, cause))
  made.once("exit", (code) => ended(made, new Error(`exit code ${code}`)))
  return made
}
/** False: it could not be built or copied. */
const post = <Request, Solved>(
  worker: Worker,
  id: number,
  { build, reject }: Job<Request, Solved>,
  generation: number,
): boolean => {
  try {
    worker.postMessage({ id, request: build(generation) })
    return true
  } catch (error) {
    reject(error instanceof Error ? error : new Error(String(error)))
    return false
  }
}

export const createSolverThread = <Request extends SolveRequest, Solved>(
  parse: (answer: unknown) => Solved,
  { onEnded, onSolved, program = PROGRAM, longestMs = LONGEST_MS }: SolverThreadDeps = {},
): SolverThread<Request, Solved> => {
  let worker: Worker | null = null
  let [generation, lastId] = [0, 0]
  let running: Running<Request, Solved> | null = null
  let isStopped = false
  const waiting = new Map<string, Job<Request, Solved>>()

  const takeRunning = (): Running<Request, Solved> | null => {
    const was = running
    running = null
    if (was !== null) clearTimeout(was.timer)
    return was
  }
  const answered = (from: Worker, message: unknown): void => {
    const parsed = Message.parse(message)
    if (from !== worker || running?.id !== parsed.id) return
    const done = takeRunning()
    if (done === null) return
    onSolved?.(performance.now() - done.sinceMs)
    if ("fault" in parsed) done.job.reject(new Error(`no causes were found: ${parsed.fault}`))
    else done.job.resolve(parse(parsed.answer))
    next()
  }
  const ended = (which: Worker, cause: unknown): void => {
    if (which !== worker) return
    worker = null
    const failed = takeRunning()
    if (isStopped) return
    onEnded?.()
    failed?.job.reject(new SolverEnded("the thread that looks for causes has ended", { cause }))
    next()
  }
  const next = (): void => {
    const [first] = waiting
    if (running !== null || isStopped) return
    if (first === undefined) {
      // It does not keep the process alive.
      worker?.unref()
      return
    }
    const [owner, job] = first
    waiting.delete(owner)
    if (worker === null) {
      generation += 1
      worker = startWorker(program, answered, ended)
    }
    worker.ref()
    lastId += 1
    if (!post(worker, lastId, job, generation)) {
      next()
      return
    }
    const tooLong = setTimeout(() => void worker?.terminate(), longestMs)
    running = { job, id: lastId, sinceMs: performance.now(), timer: tooLong.unref() }
  }
  return {
    solve: (owner, build) =>
      new Promise((resolve, reject) => {
        if (isStopped) {
          resolve(null)
          return
        }
        waiting.get(owner)?.resolve(null)
        waiting.set(owner, { build, resolve, reject })
        next()
      }),
    stop: async () => {
      isStopped = true
      takeRunning()?.job.resolve(null)
      for (const job of waiting.values()) job.resolve(null)
      waiting.clear()
      await worker?.terminate()
    },
  }
}

/** Outages do not wait for degradations: each have a thread. */
export const createSolvers = (
  onError: Solvers["onError"],
  deps: (kind: SolveRequest["kind"]) => SolverThreadDeps = () => ({}),
): Solvers & { readonly stop: () => Promise<void> } => {
  const outages = createSolverThread<OutageRequest, OutageAnswer>(
    (answer) => z.custom<OutageAnswer>().parse(answer),
    deps("outages"),
  )
  const degradations = createSolverThread<DegradationRequest, DegradationAnswer>(
    (answer) => z.custom<DegradationAnswer>().parse(answer),
    deps("degradations"),
  )
  return {
    outages: outages.solve,
    degradations: degradations.solve,
    onError,
    stop: async () => {
      await Promise.all([outages.stop(), degradations.stop()])
    },
  }
}
