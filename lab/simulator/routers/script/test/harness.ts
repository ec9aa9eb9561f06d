/** A router with almost no menus, and the output of scripts on it. */
import assert from "node:assert/strict"
import type { Release } from "@ispvm/routeros-scripts/check"
import { releaseNamed } from "@ispvm/routeros-scripts/check/product"
import {
  createScripts,
  explain,
  type RunOptions,
  type Scripts,
  type ScriptsOptions,
} from "../run.ts"
import { type Invocation, type Runner, ScriptError, type Value } from "../value.ts"

export const ADMIN: Runner = { owner: "admin", policies: new Set(["read", "write", "test"]) }

export const releaseOf = (name: string): Release => {
  const release = releaseNamed(name)
  assert.ok(release, `no table of ${name}`)
  return release
}

export type Harness = {
  readonly scripts: Scripts
  readonly calls: Invocation[]
  readonly lines: string[]
  readonly failures: string[]
  /** The output of the script, line by line, and the error that ends it. */
  readonly run: (
    source: string,
    options?: RunOptions & { readonly runner?: Runner },
  ) => Promise<string>
}

export const harness = (
  answer: (call: Invocation) => Promise<Value> | Value = () => ({ type: "nothing" }),
  name = "7.22.1",
  more: Partial<ScriptsOptions> = {},
): Harness => {
  const calls: Invocation[] = []
  const lines: string[] = []
  const failures: string[] = []
  const scripts = createScripts({
    menus: {
      release: releaseOf(name),
      invoke: async (call) => {
        calls.push(call)
        return answer(call)
      },
    },
    clock: { now: Date.now },
    print: (text) => lines.push(text),
    onFailed: (_, error) => failures.push(explain(error)),
    ...more,
  })
  const run: Harness["run"] = async (source, { runner = ADMIN, ...options } = {}) => {
    const output: string[] = []
    try {
      await scripts.run(source, runner, { print: (text) => output.push(text), ...options })
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error
      output.push(`! ${explain(error)}`)
    }
    return output.join("\n")
  }
  return { scripts, calls, lines, failures, run }
}
