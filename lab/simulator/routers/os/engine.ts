/** What a router needs from the interpreter of its scripts. */
import type { Runner, Value } from "../script/value.ts"

export type Script = {
  readonly source: string
  readonly runner: Runner
  /** Variables that exist from the start, as netwatch provides them. */
  readonly variables: ReadonlyMap<string, Value>
  /** The name in jobs and in the log. */
  readonly name: string
  /** The signal of the script that runs it: both end together. */
  readonly signal?: AbortSignal
}
export type JobRow = {
  readonly id: string
  readonly name: string
  readonly owner: string
  readonly startedAtMs: number
}

export type Engine = {
  /**
   * Runs to the end; throws `ScriptError` with the router's text. `print` receives the console
   * output.
   */
  run(script: Script, print: (text: string) => void): Promise<Value>
  jobs(): readonly JobRow[]
  /** False where there is no such job. */
  kill(id: string): boolean
  environment(): readonly { readonly owner: string; readonly name: string; readonly value: Value }[]
  forget(owner: string, name: string): void
  /** Ends every job and drops every global: the router is off. */
  halt(): void
}
