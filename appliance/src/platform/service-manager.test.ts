/** What the program sends to systemd, taken by a `systemd-notify` that writes its arguments down. */
import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { setTimeout as delay } from "node:timers/promises"

const MODULE = join(import.meta.dirname, "service-manager.ts")
const program = (socket: string | null, watchdogMs: number | null, then: string): string => `
  const { createServiceManager } = await import(${JSON.stringify(MODULE)})
  const manager = createServiceManager({
    socket: ${JSON.stringify(socket)}, watchdogMs: ${watchdogMs}, onError: console.error,
  })
  await manager.ready("Serving")
  ${then}`

const HANG = "for (;;) {}"

type Sent = { readonly lines: () => readonly string[]; readonly stop: () => Promise<void> }
const start = (code: string): Sent => {
  const dir = mkdtempSync(join(tmpdir(), "ispvm-notify-"))
  const file = join(dir, "sent")
  writeFileSync(join(dir, "systemd-notify"), `#!/bin/sh\necho "$*" >> ${file}\n`, { mode: 0o755 })
  const child = spawn(process.execPath, ["--input-type=module", "--eval", code], {
    env: { PATH: `${dir}:/usr/bin:/bin`, NODE_NO_WARNINGS: "1" },
    stdio: "inherit",
  })
  return {
    lines: () => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []),
    stop: async () => {
      if (child.exitCode === null) {
        child.kill("SIGKILL")
        await once(child, "exit")
      }
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await delay(20)
}

test("it is ready once, and the watchdog is fed while the main loop runs", async () => {
  const { lines, stop } = start(program("/run/notify", 100, "setInterval(() => {}, 1_000)"))
  try {
    await until(() => lines().filter((line) => line === "WATCHDOG=1").length >= 3)
    assert.match(lines().find((line) => line.includes("--ready")) ?? "", /--status=Serving/)
  } finally {
    await stop()
  }
})

test("a main loop that hangs feeds nothing", async () => {
  const { lines, stop } = start(program("/run/notify", 100, HANG))
  try {
    await until(() => lines().some((line) => line.includes("--ready")))
    await delay(500)
    assert.equal(lines().filter((line) => line === "WATCHDOG=1").length <= 1, true)
  } finally {
    await stop()
  }
})

test("without systemd nothing is run, and nothing keeps the program alive", async () => {
  const { lines, stop } = start(program(null, null, ""))
  await delay(500)
  assert.deepEqual(lines(), [])
  await stop()
})
