/**
 * A report names the parts of the script by id, perhaps with the reason of a failure: `syslog: the
 * menu is full`. Pure.
 */
import { pageTexts } from "../../i18n/strings/page-strings.ts"

export const partOf = (reported: string, titles: ReadonlyMap<string, string>): string => {
  const [, id = reported, rest = ""] =
    /^([a-z][a-z0-9-]*)(?::\s*(.+))?$/s.exec(reported.trim()) ?? []
  const title = pageTexts.companion.partTitle(id, titles.get(id) ?? pageTexts.companion.part(id))
  return rest === "" ? title : `${title}: ${shorten(rest)}`
}

/** Shortens a fingerprint: 64 digits in a sentence are unreadable. */
const shorten = (text: string): string =>
  text.replace(/\b([0-9a-f]{8})[0-9a-f]{48}([0-9a-f]{8})\b/g, "$1…$2")

/** In the reported order; a part with its own message is not listed twice. */
export const partsOf = (
  reported: readonly string[],
  titles: ReadonlyMap<string, string>,
): readonly string[] =>
  reported
    .filter((each) => !reported.some((other) => other.startsWith(`${each}: `)))
    .map((each) => partOf(each, titles))
