/** What a lab says, line by line, for its tests. */
/** Lines as they come in; waits for one that holds all these words. */
export class Heard {
  readonly lines: string[] = []
  readonly #waiting = new Set<() => void>()

  add(line: string): void {
    this.lines.push(line)
    for (const look of this.#waiting) look()
  }

  until(...words: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const line = this.lines.find((l) => words.every((word) => l.includes(word)))
        if (line === undefined) return
        this.#waiting.delete(look)
        clearTimeout(late)
        resolve(line)
      }
      const late = setTimeout(() => {
        this.#waiting.delete(look)
        reject(new Error(`not heard: ${words.join(" … ")}, only\n${this.lines.join("\n")}`))
      }, 5_000)
      this.#waiting.add(look)
      look()
    })
  }
}
