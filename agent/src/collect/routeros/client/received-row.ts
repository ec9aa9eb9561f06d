/**
 * Rows as they were received: a row is a place in the received bytes, from which its texts are made
 * while it is in use. Thousands of rows of a long answer are no work for the garbage collector.
 */
import type { DecodeText } from "../../text/decoder.ts"
import { type KnownNames, type RowNames, slotsOf } from "./row-names.ts"

const EQUALS = 0x3d
/** A longer part of a text would keep the whole text in memory (sliced strings of V8). */
const MAX_COPIED_CHARS = 12

/** The words of one sentence, with prefixes of at most two bytes. */
export type RowWords = {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
  readonly properties: number
  readonly isAscii: boolean
}

/** `values`: by the slots of `names`. */
type RowTexts = { readonly names: RowNames; readonly values: readonly string[] }

export class ReceivedRow implements ReadonlyMap<string, string> {
  /** How many properties were received. */
  readonly properties: number
  readonly #reader: RowReader
  readonly #bytes: Buffer
  readonly #start: number
  readonly #end: number
  readonly #texts: RowTexts | null

  /**
   * If it is not known that the words are ASCII, texts are made at once: a code page is decided in
   * the order of receipt.
   */
  constructor(reader: RowReader, { bytes, start, end, properties, isAscii }: RowWords) {
    this.properties = properties
    this.#reader = reader
    this.#bytes = bytes
    this.#start = start
    this.#end = end
    this.#texts = isAscii ? null : reader.read(bytes, start, end, false)
  }

  get [Symbol.toStringTag](): string {
    return "ReceivedRow"
  }

  get textBytes(): number {
    return this.#end - this.#start
  }
  get size(): number {
    return this.#read().values.length
  }
  get(name: string): string | undefined {
    const { names, values } = this.#read()
    const slot = slotsOf(names).get(name)
    return slot === undefined ? undefined : values[slot]
  }
  has(name: string): boolean {
    return slotsOf(this.#read().names).has(name)
  }
  keys(): MapIterator<string> {
    return slotsOf(this.#read().names).keys()
  }
  values(): MapIterator<string> {
    return this.#asMap().values()
  }
  entries(): MapIterator<[string, string]> {
    return this.#asMap().entries()
  }
  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries()
  }
  forEach(visit: (value: string, name: string, row: ReadonlyMap<string, string>) => void): void {
    for (const [name, value] of this.#asMap()) visit(value, name, this)
  }

  #read(): RowTexts {
    if (this.#texts !== null) return this.#texts
    if (this.#reader.row === this) return this.#reader.texts
    return this.#reader.use(this, this.#bytes, this.#start, this.#end)
  }
  #asMap(): Map<string, string> {
    const { names, values } = this.#read()
    return new Map([...slotsOf(names)].map(([name, slot]) => [name, values[slot] ?? ""]))
  }
}

/** True if the word from `at` to `end` begins with `=name=`. */
const hasName = (bytes: Buffer, at: number, end: number, name: string): boolean => {
  const length = name.length
  if (at + 1 + length >= end || bytes[at + 1 + length] !== EQUALS) return false
  for (let index = 0; index < length; index++)
    if (bytes[at + 1 + index] !== name.charCodeAt(index)) return false
  return true
}

const isAsciiIn = (bytes: Buffer, start: number, end: number): boolean => {
  for (let at = start; at < end; at++) if ((bytes[at] ?? 0) > 0x7f) return false
  return true
}

/** All rows have their names in `known`; `decodeName` does not know the device. */
export class RowReader {
  readonly #known: KnownNames
  readonly #decode: DecodeText
  readonly #decodeName: DecodeText
  /** Where the value begins, of the name that was read last. */
  #valueAt = 0
  /** The row in use, and its texts: rows are read one after another. */
  #row: ReceivedRow | null = null
  #texts: RowTexts

  constructor(known: KnownNames, decode: DecodeText, decodeName: DecodeText) {
    this.#known = known
    this.#texts = { names: known.root, values: [] }
    this.#decode = decode
    this.#decodeName = decodeName
  }

  get row(): ReceivedRow | null {
    return this.#row
  }
  get texts(): RowTexts {
    return this.#texts
  }
  use(row: ReceivedRow, bytes: Buffer, start: number, end: number): RowTexts {
    this.#texts = this.read(bytes, start, end, true)
    this.#row = row
    return this.#texts
  }

  read(bytes: Buffer, start: number, end: number, isAscii: boolean): RowTexts {
    const text = bytes.toString("latin1", start, end)
    const values: string[] = []
    let names = this.#known.root
    let at = start
    while (at < end) {
      let length = bytes[at++] ?? 0
      if (length >= 0x80) length = ((length & 0x3f) << 8) | (bytes[at++] ?? 0)
      const wordEnd = at + length
      if (bytes[at] === EQUALS) {
        names = this.#nextNames(names, bytes, at, wordEnd)
        const value = this.#valueAt
        if (!isAscii && !isAsciiIn(bytes, value, wordEnd))
          values[names.slot] = this.#decode(bytes.subarray(value, wordEnd))
        else
          values[names.slot] =
            wordEnd - value <= MAX_COPIED_CHARS
              ? text.slice(value - start, wordEnd - start)
              : bytes.toString("latin1", value, wordEnd)
      }
      at = wordEnd
    }
    return { names, values }
  }

  /** `=name=value`: the value may contain `=` and line ends, may be empty, and may be missing. */
  #nextNames(before: RowNames, bytes: Buffer, at: number, end: number): RowNames {
    const { likely } = before
    if (likely !== null && hasName(bytes, at, end, likely.name)) {
      this.#valueAt = at + likely.name.length + 2
      return likely
    }
    let second = at + 1
    while (second < end && bytes[second] !== EQUALS) second++
    const name = isAsciiIn(bytes, at + 1, second)
      ? bytes.toString("latin1", at + 1, second)
      : this.#decodeName(bytes.subarray(at + 1, second))
    this.#valueAt = Math.min(end, second + 1)
    return this.#known.next(before, name)
  }
}
