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

const MONTH_FIRST = form(
  `[*.]?(?:(?:mon|tue|wed|thu|fri|sat|sun),? )?${MONTH} {1,2}\\d{1,2},?(?: \\d{4})? ${CLOCK}(?: \\d{4}(?=:? |:?$))?${ZONE}`,
)
const YEAR_FIRST = form(`\\d{4} ${MONTH} {1,2}\\d{1,2} ${CLOCK}${ZONE}`)
const DAY_FIRST = form(
  `(?:(?:mon|tue|wed|thu|fri|sat|sun),? )?\\d{1,2}[ -]${MONTH}[ -]\\d{2,4} ${CLOCK}${ZONE}`,
)
const ISO = form(`\\d{4}[-/]\\d\\d[-/]\\d\\dT\\d\\d:\\d\\d(?::\\d\\d(?:[.,]\\d{1,9})?)?${ZONE}`)
/** As `/log print` writes it, without a host. */
const CONSOLE_DATE = form(`\\d{4}[-/]\\d\\d[-/]\\d\\d ${CLOCK}${ZONE}`, true)
const DOTS = form(`\\d{1,2}\\.\\d{1,2}\\.\\d{4} ${CLOCK}${ZONE}`)
const CONSOLE_MONTH = form(`${MONTH}/\\d{1,2}(?:/\\d{2,4})? ${CLOCK}`, true)
const CONSOLE_CLOCK = form(CLOCK, true)

const WORDS: readonly Form[] = [MONTH_FIRST, DAY_FIRST, CONSOLE_MONTH]
const MARKED: readonly Form[] = [MONTH_FIRST]
const NO_FORMS: readonly Form[] = []
/** The forms that begin with digits, by the character after those. */
const BY_SEPARATOR: Readonly<Record<string, readonly Form[]>> = {
  " ": [YEAR_FIRST, DAY_FIRST],
  "-": [DAY_FIRST, ISO, CONSOLE_DATE],
  "/": [ISO, CONSOLE_DATE],
  ".": [DOTS],
  ":": [CONSOLE_CLOCK],
}
/** Three letters as one number, in any case. */
const keyOf = (text: string, at: number): number =>
  ((text.charCodeAt(at) | 0x20) << 16) |
  ((text.charCodeAt(at + 1) | 0x20) << 8) |
  (text.charCodeAt(at + 2) | 0x20)
const DAYS_AND_MONTHS =
  "mon tue wed thu fri sat sun jan feb mar apr may jun jul aug sep oct nov dec"
/** Another word may have one of these numbers: the forms are compared with the text in any case. */
const FIRST_WORDS: ReadonlySet<number> = new Set(
  DAYS_AND_MONTHS.split(" ").map((word) => keyOf(word, 0)),
)
const MAX_DIGITS = 4
const MAX_CHARS = 64

const isDigitAt = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at)
  return code >= 0x30 && code <= 0x39
}

/** The forms that may begin here: most words of a line begin none. */
const formsAt = (text: string, from: number): readonly Form[] => {
  const first = text.charCodeAt(from)
  if (first === 0x2a || first === 0x2e) return MARKED
  if ((first | 0x20) >= 0x61 && (first | 0x20) <= 0x7a)
    return FIRST_WORDS.has(keyOf(text, from)) ? WORDS : NO_FORMS
  let at = from
  while (at - from < MAX_DIGITS && isDigitAt(text, at)) at += 1
  return at === from ? NO_FORMS : (BY_SEPARATOR[text[at] ?? ""] ?? NO_FORMS)
}

export type Stamp = { readonly end: number; readonly isConsole: boolean }

/** Null if there is no time stamp at `from`. `end` is the index after it and its separator. */
export const stampAt = (text: string, from: number): Stamp | null => {
  const forms = formsAt(text, from)
  if (forms.length === 0) return null
  const head = text.slice(from, from + MAX_CHARS)
  for (const { pattern, isConsole } of forms) {
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
