/** The environment of the agent's tests. No other test reads it. */

/** Recordings of real devices. */
export const recordingsFolder = (): string | undefined => process.env.ISPVM_RECORDINGS || undefined
export const searchPath = (): string => process.env.PATH ?? ""
export const environment = (): NodeJS.ProcessEnv => ({ ...process.env })

/** Sets a variable of this process while `work` runs. */
export const withVariable = async (
  name: string,
  value: string,
  work: () => Promise<void>,
): Promise<void> => {
  process.env[name] = value
  try {
    await work()
  } finally {
    delete process.env[name]
  }
}
