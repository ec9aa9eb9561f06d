import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { acquireLock, describeProcess, isAlive, withLock } from "./lock.ts"

test("a lock has one holder, names it to the other process, and is free when its holder ends", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-lock-"))
  const path = join(folder, "lock")
  const first = acquireLock(path)
  assert.ok(first.ok)
  assert.deepEqual(acquireLock(path), { ok: false, pid: process.pid })
  await assert.rejects(
    withLock(path, 30, async () => undefined),
    /has been held by process/,
  )
  first.release()
  assert.equal(existsSync(path), false)

  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"])
  assert.ok(child.pid)
  const described = describeProcess(child.pid) ?? ""
  assert.equal(isAlive(described), true)
  assert.equal(isAlive(`${child.pid} 1`), false) // the same id, another process
  writeFileSync(path, described)
  assert.deepEqual(acquireLock(path), { ok: false, pid: child.pid })
  child.kill("SIGKILL")
  await once(child, "exit")
  const after = acquireLock(path)
  assert.ok(after.ok)
  after.release()
  rmSync(folder, { recursive: true })
})
