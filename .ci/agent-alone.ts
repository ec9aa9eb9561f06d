/** `npm run test:agent`: the agent's folder, copied out of the repository, installed and tested. */
import { execFileSync } from "node:child_process"
import { cpSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const root = join(import.meta.dirname, "..")

const main = (): void => {
  if (process.argv.includes("--help")) {
    console.log(`npm run test:agent

Copies the agent's folder out of the repository, installs its modules there by its own lock file,
and runs its tests.`)
    return
  }
  const folder = mkdtempSync(join(tmpdir(), "ispvm-agent-alone-"))
  const run = (command: string, ...args: readonly string[]): void =>
    void execFileSync(command, args, { cwd: folder, stdio: "inherit" })
  try {
    cpSync(join(root, "agent"), folder, {
      recursive: true,
      filter: (path) => !path.includes("node_modules"),
    })
    run("npm", "ci", "--no-audit", "--no-fund")
    run("npm", "test")
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

main()
