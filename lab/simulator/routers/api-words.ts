/**
 * The framing of the binary API, written for the lab alone: a codec shared with the agent would
 * hide its own faults.
 */

/** Larger than any request of a client; RouterOS also limits input before login. */
export const MAX_WORD_BYTES = 1024 * 1024
export const MAX_SENTENCE_WORDS = 4_096

const prefix = (length: number): number[] => {
  const byte = (shift: number) => (length >>> shift) & 0xff
  if (length < 0x80) return [length]
  if (length < 0x4000) return [byte(8) | 0x80, byte(0)]
  if (length < 0x20_0000) return [byte(16) | 0xc0, byte(8), byte(0)]
  if (length < 0x1000_0000) return [byte(24) | 0xe0, byte(16), byte(8), byte(0)]
  return [0xf0, byte(24), byte(16), byte(8), byte(0)]
}

export const encodeSentence = (words: readonly string[]): Buffer => {
  const parts: Buffer[] = []
  for (const word of words) {
    const bytes = Buffer.from(word, "utf8")
    parts.push(Buffer.from(prefix(bytes.length)), bytes)
  }
  parts.push(Buffer.from([0]))
  return Buffer.concat(parts)
}

/**
 * From the first byte: how many bytes of length follow, and which of its bits belong to the length.
 */
const shapeOf = (first: number): { more: number; bits: number } | null => {
  if (first < 0x80) return { more: 0, bits: first }
  if (first < 0xc0) return { more: 1, bits: first & 0x3f }
  if (first < 0xe0) return { more: 2, bits: first & 0x1f }
  if (first < 0xf0) return { more: 3, bits: first & 0x0f }
  return first === 0xf0 ? { more: 4, bits: 0 } : null
}

/**
 * Takes bytes in any chunks and returns whole sentences. Throws where the connection must be
 * closed.
 */
export class SentenceReader {
  #buffer: Buffer = Buffer.alloc(0)
  #words: string[] = []

  push(bytes: Buffer): string[][] {
    this.#buffer = this.#buffer.length === 0 ? bytes : Buffer.concat([this.#buffer, bytes])
    const sentences: string[][] = []
    for (let word = this.#next(); word !== null; word = this.#next()) {
      if (word !== "") this.#words.push(word)
      else if (this.#words.length > 0) {
        sentences.push(this.#words)
        this.#words = []
      }
      if (this.#words.length > MAX_SENTENCE_WORDS) throw new Error("sentence too long")
    }
    return sentences
  }

  #next(): string | null {
    const first = this.#buffer[0]
    if (first === undefined) return null
    const shape = shapeOf(first)
    if (shape === null) throw new Error(`control byte 0x${first.toString(16)}`)
    if (this.#buffer.length < 1 + shape.more) return null
    let length = shape.bits
    for (let i = 1; i <= shape.more; i++) length = length * 256 + (this.#buffer[i] ?? 0)
    if (length > MAX_WORD_BYTES) throw new Error("word too long")
    const end = 1 + shape.more + length
    if (this.#buffer.length < end) return null
    const word = this.#buffer.toString("utf8", 1 + shape.more, end)
    this.#buffer = this.#buffer.subarray(end)
    return word
  }
}
