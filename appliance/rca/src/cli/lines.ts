/** Splits a stream of bytes into lines of limited length, each as soon as it is complete. */

export type Line =
  | { readonly number: number; readonly text: string }
  /** Why the line cannot be read. */
  | { readonly number: number; readonly error: string }

/** Half of the longest string of V8. A document of 50,000 nodes takes a tenth of it. */
export const MAX_LINE_BYTES = 256 * 1024 * 1024
const NEWLINE = 0x0a

/** The last line needs no line end. A byte order mark is skipped. */
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
    // A new decoder for each line, so that an invalid line does not affect the next one.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(parts))
    return text.trim() === "" ? { number, error: "the line is empty" } : { number, text }
  } catch {
    return { number, error: "the line is not UTF-8" }
  }
}
