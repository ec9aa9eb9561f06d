/** What the router asks of the interpreter of its scripts. */
import type { Runner, Value } from "../script/value.ts"

export type Script = {
  readonly source: string
  readonly runner: Runner
  /** Names that stand around it, as netwatch gives them. */
  readonly variables: ReadonlyMap<string, Value>
  /** As jobs and the log call it. */
  readonly name: string
  /** Of the script that runs it: both end together. */
  readonly signal?: AbortSignal
}
export type JobRow = {
  readonly id: string
  readonly name: string
  readonly owner: string
  readonly startedAtMs: number
}

export type Engine = {
  /** Runs to its end; throws `ScriptError` in the router's words. `print` gets what is put on the console. */
  run(script: Script, print: (text: string) => void): Promise<Value>
  jobs(): readonly JobRow[]
  /** False where there is no such job. */
  kill(id: string): boolean
  environment(): readonly { readonly owner: string; readonly name: string; readonly value: Value }[]
  forget(owner: string, name: string): void
  /** Ends every job and forgets every global: the router is off. */
  halt(): void
}
