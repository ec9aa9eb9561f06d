/**
 * The first minutes of a new user: a clone in an empty folder, `npm run demo` until the first live
 * value, the second start, and `npm test`.
 *   npm run bench -- clone [--skip-tests]
 * The npm cache is that of this machine: warm if a clone was installed before. There is no
 * reference; compare the figures of releases.
 */
import { spawn } from "node:child_process"
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { parseArgs } from "node:util"
import { shellEnvironment } from "../config.ts"
import { table } from "./figures.ts"

const root = join(import.meta.dirname, "../..")
const seconds = (sinceMs: number): string =>
  `${((performance.now() - sinceMs) / 1_000).toFixed(1)} s`

/** Runs a command; resolves with whether it succeeded. Its output goes to standard error. */
const execute = (command: string, args: readonly string[], cwd: string): Promise<boolean> =>
  new Promise((resolve) => {
    spawn(command, [...args], { cwd, stdio: ["ignore", 2, 2], env: shellEnvironment() }).once(
      "close",
      (code) => resolve(code === 0),
    )
  })

/** The time until the line with the first live value is printed. Then the demo is stopped. */
const demo = async (cwd: string): Promise<string> => {
  const began = performance.now()
  const child = spawn("npm", ["run", "demo", "--", "--json", "--port", "0"], {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
    env: shellEnvironment(),
  })
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()))
  let took = "never"
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith("{")) continue
    took = seconds(began)
    if (child.pid !== undefined) process.kill(-child.pid, "SIGINT")
    break
  }
  await ended
  return took
}

export const run = async (args: readonly string[]): Promise<boolean> => {
  const { values } = parseArgs({
    args: [...args],
    options: { "skip-tests": { type: "boolean", default: false } },
  })
  const folder = mkdtempSync(join(tmpdir(), "ispvm-clone-"))
  chmodSync(folder, 0o755)
  try {
    if (!(await execute("git", ["clone", "--quiet", root, folder], root)))
      throw new Error("the clone failed")
    const rows = [
      ["from a clone in an empty folder", "took"],
      ["npm run demo, to the first live value", await demo(folder)],
      ["npm run demo again, to the first live value", await demo(folder)],
    ]
    const began = performance.now()
    const passed = values["skip-tests"] || (await execute("npm", ["test"], folder))
    if (!values["skip-tests"])
      rows.push(["npm test", `${seconds(began)}${passed ? "" : " (failed)"}`])
    console.log(table(rows))
    return passed
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
