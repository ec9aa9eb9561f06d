/** The commands of a runbook, in the order in which somebody follows it. */
import { readdirSync } from "node:fs"
import { basename, join } from "node:path"
import { NETWORK_RUNBOOKS } from "@ispvm/appliance/api/runbooks"
import { blocksOf } from "./page-blocks.ts"

const FOLDER = join(import.meta.dirname, "../../docs/runbooks")

export type Section = "Check" | "Fix" | "Verify"
export type Command = { readonly section: Section; readonly line: string }

/** Those about the appliance: the commands of the others are for routers. */
export const runbookNames = (): readonly string[] =>
  readdirSync(FOLDER)
    .map((file) => basename(file, ".md"))
    .filter((name) => !NETWORK_RUNBOOKS.some((each) => each === name))

const isSection = (text: string): text is Section =>
  text === "Check" || text === "Fix" || text === "Verify"

/** The lines of all fenced blocks, each a command. */
export const commandsOf = (name: string): readonly Command[] =>
  blocksOf(`runbooks/${name}`).flatMap(({ section, lines }) => {
    if (!isSection(section)) throw new Error(`${name}: a command outside of Check, Fix, Verify`)
    return lines.filter((line) => line !== "").map((line) => ({ section, line }))
  })
