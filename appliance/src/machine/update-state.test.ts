/** The state of an update: written whole, read by releases before and after. */
import assert from "node:assert/strict"
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { IDLE, readUpdateState, STATE_FILE, writeUpdateState } from "./update-state.ts"

const work = mkdtempSync(join(tmpdir(), "ispvm-state-"))
after(() => rmSync(work, { recursive: true, force: true }))

const RUNNING = {
  ...IDLE,
  phase: "starting",
  from: "0.1.0",
  to: "0.2.0~20261201.abcdef0",
  startedAtMs: 1,
  phaseAtMs: 2,
  by: "command",
} as const

test("what was written is read, by everybody, and no other file is left", () => {
  const folder = join(work, "written")
  writeUpdateState(RUNNING, folder)
  assert.deepEqual(readUpdateState(folder), RUNNING)
  assert.deepEqual(readdirSync(folder), [STATE_FILE])
  assert.equal(statSync(join(folder, STATE_FILE)).mode & 0o777, 0o644)
})

test("recovery finds phase and release on lines of their own", () => {
  const folder = join(work, "lines")
  writeUpdateState({ ...RUNNING, agent: { from: "0.0.9", previous: null } }, folder)
  const text = readFileSync(join(folder, STATE_FILE), "utf8")
  assert.match(text, /^ {2}"phase": "starting",$/m)
  assert.match(text, /^ {2}"from": "0\.1\.0",$/m)
  assert.match(text, /^ {4}"from": "0\.0\.9",$/m)
})

test("without a file, and with one that is none, the state is idle", () => {
  assert.deepEqual(readUpdateState(join(work, "missing")), IDLE)
  writeFileSync(join(work, STATE_FILE), '{"phase":"sta')
  assert.deepEqual(readUpdateState(work), IDLE)
})

test("a later release may add fields, an earlier one may have written none of the agent", () => {
  const { agent: _, ...earlier } = RUNNING
  writeFileSync(join(work, STATE_FILE), JSON.stringify({ ...earlier, colour: "green" }))
  assert.deepEqual(readUpdateState(work), RUNNING)
})
