/** An error that a person can correct, in one sentence: shown without a stack. */
export class UserError extends Error {}

/**
 * Reports the error of a main function: only the sentence of a `UserError`, otherwise everything.
 */
export const reportFailure = (error: unknown): void => {
  console.error(error instanceof UserError ? error.message : error)
  process.exitCode = 1
}
