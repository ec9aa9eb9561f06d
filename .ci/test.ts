/**
 * Everything: checks, then every test file, on as many cores as there are. `--help` prints the rest.
 * What hangs is named. A file that failed runs once more, alone: what passes then is reported as flaky.
 */
import { globSync, readFileSync, writeFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { runChecks } from "./check.ts"
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
import { type Outcome, runFiles, stopAll } from "./test-run.ts"

const HELP = `npm test [-- [PATH …] [options]]

PATH            a group (${Object.keys(GROUPS).join(", ")}), a test file, a folder, or any part of a path;
                without one: all checks and all tests
--name PATTERN  only tests whose name matches this regular expression
--quick         only what needs no browser, no network namespace and no whole program; short property runs
--workers N     processes at once (default: the number of cores, ${availableParallelism()})
--no-checks     without format, lint, types and import rules
--no-retry      a failed file does not get its second run
--record        writes how long each file took to .ci/test-times.json, from which the order of a run is made`

const root = join(import.meta.dirname, "..")
const TIMES = join(root, ".ci/test-times.json")
const LIMIT_MS = 60 * 60_000
/** More failed files than this are no accident. */
const MAX_FLAKY_FILES = 5
/** What `--quick` leaves out: files that reach one of these. */
const HEAVY = [
  /^playwright-core$/,
  /^lab\/simulator\/netns\.ts$/,
  /^lab\/simulator\/lab\.ts$/,
  /^appliance\/src\/app\.ts$/,
  /^appliance\/test\/program\.ts$/,
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
    ["agent", "pki", "appliance", "lab", "routeros-scripts", "ui"].map((part) => `${part}/**/*.ts`),
  )
  const heavy = filesThatReach(imports, (path) => HEAVY.some((pattern) => pattern.test(path)))
  return new Map(
    [...files].map(([group, each]) => [group, each.filter((file) => !heavy.has(file))]),
  )
}

const readTimes = (): Readonly<Record<string, number>> => {
  try {
    return JSON.parse(readFileSync(TIMES, "utf8"))
  } catch {
    return {}
  }
}

/** Runs the jobs on `workers` processes at once, and prints each one's report when it ends. */
const runJobs = (jobs: readonly Job[], workers: number): Promise<readonly Outcome[]> =>
  new Promise((resolve, reject) => {
    const queue = [...jobs]
    const running: Job[] = []
    const outcomes: Outcome[] = []
    const startMore = (): void => {
      while (running.length < workers) {
        const job = nextJob(queue, running)
        if (job === undefined) break
        queue.splice(queue.indexOf(job), 1)
        running.push(job)
        runFiles(root, job.group, job.files, runOptions).then((outcome) => {
          running.splice(running.indexOf(job), 1)
          outcomes.push(outcome)
          process.stdout.write(outcome.report)
          console.log(
            `── ${outcomes.length}/${jobs.length} ${outcome.ok ? "ok  " : "FAIL"} ${job.group}: ${job.files.length} files, ${(outcome.tookMs / 1000).toFixed(1)} s`,
          )
          startMore()
        }, reject)
      }
      if (running.length === 0 && queue.length === 0) resolve(outcomes)
    }
    startMore()
  })

/** Failed files, one at a time on a machine that does nothing else. Answers those that passed. */
const retry = async (outcomes: readonly Outcome[]): Promise<readonly string[]> => {
  const failed = outcomes.flatMap(({ group, failedFiles }) =>
    failedFiles.map((file) => ({ group, file })),
  )
  if (options["no-retry"] || failed.length > MAX_FLAKY_FILES) return []
  const flaky: string[] = []
  for (const { group, file } of failed) {
    console.log(`\n── once more, alone: ${file}`)
    const again = await runFiles(root, group, [file], runOptions)
    process.stdout.write(again.report)
    if (again.ok) flaky.push(file)
  }
  return flaky
}

/** The whole run ends here, with the names of what still runs. */
const startLimit = (startedAtMs: number): NodeJS.Timeout =>
  setTimeout(
    () => {
      console.error(
        `\nstopped: ${LIMIT_MS / 60_000} minutes are over. Still running:\n${stopAll() || "(no test: a handle was left open)"}`,
      )
      process.exit(1)
    },
    LIMIT_MS - (Date.now() - startedAtMs),
  )

const summarise = (
  outcomes: readonly Outcome[],
  flaky: readonly string[],
  failedChecks: readonly string[],
  startedAtMs: number,
): void => {
  for (const step of failedChecks) console.log(`FAIL  ${step}`)
  let [passed, failed, skipped] = [0, failedChecks.length, 0]
  for (const [group, own] of Map.groupBy(outcomes, ({ group }) => group)) {
    const isFlaky = ({ failedFiles, ok }: Outcome) =>
      !ok && failedFiles.length > 0 && failedFiles.every((file) => flaky.includes(file))
    const bad = own.filter((outcome) => !outcome.ok && !isFlaky(outcome))
    const sum = (key: "passed" | "failed" | "skipped", of: readonly Outcome[]) =>
      of.reduce((total, { totals }) => total + totals[key], 0)
    const groupFailed = bad.length === 0 ? 0 : Math.max(bad.length, sum("failed", bad))
    passed += sum("passed", own) + (bad.length === 0 ? sum("failed", own) : 0)
    failed += groupFailed
    skipped += sum("skipped", own)
    const seconds = own.reduce((total, { tookMs }) => total + tookMs, 0) / 1000
    console.log(
      `${bad.length === 0 ? "ok  " : "FAIL"}  ${group}: ${sum("passed", own)} passed, ${sum("failed", own)} failed, ${sum("skipped", own)} did not run, ${seconds.toFixed(1)} s of ${own.length === 1 ? "one process" : `${own.length} processes`}`,
    )
    for (const { failedFiles } of bad)
      for (const file of failedFiles) if (!flaky.includes(file)) console.log(`FAIL  ${file}`)
  }
  for (const file of flaky) console.log(`FLAKY ${file}: failed once, and passed alone`)
  if (passed + failed === 0) {
    console.log(
      options.name === undefined
        ? "NO TEST RAN"
        : `no test has a name that matches /${options.name}/`,
    )
    failed = 1
  }
  console.log(`whole run: ${((Date.now() - startedAtMs) / 1000).toFixed(0)} s`)
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
  process.exitCode = failed === 0 ? 0 : 1
}

const runOptions = { name: options.name, quick: options.quick }

const main = async (): Promise<void> => {
  const startedAtMs = Date.now()
  if (options.help) return console.log(HELP)
  const all = allFiles()
  const selection = selectFiles(options.quick ? withoutHeavy(all) : all, positionals)
  if (!selection.ok) {
    console.error(selection.error)
    process.exitCode = 2
    return
  }
  const failedChecks = positionals.length > 0 || options["no-checks"] ? [] : runChecks()
  const limit = startLimit(startedAtMs)
  const times = readTimes()
  const workers = Math.max(1, Number(options.workers ?? availableParallelism()) || 1)
  const outcomes = await runJobs(planJobs(selection.files, times), workers)
  const flaky = await retry(outcomes)
  clearTimeout(limit)
  if (options.record) {
    const known = new Set([...all.values()].flat())
    const taken = { ...times, ...Object.assign({}, ...outcomes.map(({ seconds }) => seconds)) }
    const rows = Object.entries(taken)
      .filter(([file]) => known.has(file))
      .sort(([a], [b]) => a.localeCompare(b))
    writeFileSync(TIMES, `${JSON.stringify(Object.fromEntries(rows), null, 2)}\n`)
  }
  console.log("")
  summarise(outcomes, flaky, failedChecks, startedAtMs)
}

await main()
