/** The terminals at which somebody may sit: all show the same, any may answer. */
import { openSync } from "node:fs"
import { createInterface } from "node:readline"
import { ReadStream, WriteStream } from "node:tty"

export type Terminals = {
  readonly write: (text: string) => void
  /** The first line typed at any of them. */
  readonly ask: (question: string) => Promise<string>
}

const openTerminal = (path: string): { input: ReadStream; output: WriteStream } | null => {
  try {
    const ignore = (): void => undefined
    return {
      input: new ReadStream(openSync(path, "r")).on("error", ignore) as ReadStream,
      output: new WriteStream(openSync(path, "w")).on("error", ignore) as WriteStream,
    }
  } catch {
    // No such hardware.
    return null
  }
}

export const openTerminals = (paths: readonly string[]): Terminals => {
  const open = paths.map(openTerminal).filter((each) => each !== null)
  const waiting: ((line: string) => void)[] = []
  for (const { input } of open)
    createInterface({ input, terminal: false }).on("line", (line) => waiting.shift()?.(line.trim()))
  const write = (text: string): void => {
    for (const { output } of open) output.write(text.replaceAll("\n", "\r\n"))
  }
  return {
    write,
    ask: (question) => {
      write(question)
      return new Promise((resolve) => waiting.push(resolve))
    },
  }
}
