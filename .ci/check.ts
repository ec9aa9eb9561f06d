/** Format, lint, types and import rules: all that needs no running product. Prints what failed, exits 1. */
import { spawnSync } from "node:child_process"
import { globSync } from "node:fs"
import { join } from "node:path"

const root = join(import.meta.dirname, "..")
const bin = (name: string): string => join(root, "node_modules", ".bin", name)

/** What tsc knows of the last run: a run after a small change takes a fifth of the time. */
const remembered = (name: string): readonly string[] => [
  "--incremental",
  "--tsBuildInfoFile",
  join(root, `node_modules/.cache/ispvm-types/${name}.tsbuildinfo`),
]

/** A third of the time of all steps: not in a quick run. */
const SLOW_STEP = "promises and switches"

/** Name and command line, in the order in which a mistake is cheapest to find. */
export const STEPS: readonly (readonly [string, readonly string[]])[] = [
  ["format and lint", [bin("biome"), "check", "--error-on-warnings", "."]],
  // What biome's own type inference misses (docs/decisions/0014-two-linters.md).
  [SLOW_STEP, [bin("oxlint"), "--type-aware", "--deny-warnings", "."]],
  ["types: node", [bin("tsc"), "-p", "tsconfig.json", ...remembered("node")]],
  ["types: screens", [bin("tsc"), "-p", "ui/tsconfig.json", ...remembered("screens")]],
  [
    "import rules, folders, vocabulary, style rules",
    [
      process.execPath,
      "--test",
      "--test-reporter=dot",
      "--test-concurrency=2",
      ...globSync(".ci/*.test.ts", { cwd: root }).sort(),
    ],
  ],
]

/** Runs every step, also after one has failed; gives the names of those that failed. */
export const runChecks = ({ quick = false } = {}): readonly string[] =>
  STEPS.filter(([name]) => !(quick && name === SLOW_STEP)).flatMap(
    ([name, [command = "", ...args]]) => {
      const began = Date.now()
      const { status } = spawnSync(command, args, {
        cwd: root,
        stdio: ["ignore", "inherit", "inherit"],
      })
      console.log(
        `${status === 0 ? "ok  " : "FAIL"}  ${name}  ${((Date.now() - began) / 1000).toFixed(1)} s`,
      )
      return status === 0 ? [] : [name]
    },
  )

const HELP = `npm run check

Format, lint, types, import rules, folders and vocabulary: all that needs no running product.
Every step runs, also after one has failed. Steps: ${STEPS.map(([name]) => name).join("; ")}.`

const main = (): void => {
  if (process.argv.includes("--help")) {
    console.log(HELP)
    return
  }
  const failed = runChecks()
  if (failed.length > 0) console.error(`\nfailed: ${failed.join(", ")}`)
  process.exitCode = failed.length === 0 ? 0 : 1
}

if (import.meta.main) main()
