/**
 * Finds the end of a syslog time stamp, in every form seen in the field. The time itself is not
 * used: routers without a clock start in 1970, and the agent uses the time of receipt. Pure; reads
 * at most 64 characters.
 */

const MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
const CLOCK = "\\d{1,2}:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?"
/** Names of zones that devices print. It is a list, because a router may be called `CORE`. */
const ZONE_NAMES =
  "UTC|GMT|WET|WEST|CET|CEST|EET|EEST|MSK|MSD|TRT|GST|PKT|IST|NPT|BST|WIB|WITA|ICT|CST|SGT|HKT|PHT|JST|KST|AEST|AEDT|ACST|AWST" +
  "|NZST|NZDT|EST|EDT|CDT|MST|MDT|PST|PDT|AKST|HST|BRT|ART|CLT|COT|PET|SAST|CAT|EAT|WAT"
const ZONE = `(?: ?(?:(?:UTC|GMT)[+-]\\d{1,2}(?::?\\d\\d)?|[+-]\\d\\d:?\\d\\d|[+-]\\d\\d|Z|(?:${ZONE_NAMES})(?![A-Za-z0-9_.-])))?`

type Form = { readonly pattern: RegExp; readonly isConsole: boolean }
const form = (source: string, isConsole = false): Form => ({
  pattern: new RegExp(`^${source}`, "i"),
  isConsole,
})

/**
 * `isConsole`: as `/log print` writes it, without a host. Longer forms come before their prefixes.
 */
const FORMS: readonly Form[] = [
  form(
    `[*.]?(?:(?:mon|tue|wed|thu|fri|sat|sun),? )?${MONTH} {1,2}\\d{1,2},?(?: \\d{4})? ${CLOCK}(?: \\d{4}(?=:? |:?$))?${ZONE}`,
  ),
  form(`\\d{4} ${MONTH} {1,2}\\d{1,2} ${CLOCK}${ZONE}`),
  form(`(?:(?:mon|tue|wed|thu|fri|sat|sun),? )?\\d{1,2}[ -]${MONTH}[ -]\\d{2,4} ${CLOCK}${ZONE}`),
  form(`\\d{4}[-/]\\d\\d[-/]\\d\\dT\\d\\d:\\d\\d(?::\\d\\d(?:[.,]\\d{1,9})?)?${ZONE}`),
  form(`\\d{4}[-/]\\d\\d[-/]\\d\\d ${CLOCK}${ZONE}`, true),
  form(`\\d{1,2}\\.\\d{1,2}\\.\\d{4} ${CLOCK}${ZONE}`),
  form(`${MONTH}/\\d{1,2}(?:/\\d{2,4})? ${CLOCK}`, true),
  form(CLOCK, true),
]
const MAX_CHARS = 64

export type Stamp = { readonly end: number; readonly isConsole: boolean }

/** Null if there is no time stamp at `from`. `end` is the index after it and its separator. */
export const stampAt = (text: string, from: number): Stamp | null => {
  const first = text.charCodeAt(from)
  const isDigit = first >= 0x30 && first <= 0x39
  const isLetter = (first | 0x20) >= 0x61 && (first | 0x20) <= 0x7a
  if (!isDigit && !isLetter && first !== 0x2a && first !== 0x2e) return null
  const head = text.slice(from, from + MAX_CHARS)
  for (const { pattern, isConsole } of FORMS) {
    const length = pattern.exec(head)?.[0].length
    if (length === undefined) continue
    const next = head[length]
    const isEnd =
      next === undefined || next === " " || (next === ":" && (head[length + 1] ?? " ") === " ")
    if (!isEnd) continue
    let end = from + length
    if (next === ":") end += 1
    while (text[end] === " ") end += 1
    return { end, isConsole }
  }
  return null
}
