/** Documents in, answers out: one a line, in order, each written before the next is begun. */
import type { Answer, Network } from "../rca.ts"
import { readDocument } from "./document.ts"
import { linesOf } from "./lines.ts"

export type AnswerDeps = {
  readonly source: AsyncIterable<Uint8Array>
  /** Resolves once the text is out: false where nobody reads any more. */
  readonly write: (text: string) => Promise<boolean>
  readonly solve: (network: Network) => Answer
  /** A fault of ours, told beside the answers. */
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
      // No document may end the answers to the others.
      report(`line ${line.number}: ${error instanceof Error ? error.stack : String(error)}\n`)
      answer = JSON.stringify(rejection("a fault in the solver; it is told on standard error"))
    }
    if (!(await write(`${answer}\n`))) return
  }
}
