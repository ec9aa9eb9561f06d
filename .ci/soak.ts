/** Runs every property test with many more runs than usual. `--help` prints the rest. */
import { spawnSync } from "node:child_process"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { environment } from "./config.ts"

const DEFAULT_FACTOR = "20"
const HELP = `npm run soak [-- [PATH …] [options]]

Runs the test files with property tests, and others that take soakFactor; each property runs more
often than in npm test.

PATH          only files whose path contains this text
--runs N      multiply the number of runs by N (default: ${DEFAULT_FACTOR})
--workers N   processes at once`

const root = join(import.meta.dirname, "..")
const PACKAGES = ["agent", "pki", "appliance", "lab", "routeros-scripts", "ui"]

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: DEFAULT_FACTOR },
    workers: { type: "string" },
    help: { type: "boolean", default: false },
  },
})

const propertyTests = (): readonly string[] =>
  PACKAGES.flatMap((part) =>
    globSync(`${part}/**/*.test.ts`, {
      cwd: root,
      exclude: (path) => path.includes("node_modules"),
    }),
  ).filter((file) =>
    /from "fast-check"|\bsoakFactor\b/.test(readFileSync(join(root, file), "utf8")),
  )

const main = (): number => {
  if (options.help) {
    console.log(HELP)
    return 0
  }
  const files = propertyTests().filter(
    (file) => positionals.length === 0 || positionals.some((part) => file.includes(part)),
  )
  if (files.length === 0) {
    console.error(`no file with property tests matches ${positionals.join(", ")}`)
    return 2
  }
  // A property that fails once has found something: no second run.
  const { status } = spawnSync(
    process.execPath,
    [
      join(root, ".ci/test.ts"),
      "--no-checks",
      "--no-retry",
      ...(options.workers === undefined ? [] : ["--workers", options.workers]),
      ...files,
    ],
    { cwd: root, stdio: "inherit", env: { ...environment(), ISPVM_PROPERTY_RUNS: options.runs } },
  )
  return status ?? 1
}

process.exitCode = main()
