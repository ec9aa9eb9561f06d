import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { createTally, type ProcessTimes, postgresServers, startCpuClock } from "./cpu-time.ts"

/** Works for 0.3 s of its own CPU time, prints a line, and ends when its input does. */
const WORK = `
  while (process.cpuUsage().user < 300_000);
  console.log("worked")
  process.stdin.resume()`

test("the time of a child counts while it runs and after it has ended", async (t) => {
  if (process.platform !== "linux") return t.skip("needs /proc")
  const clock = startCpuClock()
  const child = spawn(process.execPath, ["--eval", WORK], { stdio: ["pipe", "pipe", "inherit"] })
  await once(child.stdout, "data")
  const whileRunning = clock.seconds()
  child.stdin.end()
  await once(child, "close")
  const afterEnd = clock.seconds()
  clock.stop()
  assert.ok(whileRunning >= 0.3, `${whileRunning} s while it runs`)
  assert.ok(afterEnd >= whileRunning, `${afterEnd} s after its end`)
})

test("a program is found by its folder, with any parent", async (t) => {
  if (process.platform !== "linux") return t.skip("needs /proc")
  const folder = mkdtempSync(join(tmpdir(), "ispvm-cpu-"))
  t.after(() => rmSync(folder, { recursive: true }))
  const child = spawn("sleep", ["60"], { cwd: folder, stdio: "ignore" })
  await once(child, "spawn")
  assert.deepEqual(postgresServers(folder), [child.pid])
  child.kill()
  await once(child, "close")
  assert.deepEqual(postgresServers(folder), [])
})

const row = (id: string, parent: string | undefined, own: number, reaped = 0): ProcessTimes => ({
  id,
  parent,
  own,
  reaped,
})

test("what nobody waited for keeps what it had used, and the sum never falls", () => {
  const add = createTally()
  assert.equal(add([row("node", undefined, 1)]), 1)
  assert.equal(
    add([
      row("node", undefined, 1),
      row("browser", "node", 2),
      row("zygote", "browser", 1),
      row("page", "zygote", 5),
    ]),
    9,
  )
  // The browser was killed and waited for; the processes below it went to init.
  assert.equal(add([row("node", undefined, 2, 2.5)]), 10)
  assert.equal(add([row("node", undefined, 3, 2.5)]), 11)
})

test("what was waited for does not count twice, at any depth", () => {
  const add = createTally()
  add([row("node", undefined, 1), row("child", "node", 2), row("grandchild", "child", 3)])
  assert.equal(add([row("node", undefined, 1), row("child", "node", 2, 3)]), 6)
  assert.equal(add([row("node", undefined, 1, 6)]), 7)
})

test("a tree that is gone altogether keeps its sum", () => {
  const add = createTally()
  add([row("a", undefined, 1), row("b", undefined, 2, 1)])
  assert.equal(add([row("a", undefined, 1)]), 4)
  assert.equal(add([]), 4)
  assert.equal(add([row("c", undefined, 1)]), 5)
})
