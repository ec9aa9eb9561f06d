/** The environment of the checker's command, its benchmark and its tests. No other file reads it. */

/** Answers and command trees of real routers. */
export const recordingsFolder = (): string | undefined => process.env.ISPVM_RECORDINGS || undefined
export const environment = (): NodeJS.ProcessEnv => ({ ...process.env })
