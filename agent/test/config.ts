/** The environment of the agent's tests. No other test reads it. */

/** Recordings of real devices. */
export const recordingsFolder = (): string | undefined => process.env.ISPVM_RECORDINGS || undefined
/** What a program needs to start at all: none of its settings. */
export const bareEnvironment = (): Readonly<Record<string, string>> => {
  const { PATH = "", NODE_COMPILE_CACHE: cache } = process.env
  return { PATH, ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }) }
}
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

/** How many mutated messages each parser gets. */
export const mutations = (): number => Number(process.env.ISPVM_MUTATIONS ?? 2_000)
