/** Texts read as programs, and the properties of menus, both cached by release. */
import { checkScript, type Release } from "@ispvm/routeros-scripts/check"
import { bytesIn } from "./byte-text.ts"
import type { Program } from "./frame.ts"
import { ScriptError } from "./value.ts"

/** All routers of a release share programs. A long text is an import, which is read only once. */
const MAX_CACHED_PROGRAMS = 500
const MAX_CACHED_LENGTH = 32 * 1024
const programsByRelease = new WeakMap<Release, Map<string, Program>>()

/** A reader of texts; it throws the router's own error for a text with a fault. */
export const createReader = (release: Release): ((source: string) => Program) => {
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

/** The properties of a menu's rows, whether or not a row has them. */
export const propertiesIn = (release: Release): ((path: string) => ReadonlySet<string>) => {
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
