/**
 * Parses a line in the Common Event Format (`remote-log-format=cef`). Pure and linear.
 *
 * CEF:0|vendor|board|version|class|topics|severity|key=value key=value …
 *
 * The header's fields escape `|` and `\`, the values `=` and `\`. A value may contain spaces and
 * ends at the next key.
 */
import { serialOfCef } from "./serial.ts"
import { isSeverityWord, type Severity, severityOfTopics } from "./topics.ts"

export type Cef = {
  readonly topics: readonly string[]
  readonly severity: Severity
  readonly message: string
  /** `dvchost` and `dvc`: name and address of the device. */
  readonly host: string | null
  readonly address: string | null
  readonly serial: string | null
}

const HEADER_FIELDS = 7
const START = /^CEF: ?\d{1,2}\|/
/** Further fields are ignored. */
const MAX_KEYS = 64
const MAX_KEY_CHARS = 64

const WORDS: Readonly<Record<string, Severity>> = {
  low: "info",
  medium: "warning",
  high: "error",
  "very-high": "error",
}
const severityOf = (text: string): Severity => {
  const word = text.trim().toLowerCase()
  const level = /^\d{1,2}$/.test(word) ? Number(word) : null
  if (level === null) return (Object.hasOwn(WORDS, word) ? WORDS[word] : undefined) ?? "info"
  return level >= 7 ? "error" : level >= 4 ? "warning" : "info"
}

/** `\n` and `\r` are line ends; any other escaped character is itself. */
const unescaped = (text: string): string => {
  if (!text.includes("\\")) return text
  return text.replace(/\\([\s\S])/g, (_, char: string) =>
    char === "n" ? "\n" : char === "r" ? "\r" : char,
  )
}

const headerOf = (
  text: string,
): { readonly fields: readonly string[]; readonly rest: string } | null => {
  const fields: string[] = []
  let from = 0
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1
    else if (text[at] === "|") {
      fields.push(unescaped(text.slice(from, at)))
      from = at + 1
      if (fields.length === HEADER_FIELDS) return { fields, rest: text.slice(from) }
    }
  }
  return null
}

const isKeyChar = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) ||
  ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) ||
  code === 0x5f ||
  code === 0x2e ||
  code === 0x2d

/**
 * The start of the key that ends before `equals`; null if it is no key. A key follows white space.
 */
const keyStart = (text: string, equals: number, after: number): number | null => {
  let at = equals
  while (at > after && equals - at <= MAX_KEY_CHARS && isKeyChar(text.charCodeAt(at - 1))) at -= 1
  if (at === equals || equals - at > MAX_KEY_CHARS) return null
  const isFirst = at === after
  return isFirst || /\s/.test(text[at - 1] ?? "") ? at : null
}

/** The first value of a key counts: a later one may be text that an attacker wrote. */
const extensionOf = (text: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  let key: string | null = null
  let valueFrom = 0
  const close = (end: number): void => {
    if (key !== null && !found.has(key)) found.set(key, unescaped(text.slice(valueFrom, end)))
  }
  for (let at = 0; at < text.length && found.size < MAX_KEYS; at += 1) {
    if (text[at] === "\\") at += 1
    else if (text[at] === "=") {
      const start = keyStart(text, at, valueFrom)
      if (start === null) continue
      close(Math.max(valueFrom, start - 1))
      key = text.slice(start, at)
      valueFrom = at + 1
    }
  }
  close(text.length)
  return found
}

const trimEnds = (text: string): string => {
  let from = 0
  let to = text.length
  while (from < to && (text[from] === "\n" || text[from] === "\r")) from += 1
  while (to > from && (text[to - 1] === "\n" || text[to - 1] === "\r" || text[to - 1] === " "))
    to -= 1
  return text.slice(from, to)
}

/** Null if `text` is not CEF or lacks a header field. */
export const parseCef = (text: string): Cef | null => {
  if (!START.test(text)) return null
  const header = headerOf(text)
  if (header === null) return null
  const extension = extensionOf(header.rest)
  const topics = (header.fields[5] ?? "")
    .split(",")
    .map((topic) => topic.trim())
    .filter((topic) => topic !== "")
  const hasWord = topics.some(isSeverityWord)
  return {
    topics,
    severity: hasWord ? severityOfTopics(topics) : severityOf(header.fields[6] ?? ""),
    message: trimEnds(
      extension.get("msg") ??
        (extension.size === 0 ? unescaped(header.rest) : (header.fields[5] ?? "")),
    ),
    host: extension.get("dvchost")?.trim() || null,
    address: extension.get("dvc")?.trim() || null,
    serial: serialOfCef(extension),
  }
}
