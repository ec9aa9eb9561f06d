/**
 * `npm run bench -- rsc [--all]`: the checker of RouterOS scripts, compared with answers of real
 * routers, and on scripts generated from the command trees. It runs as a process of the package
 * routeros-scripts, so that neither package imports the other.
 */
import { spawnSync } from "node:child_process"
import { join } from "node:path"

const BENCH = join(import.meta.dirname, "..", "..", "routeros-scripts", "src", "bench.ts")

export const run = async (args: readonly string[]): Promise<boolean> => {
  const { status } = spawnSync(process.execPath, [BENCH, ...args], {
    stdio: ["ignore", "inherit", "inherit"],
  })
  return status === 0
}
