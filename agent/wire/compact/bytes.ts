/** Numbers and texts as bytes, and back within bounds. */

/** These bytes are no compact batch. `message` says where, and contains none of their content. */
export class CompactError extends Error {
  override readonly name = "CompactError"
}

/**
 * Whole numbers below this are written as such: the difference of two of them, with its sign, is
 * still exact.
 */
export const MAX_WHOLE = 2 ** 51

/** A sign as the lowest bit, so that small negative numbers are short as well. */
export const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value)
const unzigzag = (value: number): number =>
  value % 2 === 0 ? value / 2 : -Math.floor(value / 2) - 1

/** Bytes of a number as `uint` writes it. */
export const uintBytes = (value: number): number => {
  let bytes = 1
  for (let limit = 128; value >= limit; limit *= 128) bytes += 1
  return bytes
}

export class ByteWriter {
  #bytes = Buffer.allocUnsafe(8_192)
  #length = 0

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + count))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }
  /** A whole number from 0 to 2^53 - 1: seven bits a byte, the lowest first. */
  uint(value: number): void {
    this.#reserve(8)
    let rest = value
    for (; rest > 0x7fffffff; rest = Math.floor(rest / 128))
      this.#bytes[this.#length++] = (rest % 128) | 0x80
    for (; rest >= 0x80; rest >>>= 7) this.#bytes[this.#length++] = (rest & 0x7f) | 0x80
    this.#bytes[this.#length++] = rest
  }
  float32(value: number): void {
    this.#reserve(4)
    this.#length = this.#bytes.writeFloatLE(value, this.#length)
  }
  float64(value: number): void {
    this.#reserve(8)
    this.#length = this.#bytes.writeDoubleLE(value, this.#length)
  }
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }
  /** With its length in bytes before it. */
  text(value: string): void {
    const bytes = Buffer.byteLength(value)
    this.uint(bytes)
    this.#reserve(bytes)
    this.#length += this.#bytes.write(value, this.#length)
  }
  done(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }
}

export class ByteReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  get left(): number {
    return this.#bytes.length - this.#at
  }
  #take(count: number): number {
    if (count > this.left) throw new CompactError("it ends too early")
    const from = this.#at
    this.#at += count
    return from
  }
  byte(): number {
    return this.#bytes[this.#take(1)] ?? 0
  }
  uint(): number {
    const first = this.byte()
    if (first < 0x80) return first
    let value = first & 0x7f
    let unit = 128
    for (let count = 1; count < 8; count += 1) {
      const byte = this.byte()
      value += (byte & 0x7f) * unit
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break
        return value
      }
      unit *= 128
    }
    throw new CompactError("a number is too large")
  }
  int(): number {
    return unzigzag(this.uint())
  }
  /** A count of things, at most `max`: what is read for them is bounded before it is read. */
  count(what: string, max: number): number {
    const value = this.uint()
    if (value > max) throw new CompactError(`${value} ${what}, at most ${max} are allowed`)
    return value
  }
  float32(): number {
    return this.#bytes.readFloatLE(this.#take(4))
  }
  float64(): number {
    return this.#bytes.readDoubleLE(this.#take(8))
  }
  raw(count: number): Buffer {
    const from = this.#take(count)
    return this.#bytes.subarray(from, from + count)
  }
  text(): string {
    const bytes = this.uint()
    const from = this.#take(bytes)
    return this.#bytes.toString("utf8", from, from + bytes)
  }
  end(): void {
    if (this.left !== 0) throw new CompactError(`${this.left} bytes follow its end`)
  }
}
