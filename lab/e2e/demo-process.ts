/** Runs the program of `npm run demo` in a data folder of its own, with JSON output. */
import { type ChildProcess, spawn } from "node:child_process"
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { z } from "zod"
import { environment } from "../config.ts"

/** The output of `lab/demo/main.ts --json` once everything runs. */
export const DemoSummary = z.object({
  url: z.url(),
  email: z.string(),
  password: z.string(),
  mode: z.enum(["namespace", "loopback"]),
  /** The network namespace of the routers; null in loopback mode. */
  namespace: z.string().nullable(),
  firstValueMs: z.number(),
})
export type DemoSummary = z.infer<typeof DemoSummary>

export type Demo = DemoSummary & {
  readonly dataDir: string
  readonly process: ChildProcess
  readonly stop: () => Promise<void>
}

const root = join(import.meta.dirname, "../..")

/** A folder below the temporary folder that the database's own user can enter. */
export const tempDataDir = (role: string): string => {
  const dir = mkdtempSync(join(tmpdir(), `ispvm-${role}-`))
  chmodSync(dir, 0o755)
  return dir
}

const withRecordings = (hasRecordings: boolean): NodeJS.ProcessEnv => {
  const { ISPVM_RECORDINGS: folder, ...others } = environment()
  return hasRecordings && folder !== undefined ? { ...others, ISPVM_RECORDINGS: folder } : others
}

/** Starts the demo and waits for its output; fails with its standard error when it ends before. */
export const startDemo = async (
  {
    dataDir,
    args = [],
    keep = false,
    hasRecordings = false,
  }: {
    readonly dataDir: string
    readonly args?: readonly string[]
    readonly keep?: boolean
    /** With the recorded routers, whose own faults are incidents, too. */
    readonly hasRecordings?: boolean
  },
  deadlineMs = 180_000,
): Promise<Demo> => {
  const child = spawn(
    process.execPath,
    [join(root, "lab/demo/main.ts"), "--json", "--port", "0", "--data", dataDir, ...args],
    {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...withRecordings(hasRecordings), NODE_NO_WARNINGS: "1" },
    },
  )
  let stderr = ""
  child.stderr.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk).slice(-8_000)
  })
  const ended = new Promise<never>((_, reject) => {
    child.once("exit", (code) =>
      reject(new Error(`the demo ended with code ${code} before it was ready:\n${stderr}`)),
    )
  })
  ended.catch(() => undefined) // the race below handles it; once everything is ready, it is ignored
  const timeout = new Promise<never>((_, reject) => {
    setTimeout(
      () => reject(new Error(`the demo was not ready within ${deadlineMs / 1000} s:\n${stderr}`)),
      deadlineMs,
    ).unref()
  })
  const summary = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith("{")) return DemoSummary.parse(JSON.parse(line))
    }
    return ended
  })()
  const exit = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  const stop = async (): Promise<void> => {
    if (child.exitCode === null) child.kill("SIGTERM")
    const killed = setTimeout(() => child.kill("SIGKILL"), 30_000)
    await exit
    clearTimeout(killed)
    if (!keep) rmSync(dataDir, { recursive: true, force: true })
  }
  try {
    const ready = await Promise.race([summary, ended, timeout])
    return { ...ready, dataDir, process: child, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
