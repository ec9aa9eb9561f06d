/** The data folder, taken for this process alone. */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { takeLock } from "./platform/lock.ts"

/** Only one appliance works on a folder: two would answer for the same agents, and stop each other's database. */
export const takeFolder = (dataDir: string, stack: AsyncDisposableStack): void => {
  try {
    mkdirSync(dataDir, { recursive: true })
    const lock = takeLock(join(dataDir, "appliance.lock"))
    if (!lock.ok)
      throw new InUse(
        `The data folder ${dataDir} is in use: an appliance runs on it as process ${lock.pid}. Stop that one, or set ISPVM_DATA_DIR to another folder.`,
      )
    stack.defer(lock.release)
  } catch (cause) {
    if (cause instanceof InUse) throw cause
    throw new Error(
      `ISPVM_DATA_DIR: ${dataDir} cannot be written to: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  }
}
class InUse extends Error {}
