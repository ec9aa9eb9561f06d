/** The data folder, taken for this process alone. */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { acquireLock } from "../platform/postgres/lock.ts"

/**
 * One appliance per data folder: two would serve the same agents and stop each other's database.
 */
export const lockDataFolder = (dataDir: string, stack: AsyncDisposableStack): void => {
  try {
    mkdirSync(dataDir, { recursive: true })
    const lock = acquireLock(join(dataDir, "appliance.lock"))
    if (!lock.ok)
      throw new FolderInUse(
        `The data folder ${dataDir} is in use: an appliance runs on it as process ${lock.pid}. Stop that one, or set ISPVM_DATA_DIR to another folder.`,
      )
    stack.defer(lock.release)
  } catch (cause) {
    if (cause instanceof FolderInUse) throw cause
    throw new Error(
      `ISPVM_DATA_DIR: ${dataDir} cannot be written to: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  }
}
class FolderInUse extends Error {}
