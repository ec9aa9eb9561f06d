/** The location of an error in a script: the innermost command that it ended. */
import type { Command } from "@ispvm/routeros-scripts/check/syntax"
import { ScriptError } from "./value.ts"

export type ErrorLocation = { readonly line: number; readonly command: string }

const locations = new WeakMap<Error, ErrorLocation>()

const lineAt = (bytes: string, at: number): number => {
  let line = 1
  for (
    let next = bytes.indexOf("\n");
    next !== -1 && next < at;
    next = bytes.indexOf("\n", next + 1)
  )
    line += 1
  return line
}

/** Records the location of an error that has none yet; returns the error. */
export const withLocation = (
  error: unknown,
  bytes: string,
  { path, nameSpan }: Command,
): unknown => {
  if (error instanceof ScriptError && !locations.has(error))
    locations.set(error, {
      line: lineAt(bytes, nameSpan.start),
      command: /^\/[^/]+$/.test(path) ? `:${path.slice(1)}` : path,
    })
  return error
}

/** Undefined for an error that no command raised: a text that cannot be read. */
export const locationOf = (error: unknown): ErrorLocation | undefined =>
  error instanceof ScriptError ? locations.get(error) : undefined
