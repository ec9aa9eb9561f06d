/**
 * Everything: checks, then every workspace's tests, then the whole path in a browser. One process a workspace, so that what hangs or
 * leaks is named; the whole run ends after an hour. Fails where a workspace has no test at all. Of a group with up to three failures
 * the files that failed run once more, alone: what passes then was late on a busy machine, and is reported as flaky.
 *   npm test [-- WORKSPACE …]
 */
import { spawn } from "node:child_process"
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { runChecks } from "./check.ts"

const root = join(import.meta.dirname, "..")
const LIMIT_MS = 60 * 60_000
/** In the order of the data's way; `whole` is what needs all of them. */
const GROUPS: readonly (readonly [string, string, string?])[] = [
  ["pki", "pki/**/*.test.ts"],
  ["agent", "agent/**/*.test.ts"],
  ["scripts", "routeros-scripts/**/*.test.ts"],
  ["lab", "lab/**/*.test.ts", "lab/whole/"],
  ["appliance", "appliance/**/*.test.ts"],
  ["ui", "ui/**/*.test.ts"],
  ["whole", "lab/whole/*.test.ts"],
]

/** More failures than this are no accident. */
const MAX_FLAKY = 3

type Totals = { readonly passed: number; readonly failed: number; readonly skipped: number }
type Outcome = {
  readonly name: string
  readonly ok: boolean
  readonly tookMs: number
  readonly totals: Totals
  /** Files in which a test failed. */
  readonly failedFiles: readonly string[]
}

const nothingRan = (name: string): Outcome => ({
  name,
  ok: false,
  tookMs: 0,
  totals: { passed: 0, failed: 0, skipped: 0 },
  failedFiles: [],
})
/** As the spec reporter lists them at the end: "test at lab/x.test.ts:12:3". */
const failedFilesIn = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(/^test at (\S+\.test\.ts):\d+:\d+$/gm)].flatMap(([, file]) => file ?? [])),
]

const notes = mkdtempSync(join(tmpdir(), "ispvm-test-"))
const startedAtMs = Date.now()

const totalsIn = (text: string): Totals => {
  const figure = (word: string) => Number(new RegExp(`^ℹ ${word} (\\d+)`, "m").exec(text)?.[1] ?? 0)
  return { passed: figure("pass"), failed: figure("fail"), skipped: figure("skipped") + figure("todo") }
}

/** Runs one group's files; on the overall limit it names the tests still running and ends the whole process group. */
const runGroup = (name: string, files: readonly string[]): Promise<Outcome> =>
  new Promise((resolve) => {
    const runningNote = join(notes, name)
    const began = Date.now()
    let text = ""
    const reporters = [
      "--test-reporter=spec",
      "--test-reporter-destination=stdout",
      `--test-reporter=${join(root, ".ci/reporter.mjs")}`,
      "--test-reporter-destination=stderr",
    ]
    const child = spawn(process.execPath, ["--test", "--test-isolation=none", ...reporters, ...files], {
      cwd: root,
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, ISPVM_TESTS_RUNNING: runningNote, NODE_NO_WARNINGS: "1" },
    })
    // A group of its own, so that what hangs is ended whole; a Ctrl-C here has to be passed on to it.
    const end = () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL")
    }
    const giveUp = () => {
      end()
      process.exit(130)
    }
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, giveUp)
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk
      process.stdout.write(chunk)
    })
    const limit = setTimeout(
      () => {
        const running = existsSync(runningNote) ? readFileSync(runningNote, "utf8") : ""
        console.error(
          `\n${name}: stopped, ${LIMIT_MS / 60_000} minutes are over. Still running:\n${running || "(no test: a handle was left open)"}`,
        )
        end()
      },
      Math.max(1_000, LIMIT_MS - (Date.now() - startedAtMs)),
    )
    child.on("close", (code) => {
      clearTimeout(limit)
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.removeListener(signal, giveUp)
      resolve({ name, ok: code === 0, tookMs: Date.now() - began, totals: totalsIn(text), failedFiles: failedFilesIn(text) })
    })
  })

const wanted = process.argv.slice(2)
const failedChecks = wanted.length === 0 ? runChecks() : []
const outcomes: Outcome[] = []
const flaky: string[] = []
for (const [name, pattern, except] of GROUPS) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const files = globSync(pattern, { cwd: root, exclude: (path) => path.includes("node_modules") }).filter(
    (file) => except === undefined || !file.startsWith(except),
  )
  console.log(`\n── ${name}: ${files.length} files`)
  const first = files.length === 0 ? nothingRan(name) : await runGroup(name, files.sort())
  outcomes.push(first)
  const { failed } = first.totals
  if (first.ok || failed === 0 || failed > MAX_FLAKY || first.failedFiles.length === 0) continue
  console.log(`\n${name}: ${failed} failed; once more, alone: ${first.failedFiles.join(", ")}`)
  const again = await runGroup(name, [...first.failedFiles])
  if (!again.ok) continue
  flaky.push(...first.failedFiles)
  const totals = { ...first.totals, passed: first.totals.passed + failed, failed: 0 }
  outcomes.splice(-1, 1, { ...first, ok: true, tookMs: first.tookMs + again.tookMs, totals })
}
rmSync(notes, { recursive: true, force: true })

console.log("")
for (const step of failedChecks) console.log(`FAIL  ${step}`)
for (const { name, ok, tookMs, totals } of outcomes) {
  const counted =
    totals.passed + totals.failed === 0
      ? "NO TEST RAN"
      : `${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} did not run`
  console.log(`${ok ? "ok  " : "FAIL"}  ${name}: ${counted}, ${(tookMs / 1000).toFixed(1)} s`)
}
for (const file of flaky) console.log(`FLAKY ${file}: failed once, and passed alone`)
const sum = (key: keyof Totals): number => outcomes.reduce((total, outcome) => total + outcome.totals[key], 0)
const failed = Math.max(sum("failed") + failedChecks.length, outcomes.filter((outcome) => !outcome.ok).length)
console.log(`whole run: ${((Date.now() - startedAtMs) / 1000).toFixed(0)} s`)
console.log(`${sum("passed")} passed, ${failed} failed, ${sum("skipped")} skipped`)
process.exitCode = failed === 0 ? 0 : 1
