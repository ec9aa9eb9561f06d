/** The output of a lab, line by line, for its tests. */
/** Received lines; waits for one that contains all these words. */
export class LineCollector {
  readonly lines: string[] = []
  readonly #waiters = new Set<() => void>()

  add(line: string): void {
    this.lines.push(line)
    for (const check of this.#waiters) check()
  }

  until(...substrings: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const line = this.lines.find((l) => substrings.every((word) => l.includes(word)))
        if (line === undefined) return
        this.#waiters.delete(check)
        clearTimeout(timer)
        resolve(line)
      }
      const timer = setTimeout(() => {
        this.#waiters.delete(check)
        reject(new Error(`not received: ${substrings.join(" … ")}, only\n${this.lines.join("\n")}`))
      }, 5_000)
      this.#waiters.add(check)
      check()
    })
  }
}
