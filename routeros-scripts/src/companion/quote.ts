/**
 * Quotes any text in ASCII for RouterOS: text from people never ends a string, starts a variable or
 * asks the terminal for help. Line ends, control characters and bytes beyond ASCII become escapes,
 * so that a pasted text stays the same.
 */
const utf8 = new TextEncoder()

const NAMED: Readonly<Record<string, string>> = {
  '"': '\\"',
  $: "\\$",
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
}
const isPlain = (byte: number): boolean => byte >= 0x20 && byte < 0x7f

/** `?` as a number: typed into a terminal, it asks for help, even in quotes. */
const escaped = (byte: number): string => {
  const character = String.fromCharCode(byte)
  const named = NAMED[character]
  if (named !== undefined) return named
  if (isPlain(byte) && character !== "?") return character
  return `\\${byte.toString(16).toUpperCase().padStart(2, "0")}`
}

const inside = (text: string): string => Array.from(utf8.encode(text), escaped).join("")

/** `"…"`, on one line. */
export const quote = (text: string): string => `"${inside(text)}"`

/**
 * The same over several lines, for scripts in scripts: each line of the text on a line of its own
 * that ends with a backslash. Blanks at the start of a line are escaped, because the router drops
 * them after such a line end.
 */
export const quoteLines = (text: string, indent = "  "): string => {
  const lines = text.split(/(?<=\n)/)
  if (lines.length < 2) return quote(text)
  return `"${lines.map((line) => `\\\n${indent}${inside(line).replace(/^ /, "\\_")}`).join("")}"`
}

/** For a comment: one line of ASCII, whatever the input. */
export const plainLine = (text: string): string => {
  const line = text.replace(/[^\x20-\x7e]/gu, ".").replaceAll("?", ".")
  let end = line.length
  while (line[end - 1] === "\\") end -= 1 // a loop, because a pattern anchored at the end is tried at every character
  return line.slice(0, end)
}
