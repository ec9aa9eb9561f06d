import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { setTimeout as delay } from "node:timers/promises"
import { describeProcess } from "../src/platform/postgres/lock.ts"
import { createUsers } from "./leaving.ts"

/** Another living process. */
const withOther = async (work: (folder: string, pid: number) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "ispvm-users-"))
  const child = spawn("sleep", ["60"], { stdio: "ignore" })
  await once(child, "spawn")
  try {
    await work(folder, child.pid ?? assert.fail("no process"))
  } finally {
    child.kill()
    await once(child, "close")
    rmSync(folder, { recursive: true })
  }
}

test("the last user stops the server, one before it does not, and the dead do not count", () =>
  withOther(async (folder, pid) => {
    const [one, other, dead] = [
      createUsers(folder),
      createUsers(folder, pid),
      createUsers(folder, 2 ** 22 + 1),
    ]
    for (const each of [one, other, dead]) await each.enter()
    let stops = 0
    other.leave(() => {
      stops += 1
    })
    assert.equal(stops, 0)
    one.leave(() => {
      stops += 1
    })
    assert.equal(stops, 1)
  }))

test("who comes while the server is being stopped waits until that is over", () =>
  withOther(async (folder, pid) => {
    const [one, other] = [createUsers(folder), createUsers(folder, pid)]
    await one.enter()
    const leaver = join(folder, "leavers", String(pid))
    writeFileSync(leaver, describeProcess(pid) ?? "")
    let isIn = false
    const entered = one.enter().then(() => {
      isIn = true
    })
    await delay(120)
    assert.equal(isIn, false)
    other.leave(() => assert.fail("it is not the last"))
    await entered
  }))

test("the file of a process whose number another one has now stops nobody", () =>
  withOther(async (folder, pid) => {
    const one = createUsers(folder)
    await one.enter()
    for (const kind of ["users", "leavers"])
      writeFileSync(join(folder, kind, String(pid)), "before")
    await one.enter()
    let isStopped = false
    one.leave(() => {
      isStopped = true
    })
    assert.ok(isStopped)
  }))
