/** Runs test files in a process of their own and answers what became of them. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { chooseDatabaseFolder, environment, soakNotesFile } from "./config.ts"
import type { FileTime } from "./file-times.ts"
import { ownNetwork } from "./own-network.ts"
import { HANDLES_SUFFIX, type Notes } from "./reporter.ts"
import { type Group, NETWORKED } from "./test-plan.ts"

export type Totals = { readonly passed: number; readonly failed: number; readonly skipped: number }
export type Outcome = {
  readonly group: Group
  readonly ok: boolean
  readonly tookMs: number
  readonly totals: Totals
  /** Files in which a test failed; all of them where the process ended without saying so. */
  readonly failedFiles: readonly string[]
  /** What the process printed, for people. */
  readonly report: string
  readonly times: Readonly<Record<string, FileTime>>
  /** Of the process and all that it started, hooks and imports included. */
  readonly cpuSeconds: number
  /** It was ended because nothing had happened in it for a long time. */
  readonly isHung: boolean
}
export type RunOptions = {
  readonly name: string | undefined
  readonly quick: boolean
  /** Milliseconds without a word of the process after which it is ended. */
  readonly quietMs?: number
  /** Milliseconds for which a program may hold the pipe of a process that has ended. */
  readonly pipeMs?: number
}

type Running = { readonly job: string; readonly notesFile: string }
const running = new Map<ChildProcess, Running>()

/** No test and no hook takes as long, on a machine four times slower than the usual one. */
const QUIET_MS = 12 * 60_000
const WATCH_MS = 1_000
/** From the end of the process to the end of what it printed: longer, and a program it started holds the pipe. */
const PIPE_MS = 10_000

const readNotes = (file: string): Notes => {
  const none: Notes = { running: [], last: "", failedFiles: [], times: {}, cpu: 0 }
  if (!existsSync(file)) return none
  try {
    return JSON.parse(readFileSync(file, "utf8"))
  } catch {
    return { ...none, running: ["(the reporter's notes are cut off)"] }
  }
}

/** A process group of its own, so that what hangs is ended whole. */
const end = (child: ChildProcess): void => {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, "SIGKILL")
  } catch {
    // Nothing of the group is left.
  }
}

/** The programs of the process group, a line each. */
const programsOf = (child: ChildProcess): readonly string[] =>
  spawnSync("ps", ["-eo", "pgid=,pid=,etimes=,args="], { encoding: "utf8" })
    .stdout?.split("\n")
    .filter((line) => Number(line.trim().split(/\s+/)[0]) === child.pid)
    .map((line) => line.trim().slice(0, 160)) ?? []

/** What a process does: its tests; without one, what keeps it from ending. */
const describe = (child: ChildProcess, { job, notesFile }: Running): string => {
  const notes = readNotes(notesFile)
  if (notes.running.length > 0) return notes.running.join("\n")
  const handlesFile = `${notesFile}${HANDLES_SUFFIX}`
  return [
    `${job}: no test runs; the last one: ${notes.last || "none yet"}`,
    `  handles: ${existsSync(handlesFile) ? readFileSync(handlesFile, "utf8") : "not known"}`,
    ...programsOf(child).map((line) => `  program: ${line}`),
  ].join("\n")
}

/** Ends every test process; answers what each was doing. */
export const stopAll = (): string => {
  const lines = [...running].map(([child, each]) => describe(child, each))
  for (const child of running.keys()) end(child)
  return lines.join("\n")
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => {
    stopAll()
    process.exit(130)
  })

const totalsIn = (text: string): Totals => {
  const figure = (word: string) => Number(new RegExp(`^ℹ ${word} (\\d+)`, "m").exec(text)?.[1] ?? 0)
  return {
    passed: figure("pass"),
    failed: figure("fail"),
    skipped: figure("skipped") + figure("todo"),
  }
}

/** Of the database server that all test processes share. */
export const databaseFolder = chooseDatabaseFolder()
const networkPrefix = ownNetwork()
/** Two processes with simulated networks may run at once. */
export const isIsolated = networkPrefix !== null

/** Ends the process when its reporter has not written for long, and says what it was doing. */
const watchQuiet = (
  child: ChildProcess,
  job: Running,
  quietMs: number,
  say: (text: string) => void,
) => {
  const began = Date.now()
  let isHung = false
  const timer = setInterval(() => {
    // A process that computes for long without a pause has a reporter that cannot write.
    const files = [job.notesFile, soakNotesFile() ?? ""].filter((file) => existsSync(file))
    const lastMs = Math.max(began, ...files.map((file) => statSync(file).mtimeMs))
    if (Date.now() - lastMs < quietMs) return
    isHung = true
    clearInterval(timer)
    say(`HUNG for ${quietMs / 1_000} s:\n${describe(child, job)}\n`)
    end(child)
  }, WATCH_MS)
  return { stop: () => clearInterval(timer), isHung: () => isHung }
}

/** A process of its own, and a process group of its own. */
const startTests = (
  root: string,
  group: Group,
  files: readonly string[],
  notesFile: string,
  { name, quick }: RunOptions,
) => {
  const prefix = NETWORKED.includes(group) ? (networkPrefix ?? []) : []
  const [program = process.execPath, ...before] = [...prefix, process.execPath]
  return spawn(
    program,
    [
      ...before,
      "--import",
      pathToFileURL(join(root, ".ci/property-runs.ts")).href,
      "--test",
      "--test-isolation=none",
      "--test-reporter=spec",
      "--test-reporter-destination=stdout",
      `--test-reporter=${join(root, ".ci/reporter.ts")}`,
      "--test-reporter-destination=stderr",
      ...(name === undefined ? [] : [`--test-name-pattern=${name}`]),
      ...files,
    ],
    {
      cwd: root,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...environment(),
        // A run inside a test is one of its own.
        NODE_TEST_CONTEXT: undefined,
        ISPVM_TEST_NOTES: notesFile,
        ISPVM_TEST_DATABASES: databaseFolder,
        // For this process and the programs it starts: reading the sources is half of their start.
        NODE_COMPILE_CACHE: join(root, "node_modules/.cache/ispvm-compile"),
        NODE_NO_WARNINGS: "1",
        ...(quick ? { ISPVM_PROPERTY_RUNS: "quick" } : {}),
      },
    },
  )
}

/** `files` are paths from `root`. */
export const runFiles = (
  root: string,
  group: Group,
  files: readonly string[],
  options: RunOptions,
): Promise<Outcome> =>
  new Promise((resolve) => {
    const folder = mkdtempSync(join(tmpdir(), "ispvm-test-run-"))
    const notesFile = join(folder, "notes.json")
    const began = Date.now()
    let report = ""
    const child = startTests(root, group, files, notesFile, options)
    const job: Running = { job: `${group}: ${files.join(", ")}`, notesFile }
    running.set(child, job)
    const watch = watchQuiet(child, job, options.quietMs ?? QUIET_MS, (text) => {
      report += text
    })
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        report += chunk
      })
    let holder: NodeJS.Timeout | undefined
    child.on("exit", () => {
      watch.stop()
      holder = setTimeout(() => {
        report += `LEFT RUNNING by ${job.job}:\n${programsOf(child).join("\n")}\n`
        end(child)
        child.stdout.destroy()
        child.stderr.destroy()
      }, options.pipeMs ?? PIPE_MS)
    })
    child.on("close", (code) => {
      clearTimeout(holder)
      running.delete(child)
      const notes = readNotes(notesFile)
      rmSync(folder, { recursive: true, force: true })
      const ok = code === 0
      const isHung = watch.isHung()
      resolve({
        group,
        ok,
        tookMs: Date.now() - began,
        totals: totalsIn(report),
        failedFiles: ok ? [] : isHung || notes.failedFiles.length === 0 ? files : notes.failedFiles,
        report,
        times: notes.times,
        cpuSeconds: notes.cpu,
        isHung,
      })
    })
  })
