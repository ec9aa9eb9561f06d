/** `npm run bench -- NAME [options]`: prints our figures and those of a reference from one run. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

const here = import.meta.dirname
/** Files that are not a bench. */
const PARTS = ["main", "figures"]
const names = readdirSync(here)
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .map((file) => file.slice(0, -3))
  .filter((name) => !PARTS.includes(name) && !name.includes("-"))
const USAGE = `usage: npm run bench -- NAME [options]
benches: ${names.join(", ")}
NAME --help prints what it measures and its options`

/** The comment that a bench begins with. */
const helpOf = (name: string): string => {
  const [, comment = ""] =
    /^\/\*\*([\s\S]*?)\*\//.exec(readFileSync(join(here, `${name}.ts`), "utf8")) ?? []
  return comment.replace(/^ \* ?/gm, "").trim()
}

const [name, ...args] = process.argv.slice(2)
const isHelp = (word: string): boolean => word === "--help" || word === "-h"
if (name !== undefined && isHelp(name)) {
  console.log(USAGE)
} else if (name === undefined || !names.includes(name)) {
  console.error(USAGE)
  process.exitCode = 2
} else if (args.some(isHelp)) {
  console.log(helpOf(name))
} else {
  const bench: { run: (args: readonly string[]) => Promise<boolean> } = await import(`./${name}.ts`)
  process.exitCode = (await bench.run(args)) ? 0 : 1
}
