/** `npm run bench -- NAME [options]`: prints our figures and those of a reference from one run. */
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"

const here = import.meta.dirname
/** Files that are not a bench. */
const PARTS = ["main", "figures"]
const names = readdirSync(here)
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .map((file) => file.slice(0, -3))
  .filter((name) => !PARTS.includes(name) && !name.includes("-"))

const [name, ...args] = process.argv.slice(2)
if (name === undefined || !names.includes(name) || !existsSync(join(here, `${name}.ts`))) {
  console.error(`usage: npm run bench -- NAME\nbenches: ${names.join(", ")}`)
  process.exit(2)
}
const bench: { run: (args: readonly string[]) => Promise<boolean> } = await import(`./${name}.ts`)
process.exitCode = (await bench.run(args)) ? 0 : 1
