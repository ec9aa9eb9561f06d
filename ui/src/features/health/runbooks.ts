/** The runbooks of docs/runbooks, built into the UI: they are read without database and Internet. */
import type { RunbookId } from "@ispvm/appliance/api/runbooks"
import { pageTexts } from "../../i18n/strings/page-strings.ts"

const FILES = import.meta.glob<string>("../../../../docs/runbooks/*.md", {
  query: "?raw",
  import: "default",
})

const isRunbook = (id: string): id is RunbookId => Object.hasOwn(pageTexts.runbooks.names, id)
/** Its name; null: there is no such runbook. */
export const runbookName = (id: string): string | null =>
  isRunbook(id) ? pageTexts.runbooks.names[id] : null

/** Throws where the appliance does not answer. */
export const loadRunbook = async (id: string): Promise<string> => {
  const load = FILES[`../../../../docs/runbooks/${id}.md`]
  if (load === undefined) throw new Error(`There is no runbook ${id}.`)
  return await load()
}
