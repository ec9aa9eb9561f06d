/**
 * Reads the replies in what TCP delivers. A row that is complete in the received bytes stays where
 * it is (`received-row.ts`). Longer sentences, and any that look wrong, go to
 * `SentenceReader`, which has the limits and names the errors.
 */
import { isAscii } from "node:buffer"
import { type DecodeText, decodeText } from "../../text/decoder.ts"
import { ReceivedRow, RowReader } from "./received-row.ts"
import { parseReply, type Reply } from "./reply.ts"
import { KnownNames } from "./row-names.ts"
import { SENTENCE_LIMITS, type SentenceLimits, SentenceReader } from "./sentences.ts"

const EQUALS = 0x3d
/** "!re" with its prefix. */
const HEAD = Buffer.from("\x03!re", "latin1")
const TAG = ".tag="

/** Longer sentences are read word by word; each value of them is a string of its own. */
const MAX_SHORT_BYTES = 4_096
const MAX_SHORT_WORDS = 256

/** All routers have the same menus. */
const known = new KnownNames()

/** "cut": as much as was received belongs to a short row. "other": `SentenceReader` reads it. */
type Measured = "short-row" | "cut" | "other"

const measureHead = (bytes: Buffer, start: number): Measured => {
  for (let index = 0; index < HEAD.length; index++) {
    if (start + index === bytes.length) return "cut"
    if (bytes[start + index] !== HEAD[index]) return "other"
  }
  return "short-row"
}

/** False: no more is wanted. */
type Take = (reply: Reply) => boolean

export class ReplyReader {
  readonly #maxShortBytes: number
  readonly #maxShortWords: number
  readonly #long: SentenceReader
  readonly #rows: RowReader
  readonly #decode: DecodeText
  /** The begin of a short row, whose end has not been received. */
  #cut: Buffer | null = null
  /** Of the row that was measured last: where its sentence ends, its properties, its tag. */
  #end = 0
  #properties = 0
  #tag: string | null = null
  #lastWord = ""
  #lastTag = ""

  constructor(limits: SentenceLimits = SENTENCE_LIMITS, decode: DecodeText = decodeText) {
    const { wordBytes, sentenceBytes, sentenceWords } = limits
    this.#maxShortBytes = Math.min(MAX_SHORT_BYTES, wordBytes, sentenceBytes)
    this.#maxShortWords = Math.min(MAX_SHORT_WORDS, sentenceWords)
    this.#long = new SentenceReader(limits)
    this.#decode = decode
    this.#rows = new RowReader(known, decode, decodeText)
  }

  /** Bytes received of an incomplete sentence. */
  get bufferedBytes(): number {
    return this.#cut?.length ?? this.#long.bufferedBytes
  }

  /**
   * Calls `take` with every reply that `chunk` completes, until it returns false. Throws
   * `SentenceError`. The reader cannot be used after either.
   */
  read(chunk: Buffer, take: Take): void {
    let at = this.#cut === null ? 0 : this.#continueCut(this.#cut, chunk, take)
    const isText = isAscii(chunk)
    while (at !== null && at < chunk.length) {
      const measured = this.#long.isAtBoundary ? this.#measure(chunk, at) : "other"
      if (measured === "cut") {
        // A copy: the received bytes can be much longer.
        this.#cut = Buffer.from(chunk.subarray(at))
        return
      }
      at =
        measured === "short-row"
          ? this.#takeRow(chunk, at, isText, take)
          : this.#takeOther(chunk, at, take)
    }
  }

  /** Where to go on in `chunk`; null: nowhere. Of `chunk` only what a short row can have is copied. */
  #continueCut(begun: Buffer, chunk: Buffer, take: Take): number | null {
    this.#cut = null
    const bytes = Buffer.concat([begun, chunk.subarray(0, this.#maxShortBytes - begun.length)])
    const measured = this.#measure(bytes, 0)
    if (measured === "cut" && bytes.length === begun.length + chunk.length) {
      this.#cut = bytes
      return null
    }
    if (measured !== "short-row") {
      this.#long.push(begun).next()
      return 0
    }
    const end = this.#takeRow(bytes, 0, false, take)
    return end === null ? null : end - begun.length
  }

  #takeRow(bytes: Buffer, at: number, isText: boolean, take: Take): number | null {
    const end = this.#end
    const [start, properties] = [at + HEAD.length, this.#properties]
    const row = new ReceivedRow(this.#rows, { bytes, start, end, properties, isAscii: isText })
    return take({ kind: "row", tag: this.#tag, row }) ? end + 1 : null
  }

  #takeOther(bytes: Buffer, at: number, take: Take): number | null {
    const sentence = this.#long.push(bytes.subarray(at)).next().value
    if (sentence !== undefined && !take(parseReply(sentence, this.#decode))) return null
    return at + this.#long.consumedBytes
  }

  #measure(bytes: Buffer, start: number): Measured {
    const head = measureHead(bytes, start)
    return head === "short-row" ? this.#measureWords(bytes, start) : head
  }

  #measureWords(bytes: Buffer, start: number): Measured {
    const received = bytes.length
    let at = start + HEAD.length
    let words = 1
    this.#properties = 0
    this.#tag = null
    while (at < received) {
      let length = bytes[at++] ?? 0
      if (length === 0) {
        this.#end = at - 1
        return at - start <= this.#maxShortBytes ? "short-row" : "other"
      }
      if (length >= 0xc0) return "other"
      if (length >= 0x80) {
        if (at === received) break
        length = ((length & 0x3f) << 8) | (bytes[at++] ?? 0)
      }
      if (++words > this.#maxShortWords || at + length - start > this.#maxShortBytes) return "other"
      if (at + length > received) break
      if (bytes[at] === EQUALS) this.#properties++
      else if (!this.#readTag(bytes, at, at + length)) return "other"
      at += length
    }
    return received - start <= this.#maxShortBytes ? "cut" : "other"
  }

  /** The tag of the row before, most times: then no string is made. False for other words. */
  #readTag(bytes: Buffer, start: number, end: number): boolean {
    const last = this.#lastWord
    let isLast = end - start === last.length
    for (let at = start; isLast && at < end; at++)
      isLast = bytes[at] === last.charCodeAt(at - start)
    if (!isLast) {
      const word = bytes.toString("latin1", start, end)
      if (!word.startsWith(TAG)) return false
      this.#lastWord = word
      this.#lastTag = word.slice(TAG.length)
    }
    this.#tag = this.#lastTag
    return true
  }
}
