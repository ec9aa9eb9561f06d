/** Whether packages can be built here, for tests that otherwise say what they skip. */
import { spawnSync } from "node:child_process"
import { realpathSync } from "node:fs"
import { join } from "node:path"
import { runsHere, testPackages } from "../config.ts"

const CHECKOUT = join(import.meta.dirname, "../..")
const PROGRAMS = ["git", "dpkg-deb", "npm"]
const REGISTRY_TIMEOUT_MS = 15_000

const outputOf = (command: string, ...args: readonly string[]): string | null => {
  const { status, stdout } = spawnSync(command, args, {
    cwd: CHECKOUT,
    encoding: "utf8",
    timeout: REGISTRY_TIMEOUT_MS,
  })
  return status === 0 ? stdout.trim() : null
}

/** Null: they can, or a test is given some. */
export const reasonNotToBuild = (): string | null => {
  if (testPackages() !== null) return null
  const missing = PROGRAMS.filter((program) => !runsHere(program))
  if (missing.length > 0) return `not installed: ${missing.join(", ")}`
  const top = outputOf("git", "rev-parse", "--show-toplevel")
  if (top === null || realpathSync(top) !== realpathSync(CHECKOUT)) return "not a git checkout"
  if (outputOf("npm", "view", "systemd-notify", "version") === null)
    return "the package registry cannot be reached"
  return null
}
