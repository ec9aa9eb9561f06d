/** Reads which module imports which, out of the source text. Plain patterns are enough: the formatter fixes the form of an import. */
import { globSync, readFileSync } from "node:fs"
import { builtinModules } from "node:module"
import { dirname, join, normalize, relative } from "node:path"

export type Import = {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
  readonly line: number
}

const PATTERN =
  /^(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|\bimport\(\s*"([^"]+)"\s*\)/gm

/** Every import of the files that match, `to` as a path from the root where it is one of ours and as a package name elsewhere. */
export const importsOf = (root: string, patterns: readonly string[]): readonly Import[] =>
  globSync([...patterns], {
    cwd: root,
    exclude: (path) => /node_modules|[/\\]dist/.test(path),
  }).flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8")
    return [...text.matchAll(PATTERN)].map((match) => {
      const to = match[2] ?? match[3] ?? ""
      return {
        from: file,
        to: to.startsWith(".") ? relative(root, normalize(join(root, dirname(file), to))) : to,
        typeOnly: match[1] !== undefined,
        line: text.slice(0, match.index).split("\n").length,
      }
    })
  })

export const isBuiltin = (to: string): boolean =>
  to.startsWith("node:") || builtinModules.includes(to)
