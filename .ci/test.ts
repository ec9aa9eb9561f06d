/**
 * Everything: checks, then every test file, on all cores. `--help` prints the rest.
 * What hangs is named. A file that failed runs once more, alone: what passes then is reported as flaky.
 */
import { globSync } from "node:fs"
import { availableParallelism } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { runChecks } from "./check.ts"
import { type CpuClock, postgresServers, startCpuClock } from "./cpu-time.ts"
import { importsOf } from "./imports.ts"
import {
  filesThatReach,
  GROUPS,
  type Group,
  type Job,
  nextJob,
  planJobs,
  selectFiles,
} from "./test-plan.ts"
import {
  databaseFolder,
  isIsolated,
  type Outcome,
  runFiles,
  stopAll,
  type Totals,
} from "./test-run.ts"
import { summarise } from "./test-summary.ts"
import { type FileTimes, readTimes, recordTimes, slowestFiles } from "./test-times.ts"

/** A file that takes longer is not part of `--quick`. */
const QUICK_FILE_SECONDS = 0.5
/** Nor are its processes as long: one of all files of the appliance would be the whole time. */
const QUICK_SHARE = 0.15

const LIMIT_MINUTES = 60

const HELP = `npm test [-- [PATH …] [options]]

PATH            a group (${Object.keys(GROUPS).join(", ")}), a test file, a folder, or any part of a path;
                without one: all checks and all tests
--name PATTERN  only tests whose name matches this regular expression
--quick         only what needs no browser, no network namespace and no whole program, and took at most
                ${QUICK_FILE_SECONDS} s when times were last recorded; short property runs; no lint by types
--workers N     processes at once (default: one more than cores, ${availableParallelism() + 1})
--no-checks     without format, lint, types and import rules
--no-retry      a failed file does not get its second run
--limit N       ends after N minutes (default: ${LIMIT_MINUTES})
--repeat N      N runs one after another, and a table of them
--record        writes the time of each file to .ci/test-times.json, from which the order of a run is made`

const root = join(import.meta.dirname, "..")
/** How many files the summary lists. */
const SLOWEST = 12
/** More failed files than this are no accident. */
const MAX_FLAKY_FILES = 5
/** What `--quick` leaves out: files that reach one of these. */
const HEAVY = [
  /^playwright-core$/,
  /^lab\/simulator\/netns\.ts$/,
  /^lab\/simulator\/lab\.ts$/,
  /^appliance\/src\/app\.ts$/,
  /^appliance\/test\/program\.ts$/,
  /^lab\/e2e\/(?:demo|start)-process\.ts$/,
  // Packages built twice, and booted.
  /^images\/package\/can-build\.ts$/,
  // Networks of 50,000 nodes.
  /^appliance\/rca\/src\/test\/large-networks\.ts$/,
]

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: "string" },
    quick: { type: "boolean", default: false },
    workers: { type: "string" },
    "no-checks": { type: "boolean", default: false },
    "no-retry": { type: "boolean", default: false },
    record: { type: "boolean", default: false },
    limit: { type: "string", default: String(LIMIT_MINUTES) },
    repeat: { type: "string", default: "1" },
    help: { type: "boolean", default: false },
  },
})

const allFiles = (): ReadonlyMap<Group, readonly string[]> =>
  new Map(
    Object.entries(GROUPS).map(([group, { files, ...rest }]) => [
      group as Group,
      globSync(files, { cwd: root, exclude: (path) => path.includes("node_modules") })
        .filter((file) => !("except" in rest && file.startsWith(rest.except)))
        .sort(),
    ]),
  )

const withoutHeavy = (
  files: ReadonlyMap<Group, readonly string[]>,
): ReadonlyMap<Group, readonly string[]> => {
  const imports = importsOf(
    root,
    [...new Set([...files.values()].flat().map((file) => file.split("/")[0]))].map(
      (part) => `${part}/**/*.ts`,
    ),
  )
  const heavy = filesThatReach(imports, (path) => HEAVY.some((pattern) => pattern.test(path)))
  const times = readTimes()
  const isQuick = (file: string): boolean =>
    !heavy.has(file) && (times[file]?.wall ?? 0) <= QUICK_FILE_SECONDS
  return new Map([...files].map(([group, each]) => [group, each.filter(isQuick)]))
}

/** Runs the jobs on `workers` processes at once, and prints each one's report when it ends. */
const runJobs = (jobs: readonly Job[], workers: number): Promise<readonly Outcome[]> =>
  new Promise((resolve, reject) => {
    const queue = [...jobs]
    const running: Job[] = []
    const outcomes: Outcome[] = []
    const startMore = (): void => {
      while (running.length < workers) {
        const job = nextJob(queue, running, isIsolated)
        if (job === undefined) break
        queue.splice(queue.indexOf(job), 1)
        running.push(job)
        runFiles(root, job.group, job.files, runOptions).then((outcome) => {
          running.splice(running.indexOf(job), 1)
          outcomes.push(outcome)
          process.stdout.write(outcome.report)
          console.log(
            `── ${outcomes.length}/${jobs.length} ${outcome.ok ? "ok  " : "FAIL"} ${job.group}: ${job.files.length} files, ${outcome.cpuSeconds.toFixed(1)} s of CPU, ${(outcome.tookMs / 1000).toFixed(1)} s`,
          )
          startMore()
        }, reject)
      }
      if (running.length === 0 && queue.length === 0) resolve(outcomes)
    }
    startMore()
  })

/** Failed files, one at a time on a machine that does nothing else; those of a process that hung, together. Answers those that passed. */
const retry = async (outcomes: readonly Outcome[]): Promise<readonly string[]> => {
  const failed = outcomes.flatMap(({ group, failedFiles, isHung }) =>
    isHung
      ? [{ group, files: failedFiles }]
      : failedFiles.map((file) => ({ group, files: [file] })),
  )
  if (options["no-retry"] || failed.length > MAX_FLAKY_FILES) return []
  const flaky: string[] = []
  for (const { group, files } of failed) {
    console.log(`\n── once more, alone: ${files.join(", ")}`)
    const again = await runFiles(root, group, files, runOptions)
    process.stdout.write(again.report)
    if (again.ok) flaky.push(...files)
  }
  return flaky
}

/** The whole run ends here, with the names of what still runs. */
const startLimit = (startedAtMs: number, runs: number): NodeJS.Timeout => {
  const limitMs = Number(options.limit) * 60_000 * runs
  return setTimeout(
    () => {
      console.error(`\nstopped: ${limitMs / 60_000} minutes are over. Still running:\n${stopAll()}`)
      process.exit(1)
    },
    limitMs - (Date.now() - startedAtMs),
  )
}

/** All test processes share them, and the last one to end stops them. */
const databaseServers = (): readonly number[] =>
  postgresServers(join(databaseFolder, "ispvm-test-"))

/** One run of the selected files: prints it, and answers its row of the table of repeated runs. */
const runOnce = async (
  files: ReadonlyMap<Group, readonly string[]>,
  failedChecks: readonly string[],
  clock: CpuClock,
): Promise<RunRow> => {
  const startedAtMs = Date.now()
  const cpuBefore = clock.seconds()
  const databaseClock = startCpuClock(databaseServers)
  // Half of the time, tests wait for timers, programs and networks: one more than there are cores.
  const workers = Math.max(1, Number(options.workers ?? availableParallelism() + 1) || 1)
  const outcomes = await runJobs(
    planJobs(files, readTimes(), options.quick ? QUICK_SHARE : 1),
    workers,
  )
  const flaky = await retry(outcomes)
  const times: FileTimes = Object.assign({}, ...outcomes.map((outcome) => outcome.times))
  if (options.record) recordTimes(times, new Set([...allFiles().values()].flat()))
  const { passed, failed, skipped, lines } = summarise(outcomes, flaky)
  const databaseCpu = databaseClock.seconds()
  databaseClock.stop()
  console.log(`\nmost CPU time:\n${slowestFiles(times, SLOWEST).join("\n")}\n`)
  for (const step of failedChecks) console.log(`FAIL  ${step}`)
  for (const line of lines) console.log(line)
  console.log(`      shared database server: ${databaseCpu.toFixed(0)} s of CPU`)
  if (passed + failed === 0)
    console.log(
      options.name === undefined
        ? "NO TEST RAN"
        : `no test has a name that matches /${options.name}/`,
    )
  return {
    passed,
    failed: failed + failedChecks.length + (passed + failed === 0 ? 1 : 0),
    skipped,
    flaky: flaky.length,
    wall: (Date.now() - startedAtMs) / 1_000,
    cpu: clock.seconds() - cpuBefore,
    failedFiles: outcomes.flatMap(({ failedFiles }) => failedFiles),
  }
}

type RunRow = Totals & {
  readonly flaky: number
  readonly wall: number
  readonly cpu: number
  /** In which a test failed at first. */
  readonly failedFiles: readonly string[]
}

const printRows = (rows: readonly RunRow[]): void => {
  console.log("\n   run  passed  failed  skipped  flaky   wall s    CPU s  failed at first")
  for (const [index, row] of rows.entries()) {
    const cells = [row.passed, row.failed, row.skipped, row.flaky]
    const numbers = [index + 1, ...cells, row.wall.toFixed(0), row.cpu.toFixed(0)]
    const widths = [6, 8, 8, 9, 7, 9, 9]
    const line = numbers.map((number, at) => String(number).padStart(widths[at] ?? 0)).join("")
    console.log(`${line}  ${row.failedFiles.join(", ")}`)
  }
  const clean = rows.filter((row) => row.failedFiles.length === 0 && row.failed === 0)
  console.log(`${clean.length} of ${rows.length} runs without a failure or a second try`)
}

const runOptions = { name: options.name, quick: options.quick }

const wrongOptions = (runs: number): string | undefined => {
  if (options.record && (options.quick || options.name !== undefined))
    return `--record with ${options.quick ? "--quick" : "--name"}: the times would be of a part of each file`
  if (!(Number(options.limit) > 0)) return `--limit ${options.limit}: not a number of minutes`
  return Number.isInteger(runs) && runs > 0
    ? undefined
    : `--repeat ${options.repeat}: not a number of runs`
}

const main = async (): Promise<void> => {
  const startedAtMs = Date.now()
  if (options.help) return console.log(HELP)
  const all = allFiles()
  const selection = selectFiles(options.quick ? withoutHeavy(all) : all, positionals)
  const runs = Number(options.repeat)
  const error = wrongOptions(runs) ?? (selection.ok ? undefined : selection.error)
  if (error !== undefined || !selection.ok) {
    console.error(error)
    process.exitCode = 2
    return
  }
  const clock = startCpuClock(() => [process.pid, ...databaseServers()])
  const failedChecks =
    positionals.length > 0 || options["no-checks"] ? [] : runChecks({ quick: options.quick })
  const limit = startLimit(startedAtMs, runs)
  const rows: RunRow[] = []
  for (let run = 1; run <= runs; run += 1)
    rows.push(await runOnce(selection.files, run === 1 ? failedChecks : [], clock))
  clearTimeout(limit)
  if (runs > 1) printRows(rows)
  const sum = (key: "passed" | "failed" | "skipped") =>
    rows.reduce((total, row) => total + row[key], 0)
  console.log(
    `whole run: ${((Date.now() - startedAtMs) / 1000).toFixed(0)} s, ${clock.seconds().toFixed(0)} s of CPU`,
  )
  console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`)
  process.exitCode = sum("failed") === 0 ? 0 : 1
}

await main()
