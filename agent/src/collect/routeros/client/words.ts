/**
 * Words of the RouterOS API: a length prefix of one to five bytes, then that many bytes. A word of
 * length zero ends a sentence.
 *
 * | length                | bytes | form                  |
 * | 0 .. 0x7F             | 1     | the length            |
 * | 0x80 .. 0x3FFF        | 2     | length OR 0x8000      |
 * | 0x4000 .. 0x1FFFFF    | 3     | length OR 0xC00000    |
 * | 0x200000 .. 0xFFFFFFF | 4     | length OR 0xE0000000  |
 * | 0x10000000 and up     | 5     | 0xF0, then four bytes |
 */
export const encodeLength = (length: number): Buffer => {
  if (length < 0x80) return Buffer.from([length])
  if (length < 0x4000) return Buffer.from([(length >> 8) | 0x80, length & 0xff])
  if (length < 0x20_0000)
    return Buffer.from([(length >> 16) | 0xc0, (length >> 8) & 0xff, length & 0xff])
  const word = Buffer.alloc(5, 0xf0)
  word.writeUInt32BE(length, 1)
  if (length >= 0x1000_0000) return word
  word[1] = (word[1] ?? 0) | 0xe0
  return word.subarray(1)
}

/**
 * The number of bytes of a prefix, from its first byte; null for the reserved control bytes, after
 * which nothing can be read.
 */
export const prefixBytes = (first: number): 1 | 2 | 3 | 4 | 5 | null => {
  if (first < 0x80) return 1
  if (first < 0xc0) return 2
  if (first < 0xe0) return 3
  if (first < 0xf0) return 4
  return first < 0xf8 ? 5 : null
}

/**
 * The whole sentence in one buffer: one write per word costs a round trip each (Nagle and delayed
 * ACK, 44 ms measured). An empty word would end the sentence early, so it is an error of the
 * caller.
 */
export const encodeSentence = (words: readonly string[]): Buffer => {
  const parts: Buffer[] = []
  for (const word of words) {
    const bytes = Buffer.from(word, "utf8")
    if (bytes.length === 0) throw new RangeError("a word is empty: that ends a RouterOS sentence")
    parts.push(encodeLength(bytes.length), bytes)
  }
  parts.push(Buffer.alloc(1))
  return Buffer.concat(parts)
}
