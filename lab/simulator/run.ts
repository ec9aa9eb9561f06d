/** Runs a system program to its end. */
import { spawn, spawnSync } from "node:child_process"

/** Returns its output; throws with its error output when it fails. */
export const run = (command: string, args: readonly string[], input = ""): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] })
    let out = ""
    let stderr = ""
    child.stdout.on("data", (bytes: Buffer) => {
      out += bytes.toString()
    })
    child.stderr.on("data", (bytes: Buffer) => {
      stderr += bytes.toString()
    })
    child.stdin.on("error", () => undefined)
    child.once("error", reject)
    child.once("close", (code) =>
      code === 0
        ? resolve(out)
        : reject(
            new Error(
              `${command} ${args.join(" ")} failed: ${(stderr || out).trim() || `exit ${code}`}`,
            ),
          ),
    )
    child.stdin.end(input)
  })

/** Whether a program can be started. */
export const isInstalled = (command: string, args: readonly string[]): boolean => {
  const { error, status } = spawnSync(command, args, { stdio: "ignore" })
  return error === undefined && status === 0
}
