/**
 * Splits a byte stream into sentences, wherever TCP has cut it.
 *
 * The pieces of a word are collected and joined once, so a word of many megabytes is not copied
 * repeatedly. Memory is allocated for received bytes, never for an announced length.
 */
import { prefixBytes } from "./words.ts"

export type Sentence = readonly Buffer[]

export type SentenceLimits = {
  readonly wordBytes: number
  readonly sentenceBytes: number
  readonly sentenceWords: number
}
export const SENTENCE_LIMITS: SentenceLimits = {
  wordBytes: 64 * 1024 * 1024,
  sentenceBytes: 96 * 1024 * 1024,
  sentenceWords: 10_000,
}

/**
 * The peer does not use this protocol, or exceeds what a router sends. Nothing after this error can
 * be trusted.
 */
export class SentenceError extends Error {
  override readonly name = "SentenceError"
}

const BANG = 0x21
/** The second byte of every TLS record: api-ssl answers a client without TLS with an alert. */
const TLS_MAJOR = 3

export class SentenceReader {
  readonly #limits: SentenceLimits
  #prefix: number[] = []
  #need = 0
  #pieces: Buffer[] = []
  #inWord = false
  #words: Buffer[] = []
  #bytes = 0
  #consumedBytes = 0

  constructor(limits: SentenceLimits = SENTENCE_LIMITS) {
    this.#limits = limits
  }

  /** True if the stream may end here: no sentence has begun. */
  get isAtBoundary(): boolean {
    return !this.#inWord && this.#prefix.length === 0 && this.#words.length === 0
  }

  /** Bytes received of an incomplete sentence. */
  get bufferedBytes(): number {
    return this.#bytes - (this.#inWord ? this.#need : 0)
  }

  /** Bytes of the latest chunk that belong to sentences given so far, or to the one begun. */
  get consumedBytes(): number {
    return this.#consumedBytes
  }

  /**
   * Gives every sentence that `chunk` completes. Throws `SentenceError`; then the reader cannot be
   * used any more.
   */
  *push(chunk: Buffer): Generator<Sentence, void, undefined> {
    let at = 0
    while (at < chunk.length) {
      if (!this.#inWord) {
        this.#prefix.push(chunk[at] ?? 0)
        at++
        const length = this.#announced()
        if (length === null) continue
        if (length === 0) {
          const sentence = this.#words
          this.#words = []
          this.#bytes = 0
          this.#consumedBytes = at
          if (sentence.length > 0) yield sentence // An empty sentence has no meaning.
          continue
        }
        this.#beginWord(length)
        continue
      }
      const piece = chunk.subarray(at, at + this.#need)
      // A reply starts with "!": one byte distinguishes a router from an SSH banner, an HTTP answer
      // or a TLS alert.
      if (this.#words.length === 0 && this.#pieces.length === 0 && piece[0] !== BANG)
        throw new SentenceError(
          `the service is not the RouterOS API${piece[0] === TLS_MAJOR ? ": it uses TLS" : ""}`,
        )
      this.#pieces.push(piece)
      this.#need -= piece.length
      at += piece.length
      if (this.#need === 0) this.#endWord()
    }
    this.#consumedBytes = at
  }

  /** The length in the prefix, or null while bytes of it are missing. */
  #announced(): number | null {
    const [first = 0] = this.#prefix
    const bytes = prefixBytes(first)
    if (bytes === null) throw new SentenceError(`reserved control byte 0x${first.toString(16)}`)
    if (this.#prefix.length < bytes) return null
    const head = bytes === 5 ? 0 : first & (0xff >> bytes)
    const length = this.#prefix.slice(1).reduce((sum, byte) => sum * 256 + byte, head)
    this.#prefix = []
    return length
  }

  #beginWord(length: number): void {
    const { wordBytes, sentenceBytes, sentenceWords } = this.#limits
    if (length > wordBytes)
      throw new SentenceError(`a word of ${length} bytes, more than ${wordBytes}`)
    this.#bytes += length
    if (this.#bytes > sentenceBytes)
      throw new SentenceError(`a sentence of more than ${sentenceBytes} bytes`)
    if (this.#words.length >= sentenceWords)
      throw new SentenceError(`a sentence of more than ${sentenceWords} words`)
    this.#need = length
    this.#inWord = true
  }

  #endWord(): void {
    const [only] = this.#pieces
    this.#words.push(
      this.#pieces.length === 1 && only !== undefined ? only : Buffer.concat(this.#pieces),
    )
    this.#pieces = []
    this.#inWord = false
  }
}
