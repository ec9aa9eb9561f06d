/**
 * The position of a byte in a text, as the router counts: from 1, columns in bytes, CR LF as one
 * line end.
 */
export type Place = { readonly line: number; readonly column: number }

export const placeOf = (bytes: string, at: number): Place => {
  let line = 1
  let start = 0
  for (
    let next = bytes.indexOf("\n");
    next !== -1 && next < at;
    next = bytes.indexOf("\n", start)
  ) {
    line += 1
    start = next + 1
  }
  return { line, column: at - start + 1 }
}

const BEYOND_ASCII = /[\u0080-\uffff]/
const LOOSE = /[\udc80-\udcff]/u
const FIRST_LOOSE = 0xdc00

/**
 * One character per byte, so that offsets are in bytes. A byte that is not part of a character
 * (`\C3` alone) becomes U+DC80 … U+DCFF in a string, which no external text can contain.
 */
export const bytesOf = (source: string | Uint8Array): string => {
  if (typeof source !== "string") return Buffer.from(source).toString("latin1")
  if (!BEYOND_ASCII.test(source)) return source
  if (!LOOSE.test(source)) return Buffer.from(source, "utf8").toString("latin1")
  return [...source]
    .map((c) =>
      c.length === 1 && LOOSE.test(c)
        ? String.fromCharCode(c.charCodeAt(0) - FIRST_LOOSE)
        : bytesOf(c),
    )
    .join("")
}

const CHARACTER =
  /[^\x80-\xff]+|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[\x80-\xff]/g
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const whole = (bytes: string): string | undefined => {
  try {
    return decoder.decode(Buffer.from(bytes, "latin1"))
  } catch {
    return undefined
  }
}

const loose = (bytes: string): string =>
  [...bytes].map((c) => String.fromCharCode(FIRST_LOOSE + c.charCodeAt(0))).join("")

export const textOf = (bytes: string): string => {
  if (!BEYOND_ASCII.test(bytes)) return bytes
  return (
    whole(bytes) ??
    bytes.replace(CHARACTER, (part) =>
      BEYOND_ASCII.test(part) ? (whole(part) ?? loose(part)) : part,
    )
  )
}
