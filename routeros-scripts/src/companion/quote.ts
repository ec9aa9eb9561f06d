/**
 * Text of any kind as RouterOS reads it back, in ASCII: what comes from people never ends a string, starts a variable or asks the
 * terminal for help. Line ends, controls and bytes beyond ASCII become escapes, so that what is pasted is what was meant.
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

/** `?` as a number: typed into a terminal, even in quotes, it asks for help. */
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
 * The same over several lines, for scripts in scripts: each line of the text on a line of its own, which ends with a backslash. What
 * begins with blanks says so, since the router drops those after such a line end.
 */
export const quoteLines = (text: string, indent = "  "): string => {
  const lines = text.split(/(?<=\n)/)
  if (lines.length < 2) return quote(text)
  return `"${lines.map((line) => `\\\n${indent}${inside(line).replace(/^ /, "\\_")}`).join("")}"`
}

/** For a comment: one line of ASCII, whatever was given. */
export const plainLine = (text: string): string => {
  const line = text.replace(/[^\x20-\x7e]/gu, ".").replaceAll("?", ".")
  let end = line.length
  while (line[end - 1] === "\\") end -= 1 // by hand: a pattern for the end of a line is tried at each of its characters
  return line.slice(0, end)
}
