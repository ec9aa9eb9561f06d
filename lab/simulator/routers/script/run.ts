/** Runs RouterOS scripts: reads a text as the router's release does, keeps its globals by owner, and its jobs. */
import { setImmediate as othersFirst, setTimeout as sleepMs } from "node:timers/promises"
import { checkScript, type Release } from "@ispvm/routeros-scripts/check"
import { bytesIn } from "./byte-text.ts"
import { type ErrorLocation, locationOf } from "./error-location.ts"
import { type Body, type Engine, Interrupted, type Program, type Run } from "./frame.ts"
import { str } from "./literal.ts"
import { declareLocal, type Globals, scopeIn } from "./scope.ts"
import { runStatements } from "./statements.ts"
import { type Menus, type Row, type Runner, ScriptError, type Value } from "./value.ts"

export type ScriptsOptions = {
  readonly menus: Menus
  readonly clock: { readonly now: () => number }
  /** What `:put` says; a run may name another place. */
  readonly print?: (text: string) => void
  /** An error that ended a detached job: nobody else hears of it. */
  readonly onFailed?: (job: Job, error: ScriptError) => void
  /** Ends early, without an error, when the signal says so. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
  readonly random?: () => number
  /**
   * Whether a run without the policy `policy` sees the user's globals. RouterOS's manual says that it sees its own user's; users report
   * that scheduled scripts do not. False: its globals are its own, and end with it.
   */
  readonly showsGlobals?: boolean
}

export type RunOptions = {
  readonly signal?: AbortSignal
  /** Variables that are there from the start: netwatch's `$host`. */
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
  /** Started by `:execute`; nobody waits for it. */
  readonly isDetached: boolean
  /** Resolves when it has ended, however that was. */
  readonly done: Promise<void>
  readonly kill: () => void
}

export type Scripts = {
  /** Reads and runs. A text that is refused, and an error that nothing caught, are thrown as `ScriptError`; `explain` says them in full. */
  readonly run: (source: string, runner: Runner, options?: RunOptions) => Promise<Value>
  /** In the background, with names of its own; thrown is only that too many run. */
  readonly execute: (source: string, runner: Runner, options?: RunOptions) => Job
  readonly globals: (owner: string) => ReadonlyMap<string, Value>
  readonly setGlobal: (owner: string, name: string, value: Value) => void
  readonly forget: (owner: string, name: string) => void
  readonly jobs: () => readonly Job[]
  readonly kill: (id: string) => boolean
  /** Ends every job; resolves when none runs any more. */
  readonly stop: () => Promise<void>
}

/** A script that executes itself ends here. */
const MAX_JOBS = 500

/** Nobody listens. */
const noop = (): undefined => undefined

/** What routers of one release have read is the same for all of them; a long text is an import, and read once. */
const MAX_CACHED_PROGRAMS = 500
const MAX_CACHED_LENGTH = 32 * 1024
const programsByRelease = new WeakMap<Release, Map<string, Program>>()

const createReader = (release: Release): ((source: string) => Program) => {
  const programs = programsByRelease.get(release) ?? new Map<string, Program>()
  programsByRelease.set(release, programs)
  return (source) => {
    const known = programs.get(source)
    if (known !== undefined) return known
    const bytes = bytesIn(source)
    const result = checkScript(Buffer.from(bytes, "latin1"), release)
    if (!result.ok)
      throw new ScriptError(`${result.message} (line ${result.line} column ${result.column})`)
    const program = { bytes, statements: result.script.statements }
    if (source.length > MAX_CACHED_LENGTH) return program
    if (programs.size >= MAX_CACHED_PROGRAMS) programs.delete(programs.keys().next().value ?? "")
    programs.set(source, program)
    return program
  }
}

const propertiesIn = (release: Release): ((path: string) => ReadonlySet<string>) => {
  const known = new Map<string, ReadonlySet<string>>()
  return (path) => {
    const before = known.get(path)
    if (before !== undefined) return before
    const menu = path
      .split("/")
      .slice(1)
      .reduce<Release["menus"] | undefined>((at, word) => at?.menus.get(word), release.menus)
    const names = new Set([".id", "disabled", "dynamic", "comment", "running", "invalid"])
    for (const verb of ["add", "set"])
      for (const name of menu?.commands.get(verb)?.args.keys() ?? []) names.add(name)
    for (const name of ["numbers", "copy-from", "place-before"]) names.delete(name)
    known.set(path, names)
    return names
  }
}

const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  try {
    await sleepMs(Math.min(ms, 2 ** 31 - 1), undefined, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** An error as a router of 7.23 shows it, `divide by zero (:put; line 3)`; 7.21 showed the message alone. */
export const explain = (error: ScriptError): string => {
  const location: ErrorLocation | undefined = locationOf(error)
  return location === undefined
    ? error.message
    : `${error.message} (${location.command}; line ${location.line})`
}

export const createScripts = (options: ScriptsOptions): Scripts => {
  const { menus, clock } = options
  const globals = new Map<string, Globals>()
  const jobs = new Map<string, Job>()
  const bodies = new WeakMap<Value, Body>()
  let lastJob = 0
  let lastNs = 0n

  const globalsOf = (owner: string): Globals => {
    const known = globals.get(owner) ?? new Map<string, Value>()
    globals.set(owner, known)
    return known
  }

  const engine: Engine = {
    menus,
    nowMs: clock.now,
    timestamp: () => {
      const ns = BigInt(Math.round(clock.now() * 1000)) * 1000n
      lastNs = ns > lastNs ? ns : lastNs + 1n
      return lastNs
    },
    sleep: options.sleep ?? pause,
    read: createReader(menus.release),
    bodyOf: (code) => {
      const known = bodies.get(code)
      if (known !== undefined || code.type !== "code") return known
      const body = { ...engine.read(code.source), scope: null }
      bodies.set(code, body)
      return body
    },
    codeOf: (body, source) => {
      const code: Value = { type: "code", source }
      bodies.set(code, body)
      return code
    },
    execute: async (source, run, asString) => {
      if (!asString)
        return { type: "id", is: start(source, run.runner, { name: "execute" }, true).job.id }
      const lines: string[] = []
      await start(
        source,
        run.runner,
        { name: "execute", signal: run.signal, print: (text) => lines.push(text) },
        false,
      ).result
      return str(lines.join("\r\n"))
    },
    propertiesOf: propertiesIn(menus.release),
    random: options.random ?? Math.random,
  }

  const runWith = async (source: string, run: Run, args: Row | undefined): Promise<Value> => {
    const { bytes, statements } = engine.read(source)
    const scope = scopeIn(null)
    for (const [name, value] of args ?? []) declareLocal(scope, name, value)
    const { value } = await runStatements({ run, scope, bytes, row: null }, statements)
    if (run.signal.aborted) throw new Interrupted()
    return value
  }

  const start = (
    source: string,
    runner: Runner,
    runOptions: RunOptions,
    isDetached: boolean,
  ): { job: Job; result: Promise<Value> } => {
    if (jobs.size >= MAX_JOBS) throw new ScriptError("too many scripts are running")
    const killer = new AbortController()
    const signal =
      runOptions.signal === undefined
        ? killer.signal
        : AbortSignal.any([runOptions.signal, killer.signal])
    lastJob += 1
    const id = `*${lastJob.toString(16).toUpperCase()}`
    const print = runOptions.print ?? options.print ?? noop
    const name = runOptions.name ?? ""
    const sees = options.showsGlobals !== false || runner.policies.has("policy")
    const owned = sees ? globalsOf(runner.owner) : new Map<string, Value>()
    const run: Run = { engine, runner, signal, name, globals: owned, print, steps: 0, depth: 0 }
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
    const job: Job = {
      id,
      name,
      owner,
      policies,
      startedMs: clock.now(),
      isDetached,
      done,
      kill: () => killer.abort(),
    }
    jobs.set(id, job)
    return { job, result }
  }

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
