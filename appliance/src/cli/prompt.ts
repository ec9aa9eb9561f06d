/** Questions at a terminal, and their answers from a pipe where there is none. */
import { createInterface } from "node:readline/promises"
import { Writable } from "node:stream"

/** The answer to one question; typed characters are not shown where it is a secret. */
export const ask = async (question: string, isSecret = false): Promise<string> => {
  const isTerminal = process.stdin.isTTY === true
  const quiet = new Writable({ write: (_chunk, _encoding, done) => done() })
  if (isTerminal || !isSecret) process.stderr.write(question)
  const lines = createInterface({
    input: process.stdin,
    output: isSecret ? quiet : process.stderr,
    terminal: isTerminal,
  })
  try {
    const answer = await new Promise<string>((resolve) => {
      lines.once("line", resolve)
      lines.once("close", () => resolve(""))
    })
    if (isTerminal && isSecret) process.stderr.write("\n")
    return answer
  } finally {
    lines.close()
  }
}
