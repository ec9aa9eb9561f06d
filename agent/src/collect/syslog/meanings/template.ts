/**
 * Templates of log lines, for the tables of meanings.
 *
 *   {user}            a field; its type is that of its name, or `{pool:word}`
 *   {_:word}          the same, not kept
 *   [, signal …]      optional
 *   (to|for)          one of
 *   \( \[ \{          the character itself
 *   *                 anything
 *
 * A template matches the whole line, in any case of letters. Lines are cut before (`table.ts`), so
 * matching takes a bounded number of steps.
 */

const TYPES = {
  /** A name that may contain spaces, but no `: `. */
  name: "(?:[^\\s:]|:(?! ))(?:[^:]|:(?! ))*?",
  word: "\\S+",
  mac: "[0-9A-F]{2}(?::[0-9A-F]{2}){5}",
  address: "[0-9A-F]*[:.][0-9A-F:.]+(?:%[\\w.-]+)?(?:/\\d+)?",
  number: "-?\\d+",
  detect: "UNKNOWN|NO LINK|LAN|WAN|INTERNET",
  /** Default names of client interfaces. */
  out: "(?:pppoe|l2tp|pptp|sstp|ovpn|ppp)-out\\d+",
  service: "pppoe|l2tp|pptp|sstp|ovpn|ppp|isdn",
  text: ".+",
  byte: "[0-9A-F]{2}",
  lte: "(?:lte|lte-)\\d+",
  /** FACILITY-SEVERITY-MNEMONIC */
  cisco: "[A-Z][A-Z0-9_-]{1,40}-[0-7]-[A-Z0-9_]{1,60}",
} as const
type Type = keyof typeof TYPES
const isType = (text: string): text is Type => Object.hasOwn(TYPES, text)

const TYPE_OF: Readonly<Record<string, Type>> = {
  address: "address",
  client: "address",
  server: "name",
  mac: "mac",
  signal: "number",
  count: "number",
  bytesIn: "number",
  bytesOut: "number",
  packetsIn: "number",
  packetsOut: "number",
  seconds: "number",
  service: "service",
  reason: "text",
  text: "text",
  host: "word",
  ssid: "name",
  interface: "name",
  user: "name",
  peer: "word",
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&")

const fieldOf = (spec: string, fields: string[]): string => {
  const [name = "", given] = spec.split(":")
  if (name === "_" && isType(given ?? "")) return `(?:${TYPES[given as Type]})`
  const type = given ?? TYPE_OF[name] ?? "word"
  if (!isType(type) || !/^[a-zA-Z]+$/.test(name)) throw new Error(`no such field: {${spec}}`)
  if (fields.includes(name)) throw new Error(`a field twice: {${spec}}`)
  fields.push(name)
  return `(${TYPES[type]})`
}

const MARKS: Readonly<Record<string, string>> = {
  "[": "(?:",
  "]": ")?",
  "(": "(?:",
  ")": ")",
  "|": "|",
  "*": ".*",
}

/** Adds the names of the fields to `fields`, in the order of the pattern's groups. */
const patternOf = (template: string, fields: string[]): RegExp => {
  let pattern = ""
  for (let at = 0; at < template.length; at += 1) {
    const char = template[at] ?? ""
    if (char === "\\") {
      at += 1
      pattern += escaped(template[at] ?? "")
    } else if (char === "{") {
      const end = template.indexOf("}", at)
      pattern += fieldOf(template.slice(at + 1, end), fields)
      at = end
    } else pattern += MARKS[char] ?? escaped(char)
  }
  return new RegExp(`^${pattern}$`, "is")
}

/** Without what is optional. */
const certainOf = (template: string): string =>
  template.toLowerCase().replaceAll(/\[[^\]]*\]/g, "*")
const GROUP = /\(([^()[\]{}*\\]+)\)/g
/** What may be anything, or one of several. */
const UNCERTAIN = /\([^)]*\)|\{[^}]*\}|[\\{}[\]()*|]/

/**
 * What every match contains: the longest text outside brackets, and one of each group's words. A
 * line without them needs no pattern.
 */
const neededTexts = (template: string): readonly (readonly string[])[] => {
  const certain = certainOf(template)
  const groups = [...certain.matchAll(GROUP)].map(([, words = ""]) => words.split("|"))
  const longest = certain.split(UNCERTAIN).reduce((a, b) => (b.length > a.length ? b : a), "")
  return [[longest], ...groups].filter((words) => !words.includes(""))
}

/** The longest word, between spaces or the ends of the line, that every match contains. */
const neededWord = (certain: string): string => {
  const texts = certain.split(UNCERTAIN)
  const words = texts.flatMap((text, at) => {
    const own = text.split(" ")
    // At either end, more of the word may be in what is uncertain.
    return own.slice(at === 0 ? 0 : 1, at === texts.length - 1 ? undefined : -1)
  })
  return words.reduce((a, b) => (b.length > a.length ? b : a), "")
}

/** Characters that few lines have. */
export const RARE = ["%", "<", "@", "#", "[", "_"]

/** Words or rare characters of which every match contains one; null: there are none. */
const neededWords = (template: string): readonly string[] | null => {
  const certain = certainOf(template)
  const word = neededWord(certain)
  if (word !== "") return [word]
  const eachGroup = [...certain.matchAll(GROUP)].map(([group, words = ""]) =>
    words.split("|").map((one) => neededWord(certain.replace(group, () => one))),
  )
  const texts = certain.split(UNCERTAIN)
  const rare = RARE.find((char) => texts.some((text) => text.includes(char)))
  return eachGroup.find((words) => !words.includes("")) ?? (rare === undefined ? null : [rare])
}

/** `*(disk|usb) (full|lost)*` as the texts of each part: `disk full`, `disk lost`, … */
const expanded = (part: string): readonly string[] => {
  const open = part.indexOf("(")
  if (open < 0) return [part]
  const close = part.indexOf(")", open)
  const rest = expanded(part.slice(close + 1))
  return part
    .slice(open + 1, close)
    .split("|")
    .flatMap((one) => rest.map((after) => part.slice(0, open) + one + after))
}

/** The first place from `from` where one of the texts ends; -1: none. */
const endOfFirst = (text: string, texts: readonly string[], from: number): number => {
  let first = -1
  for (const one of texts) {
    const at = text.indexOf(one, from)
    if (at >= 0 && (first < 0 || at + one.length < first)) first = at + one.length
  }
  return first
}

/** Words in an order: without fields, no pattern is needed, and the time is linear. */
const createWords = (template: string): ((lower: string) => boolean) => {
  const parts = template.toLowerCase().split("*").map(expanded)
  const [start = [""], ...rest] = parts
  const last = rest.at(-1)
  return (lower) => {
    const head = start.find((one) => lower.startsWith(one))
    if (head === undefined) return false
    if (last === undefined) return start.includes(lower)
    let at = head.length
    for (const texts of rest.slice(0, -1)) {
      at = endOfFirst(lower, texts, at)
      if (at < 0) return false
    }
    return last.some((one) => lower.length - one.length >= at && lower.endsWith(one))
  }
}

/** The values of the fields from index 1 on; null: no match. `lower` is the text in lower case. */
export type Match = (text: string, lower: string) => readonly (string | undefined)[] | null
export type Template = {
  readonly fields: readonly string[]
  /**
   * A line without any of these, as a word between spaces or a character of `RARE`, does not match.
   * Null: unknown.
   */
  readonly words: readonly string[] | null
  readonly match: Match
}

const NO_VALUES: readonly string[] = []

export const compile = (template: string): Template => {
  if (/\([^)]*\(/.test(template.replaceAll("\\(", ""))) throw new Error(`nested: ${template}`)
  const words = neededWords(template)
  if (!/[\\{}[\]]/.test(template) && !/\*[^*]*\([^)]*\*/.test(template)) {
    const isMatch = createWords(template)
    return { fields: [], words, match: (_, lower) => (isMatch(lower) ? NO_VALUES : null) }
  }
  const fields: string[] = []
  const pattern = patternOf(template, fields)
  const needed = neededTexts(template)
  const isPossible = (lower: string): boolean =>
    needed.every((words) => words.some((each) => lower.includes(each)))
  const match: Match = (text, lower) => (isPossible(lower) ? pattern.exec(text) : null)
  return { fields, words, match }
}
