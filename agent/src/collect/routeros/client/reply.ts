/** Parses one sentence of a router. */
import { isAscii } from "node:buffer"
import { type DecodeText, decodeText } from "../../text/decoder.ts"
import type { Sentence } from "./sentences.ts"

/**
 * One item of a reply, by property name. A map, because a router may name a property anything, even
 * `__proto__`.
 */
export type Row = ReadonlyMap<string, string>

export type Reply =
  | { readonly kind: "row"; readonly tag: string | null; readonly row: Row }
  | { readonly kind: "done"; readonly tag: string | null; readonly ret: string | null }
  | { readonly kind: "empty"; readonly tag: string | null }
  | {
      readonly kind: "trap"
      readonly tag: string | null
      readonly category: number | null
      readonly message: string
    }
  | { readonly kind: "fatal"; readonly message: string }
  | { readonly kind: "unknown"; readonly word: string }

const EQUALS = 0x3d
const DOT = 0x2e

/** All rows of a table have the same properties: their names are stored once, not per row. */
const names = new Map<string, string>()
const MAX_NAMES = 2_000
const nameOf = (bytes: Buffer): string => {
  const text = isAscii(bytes) ? bytes.toString("latin1") : decodeText(bytes)
  const known = names.get(text)
  if (known !== undefined) return known
  if (names.size < MAX_NAMES) names.set(text, text)
  return text
}

/** `=name=value`: the value may contain `=` and line ends, may be empty, and may be missing. */
const attribute = (word: Buffer, decode: DecodeText): [string, string] => {
  const second = word.indexOf(EQUALS, 1)
  if (second < 0) return [nameOf(word.subarray(1)), ""]
  return [nameOf(word.subarray(1, second)), decode(word.subarray(second + 1))]
}

/** `decode`: converts texts from this router's code page. */
export const parseReply = (sentence: Sentence, decode: DecodeText = decodeText): Reply => {
  const [head = Buffer.alloc(0), ...rest] = sentence
  const row = new Map<string, string>()
  const bare: string[] = []
  let tag: string | null = null
  for (const word of rest) {
    if (word[0] === EQUALS) {
      const [name, value] = attribute(word, decode)
      row.set(name, value)
    } else if (word[0] === DOT) {
      const text = word.toString("latin1")
      if (text.startsWith(".tag=")) tag = text.slice(".tag=".length)
    } else bare.push(decode(word))
  }
  const kind = head.toString("latin1")
  switch (kind) {
    case "!re":
      return { kind: "row", tag, row }
    case "!done":
      return { kind: "done", tag, ret: row.get("ret") ?? null }
    case "!empty":
      return { kind: "empty", tag }
    case "!trap": {
      const category = Number.parseInt(row.get("category") ?? "", 10)
      return {
        kind: "trap",
        tag,
        category: Number.isNaN(category) ? null : category,
        message: row.get("message") ?? bare.join(" "),
      }
    }
    case "!fatal": // The reason is a single word without "=".
      return { kind: "fatal", message: bare.join(" ") || (row.get("message") ?? "") }
    default:
      return { kind: "unknown", word: kind }
  }
}
