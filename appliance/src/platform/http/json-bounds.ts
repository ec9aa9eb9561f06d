/**
 * Measures JSON before it is parsed: 30 MB of brackets cost a parser and a validator seconds, a
 * scan of the bytes milliseconds. The scan is linear.
 */
export type JsonBounds = {
  /** Levels of nested arrays and objects. */
  readonly depth: number
  /** Brackets, commas and colons outside strings: a measure of the number of values. */
  readonly marks: number
  /** Commas within one object: an object of a hundred thousand names costs a parser a second. */
  readonly members: number
}
export type JsonExcess = "too-deep" | "too-many-values"

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a]
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d]

/** Where the string that begins before `from` ends; -1 where it does not. */
const endOfString = (bytes: Buffer, from: number): number => {
  for (let at = bytes.indexOf(QUOTE, from); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) {
    let slashes = 0
    while (at - 1 - slashes >= from && bytes[at - 1 - slashes] === BACKSLASH) slashes += 1
    if (slashes % 2 === 0) return at
  }
  return -1
}

/** Null where the text is within the bounds; says nothing about whether it is JSON. */
export const jsonExcess = (bytes: Buffer, bounds: JsonBounds): JsonExcess | null =>
  measureJson(bytes, bounds).excess

/** `marks`: how many it has, counted as far as the first excess. */
export const measureJson = (
  bytes: Buffer,
  { depth, marks, members }: JsonBounds,
): { readonly excess: JsonExcess | null; readonly marks: number } => {
  /** By level: members of the object so far; in an array they are not counted. */
  const levels = [Number.NEGATIVE_INFINITY]
  let level = 0
  let seen = 0
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    switch (byte) {
      case QUOTE:
        at = endOfString(bytes, at + 1)
        if (at === -1) return { excess: null, marks: seen }
        break
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        level += 1
        seen += 1
        if (level > depth) return { excess: "too-deep", marks: seen }
        levels[level] = byte === OPEN_OBJECT ? 0 : Number.NEGATIVE_INFINITY
        break
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        level = Math.max(0, level - 1)
        break
      case COMMA:
        levels[level] = (levels[level] ?? 0) + 1
        seen += 1
        if ((levels[level] ?? 0) > members) return { excess: "too-many-values", marks: seen }
        break
      case COLON:
        seen += 1
        break
    }
    if (seen > marks) return { excess: "too-many-values", marks: seen }
  }
  return { excess: null, marks: seen }
}
