/**
 * Runs RouterOS scripts: reads a text as the router's release does, and keeps globals by owner, and
 * jobs.
 */
import { setImmediate as othersFirst } from "node:timers/promises"
import { createEngine, type EngineOptions } from "./engine.ts"
import { type ErrorLocation, locationOf } from "./error-location.ts"
import { type Engine, Interrupted, type Run } from "./frame.ts"
import { str } from "./literal.ts"
import { declareLocal, type Globals, scopeIn } from "./scope.ts"
import { type Row, type Runner, ScriptError, type Value } from "./value.ts"

export type ScriptsOptions = EngineOptions & {
  /** Receives the output of `:put`, unless a run has its own. */
  readonly print?: (text: string) => void
  /** Receives the error that ended a detached job; no caller waits for such a job. */
  readonly onFailed?: (job: Job, error: ScriptError) => void
  /**
   * Whether a run without the policy `policy` sees its user's globals. The manual of RouterOS says
   * that it does; users report that scheduled scripts do not. If false, such a run has globals of
   * its own, which end with it.
   */
  readonly showsGlobals?: boolean
}

export type RunOptions = {
  readonly signal?: AbortSignal
  /** Variables that exist from the start: netwatch's `$host`. */
  readonly args?: Row
  readonly name?: string
  readonly print?: (text: string) => void
}

export type Job = {
  /** `*1A`. */
  readonly id: string
  readonly name: string
  readonly owner: string
  readonly policies: ReadonlySet<string>
  readonly startedMs: number
  /** Started by `:execute`; no caller waits for it. */
  readonly isDetached: boolean
  /** Resolves when it has ended, for any reason. */
  readonly done: Promise<void>
  readonly kill: () => void
}

export type Scripts = {
  /**
   * Reads and runs. A rejected text and an uncaught error are thrown as `ScriptError`; `explain`
   * gives the full text.
   */
  readonly run: (source: string, runner: Runner, options?: RunOptions) => Promise<Value>
  /** Runs in the background in a scope of its own; throws only where too many jobs run. */
  readonly execute: (source: string, runner: Runner, options?: RunOptions) => Job
  readonly globals: (owner: string) => ReadonlyMap<string, Value>
  readonly setGlobal: (owner: string, name: string, value: Value) => void
  readonly forget: (owner: string, name: string) => void
  readonly jobs: () => readonly Job[]
  readonly kill: (id: string) => boolean
  /** Ends every job; resolves when none runs any more. */
  readonly stop: () => Promise<void>
}

/** The limit for a script that executes itself. */
const MAX_JOBS = 500

/** Discards output. */
const noop = (): undefined => undefined

/**
 * An error as a router of 7.23 shows it, `divide by zero (:put; line 3)`; 7.21 showed only the
 * message.
 */
export const explain = (error: ScriptError): string => {
  const location: ErrorLocation | undefined = locationOf(error)
  return location === undefined
    ? error.message
    : `${error.message} (${location.command}; line ${location.line})`
}

/** The scripts of one router: its engine, its running jobs, the globals of each owner. */
type Running = {
  readonly options: ScriptsOptions
  readonly engine: Engine
  readonly jobs: Map<string, Job>
  readonly globalsOf: (owner: string) => Globals
  lastJob: number
}
type Started = { readonly job: Job; readonly result: Promise<Value> }

const runWith = async (source: string, run: Run, args: Row | undefined): Promise<Value> => {
  const { bytes, statements } = run.engine.read(source)
  const scope = scopeIn(null)
  for (const [name, value] of args ?? []) declareLocal(scope, name, value)
  const { value } = await run.engine.runStatements({ run, scope, bytes, row: null }, statements)
  if (run.signal.aborted) throw new Interrupted()
  return value
}

const createRun = (
  { options, engine, globalsOf }: Running,
  runner: Runner,
  runOptions: RunOptions,
  signal: AbortSignal,
): Run => {
  const seesGlobals = options.showsGlobals !== false || runner.policies.has("policy")
  return {
    engine,
    runner,
    signal,
    name: runOptions.name ?? "",
    globals: seesGlobals ? globalsOf(runner.owner) : new Map<string, Value>(),
    print: runOptions.print ?? options.print ?? noop,
    steps: 0,
    depth: 0,
  }
}

const startJob = (
  running: Running,
  source: string,
  runner: Runner,
  runOptions: RunOptions,
  isDetached: boolean,
): Started => {
  const { jobs, options } = running
  if (jobs.size >= MAX_JOBS) throw new ScriptError("too many scripts are running")
  const killer = new AbortController()
  const signal =
    runOptions.signal === undefined
      ? killer.signal
      : AbortSignal.any([runOptions.signal, killer.signal])
  running.lastJob += 1
  const id = `*${running.lastJob.toString(16).toUpperCase()}`
  const run = createRun(running, runner, runOptions, signal)
  const result = othersFirst()
    .then(() => runWith(source, run, runOptions.args))
    .catch((error: unknown) => {
      throw signal.aborted ? new Interrupted() : error
    })
    .finally(() => jobs.delete(id))
  const done = result.then(noop, (error: unknown) => {
    if (!isDetached || error instanceof Interrupted) return
    options.onFailed?.(
      job,
      error instanceof ScriptError ? error : new ScriptError("internal error", { cause: error }),
    )
  })
  const { owner, policies } = runner
  const startedMs = options.clock.now()
  const kill = () => killer.abort()
  const job: Job = { id, name: run.name, owner, policies, startedMs, isDetached, done, kill }
  jobs.set(id, job)
  return { job, result }
}

export const createScripts = (options: ScriptsOptions): Scripts => {
  const globals = new Map<string, Globals>()
  const globalsOf = (owner: string): Globals => {
    const known = globals.get(owner) ?? new Map<string, Value>()
    globals.set(owner, known)
    return known
  }
  const jobs = new Map<string, Job>()
  const engine = createEngine(options, async (source, { runner, signal }, asString) => {
    const name = "execute"
    if (!asString) return { type: "id", is: start(source, runner, { name }, true).job.id }
    const lines: string[] = []
    const print = (text: string) => void lines.push(text)
    await start(source, runner, { name, signal, print }, false).result
    return str(lines.join("\r\n"))
  })
  const running: Running = { options, engine, jobs, globalsOf, lastJob: 0 }
  const start = (source: string, runner: Runner, runOptions: RunOptions, isDetached: boolean) =>
    startJob(running, source, runner, runOptions, isDetached)
  return {
    run: async (source, runner, runOptions = {}) => start(source, runner, runOptions, false).result,
    execute: (source, runner, runOptions = {}) => start(source, runner, runOptions, true).job,
    globals: globalsOf,
    setGlobal: (owner, name, value) => void globalsOf(owner).set(name, value),
    forget: (owner, name) => void globalsOf(owner).delete(name),
    jobs: () => [...jobs.values()],
    kill: (id) => {
      const job = jobs.get(id)
      job?.kill()
      return job !== undefined
    },
    stop: async () => {
      const all = [...jobs.values()]
      for (const job of all) job.kill()
      await Promise.allSettled(all.map(({ done }) => done))
    },
  }
}
