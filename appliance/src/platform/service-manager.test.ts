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
  ${then}`
const READY = 'await manager.ready("Serving")'

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
  const { lines, stop } = start(
    program("/run/notify", 100, `${READY}; setInterval(() => {}, 1_000)`),
  )
  try {
    await until(() => lines().filter((line) => line === "WATCHDOG=1").length >= 3)
    assert.match(lines().find((line) => line.includes("--ready")) ?? "", /--status=Serving/)
  } finally {
    await stop()
  }
})

test("a main loop that hangs feeds nothing", async () => {
  const { lines, stop } = start(program("/run/notify", 100, `${READY}; ${HANG}`))
  try {
    await until(() => lines().some((line) => line.includes("--ready")))
    await delay(500)
    assert.equal(lines().filter((line) => line === "WATCHDOG=1").length <= 1, true)
  } finally {
    await stop()
  }
})

test("without systemd nothing is run, and nothing keeps the program alive", async () => {
  const { lines, stop } = start(program(null, null, READY))
  await delay(500)
  assert.deepEqual(lines(), [])
  await stop()
})

test("each step of a start extends its time; a step that is reported again soon is sent once", async () => {
  const steps = ["Migrating", "Migrating", "Starting", "Migrating"]
  const code = steps.map((step) => `await manager.report("${step}")`).join(";")
  const { lines, stop } = start(program("/run/notify", null, `${code}; ${READY}`))
  try {
    await until(() => lines().some((line) => line.includes("--ready")))
    assert.deepEqual(
      lines().slice(0, -1),
      ["Migrating", "Starting", "Migrating"].map(
        (step) => `--status=${step} EXTEND_TIMEOUT_USEC=900000000`,
      ),
    )
  } finally {
    await stop()
  }
})

test("steps that nobody waits for are sent in their order, before it is ready", async () => {
  const steps = Array.from({ length: 6 }, (_, number) => `step ${number}`)
  const code = steps.map((step) => `void manager.report("${step}")`).join(";")
  const { lines, stop } = start(program("/run/notify", null, `${code}; ${READY}`))
  try {
    await until(() => lines().some((line) => line.includes("--ready")))
    const sent = lines().map((line) => /--status=(step \d|Serving)/.exec(line)?.[1])
    assert.deepEqual(sent, [...steps, "Serving"])
  } finally {
    await stop()
  }
})
