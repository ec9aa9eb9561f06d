/**
 * Plays many random histories of alerts, incidents and notifications, or runs every property test
 * with many more runs than usual. `--help` prints the rest.
 */
import { spawn } from "node:child_process"
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { environment } from "./config.ts"
import { progressLine, readNotes, summaryLines } from "./soak-notes.ts"

const DEFAULT_HISTORIES = "100000"
const DEFAULT_FACTOR = "20"
const DEFAULT_KILLS = "100"
const PROGRESS_MS = 10_000
/** Long enough for the defaults on a slow machine. */
const LIMIT_MINUTES = "1440"
const HELP = `npm run soak [-- [PATH …] [options]]

Plays random histories of alerts, incidents and notifications: ups, downs, flaps, restarts, late and
simultaneous data, clocks that are set, people, maintenance, channels that fail. Prints every
${PROGRESS_MS / 1_000} s how far it is, and at the end histories, seeds and failures. Exits 1 on any failure.

PATH           only files whose path contains this text
--histories N  how many each file plays (default: ${Number(DEFAULT_HISTORIES).toLocaleString("en")})
--seed N       the first seed of files that play them in order, and the seed of all others
               (default: 1, and random ones)
kills          in place of a PATH: kills the process that sends notifications at random moments, and
               counts at the receiver; no histories
--kills N      how often (default: ${DEFAULT_KILLS})
--all          every test file with properties, and others that take soakFactor, instead
--runs N       with --all: multiply the number of runs by N (default: ${DEFAULT_FACTOR})
--workers N    processes at once`

const root = join(import.meta.dirname, "..")
const PACKAGES = ["agent", "pki", "appliance", "lab", "routeros-scripts", "ui"]
const HISTORIES = /\b(?:historyRuns|playHistories)\b/
const KILLED = /\bsoakKills\b/
const PROPERTIES = /from "fast-check"|\bsoakFactor\b/

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    histories: { type: "string", default: DEFAULT_HISTORIES },
    seed: { type: "string" },
    kills: { type: "string", default: DEFAULT_KILLS },
    all: { type: "boolean", default: false },
    runs: { type: "string", default: DEFAULT_FACTOR },
    workers: { type: "string" },
    help: { type: "boolean", default: false },
  },
})

const isOfKills = !options.all && positionals.includes("kills")

const testsWith = (pattern: RegExp): readonly string[] =>
  PACKAGES.flatMap((part) =>
    globSync(`${part}/**/*.test.ts`, {
      cwd: root,
      exclude: (path) => path.includes("node_modules"),
    }),
  ).filter((file) => pattern.test(readFileSync(join(root, file), "utf8")))

const wrongNumber = (): string | undefined =>
  (["histories", "seed", "kills"] as const)
    .filter((name) => options[name] !== undefined && !/^[0-9]{1,9}$/.test(options[name]))
    .map((name) => `--${name} ${options[name]}: not a whole number`)[0]

/** How much the tests do, as they read it. */
const sizeOf = (): Readonly<Record<string, string>> => {
  if (options.all) return { ISPVM_PROPERTY_RUNS: options.runs }
  return isOfKills ? { ISPVM_KILLS: options.kills } : { ISPVM_HISTORIES: options.histories }
}

/** Runs the files and prints the progress; the exit code of the run. */
const run = (files: readonly string[], notesFile: string): Promise<number> =>
  new Promise((resolve) => {
    const began = performance.now()
    // A property that fails once has found something: no second run.
    const args = ["--no-checks", "--no-retry", "--limit", LIMIT_MINUTES]
    if (options.workers !== undefined) args.push("--workers", options.workers)
    const child = spawn(process.execPath, [join(root, ".ci/test.ts"), ...args, ...files], {
      cwd: root,
      stdio: "inherit",
      env: {
        ...environment(),
        ISPVM_SOAK_NOTES: notesFile,
        ...sizeOf(),
        ...(options.seed === undefined ? {} : { ISPVM_SOAK_SEED: options.seed }),
      },
    })
    const progress = setInterval(() => {
      if (isOfKills) return
      console.log(progressLine(notesOf(notesFile), (performance.now() - began) / 1_000))
    }, PROGRESS_MS)
    child.once("close", (code) => {
      clearInterval(progress)
      resolve(code ?? 1)
    })
  })

const notesOf = (file: string) => readNotes(existsSync(file) ? readFileSync(file, "utf8") : "")

const main = async (): Promise<number> => {
  if (options.help) {
    console.log(HELP)
    return 0
  }
  const wrong = wrongNumber()
  const pattern = options.all ? PROPERTIES : isOfKills ? KILLED : HISTORIES
  const files = testsWith(pattern).filter(
    (file) => positionals.length === 0 || positionals.some((part) => file.includes(part)),
  )
  if (wrong !== undefined || files.length === 0) {
    console.error(wrong ?? `no file with such tests matches ${positionals.join(", ")}`)
    return 2
  }
  const folder = mkdtempSync(join(tmpdir(), "ispvm-soak-"))
  const notesFile = join(folder, "notes")
  const code = await run(files, notesFile)
  if (!isOfKills) for (const line of ["", ...summaryLines(notesOf(notesFile))]) console.log(line)
  rmSync(folder, { recursive: true, force: true })
  return code
}

process.exitCode = await main()
