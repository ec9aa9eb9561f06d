/** Runs test files in a process of their own and answers what became of them. */
import { type ChildProcess, spawn } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { environment } from "./config.ts"
import type { FileTime } from "./file-times.ts"
import { ownNetwork } from "./own-network.ts"
import type { Notes } from "./reporter.ts"
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
}
export type RunOptions = { readonly name: string | undefined; readonly quick: boolean }

const running = new Map<ChildProcess, string>()

const readNotes = (file: string): Notes => {
  const none: Notes = { running: [], failedFiles: [], times: {}, cpu: 0 }
  if (!existsSync(file)) return none
  try {
    return JSON.parse(readFileSync(file, "utf8"))
  } catch {
    return { ...none, running: ["(the reporter's notes are cut off)"] }
  }
}

/** A process group of its own, so that what hangs is ended whole. */
const end = (child: ChildProcess): void => {
  if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL")
}

/** Ends every test process; answers the tests that were running, a line each. */
export const stopAll = (): string => {
  const names = [...running.values()].flatMap((file) => readNotes(file).running)
  for (const child of running.keys()) end(child)
  return names.join("\n")
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

const networkPrefix = ownNetwork()
/** Two processes with simulated networks may run at once. */
export const isIsolated = networkPrefix !== null

/** `files` are paths from `root`. */
export const runFiles = (
  root: string,
  group: Group,
  files: readonly string[],
  { name, quick }: RunOptions,
): Promise<Outcome> =>
  new Promise((resolve) => {
    const folder = mkdtempSync(join(tmpdir(), "ispvm-test-run-"))
    const notesFile = join(folder, "notes.json")
    const began = Date.now()
    let report = ""
    const prefix = NETWORKED.includes(group) ? (networkPrefix ?? []) : []
    const [program = process.execPath, ...before] = [...prefix, process.execPath]
    const child = spawn(
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
          ISPVM_TEST_NOTES: notesFile,
          // For this process and the programs it starts: reading the sources is half of their start.
          NODE_COMPILE_CACHE: join(root, "node_modules/.cache/ispvm-compile"),
          NODE_NO_WARNINGS: "1",
          ...(quick ? { ISPVM_PROPERTY_RUNS: "quick" } : {}),
        },
      },
    )
    running.set(child, notesFile)
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => {
        report += chunk
      })
    child.on("close", (code) => {
      running.delete(child)
      const notes = readNotes(notesFile)
      rmSync(folder, { recursive: true, force: true })
      const ok = code === 0
      resolve({
        group,
        ok,
        tookMs: Date.now() - began,
        totals: totalsIn(report),
        failedFiles: ok ? [] : notes.failedFiles.length > 0 ? notes.failedFiles : files,
        report,
        times: notes.times,
        cpuSeconds: notes.cpu,
      })
    })
  })
