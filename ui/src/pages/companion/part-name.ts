/** What a router says it did names the parts of its script by their ids, perhaps with why one failed: `syslog: the menu is full`. Pure. */
import { t } from "../../strings/strings.ts"

export const partOf = (told: string, titles: ReadonlyMap<string, string>): string => {
  const [, id = told, rest = ""] = /^([a-z][a-z0-9-]*)(?::\s*(.+))?$/s.exec(told.trim()) ?? []
  const title = titles.get(id) ?? t.companion.part(id)
  return rest === "" ? title : `${title}: ${rest}`
}
