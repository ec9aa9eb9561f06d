/** The commands of a runbook, in the order in which somebody follows it. */
import { readdirSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"

const FOLDER = join(import.meta.dirname, "../../docs/runbooks")

export type Section = "Check" | "Fix" | "Verify"
export type Command = { readonly section: Section; readonly line: string }

export const runbookNames = (): readonly string[] =>
  readdirSync(FOLDER).map((file) => basename(file, ".md"))

const isSection = (text: string | undefined): text is Section =>
  text === "Check" || text === "Fix" || text === "Verify"

/** The lines of all fenced blocks: `sh`, and `text`, whose names of files or hosts are examples. */
export const commandsOf = (name: string): readonly Command[] => {
  const found: Command[] = []
  let section: string | undefined
  let isCommand = false
  for (const line of readFileSync(join(FOLDER, `${name}.md`), "utf8").split("\n")) {
    if (line.startsWith("## ")) section = line.slice(3)
    else if (line.startsWith("```")) isCommand = !isCommand
    else if (isCommand && line !== "") {
      if (!isSection(section)) throw new Error(`${name}: a command outside of Check, Fix, Verify`)
      found.push({ section, line })
    }
  }
  return found
}
