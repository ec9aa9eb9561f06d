/** The context of an evaluation: the running script, its scope, and the text it was read from. */
import type { Command, Statement } from "@ispvm/routeros-scripts/check/syntax"
import { type Globals, type Scope, scopeIn } from "./scope.ts"
import { type Menus, type Row, type Runner, ScriptError, type Value } from "./value.ts"

/** A parsed text, one character per byte, as in the spans of its statements. */
export type Program = { readonly bytes: string; readonly statements: readonly Statement[] }

/** The body of a code value. An op sees the names around it; a function only its arguments. */
export type Body = Program & { readonly scope: Scope | null }

export type Engine = {
  readonly menus: Menus
  readonly nowMs: () => number
  /** In ns since 1970; each call returns a larger number. */
  readonly timestamp: () => bigint
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Reads a text, or throws the router's error. */
  readonly read: (source: string) => Program
  readonly bodyOf: (code: Value) => Body | undefined
  readonly codeOf: (body: Body, source: string) => Value
  readonly execute: (source: string, run: Run, asString: boolean) => Promise<Value>
  /** Properties of a menu's rows, whether or not a row has them. */
  readonly propertiesOf: (menu: string) => ReadonlySet<string>
  readonly random: () => number
  /**
   * Runs statements one after another; returns how the last one ended, and its value. Part of the
   * engine because values contain statements (`[…]`, functions) and statements contain values.
   */
  readonly runStatements: (frame: Frame, statements: readonly Statement[]) => Promise<Outcome>
}

/** One running script. */
export type Run = {
  readonly engine: Engine
  readonly runner: Runner
  readonly signal: AbortSignal
  readonly name: string
  readonly globals: Globals
  readonly print: (text: string) => void
  steps: number
  depth: number
}

export type Frame = {
  readonly run: Run
  readonly scope: Scope
  readonly bytes: string
  /** In a condition on rows, names refer to properties first. */
  readonly row: { readonly values: Row; readonly names: ReadonlySet<string> } | null
}

export type Outcome = {
  readonly flow: "next" | "return" | "break" | "continue"
  readonly value: Value
}

/** A command of the language itself, as against a command of the router. */
export type BuiltinCommand = (frame: Frame, command: Command) => Promise<Outcome>

export class Interrupted extends ScriptError {
  constructor() {
    super("interrupted")
  }
}

const STEPS_PER_YIELD = 500
const MAX_DEPTH = 500

/** Counts each statement: yields to other work regularly, and ends a killed script. */
export const step = (run: Run): Promise<void> | undefined => {
  if (run.signal.aborted) throw new Interrupted()
  run.steps += 1
  return run.steps % STEPS_PER_YIELD === 0
    ? new Promise((resolve) => setImmediate(resolve))
    : undefined
}

/** Endless recursion is an error of the script and does not end the process. */
export const withDepth = async <T>(run: Run, go: () => Promise<T>): Promise<T> => {
  run.depth += 1
  try {
    if (run.depth > MAX_DEPTH) throw new ScriptError("maximum recursion depth reached")
    return await go()
  } finally {
    run.depth -= 1
  }
}

/** Runs statements in a scope of their own. */
export const runBlock = (frame: Frame, statements: readonly Statement[]): Promise<Outcome> =>
  withDepth(frame.run, () =>
    frame.run.engine.runStatements({ ...frame, scope: scopeIn(frame.scope) }, statements),
  )
