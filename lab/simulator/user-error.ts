/** Something a person can put right, said in a sentence: shown without a stack. */
export class UserError extends Error {}

/** Ends a program's main function: the sentence alone where there is one, everything otherwise. */
export const reportFailure = (error: unknown): void => {
  console.error(error instanceof UserError ? error.message : error)
  process.exitCode = 1
}
