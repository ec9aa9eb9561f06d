/** The fenced blocks of a page of docs, in the order in which somebody follows it. */
import { readFileSync } from "node:fs"
import { join } from "node:path"

const DOCS = join(import.meta.dirname, "../../docs")
/** `text`: commands too; names of files or hosts in them are examples. */
const COMMANDS = new Set(["sh", "text"])
const NOT_RUN = /^<!-- not run: (.+) -->$/

export type Block = {
  /** The last heading of the second level before it. */
  readonly section: string
  readonly language: string
  readonly lines: readonly string[]
  /** Why its commands are not run by a check, as a comment right before it says. */
  readonly notRun: string | null
}

/** `page`: `backup` or `runbooks/disk-full`. */
export const blocksOf = (page: string): readonly Block[] => {
  const found: Block[] = []
  let section = ""
  let notRun: string | null = null
  let open: { readonly language: string; readonly lines: string[] } | null = null
  for (const line of readFileSync(join(DOCS, `${page}.md`), "utf8").split("\n")) {
    const [, fence] = /^```(\w*)$/.exec(line) ?? []
    if (open !== null && fence === undefined) open.lines.push(line)
    else if (open !== null) {
      found.push({ section, notRun, ...open })
      open = null
      notRun = null
    } else if (fence !== undefined) open = { language: fence, lines: [] }
    else if (line.startsWith("## ")) section = line.slice(3)
    else if (line !== "") notRun = NOT_RUN.exec(line)?.[1] ?? null
  }
  return found
}

export const isOfCommands = ({ language }: Block): boolean => COMMANDS.has(language)
