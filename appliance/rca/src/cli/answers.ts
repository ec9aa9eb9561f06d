/** Reads documents, one per line, and writes each answer before it reads the next document. */
import type { Answer, Network } from "../rca.ts"
import { readDocument } from "./document.ts"
import { linesOf } from "./lines.ts"

export type AnswerDeps = {
  readonly source: AsyncIterable<Uint8Array>
  /** Resolves once the text is written; to false if the reader has gone. */
  readonly write: (text: string) => Promise<boolean>
  readonly solve: (network: Network) => Answer
  /** Reports an internal error, apart from the answers. */
  readonly report: (text: string) => void
}

export const answerLines = async ({ source, write, solve, report }: AnswerDeps): Promise<void> => {
  for await (const line of linesOf(source)) {
    const read =
      "text" in line ? readDocument(line.text) : { ok: false as const, error: line.error }
    const rejection = (error: string) => ({ error, line: line.number })
    let answer: string
    try {
      answer = JSON.stringify(read.ok ? solve(read.network) : rejection(read.error))
    } catch (error) {
      // One document must not prevent the answers to the others.
      report(`line ${line.number}: ${error instanceof Error ? error.stack : String(error)}\n`)
      answer = JSON.stringify(rejection("internal error; see standard error"))
    }
    if (!(await write(`${answer}\n`))) return
  }
}
