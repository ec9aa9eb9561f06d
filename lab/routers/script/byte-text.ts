/**
 * RouterOS counts and cuts text by bytes. Here text is what JavaScript has; a byte that is no part of a character (a character cut in two)
 * stands as U+DC80 … U+DCFF, which no text from outside can hold, and becomes whole again when its other half is put beside it.
 */
const BEYOND_ASCII = /[\u0080-\uffff]/
const LOOSE = /[\udc80-\udcff]/
const FIRST_LOOSE = 0xdc00

/** Text as bytes, one character a byte. */
export const bytesIn = (text: string): string => {
  if (!BEYOND_ASCII.test(text)) return text
  if (!LOOSE.test(text)) return Buffer.from(text, "utf8").toString("latin1")
  return [...text]
    .map((c) => {
      const code = c.codePointAt(0) ?? 0
      return c.length === 1 && code >= FIRST_LOOSE + 0x80 && code <= FIRST_LOOSE + 0xff
        ? String.fromCharCode(code - FIRST_LOOSE)
        : Buffer.from(c, "utf8").toString("latin1")
    })
    .join("")
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
const CHARACTER = /[^\x80-\xff]+|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[\x80-\xff]/g

const whole = (bytes: string): string | undefined => {
  try {
    return decoder.decode(Buffer.from(bytes, "latin1"))
  } catch {
    return undefined
  }
}

/** Bytes, one character each, as text. */
export const textIn = (bytes: string): string => {
  if (!BEYOND_ASCII.test(bytes)) return bytes
  return (
    whole(bytes) ??
    bytes.replace(CHARACTER, (part) =>
      part.charCodeAt(0) < 0x80
        ? part
        : (whole(part) ?? [...part].map((c) => String.fromCharCode(FIRST_LOOSE + c.charCodeAt(0))).join("")),
    )
  )
}

/** Two texts as one: halves of a character that now stand beside each other become it. */
export const joined = (left: string, right: string): string => {
  const both = left + right
  return LOOSE.test(left) && LOOSE.test(right) ? textIn(bytesIn(both)) : both
}
