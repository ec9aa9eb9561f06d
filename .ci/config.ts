/** The environment of the checks and of the test runner. Only `setup.mjs` reads it as well. */
import { statfsSync } from "node:fs"
import { freemem, tmpdir } from "node:os"

export const environment = (): NodeJS.ProcessEnv => ({ ...process.env })
/** How many runs a property has: `quick`, or a factor. */
export const propertyRuns = (): string | undefined => process.env.ISPVM_PROPERTY_RUNS
/** Where a test process leaves what the runner reads. */
export const testNotesFile = (): string | undefined => process.env.ISPVM_TEST_NOTES
/** Where properties note how far they are; without it, nowhere. */
export const soakNotesFile = (): string | undefined => process.env.ISPVM_SOAK_NOTES || undefined
/** The seed of properties that state none. */
export const soakSeed = (): number | undefined => {
  const text = process.env.ISPVM_SOAK_SEED ?? ""
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : undefined
}

const IN_MEMORY = "/dev/shm"
/** Free memory above which it is chosen: a run's databases take some 1 GB at once. */
const MIN_FREE_BYTES = 4 * 1024 ** 3
/**
 * Where test databases are. Hundreds of them are made and removed, of 1,200 files each: on a disk
 * that is three times the CPU time of files in memory, which are used where there is enough of it.
 */
export const chooseDatabaseFolder = (): string => {
  const chosen = process.env.ISPVM_TEST_DATABASES
  if (chosen) return chosen
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY)
    return Math.min(bavail * bsize, freemem()) >= MIN_FREE_BYTES ? IN_MEMORY : tmpdir()
  } catch {
    return tmpdir()
  }
}
