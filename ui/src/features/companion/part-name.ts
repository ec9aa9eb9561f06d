/** What a router says it did names the parts of its script by their ids, perhaps with why one failed: `syslog: the menu is full`. Pure. */
import { t } from "../../i18n/strings/strings.ts"

export const partOf = (reported: string, titles: ReadonlyMap<string, string>): string => {
  const [, id = reported, rest = ""] =
    /^([a-z][a-z0-9-]*)(?::\s*(.+))?$/s.exec(reported.trim()) ?? []
  const title = titles.get(id) ?? t.companion.part(id)
  return rest === "" ? title : `${title}: ${shorten(rest)}`
}

/** A certificate's 64 digits in the middle of a sentence are read by nobody. */
const shorten = (text: string): string =>
  text.replace(/\b([0-9a-f]{8})[0-9a-f]{48}([0-9a-f]{8})\b/g, "$1…$2")

/** In the order told; a part that told something of its own is not named a second time. */
export const partsOf = (
  reported: readonly string[],
  titles: ReadonlyMap<string, string>,
): readonly string[] =>
  reported
    .filter((each) => !reported.some((other) => other.startsWith(`${each}: `)))
    .map((each) => partOf(each, titles))
