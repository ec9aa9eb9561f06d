/** Something a person can put right, said in a sentence: shown without a stack. */
export class Wrong extends Error {}

/** Ends a program's main function: the sentence alone where there is one, everything otherwise. */
export const sayAndFail = (error: unknown): void => {
  console.error(error instanceof Wrong ? error.message : error)
  process.exitCode = 1
}
