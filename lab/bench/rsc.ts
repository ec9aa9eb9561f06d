/**
 * `npm run bench -- rsc [--all]`: the checker of RouterOS scripts against what real routers answered, and with scripts made from the command
 * trees. The scripts' package does the work in a process of its own: it knows nothing of the lab, nor the lab of it.
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
