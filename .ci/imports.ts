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

/** Groups of files that import each other in a circle, types included. Tarjan's algorithm. */
export const cyclesOf = (imports: readonly Import[]): readonly (readonly string[])[] => {
  const edges = Map.groupBy(imports, ({ from }) => from)
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const onStack = new Set<string>()
  const cycles: string[][] = []
  const visit = (file: string): void => {
    order.set(file, order.size)
    low.set(file, order.size - 1)
    stack.push(file)
    onStack.add(file)
    for (const { to } of edges.get(file) ?? []) {
      if (!order.has(to)) {
        if (edges.has(to)) visit(to)
        low.set(file, Math.min(low.get(file) ?? 0, low.get(to) ?? Number.POSITIVE_INFINITY))
      } else if (onStack.has(to)) low.set(file, Math.min(low.get(file) ?? 0, order.get(to) ?? 0))
    }
    if (low.get(file) !== order.get(file)) return
    const cycle = stack.splice(stack.indexOf(file))
    for (const each of cycle) onStack.delete(each)
    if (cycle.length > 1) cycles.push(cycle)
  }
  for (const file of edges.keys()) if (!order.has(file)) visit(file)
  return cycles
}
