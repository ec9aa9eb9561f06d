import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { test } from "node:test"
import { treeCpuSeconds } from "./cpu-time.ts"

/** Works for 0.3 s of its own CPU time, prints a line, and ends when its input does. */
const WORK = `
  while (process.cpuUsage().user < 300_000);
  console.log("worked")
  process.stdin.resume()`

test("the time of a child counts while it runs and after it has ended", async (t) => {
  if (process.platform !== "linux") return t.skip("needs /proc")
  const before = treeCpuSeconds()
  const child = spawn(process.execPath, ["--eval", WORK], { stdio: ["pipe", "pipe", "inherit"] })
  await once(child.stdout, "data")
  const whileRunning = treeCpuSeconds() - before
  child.stdin.end()
  await once(child, "close")
  const afterEnd = treeCpuSeconds() - before
  assert.ok(whileRunning >= 0.3, `${whileRunning} s while it runs`)
  assert.ok(afterEnd >= whileRunning, `${afterEnd} s after its end`)
})
