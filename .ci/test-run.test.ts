/** What hangs is ended and described; what is left running does not keep the run from ending. */
import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { type RunOptions, runFiles } from "./test-run.ts"

const root = join(import.meta.dirname, "..")

const runSource = async (source: string, limits: Partial<RunOptions>) => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-test-run-test-"))
  const file = join(folder, "made-up.test.mjs")
  writeFileSync(file, source)
  try {
    return await runFiles(root, "pki", [file], { name: undefined, quick: false, ...limits })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test("a process that hangs without a test is ended, with what it waits for and its programs", async () => {
  const { ok, isHung, report } = await runSource(
    `import { spawn } from "node:child_process"
     import { after, test } from "node:test"
     test("passes", () => {})
     after(() => new Promise((resolve) => spawn("sleep", ["61"]).on("exit", resolve)))`,
    { quietMs: 6_000 },
  )
  assert.ok(isHung)
  assert.equal(ok, false)
  assert.match(report, /no test runs; the last one: .*passes/)
  assert.match(report, /handles: .*ProcessWrap/)
  assert.match(report, /program: .* sleep 61/)
})

test("a program that outlives the process is named and ended", async () => {
  const { ok, isHung, report } = await runSource(
    `import { spawn } from "node:child_process"
     import { test } from "node:test"
     test("passes", () => { spawn("sleep", ["62"], { stdio: "inherit" }).unref() })`,
    { pipeMs: 500 },
  )
  assert.ok(ok)
  assert.equal(isHung, false)
  assert.match(report, /LEFT RUNNING by pki: .*made-up.test.mjs:\n.* sleep 62/)
})
