/** Where in a script an error came up: the innermost command that it ended. */
import type { Command } from "@ispvm/routeros-scripts/check/syntax"
import { ScriptError } from "./value.ts"

export type Where = { readonly line: number; readonly command: string }

const places = new WeakMap<Error, Where>()

const lineAt = (bytes: string, at: number): number => {
  let line = 1
  for (let next = bytes.indexOf("\n"); next !== -1 && next < at; next = bytes.indexOf("\n", next + 1)) line += 1
  return line
}

/** Notes the place of an error that has none yet; gives the error back. */
export const placed = (error: unknown, bytes: string, { path, nameSpan }: Command): unknown => {
  if (error instanceof ScriptError && !places.has(error))
    places.set(error, {
      line: lineAt(bytes, nameSpan.start),
      command: /^\/[^/]+$/.test(path) ? `:${path.slice(1)}` : path,
    })
  return error
}

/** Undefined of an error that no command raised: a text that cannot be read. */
export const whereOf = (error: unknown): Where | undefined => (error instanceof ScriptError ? places.get(error) : undefined)
