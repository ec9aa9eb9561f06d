/** The environment of the checks and of the test runner. Only `setup.mjs` reads it as well. */
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
