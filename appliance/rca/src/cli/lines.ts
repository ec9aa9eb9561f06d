/** Lines out of a stream of bytes, of any length up to a bound, each as soon as its end has come. */

export type Line =
  | { readonly number: number; readonly text: string }
  /** It cannot be read, and why. */
  | { readonly number: number; readonly error: string }

/** Half of what a text can hold at most; a document of 50,000 nodes has a tenth of it. */
export const MAX_LINE_BYTES = 256 * 1024 * 1024
const NEWLINE = 0x0a

/** A last line needs no end, and after the last end there is none; a byte order mark is passed over. */
export async function* linesOf(
  source: AsyncIterable<Uint8Array>,
  maxBytes = MAX_LINE_BYTES,
): AsyncGenerator<Line> {
  let number = 1
  let parts: Uint8Array[] = []
  let bytes = 0
  const add = (part: Uint8Array): void => {
    bytes += part.length
    if (bytes <= maxBytes) parts.push(part)
    else parts = []
  }
  const finishLine = (): Line => {
    const line = read(number, parts, bytes, maxBytes)
    number += 1
    parts = []
    bytes = 0
    return line
  }
  for await (const chunk of source) {
    let from = 0
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, at))
      from = at + 1
      yield finishLine()
    }
    if (from < chunk.length) add(chunk.subarray(from))
  }
  if (bytes > 0) yield finishLine()
}

const read = (
  number: number,
  parts: readonly Uint8Array[],
  bytes: number,
  maxBytes: number,
): Line => {
  if (bytes > maxBytes) return { number, error: `the line is longer than ${maxBytes} bytes` }
  try {
    // a decoder of its own a line: a broken one leaves nothing behind in the next
    const text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(parts))
    return text.trim() === "" ? { number, error: "the line is empty" } : { number, text }
  } catch {
    return { number, error: "the line is not UTF-8" }
  }
}
