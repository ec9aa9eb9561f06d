/** A router's console: imports a script, runs a line, exports. Answers are the console's output. */

import { explain } from "../script/run.ts"
import { ScriptError } from "../script/value.ts"
import type { RouterOs } from "./os.ts"
import { textOf } from "./values.ts"

export type ConsoleAnswer = { readonly ok: boolean; readonly output: string }

const run = async (
  os: RouterOs,
  source: string,
  name: string,
  after: (value: string) => readonly string[],
): Promise<ConsoleAnswer> => {
  const lines: string[] = []
  try {
    const value = await os.engine.run(
      { source, runner: os.admin, variables: new Map(), name },
      (text) => lines.push(text),
    )
    return { ok: true, output: [...lines, ...after(textOf(value))].join("\n") }
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error
    return { ok: false, output: [...lines, explain(error)].join("\n") }
  }
}

export const importScript = (os: RouterOs, source: string): Promise<ConsoleAnswer> =>
  run(os, source, "import", () => ["", "Script file loaded and executed successfully"])

/** Runs one line; where it prints nothing, the answer is its value. */
export const consoleLine = (os: RouterOs, line: string): Promise<ConsoleAnswer> =>
  run(os, line, "console", (value) => (value === "" ? [] : [value]))
