/** How commands end: their exit codes, and one line on standard error. */
export const EXIT = { fine: 0, fault: 1, usage: 2 } as const

export const fail = (message: string, code: number = EXIT.fault): number => {
  process.stderr.write(`ispvm: ${message}\n`)
  return code
}
export const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
export const print = (...lines: readonly string[]): void => {
  process.stdout.write(`${lines.join("\n")}\n`)
}
/** Null: this user may change the machine. */
export const needsRoot = (): number | null =>
  process.getuid?.() === 0 ? null : fail("this needs root: use sudo")
